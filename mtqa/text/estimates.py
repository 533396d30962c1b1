"""What a quality-estimation model says of segments: types alone, so that all can share them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

# Decimals of scores, and of the chance that a word is wrong, wherever they are told or held against
# a bar: what lies below says nothing of a translation. A batch of another shape moves the seventh.
SCORE_DECIMALS = 4


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


@dataclass(frozen=True, slots=True)
class SegmentScore:
    """The estimate for one segment.

    Attributes:
        score: 0 to 1, higher is better; None when there is nothing to score.
        words: its words in order; empty where the model does not judge words.
        truncated: a text was longer than the model reads, so its end counted for nothing.
        reason: why there is no score, or one that the model was not asked for.
    """

    score: float | None
    words: tuple[WordRisk, ...] = ()
    truncated: bool = False
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Estimates:
    """What a model says of the sentences of a document.

    Attributes:
        segments: one for each sentence, in order; offsets of words count from its start.
        low_score: score at or below which a sentence is reported; None: no bar is known.
        suspect_word: probability from which a word is reported; None: no bar is known.
    """

    segments: Sequence[SegmentScore]
    low_score: float | None
    suspect_word: float | None
