"""GitLab's Code Quality report, a subset of Code Climate's."""

from __future__ import annotations

from collections.abc import Iterator

from mtqa.fingerprints import fingerprint
from mtqa.reports.ranking import Notice, advise, list_findings, list_notices
from mtqa.reports.rows import dump
from mtqa.result import Result


def render(result: Result) -> Iterator[str]:
    """Pieces of the report, in order."""
    taken: set[str] = set()
    opening = "["
    for notice in list_notices(result):
        yield f"{opening}\n {dump(_notice(notice, taken))}"
        opening = ","
    for document, path, finding, _ in list_findings(result):
        place = document.place(finding.span)
        row = _issue(
            advise(finding),
            finding.rule,
            _unique(finding.fingerprint, taken),
            finding.severity.value,
            path,
            (place.start_position.line, place.end_position.line),
        )
        yield f"{opening}\n {dump(row)}"
        opening = ","
    yield "[]\n" if opening == "[" else "\n]\n"


def _notice(notice: Notice, taken: set[str]) -> dict[str, object]:
    path = notice.path or "."
    # The message of a score says how low it is, which no two runs need agree on.
    told = notice.message if notice.name == "not-checked" else ""
    mark = _unique(fingerprint(notice.name, path, told), taken)
    line = notice.position.line
    return _issue(notice.message, notice.name, mark, "blocker", path, (line, line))


def _issue(
    description: str,
    check: str,
    mark: str,
    severity: str,
    path: str,
    lines: tuple[int, int],
) -> dict[str, object]:
    return {
        "type": "issue",
        "description": description,
        "check_name": check,
        "categories": ["Style"],
        "fingerprint": mark,
        "severity": severity,
        "location": {"path": path, "lines": {"begin": lines[0], "end": lines[1]}},
    }


def _unique(mark: str, taken: set[str]) -> str:
    """A fingerprint that no other issue has: GitLab drops the second of two that are alike."""
    unique, number = mark, 1
    while unique in taken:
        number += 1
        unique = f"{mark}-{number}"
    taken.add(unique)
    return unique
