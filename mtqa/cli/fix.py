"""``mtqa fix``: safe suggestions, applied."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mtqa.cli.checking import settle
from mtqa.cli.options import (
    BaselineFile,
    Columns,
    ConfigFile,
    Ignore,
    InputFormat,
    Paths,
    Select,
    TargetLang,
)
from mtqa.cli.output import complain, write_bytes, write_stdout

if TYPE_CHECKING:
    from mtqa.fix import Fixed

_CONTEXT = 3  # lines around a change, as in git's diffs
_SHOWN = 60  # characters of what was changed


def fix(
    paths: Paths,
    diff: Annotated[
        bool, typer.Option("--diff", help="Show what would change, and change nothing.")
    ] = False,
    input_format: InputFormat = None,
    columns: Columns = None,
    target_lang: TargetLang = None,
    select: Select = None,
    ignore: Ignore = None,
    config: ConfigFile = None,
    baseline: BaselineFile = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Say nothing of what is done.")
    ] = False,
) -> None:
    """Follow the suggestions that need no editor: one spelling of a name, residue taken out.

    Encoding, line ends and all other characters stay as they are.

    Exit code: 0 done, 1 with --diff: there is something to do, 2 something could not be read.
    """
    settings = settle(
        config,
        paths,
        select=select,
        ignore=ignore,
        extend_select=None,
        preview=False,
        input_format=input_format,
        columns=columns,
        source_lang=None,
        target_lang=target_lang,
        baseline=baseline,
        qe=False,
    )

    from mtqa.fix import fix_files
    from mtqa.reports.text import visible

    changed = remaining = made = 0
    failed = False
    terminal = sys.stdout is not None and sys.stdout.isatty()
    for path, fixed, problems in fix_files(paths, settings):
        for problem in problems:
            failed = True
            complain(visible(f"{problem.path}: {problem.message}"))
        if fixed is None:
            continue
        remaining += fixed.findings
        made += len(fixed.changes)
        if fixed.changes:
            changed += 1
            if diff:
                lines = compare(path, fixed.before, fixed.after)
                write_stdout(map(_show_line, lines) if terminal else lines)
            else:
                write_bytes(Path(path), [fixed.data])
        if not quiet and not diff and (fixed.changes or fixed.left):
            write_stdout(_tell(path, fixed))
    if not quiet:
        _sum_up(made, changed, remaining, diff=diff)
    if failed:
        raise typer.Exit(2)
    if diff and changed:
        raise typer.Exit(1)


def compare(path: str, before: str, after: str) -> Iterator[str]:
    """A unified diff that ``git apply`` and ``patch -p1`` take."""
    from difflib import unified_diff

    old, new = ([f"{line}\n" for line in text.split("\n")] for text in (before, after))
    for lines in (old, new):
        if lines[-1] == "\n":
            lines.pop()
        else:
            lines[-1] += "\\ No newline at end of file\n"
    name = path.lstrip("/")
    yield from unified_diff(old, new, f"a/{name}", f"b/{name}", n=_CONTEXT)


def _show_line(line: str) -> str:
    from mtqa.reports.text import visible

    return visible(line.rstrip("\r\n")) + "\n"


def _tell(path: str, fixed: Fixed) -> Iterator[str]:
    from mtqa.reports.text import visible

    yield f"{visible(path)}\n"
    for change in fixed.changes:
        line, column = change.position
        made = f"→ “{_shorten(change.new)}”" if change.new else "deleted"
        yield f"  {line}:{column} {change.rule} “{_shorten(change.old)}” {made}\n"
    for left in fixed.left:
        line, column = left.position
        yield f"  {line}:{column} {left.rule} is left to an editor: {left.reason}\n"


def _shorten(text: str) -> str:
    from mtqa.reports.text import visible
    from mtqa.text.lines import shorten

    return visible(shorten(text, _SHOWN) or text)


def _sum_up(made: int, changed: int, remaining: int, *, diff: bool) -> None:
    """The totals: after a diff on stderr, so that standard output is a diff and nothing else."""
    files = f"{changed:,} file{'s' * (changed != 1)}"
    words = f"{made:,} {'to be made' if diff else 'made'} in {files}" if made else "none to make"
    rest = f"; findings left to an editor: {remaining:,}" if remaining else ""
    sentence = f"Fixes: {words}{rest}."
    if diff:
        complain(sentence)
    else:
        write_stdout([sentence, "\n"])
