"""Scores of translations, with a small random model."""

import random
from pathlib import Path

import pytest

from mtqa.qe.scorer import EMPTY, NO_SOURCE, NOTHING, Scorer

TRANSLATIONS = [
    "The mayor opened a new bridge on Monday.",
    "Three people were injured.",
    "Bridge!",
    "On Monday, the mayor said that 1,250 people had crossed it — more than in 2019.",
    "No.",
    "The crash on the new bridge injured three people, the mayor said on Monday.",
] * 3
SOURCES = [
    "Primarul a deschis luni un pod nou.",
    "Trei oameni au fost răniți.",
    "Podul!",
    "Luni, primarul a spus că 1.250 de oameni l-au trecut, mai mulți decât în 2019.",
    "Nu.",
    "Accidentul de pe podul nou a rănit trei oameni, a spus luni primarul.",
] * 3


@pytest.mark.parametrize("sourced", [True, False])
def test_scores_do_not_depend_on_batch_size_or_order(model_folder: Path, sourced: bool) -> None:
    sources = SOURCES if sourced else None
    scores = {}
    for size in (1, 7, 64):
        scorer = Scorer.load(model_folder, device="cpu", batch_size=size)
        scores[size] = [s.score or 0.0 for s in scorer.score(TRANSLATIONS, sources)]
    for size in (7, 64):
        assert scores[size] == pytest.approx(scores[1], abs=0.001)
    order = list(range(len(TRANSLATIONS)))
    random.Random(1).shuffle(order)
    shuffled = Scorer.load(model_folder, device="cpu").score(
        [TRANSLATIONS[i] for i in order], [SOURCES[i] for i in order] if sourced else None
    )
    for place, i in enumerate(order):
        assert shuffled[place].score == pytest.approx(scores[1][i], abs=0.001)


def test_an_empty_translation_scores_zero_and_says_so(model_folder: Path) -> None:
    scorer = Scorer.load(model_folder, device="cpu")
    found = scorer.score(["", " \t", "Bridge."], ["Podul.", "Podul.", "Podul."])
    assert [s.score for s in found[:2]] == [0.0, 0.0]
    assert [s.reason for s in found] == [EMPTY, EMPTY, None]
    assert scorer.score([""])[0].score == 0.0


def test_without_a_source_line_nothing_is_made_up(model_folder: Path) -> None:
    scorer = Scorer.load(model_folder, device="cpu")
    found = scorer.score(["Bridge.", ""], ["", ""])
    assert [s.score for s in found] == [None, None]
    assert [s.reason for s in found] == [NO_SOURCE, NOTHING]


def test_words_are_exact_slices_of_the_translation(model_folder: Path) -> None:
    scorer = Scorer.load(model_folder, device="cpu")
    text = "  On Monday, “three” people  crossed 1,250.5 km."
    found = scorer.score([text], ["Luni trei oameni."])[0]
    assert [text[w.start : w.end] for w in found.words] == [
        "On",
        "Monday",
        ",",
        "“",
        "three",
        "”",
        "people",
        "crossed",
        "1,250.5",
        "km",
        ".",
    ]
    assert all(0 <= w.probability <= 1 for w in found.words)


def test_words_may_be_given(model_folder: Path) -> None:
    scorer = Scorer.load(model_folder, device="cpu")
    found = scorer.score(["three people"], None, [[(0, 12)]])[0]
    assert [(w.start, w.end) for w in found.words] == [(0, 12)]


def test_a_text_longer_than_the_model_reads_is_marked(model_folder: Path) -> None:
    scorer = Scorer.load(model_folder, device="cpu")
    found = scorer.score(["people " * 100, "people"], ["oameni", "oameni"])
    assert [s.truncated for s in found] == [True, False]
    assert scorer.score(["people"], ["oameni " * 100])[0].truncated


def test_lists_of_different_length_are_refused(model_folder: Path) -> None:
    scorer = Scorer.load(model_folder, device="cpu")
    with pytest.raises(ValueError, match="2 translations but 1 sources"):
        scorer.score(["a", "b"], ["c"])


def test_eight_bits_stay_close_to_float(model_folder: Path) -> None:
    exact = Scorer.load(model_folder, device="cpu", eight_bit=False)
    fast = Scorer.load(model_folder, device="cpu", eight_bit=True)
    for left, right in zip(
        exact.score(TRANSLATIONS, SOURCES), fast.score(TRANSLATIONS, SOURCES), strict=True
    ):
        assert left.score == pytest.approx(right.score, abs=0.05)


def test_another_kind_of_model_is_named(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "bert"}', encoding="utf-8")
    with pytest.raises(ValueError, match="'bert'"):
        Scorer.load(tmp_path)
