"""A check whose rows are written as they come, and that can go on where it was stopped."""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import typer

from mtqa.cli.checking import LONG_RUN, complain_about_encoding, complain_about_problems
from mtqa.cli.journal import Journal, digest_file
from mtqa.cli.output import complain, flushed, write_file, write_stdout
from mtqa.config import Settings
from mtqa.result import Hidden, Model, Severity, Totals

if TYPE_CHECKING:
    from mtqa.pipeline import Checking


class Run:
    """A check that is written as JSON Lines, document by document.

    Args:
        checking: the check.
        quiet: no notes, no progress.

    Attributes:
        totals: of the documents so far.
    """

    def __init__(self, checking: Checking, *, quiet: bool) -> None:
        self.totals = Totals()
        self._checking = checking
        self._quiet = quiet
        self._model: Model | None = None

    def write(self, output: Path | None, *, resume: bool) -> None:
        """Write all rows to a file, or to standard output.

        Args:
            output: the file; rows stand beside it until all are there.
            resume: go on with those of an earlier run.

        Raises:
            ConfigError: they cannot be written, or are of another run.
        """
        if output is None:
            pieces = self._pieces(())
            write_stdout(flushed(pieces))
            for _ in pieces:  # where the reader has left: the verdict is that of all files
                pass
        elif output.exists() and not output.is_file():  # /dev/null and the like
            write_file(output, self._pieces(()))
        else:
            journal = Journal(output, _describe(self._checking), resume=resume)
            try:
                known = self._recall(journal)
                for piece in self._pieces(known):
                    journal.write(piece)
                journal.finish()
            except BaseException:
                if journal.give_up():
                    complain(
                        f"{journal.partial} keeps the rows so far; the same with --resume goes on"
                    )
                raise

    def complain(self) -> None:
        """Say on stderr what could not be checked."""
        complain_about_problems(self._checking.problems)

    @property
    def failed(self) -> bool:
        """Could something not be checked?"""
        return bool(self._checking.problems)

    def _pieces(self, known: Iterable[str]) -> Iterator[str]:
        """Rows, those of a document together, and at last those of the whole run."""
        from mtqa.reports.jsonl import render_document, render_end
        from mtqa.reports.text import visible

        def note(message: str) -> None:
            if not self._quiet:
                complain(visible(message))

        recalled = frozenset(known)
        for document, _ in self._checking.documents(self._track(), note, recalled):
            self.totals.add(document)
            if not self._quiet:
                complain_about_encoding(document)
            yield "".join(render_document(document))
        model = self._checking.model or self._model
        yield "".join(render_end(self._checking.problems, model, self.totals, Hidden()))

    def _recall(self, journal: Journal) -> list[str]:
        """The documents that an earlier run has written and that need not be checked again."""
        found: list[tuple[str, Totals]] = []
        for row in journal.rows(_parse):
            if not found or row.path != found[-1][0]:
                found.append((row.path, Totals(documents=1)))
            totals = found[-1][1]
            totals.add_sentence(row.score)
            totals.findings.update(map(Severity, row.severities))
            if self._model is None and row.modelled:
                self._model = _find_model(self._checking.settings)
        # The last one may be cut off.
        whole = [(path, totals.sentences) for path, totals in found[:-1]]
        kept = found[: self._checking.count_settled(whole)]
        journal.keep(sum(totals.sentences for _, totals in kept))
        for _, totals in kept:
            self.totals.merge(totals)
        return [path for path, _ in kept]

    def _track(self) -> Callable[[Sequence[str]], Iterable[str]]:
        if self._quiet or not (sys.stderr and sys.stderr.isatty()):
            return iter
        return self._show_progress

    def _show_progress(self, paths: Sequence[str]) -> Iterator[str]:
        """The files that are done, the rate, and the time that is left, on stderr."""
        if len(paths) < LONG_RUN:
            yield from paths
            return
        begin, before = time.monotonic(), self.totals.sentences
        with typer.progressbar(paths, label="Checking", file=sys.stderr) as bar:
            for path in bar:
                yield path
                done = self.totals.sentences - before
                rate = done / (time.monotonic() - begin)
                bar.label = f"Checking: {self.totals.sentences:,} sentences, {rate:,.0f} a second"


class _Row(NamedTuple):
    """What a row says of its sentence.

    Attributes:
        path: of its document.
        score: of the sentence.
        modelled: a model has looked at it.
        severities: of its findings.
    """

    path: str
    score: float | None
    modelled: bool
    severities: tuple[str, ...]


def _parse(line: str) -> _Row:
    from mtqa.reports.rows import NO_MODEL

    row = json.loads(line)
    if row["kind"] != "sentence":
        raise ValueError("it is of the whole run")
    return _Row(
        row["path"],
        row["score"],
        row["reason"] != NO_MODEL,
        tuple(finding["severity"] for finding in row["findings"]),
    )


def _find_model(settings: Settings) -> Model:
    from mtqa.qe.models import find_model

    info = find_model(settings.model)
    return Model(info.name, info.checksum)


def _describe(checking: Checking) -> str:
    """All that the rows depend on, as one line."""
    from mtqa.version import __version__

    # How many sentences are computed at once, and what fails a check, moves nothing in a row.
    settings = replace(
        checking.settings, batch_size=1, cache=True, fail_on="major", max_findings=0, format="jsonl"
    )
    parts: list[Any] = [__version__, repr(settings), [rule.name for rule in checking.rules]]
    if settings.qe:
        from mtqa.qe.cache import fingerprint
        from mtqa.qe.models import ModelError, find_model

        try:
            parts.append(fingerprint(find_model(settings.model), settings.device).hex())
        except ModelError as error:  # the check says it, and goes on without
            parts.append(str(error))
    digests = [[path, digest_file(path)] for path in (*checking.paths, *checking.sources)]
    parts.append(hashlib.sha256(json.dumps(digests).encode()).hexdigest())
    return json.dumps(parts)
