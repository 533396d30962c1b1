"""Where a command's words go: the result to standard output or a file, complaints to stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from mtqa.config import ConfigError, parse_format

if TYPE_CHECKING:
    from mtqa.result import Result

Render = Callable[["Result"], Iterator[str]]


def complain(message: str) -> None:
    """One line on standard error."""
    print(f"mtqa: {message}", file=sys.stderr)


def refuse_output(option: str, path: Path, inputs: Iterable[str]) -> None:
    """Before any work: see that a file can be written and is none of those to be read.

    Args:
        option: what names the file.
        path: the file.
        inputs: the files that it must not overwrite.

    Raises:
        ConfigError: it cannot be written there.
    """
    if os.path.isdir(path):
        raise ConfigError(f"{path}: is a folder; name a file for {option}")
    if not os.path.isdir(path.absolute().parent):
        raise ConfigError(f"{path}: its folder does not exist; create it first")
    if os.path.realpath(path) in {os.path.realpath(name) for name in inputs}:
        raise ConfigError(f"{path}: would be overwritten by {option}; name another file")


def find_render(format: str) -> Render:
    """What writes a result in one of the `mtqa.config.FORMATS`, as pieces of text."""
    render: Render = import_module(f"mtqa.reports.{format}").render
    return render


def parse_reports(values: Iterable[str], inputs: Sequence[str]) -> list[tuple[str, Path]]:
    """The formats and files of ``--report FORMAT=FILE``, in their order.

    Args:
        values: what the user gave.
        inputs: the files that no report may overwrite; those of the reports before count, too.

    Raises:
        ConfigError: a format does not exist, or a file cannot be written.
    """
    reports: list[tuple[str, Path]] = []
    for value in values:
        format, _, name = value.partition("=")
        if not name:
            raise ConfigError(f"--report {value}: write it as FORMAT=FILE, such as json=mtqa.json")
        path = Path(name)
        refuse_output("--report", path, [*inputs, *(str(other) for _, other in reports)])
        reports.append((parse_format(format), path))
    return reports


def write_job_summary(result: Result) -> None:
    """Add to the summary of the GitHub job that this is a step of, if it is one."""
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if not path:
        return
    from mtqa.reports.github import summarise

    try:
        with open(path, "a", encoding="utf-8", newline="") as file:
            file.writelines(summarise(result))
    except OSError as error:  # it is no part of the result
        complain(f"{path}: the summary of the job cannot be written: {error.strerror}")


def write_stdout(pieces: Iterable[str]) -> None:
    """Write to standard output; a reader that has gone, such as ``head``, is no error.

    Raises:
        ConfigError: the output cannot be written (a full disk).
    """
    if sys.stdout is None:
        raise ConfigError("standard output is closed; name a file with --output")
    try:
        sys.stdout.writelines(pieces)
        sys.stdout.flush()
    except BrokenPipeError:
        drop_stdout()
    except OSError as error:
        drop_stdout()
        raise ConfigError(f"standard output cannot be written: {error.strerror}") from None


def flushed(pieces: Iterable[str]) -> Iterator[str]:
    """``pieces`` for standard output, each on its way before the next is computed."""
    for piece in pieces:
        yield piece
        sys.stdout.flush()


def write_file(path: Path, pieces: Iterable[str]) -> None:
    """Write a text file whole or not at all: beside its place first, then moved there.

    Raises:
        ConfigError: the file cannot be written.
    """
    write_bytes(path, (piece.encode("utf-8", "backslashreplace") for piece in pieces))


def write_bytes(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a file whole or not at all, as `write_file` does."""
    target = Path(os.path.realpath(path))  # a link stays a link
    try:
        if target.exists() and not target.is_file():  # /dev/null and the like
            with open(target, "wb") as device:
                device.writelines(pieces)
            return
        mode = file_mode(target)
        import tempfile

        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with open(descriptor, "wb") as file:
                file.writelines(pieces)
            os.chmod(name, mode)
            os.replace(name, target)
        except BaseException:
            os.unlink(name)
            raise
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written: {error.strerror}") from None


def file_mode(path: Path) -> int:
    """The permissions of a file that is to be written: those it has, or else the user's usual."""
    return path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def drop_stdout() -> None:
    """Keep the interpreter from flushing a dead stream at exit and complaining about it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
