"""Text taken out of a file piece by piece, with the place of each piece."""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from html import unescape
from typing import Any, NamedTuple
from unicodedata import category

from mtqa.formats.plain import Unreadable
from mtqa.text.document import Origin, Segment, Span, Unit
from mtqa.text.sentences import find_paragraphs

# What stands between two paragraphs, in the text and nowhere in the file.
SEPARATOR = "\n"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds.

    Attributes:
        text: the text to check; of plain text the decoded file.
        encoding: what the file was decoded from, as Python names it.
        declared: what the file says of that, where it is not true.
        paragraphs: paragraphs of the text; None: they are to be found in it.
        origin: where the text stands in the file; None: the text is the file.
        source: the source, where the file holds it, too.
        source_lang: its language, as the file says (lower-case primary subtag).
        target_lang: the language of the text, as the file says.
        segments: the rows or units of a file that is made of such, in order, those without a
            translation, too; empty for running text.
        places: where in the decoded file each of ``segments`` begins.
        ids: what the file calls each of ``segments``; empty: nothing.
        references: the reference of each of ``segments``; empty: the file has none.
        documents: the name of the document of each of ``segments``; empty: the file names none.
        records: the lines at ``places`` are JSON objects.
        messages: as in `mtqa.text.document.Document`.
    """

    text: str
    encoding: str
    declared: str | None = None
    paragraphs: tuple[Span, ...] | None = None
    origin: Origin | None = None
    source: str | None = None
    source_lang: str | None = None
    target_lang: str | None = None
    segments: tuple[Segment, ...] = ()
    places: Sequence[int] = field(default_factory=lambda: array("l"))
    ids: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    records: bool = False
    messages: bool = False

    @property
    def file(self) -> str:
        """The decoded file; the text where the file is no text (DOCX)."""
        return self.text if self.origin is None or self.origin.file is None else self.origin.file


# Stands for code of the original format that is shown as words (object replacement character).
OBJECT = "\N{OBJECT REPLACEMENT CHARACTER}"

# White space as HTML has it, and runs of it.
_WHITE = "\t\n\f\r "
_SPACES = re.compile(f"[{_WHITE}]{{2,}}+")

_OPENING = frozenset({"Ps", "Pi"})  # Unicode's categories of brackets and quotation marks

_SUBTAG = re.compile(r"\s*([A-Za-z]{2,3})(?![A-Za-z0-9])")


def primary_subtag(tag: str | None) -> str | None:
    """The language of a tag such as en-GB or en_GB@euro, in lower case; None: it tells none."""
    match = _SUBTAG.match(tag or "")
    return match[1].lower() if match else None


# How memoQ writes a character that it shows as a tag, in a placeholder of XLIFF or TMX.
_CHARACTER = re.compile(r'\s*<mq:ch val=(?:"([^"]*)"|\'([^\']*)\')\s*/>\s*')


class Mark(NamedTuple):
    """A place in an open block: numbers of parts, pieces and characters before it."""

    parts: int
    pieces: int
    length: int


class Extract:
    """A text in the making.

    It grows in blocks (`open`, `close`): paragraphs, or the units of a file that is made of such.

    Args:
        file: the decoded file; None where it is no text, so that nothing has a place in it.
        traced: keep the places.
    """

    def __init__(self, file: str | None, *, traced: bool = True) -> None:
        self._file = file
        self._traced = traced and file is not None
        self._origin = Origin(file)
        self._blocks: list[str] = []
        self._paragraphs: list[Span] = []
        self._units: list[Unit] = []
        self._end = 0  # of the last block
        self._parts: list[str] = []  # of the open block
        self._start = self._length = 0  # where it begins, and where it ends so far
        self._pieces = 0  # there were when it began
        self._space: tuple[int, int] | None = None
        self._object = False  # code has come that may stand for words
        self._floor = 0  # pieces that grow no more

    @property
    def length(self) -> int:
        """Where in the text the next character goes."""
        return self._length

    def open(self) -> None:
        """Begin a block."""
        self._parts = []
        self._start = self._length = self._end + (len(SEPARATOR) if self._blocks else 0)
        self._pieces = len(self._origin.starts)
        self._space = None
        self._object = False
        self._floor = self._pieces

    def copy(self, start: int, end: int) -> None:
        """Take characters as they stand in the file."""
        if start < end:
            assert self._file is not None
            self._add(self._file[start:end], start, end)

    def flow(self, start: int, end: int) -> None:
        """Take characters as `copy` does, with any white space of markup as one space."""
        assert self._file is not None
        text = self._file[start:end]
        content = text.lstrip(_WHITE)
        first = end - len(content)
        content = content.rstrip(_WHITE)
        last = first + len(content)
        if start < first:
            self.space(start, first)
        if not content:
            return
        if _SPACES.search(content):
            for match in _SPACES.finditer(self._file, first, last):
                self._add(_flat(self._file[first : match.start()]), first, match.start())
                self.space(*match.span())
                first = match.end()
            content = self._file[first:last]
        self._add(_flat(content), first, last)
        if last < end:
            self.space(last, end)

    def put(self, text: str, start: int = 0, end: int = 0) -> None:
        """Add what characters of the file (an entity, an escape) stand for, if for anything."""
        if text:
            self._add(text, start, end)

    def space(self, start: int = 0, end: int = 0) -> None:
        """Add white space that shows as one space, and at the edges of a block not at all."""
        self._add_object()
        if self._space is None and self._parts and not self._parts[-1].endswith("\n"):
            self._space = (start, end)

    def stand_in(self) -> None:
        """Add `OBJECT` for code that stands where a word does; beside a letter it is mark-up."""
        last = self._parts[-1][-1] if self._parts else " "
        self._object = self._space is not None or last.isspace() or category(last) in _OPENING

    def settle(self) -> None:
        """End a text, which may end with code that stands for words, but is not made of it."""
        if self._parts:
            self._add_object()
        self._object = False

    def part_space(self) -> None:
        """Keep what follows apart from what there is, with a space if there is none."""
        if self._parts and not self._parts[-1][-1].isspace():
            self.space()

    def break_line(self, start: int = 0, end: int = 0) -> None:
        """Add a line break, around which white space does not show; none begins a block."""
        self.settle()
        self._space = None
        if self._parts:
            self._add("\n", start, end)

    @property
    def at_line_break(self) -> bool:
        """Whether the last character of the open block is a line break."""
        return bool(self._parts) and self._parts[-1].endswith("\n")

    def mark(self) -> Mark:
        """The place in the open block where the next character goes."""
        self._floor = len(self._origin.starts)
        return Mark(len(self._parts), self._floor, self._length)

    def since(self, mark: Mark) -> str:
        """The characters of the open block from a mark on."""
        return "".join(self._parts[mark.parts :])

    def span_since(self, mark: Mark) -> Span | None:
        """The place of these characters without white space around them; None: they are blank.

        It holds when the block is closed.
        """
        return _trim(self.since(mark), mark.length)

    def drop(self, mark: Mark) -> None:
        """Take them out again."""
        del self._parts[mark.parts :]
        self._forget(mark.pieces)
        self._length = mark.length
        self._space = None
        self._object = False

    def close(self, id: str | None = None, *, lines: bool = False) -> Span | None:
        """End the block.

        Args:
            id: what the file calls it.
            lines: it is plain text, whose lines may be paragraphs.

        Returns:
            Its place in the text, without the white space around it; None: there is nothing else
            in it, and it is dropped.
        """
        if not self._parts:
            self._space = None
            self._object = False
            return None
        content = "".join(self._parts)
        span = _trim(content, self._start)
        if span is None:
            self._forget(self._pieces)
            self.open()
            return None
        self._blocks.append(content)
        self._end = self._length
        if lines and ("\n" in content or "\r" in content):
            self._paragraphs += (
                Span(self._start + start, self._start + end)
                for start, end in find_paragraphs(content)
            )
        else:
            self._paragraphs.append(span)
        if id is not None:
            self.name(span, id)
        self.open()
        return span

    def name(self, span: Span, id: str) -> None:
        """Say what the file calls a part of the text."""
        self._units.append(Unit(span, id))

    def text(self) -> str:
        """All blocks that have been closed."""
        return SEPARATOR.join(self._blocks)

    def reading(self, encoding: str, **more: Any) -> Reading:
        """All blocks that have been closed, as what the file holds.

        Args:
            encoding: as in `Reading`.
            more: further attributes of it.

        Raises:
            Unreadable: there is no text.
        """
        if not self._blocks:
            raise Unreadable("holds no text to check; fill it or leave it out")
        return Reading(
            self.text(),
            encoding,
            paragraphs=tuple(self._paragraphs),
            origin=replace(self._origin, units=tuple(self._units)),
            **more,
        )

    def _forget(self, pieces: int) -> None:
        """Drop the places of all pieces but the first so many."""
        origin = self._origin
        for places in (origin.starts, origin.ends, origin.file_starts, origin.file_ends):
            del places[pieces:]

    def _add_object(self) -> None:
        if self._object:
            self._object = False
            self._add(OBJECT, 0, 0)

    def _add(self, text: str, start: int, end: int) -> None:
        if self._object:
            kind = category(text[0])
            if text[0].isspace() or (kind[0] == "P" and kind not in _OPENING):
                self._add_object()
            self._object = False
        if self._space is not None:
            space, self._space = self._space, None
            if text[0] not in " \t\r\n":
                if space == (start - 1, start) and end - start == len(text):
                    text, start = f" {text}", start - 1
                else:
                    self._add(" ", *space)
        self._parts.append(text)
        at = self._length
        size = len(text)
        self._length = at + size
        if not self._traced or start == end:  # a separator of our own
            return
        origin = self._origin
        starts, ends, file_starts, file_ends = (
            origin.starts,
            origin.ends,
            origin.file_starts,
            origin.file_ends,
        )
        if (
            end - start == size
            and len(starts) > self._floor
            and file_ends[-1] == start
            and ends[-1] == at
            and start - file_starts[-1] == at - starts[-1]
        ):
            ends[-1], file_ends[-1] = at + size, end
        else:
            starts.append(at)
            ends.append(at + size)
            file_starts.append(start)
            file_ends.append(end)


def _flat(text: str) -> str:
    """A text with spaces for other white space of HTML, character by character."""
    for character in "\n\t\r\f":
        if character in text:
            text = text.replace(character, " ")
    return text


def _trim(text: str, start: int) -> Span | None:
    """The place of a text that begins at ``start``, without white space; None: it is blank.

    `OBJECT` alone is no text.
    """
    bare = text.strip()
    if not bare.replace(OBJECT, "").strip():
        return None
    start += len(text) - len(text.lstrip())
    return Span(start, start + len(bare))


def end_placeholder(extract: Extract, code: Sequence[tuple[str, int, int]]) -> None:
    """Take a placeholder of a bilingual file.

    Args:
        extract: takes it: an object, or the character that it stands for in files of memoQ.
        code: what stands in it, and where in the file.
    """
    match = _CHARACTER.fullmatch("".join(text for text, _, _ in code))
    if not match:
        extract.stand_in()
        return
    character = unescape(match[1] or match[2] or "")
    if character == "\n":
        extract.break_line()
    elif character in ("", "\t", " "):  # what is no character of XML is written as nothing
        extract.space()
    else:
        extract.put(character, code[0][1], code[-1][2])


class Bitext:
    """Units of a file, each with its translation and its source, either of which may be empty.

    Attributes:
        translation: the translations, of which the open block belongs to the next unit.
        source: the sources.

    Args:
        file: as in `Extract`.
    """

    def __init__(self, file: str) -> None:
        self.translation = Extract(file)
        self.source = Extract(file, traced=False)
        self.translation.open()
        self.source.open()
        self._segments: list[Segment] = []
        self._places = array("l")
        self._ids: list[str] = []

    def end_unit(self, place: int, id: str | None = None) -> None:
        """End a unit, and begin the next.

        Args:
            place: where in the file the unit begins.
            id: what the file calls it.
        """
        translation, source = self.translation.close(id, lines=True), self.source.close(lines=True)
        self._add(Segment(translation, source), place, id)

    def end_unit_of_parts(self, parts: Sequence[tuple[Segment, int, str]]) -> None:
        """End a unit that is made of parts, and begin the next.

        Args:
            parts: the parts in order, where each begins in the file, and what that calls it.
        """
        translation, source = self.translation.close(lines=True), self.source.close(lines=True)
        for segment, place, id in parts:
            own = segment.translation if translation else None
            if own:
                self.translation.name(own, id)
            self._add(Segment(own, segment.source if source else None), place, id)

    def _add(self, segment: Segment, place: int, id: str | None) -> None:
        self._segments.append(segment)
        self._places.append(place)
        if id is not None:
            self._ids.append(id)

    def reading(self, encoding: str, **more: Any) -> Reading:
        """All units, as what the file holds.

        Args:
            encoding, more: as in `Extract.reading`.

        Raises:
            Unreadable: no unit has a translation.
        """
        if not any(segment.translation for segment in self._segments):
            raise Unreadable(
                "holds no translation yet; translate it first"
                if self._segments
                else "holds no translation; fill it or leave it out"
            )
        return self.translation.reading(
            encoding,
            source=self.source.text() or None,
            segments=tuple(self._segments),
            places=self._places,
            ids=tuple(self._ids),
            **more,
        )
