"""How likely a Latin spelling renders a word of another script, by letters learnt from place names.

Each letter of a script (of Chinese characters: the initial and the final of their pinyin; of
Hangul: the jamo) is written in Latin in some ways more often than in others. How often, is learnt
from the names of cities in GeoNames (see ``recipes/names/letters.py``).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

import regex

from mtqa.text.spelling import spelling_likelihood

# Log probability of a letter of the source that the name leaves out or writes as never seen, and
# of a letter of the name that nothing in the source stands for. Both are rare in the pairs that
# the table was learnt from.
_SKIPPED = -6.0
_INSERTED = -6.5
_INSERTED_VOWEL = -4.0
_VOWELS = frozenset("aeiouyhw")
# A word may carry what is no part of the name: prefixes (Hebrew ו, ב, ל; Arabic و, ب, ال), and
# endings of declension. Log probability for each such letter.
_PREFIX = -1.0
_ENDING = -0.7
# So many letters, by script. None: the name may begin or end anywhere in the word.
_PREFIXES = {"Hebrew": 3, "Arabic": 4}
_ENDINGS = {
    "Cyrillic": 5, "Greek": 3, "Armenian": 4, "Georgian": 5, "Hebrew": 2, "Arabic": 3,
    "Devanagari": 3, "Bengali": 5, "Tamil": 8, "Telugu": 6, "Kannada": 6, "Malayalam": 8,
    "Gujarati": 4, "Gurmukhi": 3, "Sinhala": 5, "Ethiopic": 3,
}  # fmt: skip
UNBOUNDED = frozenset({"Han", "Katakana", "Hiragana", "Hangul", "Thai", "Lao", "Khmer", "Myanmar"})
_PINYIN = regex.compile("(zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?(.*)")
_NEVER = -1e9


class _Table(NamedTuple):
    """Ways to write one unit, and two in a row: (letters, log probability)."""

    one: dict[str, tuple[tuple[str, float], ...]]
    two: dict[str, dict[str, tuple[tuple[str, float], ...]]]


@cache
def _tables() -> dict[str, _Table]:
    tables: dict[str, _Table] = {}
    text = (files("mtqa.text") / "data" / "letters.tsv").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        script, unit, spelled = line.split("\t")
        table = tables.setdefault(script, _Table({}, {}))
        ways = tuple(
            (letters.replace("_", ""), -int(cost) / 100)
            for letters, _, cost in (way.rpartition(":") for way in spelled.split(" "))
        )
        first, _, second = unit.partition(" ")
        if second:
            table.two.setdefault(first, {})[second] = ways
        else:
            table.one[first] = ways
    return tables


def is_transliterated(script: str) -> bool:
    """Whether the letters of a script (its Unicode name) have been learnt."""
    return script in _tables()


@lru_cache(maxsize=1 << 15)
def split_units(word: str, script: str) -> tuple[str, ...]:
    """The units of a word whose ways of writing are known one by one."""
    word = word.casefold()
    if script == "Han":
        from pypinyin import lazy_pinyin

        units: list[str] = []
        for syllable in lazy_pinyin(word):
            match = _PINYIN.fullmatch(syllable)
            if match:
                initial, final = match.groups()
                units += [f"{initial}-"] if initial else []
                units += [f"-{final}"] if final else []
        return tuple(units)
    if script == "Hangul":
        return tuple(unicodedata.normalize("NFD", word))
    if script == "Hiragana":
        word = "".join(chr(ord(c) + 0x60) if "ぁ" <= c <= "ゖ" else c for c in word)
    elif script in ("Hebrew", "Arabic"):
        word = unicodedata.normalize("NFC", word)
        word = "".join(c for c in word if not unicodedata.combining(c) and c != "ـ")
    return tuple(word)


# In a script without spaces a name begins and ends where a word or a character does. Log
# probability of one that does not.
_INSIDE = -3.0
BOUNDARY = "|"  # what a caller puts between the words of such a script, where they are known


@lru_cache(maxsize=1 << 14)
def _split_run(word: str, script: str) -> tuple[tuple[str, ...], frozenset[int]]:
    """Units of a run of words, and the indices at which a word begins or the run ends."""
    if script in ("Han", "Hangul"):
        pieces = [split_units(character, script) for character in word]
        if script == "Han":  # readings depend on the characters beside
            pieces = _regroup(split_units(word, script))
    elif script in ("Katakana", "Hiragana"):
        pieces = [split_units(part, script) for part in word.split(BOUNDARY)]
    else:  # nothing tells words apart
        pieces = [(unit,) for unit in split_units(word, script)]
    bounds = {0}
    size = 0
    for piece in pieces:
        size += len(piece)
        bounds.add(size)
    return tuple(unit for piece in pieces for unit in piece), frozenset(bounds)


def _regroup(units: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Initials and finals as syllables."""
    pieces: list[tuple[str, ...]] = []
    for unit in units:
        if unit[0] == "-" and pieces and len(pieces[-1]) == 1 and pieces[-1][0][0] != "-":
            pieces[-1] = (*pieces[-1], unit)
        else:
            pieces.append((unit,))
    return pieces


