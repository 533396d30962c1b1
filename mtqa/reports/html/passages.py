"""A document as it is shown: paragraphs of sentences, cut where a finding begins or ends."""

from __future__ import annotations

import sys
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from mtqa.reports.html.shown import Html, escape, mark_escapes
from mtqa.result import DocumentResult, Finding, Severity
from mtqa.text.document import Span
from mtqa.text.estimates import SegmentScore
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

    text: Html
    findings: tuple[int, ...] = ()
    first: int = 0
    begun: tuple[int, ...] = ()
    related: tuple[int, ...] = ()
    severity: Severity | None = None

    def markup(self, document: int) -> Html:
        """A link to the first of its findings, or the text alone."""
        related = f" data-x={_list(self.related)}" if self.related else ""
        if self.severity is None:
            return Html(f"<span{related}>{self.text}</span>") if related else self.text
        found = f"data-f={_list(self.findings)}{related}"
        if self.text.isspace():  # a link needs a name
            return Html(f"<span class={self.severity} {found}>{self.text}</span>")
        name = f"id=m{document}-{self.first}" if self.first else "tabindex=-1"
        return Html(
            f"<a class={self.severity} {name} href=#f{document}-{self.findings[0]} {found}>"
            f"{self.text}</a>"
        )


class Passage(NamedTuple):
    """A sentence, or what stands between two.

    Attributes:
        number: of the sentence; None: no sentence.
        position: line and column.
        estimate: of the sentence; None: no model was run.
        pieces: its characters.
    """

    number: int | None
    position: str
    estimate: SegmentScore | None
    pieces: list[Piece]

    @property
    def score(self) -> float | None:
        """Of the sentence, 0 to 1; None: it has none."""
        return self.estimate.score if self.estimate else None

    def markup(self, document: int) -> Html:
        """Its pieces, in the document of that number."""
        pieces = "".join([piece.markup(document) for piece in self.pieces])
        if self.number is None:
            return Html(pieces)
        told = ""
        if self.estimate:
            if self.estimate.score is not None:
                told = f" data-q={self.estimate.score:.2f}"
            reason = "truncated" if self.estimate.truncated else self.estimate.reason
            if reason:
                told += f' data-r="{escape(reason)}"'
        return Html(
            f"<span id=s{document}-{self.number} data-l={self.position}{told}>{pieces}</span>"
        )


class Heat(NamedTuple):
    """The score of a sentence beside its paragraph, down to where the next one begins.

    Attributes:
        band: 0, lowest, to 6 (see `band_of`); None: it has no score.
        top: where it begins, in per cent of the paragraph's characters.
    """

    band: int | None
    top: int


class Paragraph(NamedTuple):
    """A paragraph with the scores of its sentences."""

    passages: list[Passage]
    heats: list[Heat]

    def markup(self, document: int) -> Html:
        """Its heat strip and its text. A bar of the strip covers the rest of those before it."""
        strip = "".join(
            [
                f"<rect class={'blank' if band is None else f'b{band}'}"
                f"{f' y={top}%' if top else ''} />"
                for band, top in self.heats
            ]
        )
        heat = f"<svg class=heat aria-hidden=true>{strip}</svg>" if strip else ""
        text = "".join([passage.markup(document) for passage in self.passages])
        return Html(f"<div class=par>{heat}<p dir=auto>{text}</div>\n")


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
            heats = _Heats(paragraph)
            while index < len(result.sentences) and result.sentences[index].start < paragraph.end:
                span = result.sentences[index]
                if at < span.start:
                    passages.append(self._passage(marks, Span(at, span.start), None))
                passages.append(self._passage(marks, span, index))
                heats.add(passages[-1].score, span)
                at = span.end
                index += 1
            if at < paragraph.end:
                passages.append(self._passage(marks, Span(at, paragraph.end), None))
            yield Paragraph(passages, heats.bars)

    def _passage(self, marks: _Marks, span: Span, index: int | None) -> Passage:
        pieces = marks.cut(self._result.document.text, span)
        for piece in pieces:
            if piece.first:
                self.anchors.update(dict.fromkeys(piece.begun, piece.first))
        estimate = None
        position = ""
        if index is not None:
            line, column = self._result.position(span.start)
            position = f"{line}:{column}"
            if self._result.scores is not None:
                estimate = self._result.scores[index]
        return Passage(index, position, estimate, pieces)


class _Heats:
    """The strip of a paragraph, made sentence by sentence; neighbours of a band share a bar."""

    def __init__(self, paragraph: Span) -> None:
        self._paragraph = paragraph
        self.bars: list[Heat] = []

    def add(self, score: float | None, sentence: Span) -> None:
        band = None if score is None else band_of(score)
        if band == (self.bars[-1].band if self.bars else None):
            return
        start, end = self._paragraph
        self.bars.append(Heat(band, 100 * (sentence.start - start) // (end - start)))


_WORST_FIRST = tuple(reversed(Severity))


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
        events.append((sys.maxsize, True, 0, False))  # never reached: spares asking for the end
        self._events = events
        self._next = 0
        self._active: dict[int, None] = {}
        self._severities: Counter[Severity] = Counter()
        self._fresh: dict[int, None] = {}
        self._related: Counter[int] = Counter()

    def cut(self, text: str, span: Span) -> list[Piece]:
        """The pieces of ``span``, which begins where the last one ended or later."""
        pieces = []
        at, stop = span
        while at < stop:
            if self._events[self._next][0] <= at:
                self._advance(at)
            end = min(stop, self._events[self._next][0])
            shown = mark_escapes(text[at:end])
            at = end
            if not self._active:
                related = self._related
                pieces.append(Piece(shown, related=_first(related)) if related else Piece(shown))
                continue
            fresh: tuple[int, ...] = ()
            if self._fresh and not shown.isspace():
                # What begins with a space goes by what follows it.
                fresh = tuple(self._fresh)
                self._fresh.clear()
            pieces.append(
                Piece(
                    shown,
                    _first(self._active),
                    fresh[0] if fresh else 0,
                    fresh,
                    _first(self._related),
                    self._worst(),
                )
            )
        return pieces

    def _advance(self, offset: int) -> None:
        events, related = self._events, self._related
        at = self._next
        while events[at][0] <= offset:
            _, starts, number, relates = events[at]
            at += 1
            if relates:
                if starts:
                    related[number] += 1
                elif related[number] > 1:
                    related[number] -= 1
                else:
                    del related[number]
                continue
            severity = self._findings[number - 1].severity
            if starts:
                self._active[number] = self._fresh[number] = None
                self._severities[severity] += 1
            else:
                del self._active[number]
                self._fresh.pop(number, None)
                self._severities[severity] -= 1
        self._next = at

    def _worst(self) -> Severity | None:
        return next((one for one in _WORST_FIRST if self._severities[one]), None)


def _first(numbers: Collection[int]) -> tuple[int, ...]:
    return tuple(numbers if len(numbers) <= _MAX_FINDINGS else islice(numbers, _MAX_FINDINGS))


def _list(numbers: Sequence[int]) -> str:
    """As the value of an attribute."""
    return str(numbers[0]) if len(numbers) == 1 else f'"{" ".join(map(str, numbers))}"'


def sentence_at(result: DocumentResult, offset: int) -> int:
    """Index of the sentence that holds an offset, or of the one before it."""
    return max(0, bisect_right(result.sentences, offset, key=lambda span: span.start) - 1)
