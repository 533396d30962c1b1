"""Findings in the order in which a reader with little room should see them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple

from mtqa.reports.text import visible
from mtqa.result import DocumentResult, Finding, Place, Position, Result, Severity
from mtqa.verdict import find_shortfalls

# Related places that a report for a machine lists with each finding; JSON has all. With a hundred
# for each of 20,000 findings no forge would take the file.
MAX_RELATED = 10

_BEGINNING = Position(1, 1)

# A message that is longer is no message; GitHub cuts annotations at 4 kB.
_MAX_MESSAGE = 500  # characters


class Level(StrEnum):
    """How grave a finding is for the check, as most tools of the trade put it."""

    ERROR = "error"  # it fails the check
    WARNING = "warning"  # it does not, though it is major
    NOTE = "note"


class Ranked(NamedTuple):
    """A finding with what a report needs beside it.

    Attributes:
        document: where it stands.
        path: of the document, seen from the repository.
        finding: itself.
        level: how grave it is.
    """

    document: DocumentResult
    path: str
    finding: Finding
    level: Level


class Notice(NamedTuple):
    """Something that fails the check and is no finding.

    Attributes:
        name: ``not-checked``, ``min-score`` or ``min-sentence-score``.
        path: the file concerned, seen from the repository; None: the whole run.
        position: where in it; its beginning, where no place can be told.
        message: what is wrong, on one line.
        rule: the rule that failed, where one did.
    """

    name: str
    path: str | None
    position: Position
    message: str
    rule: str | None = None


def list_notices(result: Result) -> Iterator[Notice]:
    """What could not be checked, then scores under the bar."""
    for problem in result.problems:
        path = None if problem.path is None else result.relative(problem.path)
        yield Notice("not-checked", path, _BEGINNING, shorten(problem.message), problem.rule)
    for one in find_shortfalls(result):
        path = result.relative(one.document.document.path)
        if one.sentence is None:
            yield Notice("min-score", path, _BEGINNING, one.message)
        else:
            position = one.document.position(one.document.sentences[one.sentence].start)
            yield Notice("min-sentence-score", path, position, one.message)


def rank(result: Result) -> list[Ranked]:
    """All findings, worst first: by severity, by confidence, then in order of the texts."""
    ranked = list_findings(result)
    ranked.sort(key=lambda one: (-one.finding.severity.penalty, -one.finding.confidence))
    return ranked


def list_findings(result: Result) -> list[Ranked]:
    """All findings in order of the texts."""
    levels = {severity: level_of(result, severity) for severity in Severity}
    return [
        Ranked(document, path, finding, levels[finding.severity])
        for document in result.documents
        for path in (result.relative(document.document.path),)
        for finding in document.findings
    ]


def level_of(result: Result, severity: Severity) -> Level:
    """The level of findings of a severity: by the bar of the check."""
    if severity.penalty >= result.fail_on.penalty:
        return Level.ERROR
    return Level.NOTE if severity is Severity.MINOR else Level.WARNING


def advise(finding: Finding) -> str:
    """The message of a finding and what to do, on one line without characters that command."""
    message = shorten(finding.message)
    if finding.suggestion is None:
        return message
    return f"{message} " + (
        f"Write: {shorten(finding.suggestion)}" if finding.suggestion else "Delete it."
    )


def shorten(text: str) -> str:
    """``text`` on one line, without characters that command, and not too long for a message."""
    shown = visible(text[:_MAX_MESSAGE])
    return shown if len(text) <= _MAX_MESSAGE else shown + "…"


def byte_columns(document: DocumentResult, places: Iterable[Place]) -> dict[int, int]:
    """Columns as bytes of UTF-8, from 1, of the ends of places, by their offset in the file."""
    text = document.file_text
    starts: dict[int, int] = {}  # of the line, by offset
    for begin, end, (_, first), (_, last), _ in places:
        starts[begin] = begin - first + 1
        starts[end] = end - last + 1
    columns: dict[int, int] = {}
    line, at, column = 0, 0, 1
    for offset, start in sorted(starts.items()):
        if start != line:
            line = at = start
            column = 1
        column += len(text[at:offset].encode("utf-8", "surrogatepass"))
        at = offset
        columns[offset] = column
    return columns
