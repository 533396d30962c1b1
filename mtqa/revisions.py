"""Which lines of the working tree have changed since a git revision."""

from __future__ import annotations

import os
import re
import subprocess
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from mtqa.config import ConfigError
from mtqa.result import DocumentResult

_HUNK = re.compile(rb"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_BINARY = re.compile(rb'Binary files .*? and ("?b/.*) differ')

# Options that a user's own git configuration must not turn.
_DIFF = (
    "diff --unified=0 --no-color --no-ext-diff --no-textconv --no-relative --find-renames "
    "--ignore-submodules --src-prefix=a/ --dst-prefix=b/"
).split()


@dataclass(frozen=True, slots=True)
class Changes:
    """What has changed since a revision.

    Attributes:
        top: folder of the working tree, absolute.
        tracked: paths that git knows, relative to ``top``.
        lines: ranges of lines that are new or changed, by path; None: all of the file. A line ends
            with LF here, and the first is 1. The end of a range is exclusive.
    """

    top: str
    tracked: frozenset[bytes]
    lines: dict[bytes, list[range] | None]

    def of(self, document: DocumentResult) -> list[range] | None:
        """Its changed lines, in order; None: all. What git does not know is new."""
        path = document.document.path
        if path.startswith("<"):  # standard input
            return None
        name = os.path.relpath(os.path.realpath(path), self.top).replace(os.sep, "/")
        if os.fsencode(name) not in self.tracked:
            return None
        return self.lines.get(os.fsencode(name), [])


def find_changes(revision: str, folder: str) -> Changes:
    """What has changed since the point where ``revision`` and the work at hand part.

    Args:
        revision: a commit, a branch, a tag.
        folder: a folder of the working tree; "" is the working folder.

    Raises:
        ConfigError: there is no git, no repository or no such revision.
    """
    top = os.fsdecode(_git(folder, "rev-parse", "--show-toplevel").rstrip(b"\n"))
    commit = (
        _git(
            folder,
            "rev-parse",
            "--verify",
            "--quiet",
            "--end-of-options",
            f"{revision}^{{commit}}",
            complaint=f"{revision!r} is no revision that git knows here; fetch it, or name another",
        )
        .strip()
        .decode()
    )
    base = (
        _git(
            folder,
            "merge-base",
            commit,
            "HEAD",
            complaint=f"git finds no common ancestor of {revision!r} and HEAD; fetch the whole "
            "history (fetch-depth: 0)",
        )
        .split()[0]
        .decode()
    )
    tracked = _git(top, "ls-files", "-z").split(b"\0")
    diff = _git(top, "-c", "core.quotePath=true", *_DIFF, base, "--")
    return Changes(top, frozenset(tracked), _parse(diff.split(b"\n")))


def keep_changed(
    documents: Sequence[DocumentResult], changes: Changes
) -> tuple[tuple[DocumentResult, ...], int]:
    """The documents with what touches a changed line, and how many other findings there were."""
    kept = []
    for document in documents:
        ranges = changes.of(document)
        if ranges is not None:
            ends = [match.start() for match in re.finditer("\n", document.file_text)]
            places = [document.place(finding.span) for finding in document.findings]
            left = tuple(
                finding
                for finding, place in zip(document.findings, places, strict=True)
                if _touches(ranges, ends, place.start, place.end)
            )
            document = replace(
                document, findings=left, judged=_changed_sentences(document, ranges, ends)
            )
        kept.append(document)
    before, after = (sum(len(one.findings) for one in some) for some in (documents, kept))
    return tuple(kept), before - after


def _changed_sentences(
    document: DocumentResult, ranges: Sequence[range], line_ends: Sequence[int]
) -> frozenset[int]:
    places = map(document.place, document.sentences) if document.scores else ()
    return frozenset(
        index
        for index, place in enumerate(places)
        if _touches(ranges, line_ends, place.start, place.end)
    )


def _touches(ranges: Sequence[range], line_ends: Sequence[int], start: int, end: int) -> bool:
    """Does one of the lines from code point ``start`` to ``end`` lie in ``ranges``?"""
    first, last = (bisect_left(line_ends, at) + 1 for at in (start, end - 1))
    at = bisect_left(ranges, last + 1, key=lambda lines: lines.start) - 1
    return at >= 0 and ranges[at].stop > first


def _git(folder: str, *arguments: str, complaint: str | None = None) -> bytes:
    try:
        done = subprocess.run(
            ("git", *arguments),
            cwd=folder or None,
            env={**os.environ, "LC_ALL": "C"},
            capture_output=True,
            check=False,
        )
    except FileNotFoundError:
        raise ConfigError("--diff needs git, which is not installed; leave --diff out") from None
    if done.returncode == 0:
        return done.stdout
    said = done.stderr.decode("utf-8", "replace")
    if "not a git repository" in said:
        raise ConfigError(
            f"{folder or '.'}: is in no git repository, so --diff cannot tell what has changed; "
            "leave it out"
        )
    why = " ".join(said.removeprefix("fatal:").split()) or f"exit code {done.returncode}"
    raise ConfigError(complaint or f"git {arguments[0]} failed: {why}")


def _parse(lines: Sequence[bytes]) -> dict[bytes, list[range] | None]:
    """Changed lines by path, from the output of ``git diff --unified=0``."""
    changed: dict[bytes, list[range] | None] = {}
    ranges: list[range] = []
    rows: Iterator[bytes] = iter(lines)
    for row in rows:
        if row.startswith(b"+++ "):
            ranges = []
            changed[_path(row[4:])] = ranges
        elif match := _BINARY.fullmatch(row):
            changed[_path(match[1])] = None
        elif match := _HUNK.match(row):
            old, start, new = (1 if part is None else int(part) for part in match.groups())
            if new:
                ranges.append(range(start, start + new))
            left = old + new
            while left:  # what stands there may look like anything
                left -= not next(rows).startswith(b"\\")  # \ No newline at end of file
    return changed


def _path(written: bytes) -> bytes:
    """A path as ``git diff`` writes it: after b/, quoted as in C, a tab behind one with spaces."""
    written = written.removesuffix(b"\t")
    if written.startswith(b'"'):
        written = written[1:-1].decode("unicode_escape").encode("latin-1")
    return written.removeprefix(b"b/")
