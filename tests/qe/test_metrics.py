"""Agreement figures against known values."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from mtqa.qe.metrics import (
    best_threshold,
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


def test_correlations_have_their_known_values() -> None:
    # Anscombe's first and second sets share Pearson's r (Anscombe 1973).
    x = np.array([10.0, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5])
    first = np.array([8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68])
    second = np.array([9.14, 8.14, 8.74, 8.77, 9.26, 8.10, 6.13, 3.10, 9.13, 7.26, 4.74])
    assert pearson(x, first) == pytest.approx(0.8164, abs=1e-4)
    assert pearson(x, second) == pytest.approx(0.8162, abs=1e-4)
    assert spearman(x, first) == pytest.approx(0.8182, abs=1e-4)
    assert spearman(x, x**3) == 1.0


def test_kendall_is_tau_b() -> None:
    left, right = np.array([1.0, 2, 2, 3]), np.array([1.0, 1, 2, 3])
    # 4 pairs agree, none disagrees, one is tied on each side: 4 / sqrt(5 · 5).
    assert kendall(left, right) == pytest.approx(0.8)
    assert kendall(left, -right) == pytest.approx(-0.8)


def test_a_constant_estimate_has_no_correlation() -> None:
    flat, rising = np.zeros(5), np.arange(5.0)
    for measure in (pearson, spearman, kendall):
        assert np.isnan(measure(flat, rising))
        assert np.isnan(measure(rising, flat))


def test_word_figures_of_a_small_table() -> None:
    wrong = np.array([True, True, False, False, False])
    truth = np.array([True, False, True, False, False])
    counts = word_counts(wrong, truth)
    assert counts.tolist() == [1, 1, 1, 2]
    assert f1(counts) == 0.5
    assert mcc(counts) == pytest.approx(1 / 6)
    assert 0.3 < best_threshold(np.array([0.9, 0.3, 0.8, 0.1, 0.2]), truth) <= 0.8


def test_documents_are_drawn_whole() -> None:
    groups = ["a"] * 50 + ["b"] * 50
    values = np.array([0.0] * 50 + [1.0] * 50)
    found = bootstrap(lambda i: float(values[i].mean()), groups, rounds=200)
    assert (found.low, found.value, found.high) == (0.0, 0.5, 1.0)
    lone = bootstrap(lambda i: float(values[i].mean()), range(100), rounds=200)
    assert lone.low > 0.35
    assert lone.high < 0.65


def test_the_interval_of_a_mean_is_that_of_theory() -> None:
    values = np.random.default_rng(1).normal(size=400)
    found = bootstrap(lambda i: float(values[i].mean()), range(400), rounds=1000)
    half = 1.96 * values.std() / 20
    assert found.high - found.value == pytest.approx(half, rel=0.15)
    assert found.value - found.low == pytest.approx(half, rel=0.15)


def test_a_lone_document_gives_no_interval() -> None:
    found = bootstrap(lambda i: 0.5, ["a"] * 9)
    assert found.value == 0.5
    assert math.isnan(found.low)
    assert math.isnan(found.high)


def test_ties_of_the_human_are_won_by_a_wider_epsilon() -> None:
    human = np.array([1.0, 1.0, 0.0])
    estimates = np.array([0.52, 0.50, 0.10])
    found = pairwise_accuracy(estimates, human, ["s", "s", "s"])
    assert found.pairs == 3
    assert found.accuracy == pytest.approx(1.0)
    assert found.epsilon == pytest.approx(0.02)


def test_only_translations_of_one_source_are_compared() -> None:
    found = pairwise_accuracy(np.array([0.9, 0.1]), np.array([0.0, 1.0]), ["s", "t"])
    assert found.pairs == 0
    assert math.isnan(found.accuracy)


def by_definition(
    estimates: NDArray[np.float64], human: NDArray[np.float64], segments: list[int]
) -> float:
    """acc_eq of Deutsch et al. (2023, section 4), every epsilon tried, averaged over sources."""
    pairs = [
        (segments[i], estimates[i] - estimates[j], human[i] - human[j])
        for i in range(len(human))
        for j in range(i)
        if segments[i] == segments[j]
    ]

    def at(epsilon: float) -> float:
        shares = []
        for segment in {segment for segment, _, _ in pairs}:
            right = [
                (0 if abs(e) <= epsilon else np.sign(e)) == np.sign(h)
                for s, e, h in pairs
                if s == segment
            ]
            shares.append(float(sum(right)) / len(right))
        return sum(shares) / len(shares)

    return float(max(at(epsilon) for epsilon in [0.0, *(abs(e) for _, e, _ in pairs)]))


def test_pairwise_accuracy_is_that_of_its_definition() -> None:
    rng = np.random.default_rng(2)
    for _ in range(10):
        segments = rng.integers(0, 6, 30).tolist()
        human = rng.integers(0, 4, 30).astype(float)
        estimates = (human + rng.normal(size=30)).round(1)
        found = pairwise_accuracy(estimates, human, segments)
        assert found.accuracy == pytest.approx(by_definition(estimates, human, segments))


def test_the_interval_of_pairwise_accuracy_draws_documents() -> None:
    # In document a every pair is right, in b every pair is wrong.
    human = np.tile([0.0, 1.0], 20)
    estimates = np.concatenate([np.tile([0.0, 1.0], 10), np.tile([1.0, 0.0], 10)])
    segments = np.repeat(np.arange(20), 2).tolist()
    documents = ["a"] * 20 + ["b"] * 20
    by_document = pairwise_interval(estimates, human, segments, documents, 200)
    assert by_document.value == pytest.approx(0.5)
    assert (by_document.low, by_document.high) == pytest.approx((0.0, 1.0))
    by_segment = pairwise_interval(estimates, human, segments, None, 200)
    assert by_segment.low > 0.2
    assert by_segment.high < 0.8
