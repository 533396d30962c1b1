"""``mtqa evaluate``: rules against labelled texts, a model against human judgements."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from mtqa.cli.options import (
    RULE_NAMES,
    ConfigFile,
    Device,
    ModelName,
    read_settings,
    split_names,
    split_selection,
)
from mtqa.cli.output import complain, write_stdout
from mtqa.config import ConfigError

if TYPE_CHECKING:
    from mtqa.config import Settings
    from mtqa.evaluate import DocumentEvaluation, Estimate, Evaluation, Score
    from mtqa.qe.evaluate import ModelEvaluation
    from mtqa.qe.metrics import Interval
    from mtqa.qe.models import ModelInfo
    from mtqa.text.document import Span

# Characters of a span that a line of ``--show`` quotes.
_QUOTED = 60


def evaluate(
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            help="Texts (or folders, searched for *.txt) with a NAME.labels.json beside each.",
            show_default=False,
            metavar="PATH",
        ),
    ] = None,
    select: Annotated[
        list[str] | None,
        typer.Option(help="Evaluate these rules or families only.", metavar=RULE_NAMES),
    ] = None,
    show: Annotated[
        bool, typer.Option("--show", help="List every false alarm and every miss.")
    ] = False,
    judgements: Annotated[
        str | None,
        typer.Option(
            help="Evaluate a model on this file of judged translations (TSV with a header, or "
            "JSONL; gzipped or not; - for standard input).",
            metavar="FILE",
        ),
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(
            help="Which column of the judgements holds what: translation, source, score, tags, "
            "tokens, document, segment or system [default: the column of that name].",
            metavar="ROLE=NAME[,ROLE=NAME…]",
        ),
    ] = None,
    lower_is_better: Annotated[
        bool,
        typer.Option(
            "--lower-is-better", help="The judgements count errors (HTER, MQM penalties)."
        ),
    ] = False,
    translation_alone: Annotated[
        bool, typer.Option("--translation-alone", help="Keep the sources from the model.")
    ] = False,
    model: ModelName = None,
    device: Device = None,
    config: ConfigFile = None,
    format: Annotated[Literal["text", "json"], typer.Option(help="Output format.")] = "text",
) -> None:
    """Compare findings with the labels of editors, or a model's scores with human judgements.

    With PATH the rules are evaluated, with --judgements a model.

    Exit code: 0 all was evaluated, 2 something could not be.
    """
    _refuse_mixture(
        paths,
        judgements,
        for_rules={"--select": select, "--show": show},
        for_models={
            "--column": column,
            "--lower-is-better": lower_is_better,
            "--translation-alone": translation_alone,
            "--model": model,
            "--device": device,
        },
    )
    settings = read_settings(config, paths or [])
    if judgements is None:
        _evaluate_rules(paths or [], settings, split_selection(select), format, show)
        return
    from mtqa.qe.evaluate import evaluate_model
    from mtqa.qe.judgements import read_judgements
    from mtqa.qe.models import find_model, load_scorer

    file = read_judgements(judgements, _columns(column))
    info = find_model(model or settings.model)
    found = evaluate_model(
        load_scorer(info, device or settings.device, settings.batch_size),
        file,
        translation_alone=translation_alone,
        lower_is_better=lower_is_better,
        track=_show_progress if sys.stderr and sys.stderr.isatty() else iter,
    )
    if format == "json":
        write_stdout(_model_json(found, info, judgements, translation_alone))
    else:
        write_stdout(_model_text(found, info, translation_alone))


def _refuse_mixture(
    paths: list[str] | None,
    judgements: str | None,
    for_rules: dict[str, object],
    for_models: dict[str, object],
) -> None:
    if bool(paths) == (judgements is not None):
        raise ConfigError(
            "name either labelled texts, to evaluate the rules, or --judgements FILE, to "
            "evaluate a model" + ("; not both" if paths else "")
        )
    for option, value in (for_models if paths else for_rules).items():
        if value:
            raise ConfigError(
                f"{option} is for {'models' if paths else 'rules'}, and it is "
                f"{'rules' if paths else 'a model'} that {'are' if paths else 'is'} evaluated here"
            )


def _columns(values: list[str] | None) -> dict[str, str]:
    columns = {}
    for value in split_names(values) or ():
        role, equals, name = value.partition("=")
        if not equals or not name:
            raise ConfigError(f"--column must be ROLE=NAME, such as score=z_mean, not {value!r}")
        columns[role] = name
    return columns


def _show_progress(steps: Sequence[int]) -> Iterable[int]:
    if len(steps) < 2:
        yield from steps
        return
    with typer.progressbar(steps, label="Scoring", file=sys.stderr) as bar:
        yield from bar


_NAMES = {"pearson": "Pearson", "spearman": "Spearman", "kendall": "Kendall tau-b"}


def _model_text(found: ModelEvaluation, info: ModelInfo, alone: bool) -> Iterator[str]:
    rows = [(_NAMES[name], figure, "") for name, figure in found.correlations.items()]
    if found.pairwise:
        pairs = f"{found.pairwise.pairs} pairs, tied up to {found.pairwise.epsilon:.4f}"
        rows.append(("pairwise accuracy", found.pairwise.accuracy, pairs))
    if found.words:
        bar = f"{found.words.words} words, wrong from {found.words.threshold:.2f}"
        rows += [("words, MCC", found.words.mcc, bar), ("words, F1 of BAD", found.words.f1, "")]
    width = max((len(name) for name, _, _ in rows), default=0)
    for name, figure, note in rows:
        yield f"{name:{width}}  {_bounds(figure)}  {note}".rstrip() + "\n"
    view = "translation alone" if alone else "with source"
    yield f"\n{info.name}, {view}; {found.rows} rows"
    yield f", {found.documents} documents" if found.documents is not None else ""
    yield "; with 95 % intervals.\n"
    for count, what in (
        (found.not_judged, "rows without a judgement, not in the correlations"),
        (found.not_scored, "rows that the model cannot score, not in the figures"),
        (found.truncated, "rows too long to be read whole"),
        (
            found.misfits,
            "rows whose tagged words are not those of the translation, not in the figures of words",
        ),
    ):
        if count:
            yield f"{what}: {count}\n"


def _bounds(figure: Interval) -> str:
    value, low, high = (
        "–" if math.isnan(number) else f"{number:.3f}"
        for number in (figure.value, figure.low, figure.high)
    )
    return f"{value:>6} [{low:>6}, {high:>6}]"


def _model_json(
    found: ModelEvaluation, info: ModelInfo, judgements: str, alone: bool
) -> Iterator[str]:
    from mtqa.version import __version__

    figures: dict[str, Any] = {name: _figure(it) for name, it in found.correlations.items()}
    if found.pairwise:
        figures["pairwise_accuracy"] = {
            **_figure(found.pairwise.accuracy),
            "epsilon": found.pairwise.epsilon,
            "pairs": found.pairwise.pairs,
        }
    if found.words:
        size = {
            "threshold": found.words.threshold,
            "words": found.words.words,
            "rows": found.words.rows,
        }
        figures["word_mcc"] = {**_figure(found.words.mcc), **size}
        figures["word_f1"] = {**_figure(found.words.f1), **size}
    value = {
        "schema_version": 1,
        "mtqa_version": __version__,
        "model": {"name": info.name, "checksum": info.checksum},
        "judgements": judgements,
        "translation_alone": alone,
        "rows": found.rows,
        "judged": found.judged,
        "documents": found.documents,
        "figures": figures,
        "not_judged": found.not_judged,
        "not_scored": found.not_scored,
        "truncated": found.truncated,
        "misfits": found.misfits,
    }
    yield json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _figure(interval: Interval) -> dict[str, float | None]:
    return {
        name: None if math.isnan(number) else number
        for name, number in (
            ("value", interval.value),
            ("low", interval.low),
            ("high", interval.high),
        )
    }


def _evaluate_rules(
    paths: list[str],
    settings: Settings,
    names: tuple[str, ...] | None,
    format: str,
    show: bool,
) -> None:
    from mtqa.evaluate import evaluate as evaluate_files
    from mtqa.reports.text import visible

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
    from mtqa.text.lines import shorten

    return visible(shorten(text, _QUOTED))


def _json(evaluation: Evaluation) -> Iterator[str]:
    from mtqa.version import __version__

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
