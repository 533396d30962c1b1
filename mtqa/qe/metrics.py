"""Agreement of estimates with human judgements, with bootstrap intervals."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Vector = NDArray[np.float64]

# Draws of a bootstrap held in memory at once.
_BATCH = 10


@dataclass(frozen=True)
class Interval:
    """A figure with its 95 % bootstrap interval.

    Attributes:
        value: the figure; NaN where it has no meaning.
        low: lower bound; NaN where there is nothing to draw from, or a draw has no figure.
        high: upper bound, likewise.
    """

    value: float
    low: float
    high: float

    def to_list(self) -> list[float]:
        """[value, low, high], rounded to four decimals."""
        return [round(self.value, 4), round(self.low, 4), round(self.high, 4)]


def pearson(left: Vector, right: Vector) -> float:
    """Pearson's correlation; NaN where one side is constant."""
    if _constant(left) or _constant(right):
        return math.nan
    return float(stats.pearsonr(left, right).statistic)


def spearman(left: Vector, right: Vector) -> float:
    """Spearman's rank correlation; NaN where one side is constant."""
    if _constant(left) or _constant(right):
        return math.nan
    return float(stats.spearmanr(left, right).statistic)


def kendall(left: Vector, right: Vector) -> float:
    """Kendall's tau-b; NaN where one side is constant."""
    return float(stats.kendalltau(left, right).statistic)


def _constant(values: Vector) -> bool:
    return bool((values == values[:1]).all())


def bootstrap(
    measure: Callable[[NDArray[np.intp]], float],
    groups: Sequence[Hashable],
    rounds: int = 500,
    seed: int = 0,
) -> Interval:
    """A figure with its percentile interval, by drawing whole groups anew.

    Args:
        measure: the figure over some rows, by their indices.
        groups: group of each row, such as its document; every row its own group for lone rows.
        rounds: number of draws.
        seed: seed of the draws.
    """
    value = measure(np.arange(len(groups)))
    members: dict[Hashable, list[int]] = {}
    for row, group in enumerate(groups):
        members.setdefault(group, []).append(row)
    if len(members) < 2:
        return Interval(value, math.nan, math.nan)
    parts = [np.array(rows) for rows in members.values()]
    alone = len(parts) == len(groups)

    def drawn(chosen: NDArray[np.intp]) -> float:
        return measure(chosen if alone else np.concatenate([parts[i] for i in chosen]))

    with warnings.catch_warnings():  # a draw without a figure: the bounds say so
        warnings.simplefilter("ignore", stats.DegenerateDataWarning)
        bounds = stats.bootstrap(
            (np.arange(len(parts)),),
            drawn,
            n_resamples=rounds,
            batch=_BATCH,
            vectorized=False,
            method="percentile",
            rng=np.random.default_rng(seed),
        ).confidence_interval
    return Interval(value, float(bounds.low), float(bounds.high))


def word_counts(wrong: NDArray[np.bool_], truth: NDArray[np.bool_]) -> NDArray[np.int64]:
    """True and false positives, false and true negatives."""
    return np.array(
        [
            (wrong & truth).sum(),
            (wrong & ~truth).sum(),
            (~wrong & truth).sum(),
            (~wrong & ~truth).sum(),
        ]
    )


def mcc(counts: NDArray[np.int64]) -> float:
    """Matthews correlation of :func:`word_counts`; 0 where one side is constant."""
    tp, fp, fn, tn = (float(c) for c in counts)
    scale = ((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)) ** 0.5
    return (tp * tn - fp * fn) / scale if scale else 0.0


def f1(counts: NDArray[np.int64]) -> float:
    """F1 of the wrong words."""
    tp, fp, fn, _ = (float(c) for c in counts)
    return 2 * tp / (2 * tp + fp + fn) if tp else 0.0


def best_threshold(probability: Vector, truth: NDArray[np.bool_]) -> float:
    """The threshold of the highest MCC, among 99 of them."""
    tried = np.linspace(0.01, 0.99, 99)
    return float(max(tried, key=lambda t: mcc(word_counts(probability >= t, truth))))


@dataclass(frozen=True)
class PairwiseAccuracy:
    """Pairwise accuracy with tie calibration (Deutsch, Foster and Freitag 2023, acc_eq).

    Attributes:
        accuracy: share of the pairs of translations of one source on which estimate and human
            agree: better, worse, or tied; the mean over the sources. NaN without pairs.
        epsilon: difference of estimates up to which a pair counts as tied, chosen for the
            highest accuracy on the same pairs.
        pairs: number of pairs.
    """

    accuracy: float
    epsilon: float
    pairs: int


