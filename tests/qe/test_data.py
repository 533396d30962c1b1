"""Readers of judgements."""

from pathlib import Path

import pytest

from mtqa.qe.training.data import align_words, mqm_score, read_mlqe, read_mqm


def test_tags_stand_on_the_words_of_the_raw_translation(data_folder: Path) -> None:
    row = read_mlqe(data_folder / "mlqe-pe", "ro-en", "train")[1]
    assert row.translation == "The mayor opened 1 new bridges on Monday."
    assert [row.translation[s:e] for s, e, _ in row.words][-2:] == ["Monday", "."]
    assert {b for _, _, b in row.words} == {1.0}
    assert (row.score, row.raw) == (-0.8, 51.0)


def test_words_that_are_not_of_the_text_are_refused() -> None:
    assert align_words("It's here.", ["It", "'s", "here", "."]) == [(0, 2), (2, 4), (5, 9), (9, 10)]
    assert align_words("It's here.", ["It", "is"]) is None


def test_an_error_span_marks_its_words_by_the_share_of_raters(data_folder: Path) -> None:
    rows = read_mqm(data_folder / "mqm-zh-en" / "newstest2020.jsonl.gz")
    badness = {rows[1].translation[s:e]: b for s, e, b in rows[1].words}
    assert badness["mayor"] == 0.5
    assert badness["bridge"] == 0.0
    assert rows[1].pair == "zh-en"


def test_a_perfect_segment_has_the_best_score() -> None:
    assert mqm_score(0) == 1.0
    assert mqm_score(0) > mqm_score(1) > mqm_score(5) > mqm_score(25) == mqm_score(99)
    assert mqm_score(25) == pytest.approx(-2.258, abs=0.01)
