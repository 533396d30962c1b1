"""Every output format over one fixed result, against a file in ``snapshots``.

``MTQA_SNAPSHOTS=write pytest tests/reports`` writes them anew.
"""

from __future__ import annotations

import base64
import csv
import gzip
import hashlib
import json as stdlib_json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from importlib.resources import files
from io import StringIO
from itertools import filterfalse
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator, Draft202012Validator
from lxml import etree
from markdown_it import MarkdownIt

from mtqa.cli.output import find_render
from mtqa.config import FORMATS
from mtqa.pipeline import find_line_starts
from mtqa.reports import checkstyle, github, gitlab, json, jsonl, junit, md, rdjson, sarif, text
from mtqa.reports.csv import COLUMNS
from mtqa.reports.csv import render as render_csv
from mtqa.result import DocumentResult, Finding, Model, Problem, Result, RuleInfo, Severity
from mtqa.text.document import Document, Origin, Source, Span, Unit
from mtqa.text.estimates import SegmentScore
from mtqa.text.sentences import find_paragraphs, split_sentences

SNAPSHOTS = Path(__file__).parent / "snapshots"
SCHEMAS = Path(__file__).parent / "schemas"
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


RULES = (
    RuleInfo(
        "name-variant",
        "name",
        "Fluency/Inconsistency",
        Severity.MAJOR,
        "One entity is spelled in more than one way.",
        "One entity is spelled in more than one way.\n\nWhat it finds\n-------------\nA name, as "
        "in `a*b`, that is\nspelled [in](two) <b>ways</b>.\n\nExample\n-------\nBad: Spinboldak.",
    ),
    RuleInfo(
        "repeated-sentence",
        "repetition",
        "Fluency/Duplication",
        Severity.MAJOR,
        "A sentence says again what an earlier one has said.",
        "A sentence says again what an earlier one has said.",
    ),
    RuleInfo(
        "repeated-word",
        "repetition",
        "Fluency/Duplication",
        Severity.MINOR,
        "A word stands twice in a row.",
        "A word stands twice in a row.",
        preview=True,
    ),
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
        rules={rule.name: rule for rule in RULES},
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


def check_json(report: str) -> Any:
    loaded = stdlib_json.loads(report)
    Draft202012Validator(SCHEMA).validate(loaded)
    return loaded


def check_jsonl(report: str) -> list[Any]:
    rows = Draft202012Validator({"$ref": "#/$defs/row", "$defs": SCHEMA["$defs"]})
    loaded = list(map(stdlib_json.loads, report.splitlines()))
    for row in loaded:
        rows.validate(row)
    return loaded


def check_sarif(report: str) -> Any:
    """By the schema of OASIS, the limits of GitHub, and what the schema cannot say."""
    loaded = stdlib_json.loads(report)
    schema = stdlib_json.loads((SCHEMAS / "sarif-2.1.0.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema).validate(loaded)
    (run,) = loaded["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(loaded["runs"]) <= 20 and len(rules) <= 25_000 and len(run["results"]) <= 25_000
    assert (
        max((len(it["properties"]["tags"]) for it in run["tool"]["driver"]["rules"]), default=0)
        <= 10
    )
    for message in list_messages(run):
        assert not re.search(r"[{}]", message.replace("{{", "").replace("}}", ""))
    assert len(gzip.compress(report.encode())) < 10_000_000
    for row in run["results"]:
        assert rules[row["ruleIndex"]] == row["ruleId"]
        assert len(row.get("relatedLocations", [])) + len(row["locations"]) <= 100
        for location in (*row["locations"], *row.get("relatedLocations", [])):
            artifact = location["physicalLocation"]["artifactLocation"]
            assert re.fullmatch(r"[A-Za-z0-9%._~/-]+", artifact["uri"])
            region = location["physicalLocation"]["region"]
            assert (region["startLine"], region["startColumn"]) < (
                region["endLine"],
                region["endColumn"],
            )
    return run


def list_messages(value: Any) -> Iterator[str]:
    """The texts of all message objects, which 3.11.5 asks to have their braces doubled."""
    if isinstance(value, list):
        for one in value:
            yield from list_messages(one)
    elif isinstance(value, dict):
        for key, one in value.items():
            if key == "message" or (key == "description" and "text" in one):
                yield one["text"]
            else:
                yield from list_messages(one)


def check_github(report: str) -> list[str]:
    """By the grammar of workflow commands: one a line, nothing else."""
    lines = report.split("\n")
    assert lines.pop() == ""
    for line in lines:
        match = re.fullmatch(r"::(error|warning|notice) (\w+=[^,:]*(?:,\w+=[^,:]*)*)::(.+)", line)
        assert match, line
    return lines


def check_gitlab(report: str) -> Any:
    loaded = stdlib_json.loads(report)
    schema = stdlib_json.loads((SCHEMAS / "gitlab-code-quality.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema).validate(loaded)
    assert max(Counter(row["fingerprint"] for row in loaded).values(), default=1) == 1
    return loaded


def check_junit(report: str) -> etree._Element:
    root = etree.fromstring(report.encode())
    etree.XMLSchema(etree.parse(SCHEMAS / "junit-10.xsd")).assertValid(root)
    for node in (root, *root.iter("testsuite")):
        for attribute, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error")):
            assert node.get(attribute) == str(len(list(node.iter(tag))))
    return root


def check_checkstyle(report: str) -> etree._Element:
    """By what Checkstyle itself writes."""
    root = etree.fromstring(report.encode())
    assert root.tag == "checkstyle" and root.get("version")
    for file in root:
        assert file.tag == "file" and file.get("name")
        for error in file:
            assert error.tag == "error" and len(error) == 0
            assert int(error.get("line", "")) > 0 and int(error.get("column", "")) > 0
            assert error.get("severity") in ("error", "warning", "info")
            assert error.get("message") and error.get("source")
    return root


def check_rdjson(report: str) -> Any:
    loaded = stdlib_json.loads(report)
    schema = stdlib_json.loads((SCHEMAS / "rdformat.json").read_text(encoding="utf-8"))
    Draft7Validator(schema).validate(loaded)
    return loaded


def check_html(report: str) -> str:
    """By a strict parser, and by what keeps the page from running or fetching anything else."""
    parser = html5lib.HTMLParser(strict=True, tree=html5lib.getTreeBuilder("lxml"))
    page = parser.parse(report)
    names = {"x": "http://www.w3.org/1999/xhtml"}
    (policy,) = page.xpath("//x:meta[@http-equiv]/@content", namespaces=names)
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert directives["default-src"] == directives["img-src"] == "'none'"
    for tag in ("style", "script"):
        contents = [node.text for node in page.xpath(f"//x:{tag}", namespaces=names)]
        hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()) for text in contents]
        allowed = [f"'sha256-{digest.decode()}'" for digest in hashes]
        assert directives[f"{tag}-src"].split() == allowed
    attributes = [
        (etree.QName(node).localname, name, value)
        for node in page.iter(etree.Element)
        for name, value in node.attrib.items()
    ]
    assert not [one for one in attributes if one[1].startswith("on") or one[1] in ("style", "src")]
    ids = [value for _, name, value in attributes if name == "id"]
    assert len(ids) == len(set(ids))
    targets = {value for _, name, value in attributes if name.endswith("href")}
    assert targets <= {f"#{value}" for value in ids}
    for name in ("aria-labelledby", "for"):
        assert {value for _, one, value in attributes if one == name} <= {*ids, "rule-name"}
    return report


def without_script(report: str) -> str:
    """A page without what stands in files of its own."""
    report = re.sub(r"(<(style|script)>).*?(?=</\2>)", r"\1", report, flags=re.S)
    return re.sub(r"sha256-[\w+/]+=*", "sha256-", report)


def check_md(report: str) -> str:
    """By a reader of CommonMark with GitHub's tables: each row has as many cells as its head."""
    for lines in re.split(r"\n\n", report):
        rows = [line for line in lines.split("\n") if line.startswith("|")]
        assert len({len(re.findall(r"(?<!\\)\|", row)) for row in rows}) <= 1
        assert all(row.startswith("| ") and row.endswith(" |") for row in rows)
    tokens = MarkdownIt("commonmark").enable("table").parse(report)
    inline = [child for token in tokens for child in token.children or ()]
    assert {child.type for child in inline} <= {
        *("text", "text_special", "strong_open", "strong_close"),
        *("html_inline",),
    }
    assert {child.content for child in inline if child.type == "html_inline"} <= {"<br>"}
    assert not any(token.type in ("html_block", "fence", "code_block") for token in tokens)
    return report


def check_csv(report: str) -> list[list[str]]:
    """By RFC 4180, and by what no spreadsheet may take for a formula."""
    assert report.endswith("\r\n") and "\n" not in report.replace("\r\n", "")
    rows = list(csv.reader(StringIO(report, newline=""), strict=True))
    assert tuple(rows[0]) == COLUMNS
    assert all(len(row) == len(COLUMNS) for row in rows)
    assert not any(re.match(r"\s*[=+@-]", cell) for row in rows for cell in row)
    return rows[1:]


def check_text(report: str) -> None:
    assert not report or report.endswith("\n")


# What says that a report keeps to its format.
CHECKS: dict[str, Callable[[str], Any]] = {
    "text": check_text,
    "json": check_json,
    "jsonl": check_jsonl,
    "html": check_html,
    "md": check_md,
    "csv": check_csv,
    "sarif": check_sarif,
    "github": check_github,
    "gitlab": check_gitlab,
    "junit": check_junit,
    "checkstyle": check_checkstyle,
    "rdjson": check_rdjson,
}


def test_every_format_has_a_check() -> None:
    assert list(CHECKS) == list(FORMATS)


@pytest.mark.parametrize("format", FORMATS[1:])
def test_the_fixed_result_keeps_to_the_format(result: Result, format: str) -> None:
    report = "".join(find_render(format)(result))
    CHECKS[format](report)
    compare(f"report.{format}", iter([without_script(report) if format == "html" else report]))


def test_text(result: Result) -> None:
    check_text(compare("report.txt", text.render(result, color=False, width=80, summary=True)))


@pytest.mark.parametrize("format", FORMATS)
def test_an_empty_result_keeps_to_the_format(format: str) -> None:
    CHECKS[format]("".join(find_render(format)(Result(()))))


def test_text_in_colour(result: Result) -> None:
    compare("report.ansi", text.render(result, color=True, width=120, summary=True))


def test_the_summary_of_a_job(result: Result) -> None:
    compare("summary.md", github.summarise(result))


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_of_nothing_there_is_nothing_to_say() -> None:
    assert "".join(text.render(Result(()))) == "".join(github.render(Result(()))) == ""


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


# What would command a reader of a report if the report let it.
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "]]></failure></testcase>",
    "\x1b[31mred\x1b[0m\x1b]8;;https://evil.example\x07link",
    "\u202eslavered\u2066 order\u2069",
    "%0A::error::owned",
    "\r\n::stop-commands::x\r\n",
    "[click](https://evil.example) {0} {{name}} \\ \\[",
    "| cell | `code` @someone #1",
    "nul \x00 bell \x07 del \x7f nel \x85 ls \u2028 bom \ufeff none \ufffe \uffff",
    "<!--?xml?--><![CDATA[ &amp; &#0; &lol;",
    "\U0001f468\u200d\U0001f469 e\u0301 \U000e0041 \U0001d54f",
    "=cmd|'/c calc'!A1",
)


@pytest.fixture(scope="module")
def hostile() -> Result:
    """An article of such pieces, with a line of 100,000 characters, all of it found fault with."""
    long = "word " * 20_000
    document = Document('a "b" <c>&,:%\x1b\udce9/]]>.txt', "\n".join((*HOSTILE, long)), "en")
    found = [
        replace(
            finding(
                document, piece, "name-variant", Severity.CRITICAL, f"“{piece}” is wrong \ud800."
            ),
            suggestion=piece[::-1],
            related=tuple(Span(at, at + 1) for at in range(len(document.text) - 12))[:50],
            fingerprint=f"{number:016x}",
        )
        for number, piece in enumerate((*HOSTILE, long))
    ]
    return Result(
        (result_of(document, *found),),
        problems=tuple(
            Problem(path, f"is {piece}", rule=rule)
            for piece in HOSTILE
            for path, rule in ((piece, None), (None, None), ("a.txt", piece))
        ),
        rules={
            rule.name: replace(rule, summary=HOSTILE[0], documentation="\n\n".join(HOSTILE))
            for rule in RULES
        },
    )


@pytest.mark.parametrize("format", FORMATS)
def test_a_hostile_article_keeps_to_the_format(hostile: Result, format: str) -> None:
    report = "".join(find_render(format)(hostile))
    CHECKS[format](report)
    if format == "csv":  # whose lines end so
        report = report.replace("\r\n", "\n")
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff]", report)
    report.encode()


# Where a format has a meaning for a character, alone or beside another.
_MEANT = st.sampled_from(
    [
        *"\t\n\r\v\f\x00\x1b\x85\u2028\u2029\u200d\u202e\ufeff\ufffe\ufdd0\U0001fffe\u0301'\"`|\\{}[]()<>&;%:,",
        *(
            "::error::x",
            "##[error]x",
            "%0A",
            "]]>",
            "]]",
            "-->",
            "<!--",
            "&#0;",
            "&lt",
            "](",
            "=1+1",
        ),
        *(
            "@user",
            "http://a.b",
            "www.a.b",
            "```",
            "~~~",
            "$x$",
            ":tada:",
            "<br>",
            "</script>",
            "\r\n",
        ),
        *("# ", "> ", "- ", "1. ", "---", "===", "    ", "a", "É", "新", "👩\u200d👧", "{0}", "{{"),
    ]
)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(_MEANT | st.text(st.characters(exclude_categories=["Cs"]), max_size=3), min_size=1),
    st.data(),
)
def test_whatever_characters_stand_in_a_text_every_format_holds(
    pieces: list[str], data: st.DataObject
) -> None:
    text = "A" + "".join(pieces)
    document = Document("news/" + text.replace("/", ""), text, "en", source=Source(text, "de", "b"))
    start = data.draw(st.integers(0, len(text) - 1))
    span = Span(start, data.draw(st.integers(start + 1, len(text))))
    one = replace(
        finding(document, text[:1], "name-variant", Severity.MAJOR, f"“{text}”", suggestion=text),
        span=span,
        related=(span,),
        source=span,
    )
    checked = replace(
        result_of(document, one), sources=(Span(0, len(text)),) * len(result_of(document).sentences)
    )
    result = Result(
        (checked,), rules={rule.name: rule for rule in RULES}, problems=(Problem(text, text),)
    )
    for format in FORMATS:
        report = "".join(find_render(format)(result))
        CHECKS[format](report)
        lines = report.replace("\r\n", "\n")
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\ufeff]", lines), format
        if format != "github":
            assert not re.search(r"^\s*(::|##\[)", lines, re.M), format
    check_md("".join(github.summarise(result)))


