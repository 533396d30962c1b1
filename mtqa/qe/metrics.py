"""Agreement of estimates with human judgements, with bootstrap intervals."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class Interval:
    """A figure with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float

    def to_list(self) -> list[float]:
        """[value, low, high], rounded to four decimals."""
        return [round(self.value, 4), round(self.low, 4), round(self.high, 4)]


def ranks(values: Vector) -> Vector:
    """Ranks from 0, the mean rank where values are equal."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(count).astype(np.float64)
    mean: Vector = (ends - (count + 1) / 2)[place]
    return mean


def pearson(left: Vector, right: Vector) -> float:
    """Pearson's correlation; NaN where one side is constant."""
    a, b = left - left.mean(), right - right.mean()
    scale = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / scale if scale > 0 else float("nan")


def spearman(left: Vector, right: Vector) -> float:
    """Spearman's rank correlation."""
    return pearson(ranks(left), ranks(right))


def kendall(left: Vector, right: Vector) -> float:
    """Kendall's tau-b, by merge sort (Knight 1966) in n log n."""
    order = np.lexsort((right, left))
    x, y = left[order], right[order]
    total = len(x) * (len(x) - 1) // 2

    def ties(*columns: Vector) -> int:
        same = np.ones(len(x) - 1, dtype=bool)
        for column in columns:
            same &= column[1:] == column[:-1]
        runs = np.diff(np.concatenate(([0], np.flatnonzero(~same) + 1, [len(x)])))
        return int((runs * (runs - 1) // 2).sum())

    tied_x, tied_both, tied_y = ties(x), ties(x, y), ties(np.sort(y))
    if total in (tied_x, tied_y):
        return float("nan")
    swaps = _inversions(np.unique(y, return_inverse=True)[1])
    concordance = total - tied_x - tied_y + tied_both - 2 * swaps
    return concordance / float(np.sqrt((total - tied_x) * float(total - tied_y)))


def _inversions(values: NDArray[np.intp]) -> int:
    """Number of pairs out of order, counted while runs of doubling length are merged."""
    count, width, items = 0, 1, values.copy()
    while width < len(items):
        for start in range(0, len(items) - width, 2 * width):
            left = items[start : start + width]
            right = items[start + width : start + 2 * width]
            count += int((len(left) - np.searchsorted(left, right, side="right")).sum())
            items[start : start + 2 * width] = np.sort(items[start : start + 2 * width])
        width *= 2
    return count


def bootstrap(
    measure: Callable[[NDArray[np.intp]], float],
    groups: Sequence[Hashable],
    rounds: int = 500,
    seed: int = 0,
) -> Interval:
    """A figure with its interval, by drawing whole groups anew.

    Args:
        measure: the figure over some rows, by their indices.
        groups: group of each row, such as its document; every row its own group for lone rows.
        rounds: number of draws.
        seed: seed of the draws.
    """
    members: dict[Hashable, list[int]] = {}
    for row, group in enumerate(groups):
        members.setdefault(group, []).append(row)
    parts = [np.array(rows) for rows in members.values()]
    rng = np.random.default_rng(seed)
    drawn = []
    for _ in range(rounds):
        chosen = rng.integers(0, len(parts), len(parts))
        drawn.append(measure(np.concatenate([parts[i] for i in chosen])))
    low, high = np.nanpercentile(drawn, [2.5, 97.5])
    return Interval(measure(np.arange(len(groups))), float(low), float(high))


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
    """Matthews correlation of :func:`word_counts`."""
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
    """Pairwise accuracy with tie calibration (Deutsch, Foster and Freitag 2023).

    Attributes:
        accuracy: share of the pairs of translations of one source on which estimate and human
            agree: better, worse, or tied.
        epsilon: difference of estimates up to which a pair counts as tied, chosen for the
            highest accuracy on the same pairs.
        pairs: number of pairs.
    """

    accuracy: float
    epsilon: float
    pairs: int


def pairwise_accuracy(
    estimates: Vector, human: Vector, groups: Sequence[Hashable]
) -> PairwiseAccuracy:
    """Agreement on pairs within groups, ties calibrated.

    Args:
        estimates: higher is better.
        human: higher is better.
        groups: the source segment of each row.
    """
    members: dict[Hashable, list[int]] = {}
    for row, group in enumerate(groups):
        members.setdefault(group, []).append(row)
    left, right = [], []
    for rows in members.values():
        first, second = np.triu_indices(len(rows), 1)
        index = np.array(rows)
        left.append(index[first])
        right.append(index[second])
    a, b = np.concatenate(left), np.concatenate(right)
    if not len(a):
        return PairwiseAccuracy(float("nan"), 0.0, 0)
    by_estimate, by_human = estimates[a] - estimates[b], human[a] - human[b]
    order = np.argsort(np.abs(by_estimate), kind="stable")
    distance = np.abs(by_estimate)[order]
    agree = (np.sign(by_estimate) == np.sign(by_human))[order] & (by_human[order] != 0)
    tied = (by_human == 0)[order]
    below = np.concatenate(([0], np.cumsum(tied)))
    above = agree.sum() - np.concatenate(([0], np.cumsum(agree)))
    correct = (below + above).astype(np.float64)
    splits = np.concatenate(([True], distance[1:] > distance[:-1], [True]))
    correct[~splits] = -1
    best = int(np.argmax(correct))
    epsilon = float(distance[best - 1]) if best else 0.0
    return PairwiseAccuracy(float(correct[best]) / len(a), epsilon, len(a))
