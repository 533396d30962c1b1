"""Every output format over one fixed result, against a file in ``snapshots``.

``MTQA_SNAPSHOTS=write pytest tests/reports`` writes them anew.
"""

from __future__ import annotations

import json as stdlib_json
import os
from collections.abc import Iterator, Sequence
from importlib.resources import files
from itertools import filterfalse
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from mtqa.check import find_line_starts
from mtqa.reports import json, jsonl, text
from mtqa.result import DocumentResult, Finding, Model, Problem, Result, Severity
from mtqa.text.document import Document, Span
from mtqa.text.estimates import SegmentScore
from mtqa.text.sentences import find_paragraphs, split_sentences

SNAPSHOTS = Path(__file__).parent / "snapshots"
SCHEMA: dict[str, Any] = stdlib_json.loads(
    (files("mtqa.reports") / "schema-1.json").read_text(encoding="utf-8")
)

BORDER = (
    "Traffic at Spin Boldak has stopped, officials of the province said in a statement that was "
    "read out on Wednesday evening, and the crossing of Spinboldak remains closed to all.\r\n\r\n"
    "“We wait,” he said.\r\n"
    "He said\x1b[31m\u202e it.\tNobody came. Nobody came.\r\n"
)
TOKYO = (
    "東京の新聞は「東京」と書いた。その後、記者はとうきょうと書いた。\n"
    "👨\u200d👩\u200d👧 क्षि e\u0301 the the end.\n"
)


def finding(
    document: Document,
    marked: str,
    rule: str,
    severity: Severity,
    message: str,
    *,
    suggestion: str | None = None,
    related: tuple[str, ...] = (),
) -> Finding:
    def span(words: str) -> Span:
        start = document.text.index(words)
        return Span(start, start + len(words))

    return Finding(
        rule=rule,
        severity=severity,
        category="Fluency/Inconsistency",
        message=message,
        span=span(marked),
        sentence=0,
        suggestion=suggestion,
        related=tuple(map(span, related)),
        confidence=0.9,
        fingerprint="0123456789abcdef",
    )


def result_of(
    document: Document, *findings: Finding, scores: Sequence[SegmentScore] | None = None
) -> DocumentResult:
    paragraphs = find_paragraphs(document.text)
    return DocumentResult(
        document=document,
        sentences=split_sentences(document.text, paragraphs, document.lang),
        findings=findings,
        words=len(document.text.split()),
        line_starts=find_line_starts(document.text),
        scores=scores,
    )


@pytest.fixture(scope="module")
def result() -> Result:
    border = Document("news/border.txt", BORDER, "en")
    tokyo = Document("news/\x1btokyo.txt", TOKYO, "ja", "utf-16-le")
    return Result(
        model=Model("mtqa-qe-small", "0123456789abcdef" * 4),
        documents=(
            result_of(
                border,
                finding(
                    border,
                    "Spinboldak",
                    "name-variant",
                    Severity.MAJOR,
                    "“Spinboldak” is also spelled “Spin Boldak”.",
                    suggestion="Spin Boldak",
                    related=("Spin Boldak", "Traffic", "officials", "Wednesday"),
                ),
                finding(
                    border,
                    "He said\x1b[31m\u202e it.\tNobody came. Nobody came.\r\n",
                    "repeated-sentence",
                    Severity.CRITICAL,
                    "A whole line\x1b[0m goes wrong.",
                    suggestion="",
                ),
                scores=(
                    SegmentScore(0.5, truncated=True),
                    SegmentScore(0.12345),
                    SegmentScore(None, reason="no words"),
                    SegmentScore(0.9),
                    SegmentScore(0.9),
                ),
            ),
            result_of(Document("news/clean.txt", "All is well.\n", "en")),
            result_of(
                tokyo,
                finding(tokyo, "とうきょう", "name-variant", Severity.MINOR, "Another script."),
                finding(tokyo, "the the", "repeated-word", Severity.MINOR, "“the” twice."),
                scores=(SegmentScore(1.0), SegmentScore(2 / 3), SegmentScore(0.12345)),
            ),
        ),
        problems=(
            Problem("news/a.txt", "is empty; fill it or leave it out"),
            Problem("news/b.txt", "holds a NUL byte at byte 7", byte=7),
            Problem("news/c.txt", "rule x failed", rule="x"),
            Problem(None, "the model y is missing"),
        ),
    )


def compare(name: str, pieces: Iterator[str]) -> str:
    report = "".join(pieces)
    path = SNAPSHOTS / name
    if os.environ.get("MTQA_SNAPSHOTS") == "write":
        path.write_bytes(report.encode())
    assert report == path.read_bytes().decode()
    return report


def test_text(result: Result) -> None:
    compare("report.txt", text.render(result, color=False, width=80, summary=True))


def test_text_in_colour(result: Result) -> None:
    compare("report.ansi", text.render(result, color=True, width=120, summary=True))


