"""Words of the source that may be names, and that no word of the translation covers.

A model tells how like each piece of the source is to the nearest piece of its translation. What
nothing covers was left out, and where there is some sign that it is a name, it is taken for one:
a capital, a table, or that the word is rare. The less it is covered, the less of a sign will do.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Container, Iterator, Sequence

from mtqa.text.document import Span
from mtqa.text.estimates import PieceCoverage
from mtqa.text.frequency import has_frequencies, zipf
from mtqa.text.gazetteer import is_city, is_country_name, is_place_name
from mtqa.text.known_names import find_known
from mtqa.text.persons import (
    CAPITALS_FROM,
    capital_words,
    is_person,
    is_proper_noun,
    stems,
)
from mtqa.text.readings import Token, other_readings
from mtqa.text.source_names.cased import CASED, has_capital, is_opening
from mtqa.text.source_names.listed import korean_stems
from mtqa.text.source_names.words import FREQUENT_NAME, LETTERS, SourceWord, is_day
from mtqa.text.transliteration import UNBOUNDED

# Likeness under which a word is not covered, and Zipf frequency (of the large list) under which it
# is a name then: with a capital; in a table of names; with no other sign. Chosen on the sentences
# of `bench/lines/names-seen.tsv` and on 120 documents of human translations of WMT21 and WMT22:
# within sentences nine words of these, and 86 of 92 names removed from those, lie under the first.
_CAPITAL = (0.4, FREQUENT_NAME)
_OPENING = (0.3, 4.5)  # the same where the capital may be that of the sentence
_LISTED = (0.5, 5.5)
_FREQUENT_LISTED = (0.3, 6.3)
_UNKNOWN = ((0.35, 4.0), (0.3, 4.6))
# The same for languages that write articles, prepositions and pronouns to their words, so that each
# form is rare.
_UNKNOWN_FORMS = ((0.35, 3.5), (0.25, 4.5))
_MANY_FORMS = frozenset({"he", "ar"})
_AMBIGUOUS = (0.3, 5.5)  # a Korean name that is another word besides
# Likeness under which what jieba or SudachiDict takes for a name is not covered. jieba takes many
# ordinary words for persons.
_TOKEN = {"person": 0.25, "place": 0.4}
_SYLLABLES = 2  # of a Korean name, or characters of a Chinese one
# Likeness from which a name may be covered by another word, and from which it is.
_LIKELY = 0.5
_COVERED = 0.65


class Coverage:
    """How well parts of a source are covered.

    Args:
        pieces: of the source, in order.
    """

    def __init__(self, pieces: Sequence[PieceCoverage]) -> None:
        self._pieces = pieces
        self._starts = [piece.start for piece in pieces]
        self._ends = [piece.end for piece in pieces]

    def of(self, span: Span) -> float | None:
        """Likeness of the best covered piece of a part; None: the model has not read it."""
        first = bisect_right(self._ends, span.start)
        last = bisect_left(self._starts, span.end)
        return max((piece.likeness for piece in self._pieces[first:last]), default=None)

    def is_covered(self, span: Span) -> bool:
        """Whether a name has a counterpart, however it is called."""
        likeness = self.of(span)
        return likeness is not None and likeness >= _COVERED

    def is_likely(self, span: Span) -> bool:
        """Whether a name may have one."""
        likeness = self.of(span)
        return likeness is not None and likeness >= _LIKELY


def find_uncovered(
    text: str,
    lang: str,
    words: Sequence[SourceWord],
    starts: Container[int],
    coverage: Coverage,
) -> Iterator[SourceWord]:
    """Those of the words of a source that may be names and are not covered.

    ``starts`` are those of its sentences.
    """
    for word in words:
        if is_day(word, lang) or word.script in UNBOUNDED - {"Hangul"}:
            continue
        if len(word.text) < (LETTERS if word.script != "Hangul" else _SYLLABLES):
            continue
        likeness = coverage.of(word.span)
        if likeness is None or likeness >= max(_CAPITAL[0], _LISTED[0]):
            continue
        frequency = zipf(word.text.lower(), lang, "large")
        if word.script in CASED:
            signs = [_CAPITAL] if has_capital(word, lang) else []
            if signs and is_opening(text, lang, word, starts):
                signs = _opening_signs(word.text.lower(), lang, frequency)
        elif word.script == "Hangul":
            signs = _korean_signs(word.text)
        elif _is_listed(word, lang):
            signs = [_LISTED, _FREQUENT_LISTED]
        else:
            unknown = _UNKNOWN_FORMS if lang in _MANY_FORMS else _UNKNOWN
            signs = list(unknown) if has_frequencies(lang) else []
        if any(likeness < least and frequency < most for least, most in signs):
            yield word


def find_uncovered_tokens(
    text: str, lang: str, tokens: Sequence[Token], coverage: Coverage
) -> Iterator[SourceWord]:
    """The same among the words of a Chinese or Japanese text that a dictionary takes for names."""
    for token in tokens:
        span = Span(token.start, token.end)
        written = text[slice(*span)]
        likeness = coverage.of(span)
        if (
            likeness is not None
            and len(written) >= _SYLLABLES
            and likeness < _TOKEN.get(token.kind, -1.0)
            and zipf(written, lang, "large") < FREQUENT_NAME
        ):
            if lang == "ja":
                yield SourceWord(
                    span, token.reading or written, "Katakana", other_readings(written)
                )
            else:
                yield SourceWord(span, written, "Han")


def _opening_signs(word: str, lang: str, frequency: float) -> list[tuple[float, float]]:
    """What tells a name from another word that begins a sentence."""
    capitals = capital_words(lang)
    if not capitals or frequency < CAPITALS_FROM:
        return [_OPENING]
    return [_CAPITAL] if word in capitals else []


def _korean_signs(word: str) -> list[tuple[float, float]]:
    stems = [stem for stem in korean_stems(word) if len(stem) >= _SYLLABLES]
    if any(
        is_proper_noun(stem, "Hangul") or is_place_name(stem, "ko") or is_city(stem)
        for stem in stems
    ):
        return [_LISTED]
    return [_AMBIGUOUS] if any(is_proper_noun(stem, "Hangul?") for stem in stems) else []


def _is_listed(word: SourceWord, lang: str) -> bool:
    """Whether some table has the word, whatever it may be besides."""
    return any(
        is_person(form, word.script)
        or is_city(form)
        or is_country_name(form, lang)
        or is_place_name(form, lang)
        for form in stems(word.text, word.script)
    ) or (len(word.text) > LETTERS and find_known(word.text, word.script) is not None)
