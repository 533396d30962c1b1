"""The findings of a document as they are listed beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mtqa.reports.html.passages import sentence_at
from mtqa.reports.html.shown import Html, escape, one_line, shorten
from mtqa.result import DocumentResult, Finding

# Related places that a finding lists; more are highlighted with it.
_LISTED = 5

_ROOM_MESSAGE = 500  # a longer one is no message
_ROOM = 60  # characters of a quotation beside a finding
_ROOM_RELATED = 32
_ROOM_SOURCE = 300


def render_cards(
    document: int, result: DocumentResult, anchors: Mapping[int, int], rules: Mapping[str, int]
) -> Iterator[Html]:
    """A list item for each finding, in order of the text.

    Args:
        document: its number.
        result: itself.
        anchors: the piece of the text that each finding goes by (see `Passages`).
        rules: number of each rule that the page documents, by name.
    """
    lang = escape(result.document.source.lang) if result.document.source else "und"
    language = "" if lang == "und" else f' lang="{lang}"'
    quote_tag = f"<blockquote dir=auto{language}>"
    for number, finding in enumerate(result.findings, 1):
        anchor = anchors.get(number)
        target = f"s{document}-{finding.sentence}" if anchor is None else f"m{document}-{anchor}"
        name = escape(one_line(finding.rule))
        told = rules.get(finding.rule)
        rule = f"<i>{name}</i>" if told is None else f"<a href=#r{told}>{name}</a>"
        yield Html(
            f"<li id=f{document}-{number} class={finding.severity}><p>"
            f"<a href=#{target}>{_position(result, finding.span.start)}</a> "
            f"<b>{finding.severity}</b> {rule}{_unit(result, finding)}"
            f"<p>{escape(shorten(finding.message, _ROOM_MESSAGE))}"
            f"{_suggestion(result, finding)}{_related(document, result, finding)}"
            f"{_source(result, finding, quote_tag)}</li>\n"
        )


def _unit(result: DocumentResult, finding: Finding) -> str:
    unit = result.unit(finding.span)
    return "" if unit is None else f" <bdi>{escape(one_line(unit))}</bdi>"


def _suggestion(result: DocumentResult, finding: Finding) -> str:
    if finding.suggestion is None:
        return ""
    marked = escape(shorten(result.text(finding.span), _ROOM))
    if not finding.suggestion:
        return f"<p><del>{marked}</del> <em>delete</em>"
    instead = escape(shorten(finding.suggestion, _ROOM_MESSAGE))
    return f"<p><del>{marked}</del> <ins>{instead}</ins>"


def _related(document: int, result: DocumentResult, finding: Finding) -> str:
    if not finding.related:
        return ""
    links = [
        f"<a href=#s{document}-{sentence_at(result, span.start)}>"
        f"{_position(result, span.start)} {escape(shorten(result.text(span), _ROOM_RELATED))}</a>"
        for span in finding.related[:_LISTED]
    ]
    more = len(finding.related) - _LISTED
    return f"<p class=e>{' '.join(links)}{f' and {more} more' if more > 0 else ''}"


def _source(result: DocumentResult, finding: Finding, quote_tag: str) -> str:
    """The source of a finding, with what it speaks of marked."""
    parts = _cut_source(result, finding)
    if parts is None:
        return ""
    before, marked, after = map(escape, parts)
    mark = f"<mark>{marked}</mark>" if marked else ""
    return f"{quote_tag}{before}{mark}{after}</blockquote>"


def _cut_source(result: DocumentResult, finding: Finding) -> tuple[str, str, str] | None:
    """The source of a finding: before what it speaks of, this, and after it."""
    source = result.document.source
    if source is None:
        return None
    around = result.sources[finding.sentence] if result.sources else None
    marked = finding.source
    if marked is None:
        if around is None:
            return None
        return shorten(source.text[around.start : around.end], _ROOM_SOURCE), "", ""
    # Of the line and, where it is known, of the sentence.
    start = max(marked.start - _ROOM_SOURCE // 2, 0)
    end = marked.end + _ROOM_SOURCE // 2
    if around and around.start <= marked.start and marked.end <= around.end:
        start, end = max(start, around.start), min(end, around.end)
    before = source.text[start : marked.start].splitlines()
    after = source.text[marked.end : end].splitlines()
    return (
        one_line(before[-1]) if before else "",
        shorten(source.text[marked.start : marked.end], _ROOM_SOURCE),
        one_line(after[0]) if after else "",
    )


def _position(result: DocumentResult, offset: int) -> str:
    line, column = result.position(offset)
    return f"{line}:{column}"