def test_no_line_of_a_hostile_article_is_a_command_of_the_runner(hostile: Result) -> None:
    for format in FORMATS:
        lines = "".join(find_render(format)(hostile)).splitlines()
        commands = [line for line in lines if line.lstrip().startswith("::")]
        assert len(commands) == (len(lines) if format == "github" else 0)


def test_a_hostile_article_can_mark_nothing_up_in_the_summary_of_a_job(hostile: Result) -> None:
    summary = "".join(github.summarise(hostile))
    assert len(summary.encode()) < 1_048_576
    for line in summary.splitlines()[4:]:
        if line.startswith("| ") and "---" not in line:
            cells = line.strip("| ")
            assert not re.search(r"[<>`*\[\]@_\\]", cells)
            assert not re.search(r"&(?!#\d+;)", cells)


def test_sarif_leaves_out_the_mildest_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    assert sarif._MAX_RESULTS == 25_000  # GitHub's; a tenth of it here, to validate in time
    monkeypatch.setattr(sarif, "_MAX_RESULTS", 2_500)
    document = Document("a.txt", "bad " * 2_600, "en")
    found = [
        Finding(
            rule="repeated-word",
            severity=Severity.MAJOR if number % 2 else Severity.MINOR,
            category="c/d",
            message="m",
            span=Span(4 * number, 4 * number + 3),
            sentence=0,
            suggestion=None,
            related=(),
            confidence=0.9,
            fingerprint=str(number),
        )
        for number in range(2_600)
    ]
    rules = {rule.name: rule for rule in RULES}
    run = check_sarif("".join(sarif.render(Result((result_of(document, *found),), rules=rules))))
    assert Counter(row["level"] for row in run["results"]) == {"error": 1_300, "note": 1_200}
    (note,) = run["invocations"][0]["toolExecutionNotifications"]
    assert note["message"]["text"].startswith("100 findings, the mildest, are left out")


