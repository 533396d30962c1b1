"""A document as it is shown: paragraphs of sentences, cut where a finding begins or ends."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from markupsafe import Markup

from mtqa.reports.html.shown import mark_escapes
from mtqa.result import DocumentResult, Finding, Severity
from mtqa.text.document import Span
from mtqa.text.sentences import find_paragraphs

# Related places of a finding that are highlighted with it. Articles have fewer; a book's thousand
# findings with a hundred each would double the page.
_MAX_RELATED = 25

# Findings that one piece of text names, of those that overlap there.
_MAX_FINDINGS = 25


class Piece(NamedTuple):
    """Characters of a document that the same findings speak of.

    Attributes:
        text: what they look like.
        findings: numbers, from 1, of those that they are part of, the first to begin first.
        first: number of the first finding that begins here, at least visibly; 0: none does.
        begun: all findings that begin here.
        related: the findings that relate them.
        severity: the worst of ``findings``; None: there is none.
    """

    text: Markup
    findings: tuple[int, ...]
    first: int
    begun: tuple[int, ...]
    related: tuple[int, ...]
    severity: Severity | None

    def markup(self, document: int) -> str:
        """A link to the first of its findings, or the text alone."""
        related = f' data-x="{" ".join(map(str, self.related))}"' if self.related else ""
        if self.severity is None:
            return f"<span{related}>{self.text}</span>" if related else self.text
        if self.text.isspace():  # a link needs a name
            return f'<span class="m {self.severity}"{self._found}{related}>{self.text}</span>'
        name = f' id="m{document}-{self.first}"' if self.first else ' tabindex="-1"'
        return (
            f'<a class="m {self.severity}"{name} href="#f{document}-{self.findings[0]}"'
            f"{self._found}{related}>{self.text}</a>"
        )

    @property
    def _found(self) -> str:
        return f' data-f="{" ".join(map(str, self.findings))}"'


class Passage(NamedTuple):
    """A sentence, or what stands between two.

    Attributes:
        number: of the sentence; None: no sentence.
        position: line and column.
        score: of the sentence, 0 to 1; None: it has none.
        pieces: its characters.
    """

    number: int | None
    position: str
    score: float | None
    pieces: list[Piece]

    def markup(self, document: int) -> Markup:
        """Its pieces, in the document of that number."""
        return Markup("".join(piece.markup(document) for piece in self.pieces))


class Heat(NamedTuple):
    """The score of a sentence beside its paragraph.

    Attributes:
        band: 0, lowest, to 6 (see `band_of`).
        top: where it begins, in per cent of the paragraph's characters.
        height: how long it is, in the same unit.
    """

    band: int
    top: int
    height: int


class Paragraph(NamedTuple):
    """A paragraph with the scores of its sentences."""

    passages: list[Passage]
    heats: list[Heat]


def band_of(score: float) -> int:
    """The band of a score: 0 under 0.3, then one for each tenth, 6 from 0.8."""
    return min(6, max(0, int(score * 10) - 2))


class Passages:
    """The paragraphs of a document, and which piece each finding goes by.

    Attributes:
        anchors: for each finding with a visible piece, by its number, the number that this piece
            goes by: that of the first finding that begins there. Known once the paragraphs have
            been gone through.
    """

    def __init__(self, result: DocumentResult) -> None:
        self._result = result
        self.anchors: dict[int, int] = {}

    def __iter__(self) -> Iterator[Paragraph]:
        result = self._result
        marks = _Marks(result.findings)
        index = 0
        told = result.document.paragraphs
        text = result.document.text
        for paragraph in find_paragraphs(text) if told is None else told:
            passages: list[Passage] = []
            at = paragraph.start
            heats: list[Heat] = []
            while index < len(result.sentences) and result.sentences[index].start < paragraph.end:
                span = result.sentences[index]
                if at < span.start:
                    passages.append(self._passage(marks, Span(at, span.start), None))
                passages.append(self._passage(marks, span, index))
                if passages[-1].score is not None:
                    heats.append(_heat(passages[-1].score, span, paragraph))
                at = span.end
                index += 1
            if at < paragraph.end:
                passages.append(self._passage(marks, Span(at, paragraph.end), None))
            yield Paragraph(passages, heats)

    def _passage(self, marks: _Marks, span: Span, index: int | None) -> Passage:
        pieces = list(marks.cut(self._result.document.text, span))
        for piece in pieces:
            if piece.first:
                self.anchors.update(dict.fromkeys(piece.begun, piece.first))
        score = None
        position = ""
        if index is not None:
            position = "{}:{}".format(*self._result.position(span.start))
            if self._result.scores is not None:
                score = self._result.scores[index].score
        return Passage(index, position, score, pieces)


def _heat(score: float, span: Span, paragraph: Span) -> Heat:
    length = paragraph.end - paragraph.start
    top = 100 * (span.start - paragraph.start) // length
    bottom = 100 * (span.end - paragraph.start) // length
    return Heat(band_of(score), top, max(1, bottom - top))


class _Marks:
    """The findings in order of the text, taken up and dropped as the text goes by."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self._findings = findings
        events = [
            (offset, starts, number, False)
            for number, finding in enumerate(findings, 1)
            for offset, starts in ((finding.span.start, True), (finding.span.end, False))
        ]
        events += [
            (offset, starts, number, True)
            for number, finding in enumerate(findings, 1)
            for span in finding.related[:_MAX_RELATED]
            for offset, starts in ((span.start, True), (span.end, False))
        ]
        events.sort()
        self._events = events
        self._next = 0
        self._active: dict[int, None] = {}
        self._severities: Counter[Severity] = Counter()
        self._fresh: dict[int, None] = {}
        self._related: Counter[int] = Counter()

    def cut(self, text: str, span: Span) -> Iterator[Piece]:
        """The pieces of ``span``, which begins where the last one ended or later."""
        at = span.start
        while at < span.end:
            self._advance(at)
            end = span.end
            if self._next < len(self._events):
                end = min(end, self._events[self._next][0])
            shown = mark_escapes(text[at:end])
            fresh: tuple[int, ...] = ()
            if not shown.isspace():  # what begins with a space goes by what follows it
                fresh = tuple(self._fresh)
                self._fresh.clear()
            yield Piece(
                shown,
                _first(self._active),
                fresh[0] if fresh else 0,
                fresh,
                _first(self._related),
                self._worst(),
            )
            at = end

    def _advance(self, offset: int) -> None:
        while self._next < len(self._events) and self._events[self._next][0] <= offset:
            _, starts, number, related = self._events[self._next]
            self._next += 1
            if related:
                self._related[number] += 1 if starts else -1
                if not self._related[number]:
                    del self._related[number]
                continue
            severity = self._findings[number - 1].severity
            if starts:
                self._active[number] = self._fresh[number] = None
                self._severities[severity] += 1
            else:
                del self._active[number]
                self._fresh.pop(number, None)
                self._severities[severity] -= 1

    def _worst(self) -> Severity | None:
        if not self._active:
            return None
        return max(
            (severity for severity, count in self._severities.items() if count),
            key=lambda severity: severity.penalty,
        )


def _first(numbers: Iterable[int]) -> tuple[int, ...]:
    return tuple(islice(numbers, _MAX_FINDINGS))


def sentence_at(result: DocumentResult, offset: int) -> int:
    """Index of the sentence that holds an offset, or of the one before it."""
    return max(0, bisect_right(result.sentences, offset, key=lambda span: span.start) - 1)
