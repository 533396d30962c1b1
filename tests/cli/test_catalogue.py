"""``mtqa rules`` and ``mtqa explain``."""

from __future__ import annotations

import json

import pytest

from mtqa.rules import RULES
from tests.conftest import Bench


def test_rules_lists_each_rule_on_a_line(mtqa: Bench) -> None:
    lines = mtqa("rules").out.splitlines()
    assert lines[1] == "word-bad    major            The word bad."
    assert lines[3] == "word-odd    major (preview)  The word odd."
    assert len(lines) == 5


def test_rules_as_json(mtqa: Bench) -> None:
    rows = json.loads(mtqa("rules", "--format", "json").out)
    assert rows[3] == {
        "name": "word-odd",
        "family": "word",
        "category": "Style/Register",
        "severity": "major",
        "preview": True,
        "summary": "The word odd.",
    }


def test_explain_tells_a_rule_or_a_family(mtqa: Bench) -> None:
    assert mtqa("explain", "word-odd").out == (
        "word-odd\n========\nFamily word, Style/Register, major, preview\n\n"
        "The word odd.\n\nWhat it finds\n-------------\nThe word.\n"
    )
    assert mtqa("explain", "word").out.count("What it finds\n-------------") == 4


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_has_a_summary_of_one_line(rule) -> None:  # type: ignore[no-untyped-def]
    assert 10 < len(rule.summary) <= 90
    assert rule.summary.endswith(".")