def test_sarif_is_cut_where_the_forge_would_refuse_its_size(
    result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sarif, "_MAX_COMPRESSED", 0)
    run = check_sarif("".join(sarif.render(result)))
    assert len(run["results"]) < 4
    texts = [
        note["message"]["text"] for note in run["invocations"][0]["toolExecutionNotifications"]
    ]
    assert texts[-1].endswith("are left out: code scanning takes no more than 25,000 and 10 MB.")


def test_a_link_or_a_placeholder_in_a_message_of_sarif_is_none(hostile: Result) -> None:
    run = check_sarif("".join(sarif.render(hostile)))
    messages = [row["message"]["text"] for row in run["results"]]
    assert any(
        "[click\\](https://evil.example) {{0}} {{{{name}}}}" in message for message in messages
    )
    assert not any(re.search(r"(?<!\\)\]\(", message) for message in messages)


def test_paths_are_those_from_the_repository(tmp_path: Path) -> None:
    inside = Document(str(tmp_path / "news" / "ä b.txt"), "bad", "en")
    outside = Document(str(tmp_path.parent / "c.txt"), "bad", "en")
    result = Result(
        tuple(
            result_of(one, finding(one, "bad", "repeated-word", Severity.MAJOR, "m"))
            for one in (inside, outside)
        ),
        rules={rule.name: rule for rule in RULES},
        root=str(tmp_path),
    )
    rows = stdlib_json.loads("".join(sarif.render(result)))["runs"][0]["results"]
    artifacts = [row["locations"][0]["physicalLocation"]["artifactLocation"] for row in rows]
    assert unquote(artifacts[0]["uri"]) == "news/ä b.txt"
    assert artifacts[0]["uriBaseId"] == "SRCROOT"
    assert artifacts[1] == {"uri": (tmp_path.parent / "c.txt").as_uri()}
    assert [row["location"]["path"] for row in check_gitlab("".join(gitlab.render(result)))] == [
        "news/ä b.txt",
        "../c.txt",
    ]


