"""Checkstyle's XML, which Jenkins, SonarQube and many bots read."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from mtqa.reports.markup import element, open_tag
from mtqa.reports.ranking import Level, advise, list_findings, list_notices
from mtqa.result import Result

_SEVERITIES = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "info"}

# The version of Checkstyle whose format this is; readers ask for one.
_VERSION = "8.0"


def render(result: Result) -> Iterator[str]:
    """Pieces of the report, in order."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield open_tag("checkstyle", version=_VERSION) + ">\n"
    for notice in list_notices(result):
        yield f" {open_tag('file', name=notice.path or 'mtqa')}>\n  "
        yield element(
            "error",
            line=notice.position.line,
            column=notice.position.column,
            severity="error",
            message=notice.message,
            source=f"mtqa.{notice.name}",
        )
        yield "\n </file>\n"
    for path, findings in groupby(list_findings(result), key=lambda one: one.path):
        yield f" {open_tag('file', name=path)}>\n"
        for document, _, finding, level in findings:
            line, column = document.position(finding.span.start)
            yield "  " + element(
                "error",
                line=line,
                column=column,
                severity=_SEVERITIES[level],
                message=advise(finding),
                source=f"mtqa.{finding.rule}",
            )
            yield "\n"
        yield " </file>\n"
    yield "</checkstyle>\n"