def test_json_keeps_to_the_schema(result: Result) -> None:
    report = compare("report.json", json.render(result))
    Draft202012Validator(SCHEMA).validate(stdlib_json.loads(report))


def test_every_line_of_jsonl_keeps_to_the_schema(result: Result) -> None:
    report = compare("report.jsonl", jsonl.render(result))
    rows = Draft202012Validator({"$ref": "#/$defs/row", "$defs": SCHEMA["$defs"]})
    for line in report.splitlines():
        rows.validate(stdlib_json.loads(line))


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_an_empty_result_is_a_report_too() -> None:
    Draft202012Validator(SCHEMA).validate(stdlib_json.loads("".join(json.render(Result(())))))
    assert "".join(text.render(Result(()), color=False, width=80, summary=True)) == ""


def test_a_document_scores_as_its_sentences_on_average_and_so_does_the_run() -> None:
    one, two = Document("a.txt", "One. Two. Three.", "en"), Document("b.txt", "* * *", "en")
    scores = SegmentScore(0.2), SegmentScore(None), SegmentScore(0.6)
    result = Result(
        (
            result_of(one, scores=scores),
            result_of(two, scores=(SegmentScore(None, reason="no words"),)),
            result_of(one, scores=[SegmentScore(0.1)] * 3),
        )
    )
    assert [document.score for document in result.documents] == pytest.approx([0.4, None, 0.1])
    assert result.score == pytest.approx(0.22)


def test_without_scores_the_text_report_says_nothing_of_them() -> None:
    result = Result((result_of(Document("a.txt", "All is well.\n", "en")),))
    report = "".join(text.render(result, color=False, width=80, summary=True))
    assert report == "No findings in 1 document, 1 sentence.\n"


@pytest.mark.parametrize("width", [40, 80])
@pytest.mark.parametrize(
    "sentence", ["word " * 100 + "end.", "新聞" * 100, "\x1b[2J" * 50, "Short."]
)
def test_the_lowest_sentence_is_shown_on_one_line(sentence: str, width: int) -> None:
    import wcwidth

    document = Document("a.txt", f"First.\n\n{sentence}\n", "en")
    result = Result((result_of(document, scores=(SegmentScore(0.3), SegmentScore(0.25))),))
    report = "".join(text.render(result, color=False, width=width, summary=True))
    _, line = report.splitlines()
    head = "Mean score 0.28; lowest 0.25 at a.txt:3:1: "
    assert line.startswith(head)
    assert line.isprintable()
    assert wcwidth.wcswidth(line) <= max(width, len(head) + 20)
    assert line.endswith("…") == (sentence != "Short.")


@pytest.mark.parametrize("width", [40, 60, 100])
@pytest.mark.parametrize(
    ("line", "marked"),
    [
        ("word " * 100 + "bad " + "word " * 100, "bad"),
        ("bad " + "word " * 100, "bad"),
        ("word " * 100 + "bad", "bad"),
        ("新聞" * 100 + "悪" + "新聞" * 100, "悪"),
        ("e\u0301" * 100 + "bad" + "e\u0301" * 100, "bad"),
        ("short bad line", "bad"),
        ("x" * 500, "x" * 400),
        ("a\u200bb", "\u200b"),
        ("a\u200db", "\u200d"),
    ],
)
def test_carets_stand_under_the_span_and_fit_the_screen(line: str, marked: str, width: int) -> None:
    import wcwidth

    document = Document("a.txt", line, "en")
    report = "".join(
        text.render(
            Result((result_of(document, finding(document, marked, "r", Severity.MINOR, "m")),)),
            color=False,
            width=width,
            summary=False,
        )
    )
    _, _, excerpt, carets, *_ = report.splitlines()
    assert wcwidth.wcswidth(excerpt) <= width
    start, end = carets.index("^"), carets.rindex("^") + 1
    columns = 0
    under = []
    for character in excerpt:
        if start <= columns < end:
            under.append(character)
        columns += wcwidth.wcwidth(character)
    shown = "".join(under).lstrip("\u0301").rstrip("…")
    assert shown and (shown.startswith(text.visible(marked)) or marked.startswith(shown[:5]))


def test_no_character_of_the_text_breaks_a_line_or_a_terminal() -> None:
    document = Document("a.txt", "One\u2028bad\u202e\x85\ufeff\x1b[2J.", "en")
    result = Result((result_of(document, finding(document, "bad", "r", Severity.MINOR, "m")),))
    for render in (json.render, jsonl.render):
        report = "".join(render(result))
        assert report.isprintable() or set(filterfalse(str.isprintable, report)) == {"\n"}
        assert report.splitlines() == report.split("\n")[:-1]
    row = stdlib_json.loads("".join(jsonl.render(result)).splitlines()[0])
    assert row["text"] == "One"
