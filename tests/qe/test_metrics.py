"""Agreement figures against known values."""

import numpy as np
import pytest

from mtqa.qe.metrics import (
    best_threshold,
    bootstrap,
    f1,
    kendall,
    mcc,
    pairwise_accuracy,
    pearson,
    spearman,
    word_counts,
)


def test_correlations_agree_with_scipy() -> None:
    stats = pytest.importorskip("scipy.stats")
    rng = np.random.default_rng(0)
    for ties in (False, True):
        left = rng.normal(size=400)
        right = left + rng.normal(size=400)
        if ties:
            left, right = left.round(), right.round()
        assert pearson(left, right) == pytest.approx(stats.pearsonr(left, right)[0])
        assert spearman(left, right) == pytest.approx(stats.spearmanr(left, right)[0])
        assert kendall(left, right) == pytest.approx(stats.kendalltau(left, right)[0])


def test_a_constant_estimate_has_no_correlation() -> None:
    flat, rising = np.zeros(5), np.arange(5.0)
    assert np.isnan(pearson(flat, rising))
    assert np.isnan(kendall(flat, rising))


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


def test_ties_of_the_human_are_won_by_a_wider_epsilon() -> None:
    human = np.array([1.0, 1.0, 0.0])
    estimates = np.array([0.52, 0.50, 0.10])
    found = pairwise_accuracy(estimates, human, ["s", "s", "s"])
    assert found.pairs == 3
    assert found.accuracy == 1.0
    assert found.epsilon == pytest.approx(0.02)


def test_only_translations_of_one_source_are_compared() -> None:
    found = pairwise_accuracy(np.array([0.9, 0.1]), np.array([0.0, 1.0]), ["s", "t"])
    assert found.pairs == 0
