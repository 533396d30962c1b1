"""The whole result as one JSON value (``schema-1.json``), one sentence or finding a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from mtqa.reports.rows import (
    SCHEMA_VERSION,
    dump,
    error_row,
    finding_row,
    findings_by_sentence,
    model_row,
    mqm_row,
    score_value,
    sentence_row,
    summary_row,
)
from mtqa.result import DocumentResult, Result
from mtqa.version import __version__


def render(result: Result) -> Iterator[str]:
    """Pieces of the report, in order."""
    yield f'{{"schema_version": {SCHEMA_VERSION}, "mtqa_version": {dump(__version__)},'
    yield f' "model": {dump(model_row(result.model))},\n "documents": ['
    for index, document in enumerate(result.documents):
        yield ",\n  " if index else "\n  "
        yield from _render_document(document)
    yield f'],\n "summary": {dump(summary_row(result.totals, result.hidden))},\n "errors": ['
    yield from _render_rows(error_row(problem) for problem in result.problems)
    yield "]}\n"


def _render_document(result: DocumentResult) -> Iterator[str]:
    head = {
        "path": result.document.path,
        "encoding": result.document.encoding,
        "source_lang": result.document.source.lang if result.document.source else None,
        "target_lang": result.document.lang,
        "score": score_value(result.score),
        "mqm": mqm_row(result),
    }
    ids = findings_by_sentence(result.findings)
    yield dump(head)[:-1] + ',\n   "sentences": ['
    yield from _render_rows(
        sentence_row(result, index, ids.get(index, [])) for index in range(len(result.sentences))
    )
    yield '],\n   "findings": ['
    yield from _render_rows(finding_row(result, index) for index in range(len(result.findings)))
    yield "]}"


def _render_rows(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    for index, row in enumerate(rows):
        yield (",\n    " if index else "\n    ") + dump(row)
