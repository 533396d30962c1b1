"""The document as read from disk: decoded text, where it came from, and its language."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple


class Span(NamedTuple):
    """A half-open range of code points, ``text[start:end]``, in the decoded file."""

    start: int
    end: int


class SpanArray:
    """Spans in order of their start, in 16 bytes each: a long document has a million."""

    __slots__ = ("ends", "starts")

    def __init__(self) -> None:
        self.starts = array("l")
        self.ends = array("l")

    def append(self, start: int, end: int) -> None:
        """Add a span behind the others."""
        self.starts.append(start)
        self.ends.append(end)

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, index: int) -> Span:
        return Span(self.starts[index], self.ends[index])

    def __iter__(self) -> Iterator[Span]:
        return map(Span, self.starts, self.ends)


class Segment(NamedTuple):
    """A part of a translation with the part of the source that it renders; one may be missing.

    Attributes:
        translation: code points of the document's text; None: the source has no counterpart.
        source: code points of the source's text; None: the translation has no counterpart.
    """

    translation: Span | None
    source: Span | None


class Unit(NamedTuple):
    """A part of a text that its file has a name for.

    Attributes:
        span: code points of the extracted text.
        id: what the file calls it: a trans-unit's id, a paragraph's or cue's number.
    """

    span: Span
    id: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the characters of a text that was extracted from a file stand in that file.

    The text is made of pieces. A piece as long as its place in the file is copied from there
    character by character; any other (an entity, an escape) stands for its place as a whole.
    Between pieces are separators of our own, which stand nowhere.

    Attributes:
        file: the decoded file; None where it is no text (DOCX): places are then those of the
            extracted text, and units tell where it stands.
        starts: offset in the extracted text at which each piece begins, ascending.
        ends: offset at which it ends.
        file_starts: where in ``file`` each piece begins.
        file_ends: where it ends.
        units: parts that the file has names for, in order.
    """

    file: str | None
    starts: array[int] = field(default_factory=lambda: array("l"))
    ends: array[int] = field(default_factory=lambda: array("l"))
    file_starts: array[int] = field(default_factory=lambda: array("l"))
    file_ends: array[int] = field(default_factory=lambda: array("l"))
    units: Sequence[Unit] = ()

    def locate(self, span: Span) -> Span:
        """The characters of the file from the first to the last of ``span``, markup between too.

        ``span`` is not empty and begins and ends within pieces.
        """
        if self.file is None:
            return span
        first, last = self._piece(span.start), self._piece(span.end - 1)
        return Span(self._offset(first, span.start)[0], self._offset(last, span.end - 1)[1])

    def unit(self, offset: int) -> str | None:
        """The name of the unit that holds an offset of the extracted text."""
        index = bisect_right(self.units, offset, key=lambda unit: unit.span.start) - 1
        if index < 0 or offset >= max(self.units[index].span.end, self.units[index].span.start + 1):
            return None
        return self.units[index].id

    def _piece(self, offset: int) -> int:
        return max(0, bisect_right(self.starts, offset) - 1)

    def _offset(self, piece: int, offset: int) -> tuple[int, int]:
        """Start and end, in the file, of the character at ``offset``, which lies in ``piece``."""
        start, end = self.file_starts[piece], self.file_ends[piece]
        inside = offset - self.starts[piece]
        if inside >= self.ends[piece] - self.starts[piece]:  # a separator of our own
            return end, end
        if end - start != self.ends[piece] - self.starts[piece]:
            return start, end
        return start + inside, start + inside + 1


@dataclass(frozen=True, slots=True)
class Source:
    """The text that a document translates.

    Attributes:
        text: its characters; spans of the source count code points of this string.
        lang: its language, as in `Document`.
        path: the file it stands in; the document's own where one file holds both.
        encoding, declared: of that file, as in `Document`.
    """

    text: str
    lang: str
    path: str
    encoding: str = "utf-8"
    declared: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One decoded text.

    Attributes:
        path: the path as the user named it, with forward slashes; ``<stdin>`` for standard input.
        text: the text to check. Every offset in mtqa counts code points of this string. Of plain
            text it is the decoded file, unchanged (no newline translation, no byte order mark);
            of other formats what was extracted from it.
        lang: target language, lower-case primary subtag of BCP 47 (``en``); ``und`` if unknown.
        encoding: what the file was decoded from, as Python names it.
        paragraphs: its paragraphs where the format tells them; None: to be found in the text.
        origin: where the characters stand in the file; None: ``text`` is the file.
        source: the text it translates; None: no source at hand.
        segments: what renders what, in order of the translation; empty without a source.
        declared: what the file says of its encoding, where that is not true.
        messages: its paragraphs are messages of a program (PO), which nobody reads in a row.
    """

    path: str
    text: str
    lang: str
    encoding: str = "utf-8"
    paragraphs: tuple[Span, ...] | None = None
    origin: Origin | None = None
    source: Source | None = None
    segments: tuple[Segment, ...] = ()
    declared: str | None = None
    messages: bool = False
