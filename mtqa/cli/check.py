"""``mtqa check``: findings and scores, and a verdict as exit code."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from mtqa.cli.options import (
    RULE_NAMES,
    BatchSize,
    Cache,
    Columns,
    ConfigFile,
    Device,
    InputFormat,
    ModelName,
    read_settings,
    split_names,
    split_selection,
)
from mtqa.cli.output import (
    complain,
    find_render,
    parse_reports,
    refuse_output,
    write_file,
    write_job_summary,
    write_stdout,
)
from mtqa.config import (
    FORMATS,
    Settings,
    parse_columns,
    parse_format,
    parse_input_format,
    parse_language,
)

if TYPE_CHECKING:
    from mtqa.baseline import Baseline
    from mtqa.result import Result

# Below this a run is over before a progress bar can be read.
_LONG_RUN = 10  # files

# Width of the text report where there is no terminal to ask.
_WIDTH = 100  # columns


def check(
    paths: Annotated[
        list[str],
        typer.Argument(
            help="Files, folders, quoted glob patterns, or - for stdin.",
            show_default=False,
            metavar="PATH",
        ),
    ],
    stdin_filename: Annotated[
        str | None,
        typer.Option(help="The path that standard input goes by.", metavar="PATH"),
    ] = None,
    input_format: InputFormat = None,
    columns: Columns = None,
    source: Annotated[
        list[str] | None,
        typer.Option(
            help="The source of a file, line by line; once for each file, in their order.",
            metavar="FILE",
        ),
    ] = None,
    source_lang: Annotated[
        str | None,
        typer.Option(help="Language of the sources [default: detected].", metavar="CODE"),
    ] = None,
    target_lang: Annotated[
        str | None,
        typer.Option(help="Language of the texts [default: detected].", metavar="CODE"),
    ] = None,
    select: Annotated[
        list[str] | None,
        typer.Option(help="Run these rules or families only.", metavar=RULE_NAMES),
    ] = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option(help="Leave these rules or families out.", metavar=RULE_NAMES),
    ] = None,
    extend_select: Annotated[
        list[str] | None,
        typer.Option(help="Run these rules or families too.", metavar=RULE_NAMES),
    ] = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="Run rules that are not proven yet, too.")
    ] = False,
    config: ConfigFile = None,
    format: Annotated[
        str | None,
        typer.Option(
            help=f"Output format: {', '.join(FORMATS)} [default: text].", metavar="FORMAT"
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(help="Write the report to this file.", metavar="FILE"),
    ] = None,
    report: Annotated[
        list[str] | None,
        typer.Option(
            help="Write a report in another format, too; can be repeated.", metavar="FORMAT=FILE"
        ),
    ] = None,
    fail_on: Annotated[
        Literal["minor", "major", "critical"] | None,
        typer.Option(help="Mildest severity that fails the check [default: major]."),
    ] = None,
    max_findings: Annotated[
        int | None,
        typer.Option(
            help="Forgive that many findings of such severity [default: 0].", min=0, metavar="N"
        ),
    ] = None,
    min_score: Annotated[
        float | None,
        typer.Option(help="Mean score under which a document fails.", min=0, max=1, metavar="S"),
    ] = None,
    min_sentence_score: Annotated[
        float | None,
        typer.Option(help="Score under which any sentence fails.", min=0, max=1, metavar="S"),
    ] = None,
    baseline: Annotated[
        Path | None,
        typer.Option(help="Findings that are accepted and not reported.", metavar="FILE"),
    ] = None,
    update_baseline: Annotated[
        bool,
        typer.Option("--update-baseline", help="Record the findings of this run as accepted ones."),
    ] = False,
    diff: Annotated[
        str | None,
        typer.Option(help="Report findings on lines changed since then only.", metavar="REVISION"),
    ] = None,
    exit_zero: Annotated[
        bool, typer.Option("--exit-zero", help="Neither findings nor scores fail the check.")
    ] = False,
    qe: Annotated[
        bool | None,
        typer.Option(
            "--qe/--no-qe",
            help="Score each sentence with the model [default: qe].",
            show_default=False,
        ),
    ] = None,
    model: ModelName = None,
    device: Device = None,
    batch_size: BatchSize = None,
    cache: Cache = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Findings only: no summary, notes, progress.")
    ] = False,
    color: Annotated[
        Literal["auto", "always", "never"],
        typer.Option(help="Colour in the text format."),
    ] = "auto",
) -> None:
    """Check translated texts and report every defect with its exact place.

    Each sentence is also scored by a quality-estimation model.

    Exit code: 0 nothing at or above the bar, 1 findings over it, 2 something could not be
    checked.
    """
    settings = _settle(
        read_settings(config, paths),
        select=split_selection(select),
        ignore=split_names(ignore),
        extend_select=split_names(extend_select),
        preview=preview or None,
        input_format=parse_input_format(input_format) if input_format is not None else None,
        columns=parse_columns(split_names(columns) or ()) if columns is not None else None,
        source_lang=parse_language(source_lang) if source_lang is not None else None,
        target_lang=parse_language(target_lang) if target_lang is not None else None,
        format=parse_format(format) if format is not None else None,
        fail_on=fail_on,
        max_findings=max_findings,
        min_score=min_score,
        min_sentence_score=min_sentence_score,
        baseline=str(baseline) if baseline else None,
        diff=diff,
        qe=qe,
        model=model,
        device=device,
        batch_size=batch_size,
        cache=cache,
    )
    inputs = [*paths, *(source or ())]
    if output:
        refuse_output("--output", output, inputs)
        inputs.append(str(output))
    reports = parse_reports(report or (), inputs)
    if update_baseline and settings.baseline:
        inputs += [str(path) for _, path in reports]
        refuse_output("--update-baseline", Path(settings.baseline), inputs)

    from mtqa.baseline import write_baseline
    from mtqa.check import check_files
    from mtqa.reports.text import visible
    from mtqa.verdict import explain_scores, passes, require_scores

    require_scores(settings)

    def note(message: str) -> None:
        if not quiet:
            complain(visible(message))

    renewed: list[Baseline] = []
    result = check_files(
        paths,
        settings,
        stdin_name=Path(stdin_filename).as_posix() if stdin_filename else "<stdin>",
        sources=source or (),
        track=iter if quiet or not (sys.stderr and sys.stderr.isatty()) else _show_progress,
        complain=note,
        record=renewed.append if update_baseline else None,
    )
    for other, path in reports:
        write_file(path, find_render(other)(result))
    pieces = _render(result, settings.format, output, color, quiet)
    if output:
        write_file(output, pieces)
    else:
        write_stdout(pieces)
    if "github" in (settings.format, *(other for other, _ in reports)):
        write_job_summary(result)
    for new in renewed:
        write_file(Path(str(settings.baseline)), write_baseline(new))
    _complain_about(result, quiet)
    for reason in explain_scores(result, settings):
        complain(visible(reason))
    if result.problems:
        raise typer.Exit(2)
    if not exit_zero and not passes(result, settings):
        raise typer.Exit(1)


def _settle(settings: Settings, **given: Any) -> Settings:
    """``settings`` under what the command line gives; its ``--select`` starts from nothing."""
    if given["select"]:
        settings = replace(settings, ignore=(), extend_select=())
    return replace(settings, **{key: value for key, value in given.items() if value is not None})


def _render(
    result: Result, format: str, output: Path | None, color: str, quiet: bool
) -> Iterator[str]:
    if format != "text":
        return find_render(format)(result)
    from mtqa.reports import text

    terminal = output is None and sys.stdout is not None and sys.stdout.isatty()
    colored = color == "always" or (
        color == "auto"
        and terminal
        and not os.environ.get("NO_COLOR")
        and os.environ.get("TERM") != "dumb"
    )
    width = shutil.get_terminal_size((_WIDTH, 24)).columns if terminal else _WIDTH
    return text.render(result, color=colored, width=max(40, width), summary=not quiet)


def _show_progress(paths: Sequence[str]) -> Iterable[str]:
    if len(paths) < _LONG_RUN:
        yield from paths
        return
    with typer.progressbar(paths, label="Checking", file=sys.stderr) as bar:
        yield from bar


def _complain_about(result: Result, quiet: bool) -> None:
    from mtqa.reports.text import visible

    for problem in result.problems:
        complain(visible(f"{problem.path}: {problem.message}" if problem.path else problem.message))
    if quiet:
        return
    if result.hidden.baseline:
        complain(f"findings that the baseline accepts: {result.hidden.baseline:,}")
    if result.hidden.unchanged:
        complain(f"findings on lines that have not changed: {result.hidden.unchanged:,}")
    for document in result.documents:
        encoding = document.document.encoding
        if not encoding.startswith("utf-"):
            complain(visible(f"{document.document.path}: is not UTF-8; read as {encoding}"))
