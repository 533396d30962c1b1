"""One JSON value a line: each sentence with its findings, then errors, then the summary.

Every line can be read on its own: ``kind`` says what it is, and a sentence carries the path and
the language of its document. ``schema-1.json`` describes the rows under ``$defs``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mtqa.reports.rows import (
    SCHEMA_VERSION,
    dump,
    error_row,
    finding_row,
    findings_by_sentence,
    model_row,
    sentence_row,
    summary_row,
)
from mtqa.result import DocumentResult, Hidden, Model, Problem, Result, Totals
from mtqa.version import __version__


def render(result: Result) -> Iterator[str]:
    """Lines of the report, in order."""
    for document in result.documents:
        yield from render_document(document)
    yield from render_end(result.problems, result.model, result.totals, result.hidden)


def render_document(document: DocumentResult) -> Iterator[str]:
    """Lines of a document."""
    ids = findings_by_sentence(document.findings)
    source = {"path": document.document.path, "target_lang": document.document.lang}
    for index in range(len(document.sentences)):
        findings = [finding_row(document, number) for number in ids.get(index, [])]
        yield _line("sentence", {**source, **sentence_row(document, index, findings)})


def render_end(
    problems: Sequence[Problem], model: Model | None, totals: Totals, hidden: Hidden
) -> Iterator[str]:
    """Lines that follow those of the documents."""
    for problem in problems:
        yield _line("error", error_row(problem))
    head = {
        "schema_version": SCHEMA_VERSION,
        "mtqa_version": __version__,
        "model": model_row(model),
    }
    yield _line("summary", {**head, **summary_row(totals, hidden)})


def _line(kind: str, row: dict[str, object]) -> str:
    return dump({"kind": kind, **row}) + "\n"
