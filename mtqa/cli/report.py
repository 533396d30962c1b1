"""``mtqa report``: what each sentence scores and what is found in it, as a file to read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mtqa.cli.checking import complain_about, find_side_inputs, run_check, settle
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
from mtqa.cli.output import find_render, refuse_output, write_file
from mtqa.config import REPORTS, ConfigError, parse_format

# What the names of files end with besides the formats themselves.
_SUFFIXES = {"htm": "html", "markdown": "md"}


def report(
    paths: Paths,
    output: Annotated[
        Path,
        typer.Option("--output", "-o", help="The file to write.", metavar="FILE"),
    ],
    format: Annotated[
        str | None,
        typer.Option(
            help=f"Format: {', '.join(REPORTS)} [default: as the suffix of the file says].",
            metavar="FORMAT",
        ),
    ] = None,
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
    baseline: BaselineFile = None,
    diff: Diff = None,
    qe: Qe = None,
    model: ModelName = None,
    device: Device = None,
    batch_size: BatchSize = None,
    cache: Cache = None,
    jobs: Jobs = None,
    engine: Engine = "local",
    ray_address: RayAddress = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No notes, no progress.")] = False,
) -> None:
    """Check translated texts and write a report, sentence by sentence, for an editor to read.

    Exit code: 0, whatever is found; 2 something could not be checked.
    """
    chosen = _choose_format(format, output)
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
        baseline=baseline,
        diff=diff,
        qe=qe,
        model=model,
        device=device,
        batch_size=batch_size,
        cache=cache,
    )
    cluster = find_cluster(engine, ray_address, jobs)
    inputs = [*paths, *(source or ()), *find_side_inputs(config, settings)]
    refuse_output("--output", output, inputs)
    result = run_check(
        paths,
        settings,
        stdin_filename=stdin_filename,
        sources=source or (),
        outputs=[output],
        quiet=quiet,
        jobs=jobs or 1,
        cluster=cluster,
    )
    write_file(output, find_render(chosen)(result))
    complain_about(result, quiet=quiet)
    if result.problems:
        raise typer.Exit(2)


def _choose_format(format: str | None, output: Path) -> str:
    """The format that the user names, or else the one that the file's suffix does.

    Raises:
        ConfigError: there is no such format.
    """
    if format is not None:
        return parse_format(format, REPORTS)
    suffix = output.suffix.lower().lstrip(".")
    suffix = _SUFFIXES.get(suffix, suffix)
    if suffix not in REPORTS:
        raise ConfigError(
            f"{output}: its suffix names no format; use one of {', '.join(REPORTS)}, or --format"
        )
    return suffix
