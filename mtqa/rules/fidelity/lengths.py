"""How long a translation is for its source, and how long translations usually are.

As in Gale and Church (1993), who align sentences by it, the logarithm of the ratio of lengths in
characters is taken as normally distributed, about a mean that depends on the two languages, and the
nearer to it the longer the source is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import regex

from mtqa.text.analysis import Analysis
from mtqa.text.document import Span
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

# The standard deviation is this over the root of the characters of the source: in human references
# of WMT21/22 and MQM from Icelandic, Japanese, Russian, Ukrainian and Chinese it is between 1.0 and
# 1.4, from segments of thirty characters to five segments together; and it is never known better
# than the mean of a document is.
_BY_LENGTH = 1.25
_LEAST = 0.05

# A neighbour tells what a segment lacks if it is so many standard deviations out of proportion, and
# by such a part of what is lacking.
_OUT_OF_PROPORTION = 2.0
_PART = 0.5

# A segment too short for its length to mean anything.
_SHORTEST = 20


# In a source of ideographs these are as long as in English: Pray from Fukushima, Yahoo!, 2021.
_AS_IN_ENGLISH = regex.compile(r"[\p{Latin}\p{Nd}]")
_DENSE = 0.5  # mean logarithm of the ratio, from which a source is one of ideographs


@dataclass(frozen=True, slots=True)
class Usual:
    """The usual logarithm of characters of a translation per character of its source.

    Attributes:
        mean: where it lies.
        spread: its standard deviation.
        lengths: characters of translation and source of each segment; 0 where it is missing.
    """

    mean: float
    spread: float
    lengths: Sequence[tuple[int, float]]

    def deviation(self, index: int) -> float:
        """How far a segment is from the usual, as a logarithm; below 0: too short."""
        translation, source = self.lengths[index]
        return math.log(max(1, translation) / max(1, source)) - self.mean

    def score(self, index: int) -> float:
        """The same in standard deviations of segments whose source is as long."""
        spread = max(_LEAST, _BY_LENGTH / math.sqrt(max(1, self.lengths[index][1])))
        return self.deviation(index) / spread

    def surplus(self, index: int) -> float:
        """Characters of a translation beyond what its source leads to expect, or below 0."""
        translation, source = self.lengths[index]
        return translation - math.exp(self.mean) * source


def usual_length(analysis: Analysis, source: Analysis) -> Usual | None:
    """What is usual for a document and its languages; None where nobody can tell."""
    known = _INTO_ENGLISH.get(source.lang) if analysis.lang == "en" else None
    if known is None and all(
        scripts_of(one.lang)[0] in _ALPHABETS
        for one in (analysis, source)
        if one.lang != UNDETERMINED
    ):
        known = _ALPHABETIC
    dense = known is not None and known[0] > _DENSE
    as_long = 1 - math.exp(-known[0]) if known and dense else 0.0
    lengths = [
        (length_of(one.translation), _source_length(source.text, one.source, as_long))
        for one in analysis.segments
    ]
    ratios = [math.log(own / other) for own, other in lengths if own and other >= _SHORTEST // 2]
    if known is None:
        if len(ratios) < _FEWEST:
            return None
        own = median(ratios)
        spread = 1.4826 * median(abs(ratio - own) for ratio in ratios)
        return Usual(own, max(spread, _SPREAD), lengths)
    mean, spread = known
    if ratios:
        share = len(ratios) / (len(ratios) + _WEIGHT)
        mean += share * max(-2 * spread, min(2 * spread, median(ratios) - mean))
    return Usual(mean, spread, lengths)


def length_of(span: Span | None) -> int:
    """Characters of one side of a segment; 0 where it is missing."""
    return span.end - span.start if span else 0


def _source_length(text: str, span: Span | None, as_long: float) -> float:
    if not as_long or span is None:
        return length_of(span)
    return length_of(span) - as_long * len(_AS_IN_ENGLISH.findall(text, *span))


def merged(usual: Usual, index: int) -> bool:
    """Whether what one side of a segment lacks stands in a neighbour.

    A translator may put two sentences into one segment and leave the next one empty: the neighbour
    is then too long for its own other side and right for both.
    """
    here = usual.surplus(index)
    for other in (index - 1, index + 1):
        if not 0 <= other < len(usual.lengths) or not all(usual.lengths[other]):
            continue
        if (
            abs(usual.score(other)) > _OUT_OF_PROPORTION
            and -usual.surplus(other) / (here or 1) >= _PART
        ):
            return True
    return False
