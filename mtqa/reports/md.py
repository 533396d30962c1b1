"""Markdown: the totals, then a table a document with a row a sentence."""

from __future__ import annotations

from collections.abc import Iterator

from mtqa.reports.rows import NO_MODEL, findings_by_sentence
from mtqa.reports.tables import plain, row
from mtqa.result import DocumentResult, Finding, Result, Severity


def render(result: Result) -> Iterator[str]:
    """Pieces of the report, in order."""
    yield "# Translation quality (mtqa)\n\n"
    yield from _summarise(result)
    if result.problems:
        yield "\n## Not checked\n\n" + row("file", "why") + row("---", "---")
        for problem in result.problems:
            yield row(_cell(problem.path or ""), _cell(problem.message))
    for document in result.documents:
        yield from _render_document(document)


def _summarise(result: Result) -> Iterator[str]:
    yield row("document", "score", *map(str, reversed(Severity)), "MQM penalty", "per 1,000 words")
    yield row("---", *["---:"] * (len(Severity) + 3))
    for document in result.documents:
        yield row(_cell(document.document.path), *_totals(document))
    if len(result.documents) != 1:
        words = sum(document.words for document in result.documents)
        penalty = sum(document.penalty for document in result.documents)
        yield row(
            f"all {len(result.documents):,}",
            _score(result.score),
            *(f"{count:,}" for count in reversed(result.severities.values())),
            f"{penalty:,}",
            f"{1000 * penalty / words:,.1f}" if words else "",
        )


def _totals(document: DocumentResult) -> list[str]:
    counts = [
        sum(finding.severity is severity for finding in document.findings)
        for severity in reversed(Severity)
    ]
    rate = document.penalty_per_1000_words
    return [
        _score(document.score),
        *(f"{count:,}" for count in counts),
        f"{document.penalty:,}",
        "" if rate is None else f"{rate:,.1f}",
    ]


def _render_document(document: DocumentResult) -> Iterator[str]:
    yield f"\n## {_cell(document.document.path)}\n\n"
    sourced = any(document.sources)
    head = ("place", "score", "flags", "text", *(["source"] if sourced else []))
    yield row(*head) + row("---", "---:", *["---"] * (len(head) - 2))
    ids = findings_by_sentence(document.findings)
    for index, span in enumerate(document.sentences):
        line, column = document.position(span.start)
        flags = [_flag(document, document.findings[number]) for number in ids.get(index, [])]
        cells = [
            f"{line}:{column}",
            _estimate(document, index),
            "<br>".join(flags),
            _cell(document.text(span)),
        ]
        if sourced:
            cells.append(_cell(document.source_text(document.sources[index]) or ""))
        yield row(*cells)


def _flag(document: DocumentResult, finding: Finding) -> str:
    line, column = document.position(finding.span.start)
    message = f"{line}:{column} **{finding.severity}** {_cell(finding.rule)}: "
    message += _cell(finding.message)
    if finding.suggestion is None:
        return message
    return message + (f" Write: {_cell(finding.suggestion)}" if finding.suggestion else " Delete.")


def _estimate(document: DocumentResult, index: int) -> str:
    """The score of a sentence, or why it has none."""
    if document.scores is None:
        return NO_MODEL
    estimate = document.scores[index]
    if estimate.score is None:
        return _cell(estimate.reason or "")
    return _score(estimate.score) + (" (truncated)" if estimate.truncated else "")


def _score(score: float | None) -> str:
    return "" if score is None else f"{score:.2f}"


def _cell(text: str) -> str:
    return plain(" ".join(text.split()))