def test_the_columns_of_rdjson_count_bytes() -> None:
    document = Document("a.txt", "a𐐀b é\r\nwörd ünd bad", "en")
    marks = ("b", "é", "ünd", "bad")
    found = [finding(document, mark, "r", Severity.MAJOR, "m", suggestion="x") for mark in marks]
    report = check_rdjson("".join(rdjson.render(Result((result_of(document, *found),)))))
    lines = document.text.encode().split(b"\r\n")
    for row, mark in zip(report["diagnostics"], marks, strict=True):
        start, end = row["location"]["range"]["start"], row["location"]["range"]["end"]
        cut = lines[start["line"] - 1][start["column"] - 1 : end["column"] - 1]
        assert cut.decode() == mark
        assert row["suggestions"] == [{"range": row["location"]["range"], "text": "x"}]


def test_a_finding_is_as_grave_as_the_bar_makes_it(result: Result) -> None:
    def levels(bar: Severity) -> list[str]:
        lines = check_github("".join(github.render(replace(result, problems=(), fail_on=bar))))
        return [line[2:].split(" ")[0] for line in lines]

    assert levels(Severity.MINOR) == ["error"] * 4
    assert levels(Severity.MAJOR) == ["error", "error", "notice", "notice"]
    assert levels(Severity.CRITICAL) == ["error", "warning", "notice", "notice"]
    root = check_junit("".join(junit.render(replace(result, fail_on=Severity.CRITICAL))))
    assert root.get("failures") == "1"


