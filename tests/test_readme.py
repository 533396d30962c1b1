"""The README says what is so."""

from __future__ import annotations

import json
import re
import sys
import tomllib
from pathlib import Path

import pytest

from mtqa.config import load_settings
from mtqa.rules import RULES
from mtqa.rules.rule import Rule

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_rule_stands_in_the_table() -> None:
    rows = re.findall(r"^\| (\S+) \| `(\S+)` \| (\w+)( \([a-z, ]+\))? \| (.+) \|$", README, re.M)
    assert rows == [
        (
            rule.family,
            rule.name,
            rule.severity.value,
            _marks(rule),
            rule.summary,
        )
        for rule in RULES
    ]


def _marks(rule: Rule) -> str:
    marks = [
        name for name, holds in (("source", rule.needs_source), ("preview", rule.preview)) if holds
    ]
    return f" ({', '.join(marks)})" if marks else ""


def test_the_configuration_of_the_readme_is_one(tmp_path: Path) -> None:
    example = re.search(r"```toml\n(select = .+?)```", README, re.S)
    assert example
    (tmp_path / "mtqa.toml").write_text(example[1], encoding="utf-8")
    settings = load_settings(tmp_path / "mtqa.toml")
    assert settings.names_distinct == (("Akhter", "Akhtar"),)


def test_ci_calls_the_command_that_the_readme_gives() -> None:
    command = re.search(r"^    (python3 -m venv .+pytest)$", README, re.M)
    assert command
    assert command[1] in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_sample_of_the_readme_gives_what_it_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    from mtqa.config import find_settings
    from mtqa.pipeline import check_files
    from mtqa.reports.text import render

    shown = re.search(r"mtqa check (corpora/\S+)\n\nprints\n\n```\n(.+?)```", README, re.S)
    assert shown
    monkeypatch.chdir(ROOT)
    result = check_files([shown[1]], find_settings(ROOT))
    assert "".join(render(result, color=False, width=100, summary=True)) == shown[2]


def test_the_dependencies_are_what_is_imported() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = {re.split(r"[<>=~]", requirement)[0] for requirement in project["dependencies"]}
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "mtqa").rglob("*.py")]
    imported = {
        match[1]
        for source in sources
        for match in re.finditer(r"^ *(?:from|import) (\w+)(?:[\w. ]* import .|$)", source, re.M)
    }
    imported -= {*sys.stdlib_module_names, "mtqa"}
    extras = {
        re.split(r"[<>=~[]", requirement)[0]
        for requirements in project["optional-dependencies"].values()
        for requirement in requirements
    }
    distributions = {
        "comet": "unbabel-comet",
        "huggingface_hub": "huggingface-hub",
        "lingua": "lingua-language-detector",
        "markdown_it": "markdown-it-py",
        "unicode_rbnf": "unicode-rbnf",
    }
    named.remove("sudachidict-small")  # the dictionary that SudachiPy finds by its name
    assert {distributions.get(module, module) for module in imported} - (extras - named) == named


def test_the_finding_that_the_readme_shows_is_one_of_the_sample() -> None:
    from mtqa.config import Settings
    from mtqa.pipeline import check_files
    from mtqa.reports.json import render

    shown = re.search(r"```json\n(.+?)```", README, re.S)
    sample = re.search(r"mtqa check (corpora/\S+)\n\nprints", README)
    assert shown and sample
    result = check_files([str(ROOT / sample[1])], Settings(root=str(ROOT)))
    (row,) = json.loads("".join(render(result)))["documents"]
    assert json.loads(shown[1]) in row["findings"]
