"""What a model says of the sentences of documents, at the very characters of the files."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice

from mtqa.qe.models import Scorer
from mtqa.text.analysis import Analysis
from mtqa.text.document import Span
from mtqa.text.estimates import Estimates, SegmentScore, WordRisk

NO_WORDS = "no words"

# The bars of a model are chosen on translations into English; nobody has seen what they flag in
# human writing of other languages.
_CALIBRATED = "en"

# A model reads one line. No-break spaces stay: they hold the digits of a number together.
_WHITE_SPACE = re.compile(r"[^\S\u00a0\u202f]+")

# Scores are told, and held against the bar, to this many decimals.
_DECIMALS = 4


def estimate(
    analyses: Sequence[Analysis], scorer: Scorer, thresholds: Mapping[str, float]
) -> list[Estimates]:
    """Score the sentences of documents, each on the translation alone.

    Args:
        analyses: the documents; all their sentences are scored together.
        scorer: the model.
        thresholds: bars of the rules ``low-score`` and ``suspect-span`` that a user has set,
            for every language; a bar that is not set is the model's own, for English.

    Returns:
        One for each document. A sentence without a letter or digit has no score.

    Raises:
        ModelError: the model cannot score a translation alone.
    """
    texts = [analysis.text[slice(*span)] for analysis in analyses for span in analysis.sentences]
    scores = iter(score_sentences(texts, scorer))
    found = []
    for analysis in analyses:
        own = analysis.lang == _CALIBRATED
        low_score, suspect_word = (
            thresholds.get(rule, scorer.info.bar(bar, sourced=False) if own else None)
            for rule, bar in (("low-score", "low_score"), ("suspect-span", "suspect_word"))
        )
        segments = list(islice(scores, len(analysis.sentences)))
        found.append(Estimates(segments, low_score, suspect_word))
    return found


def score_sentences(texts: Sequence[str], scorer: Scorer) -> list[SegmentScore]:
    """Score sentences as they stand in a text, line breaks and all, each on its own.

    Returns:
        One for each; words at the characters of the text. A sentence without a letter or digit
        has no score.

    Raises:
        ModelError: the model cannot score a translation alone.
    """
    asked = [text for text in texts if any(map(str.isalnum, text))]
    scores = iter(scorer.score([_WHITE_SPACE.sub(" ", text) for text in asked]))
    return [
        _placed(next(scores), text)
        if any(map(str.isalnum, text))
        else SegmentScore(None, reason=NO_WORDS)
        for text in texts
    ]


def _placed(segment: SegmentScore, text: str) -> SegmentScore:
    """An estimate for a text on one line, with the offsets of the text as it stands."""
    score = None if segment.score is None else round(segment.score, _DECIMALS)
    gaps = [Span(*match.span()) for match in _WHITE_SPACE.finditer(text)]
    if all(gap.end - gap.start == 1 for gap in gaps):
        return replace(segment, score=score)
    offsets: list[int] = []  # of each character of the line
    start = 0
    for gap in gaps:
        offsets += range(start, gap.start + 1)
        start = gap.end
    offsets += range(start, len(text))
    words = tuple(
        WordRisk(offsets[word.start], offsets[word.end - 1] + 1, word.probability)
        for word in segment.words
    )
    return replace(segment, score=score, words=words)
