"""Finding the files that a command line names, and reading them."""

from __future__ import annotations

import glob
import os
import stat
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import BinaryIO

from mtqa.formats.plain import Unreadable

# The format of a file by its suffix; a file of any other is plain text.
SUFFIXES: Mapping[str, str] = {
    ".txt": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".docx": "docx",
    ".xlf": "xliff",
    ".xliff": "xliff",
    ".sdlxliff": "xliff",  # of Trados, memoQ and Phrase: XLIFF 1.2 with elements of their own
    ".mqxliff": "xliff",
    ".mxliff": "xliff",
    ".tmx": "tmx",
    ".po": "po",
    ".srt": "srt",
    ".vtt": "vtt",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".csv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}

# Formats that hold all sorts of things besides translations: a search through folders takes them
# only where the configuration says which columns to read. A file that is named is read whatever
# it is called.
_TABLES = ("tsv", "csv", "jsonl")

STDIN = "-"

# How the reports of mtqa begin in the formats that it also reads as texts.
_REPORT_MARKS = (b'<meta name="generator" content="mtqa ', b"# Translation quality (mtqa)\n")
_REPORT_HEAD = 10_000  # bytes, in which the mark stands


@dataclass(frozen=True, slots=True)
class Missing:
    """A path or pattern that leads to no file; ``reason`` is one sentence for the user."""

    path: str
    reason: str


def searched_suffixes(*, tables: bool = False) -> tuple[str, ...]:
    """Suffixes of the files that a search through folders takes, with or without tables."""
    return tuple(suffix for suffix, kind in SUFFIXES.items() if tables or kind not in _TABLES)


def find_files(
    names: Sequence[str],
    excluded: Callable[[str], bool] = lambda path: False,
    suffixes: tuple[str, ...] | None = None,
) -> tuple[list[str], list[Missing]]:
    """The files that ``names`` lead to.

    Args:
        names: files, folders (searched through, hidden ones left out), glob patterns (``**`` goes
            through folders), ``-`` for standard input.
        excluded: which files and folders a search or a pattern leaves out, besides those that
            standard output and error go to; a file named in full is never left out.
        suffixes: of the files that a search through a folder takes; None: `searched_suffixes`.

    Returns:
        Paths with forward slashes, sorted, each once; and what could not be found.
    """
    suffixes = suffixes or searched_suffixes()
    found: dict[str, str] = {}  # real path: path as named
    missing: list[Missing] = []
    outputs = _redirected()

    def left_out(path: str) -> bool:
        return excluded(path) or (bool(outputs) and _identity(path) in outputs)

    for name in sorted(set(names)):
        if name == STDIN:
            paths = [STDIN]
        elif os.path.isdir(name):
            paths = list(_walk(name, left_out, suffixes, missing))
            if not paths and not any(problem.path == Path(name).as_posix() for problem in missing):
                missing.append(_nothing_in(name, suffixes))
        elif glob.has_magic(name) and not os.path.lexists(name):
            paths = list(_expand(name, left_out, suffixes, missing))
            if not paths:
                missing.append(Missing(name, "the pattern matches no file" + _nearest(name)))
        elif os.path.lexists(name):
            paths = [name]
        else:
            paths = []
            missing.append(Missing(name, "there is no such file" + _nearest(name)))
        for path in paths:
            posix = path if path == STDIN else Path(path).as_posix()
            found.setdefault(os.path.realpath(path), posix)
    return sorted(found.values()), missing


def _redirected() -> set[tuple[int, int]]:
    """The files that standard output and error go to: ``mtqa check . > findings.txt``."""
    found = set()
    for descriptor in (1, 2):
        try:
            status = os.fstat(descriptor)
        except OSError:  # closed
            continue
        if stat.S_ISREG(status.st_mode):
            found.add((status.st_dev, status.st_ino))
    return found


def _identity(path: str) -> tuple[int, int] | None:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def display(path: str) -> str:
    """How a file is called in results: as the user named it, with forward slashes."""
    return "<stdin>" if path == STDIN else Path(path).as_posix()


def common_folder(names: Sequence[str]) -> Path:
    """The deepest folder that holds all of ``names``; the working folder for standard input."""
    folders = {os.getcwd() if name == STDIN else _folder_of(name) for name in names}
    try:
        return Path(os.path.commonpath(folders or {os.getcwd()}))
    except ValueError:  # on different drives
        return Path.cwd()


def is_report(path: str) -> bool:
    """Is the file a report that mtqa has written, and no text to check?"""
    try:
        with open(path, "rb") as file:
            head = file.read(_REPORT_HEAD)
    except OSError:
        return False
    return any(mark in head for mark in _REPORT_MARKS)


def read_bytes(path: str, max_size: int) -> bytes:
    """What stands in a file or, for ``-``, in standard input.

    Args:
        path: as `find_files` gives it.
        max_size: bytes above which the file is refused.

    Raises:
        Unreadable: the file cannot be read, is too large, or is empty.
    """
    try:
        if path == STDIN:
            if sys.stdin is None:
                raise Unreadable("is closed; pipe a text into the command")
            data = _read_bounded(sys.stdin.buffer, max_size)
        else:
            with open(path, "rb") as file:
                size = os.fstat(file.fileno()).st_size
                if size > max_size:
                    raise _too_large(max_size, size)
                data = _read_bounded(file, max_size, size)
    except OSError as error:
        raise Unreadable(f"cannot be read: {error.strerror or error}") from None
    if not data:
        raise Unreadable("is empty; fill it or leave it out")
    return data


def _read_bounded(file: BinaryIO, max_size: int, size: int = 0) -> bytes:
    """What a file holds that seems to have ``size`` bytes: a pipe says 0, and a file may grow."""
    data = file.read(size + 1)  # room for all that is allowed would cost as much as to read it
    if len(data) > size:
        data += file.read(max_size + 1 - len(data))
    if len(data) > max_size:
        raise _too_large(max_size)
    return data


def _too_large(max_size: int, size: int | None = None) -> Unreadable:
    return Unreadable(
        f"is larger than the {max_size / 1e6:g} MB that max-file-size allows"
        + (f" ({size / 1e6:.1f} MB)" if size else "")
        + "; split it, or raise max-file-size in the configuration"
    )


def _walk(
    folder: str,
    excluded: Callable[[str], bool],
    suffixes: tuple[str, ...],
    missing: list[Missing],
) -> Iterator[str]:
    def note(error: OSError) -> None:
        path = Path(error.filename).as_posix()
        missing.append(Missing(path, f"cannot be read: {error.strerror}"))

    for parent, folders, files in os.walk(folder, onerror=note):
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".") and not excluded(os.path.join(parent, name))
        )
        for name in sorted(files):
            path = os.path.join(parent, name)
            # ~$story.docx: what Word puts beside a document that is open.
            if (
                name.lower().endswith(suffixes)
                and not name.startswith((".", "~$"))
                and not excluded(path)
            ):
                yield path


def _expand(
    pattern: str,
    excluded: Callable[[str], bool],
    suffixes: tuple[str, ...],
    missing: list[Missing],
) -> Iterator[str]:
    for path in sorted(glob.glob(pattern, recursive=True)):
        if excluded(path):
            continue
        if not os.path.isdir(path):
            yield path
        elif "**" not in pattern:  # which has already gone through the folders
            yield from _walk(path, excluded, suffixes, missing)


def _nothing_in(folder: str, suffixes: Sequence[str]) -> Missing:
    more = ", nor one of another format that is searched for" if len(suffixes) > 1 else ""
    return Missing(
        folder, f"the folder holds no *{suffixes[0]} file{more}; name the files themselves"
    )


def _nearest(name: str) -> str:
    """The file or folder beside a missing one whose name is nearest."""
    folder, base = os.path.split(name)
    try:
        siblings = os.listdir(folder or ".")
    except OSError:
        return "; check the folder's name"
    close = get_close_matches(base, siblings, n=1, cutoff=0.0)
    return f"; the nearest name is {os.path.join(folder, close[0])}" if close else ""


def _folder_of(name: str) -> str:
    path = os.path.abspath(name)
    while not os.path.isdir(path):
        path = os.path.dirname(path)
    return path
