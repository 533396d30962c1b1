"""From the model's scale to scores in [0, 1] that read as expected direct assessment / 100."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class Calibration:
    """A rising, piecewise linear map; beyond the first and last knot it goes on flat.

    Attributes:
        knots: values on the model's scale, rising.
        values: their scores in [0, 1], rising.
    """

    knots: tuple[float, ...]
    values: tuple[float, ...]

    def __call__(self, score: float) -> float:
        """The score of a value of the model."""
        return float(np.interp(score, self.knots, self.values))

    def to_dict(self) -> dict[str, list[float]]:
        """Plain values for a config file."""
        return {
            "knots": [round(k, 4) for k in self.knots],
            "values": [round(v, 4) for v in self.values],
        }

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> Calibration:
        """Read what :meth:`to_dict` gave."""
        return cls(tuple(stored["knots"]), tuple(stored["values"]))


def isotonic(values: Sequence[float], weights: Sequence[float]) -> list[float]:
    """The rising sequence nearest to the values (pool adjacent violators)."""
    pools: list[tuple[float, float, int]] = []
    for value, weight in zip(values, weights, strict=True):
        pools.append((value, weight, 1))
        while len(pools) > 1 and pools[-2][0] >= pools[-1][0]:
            (v1, w1, n1), (v2, w2, n2) = pools[-2:]
            pools[-2:] = [((v1 * w1 + v2 * w2) / (w1 + w2), w1 + w2, n1 + n2)]
    return [value for value, _, count in pools for _ in range(count)]


def fit(
    estimates: Vector, assessment: Vector, nothing: Vector | None = None, bins: int = 8
) -> Calibration:
    """Fit the map on judged translations.

    Within the range of the judged translations the knots are the means of parts of equal size,
    made to rise; below it the map runs straight down to the translations worth nothing, which
    natural data hardly hold.

    Args:
        estimates: the model's values.
        assessment: direct assessment in [0, 1] of the same translations.
        nothing: the model's values of translations that are worth nothing; their median is
            mapped to 0.02. By default three spreads below the mean of the estimates.
        bins: number of parts.
    """
    parts = np.array_split(np.argsort(estimates, kind="stable"), bins)
    x = [float(estimates[p].mean()) for p in parts]
    y = isotonic([float(assessment[p].mean()) for p in parts], [float(len(p)) for p in parts])
    slope, _ = np.polyfit(estimates, assessment, 1)
    slope = max(float(slope), 0.01)
    for i in range(1, bins):
        y[i] = max(y[i], y[i - 1] + 0.3 * slope * (x[i] - x[i - 1]))
    floor = (
        float(np.median(nothing))
        if nothing is not None and len(nothing)
        else float(estimates.mean() - 3 * estimates.std())
    )
    floor = min(floor, x[0] - 0.3)
    x = [floor - 1.0, floor, *x, x[-1] + 2.0]
    y = [0.0, 0.02, *y, min(1.0, y[-1] + 2.0 * slope)]
    for i in range(1, len(y)):
        y[i] = max(y[i], y[i - 1] + 0.001)
    return Calibration(tuple(x), tuple(min(1.0, v) for v in y))


def fit_logistic(logits: Vector, truth: Vector, steps: int = 50) -> tuple[float, float]:
    """Slope and shift of a logistic curve through labels (Platt 1999), by Newton's method."""
    slope, shift = 1.0, 0.0
    for _ in range(steps):
        chance = 1 / (1 + np.exp(-np.clip(slope * logits + shift, -30, 30)))
        weight = np.maximum(chance * (1 - chance), 1e-6)
        error = truth - chance
        gradient = np.array([(error * logits).sum(), error.sum()])
        cross = (weight * logits).sum()
        hessian = np.array([[(weight * logits**2).sum(), cross], [cross, weight.sum()]])
        change = np.linalg.solve(hessian + 1e-6 * np.eye(2), gradient)
        slope, shift = slope + float(change[0]), shift + float(change[1])
        if np.abs(change).max() < 1e-6:
            break
    return slope, shift


def precision_threshold(
    values: Vector, wanted: NDArray[np.bool_], precision: float, *, high: bool
) -> float | None:
    """The laxest threshold at which what is flagged is right often enough.

    Args:
        values: what the threshold is set on.
        wanted: whether each should be flagged.
        precision: least share of right flags.
        high: flag values at or above the threshold; otherwise at or below it.

    Returns:
        the threshold with the most flags, at least 30; None when there is none.
    """
    order = np.argsort(-values if high else values, kind="stable")
    right = np.cumsum(wanted[order])
    share = right / np.arange(1, len(order) + 1)
    fits = np.flatnonzero((share >= precision) & (np.arange(len(order)) >= 29))
    return float(values[order[fits[-1]]]) if len(fits) else None


def reliability(scores: Vector, assessment: Vector, bins: int = 10) -> list[list[float]]:
    """(mean score, mean assessment, count) of parts of equal size, and so the plotted curve."""
    parts = np.array_split(np.argsort(scores), bins)
    return [
        [round(float(scores[p].mean()), 4), round(float(assessment[p].mean()), 4), float(len(p))]
        for p in parts
        if len(p)
    ]
