"""Words and names of the source, in order."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Container
from functools import cached_property
from typing import TYPE_CHECKING

from mtqa.text.document import Span
from mtqa.text.gazetteer import beginning
from mtqa.text.language import scripts_of
from mtqa.text.persons import stems
from mtqa.text.readings import Token, read_chinese, read_japanese
from mtqa.text.source_names.cased import CASED, find_capitalised, has_capital
from mtqa.text.source_names.chinese import find_chinese_names
from mtqa.text.source_names.japanese import (
    find_japanese_names,
    find_japanese_words,
    read_as_japanese,
)
from mtqa.text.source_names.listed import find_in_runs, find_listed
from mtqa.text.source_names.piece import SourcePiece
from mtqa.text.source_names.uncovered import Coverage, find_uncovered, find_uncovered_tokens
from mtqa.text.source_names.words import LETTERS, SourceWord, find_words
from mtqa.text.transliteration import UNBOUNDED

if TYPE_CHECKING:
    from mtqa.text.analysis import Analysis


class SourceText:
    """Words and names of the source, in order."""

    def __init__(self, source: Analysis) -> None:
        self.text, self.lang = source.text, source.lang
        self.lang_script = scripts_of(self.lang)[0]
        self._source = source
        self._tokens: list[Token] = []
        if self.lang == "ja":
            self._tokens = read_japanese(self.text)
            self.words = find_japanese_words(self.text, self._tokens)
        else:
            self.words = find_words(self.text)
        if self.lang == "zh":
            self.words = sorted(self.words + read_as_japanese(self.words))
        self._starts = [word.span.start for word in self.words]

    @cached_property
    def _sentence_starts(self) -> frozenset[int]:
        return frozenset(span.start for span in self._source.sentences)

    @cached_property
    def _chinese(self) -> list[Token]:
        return read_chinese(self.text)

    @cached_property
    def names(self) -> list[SourceWord]:
        """Names in order; the dictionaries that tell them are loaded with the first."""
        found: list[SourceWord] = []
        if self.lang == "ja":
            found += find_japanese_names(self.text, self._tokens)
        elif self.lang == "zh":
            found += find_chinese_names(self.text, self._chinese)
        found += find_capitalised(self.text, self.lang, self.words, self._source.sentences)
        found += find_listed(self.text, self.lang, self.words)
        found += find_in_runs(self.lang, self.words)
        return sorted(found, key=lambda word: word.span)

    @cached_property
    def _name_starts(self) -> list[int]:
        return [word.span.start for word in self.names]

    def within(self, span: Span, *, names: bool = False) -> SourcePiece:
        """The words of a piece; ``names``: its names besides, apart from the runs they stand in."""
        words = self._words_within(span)
        if names:
            first = bisect_left(self._name_starts, span.start)
            words += self.names[first : bisect_left(self._name_starts, span.end)]
        return SourcePiece(self.text[span.start : span.end], words, self.lang)

    def _words_within(self, span: Span) -> list[SourceWord]:
        first = bisect_left(self._starts, span.start)
        return self.words[first : bisect_left(self._starts, span.end)]

    def features(self, span: Span) -> frozenset[str]:
        """What words of a piece begin with; pairs of characters where it has no spaces."""
        found: set[str] = set()
        for word in self._words_within(span):
            text = self.text[word.span.start : word.span.end].casefold()
            if word.script in UNBOUNDED:
                found.update(text[i : i + 2] for i in range(len(text) - 1))
            elif len(text) >= LETTERS:
                found.add(beginning(text))
        return frozenset(found)

    def uncovered_within(self, span: Span, coverage: Coverage) -> list[SourceWord]:
        """Words that may be names and that nothing in the translation covers."""
        if self.lang in ("zh", "ja"):
            tokens = self._chinese if self.lang == "zh" else self._tokens
            first = bisect_left(tokens, span.start, key=lambda token: token.start)
            last = bisect_left(tokens, span.end, key=lambda token: token.start)
            here = tokens[first:last]
            return list(find_uncovered_tokens(self.text, self.lang, here, coverage))
        words = self._words_within(span)
        return list(find_uncovered(self.text, self.lang, words, self._sentence_starts, coverage))

    def names_within(self, span: Span, rendered: Container[str]) -> list[SourceWord]:
        """Names, those among them that are known by what renders them elsewhere."""
        first = bisect_left(self._name_starts, span.start)
        found = self.names[first : bisect_left(self._name_starts, span.end)]
        taken = {name.span for name in found}
        for word in self._words_within(span):
            if (
                word.span not in taken
                and word.script not in UNBOUNDED - {"Hangul"}
                and len(word.text) >= LETTERS
                and (word.script not in CASED or has_capital(word, self.lang))
                and any(
                    beginning(stem) in rendered for stem in stems(word.text.casefold(), word.script)
                )
            ):
                found.append(word)
        return sorted(found)