def test_of_a_file_that_is_no_text_the_unit_is_told() -> None:
    document = Document(
        "a.docx",
        "This is bad.",
        "en",
        origin=Origin(None, units=(Unit(Span(0, 12), "paragraph 3"),)),
    )
    found = finding(document, "bad", "repeated-word", Severity.MAJOR, "m", suggestion="good")
    result = Result((result_of(document, found),))
    (row,) = stdlib_json.loads("".join(sarif.render(result)))["runs"][0]["results"]
    (location,) = row["locations"]
    assert "region" not in location["physicalLocation"]
    assert location["logicalLocations"] == [{"name": "paragraph 3"}]
    assert "fixes" not in row
    (diagnostic,) = check_rdjson("".join(rdjson.render(result)))["diagnostics"]
    assert diagnostic["location"] == {"path": "a.docx"}
    assert "suggestions" not in diagnostic


def test_checkstyle_and_junit_have_the_letters_of_the_text(hostile: Result) -> None:
    """What XML forbids is shown as an escape; all else comes back as it was."""
    root = check_checkstyle("".join(checkstyle.render(hostile)))
    messages = [error.get("message", "") for error in root.iter("error")]
    assert any("<script>alert(1)</script>" in message for message in messages)
    assert any("]]></failure></testcase>" in message for message in messages)
    assert any("nul \\x00 bell \\x07" in message for message in messages)
    assert any("\\ufffe \\uffff” is wrong \\ud800." in message for message in messages)


