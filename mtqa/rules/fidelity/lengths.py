"""How long a translation is for its source, and how long translations usually are.

As in Gale and Church (1993), who align sentences by it, the logarithm of the ratio of lengths in
characters is taken as normally distributed, about a mean that depends on the two languages.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from mtqa.text.analysis import Analysis
from mtqa.text.document import Segment, Span
from mtqa.text.language import UNDETERMINED, scripts_of

# Logarithm of characters of the English translation per character of the source: median and robust
# standard deviation over segments of twenty characters and more, of WMT21/22 and MQM references
# (is, ja, ru, uk, zh) and of translations of MLQE-PE that were judged good (et, ne, ro, si).
_INTO_ENGLISH = {
    "et": (0.08, 0.14), "is": (0.06, 0.14), "ja": (1.04, 0.24), "ne": (0.06, 0.15),
    "ro": (-0.04, 0.11), "ru": (0.05, 0.14), "si": (0.01, 0.14), "uk": (0.08, 0.17),
    "zh": (1.40, 0.19),
}  # fmt: skip
# Alphabets with vowels, as six of the nine languages above have, are alike.
_ALPHABETIC = (0.04, 0.16)
_ALPHABETS = ("Latin", "Cyrillic", "Greek", "Armenian", "Georgian")
# A document's own segments tell it as well; so many weigh as much as the table.
_WEIGHT = 8
_FEWEST = 8
# Where only the document tells, its spread is not known better than this.
_SPREAD = 0.25

# A segment too short for its length to mean anything.
_SHORTEST = 20


@dataclass(frozen=True, slots=True)
class Usual:
    """The usual logarithm of characters of a translation per character of its source.

    Attributes:
        mean: where it lies.
        spread: its standard deviation.
    """

    mean: float
    spread: float

    def deviation(self, translation: int, source: int) -> float:
        """How far a pair of lengths is from the usual, as a logarithm; below 0: too short."""
        return math.log(max(1, translation) / max(1, source)) - self.mean


def usual_length(analysis: Analysis, source: Analysis) -> Usual | None:
    """What is usual for a document and its languages; None where nobody can tell."""
    known = _INTO_ENGLISH.get(source.lang) if analysis.lang == "en" else None
    if known is None and all(
        scripts_of(one.lang)[0] in _ALPHABETS
        for one in (analysis, source)
        if one.lang != UNDETERMINED
    ):
        known = _ALPHABETIC
    ratios = [
        math.log(length_of(one.translation) / length_of(one.source))
        for one in analysis.segments
        if one.translation and one.source and length_of(one.source) >= _SHORTEST // 2
    ]
    if known is None:
        if len(ratios) < _FEWEST:
            return None
        own = median(ratios)
        spread = 1.4826 * median(abs(ratio - own) for ratio in ratios)
        return Usual(own, max(spread, _SPREAD))
    mean, spread = known
    if ratios:
        share = len(ratios) / (len(ratios) + _WEIGHT)
        mean += share * max(-2 * spread, min(2 * spread, median(ratios) - mean))
    return Usual(mean, spread)


def length_of(span: Span | None) -> int:
    """Characters of one side of a segment; 0 where it is missing."""
    return span.end - span.start if span else 0


def merged(segments: Sequence[Segment], index: int, usual: Usual) -> bool:
    """Whether what one side of a segment lacks stands in a neighbour.

    A translator may put two sentences into one segment and leave the next one empty: the neighbour
    is then too long for its own other side and right for both.
    """
    here = segments[index]
    for other in (index - 1, index + 1):
        if not 0 <= other < len(segments):
            continue
        one = segments[other]
        if one.translation is None or one.source is None:
            continue
        alone = usual.deviation(length_of(one.translation), length_of(one.source))
        both = usual.deviation(
            length_of(one.translation) + length_of(here.translation),
            length_of(one.source) + length_of(here.source),
        )
        if abs(both) < abs(alone) and abs(alone) > usual.spread:
            return True
    return False
