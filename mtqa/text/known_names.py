"""Names that English print knows, to be recognised in other scripts by their sound."""

from __future__ import annotations

from functools import cache, lru_cache
from itertools import islice

import regex

from mtqa.text.frequency import frequent_english_words, rare_english_words
from mtqa.text.names import common_words, given_names
from mtqa.text.spelling import fold
from mtqa.text.transliteration import log_odds

_LETTERS = 4
# Log odds from which a word sounds like a known name and no other, and how much of the letters of
# its plain romanisation must be the same.
SOUNDS_ALIKE = 9.0
_LIKE = 0.7
_CUT = 3  # letters of an ending
_RARE_WORDS = 30_000  # of the less frequent English words, which are mostly names
_MOST_KEYS = 64  # of a word: one with six c has as many
# Consonants of a name that are compared, at least, and how much of them must be the same. With it,
# major hits on machine translations from Japanese fell from five to one in two thousand segments,
# and of 100 names replaced as many were found.
_CONSONANTS = 3
_LIKE_CONSONANTS = 0.75
_WITH_H = regex.compile(r"\A(?:kh|g)")  # Гитлер, Хэмилтон
_OPEN = frozenset("aeiou")
_UNITS = regex.compile("sch|tch|[sctkpgz]h|ts|tz|ck|ph|[b-df-gj-np-tv-xz]")
_CLASSES = {
    "b": "b", "p": "p", "m": "m", "n": "n", "l": "l", "r": "r", "d": "t", "t": "t", "th": "t",
    "f": "f", "v": "f", "w": "f", "ph": "f", "k": "k", "q": "k", "g": "k", "ck": "k", "kh": "k",
    "gh": "k", "x": "ks",
}  # fmt: skip


@lru_cache(maxsize=1 << 14)
def has_like_consonants(name: str, word: str, least: float = _LIKE_CONSONANTS) -> bool:
    """Whether a folded name and a word in katakana have nearly the same consonants, in order.

    That goes for foreign names which the letters learnt from cities do not spell: ペラン, Perrin.
    ``least`` is how much of them must be the same, of 1.
    """
    from anyascii import anyascii
    from rapidfuzz.distance import Levenshtein

    letters = fold(anyascii(word))
    if not letters or (name[0] in _OPEN) != (letters[0] in _OPEN):
        return False
    return any(
        len(one) >= _CONSONANTS
        and len(other) >= _CONSONANTS
        and one[0] == other[0]
        and Levenshtein.normalized_similarity(one, other) >= least
        for one in _skeletons(name)
        for other in _skeletons(letters)
    )


def _skeletons(letters: str) -> set[str]:
    """Consonants of a word in classes; c is k or s."""
    keys = {""}
    for unit in _UNITS.findall(letters):
        classes = ("k", "s") if unit in ("c", "ch") else (_CLASSES.get(unit, "s"),)
        if len(keys) >= _MOST_KEYS:
            classes = classes[:1]
        keys = {key + sound for key in keys for sound in classes if not key.endswith(sound)} | {
            key for key in keys for sound in classes if key.endswith(sound)
        }
    return keys


@cache
def _by_sound() -> dict[str, tuple[str, ...]]:
    names = {
        word
        for words in (frequent_english_words(), islice(rare_english_words(), _RARE_WORDS))
        for word in words
    } | {name.lower() for name in given_names()}
    index: dict[str, list[str]] = {}
    for name in sorted(names):
        if len(name) < _LETTERS or not name.isascii() or not name.isalpha():
            continue
        if name not in common_words():
            for key in _skeletons(name):
                index.setdefault(key, []).append(name)
    return {key: tuple(found) for key, found in index.items()}


def _resembles(name: str, stems: list[str]) -> bool:
    from rapidfuzz.distance import Levenshtein

    return any(
        stem[0] == name[0] and Levenshtein.normalized_similarity(name, stem) >= _LIKE
        for stem in stems
    )


@lru_cache(maxsize=1 << 14)
def find_known(word: str, script: str, least: float = SOUNDS_ALIKE) -> str | None:
    """The name that a word of another script than Latin sounds like; None: it sounds like none.

    ``least`` is the log odds from which it does.
    """
    from anyascii import anyascii

    letters = fold(anyascii(word))
    stems = [
        spelled[: len(spelled) - cut]
        for spelled in {letters, _WITH_H.sub("h", letters) if script == "Cyrillic" else letters}
        for cut in range(_CUT + 1)
    ]
    stems = [stem for stem in stems if len(stem) >= _LETTERS]
    keys = {key for stem in stems for key in _skeletons(stem)}
    best, found = least, None
    for key in sorted(keys):
        for name in _by_sound().get(key, ()):
            if _resembles(name, stems):
                odds = log_odds(name, word, script)
                if odds > best:
                    best, found = odds, name
    return found
