"""Words of a translation by character offsets, and literal evidence between two texts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from mtqa.text.patterns import compile_possessive

_PUNCTUATION = re.escape(
    '.,;:!?()[]{}<>"“”„«»‹›‘‚…|/\\*=+~^%$€£¥§°#@&—–―-_`'
    "،؛؟।॥෴。，、！？；：（）《》〈〉「」『』【】・·"
)
_IDEOGRAPHS = "\u3400-\u9fff\uf900-\ufaff\u3040-\u309f\u0e00-\u0e7f\u1000-\u109f\u1780-\u17ff"
_NUMBER = r"\d+(?:[.,\u00a0\u202f'’]\d+)*"
_WORD = compile_possessive(
    rf"{_NUMBER}|[{_IDEOGRAPHS}]|"
    rf"[^\s{_PUNCTUATION}{_IDEOGRAPHS}]++(?:[-‐'’.][^\s{_PUNCTUATION}{_IDEOGRAPHS}]++)*+|[^\s]"
)
_LITERAL = re.compile(rf"{_NUMBER}|[^\s\d{_PUNCTUATION}]+")

NONE, NUMBER_FOUND, NUMBER_MISSING, SAME_WORD, SOUNDS_ALIKE = range(5)


def word_spans(text: str) -> list[tuple[int, int]]:
    """Words and punctuation marks of a text, in code points, end exclusive.

    A number with its separators is one word; in scripts written without spaces every
    character is one.
    """
    return [match.span() for match in _WORD.finditer(text)]


def number_value(text: str) -> str:
    """A number by its digits alone, so that 1,234.5 and 1.234,5 agree."""
    digits = "".join(str(unicodedata.digit(c)) for c in text if unicodedata.digit(c, -1) >= 0)
    return digits.lstrip("0") or "0"


@lru_cache(maxsize=20_000)
def _sound(letter: str) -> str:
    """The consonants with which a letter of any alphabet sounds, by its Unicode name."""
    base = unicodedata.normalize("NFKD", letter)[0].lower()
    if "a" <= base <= "z":
        return base
    name = unicodedata.name(base, "")
    if name.startswith("HANGUL SYLLABLE"):
        return name.rsplit(" ", 1)[-1].lower()
    if " LETTER " not in name or "SIGN" in name:
        return ""
    last = name.rsplit(" ", 1)[-1].lower().removesuffix("yanna")
    last = last.lstrip("aeiou")
    cluster = re.match("[^aeiou]*", last)
    return cluster.group() if cluster else ""


_CLASSES = str.maketrans(
    {"c": "k", "q": "k", "g": "k", "z": "s", "j": "s", "d": "t", "v": "f", "w": "f"}
    | dict.fromkeys("aeiouyh", "")
)


@lru_cache(maxsize=100_000)
def sound_of(word: str) -> str:
    """A rough key of how a word sounds: its consonants, merged into classes.

    Made from the Unicode names of the letters, so that it works for every alphabet; empty for
    ideographs.
    """
    consonants = "".join(_sound(c) for c in word)
    consonants = re.sub("t?sch|shch|[csz]h|t[sz]|cz|dzh", "s", consonants)
    consonants = consonants.replace("ph", "f").replace("x", "ks").translate(_CLASSES)
    return re.sub(r"(.)\1+", r"\1", consonants)


def _forms(key: str) -> set[str]:
    return {key[:cut] for cut in (len(key), len(key) - 1, len(key) - 2) if cut >= 3}


def literal_kinds(text: str, other: str) -> list[tuple[int, int, int]]:
    """Literal evidence for a text, given the other text of the pair.

    Returns:
        (start, end, kind) for each number of the text (kind 1 when its digits stand in the
        other text, 2 when not), each word that stands there letter by letter but for case and
        accents (3), and each word that sounds like one there (4), up to an ending.
    """
    there = [match.group() for match in _LITERAL.finditer(other)]
    numbers = {number_value(word) for word in there if word[0].isdigit()}
    plain = {_fold(word) for word in there if not word[0].isdigit()}
    sounds: set[str] = set()
    for word in there:
        if not word[0].isdigit():
            sounds |= _forms(sound_of(word))
    found = []
    for match in _LITERAL.finditer(text):
        word, (start, end) = match.group(), match.span()
        if word[0].isdigit():
            kind = NUMBER_FOUND if number_value(word) in numbers else NUMBER_MISSING
        elif len(word) > 1 and _fold(word) in plain:
            kind = SAME_WORD
        elif _forms(sound_of(word)) & sounds:
            kind = SOUNDS_ALIKE
        else:
            continue
        found.append((start, end, kind))
    return found


@lru_cache(maxsize=100_000)
def _fold(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def token_classes(
    offsets: Sequence[tuple[int, int]], spans: Sequence[tuple[int, int, int]]
) -> list[int]:
    """Class of each token by the span that it overlaps, 0 where it overlaps none.

    Args:
        offsets: (start, end) of each token, in order; empty for sequence marks.
        spans: (start, end, class), in order and disjoint.
    """
    classes, at = [0] * len(offsets), 0
    for i, (start, end) in enumerate(offsets):
        if end <= start:
            continue
        while at < len(spans) and spans[at][1] <= start:
            at += 1
        if at < len(spans) and spans[at][0] < end:
            classes[i] = spans[at][2]
    return classes


def token_words(
    offsets: Sequence[tuple[int, int]], words: Sequence[tuple[int, int]]
) -> list[list[int]]:
    """The tokens of each word.

    Args:
        offsets: (start, end) of each token; empty for sequence marks.
        words: (start, end) of each word, in order.

    Returns:
        for each word the indices of the tokens that overlap it; empty where none does.
    """
    out: list[list[int]] = [[] for _ in words]
    first = 0
    for i, (start, end) in enumerate(offsets):
        if end <= start:
            continue
        while first < len(words) and words[first][1] <= start:
            first += 1
        at = first
        while at < len(words) and words[at][0] < end:
            out[at].append(i)
            at += 1
    return out
