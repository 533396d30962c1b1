"""What the tests share: a command line that runs in this process, and rules simple enough to see
through, so that a fact about the command line does not hang on what a real rule finds.
"""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mtqa.config import Settings
from mtqa.result import Severity
from mtqa.rules import catalogue
from mtqa.rules.rule import Hit, Rule
from mtqa.text.analysis import Analysis
from mtqa.text.document import Span


def word_rule(word: str, severity: Severity, *, preview: bool = False) -> Rule:
    """A rule that marks every occurrence of a word and relates the first."""

    def check(analysis: Analysis, settings: Settings) -> Iterator[Hit]:
        spans = [Span(*match.span()) for match in re.finditer(rf"\b{word}\b", analysis.text)]
        for span in spans:
            yield Hit(
                span,
                f"“{word}” is not a word for a newspaper.",
                suggestion="fine",
                related=tuple(spans[:1]) if span != spans[0] else (),
            )

    return Rule(
        name=f"word-{word}",
        family="word",
        category="Style/Register",
        severity=severity,
        check=check,
        documentation=f"The word {word}.\n\nWhat it finds\n-------------\nThe word.\n",
        preview=preview,
    )


def crash(analysis: Analysis, settings: Settings) -> Iterator[Hit]:
    if "crash" in analysis.text:
        raise RuntimeError("no such luck")
    yield from ()


RULES = (
    word_rule("meh", Severity.MINOR),
    word_rule("bad", Severity.MAJOR),
    word_rule("awful", Severity.CRITICAL),
    word_rule("odd", Severity.MAJOR, preview=True),
    Rule("crash-test", "crash", "Other", Severity.MINOR, crash, "A rule that may fail."),
)


@pytest.fixture
def simple_rules(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put `RULES` in place of the catalogue."""
    monkeypatch.setattr(catalogue, "RULES", RULES)
    catalogue.all_rules.cache_clear()
    yield
    catalogue.all_rules.cache_clear()


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads(self.out)
        return loaded

    @property
    def rules(self) -> list[str]:
        return [
            finding["rule"]
            for document in self.json["documents"]
            for finding in document["findings"]
        ]


class Bench:
    """A working folder and a command line."""

    def __init__(
        self,
        folder: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        self.folder = folder
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def __call__(self, *arguments: str, stdin: bytes = b"") -> Outcome:
        from mtqa.cli import main

        self._monkeypatch.setattr(sys, "argv", ["mtqa", *arguments])
        self._monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as exit_info:
            main()
        out, err = self._capsys.readouterr()
        code = exit_info.value.code
        return Outcome(code if isinstance(code, int) else 0, out, err)


@pytest.fixture
def mtqa(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    simple_rules: None,
) -> Bench:
    """The command line in an empty folder, with `RULES`."""
    monkeypatch.chdir(tmp_path)
    return Bench(tmp_path, monkeypatch, capsys)
