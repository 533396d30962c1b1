"""GitLab's Code Quality report, a subset of Code Climate's."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from mtqa.reports.ranking import advise, list_findings, shorten
from mtqa.reports.rows import dump
from mtqa.result import Problem, Result


def render(result: Result) -> Iterator[str]:
    """Pieces of the report, in order."""
    taken: set[str] = set()
    opening = "["
    for problem in result.problems:
        yield f"{opening}\n {dump(_problem(result, problem, taken))}"
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


def _problem(result: Result, problem: Problem, taken: set[str]) -> dict[str, object]:
    path = result.relative(problem.path) if problem.path else "."
    key = f"{path}\0{problem.message}".encode("utf-8", "backslashreplace")
    fingerprint = _unique(hashlib.sha256(key).hexdigest()[:16], taken)
    return _issue(shorten(problem.message), "not-checked", fingerprint, "blocker", path, (1, 1))


def _issue(
    description: str,
    check: str,
    fingerprint: str,
    severity: str,
    path: str,
    lines: tuple[int, int],
) -> dict[str, object]:
    return {
        "type": "issue",
        "description": description,
        "check_name": check,
        "categories": ["Style"],
        "fingerprint": fingerprint,
        "severity": severity,
        "location": {"path": path, "lines": {"begin": lines[0], "end": lines[1]}},
    }


def _unique(fingerprint: str, taken: set[str]) -> str:
    """A fingerprint that no other issue has: GitLab drops the second of two that are alike."""
    unique, number = fingerprint, 1
    while unique in taken:
        number += 1
        unique = f"{fingerprint}-{number}"
    taken.add(unique)
    return unique
