"""Annotations of GitHub Actions, and a summary of the job.

GitHub shows the first ten annotations of each level and step: the worst stand first.
"""

from __future__ import annotations

from collections.abc import Iterator

from mtqa.reports.ranking import Level, Ranked, advise, list_notices, rank, shorten
from mtqa.reports.tables import plain, row
from mtqa.reports.text import visible
from mtqa.result import DocumentResult, Result, Severity

_COMMANDS = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "notice"}

# Rows of a table of the summary. A step's summary may have 1 MiB; a row takes a few kB at most.
_MAX_ROWS = 100


def render(result: Result) -> Iterator[str]:
    """Workflow commands, one a line."""
    for notice in list_notices(result):
        properties: dict[str, object] = {}
        if notice.path is not None:
            properties["file"] = notice.path
        if notice.name != "not-checked":
            properties["line"] = notice.position.line
        yield _command("error", {**properties, "title": f"mtqa {notice.name}"}, notice.message)
    for one in rank(result):
        yield _command(_COMMANDS[one.level], _properties(one), advise(one.finding))


def summarise(result: Result) -> Iterator[str]:
    """A summary of the job in Markdown."""
    ranked = rank(result)
    yield "## Translation quality (mtqa)\n\n"
    yield _count(result, len(ranked)) + "\n\n"
    notices = list(list_notices(result))
    if notices:
        yield "| fails the check | where | why |\n| --- | --- | --- |\n"
        for notice in notices[:_MAX_ROWS]:
            place = _cell(notice.path or "")
            if notice.name == "min-sentence-score":
                place += f":{notice.position.line}:{notice.position.column}"
            yield row(_cell(notice.name), place, _cell(notice.message))
        yield _more(len(notices))
    if ranked:
        yield "| severity | where | rule | finding |\n| --- | --- | --- | --- |\n"
        for document, path, finding, _ in ranked[:_MAX_ROWS]:
            line, column = document.position(finding.span.start)
            yield row(
                finding.severity.value,
                f"{_cell(path)}:{line}:{column}",
                _cell(finding.rule),
                _cell(advise(finding)),
            )
        yield _more(len(ranked))
    if result.documents:
        yield (
            "| document | score | critical | major | minor | MQM per 1,000 words |\n"
            "| --- | ---: | ---: | ---: | ---: | ---: |\n"
        )
        worst = sorted(result.documents, key=_badness)
        for document in worst[:_MAX_ROWS]:
            yield _document_row(document, result.relative(document.document.path))
        yield _more(len(worst))


def _properties(one: Ranked) -> dict[str, object]:
    start, end = one.document.place(one.finding.span)[2:4]
    properties: dict[str, object] = {"file": one.path, "line": start.line}
    if end.line == start.line:  # GitHub takes columns within one line only
        properties |= {"endLine": end.line, "col": start.column, "endColumn": end.column}
    elif end.column > 1:
        properties["endLine"] = end.line
    else:  # the end of a line, and not the beginning of the next
        properties["endLine"] = end.line - 1
    return {**properties, "title": f"{one.finding.severity.value} {one.finding.rule}"}


def _command(name: str, properties: dict[str, object], message: str) -> str:
    listed = ",".join(f"{key}={_escape_property(str(value))}" for key, value in properties.items())
    return f"::{name} {listed}::{_escape(message)}\n"


def _escape(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape(visible(text)).replace(":", "%3A").replace(",", "%2C")


def _count(result: Result, findings: int) -> str:
    shares = ", ".join(
        f"{count:,} {severity.value}"
        for severity, count in reversed(result.severities.items())
        if count
    )
    score = "" if result.score is None else f" Mean score {result.score:.2f}."
    number = f"**{findings:,} findings**" if findings != 1 else "**1 finding**"
    documents = f"{len(result.documents):,} document" + "s" * (len(result.documents) != 1)
    hidden = "".join(
        f" Not shown, {why}: {count:,}."
        for why, count in (
            ("as the baseline accepts them", result.hidden.baseline),
            ("as their lines have not changed", result.hidden.unchanged),
        )
        if count
    )
    return f"{number}{f' ({shares})' if shares else ''} in {documents}.{hidden}{score}"


def _badness(document: DocumentResult) -> tuple[float, float, str]:
    rate = document.penalty_per_1000_words or 0.0
    return (-rate, 1.0 if document.score is None else document.score, document.document.path)


def _document_row(document: DocumentResult, path: str) -> str:
    counts = [
        sum(finding.severity is severity for finding in document.findings)
        for severity in reversed(Severity)
    ]
    score = "" if document.score is None else f"{document.score:.2f}"
    rate = document.penalty_per_1000_words
    return row(_cell(path), score, *map(str, counts), "" if rate is None else f"{rate:.1f}")


def _more(total: int) -> str:
    return f"\n{total - _MAX_ROWS:,} more are left out here.\n\n" if total > _MAX_ROWS else "\n"


def _cell(text: str) -> str:
    return plain(shorten(text))
