"""Command line: one module per command, which imports what it runs only when it runs.

Exit codes: 0 nothing at or above the bar; 1 findings over the bar; 2 wrong usage, a configuration
that cannot be used, input that cannot be read, or an internal error; 130 interrupted; 143
terminated.
"""

from __future__ import annotations

import errno
import gc
import os
import signal
import sys
from io import TextIOWrapper
from typing import Any, NoReturn

import typer

from mtqa.cli.check import check
from mtqa.cli.evaluate import evaluate
from mtqa.cli.explain import explain
from mtqa.cli.fix import fix
from mtqa.cli.init import init
from mtqa.cli.models import models
from mtqa.cli.output import complain, drop_stdout
from mtqa.cli.report import report
from mtqa.cli.rules import rules
from mtqa.cli.score import score
from mtqa.cli.train import train
from mtqa.config import ConfigError

app = typer.Typer(
    help="Check machine-translated news for the defects that machine translation leaves behind.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def _version(
    context: typer.Context,
    version: bool = typer.Option(False, "--version", help="Show the version and exit."),
) -> None:
    if version:
        from mtqa.version import __version__

        typer.echo(f"mtqa {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(2)


# Objects between two runs of the garbage collector. Hardly any of ours form cycles, and at Python's
# 700 it takes a tenth of the time of a short check, most of it while patterns are compiled.
_COLLECTED_AT = 20_000

# Typer's UsageError, of which it exports this child alone.
_WRONG_USAGE = typer.BadParameter.__mro__[1]


app.command()(check)
app.command()(report)
app.command()(fix)
app.command()(score)
app.command()(rules)
app.command()(explain)
app.command()(evaluate)
app.command()(train)
app.command()(models)
app.command()(init)


def main() -> None:
    """Run the command line of this process."""
    gc.set_threshold(_COLLECTED_AT)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # UTF-8 under any locale
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _end)
    try:
        sys.exit(app(prog_name="mtqa", standalone_mode=False))
    except ConfigError as error:
        complain(str(error))
    except (KeyboardInterrupt, typer.Abort):
        sys.exit(130)
    except Exception as error:
        if isinstance(error, _WRONG_USAGE):
            complain(_explain_usage(error))
            sys.exit(2)
        complain(_explain_fault(error))
    sys.exit(2)


def _end(number: int, frame: object) -> NoReturn:
    """Leave by way of what cleans up, so that no half of a file stays behind."""
    signal.signal(number, signal.SIG_IGN)
    sys.exit(128 + number)


# What befalls a stream (only the help and the version write to one without looking): a full disk,
# a quota, a limit, a fault of the device.
_OUTPUT_FAULTS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


def _explain_fault(error: Exception) -> str:
    if isinstance(error, FileNotFoundError) and not _has_working_folder():
        return "the working folder does not exist any more; change to another one"
    if isinstance(error, OSError) and error.filename is None and error.errno in _OUTPUT_FAULTS:
        drop_stdout()
        return f"standard output cannot be written: {error.strerror}"
    return f"internal error: {type(error).__name__}: {error}; please report it"


def _has_working_folder() -> bool:
    try:
        os.getcwd()
    except FileNotFoundError:
        return False
    return True


def _explain_usage(error: Any) -> str:
    message = error.format_message().rstrip(".")
    return f"{message} (see {error.ctx.command_path} --help)" if error.ctx else message
