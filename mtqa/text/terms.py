"""Terms found in a text whatever their inflection."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import chain
from typing import NamedTuple

import regex

from mtqa.text.document import Span
from mtqa.text.words import Words, find_words

# Languages that snowballstemmer has a stemmer for (Snowball 3.1; English: Porter 2).
_STEMMERS = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek",
    "en": "english", "eo": "esperanto", "es": "spanish", "et": "estonian", "eu": "basque",
    "fa": "persian", "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi",
    "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian", "lt": "lithuanian",
    "nb": "norwegian", "ne": "nepali", "nl": "dutch", "nn": "norwegian", "no": "norwegian",
    "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian",
    "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip

# Words of other languages are the same where they begin alike: what is left of either is an ending.
_BEGINNING = 4  # letters, at least
_ENDING = 3  # letters, at most; in Ukrainian, Croatian and their like few endings are longer
# Particles of Korean and words of one or two syllables before them (National Institute of Korean
# Language, 표준국어대사전): 에서부터 is among the longest.
_PARTICLE = 4

# What Hebrew writes in front of a word as part of it: and, that, the, as, in, to, from.
_HEBREW_PREFIX = regex.compile("[ושהכבלמ]{1,3}(?=..)")

# Scripts that put no spaces between words.
_UNSPACED = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}]"
)

_KATAKANA = regex.compile(r"[\p{Katakana}ー]")

# What may stand between the words of one term.
_GAP = regex.compile(r"[\s\p{Pd}'’.·/]{1,3}")

# Languages that write compounds as one word: a term is there if a word holds it.
COMPOUNDING = frozenset("da de et fi hu is nb nl nn no sv".split())


class Match(NamedTuple):
    """A term in a text.

    Attributes:
        span: its characters.
        term: its index among those that were looked for.
    """

    span: Span
    term: int


class _Pattern(NamedTuple):
    """A term as it is looked for.

    Attributes:
        words: its words, as they are compared; as they are written where it is exact.
        exact: it is written in capitals, and so must the text be.
        capital: it begins with one, and so must the text.
        term: its index.
    """

    words: tuple[str, ...]
    exact: bool
    capital: bool
    term: int


class TermFinder:
    """Finds terms of one language.

    A term with a capital is one in the text, too (Того is Togo, того is not), and one of capitals
    is written so (WHO). Words match in any inflection: by their stems where there is a stemmer,
    else where they differ in an ending. In scripts without spaces a term is a run of characters;
    one of Katakana is a whole run of them.

    Args:
        terms: as they stand in a dictionary.
        lang: their language.
    """

    def __init__(self, terms: Sequence[str], lang: str) -> None:
        self._form = _form_of(lang)
        self._alike = _alike_in(lang)
        self._key: Callable[[str], str] = _key_of(lang)
        self._patterns: dict[str, list[_Pattern]] = {}
        self._runs: dict[str, list[tuple[str, int]]] = {}
        for index, term in enumerate(terms):
            term = unicodedata.normalize("NFC", term).strip()
            if _UNSPACED.search(term):
                self._runs.setdefault(term[0].lower(), []).append((term.lower(), index))
                continue
            exact = term.isupper() and sum(map(str.isalpha, term)) > 1
            words = tuple(find_words(term))
            if not words:
                continue
            forms = words if exact else tuple(map(self._form, words))
            key = self._key(self._form(_without_ending(words[0]) if exact else words[0]))
            self._patterns.setdefault(key, []).append(
                _Pattern(forms, exact, term[0].isupper(), index)
            )

    def find(self, text: str, words: Words | None = None) -> list[Match]:
        """All matches in order of their start, longer ones first; they may overlap.

        Args:
            text: what to search.
            words: its words, where they are known.
        """
        found = [*self._find_words(text, words or find_words(text))] if self._patterns else []
        found += self._find_runs(text) if self._runs else ()
        return sorted(found, key=lambda match: (match.span.start, -match.span.end, match.term))

    def _find_words(self, text: str, words: Words) -> Iterator[Match]:
        forms = [self._form(word) for word in words]
        for first, word in enumerate(words):
            found: dict[int, Match] = {}  # with as little before the term as can be
            for own in _without_prefixes(word):
                form = self._form(own)
                keys = dict.fromkeys(map(self._key, (form, self._form(_without_ending(own)))))
                for pattern in chain.from_iterable(self._patterns.get(key, ()) for key in keys):
                    end = first + len(pattern.words)
                    if end > len(forms) or (pattern.capital and not own[0].isupper()):
                        continue
                    if pattern.exact:
                        last = _without_ending(words[end - 1] if end > first + 1 else own)
                        same = pattern.words == (
                            *(own, *(words[k] for k in range(first + 1, end)))[:-1],
                            last,
                        )
                    else:
                        same = all(map(self._alike, pattern.words, (form, *forms[first + 1 : end])))
                    if same and all(
                        _GAP.fullmatch(text, words.ends[gap], words.starts[gap + 1])
                        for gap in range(first, end - 1)
                    ):
                        start = words.ends[first] - len(own)
                        found[pattern.term] = Match(Span(start, words.ends[end - 1]), pattern.term)
            yield from found.values()

    def _find_runs(self, text: str) -> Iterator[Match]:
        lowered = "".join(c if len(c.lower()) != 1 else c.lower() for c in text)
        for at, first in enumerate(lowered):
            for run, term in self._runs.get(first, ()):
                if lowered.startswith(run, at) and _stands_alone(lowered, at, at + len(run)):
                    yield Match(Span(at, at + len(run)), term)


def is_derived(word: str, term: str) -> bool:
    """Whether a word is made of another with an ending: Russian of Russia, Turkish of Turkey."""
    shared = 0
    for a, b in zip(word.casefold(), term.casefold(), strict=False):
        if a != b:
            break
        shared += 1
    return shared >= _BEGINNING and len(term) - shared <= 2 and len(word) - shared <= _ENDING + 1


def longest(matches: Sequence[Match]) -> list[Match]:
    """Of matches in the order of `TermFinder.find`, those that lie in no longer or earlier one."""
    kept: list[Match] = []
    end = 0
    last: Span | None = None
    for match in matches:
        if match.span == last or match.span.start >= end:
            kept.append(match)
            last, end = match.span, match.span.end
    return kept


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether a run does not begin or end within a word of letters with spaces, or of Katakana."""
    return not (
        (start and _joins(text[start - 1], text[start]))
        or (end < len(text) and _joins(text[end - 1], text[end]))
    )


