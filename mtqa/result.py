"""The result of a check: all that a reporter sees."""

from __future__ import annotations

import os
import re
from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from mtqa.text.document import Document, Span
from mtqa.text.estimates import SCORE_DECIMALS, SegmentScore

# Text that stands for itself in every format: letters, digits, spaces, and marks that no format of
# files gives a meaning to.
_PLAIN = re.compile(r"[\w \u00a0.‘’“”«»„–—…-]*")


class Severity(StrEnum):
    """MQM severity, mildest first."""

    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"

    @property
    def penalty(self) -> int:
        """Weight in penalty points (MQM Core: 1, 5, 25)."""
        return _PENALTIES[self]


_PENALTIES = {Severity.MINOR: 1, Severity.MAJOR: 5, Severity.CRITICAL: 25}


class Position(NamedTuple):
    """A place as editors count: both numbers begin at 1, columns count code points."""

    line: int
    column: int


class Place(NamedTuple):
    """Characters of a file.

    Attributes:
        start: first code point, in the decoded file.
        end: code point after the last.
        start_position: line and column of the start.
        end_position: line and column of the end.
        text: ``file[start:end]``.
    """

    start: int
    end: int
    start_position: Position
    end_position: Position
    text: str


# Makes a named tuple without the function of Python around it, which takes longer than all else
# that a place takes; a report asks for some hundred thousand.
_new = tuple.__new__


