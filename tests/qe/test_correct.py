"""The correction of scores that is fitted after training."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from mtqa.qe.model import Correction
from mtqa.qe.training.correct import draw_twins, fit_ridge, put


def material(rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Evidence of two numbers and three states, and judgements that two of them tell."""
    draw = np.random.default_rng(0)
    evidence = draw.normal(size=(rows, 5))
    return evidence, evidence[:, 0] + 0.5 * evidence[:, 1] - 0.3 * evidence[:, 4] + 1


def test_what_unseen_judgements_tell_is_added_to_the_score() -> None:
    evidence, truth = material(200_000)
    weight, bias = fit_ridge(evidence, truth, np.zeros((1, 5)), numbers=2)
    assert np.allclose(weight, [0, 0.5, 0, 0, -0.24], atol=0.01)  # states are penalised
    assert abs(bias - 1) < 0.01
    correction = Correction(2, 3).double()
    assert torch.equal(correction(torch.from_numpy(evidence)), torch.from_numpy(evidence[:, 0]))
    put(correction, weight, bias)
    error = correction(torch.from_numpy(evidence)).numpy() - truth
    assert error.std() < 0.2 * (truth - evidence[:, 0]).std()


def test_few_judgements_move_little() -> None:
    weight, _ = fit_ridge(*material(20), np.zeros((1, 5)), numbers=2)
    assert abs(weight).max() < 0.05


def test_twins_keep_their_drop() -> None:
    evidence, truth = material(20_000)
    drop = np.tile([0.4, 0, 0, 0, 0.5], (100_000, 1))
    free, _ = fit_ridge(evidence, truth, drop * 0, numbers=2)
    held, _ = fit_ridge(evidence, truth, drop, numbers=2)
    assert abs(held[4]) < abs(free[4]) / 2
    assert abs(held[1] - free[1]) < 0.02


def test_twins_are_damaged_copies_of_good_translations(data_folder: Path) -> None:
    twins = draw_twins(data_folder, 5)
    assert twins
    assert twins == draw_twins(data_folder, 5)
    assert all(twin.good != twin.damaged and twin.source for twin in twins)
