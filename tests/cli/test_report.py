"""``mtqa report``: the format by the suffix, the exit code by what could be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Bench, FakeScorer


def read(name: str) -> str:
    return Path(name).read_bytes().decode()


@pytest.mark.parametrize(
    ("name", "options", "format"),
    [
        ("a.html", [], "html"),
        ("a.HTM", [], "html"),
        ("a.md", [], "md"),
        ("a.markdown", [], "md"),
        ("a.CSV", [], "csv"),
        ("a.jsonl", [], "jsonl"),
        ("a.json", [], "json"),
        ("a.out", ["--format", "csv"], "csv"),
        ("a.json", ["--format", "md"], "md"),
    ],
)
def test_the_format_is_that_of_the_suffix_or_the_option(
    mtqa: Bench, name: str, options: list[str], format: str
) -> None:
    mtqa.write("a.txt", "The weather is awful.\n")
    expected = mtqa("check", "a.txt", "--format", format).out
    outcome = mtqa("report", "a.txt", "-o", name, *options)
    assert (outcome.code, outcome.out, outcome.err) == (0, "", "")
    assert read(name) == expected


def test_what_is_found_fails_no_report_but_what_cannot_be_read_does(mtqa: Bench) -> None:
    mtqa.write("a.txt", "The weather is awful.\n")
    mtqa.write("b.txt", "")
    assert mtqa("report", "a.txt", "-o", "a.csv").code == 0
    outcome = mtqa("report", "a.txt", "b.txt", "-o", "b.csv")
    assert outcome.code == 2
    assert outcome.err.startswith("mtqa: b.txt: ")
    assert "The weather is awful." in read("b.csv")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["a.txt"], "Missing option '--output' / '-o'"),
        (["a.txt", "-o", "a"], "a: its suffix names no format; use one of"),
        (["a.txt", "-o", "a.sarif"], "a.sarif: its suffix names no format"),
        (["a.txt", "-o", "a", "--format", "cvs"], "no format 'cvs'; did you mean csv?"),
        (["a.txt", "-o", "a.txt", "--format", "csv"], "a.txt: would be overwritten by --output"),
        (["a.txt", "-o", "none/a.csv"], "none/a.csv: its folder does not exist"),
        (["a.txt", "-o", "a.csv", "--select", "word-bd"], "did you mean word-bad?"),
    ],
)
def test_wrong_usage_is_2_and_one_sentence(mtqa: Bench, arguments: list[str], says: str) -> None:
    mtqa.write("a.txt", "All is well.\n")
    outcome = mtqa("report", *arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert says in outcome.err and outcome.err.count("\n") == 1
    assert [path.name for path in mtqa.folder.iterdir()] == ["a.txt"]


def test_the_options_of_a_check_hold(mtqa: Bench, scorer: FakeScorer) -> None:
    mtqa.write("mtqa.toml", 'ignore = ["word-bad"]\n')
    mtqa.write("a.txt", "An awful day. A bad day. A meh day.\n")
    mtqa("report", "a.txt", "--qe", "-o", "a.csv")
    flags = [line.split(",")[5:9:3] for line in read("a.csv").splitlines()[1:]]
    assert flags == [["0.75", "critical:word-awful"], ["0.25", ""], ["0.9", "minor:word-meh"]]
    mtqa("report", "a.txt", "--select", "word-bad", "-o", "a.csv")
    flags = [line.split(",")[5:9:3] for line in read("a.csv").splitlines()[1:]]
    assert flags == [["", ""], ["", "major:word-bad"], ["", ""]]


def test_standard_input_goes_by_its_name(mtqa: Bench) -> None:
    mtqa("report", "-", "--stdin-filename", "wire/1.txt", "-o", "a.csv", stdin=b"A bad day.\n")
    assert read("a.csv").splitlines()[1] == (
        "wire/1.txt,0,1,1,,,false,no model,major:word-bad,A bad day.,"
    )


def test_the_reports_of_the_last_run_are_not_among_the_texts(mtqa: Bench) -> None:
    mtqa.write("a.txt", "A bad day.\n")
    mtqa.write("news/report.html", "<p>A bad night.</p>\n")
    for _ in range(2):
        mtqa("report", ".", "-o", "report.html")
        assert read("report.html").count('<article class="doc"') == 2
    Path("report.html").unlink()
    for _ in range(2):
        outcome = mtqa("check", ".", "--format", "json", "--report", "html=report.html")
        assert len(outcome.json["documents"]) == 2
