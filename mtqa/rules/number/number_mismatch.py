"""A number of the source is another one in the translation, or missing.

What it finds
-------------
A number in digits that the source does not have, where a number of the source is missing: the
number in the translation is marked, with the one that the source has.

Why it matters
--------------
A wrong number is the error that a reader cannot see and that costs most: the sentence reads well.

Example
-------
Bad: Мост стоил 120 млн рублей. → The bridge cost 12 million rubles.

Good: Мост стоил 120 млн рублей. → The bridge cost 120 million rubles.

Not flagged
-----------
The same value in another form: 1.234,5 and 1,234.5; 120万 and 1.2 million; 5 мая and May 5; 14:00
and 2 p.m.; 50 % and half; 2 and two; 90-е and the 1990s; 令和3年 and 2021; a long number told with
fewer digits. A number that has moved to the sentence before or after. A number in words.

Source
------
MQM: Accuracy, Mistranslation (number). Values by CLDR and the Unicode database (see
`mtqa.text.numbers`).

Measured
--------
`python bench/rates.py --source`: 4.4 and 1.7 hits per 1,000 segments of machine-translated news
(WMT, MQM), 1.3 and 5.7 on human translations of the same. Of 45 machine hits read, 43 are right
(96 %; eight more were of one kind, 五成 told as 50 %, and are a pass case since); of the 8 hits on
WMT references 6 are slips of the translator, and so are most of those on the MQM human
translations, which several people made of one text (906 for 960, 82.8 for 8.2 million). Planted
(`python bench/planted_source.py`): 92 % of changed numbers found. Missed are mostly numbers that
the source has in words, and 24 hours where it has a word for a day.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import regex

from mtqa.config import Settings
from mtqa.result import Severity
from mtqa.rules.rule import Hit, Rule
from mtqa.text.analysis import Analysis
from mtqa.text.numbers import Number, find_numbers, same

_AFTERNOON = regex.compile(r"(?:[:.]\d\d)?\s?[ap]\.?\s?m\b", regex.I)


def check(analysis: Analysis, settings: Settings) -> Iterator[Hit]:
    """Yield a hit for each number in digits that stands where the source has another."""
    source = analysis.source
    if source is None:
        return
    segments = analysis.segments
    ours = [
        find_numbers(analysis.text, analysis.lang, one.translation) if one.translation else []
        for one in segments
    ]
    theirs = [
        find_numbers(source.text, source.lang, one.source) if one.source else [] for one in segments
    ]
    yield from _in_names(analysis, source, ours, theirs)
    for index, segment in enumerate(segments):
        if segment.translation is None or segment.source is None:
            continue
        near = slice(max(0, index - 1), index + 2)
        halves = _HALF.search(source.text, *segment.source) is not None
        yield from _compare(
            analysis,
            source,
            theirs[index],
            [n for n in ours[index] if not (halves and _told_by_half(n))],
            [
                n
                for at in range(*near.indices(len(theirs)))
                for n in theirs[at]
                if n.sure or at == index
            ],
            [number for numbers in ours[near] for number in numbers],
        )


def _compare(
    analysis: Analysis,
    source: Analysis,
    theirs: Sequence[Number],
    ours: Sequence[Number],
    theirs_near: Sequence[Number],
    ours_near: Sequence[Number],
) -> Iterator[Hit]:
    """Numbers of one segment; ``…_near`` are those of its neighbours too."""
    text = analysis.text
    left = [n for n in theirs if n.sure]
    extra = []
    for number in (n for n in ours if n.sure):
        partner = next((n for n in left if _renders(n, number, text)), None)
        if partner is not None:
            left.remove(partner)
        elif not _stands_in(number, theirs_near, text):
            extra.append(number)
    if not extra:
        return
    # What an extra number may stand for, the likeliest first: a number that is nowhere in the
    # translation, one that stands in words or in another sentence, one in words in the source.
    for number in (n for n in ours if not n.sure and max(n.values) >= _PLAIN):
        partner = next((n for n in left if _renders(n, number, text)), None)
        if partner is not None:
            left.remove(partner)
    missing = [n for n in left if not _covered(n, ours_near, text)]
    spelled = [
        n
        for n in theirs
        if not n.sure
        and not n.name
        and max(n.values) > 1
        and source.text[slice(*n.span)] not in _ROUND
        and not _covered(n, ours_near, text)
    ]
    tiers = (
        (missing, 0.9),
        ([n for n in left if n not in missing], 0.8),
        (spelled, 0.7),
    )
    for number in extra:
        found = next((tier for tier in tiers if tier[0]), None)
        if found is None:
            return
        candidates, confidence = found
        if candidates is not missing and number.values == {1.0}:
            continue
        meant = min(candidates, key=lambda n: _distance(n, number))
        if not _alike(meant, number):
            continue
        candidates.remove(meant)
        shown, has = text[slice(*number.span)], source.text[slice(*meant.span)]
        yield Hit(
            number.span,
            f"The source has “{has}” where the translation has “{shown}”.",
            suggestion=has if has.isdecimal() and has.isascii() and shown.isdecimal() else None,
            confidence=confidence,
            source=meant.span,
        )


def _in_names(
    analysis: Analysis,
    source: Analysis,
    ours: Sequence[Sequence[Number]],
    theirs: Sequence[Sequence[Number]],
) -> Iterator[Hit]:
    """Numbers that are part of a name: COVID-14 where the document has COVID-19 otherwise."""
    known = {(n.name, value) for numbers in theirs for n in numbers for value in n.values if n.name}
    by_name: dict[str, list[Number]] = {}
    for number in (n for numbers in ours for n in numbers):
        if len(number.name.rstrip(_HYPHENS)) > 1:
            by_name.setdefault(number.name, []).append(number)
    for index, numbers in enumerate(ours):
        for number in numbers:
            alike = by_name.get(number.name, [])
            others = [n for n in alike if not n.values & number.values]
            only = _ONE_NUMBER.get(number.name.rstrip(_HYPHENS))
            if only is not None and only not in number.values:
                yield Hit(
                    number.span,
                    f"There is no “{number.name.upper()}{analysis.text[slice(*number.span)]}”, "
                    f"but one with {only}.",
                    suggestion=str(only),
                )
            if (
                only is not None
                or len(others) < _OFTEN
                or len(alike) - len(others) > 1
                or len({n.values for n in others}) > 1
                or any((number.name, value) in known for value in number.values)
                or any(n.values & number.values for n in theirs[index])
            ):
                continue
            start = number.span.start - len(number.name)
            usual = analysis.text[others[0].span.start - len(number.name) : others[0].span.end]
            shown = analysis.text[start : number.span.end]
            yield Hit(
                number.span,
                f"“{shown}” is “{usual}” elsewhere in this document, and not in the source.",
                suggestion=analysis.text[slice(*others[0].span)],
                related=tuple(n.span for n in others),
                confidence=0.85,
            )


_HYPHENS = "-‐–—"
_ROUND = "十百千万萬億亿兆"  # 十几万 and 百年 are no certain number
_PLAIN = 10  # a number word below it (one, second) may be no number
# Names that the World Health Organization has given with one number only (11 February 2020).
_ONE_NUMBER = {"covid": 19, "sars-cov": 2}
_OFTEN = 2  # mentions by which the usual number of a name is known


def _renders(source: Number, number: Number, text: str) -> bool:
    if same(source, number) or (source.parts and source.parts == number.parts):
        return True
    return bool(_AFTERNOON.match(text, number.span.end)) and any(
        value in (12, 24) or value + 12 in source.values for value in number.values
    )


def _covered(source: Number, ours: Sequence[Number], text: str) -> bool:
    """Whether a number of the source stands somewhere, as a whole or by its parts."""
    if any(_renders(source, number, text) for number in ours):
        return True
    return bool(source.parts) and all(
        any(part in n.values or part in n.parts for n in ours) for part in source.parts
    )


def _stands_in(number: Number, theirs: Sequence[Number], text: str) -> bool:
    """Whether a number of the translation has any counterpart in the source."""
    if any(_renders(n, number, text) or number.values & set(n.parts) for n in theirs):
        return True
    return bool(number.parts) and all(
        any(part in n.values or part in n.parts for n in theirs) for part in number.parts
    )


def _told_by_half(number: Number) -> bool:
    """8:30, 2.5 million and 50 are told with the word for half in many languages."""
    return any(
        value in (30, 50) or f"{value:.12g}".strip("0").endswith("5") for value in number.values
    )


# The word for half, whole or as the stem that its forms share (Wiktionary, translations of “half”).
_HALF = regex.compile(
    r"半|반|\b(?:пол(?:у|овин|тор|$)|пів|пол-|halb|half|halv|hálf|demi|medi[oa]|mezz|mei[oa]|jum[aă]t|"
    r"pool|puol|pół|půl|pus|fél|yarım|buçuk|μισ|נص|نصف|חצי|आधा|डेढ़|साढ़े|ढाई)",
    regex.I,
)


def _distance(one: Number, other: Number) -> float:
    """How unlike two numbers are written: those of like size were likelier changed into another."""
    a, b = max(one.values), max(other.values)
    return abs(a - b) / max(a, b, 1.0)


def _alike(one: Number, other: Number) -> bool:
    """Whether two numbers are about as long, so that one may be a slip for the other."""
    if one.sure and any(a < 100 and 1900 <= b < 2100 for a in one.values for b in other.values):
        return True  # a year in two digits
    for strip in (".", "0."):
        lengths = [
            {len(f"{value:.12g}".replace(".", "").strip(strip)) for value in number.values}
            for number in (one, other)
        ]
        if any(abs(a - b) <= 1 for a in lengths[0] for b in lengths[1]):
            return True
    return False


RULE = Rule(
    name="number-mismatch",
    family="number",
    category="Accuracy/Mistranslation",
    severity=Severity.MAJOR,
    check=check,
    documentation=__doc__,
    needs_source=True,
)