@lru_cache(maxsize=1 << 17)
def log_odds(name: str, word: str, script: str, whole: bool = False) -> float:
    """How much likelier the name is as a rendering of a part of the word than as any name.

    Args:
        name: folded Latin letters (see `mtqa.text.spelling.fold`).
        word: a word of the source, or a run of text of a script without spaces.
        script: of ``word``, by its Unicode name.
        whole: ``word`` is one word also where the script has no spaces; what the name leaves out
            of it counts.

    Returns:
        Natural logarithm of the ratio of both probabilities; minus infinity where the script's
        letters are not known.
    """
    table = _tables().get("Katakana" if script == "Hiragana" else script)
    if table is None or not name or not word:
        return float("-inf")
    if script in UNBOUNDED:
        units, bounds = _split_run(word, script)
        if whole:
            starts = [_PREFIX * start for start in range(len(units))]
            ends = [_ENDING * (len(units) - end) for end in range(len(units) + 1)]
        else:
            starts = [0.0 if start in bounds else _INSIDE for start in range(len(units))]
            ends = [0.0 if end in bounds else _INSIDE for end in range(len(units) + 1)]
    else:
        units = split_units(word, script)
        starts = [_PREFIX * start for start in range(_PREFIXES.get(script, 0) + 1)]
        endings = _ENDINGS.get(script, 3)
        ends = [
            _ENDING * (len(units) - end) if len(units) - end <= endings else _NEVER
            for end in range(len(units) + 1)
        ]
    return _best(name, units, table, starts, ends) - spelling_likelihood(name)


def _best(
    name: str,
    units: tuple[str, ...],
    table: _Table,
    starts: Sequence[float],
    ends: Sequence[float],
) -> float:
    """Log probability of the name, given the part of the units that gives it the highest.

    ``starts`` and ``ends`` are log probabilities that it begins or ends there.
    """
    size, letters = len(units), len(name)
    rows = [[_NEVER] * (letters + 1) for _ in range(size + 2)]
    for start, likely in enumerate(starts[:size]):
        rows[start][0] = likely
    best = _NEVER
    for i in range(size + 1):
        row = rows[i]
        unit = units[i] if i < size else ""
        ways = table.one.get(unit, ())
        pairs = table.two.get(unit, {}).get(units[i + 1], ()) if i + 1 < size else ()
        below, below_two = rows[i + 1], rows[min(i + 2, size + 1)]
        for j in range(letters):
            here = row[j]
            if here == _NEVER:
                continue
            inserted = here + (_INSERTED_VOWEL if name[j] in _VOWELS else _INSERTED)
            if inserted > row[j + 1]:
                row[j + 1] = inserted
            if i == size:
                continue
            if here + _SKIPPED > below[j]:
                below[j] = here + _SKIPPED
            for spelled, likely in ways:
                if name.startswith(spelled, j):
                    k = j + len(spelled)
                    if here + likely > below[k]:
                        below[k] = here + likely
            for spelled, likely in pairs:
                if name.startswith(spelled, j):
                    k = j + len(spelled)
                    if here + likely > below_two[k]:
                        below_two[k] = here + likely
        best = max(best, row[letters] + ends[i])
    return best
