"""The page: what the templates are given, and what keeps it from running anything else."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from typing import Any

from markupsafe import Markup

from mtqa.reports.html import charts
from mtqa.reports.html.guide import Block, read_documentation
from mtqa.reports.html.passages import Passages, sentence_at
from mtqa.reports.html.shown import one_line, shorten
from mtqa.result import DocumentResult, Finding, Result, RuleInfo, Severity
from mtqa.version import __version__

# Related places that a finding lists; more are highlighted with it.
_LISTED = 5

_ROOM_MESSAGE = 500  # a longer one is no message
_ROOM = 60  # characters of a quotation beside a finding
_ROOM_RELATED = 32
_ROOM_SENTENCE = 160
_ROOM_SOURCE = 300

_LOWEST = 5  # sentences that are named as the lowest


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the text, as a link to a sentence.

    Attributes:
        sentence: its index.
        position: line and column.
        text: what stands there.
        score: of the sentence, in the list of the lowest.
    """

    sentence: int
    position: str
    text: str
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """A finding as it is listed."""

    number: int
    anchor: str
    finding: Finding
    position: str
    message: str
    suggestion: str
    unit: str | None
    text: str
    related: list[Place]
    more: int
    source: tuple[str, str, str] | None


class DocumentView:
    """A document as the template sees it.

    The paragraphs must have been taken before the cards: they tell which piece of the text a
    finding goes by.
    """

    def __init__(self, index: int, result: DocumentResult) -> None:
        self.index = index
        self.result = result
        self.path = one_line(result.document.path)
        folder, _, self.name = self.path.rpartition("/")
        self.folder = f"{folder}/" if folder else ""
        self.lang = "" if result.document.lang == "und" else result.document.lang
        self.counts = _severities([result])
        self.paragraphs = Passages(result)

    @property
    def source_lang(self) -> str:
        """Language of the source, for an attribute."""
        source = self.result.document.source
        return source.lang if source and source.lang != "und" else ""

    @cached_property
    def course(self) -> charts.Course | None:
        """Scores along the document."""
        return charts.draw_course(self.result)

    @cached_property
    def lowest(self) -> list[Place]:
        """The sentences with the lowest scores, the lowest first."""
        result = self.result
        scored = sorted(
            (one.score, index)
            for index, one in enumerate(result.scores or ())
            if one.score is not None
        )
        return [
            Place(
                index,
                _position(result, result.sentences[index].start),
                shorten(result.text(result.sentences[index]), _ROOM_SENTENCE),
                score,
            )
            for score, index in scored[:_LOWEST]
        ]

    @property
    def truncated(self) -> int:
        """Sentences that the model has read in part only."""
        return sum(one.truncated for one in self.result.scores or ())

    def cards(self) -> Iterator[Card]:
        """The findings, in order of the text."""
        for number, finding in enumerate(self.result.findings, 1):
            yield self._card(number, finding)

    def _card(self, number: int, finding: Finding) -> Card:
        result = self.result
        anchor = self.paragraphs.anchors.get(number)
        return Card(
            number=number,
            anchor=(
                f"s{self.index}-{finding.sentence}" if anchor is None else f"m{self.index}-{anchor}"
            ),
            finding=finding,
            position=_position(result, finding.span.start),
            message=shorten(finding.message, _ROOM_MESSAGE),
            suggestion=shorten(finding.suggestion or "", _ROOM_MESSAGE),
            unit=result.unit(finding.span),
            text=shorten(result.text(finding.span), _ROOM),
            related=[
                Place(
                    sentence_at(result, span.start),
                    _position(result, span.start),
                    shorten(result.text(span), _ROOM_RELATED),
                )
                for span in finding.related[:_LISTED]
            ],
            more=max(0, len(finding.related) - _LISTED),
            source=_source(result, finding),
        )


