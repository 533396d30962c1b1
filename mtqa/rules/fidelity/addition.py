"""The translation says what the source does not.

What it finds
-------------
A segment of the translation without a source, and one that is far too long for its source.

Why it matters
--------------
Loops, invented sentences and text of another page look like news to a reader who has no source.

Example
-------
Bad: Er kam. → He came. The ministry said that he would be received by the president.

Good: Er kam. → He came.

Not flagged
-----------
A segment told in two; segments without words; a translation that is longer as translations between
the two languages often are.

Source
------
MQM: Accuracy, Addition. Lengths as in Gale and Church (1993), see `mtqa.rules.fidelity.lengths`.

Measured
--------
`python bench/rates.py --source`: 0.5 and 0.2 hits per 1,000 segments of machine-translated news,
0.5 and 0.6 on human translations of the same. Of 28 machine hits read 19 are loops and
inventions (68 %). That machines are hit no oftener than people keeps the rule in preview.
"""

from __future__ import annotations

from collections.abc import Iterator

from mtqa.config import Settings
from mtqa.result import Severity
from mtqa.rules.fidelity.lengths import length_of, merged, usual_length
from mtqa.rules.rule import Hit, Rule
from mtqa.text.analysis import Analysis

_FAR_TOO_LONG = 4.0  # standard deviations
_SHORTEST = 60  # characters of a translation whose length may tell


def check(analysis: Analysis, settings: Settings) -> Iterator[Hit]:
    """Yield a hit for each segment that has no source or says far more than it."""
    source = analysis.source
    if source is None:
        return
    usual = usual_length(analysis, source)
    segments = analysis.segments
    for index, (translation, original) in enumerate(segments):
        if translation is None or not any(map(str.isalpha, analysis.text[slice(*translation)])):
            continue
        if original is None:
            if usual is None or not merged(usual, index):
                yield Hit(translation, "The source has nothing like this.", confidence=0.9)
            continue
        if usual is None or length_of(translation) < _SHORTEST:
            continue
        if usual.deviation(index) / usual.spread > _FAR_TOO_LONG and not merged(usual, index):
            yield Hit(
                translation,
                "This is far too long for its source.",
                confidence=0.8,
                source=original,
            )


RULE = Rule(
    name="addition",
    family="fidelity",
    category="Accuracy/Addition",
    severity=Severity.MAJOR,
    check=check,
    documentation=__doc__,
    preview=True,
    needs_source=True,
)
