"""JUnit's XML: a document is a suite, a rule is a test, which fails where the check does.

A finding that is too mild to fail the check stands in the output of its test.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from mtqa.reports.markup import element, open_tag
from mtqa.reports.ranking import Level, Notice, advise, level_of, list_notices
from mtqa.result import DocumentResult, Finding, Result


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
    unchecked: dict[str, list[_Case]] = {}
    scores: dict[str, list[_Case]] = {}
    for notice in list_notices(result):
        kind = unchecked if notice.name == "not-checked" else scores
        kind.setdefault(notice.path or "mtqa", []).append(_notice(notice))
    suites = [_Suite(path, cases) for path, cases in unchecked.items()]
    for document in result.documents:
        path = result.relative(document.document.path)
        suites.append(_Suite(path, [*_cases(result, document), *scores.get(path, ())]))
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


def _notice(notice: Notice) -> _Case:
    """What could not be checked is an error, a score under the bar a failure."""
    if notice.name == "not-checked":
        error = element("error", type=notice.name, message=notice.message)
        return _Case(notice.rule or ("readable" if notice.path else "run"), error, errs=True)
    place = "{}:{} ".format(*notice.position) if notice.name == "min-sentence-score" else ""
    failure = element("failure", type=notice.name, message=place + notice.message)
    return _Case(notice.name, failure, fails=True)


def _cases(result: Result, document: DocumentResult) -> Iterator[_Case]:
    """One for each rule that was run."""
    by_rule: dict[str, list[Finding]] = {rule: [] for rule in result.rules}
    for finding in document.findings:
        by_rule.setdefault(finding.rule, []).append(finding)
    for rule, findings in by_rule.items():
        yield _case(result, document, rule, findings)


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
