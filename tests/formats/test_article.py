"""The same article in every format."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mtqa.config import INPUT_FORMATS, Settings
from mtqa.formats.files import SUFFIXES
from mtqa.pipeline import check_files, find_line_starts
from mtqa.reports import json as json_report
from mtqa.result import DocumentResult
from tests.formats.article import PARAGRAPHS, TRANSLATIONS, write_all

FILES = write_all()
FOUND = [
    ("repeated-word", "the the"),
    ("attribution-duplicated", "Hrytsenko said"),
    ("residue-markup", '<x id="1"/>'),
    ("name-variant", "Grytsenko"),
    ("repeated-opener", "However"),
    ("quote-unbalanced", "“"),
    ("residue-markup", "&amp;"),
]
BILINGUAL = ("tsv", "csv", "jsonl", "xliff", "tmx", "po")


def format_of(name: str) -> str:
    return SUFFIXES[Path(name).suffix]


@pytest.fixture(params=FILES, scope="module")
def checked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A file name and its result, and the JSON of that."""
    path = tmp_path_factory.mktemp("article") / request.param
    path.write_bytes(FILES[request.param])
    result = check_files([str(path)], Settings(qe=False, target_lang="en", source_lang="uk"))
    assert result.problems == ()
    (document,) = result.documents
    row = json.loads("".join(json_report.render(result)))["documents"][0]
    return request.param, document, row


def test_all_formats_are_here() -> None:
    assert {format_of(name) for name in FILES} == set(INPUT_FORMATS)


def test_the_text_and_its_paragraphs_are_the_same(checked: tuple[str, DocumentResult, Any]) -> None:
    _, result, _ = checked
    assert result.document.text.rstrip("\n") == "\n".join(TRANSLATIONS)
    if result.document.paragraphs is not None:
        assert [
            result.document.text[slice(*span)] for span in result.document.paragraphs
        ] == TRANSLATIONS


def test_the_findings_are_the_same(checked: tuple[str, DocumentResult, Any]) -> None:
    _, result, _ = checked
    assert [(finding.rule, result.text(finding.span)) for finding in result.findings] == FOUND


def test_what_is_cut_out_of_the_file_is_what_the_report_quotes(
    checked: tuple[str, DocumentResult, Any],
) -> None:
    name, result, row = checked
    file = result.document.text if format_of(name) == "docx" else FILES[name].decode()
    starts = find_line_starts(file)
    places = [*row["findings"], *row["sentences"]]
    places += [place for finding in row["findings"] for place in finding["related"]]
    for place in places:
        assert file[place["start"] : place["end"]] == place["text"]
        assert place["text"].strip()
        assert starts[place["line"] - 1] + place["column"] - 1 == place["start"]
        if "end_line" in place:
            assert starts[place["end_line"] - 1] + place["end_column"] - 1 == place["end"]


def read_markup(written: str) -> str:
    written = re.sub(r"<([be]pt) .*?</\1>", "", written)  # codes of TMX
    return html.unescape(re.sub(r"<[^>]*>", "", written))


# How people read what stands in a file of each format.
READ_AS: dict[str, Callable[[str], str]] = {
    **dict.fromkeys(("html", "xliff", "tmx", "vtt"), read_markup),
    "markdown": lambda written: re.sub(r"\\(.)|\*", r"\1", written),
    "csv": lambda written: written.replace('""', '"'),
    "jsonl": lambda written: str(json.loads(f'"{written}"')),
    "po": lambda written: re.sub(r"\\(.)", r"\1", re.sub(r'"\n"', "", written)),
}


def test_what_is_quoted_reads_as_the_finding(checked: tuple[str, DocumentResult, Any]) -> None:
    name, result, row = checked
    read = READ_AS.get(format_of(name), str)
    for finding, quoted in zip(result.findings, row["findings"], strict=True):
        assert " ".join(read(quoted["text"]).split()) == result.text(finding.span)
    for sentence, quoted in zip(result.sentences, row["sentences"], strict=True):
        assert " ".join(read(quoted["text"]).split()) == result.text(sentence)


def test_units_are_named(checked: tuple[str, DocumentResult, Any]) -> None:
    name, _, row = checked
    first, last = row["findings"][0]["unit"], row["findings"][-1]["unit"]
    expected = {
        "xliff": {"article-1.xlf": ("p1", "p3"), "article-2.xliff": ("p1/1", "p3/3")}.get(name),
        "tmx": ("tu 2", "tu 4"),
        "po": ("entry 2", "entry 4"),
        "srt": ("cue 2", "cue 4"),
        "vtt": ("cue 2", "cue 4"),
        "docx": ("paragraph 2", "paragraph 4"),
    }
    assert (first, last) == expected.get(format_of(name), (None, None))


def test_the_source_comes_along(checked: tuple[str, DocumentResult, Any]) -> None:
    name, result, row = checked
    if format_of(name) not in BILINGUAL:
        assert row["source_lang"] is None
        return
    document = result.document
    assert document.source is not None
    assert row["source_lang"] == document.source.lang == "uk"
    pairs = [
        (document.text[slice(*own)], document.source.text[slice(*other)])
        for own, other in document.segments
        if own and other
    ]
    joined = tuple(
        (" ".join(own for own, _ in group), " ".join(other for _, other in group))
        for group in ([pair for pair in pairs if pair[0] in t] for t, _ in PARAGRAPHS)
    )
    assert joined == PARAGRAPHS