class Edit(NamedTuple):
    """A change to a file.

    Attributes:
        place: the characters to be replaced.
        text: what is to stand in their place, as the file writes it; ``""`` deletes them.
    """

    place: Place
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One defect, as it is reported.

    Attributes:
        rule: name of the rule that found it.
        severity: MQM severity, after the user's own settings.
        category: MQM category, ``Dimension/Subtype``.
        message: one sentence for the editor.
        span: the characters concerned, in code points of the document.
        sentence: index of the sentence in which the span begins.
        suggestion: text to stand in place of the span; ``""`` deletes it, None: no suggestion.
        related: other places that the message speaks of, in order of the text.
        confidence: 0 to 1, the expected share of such findings that are right.
        fingerprint: names the finding across edits elsewhere in the file; unique in a document.
        source: the characters of the source that the message speaks of, where there are any.
        safe: the suggestion can be applied without anyone reading it.
    """

    rule: str
    severity: Severity
    category: str
    message: str
    span: Span
    sentence: int
    suggestion: str | None
    related: tuple[Span, ...]
    confidence: float
    fingerprint: str
    source: Span | None = None
    safe: bool = False


@dataclass(frozen=True, slots=True)
class DocumentResult:
    """One checked document.

    Attributes:
        document: what was read.
        sentences: spans of its sentences, in order.
        findings: in order of the text; a finding's index is its id.
        words: number of words and numbers.
        line_starts: offset at which each line of the file begins (see `find_line_starts`).
        scores: one for each sentence, without its words; None: no model was run.
        sources: what each sentence renders, in code points of the source; None where that is not
            known; empty without a source.
        judged: indices of the sentences whose scores can fail a check; None: all.
    """

    document: Document
    sentences: Sequence[Span]
    findings: tuple[Finding, ...]
    words: int
    line_starts: array[int]
    scores: Sequence[SegmentScore] | None = None
    sources: Sequence[Span | None] = ()
    judged: frozenset[int] | None = None

    def text(self, span: Span) -> str:
        """The characters of ``span``, as they read: without the markup of the file."""
        return self.document.text[span.start : span.end]

    def place(self, span: Span) -> Place:
        """Where the file holds ``span``, and the very characters that stand there."""
        document = self.document
        if document.origin is None:
            start, end = span
            text = document.text[start:end]
        else:
            start, end = document.origin.locate(span)
            text = self.file_text[start:end]
        starts = self.line_starts
        line, last = bisect_right(starts, start), bisect_right(starts, end)
        first = _new(Position, (line, start - starts[line - 1] + 1))
        final = _new(Position, (last, end - starts[last - 1] + 1))
        return _new(Place, (start, end, first, final, text))

    def position(self, offset: int) -> Position:
        """Line and column, in the file, of a code point of the document's text."""
        origin = self.document.origin
        if origin is not None:
            offset = origin.locate(Span(offset, offset + 1)).start
        return self.file_position(offset)

    def unit(self, span: Span) -> str | None:
        """What the file calls the part of it in which ``span`` begins; None: nothing."""
        origin = self.document.origin
        return origin.unit(span.start) if origin else None

    def edit(self, span: Span, text: str) -> Edit | None:
        """``text`` in place of ``span`` as a change to the file.

        None where it cannot be told what that would do to the file: markup or an escape stands
        within the span, the file is no text, or ``text`` has a character that the format may have
        a meaning for.
        """
        origin = self.document.origin
        if origin is None:
            return Edit(self.place(span), text)
        if origin.file is None or not _PLAIN.fullmatch(text):
            return None
        place = self.place(span)
        return Edit(place, text) if place.text == self.text(span) else None

    def source_text(self, span: Span | None) -> str | None:
        """The characters of a span of the source."""
        source = self.document.source
        return source.text[span.start : span.end] if source and span else None

    @property
    def file_text(self) -> str:
        """The characters that places count: those of the file, or of the text taken from it."""
        origin = self.document.origin
        return self.document.text if origin is None or origin.file is None else origin.file

    def file_position(self, offset: int) -> Position:
        """Line and column of a code point of the file."""
        line = bisect_right(self.line_starts, offset)
        return _new(Position, (line, offset - self.line_starts[line - 1] + 1))

    @property
    def score(self) -> float | None:
        """Mean of the scores of its sentences; None where none has a score."""
        totals = Totals()
        totals.add(self)
        return totals.score

    @property
    def penalty(self) -> int:
        """MQM penalty points of all findings together."""
        return sum(finding.severity.penalty for finding in self.findings)

    @property
    def penalty_per_1000_words(self) -> float | None:
        """Penalty points per 1,000 words, rounded to one decimal; None without words."""
        return round(1000 * self.penalty / self.words, 1) if self.words else None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that kept a file, or a rule, from being checked.

    Attributes:
        path: the file concerned; None: the whole run.
        message: one sentence: what is wrong and what to do.
        rule: the rule that failed, where the fault is ours.
        byte: offset in bytes of the fault in the file, where there is one.
    """

    path: str | None
    message: str
    rule: str | None = None
    byte: int | None = None


def name_fault(error: Exception) -> str:
    """What is said of an exception that nobody expected, in a `Problem`."""
    return f"internal error: {type(error).__name__}: {error}"


@dataclass(frozen=True, slots=True)
class Model:
    """The model that gave the scores of a run.

    Attributes:
        name: what the user called it.
        checksum: SHA-256 of its weights, in hexadecimal.
    """

    name: str
    checksum: str


class Hidden(NamedTuple):
    """How many findings are not reported.

    Attributes:
        baseline: accepted by the baseline.
        unchanged: on lines that have not changed since the revision of ``--diff``.
    """

    baseline: int = 0
    unchanged: int = 0


_NOTHING_HIDDEN = Hidden()


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """What a reader of a report is told of a rule.

    Attributes:
        name: as in `Finding.rule`.
        family: the group it belongs to.
        category: MQM category, ``Dimension/Subtype``.
        severity: MQM severity of its findings unless one says otherwise, after the user's own
            settings.
        summary: one sentence: what it finds.
        documentation: all of its documentation: a first sentence, then sections whose headings
            are underlined with hyphens (reStructuredText).
        preview: not proven yet.
    """

    name: str
    family: str
    category: str
    severity: Severity
    summary: str
    documentation: str
    preview: bool = False


@dataclass(slots=True)
class Totals:
    """What the documents of a run come to, added up one by one.

    Attributes:
        documents: how many there are.
        sentences: of all of them.
        findings: by severity.
        scored: sentences that have a score.
    """

    documents: int = 0
    sentences: int = 0
    findings: Counter[Severity] = field(default_factory=Counter)
    scored: int = 0
    _sum: int = 0  # of scores, in units of their last decimal: exact in any order

    def add_sentence(self, score: float | None) -> None:
        """Count a sentence and its score (`SegmentScore.score`)."""
        self.sentences += 1
        if score is not None:
            self.scored += 1
            self._sum += round(score * 10**SCORE_DECIMALS)

    def add(self, document: DocumentResult) -> None:
        """Count a document."""
        self.documents += 1
        self.findings.update(finding.severity for finding in document.findings)
        scores = document.scores
        for index in range(len(document.sentences)):
            self.add_sentence(None if scores is None else scores[index].score)

    def merge(self, other: Totals) -> None:
        """Count in what other documents come to."""
        self.documents += other.documents
        self.sentences += other.sentences
        self.findings += other.findings
        self.scored += other.scored
        self._sum += other._sum

    def count_at_least(self, bar: Severity) -> int:
        """Number of findings at or above ``bar``."""
        return sum(n for severity, n in self.findings.items() if severity.penalty >= bar.penalty)

    @property
    def score(self) -> float | None:
        """Mean of the scores; None where there is none."""
        return self._sum / self.scored / 10**SCORE_DECIMALS if self.scored else None


@dataclass(frozen=True, slots=True)
class Result:
    """All documents of a run, and what went wrong on the way.

    Attributes:
        documents: sorted by path.
        problems: sorted by path, those of the whole run first.
        model: what the sentences were scored with; None: with nothing.
        rules: the rules that were run, by name, in the catalogue's order.
        root: folder of the repository, absolute; "" is the working folder.
        fail_on: the mildest severity that fails a check.
        max_findings: number of findings of such severity that a check forgives.
        min_score: mean score under which a document fails a check; 0: no bar.
        min_sentence_score: score under which a sentence fails a check; 0: no bar.
        hidden: findings that are not among those of the documents.
    """

    documents: tuple[DocumentResult, ...]
    problems: tuple[Problem, ...] = ()
    model: Model | None = None
    rules: Mapping[str, RuleInfo] = field(default_factory=lambda: MappingProxyType({}))
    root: str = ""
    fail_on: Severity = Severity.MAJOR
    max_findings: int = 0
    min_score: float = 0.0
    min_sentence_score: float = 0.0
    hidden: Hidden = _NOTHING_HIDDEN

    def relative(self, path: str) -> str:
        """``path`` of a document seen from the repository, with forward slashes."""
        return relative_path(path, self.root)

    @property
    def totals(self) -> Totals:
        """What the documents come to."""
        totals = Totals()
        for document in self.documents:
            totals.add(document)
        return totals

    @property
    def score(self) -> float | None:
        """Mean of the scores of all sentences of all documents; None where none has a score."""
        return self.totals.score

    @property
    def severities(self) -> dict[Severity, int]:
        """Number of findings of each severity, mildest first, zeros too."""
        counts = self.totals.findings
        return {severity: counts[severity] for severity in Severity}

    def count_at_least(self, bar: Severity) -> int:
        """Number of findings at or above ``bar``."""
        return self.totals.count_at_least(bar)


def relative_path(path: str, root: str) -> str:
    """``path`` seen from ``root``, with forward slashes; ``<stdin>`` stays what it is."""
    if path.startswith("<"):
        return path
    return os.path.relpath(path, root or None).replace(os.sep, "/")
