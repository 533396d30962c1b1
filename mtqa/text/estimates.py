"""What a quality-estimation model says of segments: types alone, so that all can share them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

# Decimals of scores, and of the chance that a word is wrong, wherever they are told or held against
# a bar: what lies below says nothing of a translation. With some models a batch of another shape
# moves the seventh.
SCORE_DECIMALS = 4
COVERAGE_DECIMALS = 3  # of the likeness of a piece of the source, which names are told by


class WordRisk(NamedTuple):
    """A word or mark of a translation.

    Attributes:
        start: first code point in the translation.
        end: code point after the last.
        probability: chance that the word is wrong, 0 to 1.
    """

    start: int
    end: int
    probability: float


class PieceCoverage(NamedTuple):
    """How well a piece of the source, a word or a part of one, is covered by the translation.

    Attributes:
        start: first code point in the source.
        end: code point after the last.
        likeness: to the nearest piece of the translation: cosine of what the encoder makes of
            both, each less the mean of its text; -1 to 1.
    """

    start: int
    end: int
    likeness: float


@dataclass(frozen=True, slots=True)
class SegmentScore:
    """The estimate for one segment.

    Attributes:
        score: 0 to 1, higher is better; None when there is nothing to score.
        words: its words in order; empty where the model does not judge words.
        truncated: a text was longer than the model reads, so its end counted for nothing.
        reason: why there is no score, or one that the model was not asked for.
        coverage: the pieces of the source in order; empty where the model does not compare them.
    """

    score: float | None
    words: tuple[WordRisk, ...] = ()
    truncated: bool = False
    reason: str | None = None
    coverage: tuple[PieceCoverage, ...] = ()


@dataclass(frozen=True, slots=True)
class Estimates:
    """What a model says of the sentences of a document.

    Attributes:
        segments: one for each sentence, in order; offsets of words count from its start.
        low_score: score at or below which a sentence is reported; None: no bar is known.
        suspect_word: probability from which a word is reported; None: no bar is known.
        coverage: pieces of the source of the document, in order, where the model compares them.
    """

    segments: Sequence[SegmentScore]
    low_score: float | None
    suspect_word: float | None
    coverage: Sequence[PieceCoverage] = ()
