"""A part of the source is not in the translation.

What it finds
-------------
A segment of the source without a translation, and a translation that lacks a sentence: it has fewer
sentences than its source and is too short for it, or is far too short. Somewhat too short is enough
for a minor finding where a sentence is missing and with it a number, or one mark of a quotation.
Where nothing is left of the translation, the word before the gap is marked.

Why it matters
--------------
The reader cannot know what is not there, and what a machine leaves out is seldom what an editor
would.

Example
-------
Bad: Er kam. Niemand hatte ihn erwartet. → He came.

Good: Er kam. Niemand hatte ihn erwartet. → He came. Nobody had expected him.

Not flagged
-----------
Two segments told in one; segments without words; a translation that is shorter as translations
between the two languages often are; documents in pairs of languages of which neither the document
nor the data tells what is usual.

Source
------
MQM: Accuracy, Omission. Lengths as in Gale and Church (1993), see `mtqa.rules.fidelity.lengths`.

Measured
--------
`python bench/rates.py --source`: 9.3 and 3.1 hits per 1,000 segments of machine-translated news
(WMT, MQM; 6.8 and 1.9 major), 2.0 and 0.9 on human translations of the same (1.0 and 0.4 major). Of
34 machine hits read, 27 are right: 23 of 26 major ones, half of them gibberish that is shorter than
its source, and 4 of 8 minor ones. Planted (`python bench/planted_source.py`): 98 % of dropped
segments found, 93 % of sentences dropped within a segment, 77 % where three segments are joined
(`--join 3`). Missed are short sentences of long segments, and those of a translator who writes at
length.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

import regex

from mtqa.config import Settings
from mtqa.result import Severity
from mtqa.rules.fidelity.lengths import Usual, length_of, merged, usual_length
from mtqa.rules.rule import Hit, Rule
from mtqa.text.analysis import Analysis
from mtqa.text.document import Span
from mtqa.text.lines import shorten
from mtqa.text.numbers import find_numbers, same
from mtqa.text.quotations import quotations_within

# How far below the usual length, in standard deviations: enough by itself; enough where a sentence
# is missing; and enough for a minor finding where a sentence is missing, a sentence and a number,
# a number alone, or a sentence and one mark of a quotation. Swept over sentences dropped from
# references of WMT21/22 and MQM and the references as they are: 96 % of the former; one system of
# each document was hit three times as often as its references.
_FAR_TOO_SHORT = 4.5
_SHORT = 2.0
_RATHER_SHORT, _SHORT_BY_A_NUMBER, _SHORT_OF_A_NUMBER = 1.3, 0.8, 3.0
_SHORT_BY_A_MARK = -2.0
_FEWEST = 40  # characters of both sides together, from which length alone may tell
# A stop with a sentence behind it, a quotation perhaps. (A run of stops is read once.)
_STOP = regex.compile(
    r"(?<![。！？｡])[。！？｡]++[\p{Pe}\p{Pf}\"]*+\s*+(?=[\p{L}\p{N}\p{Ps}\p{Pi}])"
    r"|(?<=[\p{L}\p{M}\p{N}]{2})[.!?।؟۔]++[\p{Pe}\p{Pf}\"']*+\s++(?=[\p{Ps}\p{Pi}\"']*+[\p{Lu}\p{Lo}])"
)
# More numbers of both sides than that are no segment's, but a document's.
_MOST_COMPARED = 60_000
_SHOWN = 60  # characters of the source in a message


def check(analysis: Analysis, settings: Settings) -> Iterator[Hit]:
    """Yield a hit for each segment that lacks a translation or a part of it."""
    source = analysis.source
    if source is None:
        return
    usual = usual_length(analysis, source)
    segments = analysis.segments
    for index, (translation, original) in enumerate(segments):
        if original is None:
            continue
        told = source.text[slice(*original)]
        if not any(map(str.isalpha, told)):
            continue
        if translation is None:
            place = analysis.anchor(index)
            if place is None or (usual is not None and merged(usual, index)):
                continue
            yield Hit(
                place,
                f"The translation lacks “{shorten(told, _SHOWN)}”.",
                confidence=0.9,
                source=original,
            )
            continue
        if usual is None:
            continue
        severity = _judge_length(analysis, source, index, usual)
        told_beside = usual.surplus(index) < 0 and merged(usual, index)
        if severity is not None and not told_beside:
            yield Hit(
                translation,
                f"This is too short for its source, “{shorten(told, _SHOWN)}”.",
                severity=severity,
                confidence=0.8 if severity is Severity.MAJOR else 0.6,
                source=original,
            )


def _judge_length(
    analysis: Analysis, source: Analysis, index: int, usual: Usual
) -> Severity | None:
    """How surely a part of a segment is missing; None: it may be all there."""
    translation, original = analysis.segments[index]
    own, other = length_of(translation), length_of(original)
    if translation is None or original is None or own + other < _FEWEST:
        return None
    short = -usual.score(index)
    if short <= _SHORT_BY_A_MARK:
        return None
    fewer = _stops(analysis, translation) < _stops(source, original)
    if short > _FAR_TOO_SHORT or (fewer and short > _SHORT):
        return Severity.MAJOR
    if fewer and (short > _RATHER_SHORT or _lacks_a_mark(analysis, source, translation, original)):
        return Severity.MINOR
    bar = _SHORT_BY_A_NUMBER if fewer else _SHORT_OF_A_NUMBER
    return Severity.MINOR if short > bar and _lacks_a_number(analysis, source, index) else None


def _lacks_a_mark(analysis: Analysis, source: Analysis, translation: Span, original: Span) -> bool:
    """Whether half of a quotation is gone, which in the source is whole."""
    ours = quotations_within(analysis.text, translation, analysis.lang)
    if not ours.unpaired:
        return False
    theirs = quotations_within(source.text, original, source.lang)
    return not theirs.unpaired and len(ours.outermost) < len(theirs.outermost)


def _lacks_a_number(analysis: Analysis, source: Analysis, index: int) -> bool:
    """Whether a number of a segment's source is not in its translation nor beside it."""
    original = analysis.segments[index].source
    near = [
        one.translation
        for one in analysis.segments[max(0, index - 1) : index + 2]
        if one.translation is not None
    ]
    ours = [number for span in near for number in find_numbers(analysis.text, analysis.lang, span)]
    theirs = find_numbers(source.text, source.lang, original)
    return len(ours) * len(theirs) <= _MOST_COMPARED and any(
        not any(same(number, other) for other in ours) for number in theirs
    )


def _stops(analysis: Analysis, span: Span) -> int:
    """Sentences of a segment, those within its quotations too."""
    starts = analysis.sentence_starts
    sentences = bisect_left(starts, span.end) - bisect_left(starts, span.start)
    inner = sum(1 for _ in _STOP.finditer(analysis.text[slice(*span)]))
    return max(sentences, 1 + inner)


RULE = Rule(
    name="omission",
    family="fidelity",
    category="Accuracy/Omission",
    severity=Severity.MAJOR,
    check=check,
    documentation=__doc__,
    needs_source=True,
)
