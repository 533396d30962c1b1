"""``mtqa explain``: the documentation of a rule or of a family."""

from __future__ import annotations

from typing import Annotated

import typer

from mtqa.cli.output import write_stdout


def explain(
    name: Annotated[str, typer.Argument(help="A rule or a family.", metavar="RULE")],
) -> None:
    """Explain a rule, or every rule of a family: what it finds, why, and what it lets pass."""
    from mtqa.rules.catalogue import find_rules

    write_stdout(
        ("\n\n" if index else "")
        + f"{rule.name}\n{'=' * len(rule.name)}\n"
        + f"Family {rule.family}, {rule.category}, {rule.severity.value}"
        + (", preview" if rule.preview else "")
        + f"\n\n{rule.documentation.strip()}\n"
        for index, rule in enumerate(find_rules(name))
    )
