"""Names that are written as one word here and as two there, or with a hyphen."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from mtqa.result import Severity
from mtqa.rules.name.variant import (
    ESTABLISHED,
    MIN_LETTERS,
    REPEATED,
    UNHEARD,
    Variant,
    fame,
    same_letters,
)
from mtqa.text.analysis import Analysis
from mtqa.text.document import Span
from mtqa.text.names import ARTICLES, SMALL_WORDS, is_common, is_no_name, words_of
from mtqa.text.spelling import fold

# Zipf frequency of a word that is too frequent to be half of a compound name (South, New, York).
_FREQUENT = 5.0

_JOINED, _HYPHENED, _SPACED = 1, 2, 4
_HYPHENS = frozenset("-‑")
_JOINTS = _HYPHENS | {" ", "\u00a0"}
_SPLIT = re.compile(r"[-‑ \u00a0]+")
# A capital within a word, but for McDonald and the like, is where two words were glued.
_CAMEL = re.compile(r"(?<!\bMc)(?<!\bMac)(?<!\bDe)(?<!\bLa)(?<=[^\W\d_A-Z])[A-Z]")
# A lower-case word right behind a name may be its torn-off end.
_TORN = re.compile(r"[- ]([^\W\d_A-Z]{2,12})\b")


# Servant of …: Abd al-Aziz, Abdul Aziz, Abdulaziz. Of God: Ansar Allah, Ansarullah.
_ABD = re.compile(r"^abd(?:[aeou]l?)?(?=\w{4})")
_ALLAH = re.compile(r"[aeou]l?lah?$")


# Articles are made alike, and so are two ways to write a small word between hyphens.
_ALIKE = dict.fromkeys(ARTICLES, "al") | {"e": "i"}


@lru_cache(maxsize=1 << 13)
def _letters(word: str) -> str:
    """A folded word; see `_ALIKE`."""
    folded = fold(word)
    return _ALIKE.get(folded, folded)


def _key(letters: str) -> str:
    """The letters of a name as if it were one word; God and servant are written alike."""
    if letters.startswith("abd"):
        letters = _ABD.sub("abd", letters)
    return _ALLAH.sub("allah", letters) if letters.endswith(("la", "lah")) else letters


def _pieces(analysis: Analysis) -> Iterator[tuple[str, int, int, int]]:
    """Runs of one to three words of a name: letters as of one word, shape, start, end."""
    text = analysis.text
    for mention in analysis.names.mentions:
        words = words_of(text, *mention)
        names = len(words)
        end = words[-1].end
        if text[end + 1 : end + 2].islower() and (torn := _TORN.match(text, end)):
            words.append(Span(*torn.span(1)))
        letters = [_letters(text[start:end]) for start, end in words]
        for first in range(names):
            start, end = words[first]
            shape = _JOINED
            run = letters[first]
            for last in range(first, min(first + 3, len(words))):
                if last > first:
                    gap = text[end : words[last].start]
                    if gap not in _JOINTS:
                        break
                    shape = _HYPHENED if gap in _HYPHENS else _SPACED
                    run += letters[last]
                    end = words[last].end
                key = _key(run)
                if len(key) > MIN_LETTERS and text[words[last].start : end] not in SMALL_WORDS:
                    yield key, shape, start, end


class _Piece(NamedTuple):
    """Where a form stands, and whether by itself."""

    span: Span
    alone: bool


def _stands_alone(text: str, span: Span) -> bool:
    """Whether a run of words is no part of a compound with a hyphen."""
    return (
        text[span.start - 1 : span.start] not in _HYPHENS
        and text[span.end : span.end + 1] not in _HYPHENS
    )


def find_joined_or_split(analysis: Analysis) -> Iterator[Variant]:
    """Names whose letters are the same once spaces and hyphens are taken out; linear."""
    text, lang = analysis.text, analysis.lang
    # Only what stands joined or hyphenated somewhere can vary; split runs are far more.
    joined: set[str] = set()
    hyphened: dict[str, str] = {}
    spaced: set[str] = set()
    wanted: set[str] = set()
    for key, shape, start, end in _pieces(analysis):
        if shape == _JOINED:
            joined.add(key)
        elif shape == _HYPHENED:
            form = text[start:end]
            if not same_letters(form, hyphened.setdefault(key, form)):
                wanted.add(key)  # al-Tamimi, at-Tamimi
        else:
            spaced.add(key)
    wanted |= joined & hyphened.keys() | spaced & (joined | hyphened.keys())
    if not wanted:
        return
    found: dict[str, dict[str, list[_Piece]]] = defaultdict(lambda: defaultdict(list))
    for key, _, start, end in _pieces(analysis):
        if key in wanted:
            span = Span(start, end)
            found[key][text[start:end]].append(_Piece(span, _stands_alone(text, span)))
    single = {form.text for form in analysis.names.forms.values() if form.single}
    for forms in found.values():
        whole = max(fame(form, lang) for form in forms)
        ranked = sorted(
            forms.items(),
            key=lambda item: (
                -_count_alone(item[1]),
                -_plausibility(item[0], whole, lang),
                item[1][0].span.start,
            ),
        )
        agreed, agreed_pieces = ranked[0]
        for rare, rare_pieces in ranked[1:]:
            split, whole_form = (agreed, rare) if len(agreed) > len(rare) else (rare, agreed)
            parts = _SPLIT.split(split)
            hyphen = bool(_HYPHENS & set(agreed + rare))
            repeated = len(agreed_pieces) >= REPEATED > len(rare_pieces)
            if len(parts) < 2 or is_common(whole_form, lang) or same_letters(rare, agreed):
                continue
            if parts[-1][0].islower():
                # Only a whole word can have been torn: Minami-style and Minami style are none.
                if _SPLIT.search(whole_form) or not (hyphen or _is_torn(parts, lang)):
                    continue
            elif hyphen and (
                len(parts[0]) == 1  # G-Osaka: an initial
                or len(parts[-1]) == 1  # Pantsir-S: a model
                or single.issuperset(parts)
                or not (repeated or _is_compound(parts, lang))
            ):
                continue
            yield Variant(
                rare,
                agreed,
                tuple(piece.span for piece in rare_pieces),
                tuple(piece.span for piece in agreed_pieces),
                "hyphen" if hyphen else "joined or split",
                Severity.MINOR if hyphen else Severity.MAJOR,
                0.95,
                # Hyphens between words that stand by themselves may be meant: Lao-Vietnamese.
                certain=_count_alone(agreed_pieces) > max(1, _count_alone(rare_pieces))
                and (not hyphen or all(fame(part, lang) < ESTABLISHED for part in parts)),
            )


def _count_alone(pieces: list[_Piece]) -> int:
    return sum(piece.alone for piece in pieces)


def _plausibility(form: str, whole: float, lang: str) -> float:
    """How well known the words of the form are: tells a torn or glued name from a whole one.

    ``whole`` is the fame of the joined form: where print knows it, each of the parts must be known
    as well for the split form to be the better one.
    """
    parts = _SPLIT.split(form)
    glued = len(parts) == 1 and _CAMEL.search(form)
    torn = parts[-1][0].islower()
    fames = [fame(part, lang) for part in parts]
    known = min(fames) if whole >= UNHEARD else sum(fames) / len(fames)
    return known - bool(glued) - torn


def _is_torn(parts: list[str], lang: str) -> bool:
    """Whether the lower-case end is no word that may follow the name (Finl and)."""
    start, end = parts[0], parts[-1]
    return not is_common(end, lang) or (
        fame(start, lang) < 2 * UNHEARD and not is_common(start, lang)
    )


def _is_compound(parts: list[str], lang: str) -> bool:
    """Whether the parts make one name (Basse-Terre), not two that meet (Pakistan-Afghan)."""
    return all(
        fame(part, lang) < _FREQUENT and not is_no_name(part, lang)
        for part in parts
        if part.lower() not in SMALL_WORDS
    )
