"""Words and numbers of a text, as compact arrays of offsets."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import cached_property
from sys import intern

import regex

from mtqa.text.document import Span

# A word is a run of letters and marks with inner apostrophes; a number keeps its separators.
# (The standard library's \w has no combining marks: Devanagari would fall apart.)
_WORD = regex.compile(
    r"\p{L}[\p{L}\p{M}\u200c\u200d]*+(?:['’ʼ]\p{L}[\p{L}\p{M}]*+)*+|\p{N}++(?:[.,\u00a0\u202f]\p{N}++)*+"
)


class _Lower(dict[str, str]):
    """Words in lower case, by how they are written."""

    def __missing__(self, word: str) -> str:
        lower = self[word] = intern(word.lower())
        return lower


class Words:
    """Words of a document by index, in order.

    Attributes:
        text: the document's text.
        starts: code-point offset of each word.
        ends: end of each word, exclusive; as long as ``starts``.
    """

    def __init__(self, text: str, starts: array[int], ends: array[int]) -> None:
        self.text = text
        self.starts = starts
        self.ends = ends
        self._forms = _Lower()

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, index: int) -> str:
        return self.text[self.starts[index] : self.ends[index]]

    def __iter__(self) -> Iterator[str]:
        text = self.text
        return (text[start:end] for start, end in zip(self.starts, self.ends, strict=True))

    @cached_property
    def lower(self) -> list[str]:
        """The words in lower case; one string a word, not one an occurrence."""
        return list(map(self._forms.__getitem__, self))

    @property
    def different(self) -> Iterable[str]:
        """Each word once, as it is written."""
        _ = self.lower
        return self._forms.keys()

    def span(self, index: int) -> Span:
        """Offsets of the word ``index``."""
        return Span(self.starts[index], self.ends[index])

    def within(self, start: int, end: int) -> range:
        """Indices of the words that begin in ``[start, end)``."""
        return range(bisect_left(self.starts, start), bisect_left(self.starts, end))


def find_words(text: str) -> Words:
    """All words and numbers of ``text``; linear in its length."""
    starts, ends = array("I"), array("I")  # four bytes each, enough for four gigabytes
    for match in _WORD.finditer(text):
        start, end = match.span()
        starts.append(start)
        ends.append(end)
    return Words(text, starts, ends)
