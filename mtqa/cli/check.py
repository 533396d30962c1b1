"""``mtqa check``: findings and scores, and a verdict as exit code."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from mtqa.cli.checking import complain_about, find_side_inputs, run_check, settle
from mtqa.cli.journal import partial_path
from mtqa.cli.options import (
    Align,
    BaselineFile,
    BatchSize,
    Cache,
    Columns,
    ConfigFile,
    Device,
    Diff,
    Engine,
    ExtendSelect,
    Glossary,
    Ignore,
    InputFormat,
    Jobs,
    ModelName,
    Paths,
    Preview,
    Qe,
    RayAddress,
    Select,
    SourceLang,
    Sources,
    StdinFilename,
    TargetLang,
    find_cluster,
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
from mtqa.config import FORMATS, ConfigError, Settings, parse_format
from mtqa.formats.files import STDIN

if TYPE_CHECKING:
    from mtqa.baseline import Baseline
    from mtqa.result import Result

# Scores under their bar that are named on stderr.
_LISTED = 10

# Width of the text report where there is no terminal to ask.
_WIDTH = 100  # columns


def check(
    paths: Paths,
    stdin_filename: StdinFilename = None,
    input_format: InputFormat = None,
    columns: Columns = None,
    source: Sources = None,
    align: Align = None,
    glossary: Glossary = None,
    source_lang: SourceLang = None,
    target_lang: TargetLang = None,
    select: Select = None,
    ignore: Ignore = None,
    extend_select: ExtendSelect = None,
    preview: Preview = False,
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
    resume: Annotated[
        bool,
        typer.Option(
            "--resume",
            help="Go on where a run with the same --output, inputs and settings was stopped.",
        ),
    ] = False,
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
    baseline: BaselineFile = None,
    update_baseline: Annotated[
        bool,
        typer.Option("--update-baseline", help="Record the findings of this run as accepted ones."),
    ] = False,
    diff: Diff = None,
    exit_zero: Annotated[
        bool, typer.Option("--exit-zero", help="Neither findings nor scores fail the check.")
    ] = False,
    qe: Qe = None,
    model: ModelName = None,
    device: Device = None,
    batch_size: BatchSize = None,
    cache: Cache = None,
    jobs: Jobs = None,
    engine: Engine = "local",
    ray_address: RayAddress = None,
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
    settings = settle(
        config,
        paths,
        select=select,
        ignore=ignore,
        extend_select=extend_select,
        preview=preview,
        input_format=input_format,
        columns=columns,
        align=align,
        glossary=str(glossary) if glossary else None,
        source_lang=source_lang,
        target_lang=target_lang,
        format=parse_format(format) if format is not None else None,
        fail_on=fail_on,
        max_findings=max_findings,
        min_score=min_score,
        min_sentence_score=min_sentence_score,
        baseline=baseline,
        diff=diff,
        qe=qe,
        model=model,
        device=device,
        batch_size=batch_size,
        cache=cache,
    )
    cluster = find_cluster(engine, ray_address, jobs)
    inputs = [*paths, *(source or ())]
    if update_baseline and settings.baseline:
        refuse_output("--update-baseline", Path(settings.baseline), inputs)
    inputs += find_side_inputs(config, settings)
    if output:
        refuse_output("--output", output, inputs)
        inputs.append(str(output))
    reports = parse_reports(report or (), inputs)

    from mtqa.baseline import write_baseline
    from mtqa.cli.streaming import Run
    from mtqa.pipeline import Checking, require_scores
    from mtqa.result import Severity
    from mtqa.verdict import passes

    require_scores(settings)
    held = _what_holds(paths, settings, reports, update_baseline)
    if resume and (held or not output):
        raise ConfigError(
            "--resume needs --format jsonl and --output FILE"
            + (f", and does not go with {held}" if held else "")
        )
    if not held:
        if output:
            refuse_output("--output", partial_path(output), inputs[:-1])
        run = Run(
            Checking(
                paths,
                settings,
                sources=source or (),
                outputs=[str(path) for path in (output, output and partial_path(output)) if path],
                jobs=jobs or 1,
                cluster=cluster,
            ),
            quiet=quiet,
        )
        run.write(output, resume=resume)
        run.complain()
        if run.failed:
            raise typer.Exit(2)
        if not exit_zero and run.totals.count_at_least(Severity(settings.fail_on)) > (
            settings.max_findings
        ):
            raise typer.Exit(1)
        return
    renewed: list[Baseline] = []
    result = run_check(
        paths,
        settings,
        stdin_filename=stdin_filename,
        sources=source or (),
        outputs=[*([output] if output else []), *(path for _, path in reports)],
        quiet=quiet,
        jobs=jobs or 1,
        cluster=cluster,
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
        path = Path(str(settings.baseline))
        write_file(path, write_baseline(new))
        if not quiet:
            recorded = sum(entry.count for entry in new.entries)
            complain(f"{path}: findings recorded: {recorded:,}")
    complain_about(result, quiet=quiet)
    _complain_about_scores(result)
    if result.problems:
        raise typer.Exit(2)
    if not exit_zero and not passes(result):
        raise typer.Exit(1)


def _what_holds(
    paths: list[str], settings: Settings, reports: list[tuple[str, Path]], renews: bool
) -> str | None:
    """What keeps a check from being written as it goes; None: nothing.

    Other formats begin with what only the end of the run can tell, and so do some verdicts.
    """
    if settings.format != "jsonl":
        return f"the format {settings.format}"
    for held, name in (
        (reports, "--report"),
        (settings.baseline or renews, "a baseline"),
        (settings.diff, "--diff"),
        (settings.min_score or settings.min_sentence_score, "a bar for scores"),
        (STDIN in paths, "standard input"),
    ):
        if held:
            return name
    return None


def _complain_about_scores(result: Result) -> None:
    """Say which scores fail the check: means, then sentences, of many the lowest."""
    from mtqa.reports.text import visible
    from mtqa.verdict import find_shortfalls

    failing = sorted(find_shortfalls(result), key=lambda one: (one.sentence is not None, one.score))
    for one in failing[:_LISTED]:
        place = one.document.document.path
        if one.sentence is not None:
            line, column = one.document.position(one.document.sentences[one.sentence].start)
            place += f":{line}:{column}"
        complain(visible(f"{place}: {one.message}"))
    if len(failing) > _LISTED:
        complain(f"{len(failing) - _LISTED:,} more scores are under their bar")


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
