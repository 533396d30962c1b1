"""What a model says of the sentences of documents, at the very characters of the files."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from mtqa.qe.models import Scorer
from mtqa.text.analysis import Analysis
from mtqa.text.document import Span
from mtqa.text.estimates import (
    SCORE_DECIMALS,
    Estimates,
    PieceCoverage,
    SegmentScore,
    WordRisk,
)

NO_WORDS = "no words"
ALONE = "nothing in the source is known to match; scored on the translation alone"

# The bars of a model are chosen on translations into English; nobody has seen what they flag in
# human writing of other languages.
_CALIBRATED = "en"

# A model reads one line. No-break spaces stay: they hold the digits of a number together.
_WHITE_SPACE = re.compile(r"[^\S\u00a0\u202f]+")


def estimate(
    analyses: Sequence[Analysis], scorer: Scorer, thresholds: Mapping[str, float]
) -> list[Estimates]:
    """Score the sentences of documents, with what they render where that is known.

    Sentences that share a part of the source (see `mtqa.text.parallels`) are scored together and
    get one score. A sentence of a sourced document that renders nothing known is scored alone,
    and says so as its reason; a model that needs the source gives it no score.

    Args:
        analyses: the documents; all their sentences are scored together.
        scorer: the model.
        thresholds: bars of the rules ``low-score`` and ``suspect-span`` that a user has set,
            for every language; a bar that is not set is the model's own, for English.

    Returns:
        One for each document. A sentence without a letter or digit has no score.

    Raises:
        ModelError: the model cannot score.
    """
    groups = [
        (
            analysis,
            one,
            Span(analysis.sentences[one.first].start, analysis.sentences[one.end - 1].end),
        )
        for analysis in analyses
        for one in analysis.parallels
    ]
    with_source = [scorer.info.needs_source or one.source is not None for _, one, _ in groups]
    scores: list[SegmentScore | None] = [None] * len(groups)
    for sourced in (False, True):
        chosen = [i for i, has in enumerate(with_source) if has is sourced]
        texts = [groups[i][0].text[slice(*groups[i][2])] for i in chosen]
        sources = [_source_text(groups[i][0], groups[i][1].source) for i in chosen]
        scored = score_sentences(texts, scorer, sources if sourced else None) if chosen else []
        for i, score in zip(chosen, scored, strict=True):
            scores[i] = score
    segments: dict[int, list[SegmentScore]] = {id(analysis): [] for analysis in analyses}
    coverage: dict[int, list[PieceCoverage]] = {id(analysis): [] for analysis in analyses}
    for (analysis, one, span), given in zip(groups, scores, strict=True):
        assert given is not None
        if given.coverage and one.source is not None and analysis.source is not None:
            coverage[id(analysis)] += _cover(given, analysis.source.text, one.source)
            given = replace(given, coverage=())  # results keep segments, and it is large
        if analysis.source is not None and one.source is None and given.reason is None:
            given = replace(given, reason=ALONE)
        sharing = analysis.sentences[one.first : one.end]
        segments[id(analysis)] += _share(given, sharing, span.start)
    found = []
    for analysis in analyses:
        own = analysis.lang == _CALIBRATED
        low_score, suspect_word = (
            thresholds.get(
                rule, scorer.info.bar(bar, sourced=analysis.source is not None) if own else None
            )
            for rule, bar in (("low-score", "low_score"), ("suspect-span", "suspect_word"))
        )
        pieces = sorted(coverage[id(analysis)])
        found.append(Estimates(segments[id(analysis)], low_score, suspect_word, pieces))
    return found


def _source_text(analysis: Analysis, span: Span | None) -> str:
    source = analysis.document.source
    if source is None or span is None:
        return ""
    return _WHITE_SPACE.sub(" ", source.text[slice(*span)])


def _cover(score: SegmentScore, source: str, span: Span) -> list[PieceCoverage]:
    """The pieces of a part of a source, which was read on one line, where they stand in it."""
    offsets = _offsets(source[slice(*span)])
    return [
        PieceCoverage(span.start + offsets[start], span.start + offsets[end - 1] + 1, likeness)
        for start, end, likeness in score.coverage
    ]


def _share(score: SegmentScore, sentences: Sequence[Span], start: int) -> list[SegmentScore]:
    """A score for each of some sentences that were scored as one text, begun at ``start``."""
    if len(sentences) == 1:
        return [score]
    return [
        replace(
            score,
            words=tuple(
                WordRisk(
                    word.start + start - span.start, word.end + start - span.start, word.probability
                )
                for word in score.words
                if span.start <= word.start + start < span.end
            ),
        )
        for span in sentences
    ]


def score_sentences(
    texts: Sequence[str], scorer: Scorer, sources: Sequence[str] | None = None
) -> list[SegmentScore]:
    """Score sentences as they stand in a text, line breaks and all, each on its own.

    Args:
        texts: the sentences.
        scorer: the model.
        sources: what they render, each on one line; None: the translations alone.

    Returns:
        One for each; words at the characters of the text. A sentence without a letter or digit
        has no score.

    Raises:
        ModelError: the model cannot score a translation alone.
    """
    asked = [i for i, text in enumerate(texts) if any(map(str.isalnum, text))]
    scores = iter(
        scorer.score(
            [_WHITE_SPACE.sub(" ", texts[i]) for i in asked],
            None if sources is None else [sources[i] for i in asked],
        )
    )
    return [
        _placed(next(scores), text)
        if any(map(str.isalnum, text))
        else SegmentScore(None, reason=NO_WORDS)
        for text in texts
    ]


def _placed(segment: SegmentScore, text: str) -> SegmentScore:
    """An estimate for a text on one line, with the offsets of the text as it stands."""
    score = None if segment.score is None else round(segment.score, SCORE_DECIMALS)
    offsets = _offsets(text)
    if len(offsets) == len(text):
        return replace(segment, score=score)
    words = tuple(
        WordRisk(offsets[word.start], offsets[word.end - 1] + 1, word.probability)
        for word in segment.words
    )
    return replace(segment, score=score, words=words)


def _offsets(text: str) -> list[int]:
    """Where each character stands in ``text`` of the line that the model reads of it."""
    offsets: list[int] = []
    start = 0
    for gap in _WHITE_SPACE.finditer(text):
        offsets += range(start, gap.start() + 1)
        start = gap.end()
    offsets += range(start, len(text))
    return offsets