def _joins(one: str, other: str) -> bool:
    if _KATAKANA.match(one):
        return bool(_KATAKANA.match(other))
    return (
        one.isalnum()
        and other.isalnum()
        and not _UNSPACED.match(one)
        and not _UNSPACED.match(other)
    )


def _without_prefixes(word: str) -> Iterator[str]:
    """A word, and what is left of it without what may be written in front as part of it."""
    yield word
    for mark in "'’ʼ":  # l’eau, dell’acqua, O’Brien
        if mark in word:
            yield word.rpartition(mark)[2]
    match = _HEBREW_PREFIX.match(word)
    for length in range(1, len(match[0]) + 1) if match else ():
        yield word[length:]


def _without_ending(word: str) -> str:
    """Capitals without the ending of a genitive or plural: NGOs, WHO’s."""
    for ending in ("’s", "'s", "s"):
        if word.endswith(ending):
            return word.removesuffix(ending)
    return word


def _form_of(lang: str) -> Callable[[str], str]:
    """What words of a language are compared by."""
    name = _STEMMERS.get(lang)
    if name is None:
        return str.casefold
    stem = _stemmer(name)

    @lru_cache(maxsize=1 << 16)
    def form(word: str) -> str:
        folded = word.casefold().replace("’", "'").removesuffix("'s")
        return stem(folded) if len(folded) > 3 else folded

    return form


@cache
def _stemmer(name: str) -> Callable[[str], str]:
    import snowballstemmer

    stem: Callable[[str], str] = snowballstemmer.stemmer(name).stemWord
    return stem


def _alike_in(lang: str) -> Callable[[str, str], bool]:
    """Whether two forms are of the same word; the first is that of the term."""
    if lang in _STEMMERS:
        return str.__eq__
    if lang == "ko":
        return lambda term, word: word.startswith(term) and len(word) - len(term) <= _PARTICLE
    return _differ_in_ending


def _differ_in_ending(one: str, other: str) -> bool:
    if one == other:
        return True
    shared = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        shared += 1
    rest = max(len(one), len(other)) - shared
    return shared >= _BEGINNING and rest <= min(_ENDING, shared - 2)


def _key_of(lang: str) -> Callable[[str], str]:
    """The part of a form by which terms are looked up."""
    if lang in _STEMMERS:
        return str
    if lang == "ko":
        return lambda form: form[:1]
    return lambda form: form[:_BEGINNING]
