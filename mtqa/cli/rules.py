"""``mtqa rules``: the catalogue."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from mtqa.cli.output import write_stdout


def rules(
    format: Annotated[Literal["text", "json"], typer.Option(help="Output format.")] = "text",
) -> None:
    """List every rule with its severity and what it finds."""
    import json

    from mtqa.rules.catalogue import all_rules

    if format == "json":
        rows = [
            {
                "name": rule.name,
                "family": rule.family,
                "category": rule.category,
                "severity": rule.severity.value,
                "preview": rule.preview,
                "summary": rule.summary,
            }
            for rule in all_rules()
        ]
        write_stdout([json.dumps(rows, ensure_ascii=False, indent=2), "\n"])
        return
    table = [
        (rule.name, rule.severity.value + (" (preview)" if rule.preview else ""), rule.summary)
        for rule in all_rules()
    ]
    widths = [max((len(row[column]) for row in table), default=0) for column in (0, 1)]
    write_stdout(
        f"{name:{widths[0]}}  {severity:{widths[1]}}  {summary}\n"
        for name, severity, summary in table
    )
