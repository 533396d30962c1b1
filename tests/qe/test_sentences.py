"""A check with a real model, if one with random weights."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from mtqa.config import Settings
from mtqa.pipeline import check_files
from mtqa.qe.models import find_model, load_scorer
from mtqa.reports.json import render
from mtqa.result import Result

ARTICLE = (
    "The mayor opened a new bridge on Monday, and three people\n"
    "were injured in the crash that came when the mayor opened\n"
    "it. Three people opened the new bridge. The crash was new.\n"
    "\n"
    "* * *\n"
    "\n"
    "The bridge was opened. " + "Three people were injured in the crash on Monday. " * 6 + "\n"
)


def check(folder: Path, model: Path, batch_size: int = 32) -> Result:
    (folder / "a.txt").write_text(ARTICLE, encoding="utf-8")
    (folder / "b.txt").write_text(ARTICLE[::-1], encoding="utf-8")
    settings = Settings(
        preview=True,
        model=str(model),
        device="cpu",
        batch_size=batch_size,
        cache=False,
        target_lang="en",
        select=("estimation",),
        thresholds={"low-score": 1.0, "suspect-span": 0.0},
        root=str(folder),
    )
    return check_files([str(folder / "b.txt"), str(folder / "a.txt")], settings)


def test_the_scores_of_a_check_are_those_of_the_model(tmp_path: Path, model_folder: Path) -> None:
    result = check(tmp_path, model_folder)
    assert result.problems == ()
    scorer = load_scorer(find_model(str(model_folder)), "cpu")
    for document in result.documents:
        assert document.scores
        for span, found in zip(document.sentences, document.scores, strict=True):
            line = " ".join(document.text(span).split())
            if line.strip("* "):
                assert found.score == pytest.approx(scorer.score([line])[0].score, abs=1e-3)
            else:
                assert (found.score, found.reason) == (None, "no words")


def test_the_report_with_scores_keeps_to_the_schema(tmp_path: Path, model_folder: Path) -> None:
    report = json.loads("".join(render(check(tmp_path, model_folder))))
    schema = (files("mtqa.reports") / "schema-1.json").read_text(encoding="utf-8")
    Draft202012Validator(json.loads(schema)).validate(report)
    assert report["model"]["name"] == str(model_folder)
    for document in report["documents"]:
        rules = {finding["rule"] for finding in document["findings"]}
        assert rules == {"low-score", "suspect-span"}
        scores = [one["score"] for one in document["sentences"] if one["score"] is not None]
        assert document["score"] == pytest.approx(sum(scores) / len(scores), abs=1e-3)


def test_the_size_of_the_batches_moves_no_score(tmp_path: Path, model_folder: Path) -> None:
    small, large = (check(tmp_path, model_folder, size) for size in (1, 7))
    for one, other in zip(small.documents, large.documents, strict=True):
        assert one.scores and other.scores
        assert [s.score for s in one.scores] == pytest.approx(
            [s.score for s in other.scores], abs=1e-3
        )
        assert [finding.span for finding in one.findings] == [f.span for f in other.findings]
