"""Every rule against the cases in ``cases/<rule>.yml``."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from mtqa.config import Concept, Settings, Wording
from mtqa.pipeline import check_document
from mtqa.qe.sentences import estimate
from mtqa.result import Severity
from mtqa.rules import RULES
from mtqa.rules.rule import Hit, Rule
from mtqa.text.analysis import Analysis
from mtqa.text.document import Document, Source, Span
from mtqa.text.lines import pair_lines
from tests.conftest import FakeScorer

CASES = Path(__file__).parent / "cases"
HEADINGS = (
    "What it finds",
    "Why it matters",
    "Example",
    "Not flagged",
    "Source",
    "Measured",
)
KEYS = {
    "fail": {
        *("why", "text", "lang", "severity", "suggestion", "safe", "related", "confidence"),
        *("message", "glossary", "names", "scores", "risks", "thresholds", "source", "source_lang"),
    },
    "pass": {
        *("why", "text", "lang", "names", "scores", "risks", "thresholds", "source", "source_lang"),
        *("glossary", "messages"),
    },
}


def load(rule: str) -> dict[str, list[dict[str, Any]]]:
    path = CASES / f"{rule}.yml"
    if not path.is_file():
        return {"fail": [], "pass": []}
    loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {verdict: loaded.get(verdict) or [] for verdict in KEYS}


def parameters(verdict: str) -> list[Any]:
    return [
        pytest.param(rule, case, id=f"{rule.name}: {case['why']}")
        for rule in RULES
        for case in load(rule.name)[verdict]
    ]


def unmark(marked: str) -> tuple[str, list[Span]]:
    """Take ⟦ and ⟧ out of a text; they may nest."""
    text: list[str] = []
    spans: list[Span] = []
    opened: list[int] = []
    for character in marked:
        if character == "⟦":
            opened.append(len(text))
        elif character == "⟧":
            spans.append(Span(opened.pop(), len(text)))
        else:
            text.append(character)
    assert not opened, "a ⟦ is never closed"
    return "".join(text), sorted(spans)


def concept(entry: str) -> Concept:
    """Grenzübergang → border crossing | crossing point, not checkpoint."""
    source, _, rest = entry.partition(" → ")
    good, _, bad = rest.partition(", not ")
    return (
        *(Wording("source", text) for text in source.split(" | ")),
        *(Wording("target", text) for text in good.split(" | ")),
        *(Wording("target", text, forbidden=True) for text in bad.split(" | ") if text),
    )


def hits(rule: Rule, text: str, case: dict[str, Any]) -> list[Hit]:
    names = case.get("names") or {}
    settings = Settings(
        names_same=tuple(map(tuple, names.get("same", ()))),
        names_distinct=tuple(map(tuple, names.get("distinct", ()))),
        thresholds=case.get("thresholds", {}),
        terms=tuple(map(concept, case.get("glossary", ()))),
    )
    messages = case.get("messages", False)
    document = Document("case.txt", text, case.get("lang", "en"), messages=messages)
    if "source" in case:  # line by line
        source = Source(case["source"], case["source_lang"], "source.txt")
        segments = pair_lines(text, source.text)
        document = replace(document, source=source, segments=segments)
    analysis = Analysis(document)
    if "scores" in case or "risks" in case:  # what a model says of sentences, and of words
        scorer = FakeScorer(case.get("scores", ()), case.get("risks"))
        (analysis.estimates,) = estimate([analysis], scorer, settings.thresholds)
    return sorted(rule.check(analysis, settings), key=lambda hit: hit.span)


@pytest.mark.parametrize(("rule", "case"), parameters("fail"))
def test_finds_what_is_marked_and_nothing_else(rule: Rule, case: dict[str, Any]) -> None:
    text, spans = unmark(case["text"])
    found = hits(rule, text, case)
    assert spans, "a fail case marks at least one span"
    assert [text[slice(*hit.span)] for hit in found] == [text[slice(*span)] for span in spans]
    assert [hit.span for hit in found] == spans
    for hit in found:
        assert "\n" not in hit.message
        assert hit.message[0] == "“" or hit.message[0].isupper(), hit.message
        assert hit.message.endswith("."), hit.message
        assert 0 <= hit.confidence <= 1
        assert list(hit.related) == sorted(hit.related)
        if "severity" in case:
            assert (hit.severity or rule.severity) == Severity(case["severity"])
    if "message" in case:
        assert found[0].message == case["message"]
    if "confidence" in case:
        assert found[0].confidence == case["confidence"]
    if "suggestion" in case:
        assert found[0].suggestion == case["suggestion"]
    if "safe" in case:
        assert found[0].safe == case["safe"]
    if "related" in case:
        assert [text[slice(*span)] for span in found[0].related] == case["related"]


@pytest.mark.parametrize(("rule", "case"), parameters("pass"))
def test_keeps_quiet(rule: Rule, case: dict[str, Any]) -> None:
    text, spans = unmark(case["text"])
    assert not spans, "a pass case marks nothing"
    found = hits(rule, text, case)
    assert [(text[slice(*hit.span)], hit.message) for hit in found] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_rule_has_cases_of_both_kinds(rule: Rule) -> None:
    cases = load(rule.name)
    assert cases["fail"] and cases["pass"]
    for verdict, known in KEYS.items():
        for case in cases[verdict]:
            assert {"why", "text"} <= case.keys() <= known, case["why"]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_rule_is_documented_under_every_heading(rule: Rule) -> None:
    lines = [line.strip("# ") for line in rule.documentation.splitlines()]
    underlined = tuple(line for line, below in pairwise(lines) if line and below == "-" * len(line))
    assert underlined == HEADINGS
    assert rule.summary.endswith(".")
    measured = " ".join(lines[lines.index("Measured") + 1 :])
    assert any(map(str.isdigit, measured)), "the measured rates are figures"


def test_every_case_file_belongs_to_a_rule() -> None:
    assert {path.stem for path in CASES.glob("*.yml")} <= {rule.name for rule in RULES}


def test_names_are_unique_and_live_in_their_family() -> None:
    names = [rule.name for rule in RULES]
    assert len(set(names)) == len(names)
    for rule in RULES:
        module = rule.check.__module__
        assert module == f"mtqa.rules.{rule.family}.{rule.name.replace('-', '_')}"


def test_a_sign_of_a_script_that_is_no_letter_mixes_no_scripts() -> None:
    result, problems = check_document(
        Document("a.txt", "The Daily News\ua673 wrote this.", "en"), Settings()
    )
    assert (problems, result.findings) == ([], ())
