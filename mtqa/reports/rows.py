"""The parts of a result as the JSON formats write them (``schema-1.json`` describes them)."""

from __future__ import annotations

from typing import Any

from mtqa.result import DocumentResult, Finding, Problem, Result, Severity
from mtqa.text.document import Span

SCHEMA_VERSION = 1

# Why there is no score: no quality-estimation model has been run.
NO_MODEL = "no model"


def sentence_row(result: DocumentResult, index: int, findings: list[Any]) -> dict[str, Any]:
    """One sentence; ``findings`` are ids, or whole findings."""
    span = result.sentences[index]
    line, column = result.position(span.start)
    return {
        "index": index,
        "start": span.start,
        "end": span.end,
        "line": line,
        "column": column,
        "text": result.text(span),
        "source": None,
        "score": None,
        "truncated": False,
        "reason": NO_MODEL,
        "findings": findings,
    }


def finding_row(result: DocumentResult, index: int) -> dict[str, Any]:
    """One finding; its id is its index."""
    finding = result.findings[index]
    return {
        "id": index,
        "rule": finding.rule,
        "severity": finding.severity.value,
        "category": finding.category,
        "message": finding.message,
        **_place(result, finding.span),
        "text": result.text(finding.span),
        "sentence": finding.sentence,
        "suggestion": finding.suggestion,
        "related": [_related(result, span) for span in finding.related],
        "confidence": round(finding.confidence, 3),
        "fingerprint": finding.fingerprint,
    }


def findings_by_sentence(findings: tuple[Finding, ...]) -> dict[int, list[int]]:
    """Ids of the findings that begin in each sentence."""
    ids: dict[int, list[int]] = {}
    for index, finding in enumerate(findings):
        ids.setdefault(finding.sentence, []).append(index)
    return ids


def mqm_row(result: DocumentResult) -> dict[str, Any]:
    """MQM penalty points of a document."""
    return {
        "penalty": float(result.penalty),
        "words": result.words,
        "per_1000_words": result.penalty_per_1000_words,
    }


def summary_row(result: Result) -> dict[str, Any]:
    """Totals of a run."""
    return {
        "documents": len(result.documents),
        "sentences": sum(len(document.sentences) for document in result.documents),
        "findings": {severity.value: result.severities[severity] for severity in Severity},
        "score": None,
    }


def error_row(problem: Problem) -> dict[str, Any]:
    """One thing that went wrong."""
    return {
        "path": problem.path,
        "message": problem.message,
        "rule": problem.rule,
        "byte": problem.byte,
    }


def _place(result: DocumentResult, span: Span) -> dict[str, int]:
    start, end = result.position(span.start), result.position(span.end)
    return {
        "start": span.start,
        "end": span.end,
        "line": start.line,
        "column": start.column,
        "end_line": end.line,
        "end_column": end.column,
    }


def _related(result: DocumentResult, span: Span) -> dict[str, Any]:
    line, column = result.position(span.start)
    return {
        "start": span.start,
        "end": span.end,
        "line": line,
        "column": column,
        "text": result.text(span),
    }
