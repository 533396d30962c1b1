"""JUnit's XML: a document is a suite, a rule is a test, which fails where the check does.

A finding that is too mild to fail the check stands in the output of its test.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from mtqa.reports.markup import element, open_tag
from mtqa.reports.ranking import Level, advise, level_of
from mtqa.result import DocumentResult, Finding, Problem, Result


class _Case(NamedTuple):
    name: str
    content: str = ""
    fails: bool = False
    errs: bool = False


class _Suite(NamedTuple):
    name: str
    cases: list[_Case]

    @property
    def counts(self) -> dict[str, int]:
        return {
            "tests": len(self.cases),
            "failures": sum(case.fails for case in self.cases),
            "errors": sum(case.errs for case in self.cases),
        }


def render(result: Result) -> Iterator[str]:
    """Pieces of the report, in order."""
    suites = [
        *_unchecked(result),
        *(_checked(result, document) for document in result.documents),
    ]
    totals = {
        what: sum(suite.counts[what] for suite in suites)
        for what in ("tests", "failures", "errors")
    }
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f"{open_tag('testsuites', name='mtqa', **totals)}>\n"
    for suite in suites:
        yield f" {open_tag('testsuite', name=suite.name, **suite.counts)}>\n"
        for case in suite.cases:
            opened = open_tag("testcase", name=case.name, classname=suite.name)
            end = f">{case.content}</testcase>" if case.content else "/>"
            yield f"  {opened}{end}\n"
        yield " </testsuite>\n"
    yield "</testsuites>\n"


def _unchecked(result: Result) -> Iterator[_Suite]:
    """What could not be checked: an error each, in a suite for each file."""
    for path, problems in groupby(result.problems, key=lambda problem: problem.path):
        yield _Suite(result.relative(path) if path else "mtqa", list(map(_problem, problems)))


def _problem(problem: Problem) -> _Case:
    error = element("error", type="not-checked", message=problem.message)
    name = problem.rule or ("readable" if problem.path else "run")
    return _Case(name, error, errs=True)


def _checked(result: Result, document: DocumentResult) -> _Suite:
    by_rule: dict[str, list[Finding]] = {rule: [] for rule in result.rules}
    for finding in document.findings:
        by_rule.setdefault(finding.rule, []).append(finding)
    return _Suite(
        result.relative(document.document.path),
        [_case(result, document, rule, findings) for rule, findings in by_rule.items()],
    )


def _case(
    result: Result, document: DocumentResult, rule: str, findings: Sequence[Finding]
) -> _Case:
    failing: list[Finding] = []
    mild: list[Finding] = []
    for finding in findings:
        grave = level_of(result, finding.severity) is Level.ERROR
        (failing if grave else mild).append(finding)
    content = ""
    if failing:
        worst = max(failing, key=lambda finding: finding.severity.penalty)
        count = f"{len(failing)} findings, among them: " if len(failing) > 1 else ""
        content += element(
            "failure",
            _list(document, failing),
            type=worst.severity.value,
            message=count + advise(worst),
        )
    if mild:
        content += element("system-out", _list(document, mild))
    return _Case(rule, content, fails=bool(failing))


def _list(document: DocumentResult, findings: Sequence[Finding]) -> list[str]:
    places = [document.position(finding.span.start) for finding in findings]
    return [
        f"{line}:{column} {finding.severity.value} {advise(finding)}"
        for (line, column), finding in zip(places, findings, strict=True)
    ]
