"""Suggestions that are safe, applied.

Safe is what the rule says is safe (`mtqa.rules.rule.Hit.safe`), where it is sure enough. Beyond
that a fix has to prove itself: the file is read and checked again, and a fix after which any rule
finds more than before is not made. So a second run changes nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

from mtqa.baseline import Baseline, compare, read_baseline
from mtqa.config import ConfigError, Settings
from mtqa.formats.files import STDIN, find_files, read_bytes, searched_suffixes
from mtqa.formats.plain import Unreadable
from mtqa.formats.read import parse_document
from mtqa.pipeline import check_document, is_excluded
from mtqa.result import DocumentResult, Edit, Finding, Position, Problem
from mtqa.rules.catalogue import select_rules
from mtqa.text.document import Document, Span

# The share of such hits that are right, under which a suggestion is left to an editor: with less,
# one fix in ten would do harm.
SURE = 0.9

Reader = Callable[[bytes], Document]

_LINE_END = re.compile(r"\r\n?|\n")
_BLANK_LINE = re.compile(r"[ \t]*(?:\r\n?|\n)")
_SPACE = " \t\u00a0"
_CLOSING = re.compile(r"[,.;:!?…)\]}”’»]")
_OPENING = re.compile(r"[(\[{“‘«]\Z")


class Change(NamedTuple):
    """A fix that was made.

    Attributes:
        rule: whose suggestion it was.
        position: where it was made, in the file as it stood then.
        old: the characters that were there.
        new: what stands there now.
    """

    rule: str
    position: Position
    old: str
    new: str


class Left(NamedTuple):
    """A safe suggestion that was not followed.

    Attributes:
        rule: whose it is.
        position: where it is, in the file as it was left.
        reason: why, in a few words for the user.
    """

    rule: str
    position: Position
    reason: str


@dataclass(frozen=True, slots=True)
class Fixed:
    """A file and what became of it.

    Attributes:
        before: the characters of the file as it was.
        after: as it is now.
        data: its bytes now.
        changes: in the order in which they were made.
        left: safe suggestions that were not followed, in order of the text.
        findings: number of findings that remain, those among them.
        problems: rules that failed.
    """

    before: str
    after: str
    data: bytes
    changes: tuple[Change, ...]
    left: tuple[Left, ...]
    findings: int
    problems: tuple[Problem, ...]


class _Fix(NamedTuple):
    finding: Finding
    edit: Edit


class _State(NamedTuple):
    data: bytes
    result: DocumentResult
    changes: tuple[Change, ...] = ()


class _Fixer(NamedTuple):
    """What stays the same while a file is fixed."""

    read: Reader
    settings: Settings
    accepted: Baseline | None
    mark: bytes  # the byte order mark

    def check(self, data: bytes) -> tuple[DocumentResult, list[Problem]]:
        return check_document(self.read(data), self.settings)

    def reported(self, result: DocumentResult) -> DocumentResult:
        """A result without the findings that are to be let be."""
        if not self.accepted:
            return result
        (left,) = compare(self.accepted, (result,), self.settings.root, {}).documents
        return left

    def find(self, result: DocumentResult) -> tuple[list[_Fix], list[tuple[Finding, str]]]:
        """The safe suggestions of a result, and those that cannot be followed, with the reason."""
        fixes = []
        left = []
        for finding in self.reported(result).findings:
            if finding.suggestion is None or not finding.safe or finding.confidence < SURE:
                continue
            span, whole = _widen(result.document.text, finding.span, finding.suggestion)
            edit = result.edit(span, finding.suggestion)
            if whole and result.document.origin is not None:
                left.append((finding, "nothing else stands in its part of the file"))
            elif edit is None:
                left.append((finding, "the file does not hold it as plain characters"))
            elif not _can_encode(edit.text, result.document.encoding):
                left.append((finding, f"{result.document.encoding} has no such character"))
            else:
                fixes.append(_Fix(finding, edit))
        return fixes, left

    def mend(self, state: _State, fixes: Sequence[_Fix]) -> _State:
        """``state`` after those of ``fixes`` that do no harm: all at once, or else by halves."""
        fixes = _without_overlaps(fixes)
        if not fixes:
            return state
        text = _apply(state.result.file_text, [fix.edit for fix in fixes])
        data = self.mark + text.encode(state.result.document.encoding)
        if text.strip():
            result, _ = self.check(data)
            if result.file_text == text and _is_better(result, state.result):
                return _State(data, result, state.changes + tuple(map(_change, fixes)))
        if len(fixes) == 1:
            return state
        middle = len(fixes) // 2
        for half in (fixes[:middle], fixes[middle:]):
            wanted = {fix.finding.fingerprint for fix in half}
            still = [fix for fix in self.find(state.result)[0] if fix.finding.fingerprint in wanted]
            state = self.mend(state, still)
        return state


def fix_files(
    names: Sequence[str], settings: Settings
) -> Iterator[tuple[str, Fixed | None, list[Problem]]]:
    """Fix every file that ``names`` lead to, one by one; nothing is written.

    Args:
        names: files, folders, patterns (see `mtqa.formats.files.find_files`).
        settings: what to look for, and the baseline of what to let be.

    Yields:
        The path of a file; what became of it, None if it could not be read; what went wrong.

    Raises:
        UnknownName: ``settings`` names a rule or family that does not exist.
        ConfigError: there is no such baseline, or standard input is named.
    """
    if STDIN in names:
        raise ConfigError("fix changes files, and standard input (-) is none; name files")
    select_rules(settings)
    accepted = read_baseline(Path(settings.baseline)) if settings.baseline else None
    suffixes = searched_suffixes(tables=bool(settings.columns))
    paths, missing = find_files(names, lambda path: is_excluded(path, settings), suffixes)
    for item in missing:
        yield item.path, None, [Problem(item.path, item.reason)]
    for path in paths:
        try:
            data = read_bytes(path, settings.max_file_size * 1_000_000)
            read = partial(parse_document, settings=settings, name=path)
            fixed = fix_file(data, read, settings, accepted)
        except Unreadable as error:
            yield path, None, [Problem(path, error.message, byte=error.byte)]
        else:
            yield path, fixed, list(fixed.problems)


def fix_file(
    data: bytes, read: Reader, settings: Settings, accepted: Baseline | None = None
) -> Fixed:
    """Apply what is safe among the suggestions for one file.

    Args:
        data: the file.
        read: gives the document that the bytes of the file hold.
        settings: what to look for.
        accepted: findings to let be.

    Raises:
        UnknownName: ``settings`` names a rule or family that does not exist.
        Unreadable: the file cannot be read, or its characters do not give its bytes back.
    """
    result, problems = check_document(read(data), settings)
    before = result.file_text
    origin = result.document.origin
    textual = origin is None or origin.file is not None
    body = before.encode(result.document.encoding, "replace") if textual else data
    if not data.endswith(body) or len(data) - len(body) > 4:  # a byte order mark has up to 4 bytes
        raise Unreadable(
            f"cannot be written back byte for byte as {result.document.encoding}; save it as UTF-8"
        )
    fixer = _Fixer(read, settings, accepted, data[: len(data) - len(body)])
    state = _State(data, result)
    while True:
        better = fixer.mend(state, fixer.find(state.result)[0])
        if better.data == state.data:
            break
        state = better
    fixes, left = fixer.find(state.result)
    left += [(fix.finding, "a rule would find more than before") for fix in fixes]
    left.sort(key=lambda pair: pair[0].span)
    return Fixed(
        before=before,
        after=state.result.file_text,
        data=state.data,
        changes=state.changes,
        left=tuple(
            Left(finding.rule, state.result.position(finding.span.start), reason)
            for finding, reason in left
        ),
        findings=len(fixer.reported(state.result).findings),
        problems=tuple(problems),
    )


def _is_better(new: DocumentResult, old: DocumentResult) -> bool:
    """Does no rule find more than before, and do they find less in all?"""
    after, before = (Counter(finding.rule for finding in one.findings) for one in (new, old))
    return after < before


def _without_overlaps(fixes: Sequence[_Fix]) -> list[_Fix]:
    """Of two fixes that overlap or touch, the first; the other is looked for again."""
    kept: list[_Fix] = []
    for fix in sorted(fixes, key=lambda fix: fix.edit.place[:2]):
        if not kept or fix.edit.place.start > kept[-1].edit.place.end:
            kept.append(fix)
    return kept


def _apply(text: str, edits: Sequence[Edit]) -> str:
    pieces: list[str] = []
    end = 0
    for edit in edits:
        pieces += (text[end : edit.place.start], edit.text)
        end = edit.place.end
    return "".join((*pieces, text[end:]))


def _change(fix: _Fix) -> Change:
    place, text = fix.edit
    return Change(fix.finding.rule, place.start_position, place.text, text)


def _can_encode(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _widen(text: str, span: Span, suggestion: str) -> tuple[Span, bool]:
    """What is to go where something is deleted: the space or the line that it leaves behind, too.

    Returns:
        The characters to be replaced; and whether these are whole lines.
    """
    start, end = span
    if suggestion:
        return span, False
    first = _line_start(text, start)
    ending = _LINE_END.search(text, end)
    last = ending.start() if ending else len(text)
    before, after = text[first:start], text[end:last]
    if not before.strip() and not after.strip():
        return _widen_lines(text, first, ending.end() if ending else len(text)), True
    if not before.strip():
        end += len(after) - len(after.lstrip(_SPACE))
    elif not after.strip() or (_CLOSING.match(after) and before[-1] in _SPACE):
        start -= len(before) - len(before.rstrip(_SPACE))
    elif before[-1] in _SPACE and after[0] in _SPACE:
        start -= 1
    elif _OPENING.search(before):
        end += len(after) - len(after.lstrip(_SPACE))
    return Span(start, end), False


def _widen_lines(text: str, start: int, end: int) -> Span:
    """Lines that are to go, and one of the blank lines that part them from the others."""
    previous = _previous_line(text, start)
    blank_before = start == 0 or not text[previous:start].strip()
    blank_after = _BLANK_LINE.match(text, end)
    if blank_before and blank_after:
        return Span(start, blank_after.end())
    if blank_before and end == len(text):
        return Span(previous, end)
    return Span(start, end)


def _previous_line(text: str, start: int) -> int:
    """Where the line before the one that begins at ``start`` begins."""
    if text.startswith("\r\n", start - 2):
        return _line_start(text, start - 2)
    return _line_start(text, max(0, start - 1))


def _line_start(text: str, offset: int) -> int:
    return max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1