@dataclass(frozen=True)
class _Pairs:
    """Pairs of translations of one source, by rising difference of their estimates.

    Attributes:
        distance: absolute difference of the estimates.
        agree: whether both say the same of an untied pair.
        tied: whether the human ties them.
        segment: index of the segment that each pair belongs to, counted over the segments that
            have any.
        rows: a row of each of these segments.
    """

    distance: Vector
    agree: NDArray[np.bool_]
    tied: NDArray[np.bool_]
    segment: NDArray[np.intp]
    rows: list[int]

    def calibrated(self, drawn: NDArray[np.intp]) -> tuple[float, float]:
        """The highest accuracy over some segments, with repetition, and its epsilon."""
        size = np.bincount(self.segment)
        weight = (np.bincount(drawn, minlength=len(size)) / size / len(drawn))[self.segment]
        # Calling the first k pairs tied is right for those that the human ties too, and leaves
        # right what agrees among the others. k may not part pairs of equal distance.
        below = np.concatenate(([0.0], np.cumsum(weight * self.tied)))
        agreeing = np.concatenate(([0.0], np.cumsum(weight * self.agree)))
        correct = below + agreeing[-1] - agreeing
        cuts = np.concatenate(([True], self.distance[1:] > self.distance[:-1], [True]))
        best = int(np.argmax(np.where(cuts, correct, -1.0)))
        return float(correct[best]), float(self.distance[best - 1]) if best else 0.0


def _pairs(estimates: Vector, human: Vector, segments: Sequence[Hashable]) -> _Pairs | None:
    members: dict[Hashable, list[int]] = {}
    for row, segment in enumerate(segments):
        members.setdefault(segment, []).append(row)
    groups = [np.array(rows) for rows in members.values() if len(rows) > 1]
    if not groups:
        return None
    sides = [np.triu_indices(len(rows), 1) for rows in groups]
    a = np.concatenate([rows[left] for rows, (left, _) in zip(groups, sides, strict=True)])
    b = np.concatenate([rows[right] for rows, (_, right) in zip(groups, sides, strict=True)])
    owner = np.repeat(np.arange(len(groups)), [len(left) for left, _ in sides])
    by_estimate, by_human = estimates[a] - estimates[b], human[a] - human[b]
    order = np.argsort(np.abs(by_estimate), kind="stable")
    agree = (np.sign(by_estimate) == np.sign(by_human)) & (by_human != 0)
    return _Pairs(
        np.abs(by_estimate)[order],
        agree[order],
        (by_human == 0)[order],
        owner[order],
        [int(rows[0]) for rows in groups],
    )


def pairwise_accuracy(
    estimates: Vector, human: Vector, segments: Sequence[Hashable]
) -> PairwiseAccuracy:
    """Agreement on pairs of translations of one source, ties calibrated.

    Args:
        estimates: higher is better.
        human: higher is better.
        segments: the source segment of each row.
    """
    pairs = _pairs(estimates, human, segments)
    if pairs is None:
        return PairwiseAccuracy(math.nan, 0.0, 0)
    accuracy, epsilon = pairs.calibrated(np.arange(len(pairs.rows)))
    return PairwiseAccuracy(accuracy, epsilon, len(pairs.distance))


def pairwise_interval(
    estimates: Vector,
    human: Vector,
    segments: Sequence[Hashable],
    documents: Sequence[Hashable] | None = None,
    rounds: int = 500,
) -> Interval:
    """:func:`pairwise_accuracy` with its interval; ties are calibrated anew in each draw.

    Args:
        estimates: higher is better.
        human: higher is better.
        segments: the source segment of each row; at least one has two rows.
        documents: the document of each row, drawn whole; None: segments are drawn.
        rounds: number of draws.
    """
    pairs = _pairs(estimates, human, segments)
    if pairs is None:
        return Interval(math.nan, math.nan, math.nan)
    units: Sequence[Hashable] = range(len(pairs.rows))
    if documents is not None:
        units = [documents[row] for row in pairs.rows]
    return bootstrap(lambda drawn: pairs.calibrated(drawn)[0], units, rounds)
