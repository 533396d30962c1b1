"""Findings compared with labels, and the figures made of them."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from mtqa.cli import app
from mtqa.config import ConfigError, Settings
from mtqa.evaluate import (
    DocumentEvaluation,
    Estimate,
    Label,
    LabelError,
    compare,
    evaluate,
    labels_path,
    read_labels,
    score,
)
from mtqa.pipeline import find_line_starts
from mtqa.result import DocumentResult, Finding, Severity
from mtqa.text.document import Document, Span

ARTICLE = "Bashar Saleh (Bashar Saleh) met the mayor. Nothing else happened to Bashar Saleh.\n"
GLOSS = Span(13, 27)


def finding(rule: str, start: int, end: int) -> Finding:
    return Finding(
        rule=rule,
        severity=Severity.MINOR,
        category="Fluency/Grammar",
        message="Something is wrong.",
        span=Span(start, end),
        sentence=0,
        suggestion=None,
        related=(),
        confidence=0.9,
        fingerprint=f"{rule}{start}{end}",
    )


def label(rule: str, start: int, end: int, optional: bool = False) -> Label:
    return Label(rule, Span(start, end), optional)


def compared(
    findings: Sequence[Finding], labels: Sequence[Label], rules: str = "a b"
) -> DocumentEvaluation:
    text = "x" * 100
    result = DocumentResult(
        document=Document("story.txt", text, "en"),
        sentences=(Span(0, 100),),
        findings=tuple(findings),
        words=1,
        line_starts=find_line_starts(text),
    )
    return compare(result, labels, rules.split())


class TestMatching:
    def test_a_finding_meets_a_label_of_its_rule_that_it_touches(self) -> None:
        document = compared([finding("a", 10, 20)], [label("a", 19, 30)])
        assert [match.label.span for match in document.matches] == [Span(19, 30)]
        assert not document.false_alarms
        assert not document.misses

    def test_neighbours_do_not_touch(self) -> None:
        document = compared([finding("a", 10, 20)], [label("a", 20, 30)])
        assert document.false_alarms
        assert document.misses

    def test_a_label_of_another_rule_is_not_met(self) -> None:
        document = compared([finding("a", 10, 20)], [label("b", 10, 20)])
        assert document.false_alarms
        assert document.misses

    def test_two_findings_on_one_label_are_one_match_and_one_false_alarm(self) -> None:
        document = compared([finding("a", 10, 12), finding("a", 13, 20)], [label("a", 10, 20)])
        assert [match.finding.span for match in document.matches] == [Span(13, 20)]
        assert [alarm.span for alarm in document.false_alarms] == [Span(10, 12)]

    def test_one_finding_over_two_labels_leaves_one_missed(self) -> None:
        document = compared([finding("a", 10, 30)], [label("a", 10, 12), label("a", 20, 30)])
        assert [missed.span for missed in document.misses] == [Span(10, 12)]

    def test_the_closest_pair_goes_first(self) -> None:
        document = compared(
            [finding("a", 0, 50), finding("a", 10, 20)], [label("a", 10, 20), label("a", 30, 50)]
        )
        assert {match.label.span: match.finding.span for match in document.matches} == {
            Span(10, 20): Span(10, 20),
            Span(30, 50): Span(0, 50),
        }

    def test_an_optional_label_is_neither_found_nor_missed(self) -> None:
        optional = label("a", 10, 20, optional=True)
        for findings in ([], [finding("a", 10, 20)]):
            document = compared(findings, [optional])
            assert not document.labels
            assert not document.matches
            assert not document.false_alarms
            assert not document.misses

    def test_a_label_that_counts_goes_before_an_optional_one(self) -> None:
        document = compared(
            [finding("a", 10, 20)], [label("a", 10, 20, optional=True), label("a", 19, 40)]
        )
        assert [match.label.span for match in document.matches] == [Span(19, 40)]

    def test_labels_of_rules_that_did_not_run_are_set_aside(self) -> None:
        document = compared([], [label("a", 10, 20), label("c", 10, 20)])
        assert [missed.rule for missed in document.misses] == ["a"]
        assert [idle.rule for idle in document.not_run] == ["c"]


class TestFigures:
    def test_precision_and_recall_have_wilson_intervals(self) -> None:
        # 8 of 10 and 8 of 16, against the closed form worked out by hand with z = 1.959964.
        labels = [label("a", start, start + 2) for start in range(0, 64, 4)]
        findings = [finding("a", start, start + 2) for start in (*range(0, 32, 4), 70, 80)]
        by_rule, total = score([compared(findings, labels)], ["a"])
        assert by_rule["a"].precision == pytest.approx(Estimate(0.8, 0.4902, 0.9433), abs=1e-4)
        assert by_rule["a"].recall == pytest.approx(Estimate(0.5, 0.2800, 0.7200), abs=1e-4)
        assert total == by_rule["a"]

    def test_f05_weighs_precision_twice(self) -> None:
        # P = 1/2, R = 1: F0.5 = 1.25 * P * R / (0.25 * P + R) = 5/9.
        document = compared([finding("a", 0, 2), finding("a", 9, 11)], [label("a", 0, 2)])
        by_rule, _ = score([document], ["a"])
        assert by_rule["a"].f05 is not None
        assert by_rule["a"].f05.value == pytest.approx(5 / 9)

    def test_the_interval_of_f05_comes_from_the_spread_over_documents(self) -> None:
        good = compared([finding("a", 0, 2)], [label("a", 0, 2)])
        bad = compared([finding("a", 9, 11)], [label("a", 0, 2)])
        same, _ = score([good] * 20, ["a"])
        mixed, _ = score([good, bad] * 10, ["a"])
        assert same["a"].f05 == Estimate(1, 1, 1)
        assert mixed["a"].f05 is not None
        value, low, high = mixed["a"].f05
        assert value == 0.5
        assert 0.2 < low < 0.4 < 0.6 < high < 0.8
        assert score([good, bad] * 10, ["a"])[0] == mixed

    def test_a_rule_without_findings_has_no_precision(self) -> None:
        by_rule, _ = score([compared([], [label("a", 0, 2)])], ["a", "b"])
        assert by_rule["a"].precision is None
        assert by_rule["a"].recall is not None
        assert by_rule["a"].recall.value == 0
        assert by_rule["b"].recall is None
        assert by_rule["b"].f05 is None

    def test_the_total_counts_every_finding_once(self) -> None:
        document = compared(
            [finding("a", 0, 2), finding("b", 0, 2)], [label("a", 0, 2), label("b", 4, 6)]
        )
        _, total = score([document], ["a", "b"])
        assert (total.labels, total.findings, total.matched) == (2, 2, 1)

    def test_spans_are_compared_to_the_character(self) -> None:
        document = compared(
            [finding("a", 0, 10), finding("a", 20, 30)], [label("a", 0, 10), label("a", 25, 30)]
        )
        by_rule, _ = score([document], ["a"])
        assert by_rule["a"].exact == 0.5
        assert by_rule["a"].overlap == pytest.approx(0.75)

    def test_no_document_at_all_has_no_figures(self) -> None:
        by_rule, total = score([], ["a"])
        assert by_rule["a"] == total
        assert total.f05 is None


def write_labels(folder: Path, content: object, name: str = "story") -> Path:
    path = folder / f"{name}.labels.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def read(folder: Path, *rows: dict[str, Any]) -> tuple[Label, ...]:
    return read_labels(write_labels(folder, {"labels": rows}), ARTICLE)


class TestLabelFiles:
    def test_a_label_stands_where_start_says(self, tmp_path: Path) -> None:
        row = {"rule": "name-repeated", "start": 13, "end": 27, "text": "(Bashar Saleh)"}
        assert read(tmp_path, row) == (Label("name-repeated", GLOSS),)

    def test_a_text_that_stands_once_needs_no_offset(self, tmp_path: Path) -> None:
        row = {"rule": "name-repeated", "text": "(Bashar Saleh)"}
        assert read(tmp_path, row) == (Label("name-repeated", GLOSS),)

    def test_nth_tells_occurrences_apart(self, tmp_path: Path) -> None:
        row = {"rule": "name-repeated", "text": "Bashar", "nth": 2, "note": "twice in a row"}
        assert read(tmp_path, row) == (Label("name-repeated", Span(14, 20)),)

    def test_labels_come_in_order_of_the_text(self, tmp_path: Path) -> None:
        rows: list[dict[str, Any]] = [
            {"rule": "name-repeated", "text": "mayor"},
            {"rule": "name-repeated", "text": "met", "optional": True},
        ]
        assert [label.optional for label in read(tmp_path, *rows)] == [True, False]

    @pytest.mark.parametrize(
        ("row", "sentence"),
        [
            ({"rule": "name-repeated", "text": "Bashar"}, "occurs 3 times; say which by nth"),
            ({"rule": "name-repeated", "text": "Bashar", "nth": 4}, "nth is 4"),
            ({"rule": "name-repeated", "text": "Bashar", "nth": 0}, "nth is 0"),
            ({"rule": "name-repeated", "text": "Basher"}, "does not hold 'Basher'"),
            ({"rule": "name-repeated", "start": 1, "text": "mayor"}, "which first stands at 36"),
            ({"rule": "name-repeated", "start": 1, "text": "major"}, "which it holds nowhere"),
            ({"rule": "name-repeated", "start": -6, "text": "aleh.\n"}, "not 'aleh.\\n'"),
            ({"rule": "name-repeated", "end": 4, "text": "mayor"}, "end is given without start"),
            ({"rule": "name-repeated", "start": 1, "end": 3}, "text is missing"),
            ({"rule": "name-repeated", "text": ""}, "text is missing or empty"),
            ({"rule": "name-repeted", "text": "met"}, "did you mean name-repeated?"),
            ({"rule": "name-repeated", "txt": "met"}, "unknown key 'txt'; did you mean text?"),
            ({"rule": "name-repeated", "text": "met", "start": "28"}, "start must be a whole numb"),
            ({"rule": "name-repeated", "text": "met", "nth": True}, "nth must be a whole number"),
            ({"text": "met"}, "the key 'rule' is missing"),
            ({"rule": "name-repeated", "text": "met", "related": [{"text": "x"}]}, "hold 'x'"),
            ("met", "must be an object"),
        ],
    )
    def test_a_label_that_does_not_fit_is_named(
        self, tmp_path: Path, row: Any, sentence: str
    ) -> None:
        with pytest.raises(LabelError) as error:
            read(tmp_path, {"rule": "name-repeated", "text": "mayor"}, row)
        assert "story.labels.json, label 2: " in str(error.value)
        assert sentence in str(error.value)

    @pytest.mark.parametrize(
        ("content", "sentence"),
        [
            ("{", "is no valid JSON"),
            ("[]", "must be an object with the key 'labels'"),
            ({}, "the key 'labels' is missing"),
            ({"labels": {}}, "labels must be a list"),
            ({"labels": [{"rule": "name-repeated", "text": "met"}] * 2}, "labelled twice at 28:31"),
        ],
    )
    def test_a_file_that_is_no_label_file_is_named(
        self, tmp_path: Path, content: object, sentence: str
    ) -> None:
        with pytest.raises(LabelError, match=r"story\.labels\.json") as error:
            read_labels(write_labels(tmp_path, content), ARTICLE)
        assert sentence in str(error.value)

    def test_the_label_file_stands_beside_its_text(self) -> None:
        assert labels_path("a.b/fire.wire.txt") == Path("a.b/fire.wire.labels.json")


@pytest.fixture
def newsroom(tmp_path: Path) -> Path:
    """A folder with one labelled article, one clean one, and the defect in both."""
    (tmp_path / "story.txt").write_text(ARTICLE, encoding="utf-8")
    write_labels(tmp_path, {"labels": [{"rule": "name-repeated", "text": "(Bashar Saleh)"}]})
    (tmp_path / "other.txt").write_text(ARTICLE, encoding="utf-8")
    write_labels(tmp_path, {"labels": []}, "other")
    return tmp_path


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["evaluate", *map(str, arguments)])


class TestCommand:
    def test_json_holds_figures_and_places(self, newsroom: Path) -> None:
        run_result = run(newsroom, "--select", "name-repeated", "--format", "json")
        assert run_result.exit_code == 0
        value = json.loads(run_result.stdout)
        assert value["documents"] == 2
        (row,) = value["rules"]
        assert (row["labels"], row["findings"], row["true_positives"]) == (1, 2, 1)
        assert row["precision"]["value"] == 0.5
        assert row["recall"]["value"] == 1
        (alarm,) = value["false_alarms"]
        assert ARTICLE[alarm["start"] : alarm["end"]] == alarm["text"]
        assert (alarm["line"], alarm["column"]) == (1, alarm["start"] + 1)
        assert alarm["path"].endswith("other.txt")
        assert value["misses"] == value["errors"] == []

    def test_show_lists_what_a_rule_writer_has_to_look_at(self, newsroom: Path) -> None:
        output = run(newsroom, "--select", "name-repeated", "--show").stdout
        (line,) = (line for line in output.splitlines() if ".txt" in line)
        assert re.search(r"other\.txt:1:\d+: false alarm: name-repeated: \(Bashar Saleh\)$", line)
        assert "2 documents" in output

    def test_a_text_without_labels_is_refused_and_the_others_go_on(self, newsroom: Path) -> None:
        (newsroom / "other.labels.json").unlink()
        run_result = run(newsroom, "--select", "name-repeated", "--format", "json")
        assert run_result.exit_code == 2
        value = json.loads(run_result.stdout)
        assert value["documents"] == 1
        assert "other.txt: has no label file; write " in run_result.stderr
        assert "has no label file" in value["errors"][0]["message"]

    def test_label_files_that_a_pattern_catches_are_passed_over(self, newsroom: Path) -> None:
        for paths in (sorted(newsroom.iterdir()), [newsroom / "*"]):
            assert run(*paths, "--select", "name-repeated").exit_code == 0

    def test_label_files_alone_are_no_corpus(self, newsroom: Path) -> None:
        with pytest.raises(ConfigError, match="name the labelled texts"):
            evaluate([str(newsroom / "story.labels.json")], Settings())

    def test_labels_of_rules_that_did_not_run_are_counted(self, newsroom: Path) -> None:
        output = run(newsroom, "--select", "name-variant").stdout
        assert "labels of rules that did not run, not in the figures: 1\n" in output

    def test_rules_ignored_for_a_file_leave_its_labels_out(self, newsroom: Path) -> None:
        config = newsroom / "mtqa.toml"
        config.write_text('[per-file-ignores]\n"story.txt" = ["name"]\n', encoding="utf-8")
        run_result = run(newsroom, "--select", "name", "--format", "json")
        assert json.loads(run_result.stdout)["labels_not_run"] == 1