def test_a_cell_is_no_formula() -> None:
    text = "=1+1\n\n+1 is much.\n\n-1 is little.\n\n@all\n\n\t=x\n\n＝1\n\n1-1 = “0”, said “A”.\n"
    report = "".join(render_csv(Result((result_of(Document("-a.txt", text, "en")),))))
    rows = check_csv(report)
    assert [row[9] for row in rows] == [
        *("'=1+1", "'+1 is much.", "'-1 is little.", "'@all", "'=x", "'＝1"),
        "1-1 = “0”, said “A”.",
    ]
    assert {row[0] for row in rows} == {"'-a.txt"}


def test_every_sentence_has_a_row_with_its_score_or_the_reason_its_flags_and_its_source() -> None:
    document = Document(
        "a.txt", "One is bad.\nTwo.\n", "en", source=Source("Un.\nDeux.", "fr", "b")
    )
    one = finding(document, "bad", "repeated-word", Severity.MAJOR, "m", suggestion="good|")
    scores = SegmentScore(0.25, truncated=True), SegmentScore(None, reason="no source")
    result = Result(
        (
            replace(
                result_of(document, one, scores=scores),
                sources=(Span(0, 3), None),
            ),
        )
    )
    assert check_csv("".join(render_csv(result))) == [
        [
            "a.txt",
            "0",
            "1",
            "1",
            "",
            "0.25",
            "true",
            "",
            "major:repeated-word",
            "One is bad.",
            "Un.",
        ],
        ["a.txt", "1", "2", "1", "", "", "false", "no source", "", "Two.", ""],
    ]
    report = "".join(md.render(result))
    assert (
        "| place | score | flags | text | source |\n| --- | ---: | --- | --- | --- |\n"
        "| 1:1 | 0.25 (truncated) | 1:8 **major** repeated-word: m Write: good&#124; "
        "| One is bad. | Un. |\n"
        "| 2:1 | no source |  | Two. |  |\n"
    ) in report
    rows = check_jsonl("".join(jsonl.render(result)))[:2]
    assert [(row["score"], row["truncated"], row["reason"]) for row in rows] == [
        (0.25, True, None),
        (None, False, "no source"),
    ]
    assert [[one["rule"] for one in row["findings"]] for row in rows] == [["repeated-word"], []]


@pytest.mark.parametrize("format", FORMATS)
def test_a_score_under_the_bar_is_told_where_the_verdict_is(result: Result, format: str) -> None:
    judged = replace(result, min_score=0.6, min_sentence_score=0.2)
    report = "".join(find_render(format)(judged))
    CHECKS[format](report)
    told = [
        "its mean score 0.60 is under 0.6",  # 0.596 of the second document
        "the score 0.12 of the sentence is under 0.2",
    ]
    if format in ("sarif", "github", "gitlab", "junit", "checkstyle", "rdjson"):
        assert [report.count(message) for message in told] == [1, 2]
    summary = "".join(github.summarise(judged))
    assert "| min-sentence-score | news/border.txt:3:1 | the score 0.12 of the" in summary
