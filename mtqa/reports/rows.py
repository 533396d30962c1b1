"""The parts of a result as the JSON formats write them (``schema-1.json`` describes them)."""

from __future__ import annotations

import json
import re
from typing import Any

from mtqa.result import DocumentResult, Finding, Hidden, Model, Problem, Severity, Totals
from mtqa.text.document import Span
from mtqa.text.estimates import SCORE_DECIMALS

SCHEMA_VERSION = 1

# Why there is no score: no quality-estimation model has been run.
NO_MODEL = "no model"

# Characters that JSON lets stand but that end a line for some readers, or turn a terminal's text
# around: controls, line and paragraph separators, bidirectional marks and overrides, the byte
# order mark; and lone surrogates, which UTF-8 cannot hold.
_UNSAFE = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")

_ENCODER = json.JSONEncoder(ensure_ascii=False, check_circular=False)  # rows are trees


def dump(value: object) -> str:
    """JSON on one line, legible in any script."""
    text = _ENCODER.encode(value)
    if text.isprintable():
        return text
    return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def sentence_row(result: DocumentResult, index: int, findings: list[Any]) -> dict[str, Any]:
    """One sentence; ``findings`` are ids, or whole findings."""
    span = result.sentences[index]
    place = result.place(span)
    estimate = result.scores[index] if result.scores is not None else None
    return {
        "index": index,
        "start": place.start,
        "end": place.end,
        "line": place.start_position.line,
        "column": place.start_position.column,
        "unit": result.unit(span),
        "text": place.text,
        "source": result.source_text(result.sources[index]) if result.sources else None,
        "score": score_value(estimate.score) if estimate else None,
        "truncated": estimate.truncated if estimate else False,
        "reason": estimate.reason if estimate else NO_MODEL,
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
        "sentence": finding.sentence,
        "suggestion": finding.suggestion,
        "related": [_related(result, span) for span in finding.related],
        "source": _source(result, finding.source),
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


def summary_row(totals: Totals, hidden: Hidden) -> dict[str, Any]:
    """Totals of a run."""
    return {
        "documents": totals.documents,
        "sentences": totals.sentences,
        "findings": {severity.value: totals.findings[severity] for severity in Severity},
        "score": score_value(totals.score),
        "hidden": hidden._asdict(),
    }


def model_row(model: Model | None) -> dict[str, Any] | None:
    """The model of a run."""
    return {"name": model.name, "checksum": model.checksum} if model else None


def score_value(score: float | None) -> float | None:
    """A score as it is written."""
    return None if score is None else round(score, SCORE_DECIMALS)


def error_row(problem: Problem) -> dict[str, Any]:
    """One thing that went wrong."""
    return {
        "path": problem.path,
        "message": problem.message,
        "rule": problem.rule,
        "byte": problem.byte,
    }


def _place(result: DocumentResult, span: Span) -> dict[str, Any]:
    place = result.place(span)
    return {
        "start": place.start,
        "end": place.end,
        "line": place.start_position.line,
        "column": place.start_position.column,
        "end_line": place.end_position.line,
        "end_column": place.end_position.column,
        "unit": result.unit(span),
        "text": place.text,
    }


def _related(result: DocumentResult, span: Span) -> dict[str, Any]:
    place = result.place(span)
    return {
        "start": place.start,
        "end": place.end,
        "line": place.start_position.line,
        "column": place.start_position.column,
        "text": place.text,
    }


def _source(result: DocumentResult, span: Span | None) -> dict[str, Any] | None:
    if span is None:
        return None
    return {"start": span.start, "end": span.end, "text": result.source_text(span)}
