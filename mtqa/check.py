"""The pipeline: document, analyses, rules, result."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from mtqa.config import Settings
from mtqa.formats.files import STDIN, find_files, read_file
from mtqa.formats.plain import Unreadable
from mtqa.result import DocumentResult, Finding, Problem, Result, Severity
from mtqa.rules.catalogue import applies_to, matches, select_rules
from mtqa.rules.rule import Hit, Rule
from mtqa.text.analysis import Analysis
from mtqa.text.document import Document
from mtqa.text.language import detect_language

_LINE_END = re.compile(r"\r\n?|\n")

# Related places that a finding keeps. No article has more; in a book, a thousand findings that
# each relate a thousand mentions would make the result grow with the square of the text.
_MAX_RELATED = 100


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
            message = f"rule {rule.name}: {_name_fault(error)}; please report it"
            problems.append(Problem(document.path, message, rule=rule.name))
    result = DocumentResult(
        document=document,
        sentences=analysis.sentences,
        findings=_findings(hits, analysis, settings, path),
        words=len(analysis.words),
        line_starts=find_line_starts(document.text),
    )
    return result, problems


def check_files(
    names: Sequence[str],
    settings: Settings,
    stdin_name: str = "<stdin>",
    track: Callable[[Sequence[str]], Iterable[str]] = iter,
) -> Result:
    """Check every file that ``names`` lead to.

    Args:
        names: files, folders, patterns, ``-`` (see `mtqa.formats.files.find_files`).
        settings: what to run and how.
        stdin_name: the path that standard input goes by.
        track: passes the paths on one by one, and may show how far they are.

    Raises:
        UnknownName: ``settings`` names a rule or family that does not exist.
    """
    rules = select_rules(settings)
    paths, missing = find_files(names, lambda path: _excluded(path, settings))
    problems = [Problem(item.path, item.reason) for item in missing]
    documents = []
    for path in track(paths):
        name = stdin_name if path == STDIN else path
        try:
            decoded = read_file(path, settings.max_file_size * 1_000_000)
        except Unreadable as error:
            problems.append(Problem(name, error.message, byte=error.byte))
            continue
        document = Document(
            path=name,
            text=decoded.text,
            lang=settings.target_lang or detect_language(decoded.text),
            encoding=decoded.encoding,
        )
        here = applies_to(relative_path(name, settings.root), rules, settings)
        try:
            result, failures = check_document(document, settings, here)
        except Exception as error:  # a fault of ours, which the other files need not suffer for
            problems.append(Problem(name, f"{_name_fault(error)}; please report it"))
            continue
        documents.append(result)
        problems += failures
    return Result(
        documents=tuple(sorted(documents, key=lambda result: result.document.path)),
        problems=tuple(sorted(problems, key=lambda problem: (problem.path, problem.message))),
    )


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


def _excluded(path: str, settings: Settings) -> bool:
    relative = relative_path(path, settings.root)
    return any(matches(relative, pattern) for pattern in settings.exclude)


def _valid(hits: Iterable[Hit], text: str) -> list[Hit]:
    """The hits of one rule, one per span, after a look at their spans."""
    by_span: dict[tuple[int, int], Hit] = {}
    for hit in hits:
        for start, end in (hit.span, *hit.related[:_MAX_RELATED]):
            if not 0 <= start < end <= len(text):
                raise ValueError(f"span {start}:{end} lies outside the text or is empty")
        by_span.setdefault(hit.span, hit)
    return list(by_span.values())


def _name_fault(error: Exception) -> str:
    return f"internal error: {type(error).__name__}: {error}"


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
                sentence=analysis.sentence_at(hit.span.start),
                suggestion=hit.suggestion,
                related=hit.related[:_MAX_RELATED],
                confidence=hit.confidence,
                fingerprint=hashlib.sha256(
                    (f"{key}\0{nth}" if nth else key).encode("utf-8", "backslashreplace")
                ).hexdigest()[:16],
            )
        )
    return tuple(findings)


def _normalised(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())
