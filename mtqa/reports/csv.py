"""One row a sentence, as RFC 4180 has it: for a spreadsheet.

Nothing in a cell is taken for a formula, and no row goes over several lines.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from io import StringIO

from mtqa.reports.rows import NO_MODEL, findings_by_sentence, score_value
from mtqa.reports.text import visible
from mtqa.result import DocumentResult, Result

COLUMNS = (
    *("path", "index", "line", "column", "unit"),
    *("score", "truncated", "reason", "flags", "text", "source"),
)

# What makes a spreadsheet take a cell for a formula (OWASP, "CSV Injection"), full-width forms
# too, with or without white space before it. The apostrophe keeps it text.
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]")


def render(result: Result) -> Iterator[str]:
    """Lines of the report, in order."""
    yield _line(COLUMNS)
    for document in result.documents:
        yield from _render_document(document)


def _render_document(document: DocumentResult) -> Iterator[str]:
    flags = {
        index: " ".join(
            f"{document.findings[number].severity}:{document.findings[number].rule}"
            for number in numbers
        )
        for index, numbers in findings_by_sentence(document.findings).items()
    }
    for index, span in enumerate(document.sentences):
        line, column = document.position(span.start)
        estimate = document.scores[index] if document.scores is not None else None
        source = document.source_text(document.sources[index]) if document.sources else None
        yield _line(
            (
                _cell(document.document.path),
                index,
                line,
                column,
                _cell(document.unit(span) or ""),
                score_value(estimate.score) if estimate else None,
                "true" if estimate and estimate.truncated else "false",
                _cell((estimate.reason if estimate else NO_MODEL) or ""),
                _cell(flags.get(index, "")),
                _cell(document.text(span)),
                _cell(source or ""),
            )
        )


def _line(cells: tuple[object, ...]) -> str:
    row = StringIO()
    csv.writer(row).writerow(cells)
    return row.getvalue()


def _cell(text: str) -> str:
    """``text`` on one line, without characters that command."""
    shown = visible(" ".join(text.split()))
    return f"'{shown}" if _FORMULA.match(shown) else shown
