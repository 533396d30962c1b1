"""The pipeline: document, analyses, rules, result."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence

from mtqa.rules.catalogue import applies_to, select_rules
from mtqa.config import Settings
from mtqa.result import DocumentResult, Finding, Problem, Severity
from mtqa.rules.rule import Hit, Rule
from mtqa.text.analysis import Analysis
from mtqa.text.document import Document

_LINE_END = re.compile(r"\r\n?|\n")


def check_document(
    document: Document, settings: Settings, rules: Sequence[Rule] | None = None
) -> tuple[DocumentResult, list[Problem]]:
    """Run rules over one document.

    Args:
        document: the text and its language.
        settings: what to run and how.
        rules: rules to run instead of those that ``settings`` selects.

    Returns:
        The result with findings in order of the text, and one problem for each rule that failed;
        a rule that fails takes no other rule's findings with it.

    Raises:
        UnknownName: ``settings`` names a rule or family that does not exist.
    """
    path = relative_path(document.path, settings.root)
    if rules is None:
        rules = applies_to(path, select_rules(settings), settings)
    analysis = Analysis(document)
    hits: list[tuple[Rule, Hit]] = []
    problems: list[Problem] = []
    for rule in rules:
        try:
            hits += [(rule, hit) for hit in _valid(rule.check(analysis, settings), document.text)]
        except Exception as error:  # any fault of a rule, our own or a plug-in's
            problems.append(Problem(document.path, _describe(rule, error), rule=rule.name))
    result = DocumentResult(
        document=document,
        sentences=analysis.sentences,
        findings=_findings(hits, analysis, settings, path),
        words=len(analysis.words),
        line_starts=find_line_starts(document.text),
    )
    return result, problems


def find_line_starts(text: str) -> array[int]:
    """Offsets at which the lines of ``text`` begin; a line ends with LF, CR LF or CR."""
    starts = array("l", [0])
    starts.extend(match.end() for match in _LINE_END.finditer(text))
    return starts


def relative_path(path: str, root: str) -> str:
    """``path`` seen from the project root, with forward slashes; ``<stdin>`` stays what it is."""
    if path.startswith("<"):
        return path
    return os.path.relpath(path, root or None).replace(os.sep, "/")


def _valid(hits: Iterable[Hit], text: str) -> list[Hit]:
    """The hits of one rule, one per span, after a look at their spans."""
    by_span: dict[tuple[int, int], Hit] = {}
    for hit in hits:
        for start, end in (hit.span, *hit.related):
            if not 0 <= start < end <= len(text):
                raise ValueError(f"span {start}:{end} lies outside the text or is empty")
        by_span.setdefault(hit.span, hit)
    return list(by_span.values())


def _describe(rule: Rule, error: Exception) -> str:
    return (
        f"rule {rule.name} failed with {type(error).__name__}: {error}; this is a defect of the "
        f"rule, please report it (--ignore {rule.name} goes on without it)"
    )


def _findings(
    hits: list[tuple[Rule, Hit]], analysis: Analysis, settings: Settings, path: str
) -> tuple[Finding, ...]:
    hits.sort(key=lambda pair: (pair[1].span, pair[0].name))
    seen: Counter[str] = Counter()
    findings = []
    for rule, hit in hits:
        key = "\0".join((rule.name, path, _normalised(analysis.text[slice(*hit.span)])))
        nth = seen[key]
        seen[key] += 1
        findings.append(
            Finding(
                rule=rule.name,
                severity=Severity(
                    settings.severity.get(rule.name) or hit.severity or rule.severity
                ),
                category=rule.category,
                message=hit.message,
                span=hit.span,
                sentence=analysis.sentence_at(hit.span.start) if analysis.sentences else None,
                suggestion=hit.suggestion,
                related=hit.related,
                confidence=hit.confidence,
                fingerprint=hashlib.sha256(
                    (f"{key}\0{nth}" if nth else key).encode("utf-8", "backslashreplace")
                ).hexdigest()[:16],
            )
        )
    return tuple(findings)


def _normalised(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())