class Page:
    """A result as the template sees it."""

    def __init__(self, result: Result) -> None:
        self.result = result
        self.many = len(result.documents) > 1
        self.one = DocumentView(0, result.documents[0]) if len(result.documents) == 1 else None
        self.counts = _severities(result.documents)
        self.findings = sum(self.counts.values())
        self.words = sum(document.words for document in result.documents)
        self.sentences = sum(len(document.sentences) for document in result.documents)
        self.penalty = sum(document.penalty for document in result.documents)
        self.version = __version__

    @property
    def title(self) -> str:
        """What the report is about."""
        documents = self.result.documents
        if self.one:
            return self.one.path
        return f"{len(documents):,} documents" if documents else "No document"

    @property
    def rate(self) -> float | None:
        """Penalty points per 1,000 words."""
        return 1000 * self.penalty / self.words if self.words else None

    def documents(self) -> Iterator[DocumentView]:
        """The documents, one after the other."""
        return (
            DocumentView(index, document) for index, document in enumerate(self.result.documents)
        )

    @cached_property
    def lowest(self) -> tuple[DocumentView, Place] | None:
        """The sentence with the lowest score, the first of equals."""
        found = [
            (one.score, number)
            for number, document in enumerate(self.result.documents)
            for one in document.scores or ()
            if one.score is not None
        ]
        if not found:
            return None
        _, number = min(found)
        view = DocumentView(number, self.result.documents[number])
        return view, view.lowest[0]

    @cached_property
    def histogram(self) -> charts.Histogram | None:
        """How the scores are spread."""
        return charts.draw_histogram(self.result.documents)

    @cached_property
    def families(self) -> list[charts.FamilyBar]:
        """Findings of each family."""
        counts: Counter[tuple[str, Severity]] = Counter()
        for document in self.result.documents:
            for finding in document.findings:
                counts[self.family(finding.rule), finding.severity] += 1
        return charts.draw_families(counts)

    @cached_property
    def comparison(self) -> charts.Comparison | None:
        """Documents beside each other."""
        return charts.draw_comparison(self.result)

    def family(self, rule: str) -> str:
        """Family of a rule; of one that nothing is known of, the rule itself."""
        info = self.result.rules.get(rule)
        return info.family if info else rule

    @cached_property
    def rules(self) -> list[tuple[RuleInfo, int, list[Block]]]:
        """The rules that found something: with how much, and what they say of themselves."""
        counts = Counter(
            finding.rule for document in self.result.documents for finding in document.findings
        )
        return [
            (rule, counts[rule.name], read_documentation(rule.documentation))
            for rule in self.result.rules.values()
            if counts[rule.name]
        ]

    @cached_property
    def silent(self) -> list[str]:
        """The rules that found nothing."""
        told = {rule.name for rule, _, _ in self.rules}
        return [name for name in self.result.rules if name not in told]


def render(result: Result) -> Iterator[str]:
    """Pieces of the report, in order."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("mtqa.reports.html"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        finalize=_guard,
    )
    style, early, script = (_read(name) for name in ("style.css", "early.js", "script.js"))
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(early)} {_hash(script)}; "
        "img-src 'none'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
    )
    template = environment.get_template("page.html")
    return template.generate(
        page=Page(result),
        policy=policy,
        style=Markup(style),
        early=Markup(early),
        script=Markup(script),
        severities=list(reversed(Severity)),
    )


def _guard(value: Any) -> Any:
    """All that a template shows passes here: no character of it commands or hides."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return one_line(value)


def _read(name: str) -> str:
    return (files("mtqa.reports.html") / name).read_text(encoding="utf-8")


def _hash(content: str) -> str:
    digest = hashlib.sha256(content.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _severities(documents: Any) -> dict[Severity, int]:
    counts = Counter(finding.severity for document in documents for finding in document.findings)
    return {severity: counts[severity] for severity in reversed(Severity)}


def _position(result: DocumentResult, offset: int) -> str:
    return "{}:{}".format(*result.position(offset))


def _source(result: DocumentResult, finding: Finding) -> tuple[str, str, str] | None:
    """The source of a finding: before what it speaks of, this, and after it."""
    source = result.document.source
    if source is None:
        return None
    around = result.sources[finding.sentence] if result.sources else None
    marked = finding.source
    if marked is None:
        if around is None:
            return None
        return shorten(source.text[around.start : around.end], _ROOM_SOURCE), "", ""
    # Of the line and, where it is known, of the sentence.
    start = max(marked.start - _ROOM_SOURCE // 2, 0)
    end = marked.end + _ROOM_SOURCE // 2
    if around and around.start <= marked.start and marked.end <= around.end:
        start, end = max(start, around.start), min(end, around.end)
    before = source.text[start : marked.start].splitlines()
    after = source.text[marked.end : end].splitlines()
    return (
        one_line(before[-1]) if before else "",
        shorten(source.text[marked.start : marked.end], _ROOM_SOURCE),
        one_line(after[0]) if after else "",
    )
