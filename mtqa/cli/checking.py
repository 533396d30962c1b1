"""What ``check`` and ``report`` do alike: settle the settings, check, complain."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from mtqa.cli.options import read_settings, split_names, split_selection
from mtqa.cli.output import complain
from mtqa.config import Settings, parse_columns, parse_input_format, parse_language
from mtqa.formats.plain import describe_encoding

if TYPE_CHECKING:
    from mtqa.baseline import Baseline
    from mtqa.cluster import Cluster
    from mtqa.result import DocumentResult, Problem, Result
    from mtqa.text.document import Document, Source

# Below this a run is over before a progress bar can be read.
LONG_RUN = 10  # files


def settle(
    config: Path | None,
    paths: Sequence[str],
    *,
    select: list[str] | None,
    ignore: list[str] | None,
    extend_select: list[str] | None,
    preview: bool,
    input_format: str | None,
    columns: list[str] | None,
    source_lang: str | None,
    target_lang: str | None,
    baseline: Path | None,
    **given: Any,
) -> Settings:
    """The settings that hold for ``paths``, under what the command line gives.

    ``--select`` starts from nothing: the choice of the configuration is set aside. What is None is
    not given.

    Raises:
        ConfigError: they cannot be used.
    """
    settings = read_settings(config, paths)
    given |= {
        "select": split_selection(select),
        "ignore": split_names(ignore),
        "extend_select": split_names(extend_select),
        "preview": preview or None,
        "input_format": parse_input_format(input_format) if input_format is not None else None,
        "columns": parse_columns(split_names(columns) or ()) if columns is not None else None,
        "source_lang": parse_language(source_lang) if source_lang is not None else None,
        "target_lang": parse_language(target_lang) if target_lang is not None else None,
        "baseline": str(baseline) if baseline else None,
    }
    if given["select"]:
        settings = replace(settings, ignore=(), extend_select=())
    return replace(settings, **{key: value for key, value in given.items() if value is not None})


def find_side_inputs(config: Path | None, settings: Settings) -> list[str]:
    """The files beside the texts that a run reads, and that no report may overwrite."""
    given = (config, settings.glossary, settings.baseline)
    return [str(name) for name in given if name is not None]


def run_check(
    paths: Sequence[str],
    settings: Settings,
    *,
    stdin_filename: str | None,
    sources: Sequence[str],
    outputs: Sequence[Path],
    quiet: bool,
    jobs: int = 1,
    cluster: Cluster | None = None,
    record: Callable[[Baseline], None] | None = None,
) -> Result:
    """Check ``paths`` (see `mtqa.pipeline.check_files`) with a progress bar on a terminal's stderr.

    Raises:
        UnknownName: ``settings`` names a rule or family that does not exist.
        ConfigError: ``sources`` do not go with ``paths``; or there is no such baseline, no git or
            no such revision.
    """
    from mtqa.pipeline import check_files
    from mtqa.reports.text import visible

    def note(message: str) -> None:
        if not quiet:
            complain(visible(message))

    result = check_files(
        paths,
        settings,
        stdin_name=Path(stdin_filename).as_posix() if stdin_filename else "<stdin>",
        sources=sources,
        outputs=[str(path) for path in outputs],
        track=iter if quiet or not (sys.stderr and sys.stderr.isatty()) else _show_progress,
        complain=note,
        record=record,
        jobs=jobs,
        cluster=cluster,
    )
    # All that is there now lives until the reports are written: the collector, which took a fifth
    # of their time (`bench/reports.py`), need not go through it again and again.
    gc.freeze()
    return result


def complain_about(result: Result, *, quiet: bool) -> None:
    """Say on stderr what could not be checked, what is hidden, what was read as what."""
    complain_about_problems(result.problems)
    if quiet:
        return
    if result.hidden.baseline:
        complain(f"findings that the baseline accepts: {result.hidden.baseline:,}")
    if result.hidden.unchanged:
        complain(f"findings on lines that have not changed: {result.hidden.unchanged:,}")
    for document in result.documents:
        complain_about_encoding(document)


def complain_about_problems(problems: Iterable[Problem]) -> None:
    """Say on stderr what could not be checked."""
    from mtqa.reports.text import visible

    for problem in problems:
        complain(visible(f"{problem.path}: {problem.message}" if problem.path else problem.message))


def complain_about_encoding(result: DocumentResult) -> None:
    """Say on stderr what a file and its source were read as, if not as UTF-8 or as they say."""
    from mtqa.reports.text import visible

    document, source = result.document, result.document.source
    files: list[Document | Source] = [document]
    if source is not None and source.path != document.path:
        files.append(source)
    for file in files:
        told = describe_encoding(file.encoding, file.declared)
        if told:
            complain(visible(f"{file.path}: {told}"))


def _show_progress(paths: Sequence[str]) -> Iterable[str]:
    if len(paths) < LONG_RUN:
        yield from paths
        return
    with typer.progressbar(paths, label="Checking", file=sys.stderr) as bar:
        yield from bar
