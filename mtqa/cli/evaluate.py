"""``mtqa evaluate``: precision and recall of the rules on labelled texts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from mtqa.cli.options import RULE_NAMES, ConfigFile, read_settings, split_names
from mtqa.cli.output import complain, write_stdout

if TYPE_CHECKING:
    from mtqa.evaluate import DocumentEvaluation, Estimate, Evaluation, Score
    from mtqa.text.document import Span

# Characters of a span that a line of ``--show`` quotes.
_QUOTED = 60


def evaluate(
    paths: Annotated[
        list[str],
        typer.Argument(
            help="Texts (or folders, searched for *.txt) with a NAME.labels.json beside each.",
            show_default=False,
            metavar="PATH",
        ),
    ],
    select: Annotated[
        list[str] | None,
        typer.Option(help="Evaluate these rules or families only.", metavar=RULE_NAMES),
    ] = None,
    config: ConfigFile = None,
    format: Annotated[Literal["text", "json"], typer.Option(help="Output format.")] = "text",
    show: Annotated[
        bool, typer.Option("--show", help="List every false alarm and every miss.")
    ] = False,
) -> None:
    """Compare the findings of the rules with labels that editors have made.

    Exit code: 0 all was evaluated, 2 something could not be.
    """
    from mtqa.evaluate import evaluate as evaluate_files
    from mtqa.reports.text import visible

    settings = read_settings(config, paths)
    names = split_names(select)
    if names:
        settings = replace(settings, select=names, ignore=(), extend_select=())
    evaluation = evaluate_files(paths, settings)
    write_stdout(_json(evaluation) if format == "json" else _text(evaluation, show))
    for problem in evaluation.problems:
        complain(visible(f"{problem.path}: {problem.message}"))
    if evaluation.problems:
        raise typer.Exit(2)


def _text(evaluation: Evaluation, show: bool) -> Iterator[str]:
    if show:
        for document in evaluation.documents:
            yield from _show(document)
    rows = [
        ("rule", "labels", "findings", "right", "precision", "recall", "F0.5", "exact", "overlap"),
        *(_row(rule, score) for rule, score in evaluation.rules.items()),
        _row("all", evaluation.total),
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [f"{row[0]:{widths[0]}}"]
        cells += [f"{cell:>{width}}" for cell, width in zip(row[1:], widths[1:], strict=True)]
        yield "  ".join(cells).rstrip() + "\n"
    yield f"\n{len(evaluation.documents)} documents; figures in percent, with 95 % intervals.\n"
    idle = sum(len(document.not_run) for document in evaluation.documents)
    if idle:
        yield f"labels of rules that did not run, not in the figures: {idle}\n"


def _row(name: str, score: Score) -> tuple[str, ...]:
    return (
        name,
        str(score.labels),
        str(score.findings),
        str(score.matched),
        _interval(score.precision),
        _interval(score.recall),
        _interval(score.f05),
        _percent(score.exact),
        _percent(score.overlap),
    )


def _interval(estimate: Estimate | None) -> str:
    if estimate is None:
        return "–"
    value, low, high = (f"{100 * share:5.1f}" for share in estimate)
    return f"{value} [{low}, {high}]"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.0f}"


def _show(document: DocumentEvaluation) -> Iterator[str]:
    """False alarms and misses of one document in order of the text, one a line."""
    places = [
        *((finding.span, "false alarm", finding.rule) for finding in document.false_alarms),
        *((label.span, "miss", label.rule) for label in document.misses),
    ]
    for span, kind, rule in sorted(places):
        line, column = document.result.position(span.start)
        quoted = _quote(document.result.text(span))
        yield f"{document.result.document.path}:{line}:{column}: {kind}: {rule}: {quoted}\n"
    if places:
        yield "\n"


def _quote(text: str) -> str:
    from mtqa.reports.text import visible

    line = visible(" ".join(text.split()))
    return line if len(line) <= _QUOTED else line[: _QUOTED - 1] + "…"


def _json(evaluation: Evaluation) -> Iterator[str]:
    from mtqa import __version__

    value = {
        "schema_version": 1,
        "mtqa_version": __version__,
        "documents": len(evaluation.documents),
        "rules": [{"rule": rule, **_fields(score)} for rule, score in evaluation.rules.items()],
        "total": _fields(evaluation.total),
        "false_alarms": [
            {"rule": finding.rule, **_place(document, finding.span), "message": finding.message}
            for document in evaluation.documents
            for finding in document.false_alarms
        ],
        "misses": [
            {"rule": label.rule, **_place(document, label.span)}
            for document in evaluation.documents
            for label in document.misses
        ],
        "labels_not_run": sum(len(document.not_run) for document in evaluation.documents),
        "errors": [
            {"path": problem.path, "message": problem.message} for problem in evaluation.problems
        ],
    }
    yield json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _fields(score: Score) -> dict[str, Any]:
    return {
        "labels": score.labels,
        "findings": score.findings,
        "true_positives": score.matched,
        "precision": score.precision and score.precision._asdict(),
        "recall": score.recall and score.recall._asdict(),
        "f05": score.f05 and score.f05._asdict(),
        "exact": score.exact,
        "overlap": score.overlap,
    }


def _place(document: DocumentEvaluation, span: Span) -> dict[str, Any]:
    line, column = document.result.position(span.start)
    return {
        "path": document.result.document.path,
        "start": span.start,
        "end": span.end,
        "line": line,
        "column": column,
        "text": document.result.text(span),
    }
