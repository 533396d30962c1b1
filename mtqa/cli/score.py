"""``mtqa score``: a score for each segment, and the mean of each file."""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from mtqa.cli.journal import Journal, digest_file, partial_path
from mtqa.cli.options import (
    BatchSize,
    Cache,
    Columns,
    ConfigFile,
    Device,
    Engine,
    InputFormat,
    Jobs,
    ModelName,
    RayAddress,
    find_cluster,
    read_settings,
    split_names,
)
from mtqa.cli.output import complain, flushed, refuse_output, write_file, write_stdout
from mtqa.config import ConfigError, Settings, parse_columns, parse_input_format, parse_language
from mtqa.text.estimates import SCORE_DECIMALS, SegmentScore

if TYPE_CHECKING:
    from mtqa.qe.models import ModelInfo
    from mtqa.scoring import Chunk, Scoring, Segment

# chrF++ of a segment runs to 100.
_CHRF_DECIMALS = 2

# Before a field of the input that has the name of a field of the output.
_OWN = "input_"

# Below this the work is over before a progress bar can be read.
_LONG_WORK = 50_000  # bytes, some hundred sentences a second at worst

# The escapes of the text format of PostgreSQL's COPY, also known as linear TSV: one row is one
# line for any tool that cuts at tabs.
_ESCAPES = {"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"}
_ESCAPED = re.compile(r"[\\\t\n\r]")

# What a file of each format may hold besides translations, each a column of the output.
_HELD = {
    **dict.fromkeys(("tsv", "csv", "jsonl"), ("source", "chrf", "document")),
    **dict.fromkeys(("xliff", "tmx", "po"), ("unit", "source")),
    **dict.fromkeys(("srt", "vtt", "docx"), ("unit",)),
}


