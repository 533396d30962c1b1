"""A number of the source is another one in the translation, or missing.

What it finds
-------------
A number in digits that the source does not have, where a number of the source is missing: the
number in the translation is marked, with the one that the source has. So is the one number word,
or the one month, that stands where the source has another.

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
fewer digits; a year of another calendar; Doe and three others for four people. A number that has
moved to the sentence before or after. Words that may be no number (one, second, dozen). A segment
of some 250 numbers or more, which is no segment but a table or a document, is not looked at.

Source
------
MQM: Accuracy, Mistranslation (number). Values by CLDR and the Unicode database (see
`mtqa.text.numbers`).

Measured
--------
`python bench/rates.py --source`: 4.6 and 1.8 hits per 1,000 segments of machine-translated news
(WMT, MQM), 1.5 and 5.8 on human translations of the same. Of 45 machine hits read, 43 are right
(96 %; eight more were of one kind, 五成 told as 50 %, and are a pass case since); of the nine hits
on WMT references eight were read: slips of the translator or of the source, and so are most of
those on the MQM human translations, which several people made of one text (906 for 960, 82.8 for
8.2 million).
Planted (`python bench/planted_source.py --seed 7`): 92 % of changed numbers found, 90 % of changed
months, 75 % of changed number words. Missed are mostly months that the source does not name, hours
(nine o'clock for 21), and in Chinese numerals within a phrase (四抗二平衡).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import regex

from mtqa.config import Settings
from mtqa.result import Severity
from mtqa.rules.rule import Hit, Rule
from mtqa.text.analysis import Analysis
from mtqa.text.numbers import Number, find_numbers, same

# More comparisons than that for one segment are not made: it is no segment, but a document.
_MOST_COMPARED = 60_000
_MINUTES = regex.compile(r"[:.][0-5]\d\b")
# Doe and three others, where the source has four people with Doe among them.
_OTHERS = regex.compile(r"(?: [\p{L}-]+)? others?\b", regex.I)
_HALF_DAY = regex.compile(r"(?:[:.]\d\d)?\s?[ap]\.?\s?m\b", regex.I)
_TWELVE = frozenset({0.0, 12.0, 24.0})


@dataclass(frozen=True, slots=True)
class _Pair:
    """The numbers of a segment and of what it renders.

    Attributes:
        text: the translation, all of it.
        source: its source, all of it.
        ours: numbers of the segment.
        theirs: numbers of what it renders.
        ours_near: those of the segment and of its neighbours, where a number may have moved.
        theirs_beside: those that the neighbours render.
        halves: whether the source speaks of a half.
    """

    text: str
    source: str
    ours: Sequence[Number]
    theirs: Sequence[Number]
    ours_near: Sequence[Number]
    theirs_beside: Sequence[Number]
    halves: bool

    @property
    def theirs_near(self) -> list[Number]:
        """Numbers of what the segment and its neighbours render."""
        return [*self.theirs, *self.theirs_beside]

    def shown(self, number: Number) -> str:
        """A number of the translation as it stands."""
        return self.text[slice(*number.span)]

    def meant(self, number: Number) -> str:
        """A number of the source as it stands."""
        return self.source[slice(*number.span)]


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
    yield from _in_names(analysis.text, ours, theirs)
    for index, segment in enumerate(segments):
        if segment.translation is None or segment.source is None:
            continue
        before = max(0, index - 1)
        pair = _Pair(
            text=analysis.text,
            source=source.text,
            ours=ours[index],
            theirs=theirs[index],
            ours_near=list(chain.from_iterable(ours[before : index + 2])),
            theirs_beside=list(
                chain.from_iterable(theirs[before:index] + theirs[index + 1 : index + 2])
            ),
            halves=_HALF.search(source.text, *segment.source) is not None,
        )
        most = max(len(pair.ours) * len(pair.theirs_near), len(pair.theirs) * len(pair.ours_near))
        if most > _MOST_COMPARED:
            continue
        for compare in (_compare_digits, _compare_words, _compare_months):
            yield from compare(pair)


def _compare_words(pair: _Pair) -> Iterator[Hit]:
    """The one number in words that stands where the source has another."""
    text, theirs_near = pair.text, pair.theirs_near
    loose = [n for n in pair.ours if n.kind == "other"]
    left = [
        n
        for n in _outermost(pair.theirs)
        if _is_count(pair.source, n) and not any(_renders(n, other, text) for other in loose)
    ]
    extra = []
    for number in _outermost(n for n in pair.ours if n.kind != "other"):
        partner = next((n for n in left if _renders(n, number, text)), None)
        if partner is not None:
            left.remove(partner)
        elif _is_spelled(text, number) and not _stands_in(number, theirs_near, text):
            extra.append(number)
    missing = [n for n in left if not _covered(n, pair.ours_near, text)]
    candidates, confidence = (missing, 0.75) if missing else (left, 0.7)
    if len(extra) == len(candidates) == 1 and _alike(candidates[0], extra[0]):
        yield _other(pair, extra[0], candidates[0], confidence)


def _compare_months(pair: _Pair) -> Iterator[Hit]:
    """The one month that stands where the source has another."""
    our_months, their_months = _months(pair.text, pair.ours), _months(pair.source, pair.theirs)
    extra, missing = set(our_months) - set(their_months), set(their_months) - set(our_months)
    if not (extra and missing):  # one of two in the same month
        extra, missing = set(our_months - their_months), set(their_months - our_months)
    if len(extra) != 1 or len(missing) != 1:
        return
    (other,), (right,) = extra, missing
    if other in _months(pair.source, pair.theirs_near) and (
        right in _months(pair.text, pair.ours_near)
    ):
        return  # the two have changed places with a neighbour
    shown = [n for n in pair.ours if n.kind == "month" and other in n.values]
    meant = [n for n in pair.theirs if _is_month(pair.source, n) and right in n.values]
    if shown and meant:
        yield _other(pair, shown[0], meant[0], confidence=0.75)


def _other(
    pair: _Pair, number: Number, meant: Number, confidence: float, suggestion: str | None = None
) -> Hit:
    """A number or month that stands where the source has another."""
    return Hit(
        number.span,
        f"The source has “{pair.meant(meant)}” where the translation has “{pair.shown(number)}”.",
        suggestion=suggestion,
        confidence=confidence,
        source=meant.span,
    )


def _months(text: str, numbers: Sequence[Number]) -> Counter[float]:
    """The months that numbers name, and those that the parts of dates in digits may be."""
    months: Counter[float] = Counter()
    day = -1  # where the digits behind a month may stand: April 8-12
    for number in numbers:
        if _is_month(text, number):
            months.update(number.values)
            day = number.span.end
        elif day >= 0 and _DAY.fullmatch(text, day, number.span.start):
            day = number.span.end
        elif _DATE.match(text, number.span.end) or text.endswith(("/", "-"), 0, number.span.start):
            months.update(value for value in number.values if 1 <= value <= 12)
        months.update(part for part in number.parts if 1 <= part <= 12)
    return months


_DATE = regex.compile(r"[/-]\p{Nd}")
_DAY = regex.compile(r"\.?\s?[/–-]?\s?")
_MONTH = regex.compile(r"\s?[月월]")


# Number words that are nothing else, as one, second, hundreds are; and what makes hours of them.
_SPELLED = frozenset(map(float, range(3, 100)))
_IN_WORDS = regex.compile(r"\p{L}\p{Ll}*(?:[ -]\p{Ll}+)*")
_OPENS = regex.compile(r"(?:\A|[\n.!?:“\"(])\s*\Z")  # what a sentence is opened by
_OCLOCK = regex.compile(r"\s(?:o['’]clock|in the (?:afternoon|evening|morning)|at night)")
# Behind one of these an ideograph is a number of people or things (CC-CEDICT, classifiers): 三人,
# but not 三重, 十分.
_COUNTERS = tuple(
    "人名个個位年天次件台辆輛家所岁歳匹只隻头頭本枚軒棟校国國隊队项種种条條份届屆场場座艘架套批层層级級类類期"
    "支间間处篇部张張轮輪大"
)


def _outermost(numbers: Iterable[Number]) -> list[Number]:
    """Numbers without those within another: twenty-five, but neither twenty nor five."""
    kept: list[Number] = []
    for number in sorted(numbers, key=lambda n: (n.span.start, -n.span.end)):
        if not kept or number.span.end > kept[-1].span.end:
            kept.append(number)
    return kept


def _is_spelled(text: str, number: Number) -> bool:
    """Whether a number of the translation is a number word that can mean nothing else."""
    start, end = number.span
    value = min(number.values)
    return (
        number.kind == "word"
        and (value in _SPELLED or (value >= 1000 and " " in text[start:end]))
        and _IN_WORDS.fullmatch(text, start, end) is not None
        and (text[start].islower() or _OPENS.search(text, max(0, start - 4), start) is not None)
        and not (value <= 12 and _OCLOCK.match(text, end))
    )


def _is_count(text: str, number: Number) -> bool:
    """Whether a number of the source is one that a number word may render."""
    return (
        not number.name
        and len(number.values) == 1
        and max(number.values) >= 2
        and text[slice(*number.span)] not in _ROUND
        and (
            number.sure
            or number.kind == "word"
            or (number.kind == "digits" and text.startswith(_COUNTERS, number.span.end))
        )
    )


def _is_month(text: str, number: Number) -> bool:
    return number.kind == "month" or _MONTH.match(text, number.span.end) is not None


def _compare_digits(pair: _Pair) -> Iterator[Hit]:
    """The numbers in digits that stand where the source has others."""
    text = pair.text
    ours = [n for n in pair.ours if not (pair.halves and _told_by_half(n))]
    theirs_near = [*pair.theirs, *(n for n in pair.theirs_beside if n.sure)]
    left = [n for n in pair.theirs if n.sure]
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
    missing = [n for n in left if not _covered(n, pair.ours_near, text)]
    spelled = [
        n
        for n in pair.theirs
        if not n.sure
        and not n.name
        and max(n.values) > 1
        and pair.meant(n) not in _ROUND
        and not _covered(n, pair.ours_near, text)
    ]
    tiers = (
        (missing, 0.9),
        ([n for n in left if n not in missing], 0.8),
        (spelled, 0.7),
    )
    if missing:  # who is nearest to one of them chooses first
        extra.sort(key=lambda number: min(_distance(n, number) for n in missing))
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
        has = pair.meant(meant)
        plain = has.isdecimal() and has.isascii() and pair.shown(number).isdecimal()
        yield _other(pair, number, meant, confidence, has if plain else None)


def _in_names(
    text: str,
    ours: Sequence[Sequence[Number]],
    theirs: Sequence[Sequence[Number]],
) -> Iterator[Hit]:
    """Numbers that are part of a name: COVID-14 where the document has COVID-19 otherwise."""
    known = {(n.name, value) for numbers in theirs for n in numbers for value in n.values if n.name}
    by_name: dict[str, dict[frozenset[float], list[Number]]] = {}
    for number in (n for numbers in ours for n in numbers):
        if len(number.name.rstrip(_HYPHENS)) > 1:
            alike = by_name.setdefault(number.name, {})
            alike.setdefault(number.values, []).append(number)
    for index, numbers in enumerate(ours):
        for number in numbers:
            only = _ONE_NUMBER.get(number.name.rstrip(_HYPHENS))
            if only is not None and only not in number.values:
                yield Hit(
                    number.span,
                    f"There is no “{number.name.upper()}{text[slice(*number.span)]}”, "
                    f"but one with {only}.",
                    suggestion=str(only),
                )
            alike = by_name.get(number.name, {})
            if only is not None or len(alike) != 2 or len(alike[number.values]) > 1:
                continue
            (others,) = (found for values, found in alike.items() if values != number.values)
            if (
                len(others) < _OFTEN
                or others[0].values & number.values
                or any((number.name, value) in known for value in number.values)
                or any(n.values & number.values for n in theirs[index])
            ):
                continue
            start = number.span.start - len(number.name)
            usual = text[others[0].span.start - len(number.name) : others[0].span.end]
            shown = text[start : number.span.end]
            yield Hit(
                number.span,
                f"“{shown}” is “{usual}” elsewhere in this document, and not in the source.",
                suggestion=text[slice(*others[0].span)],
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
    if any(value % 1 and value * 1000 in number.values for value in source.values):
        return True  # 1500 soldiers for “1,5” of them: the source has lost its word for thousand
    if _MINUTES.match(text, number.span.end) and any(
        12 < value <= 24 and value - 12 in source.values for value in number.values
    ):
        return True
    others = _OTHERS.match(text, number.span.end) or text.endswith("other ", 0, number.span.start)
    if others and any(value + 1 in source.values for value in number.values):
        return True
    return _is_noon(number, text) and bool(source.values & _TWELVE)


def _is_noon(number: Number, text: str) -> bool:
    """Whether it is 12 a.m. or 12 p.m., which a source tells as 0, 12 or 24, or in a word."""
    return bool(number.values & _TWELVE) and _HALF_DAY.match(text, number.span.end) is not None


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
    if _is_noon(number, text):
        return True
    if not number.parts or _AMOUNT.match(text, number.span.end):
        return False
    return all(any(part in n.values or part in n.parts for n in theirs) for part in number.parts)


# What is counted: neither 6.6 % nor 2.6 months is a date.
_AMOUNT = regex.compile(r"\s?(?:%|per ?cent)|[ \u00a0-]\p{Ll}{3,}s\b")


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
    """How unlike two numbers are, in size or by their digits, from 0 to 1."""
    from rapidfuzz.distance import OSA

    a, b = max(one.values), max(other.values)
    digits = OSA.normalized_distance(*(f"{value:.12g}".replace(".", "") for value in (a, b)))
    return min(abs(a - b) / max(a, b, 1.0), digits)


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
