"""The document as read from disk: decoded text, where it came from, and its language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Span(NamedTuple):
    """A half-open range of code points, ``text[start:end]``, in the decoded file."""

    start: int
    end: int


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