def score(
    files: Annotated[
        list[str],
        typer.Argument(
            help="Translations, one segment a line, row, unit or paragraph; - for stdin.",
            show_default=False,
            metavar="FILE",
        ),
    ],
    input_format: InputFormat = None,
    columns: Columns = None,
    source: Annotated[
        list[str] | None,
        typer.Option(
            help="The source of a file, line by line; once for each file, in their order.",
            metavar="FILE",
        ),
    ] = None,
    reference: Annotated[
        list[str] | None,
        typer.Option(
            help="A human translation of a file, line by line; once for each file, in their order, "
            "or as many for each.",
            metavar="FILE",
        ),
    ] = None,
    documents: Annotated[
        list[str] | None,
        typer.Option(
            help="Names of the documents that the segments belong to, line by line; once for each "
            "file, or for all.",
            metavar="FILE",
        ),
    ] = None,
    unit: Annotated[
        Literal["line", "sentence"],
        typer.Option(help="What a segment is; sentence splits running text."),
    ] = "line",
    format: Annotated[
        Literal["tsv", "jsonl"],
        typer.Option(
            help=r"Output format. In tsv, \t, \n, \r and \\ stand for tab, line feed, carriage "
            "return and backslash, and nothing is quoted."
        ),
    ] = "tsv",
    words: Annotated[
        bool,
        typer.Option("--words", help="Add the probability of each word to be wrong (jsonl)."),
    ] = False,
    target_lang: Annotated[
        str | None,
        typer.Option(
            help="Language of the translations, which --unit sentence and BLEU go by "
            "[default: detected].",
            metavar="CODE",
        ),
    ] = None,
    model: ModelName = None,
    device: Device = None,
    batch_size: BatchSize = None,
    cache: Cache = None,
    jobs: Jobs = None,
    engine: Engine = "local",
    ray_address: RayAddress = None,
    config: ConfigFile = None,
    output: Annotated[
        Path | None, typer.Option(help="Write the scores to this file.", metavar="FILE")
    ] = None,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume",
            help="Go on where a run with the same --output, inputs and settings was stopped.",
        ),
    ] = False,
    summary: Annotated[
        Path | None,
        typer.Option(help="Write the summary to this file, as JSON.", metavar="FILE"),
    ] = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Scores only: no summary, notes, progress.")
    ] = False,
) -> None:
    """Score translations, one row a segment: 0 to 1, higher is better.

    The summary on stderr has the mean score of each file, and over all, with its 95 % bootstrap
    interval; with references also BLEU, chrF++ and TER by sacrebleu. Files with the same source
    and references are systems that translate the same text: each is compared with the first.

    Exit code: 0 all was scored, 2 something could not be.
    """
    given: dict[str, Any] = {
        "input_format": parse_input_format(input_format) if input_format is not None else None,
        "columns": parse_columns(split_names(columns) or ()) if columns is not None else None,
        "target_lang": parse_language(target_lang) if target_lang is not None else None,
        "model": model,
        "device": device,
        "batch_size": batch_size,
        "cache": cache,
    }
    settings = replace(
        read_settings(config, files),
        **{key: value for key, value in given.items() if value is not None},
    )
    sources, references, lists = source or [], reference or [], documents or []
    inputs = [*files, *sources, *references, *lists]
    cluster = find_cluster(engine, ray_address, jobs)
    if words and format != "jsonl":
        raise ConfigError("--words needs --format jsonl")
    if resume and not output:
        raise ConfigError("--resume needs --output FILE, whose rows it goes on with")
    if resume and "-" in inputs:
        raise ConfigError("--resume needs files: standard input is gone; name a file instead")
    if output:
        refuse_output("--output", output, inputs)
        refuse_output("--output", partial_path(output), inputs)
    if summary:
        refuse_output("--summary", summary, [*inputs, *([str(output)] if output else [])])

    from mtqa.cli.score_summary import summary_json, summary_lines
    from mtqa.qe.cache import open_scorer
    from mtqa.qe.models import ModelError, find_model
    from mtqa.reports.text import visible
    from mtqa.scoring import Scoring

    info = find_model(settings.model)
    held = _holdings(files, settings)
    if info.needs_source and not sources and "source" not in held:
        raise ModelError(f"{info.name} cannot score without the source; give it with --source")
    if words and not info.judges_words:
        raise ModelError(f"{info.name} does not judge words; leave --words out")
    scorer = open_scorer(
        info,
        settings.device,
        settings.batch_size,
        cached=settings.cache,
        complain=lambda message: complain(visible(message)),
    )
    scoring = Scoring(
        files,
        scorer,
        settings,
        sources=sources,
        references=references,
        documents=lists,
        unit=unit,
        jobs=jobs or 1,
        cluster=cluster,
    )
    rows = _Rows(format, words, _columns(sources, references, lists, held))
    journal = None
    if output and (output.is_file() or not output.exists()):
        run = _describe_run(info, settings, inputs, [unit, format, words, rows.columns])
        journal = Journal(output, run, rows.head, resume=resume)
    known = journal.rows(rows.parse) if journal else ()
    chunks: Iterable[Chunk] = scoring.chunks(known)
    if not quiet and _is_long(inputs, output):
        chunks = _show_progress(chunks, scoring)
    if journal:
        _write(journal, chunks, rows)
    elif output:
        write_file(output, rows.pieces(chunks))
    else:
        write_stdout(flushed(rows.pieces(chunks)))
    if summary and scoring.finished:  # which it is not where the reader of stdout has left
        write_file(summary, summary_json(scoring, info, unit))
    for problem in scoring.problems:
        complain(visible(f"{problem.path}: {problem.message}"))
    if not quiet:
        for path, told in scoring.guessed:
            complain(visible(f"{path}: {told}"))
        if not summary and scoring.finished:
            for line in summary_lines(scoring, info):
                print(visible(line), file=sys.stderr)
    if scoring.problems:
        raise typer.Exit(2)


def _is_long(files: list[str], output: Path | None) -> bool:
    """Whether a progress bar has something to tell, and a terminal where no rows go."""
    if sys.stderr is None or not sys.stderr.isatty():
        return False
    if output is None and sys.stdout is not None and sys.stdout.isatty():
        return False
    sizes = (os.path.getsize(path) for path in files if os.path.isfile(path))
    return "-" in files or sum(sizes) > _LONG_WORK


def _show_progress(chunks: Iterable[Chunk], scoring: Scoring) -> Iterator[Chunk]:
    """The share that is done, the time that is left, and the rate, on stderr."""
    steps, done = 1000, 0
    computed, begin = 0, time.monotonic()
    with typer.progressbar(length=steps, label="Scoring", file=sys.stderr) as bar:
        for chunk in chunks:
            now = int(scoring.progress * steps)
            computed += 0 if chunk.recalled else len(chunk.segments)
            rate = computed / (time.monotonic() - begin)
            bar.label = f"Scoring: {scoring.segments:,} segments, {rate:,.0f} a second"
            bar.update(now - done)
            done = now
            yield chunk
        bar.update(steps - done)


def _write(journal: Journal, chunks: Iterable[Chunk], rows: _Rows) -> None:
    """Write the rows that are not there yet; what is computed is kept whatever happens."""
    try:
        for chunk in chunks:
            if chunk.recalled:
                journal.keep(len(chunk.segments))
            else:
                journal.write(rows.of(chunk))
        journal.finish()
    except BaseException:
        if journal.give_up():
            complain(f"{journal.partial} keeps the rows so far; the same with --resume goes on")
        raise


