"""The document as read from disk: decoded text, where it came from, and its language."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Document:
    """One decoded text.

    Attributes:
        path: the path as the user named it, with forward slashes; ``<stdin>`` for standard input.
        text: the decoded file, unchanged (no newline translation, no byte order mark). Every
            offset in mtqa counts code points of this string.
        lang: target language, lower-case primary subtag of BCP 47 (``en``); ``und`` if unknown.
        encoding: what the file was decoded from, as Python names it.
    """

    path: str
    text: str
    lang: str
    encoding: str = "utf-8"
