"""Rows of a run that may be killed: those that are written stay, and a later run goes on there."""

from __future__ import annotations

import hashlib
import os
import stat
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, TypeVar

from mtqa.cli.output import file_mode
from mtqa.config import ConfigError

_Row = TypeVar("_Row")


class Journal:
    """Rows on their way into a file, beside which they stand until all of them are there.

    ``FILE.partial`` holds whole rows at any moment, but for one that is being written when the
    process dies; ``FILE.partial.run`` says what run they are of.

    Args:
        path: the file.
        run: tells this run from one with other inputs or settings.
        head: what comes before the first row.
        resume: go on where an earlier run has stopped, if there is one; else begin anew.

    Raises:
        ConfigError: the file cannot be written; or there are rows of another run.
    """

    def __init__(self, path: Path, run: str, head: str = "", *, resume: bool = False) -> None:
        self.path = path
        self._target = Path(os.path.realpath(path))  # a link stays a link
        self._partial = partial_path(self._target)
        self._told = self._partial.with_name(f"{self._partial.name}.run")
        self._head = head.encode()
        self._ends: deque[int] = deque()  # of the rows that have been read again
        self._end = len(self._head)  # of those that are kept
        self._file: IO[bytes] | None = None
        self._resumed = resume and self._partial.exists()
        try:
            if self._resumed:
                self._check(run)
            else:
                self._partial.unlink(missing_ok=True)
                self._told.write_text(run, encoding="utf-8")
                self._partial.write_bytes(self._head)
        except OSError as error:
            raise self._failure(error) from None

    def _check(self, run: str) -> None:
        told = self._told.read_text(encoding="utf-8") if self._told.exists() else ""
        with open(self._partial, "rb") as file:
            begun = file.read(len(self._head))
        if told != run:
            raise ConfigError(
                f"{self._partial}: its rows are of a run with other inputs or settings; remove it, "
                "or leave --resume out to begin anew"
            )
        if begun != self._head:  # killed before there was a row
            self._partial.write_bytes(self._head)

    def rows(self, parse: Callable[[str], _Row]) -> Iterator[_Row]:
        """The whole rows of the earlier run, up to one that ``parse`` refuses with ValueError."""
        if not self._resumed:
            return
        end = len(self._head)
        with open(self._partial, "rb") as file:
            file.seek(end)
            for line in file:
                if not line.endswith(b"\n"):
                    return
                try:
                    row = parse(line.decode().removesuffix("\n"))
                except (ValueError, LookupError, TypeError):
                    return
                end += len(line)
                self._ends.append(end)
                yield row

    def keep(self, count: int) -> None:
        """Take over that many of the `rows`, in order."""
        for _ in range(count):
            self._end = self._ends.popleft()

    def write(self, rows: str) -> None:
        """Add rows; those of the earlier run that were not kept go."""
        try:
            self._open().write(rows.encode("utf-8", "backslashreplace"))
            self._open().flush()
        except OSError as error:
            raise self._failure(error) from None

    def finish(self) -> None:
        """All rows are there: put the file into its place."""
        try:
            self._open().close()
            os.chmod(self._partial, file_mode(self._target))
            os.replace(self._partial, self._target)
            self._told.unlink(missing_ok=True)
        except OSError as error:
            raise self._failure(error) from None

    def give_up(self) -> bool:
        """Close after a failure; whether there are rows to go on from. If not, nothing is left."""
        if self._file:
            with suppress(OSError):  # the disk is full, and it has been said
                self._file.close()
        if self._partial.exists() and self._partial.stat().st_size > len(self._head):
            return True
        self._partial.unlink(missing_ok=True)
        self._told.unlink(missing_ok=True)
        return False

    @property
    def partial(self) -> Path:
        """Where the rows stand until all are there."""
        return self._partial

    def _open(self) -> IO[bytes]:
        if self._file is None:
            self._file = open(self._partial, "r+b")  # noqa: SIM115
            self._file.truncate(self._end)
            self._file.seek(self._end)
        return self._file

    def _failure(self, error: OSError) -> ConfigError:
        return ConfigError(f"{self.path}: cannot be written: {error.strerror}")


def digest_file(path: str) -> str | None:
    """SHA-256 of a file, in hexadecimal; None for what is none or cannot be read.

    A named pipe is not opened: what is read from it is gone.
    """
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return None
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:  # said when it is read
        return None


def partial_path(path: Path) -> Path:
    """Where the rows of a run stand that is not yet through."""
    return path.with_name(f"{path.name}.partial")
