"""Findings that are known and accepted: a check hides as many of each as were recorded.

A baseline is a JSON file, one kind of finding a line, sorted, so that a change to it reads well in
a review. A finding is told by its rule, the path of its document and the characters it marks, not
by its line: edits elsewhere do not bring it back. Two alike in one document are recorded as a count
of two, and a third is reported.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from mtqa.config import ConfigError
from mtqa.fingerprints import fingerprint, normalise
from mtqa.result import DocumentResult, Finding, relative_path

_VERSION = 1
_SHOWN = 80  # characters of the text that an entry shows its reader


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """Findings that are alike.

    Attributes:
        path: of the document, relative to the project root.
        rule: what found them.
        text: the first characters that they mark, for the reader.
        fingerprint: see `mtqa.fingerprints.fingerprint`.
        count: how many there are.
    """

    path: str
    rule: str
    text: str
    fingerprint: str
    count: int


@dataclass(frozen=True, slots=True)
class Baseline:
    """The findings that are accepted; entries in order, each fingerprint once."""

    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a baseline and the findings of a run have in common.

    Attributes:
        documents: as they were, without the accepted findings.
        accepted: how many findings that took away.
        stale: entries, or parts of their counts, that no finding answers any more.
        renewed: the baseline as it would be recorded now.
    """

    documents: tuple[DocumentResult, ...]
    accepted: int
    stale: tuple[Entry, ...]
    renewed: Baseline = field(default_factory=Baseline)


def read_baseline(path: Path) -> Baseline:
    """The baseline that stands in a file.

    Raises:
        ConfigError: there is none, or it is none.
    """
    try:
        loaded = json.loads(path.read_text(encoding="utf-8-sig"))
        if loaded["version"] != _VERSION:
            raise ConfigError(
                f"{path}: is a baseline of version {loaded['version']}, which this mtqa does not "
                "read; delete it and record it anew with --update-baseline"
            )
        entries = tuple(_entry(row) for row in loaded["findings"])
    except FileNotFoundError:
        raise ConfigError(
            f"{path}: there is no such baseline; record one with --update-baseline"
        ) from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise ConfigError(
            f"{path}: is no baseline of mtqa, or damaged; restore it, or delete it and record it "
            "anew with --update-baseline"
        ) from None
    return Baseline(_merge(entries))


def write_baseline(baseline: Baseline) -> Iterator[str]:
    """Pieces of the file."""
    yield f'{{"version": {_VERSION},\n "findings": ['
    for index, entry in enumerate(baseline.entries):
        row = json.dumps(asdict(entry), ensure_ascii=False)
        yield ("," if index else "") + "\n  " + row
    yield "\n ]}\n" if baseline.entries else "]}\n"


def compare(
    baseline: Baseline,
    documents: Iterable[DocumentResult],
    root: str,
    ran: Mapping[str, Collection[str]],
) -> Comparison:
    """Take the accepted findings away.

    Where more findings are alike than were recorded, the gravest and, of equals, the last ones
    stay.

    Args:
        baseline: what is accepted.
        documents: the results of a run.
        root: folder that the paths of the baseline are relative to.
        ran: names of the rules that were run without fault over each document, by its path as in
            `Document.path`. What was not looked for is not stale.
    """
    allowed = {entry.fingerprint: entry.count for entry in baseline.entries}
    found: Counter[str] = Counter()
    now: dict[str, Entry] = {}
    looked_for: dict[str, Collection[str]] = {}
    kept = []
    accepted = 0
    for document in documents:
        path = relative_path(document.document.path, root)
        looked_for[path] = ran.get(document.document.path, ())
        alike: dict[str, list[Finding]] = {}
        for finding in document.findings:
            text = document.text(finding.span)
            mark = fingerprint(finding.rule, path, text)
            alike.setdefault(mark, []).append(finding)
            found[mark] += 1
            now[mark] = Entry(path, finding.rule, _show(text), mark, found[mark])
        hidden = {
            id(finding)
            for mark, findings in alike.items()
            for finding in _mildest(findings, allowed.get(mark, 0))
        }
        accepted += len(hidden)
        left = tuple(finding for finding in document.findings if id(finding) not in hidden)
        kept.append(replace(document, findings=left) if hidden else document)
    # Where a document of this run is no file (standard input), others need not be one either.
    of_files = all(_is_there(path, root) for path in looked_for)
    stale = []
    others = []
    for entry in baseline.entries:
        gone = of_files and entry.path not in looked_for and not _is_there(entry.path, root)
        if gone or entry.rule in looked_for.get(entry.path, ()):
            missing = entry.count - found[entry.fingerprint]
            if missing > 0:
                stale.append(replace(entry, count=missing))
        elif entry.fingerprint not in now:
            others.append(entry)
    return Comparison(
        tuple(kept), accepted, tuple(stale), Baseline(_merge((*now.values(), *others)))
    )


def _is_there(path: str, root: str) -> bool:
    return os.path.lexists(os.path.join(root, path))


def explain_stale(stale: Sequence[Entry]) -> str:
    """A sentence for the user on entries that no finding answers."""
    total = sum(entry.count for entry in stale)
    first = stale[0]
    return (
        f"the baseline accepts {total:,} finding{'s' * (total != 1)} that "
        f"{'are' if total != 1 else 'is'} no longer there ({first.path}: {first.rule} "
        f"“{first.text}”{', …' if total > 1 else ''}); --update-baseline takes "
        f"{'them' if total != 1 else 'it'} out"
    )


def _mildest(findings: list[Finding], number: int) -> list[Finding]:
    return sorted(findings, key=lambda finding: finding.severity.penalty)[:number]


def _merge(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Entries in order; of two with one fingerprint, as a merge of branches leaves, the larger."""
    merged: dict[str, Entry] = {}
    for entry in entries:
        other = merged.get(entry.fingerprint)
        if other is None or other.count < entry.count:
            merged[entry.fingerprint] = entry
    return tuple(sorted(merged.values()))


def _entry(row: Any) -> Entry:
    path, rule, text, mark, count = (row[item.name] for item in fields(Entry))
    if not all(isinstance(value, str) for value in (path, rule, text, mark)):
        raise TypeError("a value that is no string")
    return Entry(path, rule, text, mark, int(count))


def _show(text: str) -> str:
    plain = normalise(text)
    shown = plain if len(plain) <= _SHOWN else plain[: _SHOWN - 1] + "…"
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in shown)
