"""The Python interface, and its page: every example runs and prints what it says."""

from __future__ import annotations

import contextlib
import io
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import mtqa
from mtqa.text.analysis import Analysis
from mtqa.text.document import Document

DOCS = Path(__file__).parent.parent / "docs"
PAGE = (DOCS / "api.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", PAGE, re.S)


def test_the_examples_print_what_they_say() -> None:
    names: dict[str, object] = {}
    shown = 0
    for (kind, code), (following, expected) in pairwise([*BLOCKS, ("", "")]):
        if kind != "python":
            continue
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(code, names)
        if following == "text":
            assert out.getvalue() == expected, code
            shown += 1
    assert shown >= 4


def python_of(page: str) -> str:
    (code,) = re.findall(r"```python\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), re.S)
    return str(code)


def test_the_example_of_the_page_about_reports_makes_a_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mtqa.toml").write_text("qe = false\n")
    (tmp_path / "story.txt").write_text("The traders said said that nobody had told them.\n")
    names: dict[str, str] = {}
    exec(python_of("reports.md"), names)
    assert names["page"].startswith("<!DOCTYPE html>") and ">said said</a>" in names["page"]


def test_sentences_are_aligned_where_the_settings_say_so() -> None:
    text = "The mayor opened the bridge. It cost 12 million lei.\nOne hundred people came."
    source = "Primarul a deschis podul.\nA costat 13 milioane de lei.\nAu venit o sută de oameni."
    with pytest.raises(mtqa.ConfigError, match="lines"):
        mtqa.check(text, source, qe=False)
    found = mtqa.check(text, source, qe=False, settings=mtqa.Settings(align="sentence"))
    assert [finding.rule for finding in found.findings] == ["number-mismatch"]


def test_the_rule_of_the_page_about_rules_is_one() -> None:
    names: dict[str, Any] = {"__name__": "our_rules"}
    exec(python_of("own-rules.md"), names)
    (rule,) = names["RULES"]
    assert rule.documentation.startswith("A house word is written in a forbidden way.\n")
    document = Document("a.txt", "Send an e-mail to us.e-mail@news.org.", "en")
    (hit,) = rule.check(Analysis(document), mtqa.Settings())
    assert document.text[slice(*hit.span)] == "e-mail" and hit.suggestion == "email"


def test_a_source_with_other_lines_is_refused() -> None:
    with pytest.raises(mtqa.ConfigError, match="the text has 2 lines but its source text has 1"):
        mtqa.check("He came.\nShe went.\n", "Er kam.\n", qe=False)


def test_an_unknown_rule_is_refused() -> None:
    with pytest.raises(mtqa.ConfigError, match="did you mean name-variant"):
        mtqa.check("He came.", settings=mtqa.Settings(select=("name-varant",)), qe=False)


def test_sources_must_be_as_many_as_translations() -> None:
    with pytest.raises(mtqa.ConfigError, match="1 translations but 2 sources"):
        mtqa.score(["He came."], ["Er kam.", "Sie ging."])


def test_files_are_checked_with_the_configuration_where_they_are(tmp_path: Path) -> None:
    (tmp_path / "mtqa.toml").write_text('select = ["repeated-word"]\nqe = false\n')
    (tmp_path / "a.txt").write_text("He came came to Spinboldak, not to Spin Boldak.\n")
    result = mtqa.check_files([str(tmp_path)])
    assert [finding.rule for finding in result.documents[0].findings] == ["repeated-word"]


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = "import sys, mtqa; print([m for m in ('torch', 'regex', 'typer') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