def _describe_run(
    info: ModelInfo, settings: Settings, inputs: Sequence[str], chosen: Sequence[Any]
) -> str:
    """All that the rows depend on, as one line."""
    from mtqa.qe.cache import fingerprint

    return json.dumps(
        {
            "model": fingerprint(info, settings.device).hex(),
            "settings": [settings.target_lang, settings.input_format, dict(settings.columns)],
            "output": chosen,
            "inputs": [[path, digest_file(path)] for path in inputs],
        }
    )


def _holdings(files: list[str], settings: Settings) -> set[str]:
    """Columns that the formats of some files may fill besides what every segment has."""
    from mtqa.formats.read import find_format

    return {column for path in files for column in _HELD.get(find_format(path, settings), ())}


def _columns(
    sources: list[str], references: list[str], documents: list[str], held: set[str]
) -> list[str]:
    wanted = {
        "unit": False,
        "source": bool(sources),
        "chrf": bool(references),
        "document": bool(documents),
    }
    columns = ["path", "line", "score", "truncated", "reason", "translation"]
    return columns + [name for name, given in wanted.items() if given or name in held]


class _Rows:
    """How segments are written.

    Args:
        format: tsv or jsonl.
        words: with the probabilities of words.
        columns: of tsv.
    """

    def __init__(self, format: str, words: bool, columns: list[str]) -> None:
        self._jsonl = format == "jsonl"
        self._words = words
        self.columns = columns
        self.head = "" if self._jsonl else "\t".join(columns) + "\n"

    def of(self, chunk: Chunk) -> str:
        """The rows of some segments."""
        if not self._jsonl:
            return "".join(_tsv_row(segment, self.columns) for segment in chunk.segments)
        from mtqa.reports.rows import dump

        return "".join(dump(_json_row(segment, self._words)) + "\n" for segment in chunk.segments)

    def pieces(self, chunks: Iterable[Chunk]) -> Iterator[str]:
        """The head, and the rows as they come."""
        head = self.head
        for chunk in chunks:
            yield head + self.of(chunk)
            head = ""
        if head:
            yield head

    def parse(self, row: str) -> SegmentScore:
        """What a row says of its segment, words left out.

        Raises:
            ValueError, LookupError, TypeError: it is no row.
        """
        if self._jsonl:
            fields = json.loads(row)
            return SegmentScore(
                fields["score"], truncated=fields["truncated"], reason=fields["reason"]
            )
        cells = dict(zip(self.columns, row.split("\t"), strict=True))
        return SegmentScore(
            float(cells["score"]) if cells["score"] else None,
            truncated=cells["truncated"] == "true",
            reason=cells["reason"] or None,
        )


def _tsv_row(segment: Segment, columns: list[str]) -> str:
    estimate = segment.estimate
    cells = {
        "path": segment.path,
        "line": str(segment.line),
        "score": "" if estimate.score is None else f"{estimate.score:.{SCORE_DECIMALS}f}",
        "truncated": "true" if estimate.truncated else "false",
        "reason": estimate.reason or "",
        "translation": segment.translation,
        "unit": segment.unit or "",
        "source": segment.source or "",
        "chrf": "" if segment.chrf is None else f"{segment.chrf:.{_CHRF_DECIMALS}f}",
        "document": segment.document or "",
    }
    escaped = (_ESCAPED.sub(lambda match: _ESCAPES[match[0]], cells[name]) for name in columns)
    return "\t".join(escaped) + "\n"


def _json_row(segment: Segment, words: bool) -> dict[str, Any]:
    from mtqa.reports.rows import score_value

    estimate = segment.estimate
    row: dict[str, Any] = {
        "path": segment.path,
        "line": segment.line,
        "source": segment.source,
        "translation": segment.translation,
        "score": score_value(estimate.score),
        "truncated": estimate.truncated,
        "reason": estimate.reason,
    }
    if segment.chrf is not None:
        row["references"] = list(segment.references)
        row["chrf"] = round(segment.chrf, _CHRF_DECIMALS)
    if segment.document is not None:
        row["document"] = segment.document
    if segment.unit is not None:
        row["unit"] = segment.unit
    if words:
        row["words"] = [
            {
                "start": word.start,
                "end": word.end,
                "text": segment.translation[word.start : word.end],
                "probability": round(word.probability, SCORE_DECIMALS),
            }
            for word in estimate.words
        ]
    return row if segment.fields is None else _keep(segment.fields, row)


def _keep(fields: Mapping[str, Any], row: dict[str, Any]) -> dict[str, Any]:
    """What a row of the input says, and then ``row``; of one name, the input's own has a prefix."""
    own = {
        name if name not in row or row[name] == value else _OWN + name: value
        for name, value in fields.items()
    }
    return {**own, **row}
