"""Readers of judgements."""

from pathlib import Path

import pytest

from mtqa.config import ConfigError
from mtqa.qe.training.data import hold_out, mqm_score, read_mlqe, read_mqm, read_own


def test_tags_stand_on_the_words_of_the_raw_translation(data_folder: Path) -> None:
    row = read_mlqe(data_folder / "mlqe-pe", "ro-en", "train")[1]
    assert row.translation == "The mayor opened 1 new bridges on Monday."
    assert [row.translation[s:e] for s, e, _ in row.words][-2:] == ["Monday", "."]
    assert {b for _, _, b in row.words} == {1.0}
    assert (row.score, row.raw) == (-0.8, 51.0)


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


def own(tmp_path: Path, *rows: str) -> Path:
    path = tmp_path / "mine.tsv"
    lines = ["source\ttranslation\tscore\ttags\tpair", *(row.replace("|", "\t") for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_ones_own_assessments_are_standardised_for_each_pair(tmp_path: Path) -> None:
    path = own(
        tmp_path,
        "Un pod.|A bridge.|90|OK BAD|",
        "Un om.|A man.|50||",
        "Sild.|Bridge.|20||et-en",
        "Mees.|Man.|40||et-en",
        "Naine.|Woman.|||et-en",
        "|Nothing.|10||",
    )
    rows = read_own(path, {}, "ro-en", "0-100")
    assert [(r.pair, r.score, r.raw) for r in rows] == [
        ("ro-en", 1.0, 90),
        ("ro-en", -1.0, 50),
        ("et-en", -1.0, 20),
        ("et-en", 1.0, 40),
    ]
    assert rows[0].words == ((0, 1, 0.0), (2, 9, 1.0))
    assert rows[1].words == ()


def test_z_is_taken_as_it_is_and_a_penalty_turned_round(tmp_path: Path) -> None:
    path = own(tmp_path, "Un pod.|A bridge.|1||", "Un om.|A man.|5||")
    assert [r.score for r in read_own(path, {}, "ro-en", "z")] == [1.0, 5.0]
    good, bad = read_own(path, {}, "ro-en", "mqm")
    assert good.score > bad.score
    assert (good.domain, good.raw) == (1, 1)


@pytest.mark.parametrize(
    ("row", "scale", "message"),
    [
        ("Un pod.|A bridge.|101||ro-en", "0-100", "101, which is none on the scale '0-100'"),
        ("Un pod.|A bridge.|50||ro-en", "z", "50, which is none on the scale 'z'"),
        ("Un pod.|A bridge.|-1||ro-en", "mqm", "-1, which is none on the scale 'mqm'"),
        ("Un pod.|A bridge.|50||ro-en", "0-100", "there is nothing to learn"),
        ("Un pod.|A bridge.|50||", "0-100", "its language pair is ''"),
        ("Un pod.|A bridge.|||ro-en", "0-100", "none of its 1 rows is judged"),
    ],
)
def test_judgements_that_cannot_be_learnt_from_are_refused(
    tmp_path: Path, row: str, scale: str, message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        read_own(own(tmp_path, row), {}, "", scale)


def test_all_translations_of_a_source_are_held_out_together(tmp_path: Path) -> None:
    rows = [f"Propozitia {i // 2}.|Sentence {i}.|{i}||ro-en" for i in range(60)]
    kept, held = hold_out(read_own(own(tmp_path, *rows), {}, "", "0-100"), 0.3)
    assert len(kept) + len(held) == 60
    assert 6 <= len(held) <= 30
    assert {r.source for r in kept}.isdisjoint(r.source for r in held)
    assert hold_out([*kept, *held], 0.3)[1] == held
