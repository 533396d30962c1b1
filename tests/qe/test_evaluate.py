"""A model against human judgements."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mtqa.cli import app
from mtqa.config import ConfigError
from mtqa.qe.evaluate import evaluate_model
from mtqa.qe.judgements import read_judgements
from mtqa.qe.models import ModelInfo
from mtqa.text.estimates import SegmentScore, WordRisk


class Made:
    """A scorer that scores what it finds: 'good 0.8' is 0.8; words with an x are wrong."""

    def __init__(self, kind: str = "mtqa-qe") -> None:
        config = {"word_threshold": [0.5, 0.95]}
        self.info = ModelInfo("made", Path(), kind, Path(), config)
        self.sources: list[str] | None = []

    def score(
        self,
        translations: Sequence[str],
        sources: Sequence[str] | None = None,
        words: Sequence[Sequence[tuple[int, int]]] | None = None,
    ) -> list[SegmentScore]:
        self.sources = None if sources is None else [*(self.sources or []), *sources]
        spans = words if words is not None else [()] * len(translations)
        return [
            SegmentScore(
                None if sources is not None and not sources[i] else float(text.split()[-1]),
                tuple(WordRisk(s, e, 0.9 if "x" in text[s:e] else 0.1) for s, e in spans[i]),
                truncated="long" in text,
            )
            for i, text in enumerate(translations)
        ]


def judged(path: Path, header: str, *rows: str) -> str:
    lines = [header.replace(" ", "\t"), *(row.replace("|", "\t") for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


def test_perfect_estimates_correlate_perfectly(tmp_path: Path) -> None:
    rows = [f"s{i}|{i / 10}|{i}" for i in range(20)]
    file = read_judgements(judged(tmp_path / "a", "source translation score", *rows))
    found = evaluate_model(Made(), file, rounds=50)
    for figure in found.correlations.values():
        assert (figure.value, figure.low, figure.high) == pytest.approx((1, 1, 1))
    assert list(found.correlations) == ["pearson", "spearman", "kendall"]
    assert (found.rows, found.judged, found.documents) == (20, 20, None)
    assert found.pairwise is None
    assert found.words is None
    turned = evaluate_model(Made(), file, rounds=50, lower_is_better=True)
    assert turned.correlations["spearman"].value == pytest.approx(-1)


def test_the_model_sees_no_source_when_the_translation_stands_alone(tmp_path: Path) -> None:
    path = judged(tmp_path / "a", "source translation score tags", *["s|x 0.1|1|BAD OK"] * 3)
    scorer = Made()
    assert evaluate_model(scorer, read_judgements(path), rounds=50).words is not None
    assert scorer.sources == ["s", "s", "s"]
    found = evaluate_model(scorer, read_judgements(path), rounds=50, translation_alone=True)
    assert scorer.sources is None
    assert found.words is not None
    assert found.words.threshold == 0.95  # the bar of its own view


def test_word_figures_stand_at_the_threshold_of_the_model(tmp_path: Path) -> None:
    path = judged(
        tmp_path / "a",
        "source translation tags",
        "s|ax b 0.1|BAD OK OK",
        "s|ax bx 0.2|BAD OK OK",
        "s|a b 0.3|OK BAD OK",
    )
    found = evaluate_model(Made(), read_judgements(path), rounds=50)
    assert found.correlations == {}
    assert found.words is not None
    assert (found.words.words, found.words.rows) == (9, 3)
    # 2 found, 1 false alarm, 1 missed, 5 right.
    assert found.words.f1.value == pytest.approx(2 / 3)
    assert found.words.mcc.value == pytest.approx(0.5)
    assert found.words.mcc.low < 0.5 < found.words.mcc.high


def test_translations_of_one_segment_are_compared(tmp_path: Path) -> None:
    header = "document segment system source translation score"
    rows = [
        f"d{d}|{s}|{name}|s|{value}|{human}"
        for d in range(3)
        for s in range(2)
        for name, value, human in (("A", 0.9, 3), ("B", 0.5, 2), ("C", 0.1, 9))
    ]
    found = evaluate_model(
        Made(), read_judgements(judged(tmp_path / "a", header, *rows)), rounds=50
    )
    assert found.documents == 3
    assert found.pairwise is not None
    assert found.pairwise.pairs == 18
    assert found.pairwise.accuracy.value == pytest.approx(1 / 3)
    by_source = header.replace("segment", "number")
    found = evaluate_model(
        Made(), read_judgements(judged(tmp_path / "a", by_source, *rows)), rounds=50
    )
    assert found.pairwise is not None
    assert found.pairwise.pairs == 3 * 15  # one source stands in each document
    lone = header.replace("segment", "number").replace("system", "name")
    found = evaluate_model(Made(), read_judgements(judged(tmp_path / "a", lone, *rows)), rounds=50)
    assert found.pairwise is None


def test_rows_without_judgement_or_score_are_counted_not_hidden(tmp_path: Path) -> None:
    path = judged(
        tmp_path / "a",
        "source translation score",
        "s|0.1|1",
        "s|long 0.2|2",
        "s|0.3|",
        "|0.4|4",
    )
    found = evaluate_model(Made(), read_judgements(path), rounds=50)
    assert (found.rows, found.judged) == (4, 2)
    assert (found.not_judged, found.not_scored, found.truncated) == (1, 1, 1)


def test_a_file_that_gives_nothing_to_compare_is_refused(tmp_path: Path) -> None:
    path = judged(tmp_path / "a", "source translation", "s|0.1")
    with pytest.raises(ConfigError, match="no column 'score'"):
        evaluate_model(Made(), read_judgements(path), rounds=50)
    path = judged(tmp_path / "a", "translation score", "0.1|1", "0.2|2")
    with pytest.raises(ConfigError, match=r"no column 'source'.*--translation-alone"):
        evaluate_model(Made(), read_judgements(path), rounds=50)
    path = judged(tmp_path / "a", "source translation score", "s|0.1|1")
    with pytest.raises(ConfigError, match="a correlation needs two"):
        evaluate_model(Made(), read_judgements(path), rounds=50)
    path = judged(tmp_path / "a", "source translation tags", "s|0.1|OK")
    with pytest.raises(ConfigError, match="judges no words"):
        evaluate_model(Made("metricx"), read_judgements(path), rounds=50)


def test_a_constant_estimate_has_no_figure(tmp_path: Path) -> None:
    rows = [f"s|0.5|{i}" for i in range(9)]
    file = read_judgements(judged(tmp_path / "a", "source translation score", *rows))
    assert math.isnan(evaluate_model(Made(), file, rounds=50).correlations["pearson"].value)


class TestCommand:
    def test_figures_as_json_and_as_text(self, model_folder: Path, tmp_path: Path) -> None:
        rows = [f"podul {i}|the bridge {'no ' * (i % 5)}{i}|{i}" for i in range(12)]
        path = judged(tmp_path / "a", "src translation score", *rows)
        arguments = ["evaluate", "--judgements", path, "--column", "source=src"]
        arguments += ["--model", str(model_folder), "--device", "cpu"]
        run = CliRunner().invoke(app, [*arguments, "--format", "json"], catch_exceptions=False)
        assert run.exit_code == 0
        value = json.loads(run.stdout)
        assert value["rows"] == value["judged"] == 12
        pearson = value["figures"]["pearson"]
        assert -1 <= pearson["low"] <= pearson["value"] <= pearson["high"] <= 1
        assert len(value["model"]["checksum"]) == 64
        text = CliRunner().invoke(app, [*arguments, "--translation-alone"]).stdout
        assert text.startswith("Pearson        ")
        assert "translation alone; 12 rows; with 95 % intervals." in text

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ([], "name either labelled texts"),
            (["corpora", "--judgements", "x.tsv"], "not both"),
            (["--judgements", "x.tsv", "--show"], "--show is for rules"),
            (["corpora", "--column", "score=z"], "--column is for models"),
            (["--judgements", "x.tsv", "--column", "score"], "--column must be ROLE=NAME"),
            (["--judgements", "x.tsv"], "there is no file 'x.tsv'"),
        ],
    )
    def test_a_mixture_or_nothing_is_one_sentence(self, arguments: list[str], message: str) -> None:
        with pytest.raises(ConfigError, match=message):
            CliRunner().invoke(app, ["evaluate", *arguments], catch_exceptions=False)
