"""Calibration reads as expected assessment and never turns the order round."""

from itertools import pairwise

import numpy as np
import pytest

from mtqa.qe.calibrate import (
    Calibration,
    fit,
    fit_logistic,
    isotonic,
    precision_threshold,
    reliability,
)


def test_isotonic_pools_what_falls() -> None:
    assert isotonic([1.0, 3.0, 2.0, 4.0], [1, 1, 1, 1]) == [1.0, 2.5, 2.5, 4.0]


def test_the_map_rises_strictly_and_meets_the_means() -> None:
    rng = np.random.default_rng(0)
    estimates = rng.normal(size=5000)
    assessment = np.clip(0.7 + 0.1 * estimates + rng.normal(scale=0.2, size=5000), 0, 1)
    calibration = fit(estimates, assessment, nothing=np.full(50, -5.0))
    grid = [calibration(x) for x in np.linspace(-5.9, 3, 200)]
    assert all(a < b for a, b in pairwise(grid))
    assert calibration(-5.0) == pytest.approx(0.02)
    assert calibration(-100.0) == 0.0
    scores = np.array([calibration(e) for e in estimates])
    for mean_score, mean_assessment, _ in reliability(scores, assessment, 5):
        assert mean_score == pytest.approx(mean_assessment, abs=0.02)


def test_a_stored_calibration_is_the_same() -> None:
    calibration = Calibration((-1.0, 0.0, 1.0), (0.0, 0.5, 1.0))
    assert Calibration.from_dict(calibration.to_dict()) == calibration
    assert calibration(0.5) == 0.75


def test_logistic_curve_finds_slope_and_shift() -> None:
    rng = np.random.default_rng(1)
    logits = rng.normal(size=20_000)
    truth = (rng.random(20_000) < 1 / (1 + np.exp(-(2 * logits - 1)))).astype(float)
    slope, shift = fit_logistic(logits, truth)
    assert slope == pytest.approx(2, abs=0.1)
    assert shift == pytest.approx(-1, abs=0.1)


def test_a_bar_is_only_set_where_it_is_precise() -> None:
    values = np.arange(100) / 100
    wanted = values < 0.4
    assert precision_threshold(values, wanted, 0.8, high=False) == pytest.approx(0.49)
    assert precision_threshold(values, np.zeros(100, dtype=bool), 0.8, high=False) is None
