"""The page: what the templates are given, and what keeps it from running anything else."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from typing import Any

from markupsafe import Markup

from mtqa.reports.html import charts
from mtqa.reports.html.cards import render_cards
from mtqa.reports.html.guide import Block, read_documentation
from mtqa.reports.html.passages import Passages
from mtqa.reports.html.shown import one_line, shorten
from mtqa.result import DocumentResult, Result, RuleInfo, Severity
from mtqa.version import __version__

_ROOM_SENTENCE = 160  # characters of a sentence that is named as the lowest

_LOWEST = 5  # sentences that are named as the lowest


@dataclass(frozen=True, slots=True)
class Place:
    """A sentence, as a link to it.

    Attributes:
        sentence: its index.
        position: line and column.
        text: its beginning.
        score: 0 to 1.
    """

    sentence: int
    position: str
    text: str
    score: float


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

    def text(self) -> Iterator[Markup]:
        """The paragraphs, in order."""
        return (Markup(paragraph.markup(self.index)) for paragraph in self.paragraphs)

    def cards(self, rules: Mapping[str, int]) -> Iterator[Markup]:
        """The findings, in order of the text; ``rules`` are numbers of those that are told."""
        return map(Markup, render_cards(self.index, self.result, self.paragraphs.anchors, rules))


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
    def numbers(self) -> dict[str, int]:
        """The place of each rule that found something among them, by name."""
        return {rule.name: number for number, (rule, _, _) in enumerate(self.rules)}

    @cached_property
    def silent(self) -> list[str]:
        """The rules that found nothing."""
        return [name for name in self.result.rules if name not in self.numbers]


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
