"""How good a model is: agreement of its estimates with human judgements.

`docs/evaluate.md` documents the files and the figures.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mtqa.config import ConfigError
from mtqa.qe.judgements import Judgement, Judgements, missing
from mtqa.qe.metrics import (
    Interval,
    bootstrap,
    f1,
    kendall,
    mcc,
    pairwise_accuracy,
    pairwise_interval,
    pearson,
    spearman,
    word_counts,
)
from mtqa.qe.models import Scorer
from mtqa.text.estimates import SegmentScore

Vector = NDArray[np.float64]

# Segments scored between two steps of a progress bar: enough to be batched by length.
_CHUNK = 256
_CORRELATIONS: Mapping[str, Callable[[Vector, Vector], float]] = {
    "pearson": pearson,
    "spearman": spearman,
    "kendall": kendall,
}


@dataclass(frozen=True, slots=True)
class Pairwise:
    """Pairwise accuracy with tie calibration.

    Attributes:
        accuracy: mean over the segments.
        epsilon: difference of scores up to which two translations count as tied.
        pairs: number of pairs.
    """

    accuracy: Interval
    epsilon: float
    pairs: int


@dataclass(frozen=True, slots=True)
class WordAgreement:
    """Agreement on which words are wrong.

    Attributes:
        mcc: Matthews correlation.
        f1: F1 of the words tagged BAD.
        threshold: probability from which the model calls a word wrong.
        words: number of tagged words.
        rows: number of tagged translations.
    """

    mcc: Interval
    f1: Interval
    threshold: float
    words: int
    rows: int


@dataclass(frozen=True, slots=True)
class ModelEvaluation:
    """Figures of a model on a file of judgements.

    Attributes:
        rows: rows of the file.
        judged: rows with a judgement and a score, which the correlations stand on.
        documents: number of their documents, drawn whole for the intervals; None: rows are drawn.
        correlations: Pearson, Spearman and Kendall by name; empty without judgements.
        pairwise: None where no segment has two judged translations, or none is named.
        words: None without word tags, or where the model judges no words.
        not_judged: rows without a judgement although the file has a column for it.
        not_scored: rows that the model gave no score, such as those with an empty source.
        truncated: rows too long to be read whole.
        misfits: tagged rows whose words are not those of the translation.
    """

    rows: int
    judged: int
    documents: int | None
    correlations: Mapping[str, Interval]
    pairwise: Pairwise | None
    words: WordAgreement | None
    not_judged: int
    not_scored: int
    truncated: int
    misfits: int


def evaluate_model(
    scorer: Scorer,
    judgements: Judgements,
    *,
    translation_alone: bool = False,
    lower_is_better: bool = False,
    track: Callable[[Sequence[int]], Iterable[int]] = iter,
    rounds: int = 500,
) -> ModelEvaluation:
    """Score the translations of a file and compare with what people said.

    Args:
        scorer: the model.
        judgements: the file.
        translation_alone: keep the sources from the model.
        lower_is_better: the judgements count errors.
        track: passes on what it is given, the steps of the work, and shows how far it is.
        rounds: draws of the bootstraps.

    Raises:
        ConfigError: the file has neither judgements nor tags that the model can be compared
            with, or no sources and they are needed, or too few judgements.
    """
    path, columns, rows = judgements.path, judgements.columns, judgements.rows
    tagged = "tags" in columns and scorer.info.judges_words
    if "score" not in columns and not tagged:
        raise ConfigError(
            missing(path, "score", "score", judgements.header)
            if "tags" not in columns
            else f"{path}: has word tags alone, and {scorer.info.name} judges no words"
        )
    if not translation_alone and "source" not in columns:
        raise ConfigError(
            missing(path, "source", "source", judgements.header) + ", or use --translation-alone"
        )
    scores = _score(scorer, rows, translation_alone, track)
    chosen = [
        i
        for i, (row, score) in enumerate(zip(rows, scores, strict=True))
        if row.score is not None and score.score is not None
    ]
    documents = [rows[i].document for i in chosen] if "document" in columns else None
    correlations: dict[str, Interval] = {}
    pairwise = None
    if "score" in columns:
        if len(chosen) < 2:
            raise ConfigError(
                f"{path}: {len(chosen)} of {len(rows)} rows have a judgement and "
                "a score; a correlation needs two"
            )
        values = np.array([scores[i].score for i in chosen], dtype=np.float64)
        human = np.array([rows[i].score for i in chosen], dtype=np.float64)
        human = -human if lower_is_better else human
        correlations = _correlate(values, human, documents, rounds)
        pairwise = _compare_pairs(values, human, [rows[i] for i in chosen], columns, rounds)
    return ModelEvaluation(
        rows=len(rows),
        judged=len(chosen),
        documents=None if documents is None else len(set(documents)),
        correlations=correlations,
        pairwise=pairwise,
        words=_compare_words(scorer, rows, scores, columns, translation_alone, rounds)
        if tagged
        else None,
        not_judged=sum(row.score is None for row in rows) if "score" in columns else 0,
        not_scored=sum(score.score is None for score in scores),
        truncated=sum(score.truncated for score in scores),
        misfits=sum(row.misfit for row in rows),
    )


def _score(
    scorer: Scorer,
    rows: Sequence[Judgement],
    alone: bool,
    track: Callable[[Sequence[int]], Iterable[int]],
) -> list[SegmentScore]:
    scores: list[SegmentScore] = []
    for start in track(range(0, len(rows), _CHUNK)):
        part = rows[start : start + _CHUNK]
        scores += scorer.score(
            [row.translation for row in part],
            None if alone else [row.source or "" for row in part],
            [[(s, e) for s, e, _ in row.words or ()] for row in part]
            if scorer.info.judges_words
            else None,
        )
    return scores


def _correlate(
    values: Vector, human: Vector, documents: Sequence[str] | None, rounds: int
) -> dict[str, Interval]:
    units: Sequence[Hashable] = range(len(values)) if documents is None else documents

    def interval(measure: Callable[[Vector, Vector], float]) -> Interval:
        return bootstrap(lambda drawn: measure(values[drawn], human[drawn]), units, rounds)

    return {name: interval(measure) for name, measure in _CORRELATIONS.items()}


def _compare_pairs(
    values: Vector,
    human: Vector,
    rows: Sequence[Judgement],
    columns: Mapping[str, str],
    rounds: int,
) -> Pairwise | None:
    """Translations of one segment against each other.

    Without a column of segments those of one document and source belong together, if there is a
    column of systems to say that a source is meant to stand there more than once.
    """
    if "segment" in columns:
        segments = [(row.pair, row.document, row.segment) for row in rows]
    elif "system" in columns and "source" in columns:
        segments = [(row.pair, row.document, row.source or "") for row in rows]
    else:
        return None
    found = pairwise_accuracy(values, human, segments)
    if not found.pairs:
        return None
    documents = [row.document for row in rows] if "document" in columns else None
    accuracy = pairwise_interval(values, human, segments, documents, rounds)
    return Pairwise(accuracy, found.epsilon, found.pairs)


def _compare_words(
    scorer: Scorer,
    rows: Sequence[Judgement],
    scores: Sequence[SegmentScore],
    columns: Mapping[str, str],
    alone: bool,
    rounds: int,
) -> WordAgreement | None:
    """MCC and F1; words that the model did not read count as right."""
    threshold = scorer.info.bar("word_threshold", sourced=not alone)
    threshold = 0.5 if threshold is None else threshold
    counts, documents = [], []
    for row, score in zip(rows, scores, strict=True):
        if row.words is None or score.score is None:
            continue
        risk = {(word.start, word.end): word.probability for word in score.words}
        wrong = np.array([risk.get((s, e), 0.0) >= threshold for s, e, _ in row.words])
        counts.append(word_counts(wrong, np.array([bad for _, _, bad in row.words])))
        documents.append(row.document)
    if not counts:
        return None
    table = np.array(counts)
    units: Sequence[Hashable] = documents if "document" in columns else range(len(counts))
    return WordAgreement(
        mcc=bootstrap(lambda drawn: mcc(table[drawn].sum(0)), units, rounds),
        f1=bootstrap(lambda drawn: f1(table[drawn].sum(0)), units, rounds),
        threshold=threshold,
        words=int(table.sum()),
        rows=len(counts),
    )
