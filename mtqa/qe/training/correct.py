"""A correction of the score with source, fitted on judgements that training has not seen.

Training fits the judgements that it sees far better than others, so that its heads trust the states
of the encoder too much here and too little there. What is left of unseen judgements is fitted by
ridge regression on what the head sees, with the coverage and the states below beside it. Damaged
twins of good translations are held to the drop that training taught. (On the translation alone the
same gained .006 of correlation and lost as much of the twins.)
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from mtqa.qe.model import Correction
from mtqa.qe.predict import predict
from mtqa.qe.scorer import NativeScorer
from mtqa.qe.training.damage import MODES, draw_twin, make_pool, mark
from mtqa.qe.training.data import INTO_ENGLISH, Judged, read_mlqe

Vector = NDArray[np.float64]

# Penalties of columns of spread 1, and the weight of a twin beside that of a judgement. Chosen on
# MLQE-PE dev, five folds: between a half and three times of each, Pearson moved by .006 at most.
_NUMBERS, _STATES, _TWIN = 500.0, 50_000.0, 3.0
_FOLDS = 5


class Twin(NamedTuple):
    """A good translation and a copy with a grave fault."""

    source: str
    good: str
    damaged: str


class Corrected(NamedTuple):
    """Scores of judged translations on the model's scale.

    Attributes:
        before: as they were trained.
        after: each by a correction that was fitted without it.
    """

    before: Vector
    after: Vector

    def gain(self, judged: Sequence[Judged]) -> dict[str, tuple[float, float]]:
        """Pearson's correlation with the judgements before and after, by language pair."""
        truth = np.array([row.score for row in judged])
        pairs = np.array([row.pair for row in judged])
        gain = {}
        for pair in sorted(set(pairs.tolist())):
            of = pairs == pair
            gain[pair] = (_pearson(self.before[of], truth[of]), _pearson(self.after[of], truth[of]))
        return gain


def _pearson(one: Vector, other: Vector) -> float:
    return round(float(np.corrcoef(one, other)[0, 1]), 4)


def draw_twins(data: Path, each: int, seed: int = 0) -> list[Twin]:
    """Twins of good translations of MLQE-PE train into English.

    Args:
        data: folder of the data.
        each: good translations of each pair.
        seed: of the draws.
    """
    rng = random.Random(seed)
    out = []
    for pair in INTO_ENGLISH:
        good = [r for r in read_mlqe(data / "mlqe-pe", pair, "train") if r.score > 0]
        pool = make_pool([r.translation for r in good])
        for row in rng.sample(good, min(each, len(good))):
            drawn = draw_twin(rng, mark(row.translation), row.source, pool, english=True)
            if drawn is not None and not MODES[drawn[0]].benign:
                out.append(Twin(row.source, row.translation, drawn[1].text))
    return out


def correct(scorer: NativeScorer, judged: Sequence[Judged], twins: Sequence[Twin]) -> Corrected:
    """Fit the correction of the score with source, in place.

    Args:
        scorer: the model, computing as it will be shipped.
        judged: translations that training has not seen.
        twins: what keeps its drop.

    Returns:
        the scores of ``judged``.
    """
    correction = scorer.model.correct

    def evidence(texts: list[str], sources: list[str]) -> Vector:
        found = predict(scorer.model, scorer.encoder, texts, sources, keep_evidence=True)
        return np.stack([p.evidence.double().numpy() for p in found if p.evidence is not None])

    truth = np.array([row.score for row in judged])
    seen = evidence([r.translation for r in judged], [r.source for r in judged])
    sources = [t.source for t in twins]
    drop = evidence([t.good for t in twins], sources) - evidence(
        [t.damaged for t in twins], sources
    )
    scores = np.zeros(len(judged))
    for number in range(_FOLDS):
        out = np.arange(len(judged)) % _FOLDS == number
        weight, bias = fit_ridge(seen[~out], truth[~out], drop, correction.numbers)
        scores[out] = seen[out, 0] + seen[out] @ weight + bias
    put(correction, *fit_ridge(seen, truth, drop, correction.numbers))
    return Corrected(seen[:, 0], scores)


def fit_ridge(evidence: Vector, truth: Vector, drop: Vector, numbers: int) -> tuple[Vector, float]:
    """Weights and shift of the correction.

    Args:
        evidence: (translations, columns), the first of them the score as it was trained.
        truth: (translations,) their judgements.
        drop: (twins, columns), evidence of good translations less that of their damaged copies.
        numbers: columns that hold no states.
    """
    mean, spread = evidence.mean(0), evidence.std(0) + 1e-6
    scaled = (evidence - mean) / spread
    held = drop / spread
    held[:, 0] = 0  # to stretch the score that was trained stretches its drops, too
    penalty = np.full(evidence.shape[1], _STATES)
    penalty[:numbers] = _NUMBERS
    left = truth - evidence[:, 0]
    weight = np.linalg.solve(
        scaled.T @ scaled + _TWIN * held.T @ held + np.diag(penalty),
        scaled.T @ (left - left.mean()),
    )
    weight /= spread
    return weight, float(left.mean() - mean @ weight)


def put(correction: Correction, weight: Vector, bias: float) -> None:
    """Set a correction."""
    with torch.no_grad():
        correction.weight.copy_(torch.from_numpy(weight)[None])
        correction.bias.fill_(bias)
