"""Reviewdog's diagnostic format, with suggestions that it can apply.

Its columns count bytes of UTF-8.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from mtqa.reports.ranking import (
    MAX_RELATED,
    Level,
    advise,
    byte_columns,
    level_of,
    list_notices,
    shorten,
)
from mtqa.reports.rows import dump
from mtqa.result import DocumentResult, Result, Severity
from mtqa.text.document import Span

_SEVERITIES = {Level.ERROR: "ERROR", Level.WARNING: "WARNING", Level.NOTE: "INFO"}


def render(result: Result) -> Iterator[str]:
    """Pieces of the report, in order."""
    yield '{"source": {"name": "mtqa"},\n "diagnostics": ['
    opening = ""
    for row in _rows(result):
        yield f"{opening}\n  {dump(row)}"
        opening = ","
    yield "]}\n"


def _rows(result: Result) -> Iterator[dict[str, Any]]:
    for notice in list_notices(result):
        location: dict[str, Any] = {"path": notice.path or "."}
        if notice.name != "not-checked":
            location["range"] = {"start": {"line": notice.position.line}}
        yield {
            "message": notice.message,
            "location": location,
            "severity": "ERROR",
            "code": {"value": notice.name},
        }
    severities = {severity: _SEVERITIES[level_of(result, severity)] for severity in Severity}
    for document in result.documents:
        path = result.relative(document.document.path)
        locate = _locator(document, path)
        for finding in document.findings:
            row: dict[str, Any] = {
                "message": advise(finding),
                "location": locate(finding.span),
                "severity": severities[finding.severity],
                "code": {"value": finding.rule},
            }
            if finding.related:
                row["related_locations"] = [
                    {"message": shorten(document.text(span)), "location": locate(span)}
                    for span in finding.related[:MAX_RELATED]
                ]
            suggested = finding.suggestion
            edit = None if suggested is None else document.edit(finding.span, suggested)
            if edit:
                row["suggestions"] = [{"range": locate(finding.span)["range"], "text": edit.text}]
            yield row


def _locator(document: DocumentResult, path: str) -> Callable[[Span], dict[str, Any]]:
    """What gives the location of a span: its range too, unless the file is no text."""
    origin = document.document.origin
    if origin is not None and origin.file is None:
        return lambda span: {"path": path}
    places = {
        span: document.place(span)
        for finding in document.findings
        for span in (finding.span, *finding.related[:MAX_RELATED])
    }
    columns = byte_columns(document, places.values())

    def locate(span: Span) -> dict[str, Any]:
        start, end, (first, _), (last, _), _ = places[span]
        return {
            "path": path,
            "range": {
                "start": {"line": first, "column": columns[start]},
                "end": {"line": last, "column": columns[end]},
            },
        }

    return locate
