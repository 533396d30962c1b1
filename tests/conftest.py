"""What the tests share: a command line that runs in this process, and rules simple enough to see
through, so that a fact about the command line does not hang on what a real rule finds.
"""

from __future__ import annotations

import io
import json
import re
import signal
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mtqa.config import Settings
from mtqa.qe.models import ModelInfo
from mtqa.qe.segments import word_spans
from mtqa.result import Severity
from mtqa.rules import catalogue
from mtqa.rules.rule import Hit, Rule
from mtqa.text.analysis import Analysis
from mtqa.text.document import Span
from mtqa.text.estimates import SegmentScore, WordRisk


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


class FakeScorer:
    """A model that says what it is told to, with the bars 0.5 for scores and 0.6 for words.

    Args:
        scores: what it gives the segments, in their order; then 0.9.
        risks: chance of words to be wrong; 0.1 for others.
    """

    def __init__(
        self, scores: Iterable[float | None] = (), risks: Mapping[str, float] | None = None
    ) -> None:
        self.info = ModelInfo(
            name="fake",
            folder=Path("fake"),
            kind="mtqa-qe",
            weights=Path("fake"),
            config={"low_score": [0.4, 0.5], "suspect_word": [0.7, 0.6]},
        )
        self.info.__dict__["checksum"] = "0123456789abcdef" * 4
        self.asked: list[list[str]] = []
        self.sources: list[list[str] | None] = []
        self._scores = iter(scores)
        self._risks = risks or {}

    def score(
        self,
        translations: Sequence[str],
        sources: Sequence[str] | None = None,
        words: Sequence[Sequence[tuple[int, int]]] | None = None,
    ) -> list[SegmentScore]:
        assert words is None
        self.asked.append(list(translations))
        self.sources.append(None if sources is None else list(sources))
        return [
            SegmentScore(
                next(self._scores, 0.9),
                tuple(
                    WordRisk(start, end, self._risks.get(text[start:end], 0.1))
                    for start, end in word_spans(text)
                ),
            )
            for text in translations
        ]


@pytest.fixture
def scorer(monkeypatch: pytest.MonkeyPatch) -> FakeScorer:
    """The model that a check finds."""
    fake = FakeScorer((0.75, 0.25), {"bad": 0.8})
    monkeypatch.setattr("mtqa.pipeline.find_model", lambda name: fake.info)
    monkeypatch.setattr("mtqa.pipeline.open_scorer", lambda *_, **__: fake)
    return fake


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
    """A working folder and a command line, where a check scores only if told ``--qe``."""

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

        if arguments[:1] in (("check",), ("report",)) and "--qe" not in arguments:
            arguments = (arguments[0], "--no-qe", *arguments[1:])
        self._monkeypatch.setattr(sys, "argv", ["mtqa", *arguments])
        self._monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        handler = signal.getsignal(signal.SIGTERM)
        try:
            with pytest.raises(SystemExit) as exit_info:
                main()
        finally:
            signal.signal(signal.SIGTERM, handler)
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
