"""Pages that mkdocs makes from the sources: one for each rule, and the card of the model.

Hooks of `mkdocs.yml`. What they show is the text that ``mtqa explain`` prints and the card that
lies beside the weights, so neither is written twice.
"""

from __future__ import annotations

import re
from itertools import groupby
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from mtqa.rules.catalogue import all_rules
from mtqa.rules.rule import Rule

_TOP = Path(__file__).parents[2]
_MODEL = _TOP / "models" / "mtqa-qe-small"
# A heading as the documentation of rules has them: underlined with hyphens.
_HEADING = re.compile(r"^(\S.*)\n-{3,}$", re.M)
_FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.S)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages."""
    rules = all_rules()
    pages = {"rules.md": _catalogue(rules)}
    pages |= {f"rules/{rule.name}.md": _page(rule) for rule in rules}
    card = (_MODEL / "README.md").read_text(encoding="utf-8")
    pages["model-card.md"] = _FRONT_MATTER.sub("", card)
    for name, text in pages.items():
        files.append(File.generated(config, name, content=text))
    picture = (_MODEL / "reliability.svg").read_bytes()
    files.append(File.generated(config, "reliability.svg", content=picture))
    return files


def _catalogue(rules: tuple[Rule, ...]) -> str:
    lines = [
        "# Rules\n",
        "A rule that is *preview* runs only when it is asked for; one that needs the source runs "
        "only where there is one.\n",
    ]
    for family, members in groupby(rules, key=lambda rule: rule.family):
        lines += [f"\n## {family}\n", "| rule | severity | what it finds |", "|---|---|---|"]
        lines += [
            f"| [`{rule.name}`](rules/{rule.name}.md) | {_severity(rule)} | {rule.summary} |"
            for rule in members
        ]
    return "\n".join(lines) + "\n"


def _severity(rule: Rule) -> str:
    marks = [
        mark for mark, set_ in (("preview", rule.preview), ("source", rule.needs_source)) if set_
    ]
    return rule.severity.value + (f" ({', '.join(marks)})" if marks else "")


def _page(rule: Rule) -> str:
    head = f"# {rule.name}\n\n*Family {rule.family}; MQM {rule.category}; {_severity(rule)}.*\n\n"
    return head + _HEADING.sub(r"## \1", rule.documentation.strip()) + "\n"
