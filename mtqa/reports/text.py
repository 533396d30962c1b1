"""Findings for the eye: grouped by file, each with its line and the span underlined."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator

from mtqa.result import DocumentResult, Finding, Result, Severity
from mtqa.text.document import Span

Paint = Callable[[str, str], str]

_BOLD, _DIM = "1", "2"
_COLORS = {Severity.MINOR: "36", Severity.MAJOR: "33;1", Severity.CRITICAL: "31;1"}

# Related places that are shown; the JSON formats have all.
_RELATED = 3
_ELLIPSIS = "…"
_JOINERS = "\u200c\u200d"


def render(
    result: Result, *, color: bool = False, width: int = 100, summary: bool = True
) -> Iterator[str]:
    """Pieces of the report, in order.

    Args:
        result: what to show.
        color: use ANSI escapes.
        width: columns of the screen; a longer line is cut to a window around the span.
        summary: close with the totals and the scores; with nothing where nothing was read.
    """
    paint = _paint if color else _keep
    for document in result.documents:
        if not document.findings:
            continue
        yield paint(visible(document.document.path), _BOLD) + "\n"
        for finding in document.findings:
            yield from _render_finding(document, finding, paint, width)
        yield "\n"
    if summary and result.documents:
        yield _summarise(result) + "\n"
        yield from _summarise_scores(result, width)


def visible(text: str) -> str:
    """``text`` with every character that a terminal obeys or hides written as an escape.

    That is controls (ANSI escapes among them), bidirectional overrides and other invisible format
    characters, line and paragraph separators, lone surrogates; a tab becomes a space. The joiners
    of Indic scripts, Persian and emoji stay.
    """
    if text.isprintable():
        return text
    return "".join(map(_visible_character, text))


def _visible_character(character: str) -> str:
    if character == "\t":
        return " "
    category = unicodedata.category(character)
    if category in ("Cc", "Cf", "Cs", "Zl", "Zp") and character not in _JOINERS:
        return character.encode("unicode_escape").decode("ascii")
    return character


def _render_finding(
    document: DocumentResult, finding: Finding, paint: Paint, width: int
) -> Iterator[str]:
    line, column = document.position(finding.span.start)
    yield (
        f"  {line}:{column} {paint(finding.severity.value, _COLORS[finding.severity])} "
        f"{paint(finding.rule, _BOLD)} {visible(finding.message)}\n"
    )
    bar = "    " + paint("│", _DIM)
    excerpt, underline = _underline(document, finding.span, width - 6)
    yield f"{bar} {excerpt}\n"
    yield f"{bar} {paint(underline, _COLORS[finding.severity])}\n"
    unit = document.unit(finding.span)
    if unit is not None:
        yield f"    {paint('=', _DIM)} in {visible(unit)}\n"
    if finding.suggestion is not None:
        advice = f"write: {visible(finding.suggestion)}" if finding.suggestion else "delete it"
        yield f"    {paint('=', _DIM)} {advice}\n"
    if finding.related:
        yield f"    {paint('=', _DIM)} see {_list_related(document, finding, width)}\n"


def _list_related(document: DocumentResult, finding: Finding, width: int) -> str:
    places = []
    for span in finding.related[:_RELATED]:
        line, column = document.position(span.start)
        words = visible(" ".join(document.text(span).split()))
        room = max(20, width // _RELATED - 10)
        if len(words) > room:
            words = words[: room - 1] + _ELLIPSIS
        places.append(f"{line}:{column} {words}")
    more = len(finding.related) - _RELATED
    return ", ".join(places) + (f" and {more} more" if more > 0 else "")


def _underline(document: DocumentResult, span: Span, width: int) -> tuple[str, str]:
    """The part of a line around a span that fits ``width``, and carets to go under it.

    A span that goes on past its line is shown up to the end of the line.
    """
    text = document.document.text
    start, end = _line_around(document, span.start, span.end - span.start + 2 * width)
    # Nothing farther away than the width can be shown: the slices bound the work on a document
    # that is one huge line.
    marked = visible(text[span.start : min(span.end, end, span.start + width)])
    if _columns(marked) > width - 2:
        marked = _take(marked, width - 3) + _ELLIPSIS
    columns = max(1, _columns(marked))
    room = width - columns
    before = visible(text[max(start, span.start - room) : span.start])
    after = visible(text[span.end : min(end, span.end + room)])
    # Each side gets half of the room, and what the other side leaves of its half.
    left = min(_columns(before), max(room // 2, room - _columns(after)))
    right = min(_columns(after), room - left)
    if span.start - room > start or _columns(before) > left:
        before = _ELLIPSIS + _take_last(before, left - 1)
    if span.end + room < end or _columns(after) > right:
        after = _take(after, right - 1) + _ELLIPSIS
    return before + marked + after, " " * _columns(before) + "^" * columns


def _line_around(document: DocumentResult, offset: int, width: int) -> tuple[int, int]:
    """The part of the line around ``offset`` that is near enough to be shown."""
    text = document.document.text
    near = text[max(0, offset - width) : offset]
    start = offset - len(near) + max(near.rfind("\n"), near.rfind("\r")) + 1
    ends = (text.find(mark, offset, offset + width) for mark in "\r\n")
    return start, min((end for end in ends if end >= 0), default=min(len(text), offset + width))


def _columns(text: str) -> int:
    """Columns that printable text takes on a terminal."""
    if text.isascii():
        return len(text)
    import wcwidth

    return max(0, wcwidth.wcswidth(text))


def _take(text: str, columns: int) -> str:
    """As many characters from the start of ``text`` as fit."""
    taken = text[: max(0, columns)]
    while _columns(taken) > columns:
        taken = taken[:-1]
    return taken


def _take_last(text: str, columns: int) -> str:
    """As many characters from the end of ``text`` as fit, no combining mark first."""
    taken = text[-columns:] if columns > 0 else ""
    while taken and (_columns(taken) > columns or unicodedata.combining(taken[0])):
        taken = taken[1:]
    return taken


def _summarise(result: Result) -> str:
    counts = result.severities
    total = sum(counts.values())
    documents = _count(len(result.documents), "document")
    sentences = _count(sum(len(document.sentences) for document in result.documents), "sentence")
    if not total:
        return f"No findings in {documents}, {sentences}."
    shares = ", ".join(
        f"{counts[severity]} {severity.value}"
        for severity in reversed(Severity)
        if counts[severity]
    )
    words = sum(document.words for document in result.documents)
    penalty = sum(document.penalty for document in result.documents)
    rate = f"; MQM penalty {penalty}, {1000 * penalty / words:.1f} per 1,000 words" if words else ""
    return f"{_count(total, 'finding')} ({shares}) in {documents}, {sentences}{rate}."


def _summarise_scores(result: Result, width: int) -> Iterator[str]:
    """The mean score, and the sentence with the lowest, which is the first of equals."""
    scored = [
        (segment.score, number, index)
        for number, document in enumerate(result.documents)
        for index, segment in enumerate(document.scores or ())
        if segment.score is not None
    ]
    if result.score is None or not scored:
        return
    lowest, number, index = min(scored)
    document = result.documents[number]
    span = document.sentences[index]
    line, column = document.position(span.start)
    path = visible(document.document.path)
    head = f"Mean score {result.score:.2f}; lowest {lowest:.2f} at {path}:{line}:{column}: "
    sentence = visible(" ".join(document.text(span)[:width].split()))
    room = max(20, width - _columns(head))
    if _columns(sentence) > room or span.end - span.start > width:
        sentence = _take(sentence, room - 1) + _ELLIPSIS
    yield head + sentence + "\n"
    cut = sum(one.truncated for each in result.documents for one in each.scores or ())
    if cut:
        verb = "is" if cut == 1 else "are"
        yield f"{_count(cut, 'sentence')} {verb} too long for the model and scored in part.\n"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def _paint(text: str, code: str) -> str:
    return f"\x1b[{code}m{text}\x1b[0m"


def _keep(text: str, code: str) -> str:
    return text
