"""``check --glossary``: on the command line, and from the configuration."""

from __future__ import annotations

import json

import pytest

from mtqa.rules import RULES, catalogue
from tests.conftest import Bench


@pytest.fixture
def files(mtqa: Bench, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setattr(catalogue, "RULES", RULES)
    catalogue.all_rules.cache_clear()
    mtqa.write("src.txt", "Der Grenzübergang blieb zu.\n")
    mtqa.write("mt.txt", "The checkpoint remained closed.\n")
    mtqa.write("terms.csv", "source,target,forbidden\nGrenzübergang,border crossing,checkpoint\n")
    return mtqa


CHECK = ("check", "mt.txt", "--source", "src.txt", "--source-lang", "de", "--format", "json")


def test_a_glossary_is_named_on_the_command_line(files: Bench) -> None:
    assert files(*CHECK).rules == []
    outcome = files(*CHECK, "--glossary", "terms.csv")
    assert (outcome.code, outcome.rules) == (1, ["term-glossary"])
    (finding,) = outcome.json["documents"][0]["findings"]
    assert (finding["text"], finding["suggestion"]) == ("checkpoint", "border crossing")
    assert finding["source"] == {"start": 4, "end": 17, "text": "Grenzübergang"}


def test_or_in_the_configuration_beside_it(files: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    files.write("mtqa.toml", '[terms]\nglossary = "terms.csv"\n')
    assert files(*CHECK).rules == ["term-glossary"]


def test_a_glossary_asks_for_its_rule_and_the_rule_for_a_glossary(files: Bench) -> None:
    rows = json.loads(files("rules", "--format", "json").out)
    assert {row["name"]: row["preview"] for row in rows}["term-glossary"]
    assert files(*CHECK, "--glossary", "terms.csv", "--ignore", "term-glossary").rules == []
    outcome = files(*CHECK, "--select", "term-glossary")
    assert (outcome.code, outcome.err) == (
        2,
        "mtqa: term-glossary needs a glossary; give --glossary FILE, or select other rules\n",
    )


def test_one_that_cannot_be_used_is_one_sentence(files: Bench) -> None:
    files.write("mtqa.toml", '[terms]\nglossary = "none.csv"\n')
    outcome = files(*CHECK)
    assert outcome.code == 2
    assert outcome.err.endswith(
        "none.csv: the glossary cannot be read: No such file or directory; "
        "name another with --glossary\n"
    )
    assert outcome.err.count("\n") == 1
