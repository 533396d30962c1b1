"""The verdict, the report and the complaints of ``mtqa check``."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from mtqa.config import FORMATS
from mtqa.qe.models import ModelError, ModelInfo
from mtqa.text.document import Span
from tests.conftest import Bench, FakeScorer

# The verdict


def test_a_clean_text_passes(mtqa: Bench) -> None:
    mtqa.write("a.txt", "All is well.\n")
    outcome = mtqa("check", "a.txt")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out == "No findings in 1 document, 1 sentence.\n"


@pytest.mark.parametrize(
    ("word", "options", "code"),
    [
        ("bad", [], 1),
        ("awful", [], 1),
        ("meh", [], 0),
        ("meh", ["--fail-on", "minor"], 1),
        ("bad", ["--fail-on", "critical"], 0),
        ("bad", ["--max-findings", "1"], 0),
        ("bad bad", ["--max-findings", "1"], 1),
        ("bad meh meh", ["--max-findings", "1"], 0),
        ("awful", ["--exit-zero"], 0),
        ("odd", [], 0),
        ("odd", ["--preview"], 1),
        ("odd", ["--select", "word-odd"], 1),
        ("odd", ["--select", "word"], 0),
        ("odd bad", ["--ignore", "word-bad"], 0),
        ("odd", ["--extend-select", "word-odd"], 1),
        ("bad", ["--select", "crash"], 0),
        ("bad", ["--select", "crash,word-bad"], 1),
        ("bad", ["--select", "crash", "--select", "word-bad"], 1),
        ("bad", ["--select", "crash", "--extend-select", "word-bad"], 1),
        ("bad", ["--ignore", "word"], 0),
        ("bad", ["--select", "word-bad", "--ignore", "word"], 0),
    ],
)
def test_the_exit_code_is_the_verdict(
    mtqa: Bench, word: str, options: list[str], code: int
) -> None:
    mtqa.write("a.txt", f"The weather is {word} today.\n")
    assert mtqa("check", "a.txt", *options).code == code


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["check"], "Missing argument 'PATH' (see mtqa check --help)"),
        (["check", "a.txt", "--formt", "json"], "--format"),
        (["check", "a.txt", "--select", ""], "--select names no rule"),
        (["check", "a.txt", "--select", " , "], "--select names no rule"),
        (["check", "a.txt", "--batch-size", "0"], "batch-size"),
        (["check", "a.txt", "--format", "jsom"], "no format 'jsom'; did you mean json?"),
        (["check", "a.txt", "--report", "jsn=a.json"], "no format 'jsn'; did you mean json?"),
        (["check", "a.txt", "--report", "a.json"], "write it as FORMAT=FILE"),
        (["check", "a.txt", "--report", "json="], "write it as FORMAT=FILE"),
        (["check", "a.txt", "--max-findings", "-1"], "max-findings"),
        (["check", "a.txt", "--select", "word-bd"], "did you mean word-bad?"),
        (["check", "a.txt", "--ignore", "wrd"], "did you mean word?"),
        (["check", "a.txt", "--target-lang", "english!"], "'english!' is no language code"),
        (["check", "a.txt", "--config", "none.toml"], "none.toml: cannot be read"),
        (["explain", "word-awfull"], "did you mean word-awful?"),
        (["chek", "a.txt"], "Did you mean 'check'? (see mtqa --help)"),
        (["explain", "--all"], "No such option: --all"),
    ],
)
def test_wrong_usage_is_2_and_names_what_is_near(
    mtqa: Bench, arguments: list[str], says: str
) -> None:
    mtqa.write("a.txt", "All is well.\n")
    outcome = mtqa(*arguments)
    assert outcome.code == 2
    assert outcome.out == ""
    assert says in outcome.err
    assert outcome.err.startswith("mtqa: ")
    assert outcome.err.count("\n") == 1


def test_without_a_command_there_is_help(mtqa: Bench) -> None:
    outcome = mtqa()
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("Usage: mtqa")


# Scores


def test_every_sentence_is_scored(mtqa: Bench, scorer: FakeScorer) -> None:
    mtqa.write("a.txt", "All is well. All was bad.\n")
    outcome = mtqa("check", "a.txt", "--qe", "--format", "json")
    assert outcome.code == 1
    report = outcome.json
    assert report["model"] == {"name": "fake", "checksum": "0123456789abcdef" * 4}
    (document,) = report["documents"]
    assert [sentence["score"] for sentence in document["sentences"]] == [0.75, 0.25]
    assert [sentence["reason"] for sentence in document["sentences"]] == [None, None]
    assert document["score"] == report["summary"]["score"] == 0.5


def test_the_text_report_closes_with_the_scores(mtqa: Bench, scorer: FakeScorer) -> None:
    mtqa.write("a.txt", "All is well. All was well.\n")
    assert mtqa("check", "a.txt", "--qe").out == (
        "No findings in 1 document, 2 sentences.\n"
        "Mean score 0.50; lowest 0.25 at a.txt:1:14: All was well.\n"
    )
    assert mtqa("check", "a.txt", "--qe", "--quiet").out == ""


def test_without_scores_nothing_is_asked_of_a_model(mtqa: Bench, scorer: FakeScorer) -> None:
    mtqa.write("a.txt", "All is well.\n")
    mtqa.write("mtqa.toml", "qe = false")
    for options in (["--no-qe"], ["--quiet"]):
        report = mtqa("check", "a.txt", "--format", "json", *options).json
        assert report["model"] is report["summary"]["score"] is None
        (sentence,) = report["documents"][0]["sentences"]
        assert (sentence["score"], sentence["reason"]) == (None, "no model")
    assert scorer.asked == []
    assert mtqa("check", "a.txt", "--qe", "--format", "json").json["model"]
    assert scorer.asked == [["All is well."]]


def test_a_model_is_not_loaded_where_there_is_nothing_to_score(
    mtqa: Bench, scorer: FakeScorer
) -> None:
    mtqa.write("a.txt", b"%PDF-1.7 bad")
    outcome = mtqa("check", "a.txt", "none.txt", "--qe")
    assert (outcome.code, outcome.out, scorer.asked) == (2, "", [])
    assert outcome.err.count("\n") == 2


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (ModelError("there is no model 'x'"), "mtqa: there is no model 'x'\n"),
        (
            ModuleNotFoundError("No module named 'torch'", name="torch"),
            "mtqa: the model needs torch, which is not installed; install it, or run without "
            "scores (--no-qe)\n",
        ),
        (
            RuntimeError("out of memory"),
            "mtqa: internal error: RuntimeError: out of memory; please report it, and run without "
            "scores (--no-qe)\n",
        ),
    ],
)
@pytest.mark.parametrize("step", ["find_model", "open_scorer", "score"])
def test_a_model_that_fails_is_2_and_the_findings_are_reported(
    mtqa: Bench,
    scorer: FakeScorer,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    fault: Exception,
    says: str,
) -> None:
    def fail(*arguments: object, **options: object) -> None:
        raise fault

    if step == "score":
        monkeypatch.setattr(scorer, step, fail)
    else:
        monkeypatch.setattr(f"mtqa.pipeline.{step}", fail)
    for name in "ab":
        mtqa.write(f"{name}.txt", "This is bad.\n" * 600)
    outcome = mtqa("check", ".", "--qe", "--format", "json")
    assert outcome.code == 2
    assert outcome.err == says
    assert outcome.rules == ["word-bad"] * 1200
    assert outcome.json["model"] is None
    assert [error["path"] for error in outcome.json["errors"]] == [None]


def test_a_model_that_needs_a_source_is_not_asked_without(mtqa: Bench, scorer: FakeScorer) -> None:
    mtqa.write("a.txt", "This is bad.\n")
    scorer.info = replace(scorer.info, kind="transquest")
    outcome = mtqa("check", "a.txt", "--qe")
    assert outcome.code == 2
    assert outcome.err.startswith(
        "mtqa: a.txt: the model fake scores nothing without a source; name"
    )
    assert scorer.asked == []


def test_what_has_no_source_does_not_keep_the_rest_from_being_scored(
    mtqa: Bench, scorer: FakeScorer
) -> None:
    scorer.info = replace(scorer.info, kind="transquest")
    scorer.info.__dict__["checksum"] = "0123456789abcdef" * 4
    mtqa.write("a.txt", "This is bad.\n")
    mtqa.write("b.tsv", "source\ttranslation\n\tThis is new.\nPod nou.\tA new bridge.\n")
    outcome = mtqa("check", "a.txt", "b.tsv", "--qe", "--format", "json")
    assert outcome.code == 2
    assert [error["path"] for error in outcome.json["errors"]] == ["a.txt"]
    assert scorer.sources == [["", "Pod nou."]]


def test_the_options_of_the_model_reach_it(mtqa: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[object] = []

    def open_scorer(info: ModelInfo, *options: object, cached: bool, complain: object) -> object:
        given.extend((*options, cached))
        return FakeScorer()

    def find_model(name: str) -> ModelInfo:
        given.append(name)
        return FakeScorer().info

    monkeypatch.setattr("mtqa.pipeline.find_model", find_model)
    monkeypatch.setattr("mtqa.pipeline.open_scorer", open_scorer)
    mtqa.write("a.txt", "All is well.\n")
    options = "--model m --device cpu --batch-size 7 --no-cache".split()
    assert mtqa("check", "a.txt", "--qe", *options).code == 0
    assert given == ["m", "cpu", 7, False]


def test_a_damaged_cache_is_told_and_no_error(
    mtqa: Bench, scorer: FakeScorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def open_scorer(*_: object, complain: Callable[[str], None], **__: object) -> FakeScorer:
        complain("the cache\x1b was damaged")
        return scorer

    monkeypatch.setattr("mtqa.pipeline.open_scorer", open_scorer)
    mtqa.write("a.txt", "All is well.\n")
    outcome = mtqa("check", "a.txt", "--qe")
    assert (outcome.code, outcome.err) == (0, "mtqa: the cache\\x1b was damaged\n")
    assert mtqa("check", "a.txt", "--qe", "--quiet").err == ""


# Which files


def test_a_folder_gives_its_texts_and_those_below(mtqa: Bench) -> None:
    for name in ("news/b.txt", "news/deep/a.TXT", "news/notes.log", "news/.hidden/c.txt"):
        mtqa.write(name, "All is well.\n")
    outcome = mtqa("check", "news", "--format", "json")
    assert [document["path"] for document in outcome.json["documents"]] == [
        "news/b.txt",
        "news/deep/a.TXT",
    ]


def test_a_quoted_pattern_is_expanded(mtqa: Bench) -> None:
    for name in ("a.txt", "b.txt", "deep/c.txt", "d.md"):
        mtqa.write(name, "All is well.\n")
    paths = [
        document["path"]
        for document in mtqa("check", "**/*.txt", "--format", "json").json["documents"]
    ]
    assert paths == ["a.txt", "b.txt", "deep/c.txt"]


def test_a_file_named_like_a_pattern_is_a_file(mtqa: Bench) -> None:
    mtqa.write("a[1].txt", "All is well.\n")
    assert mtqa("check", "a[1].txt").code == 0


def test_a_file_is_checked_once_however_often_it_is_named(mtqa: Bench) -> None:
    mtqa.write("a.txt", "All is well.\n")
    outcome = mtqa("check", "a.txt", "./a.txt", ".", "*.txt", "--format", "json")
    assert [document["path"] for document in outcome.json["documents"]] == ["a.txt"]


def test_the_order_of_the_files_changes_no_byte(mtqa: Bench) -> None:
    for name in "abc":
        mtqa.write(f"{name}.txt", f"This is bad {name}.\n")
    for format in ("text", "json", "jsonl"):
        reports = {
            mtqa("check", *names, "--format", format).out
            for names in (("a.txt", "b.txt", "c.txt"), ("c.txt", "a.txt", "b.txt"), (".",))
        }
        assert len(reports) == 1


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("artcle.txt", "there is no such file; the nearest name is article.txt"),
        ("nowhere/a.txt", "there is no such file; check the folder's name"),
        ("empty", "the folder holds no *.txt file"),
        ("*.text", "the pattern matches no file; the nearest name is article.txt"),
    ],
)
def test_a_path_that_leads_nowhere_is_2_and_the_others_are_checked(
    mtqa: Bench, name: str, says: str
) -> None:
    mtqa.write("article.txt", "This is bad.\n")
    (mtqa.folder / "empty").mkdir()
    outcome = mtqa("check", name, "article.txt", "--format", "json")
    assert outcome.code == 2
    assert outcome.err.startswith(f"mtqa: {name}: {says}")
    assert outcome.rules == ["word-bad"]
    assert [error["path"] for error in outcome.json["errors"]] == [name]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads all")
def test_what_may_not_be_read_is_2_and_the_others_are_checked(mtqa: Bench) -> None:
    mtqa.write("a.txt", "This is bad.\n")
    mtqa.write("closed/b.txt", "This is bad.\n")
    mtqa.write("c.txt", "This is bad.\n").chmod(0)
    (mtqa.folder / "closed").chmod(0)
    outcome = mtqa("check", ".", "--format", "json")
    (mtqa.folder / "closed").chmod(0o700)
    assert outcome.code == 2
    assert outcome.rules == ["word-bad"]
    assert outcome.err.count("cannot be read: Permission denied") == 2


def test_standard_input_goes_by_the_name_that_it_is_given(mtqa: Bench) -> None:
    outcome = mtqa("check", "-", "--format", "json", stdin="Das ist bad – né?\n".encode())
    assert outcome.code == 1
    assert outcome.json["documents"][0]["path"] == "<stdin>"
    named = mtqa("check", "-", "--stdin-filename", "x/y.txt", "--format", "json", stdin=b"Bad.\n")
    assert named.json["documents"][0]["path"] == "x/y.txt"


def test_empty_standard_input_is_refused(mtqa: Bench) -> None:
    outcome = mtqa("check", "-")
    assert outcome.code == 2
    assert outcome.err == "mtqa: <stdin>: is empty; fill it or leave it out\n"


def test_excluded_files_are_left_out_of_a_search_but_not_when_named(mtqa: Bench) -> None:
    mtqa.write("mtqa.toml", 'exclude = ["drafts", "*.wire.txt"]')
    for name in ("a.txt", "b.wire.txt", "deep/drafts/c.txt"):
        mtqa.write(name, "This is bad.\n")
    outcome = mtqa("check", ".", "--format", "json")
    assert [document["path"] for document in outcome.json["documents"]] == ["a.txt"]
    assert len(mtqa("check", "b.wire.txt", "--format", "json").rules) == 1


# What is in them


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b" \n\t\r\n", "holds no text"),
        (b"\xef\xbb\xbf", "holds no text"),
        (b"Bad.\0Bad.", "holds a NUL byte at byte 4"),
        (b"%PDF-1.7 bad", "is a PDF"),
        (b"PK\x03\x04bad", "is a ZIP archive or office document"),
        ("Ein schöner Tag, bad.".encode() + b"\xe9t\xe9 \xc3\xa9\xc3\xa9\xc3\xa9", "byte 0xE9 at"),
    ],
)
def test_what_is_no_text_is_refused_with_one_sentence(
    mtqa: Bench, content: bytes, says: str
) -> None:
    mtqa.write("a.txt", content)
    mtqa.write("b.txt", "This is bad.\n")
    outcome = mtqa("check", "a.txt", "b.txt", "--format", "json")
    assert outcome.code == 2
    assert outcome.err.startswith("mtqa: a.txt: ")
    assert outcome.err.count("\n") == 1
    assert says in outcome.err
    assert outcome.rules == ["word-bad"]


def test_a_guessed_encoding_is_told(mtqa: Bench) -> None:
    mtqa.write("a.txt", "Министр обороны заявил, что войска покинут город.".encode("cp1251"))
    outcome = mtqa("check", "a.txt")
    assert outcome.code == 0
    assert outcome.err == "mtqa: a.txt: is not UTF-8; read as Windows-1251\n"
    assert mtqa("check", "a.txt", "--quiet").err == ""


def test_a_guessed_encoding_of_a_source_is_told(mtqa: Bench) -> None:
    mtqa.write("a.txt", "The minister said that troops would leave the town.")
    mtqa.write("b.txt", "Министр обороны заявил, что войска покинут город.".encode("cp1251"))
    outcome = mtqa("check", "a.txt", "--source", "b.txt", "--no-qe")
    assert outcome.err == "mtqa: b.txt: is not UTF-8; read as Windows-1251\n"


def test_a_wrong_declaration_of_the_encoding_is_told(mtqa: Bench) -> None:
    mtqa.write("a.html", "<meta charset=iso-8859-1><p>The café is closed.</p>")
    outcome = mtqa("check", "a.html", "--no-qe")
    assert outcome.err == (
        "mtqa: a.html: says that its encoding is iso-8859-1 but is not; read as utf-8\n"
    )


def test_a_file_over_the_limit_is_refused(mtqa: Bench) -> None:
    mtqa.write("mtqa.toml", "max-file-size = 1")
    mtqa.write("a.txt", b"bad\n" * 250_001)
    outcome = mtqa("check", "a.txt")
    assert outcome.code == 2
    assert outcome.err == (
        "mtqa: a.txt: is larger than the 1 MB that max-file-size allows (1.0 MB); "
        "split it, or raise max-file-size in the configuration\n"
    )


def test_a_rule_that_fails_takes_no_other_finding_with_it(mtqa: Bench) -> None:
    mtqa.write("a.txt", "The crash is bad.\n")
    outcome = mtqa("check", "a.txt", "--format", "json")
    assert outcome.code == 2
    assert outcome.rules == ["word-bad"]
    assert outcome.json["errors"][0]["rule"] == "crash-test"
    assert (
        "mtqa: a.txt: rule crash-test: internal error: RuntimeError: no such luck; please report it"
        in outcome.err
    )
    assert mtqa("check", "a.txt", "--ignore", "crash-test").code == 1


def test_a_huge_line_is_shown_by_a_window(mtqa: Bench) -> None:
    mtqa.write("a.txt", "fair " * 100_000 + "bad " + "fair " * 100_000)
    outcome = mtqa("check", "a.txt")
    assert outcome.code == 1
    assert max(map(len, outcome.out.splitlines())) <= 100


def test_a_text_that_fails_takes_no_other_text_with_it(
    mtqa: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mtqa.text import analysis

    def split(text: str, *others: object) -> list[Span]:
        if "fragile" in text:
            raise RuntimeError("it broke")
        return [Span(0, len(text))]

    monkeypatch.setattr(analysis, "split_sentences", split)
    mtqa.write("a.txt", "A fragile text.\n")
    mtqa.write("b.txt", "This is bad.\n")
    outcome = mtqa("check", "a.txt", "b.txt", "--format", "json")
    assert outcome.code == 2
    assert outcome.rules == ["word-bad"]
    assert outcome.err == "mtqa: a.txt: internal error: RuntimeError: it broke; please report it\n"


# Where the report goes


def test_the_report_is_written_to_a_file(mtqa: Bench) -> None:
    mtqa.write("a.txt", "This is bad.\n")
    expected = mtqa("check", "a.txt", "--format", "json").out
    outcome = mtqa("check", "a.txt", "--format", "json", "--output", "report.json")
    assert (outcome.code, outcome.out) == (1, "")
    assert Path("report.json").read_text(encoding="utf-8") == expected
    assert sorted(path.name for path in mtqa.folder.iterdir()) == ["a.txt", "report.json"]


def test_a_report_is_written_whole_or_not_at_all(
    mtqa: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mtqa.reports import json

    def broken(result: object) -> object:
        yield '{"half"'
        raise RuntimeError("the pen broke")

    mtqa.write("a.txt", "This is bad.\n")
    mtqa.write("report.json", "the last one")
    monkeypatch.setattr(json, "render", broken)
    outcome = mtqa("check", "a.txt", "--format", "json", "--output", "report.json")
    assert outcome.code == 2
    assert "internal error: RuntimeError: the pen broke" in outcome.err
    assert Path("report.json").read_text(encoding="utf-8") == "the last one"
    assert sorted(path.name for path in mtqa.folder.iterdir()) == ["a.txt", "report.json"]


@pytest.mark.parametrize(
    ("output", "says"),
    [
        ("none/report.txt", "its folder does not exist"),
        (".", "is a folder"),
        ("a.txt", "would be overwritten"),
    ],
)
def test_a_report_that_has_no_place_is_refused_before_the_work(
    mtqa: Bench, output: str, says: str
) -> None:
    mtqa.write("a.txt", "This is bad.\n")
    outcome = mtqa("check", "a.txt", "--output", output)
    assert outcome.code == 2
    assert says in outcome.err
    assert Path("a.txt").read_text(encoding="utf-8") == "This is bad.\n"


def test_several_reports_are_written_beside_the_one_on_stdout(mtqa: Bench) -> None:
    mtqa.write("a.txt", "This is bad.\n")
    expected = {name: mtqa("check", "a.txt", "--format", name).out for name in FORMATS}
    reports = [f"--report={name}={name}.out" for name in FORMATS]
    outcome = mtqa("check", "a.txt", "--quiet", *reports)
    assert outcome.code == 1
    assert "word-bad" in outcome.out
    for name in FORMATS:
        assert Path(f"{name}.out").read_bytes().decode() == expected[name]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--report", "json=none/a.json"], "none/a.json: its folder does not exist"),
        (["--report", "json=a.txt"], "a.txt: would be overwritten by --report"),
        (["--report", "json=r", "--report", "jsonl=./r"], "r: would be overwritten by --report"),
        (["--output", "r", "--report", "json=r"], "r: would be overwritten by --report"),
    ],
)
def test_a_report_among_several_that_has_no_place_is_refused_before_the_work(
    mtqa: Bench, options: list[str], says: str
) -> None:
    mtqa.write("a.txt", "This is bad.\n")
    outcome = mtqa("check", "a.txt", *options)
    assert (outcome.code, outcome.out) == (2, "")
    assert says in outcome.err
    assert [path.name for path in mtqa.folder.iterdir()] == ["a.txt"]


def test_no_report_overwrites_a_text_that_a_search_finds(mtqa: Bench) -> None:
    mtqa.write("texts/a.txt", "This is bad.\n")
    page = mtqa.write("texts/b.html", "<p>This is bad.</p>")
    for arguments in (["--output", "texts/b.html"], ["--report", "html=texts/b.html"]):
        outcome = mtqa("check", "texts", *arguments)
        assert (outcome.code, outcome.out) == (2, "")
        assert "texts/b.html: is one of the texts to check" in outcome.err
    assert mtqa("report", "texts", "-o", "texts/b.html").code == 2
    assert page.read_text() == "<p>This is bad.</p>"


@pytest.mark.parametrize("name", ["report.html", "report.md"])
def test_a_report_among_the_texts_is_written_anew(mtqa: Bench, name: str) -> None:
    mtqa.write("a.txt", "This is bad.\n")
    assert mtqa("report", ".", "-o", name).code == 0
    first = (mtqa.folder / name).read_bytes()
    assert mtqa("report", ".", "-o", name).code == 0
    assert (mtqa.folder / name).read_bytes() == first


def test_no_report_overwrites_what_a_run_reads_besides_texts(mtqa: Bench) -> None:
    mtqa.write("a.txt", "This is bad.\n")
    mtqa.write("terms.csv", "source,target\nHaus,house\n")
    mtqa("check", "a.txt", "--baseline", "b.json", "--update-baseline")
    for given in (["--glossary", "terms.csv"], ["--baseline", "b.json"]):
        before = (mtqa.folder / given[1]).read_bytes()
        outcome = mtqa("check", "a.txt", *given, "--report", f"csv={given[1]}")
        assert outcome.code == 2 and "would be overwritten" in outcome.err
        assert (mtqa.folder / given[1]).read_bytes() == before


def test_quiet_leaves_the_findings_only(mtqa: Bench) -> None:
    mtqa.write("a.txt", "All is well.\n")
    assert mtqa("check", "a.txt", "--quiet").out == ""
    mtqa.write("b.txt", "This is bad.\n")
    assert "word-bad" in mtqa("check", "b.txt", "-q").out
    assert "finding" not in mtqa("check", "b.txt", "-q").out


def test_colour_is_for_terminals_and_for_those_who_ask(
    mtqa: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    mtqa.write("a.txt", "This is bad.\n")
    assert "\x1b" not in mtqa("check", "a.txt").out
    assert "\x1b[" in mtqa("check", "a.txt", "--color", "always").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in mtqa("check", "a.txt", "--color", "auto").out


def test_the_text_cannot_command_the_terminal(mtqa: Bench) -> None:
    mtqa.write("a.txt", "A \x1b[31m bad\u202e thing\x07.\n")
    outcome = mtqa("check", "a.txt")
    assert "A \\x1b[31m bad\\u202e thing\\x07." in outcome.out
    assert not {"\x1b", "\u202e", "\x07"} & set(outcome.out)


def test_offsets_cut_out_the_text_of_the_file(mtqa: Bench) -> None:
    text = "Ein 😀 bad\r\nTag. \U00020000 bad\rund é bad.\n"
    path = mtqa.write("a.txt", b"\xef\xbb\xbf" + text.encode())
    decoded = path.read_bytes().decode("utf-8-sig")
    document = mtqa("check", "a.txt", "--format", "json").json["documents"][0]
    assert [decoded[f["start"] : f["end"]] for f in document["findings"]] == ["bad"] * 3
    assert [(f["line"], f["column"]) for f in document["findings"]] == [(1, 7), (2, 8), (3, 7)]
    for sentence in document["sentences"]:
        assert decoded[sentence["start"] : sentence["end"]] == sentence["text"]


def test_json_lines_are_those_of_the_result_held_whole(mtqa: Bench) -> None:
    mtqa.write("texts/a.txt", "This is bad.\n\nAnd meh.")
    mtqa.write("texts/b.txt", "All is well.\n")
    mtqa.write("texts/c.txt", "")
    streamed = mtqa("check", "texts", "--format", "jsonl")
    held = mtqa("check", "texts", "--format", "jsonl", "--report", "csv=a.csv")
    assert (streamed.code, streamed.out, streamed.err) == (held.code, held.out, held.err)
    assert streamed.code == 2
    mtqa("check", "texts", "--format", "jsonl", "--output", "a.jsonl")
    assert (mtqa.folder / "a.jsonl").read_text(encoding="utf-8") == streamed.out


@pytest.mark.skipif(sys.platform == "win32", reason="there are no named pipes")
def test_json_lines_of_a_named_pipe(mtqa: Bench) -> None:
    os.mkfifo("pipe")
    writer = threading.Thread(target=Path("pipe").write_text, args=("This is bad.\n",))
    writer.start()
    outcome = mtqa("check", "pipe", "--format", "jsonl", "--output", "a.jsonl")
    writer.join()
    assert (outcome.code, outcome.err) == (1, "")


def test_a_model_that_is_missing_is_an_error_of_the_report(mtqa: Bench) -> None:
    mtqa.write("a.txt", "This is bad.\n")
    options = ["--qe", "--model", "./none", "--format", "jsonl", "--output", "a.jsonl"]
    outcome = mtqa("check", "a.txt", *options)
    assert outcome.code == 2 and "./none" in outcome.err
    kinds = [json.loads(row)["kind"] for row in Path("a.jsonl").read_text("utf-8").splitlines()]
    assert kinds == ["sentence", "error", "summary"]
