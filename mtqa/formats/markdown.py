"""Markdown: headings, paragraphs, items, cells, footnotes.

CommonMark with what GitHub adds to it, and the marks of those who make sites of such files.

Parsed by markdown-it-py, which tells the lines of a block, but not where in it a character stands:
the rules of its inline parser are wrapped, so that each token notes what it was made of.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

from markdown_it import MarkdownIt, rules_inline
from markdown_it.parser_inline import ParserInline, RuleFuncInlineType
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from mtqa.config import Settings
from mtqa.formats import html
from mtqa.formats.extract import Extract, Reading
from mtqa.formats.plain import Unreadable, decode

_LINE = re.compile(r"([^\r\n]*+)(?:\r\n?|\n|\Z)")
# Data on top of a file, between lines of hyphens (YAML) or plus signs (TOML). A line of hyphens may
# also be a rule between paragraphs: data begin with a key or a comment.
_FRONT_MATTER = re.compile(
    r"(?:---[ \t]*\r?\n(?=[^\s:][^:\n]*:|\#)(?:.*\n)*?(?:---|\.\.\.)"
    r"|\+\+\+[ \t]*\r?\n(?:.*\n)*?\+\+\+)[ \t]*(?:\r?\n|\Z)"
)
# Characters by which a code span is code, and not a word that is set like it.
_CODE = re.compile(r"""[<>{}()\[\]\\"'=;$|&%*#@]|::|\w\.\w""")
_CLOSING_HASHES = re.compile(r"(?<![ \t])[ \t]++\#++\Z")

# A footnote: what it is called where it stands, and where it is referred to.
_FOOTNOTE = re.compile(r"\[\^([^\]\s]{1,100})\]:[ \t]*")
_FOOTNOTES = re.compile(r"^[ >]{0,20}\[\^([^\]\s]{1,100})\]:", re.MULTILINE)
_REFERENCE = re.compile(r"\[\^([^\]\s]{1,100})\]")
# What stands at the start of an item that can be ticked off, and of a quotation that is a notice
# (GitHub's task lists and alerts).
_STARTS = {
    "list_item_open": re.compile(r"\[[ xX]\](?=[ \t])"),
    "blockquote_open": re.compile(r"\[!(?:NOTE|TIP|IMPORTANT|WARNING|CAUTION)\](?=\s|\Z)"),
}
# Attributes at the end of a block (Pandoc, kramdown, Hugo, Docusaurus): {#id .class key="value"}.
_ATTRIBUTE = r"""(?:[#.][\w:.-]+|[\w:-]+=(?:"[^"{}]*"|'[^'{}]*'|[^\s{}"']+))"""
_ATTRIBUTES = re.compile(rf"\{{:?[ \t]*{_ATTRIBUTE}(?:[ \t]+{_ATTRIBUTE}){{0,20}}[ \t]*\}}[ \t]*\Z")
# Commands to Hugo ({{< figure >}}, {{% note %}}) and to Liquid ({% include x %}, Jekyll).
_COMMAND = re.compile(r"\{\{<[^{}]{0,1000}>\}\}|\{\{%[^{}]{0,1000}%\}\}|\{%[^{}]{0,1000}%\}")
# A line that begins or ends a notice (Docusaurus, VitePress, Pandoc).
_FENCE = ":::"

# The rules whose tokens are not the text that stands there.
_RULES: dict[str, RuleFuncInlineType] = {
    "newline": rules_inline.newline,
    "escape": rules_inline.escape,
    "backticks": rules_inline.backtick,
    "strikethrough": rules_inline.strikethrough.tokenize,
    "emphasis": rules_inline.emphasis.tokenize,
    "link": rules_inline.link,
    "image": rules_inline.image,
    "autolink": rules_inline.autolink,
    "html_inline": rules_inline.html_inline,
    "entity": rules_inline.entity,
}
_AT = "at"  # in the meta of a token: start and end of what it was made of

# How deep blocks may nest: markdown-it's own default. What is deeper it would pass over.
_DEEPEST = 100


def read_markdown(data: bytes, settings: Settings) -> Reading:
    """The text of a Markdown file, without code, pictures, addresses of links, and data on top.

    Code within a sentence is an object that stands for a word. HTML is read as in a page.

    Raises:
        Unreadable: it is no text, is nested too deeply, or none of it would be shown.
    """
    text, encoding = decode(data)
    extract = Extract(text)
    page = html.Page(extract, text)
    match = _FRONT_MATTER.match(text)
    begin = match.end() if match else 0
    lines = [match.span(1) for match in _LINE.finditer(text, begin) if match.start() < len(text)]
    env: dict[str, Any] = {"footnotes": set(_FOOTNOTES.findall(text, begin))}
    row, cursor, is_cell = -1, 0, False
    before = ""  # type of the last token that is none of a paragraph
    for token in _parser().parse(text[begin:], env):
        if token.level >= _DEEPEST - 1:
            raise Unreadable(f"has quotations or lists nested {_DEEPEST} deep; mend it")
        if token.map is None:
            is_cell = token.type in ("th_open", "td_open")
        elif token.type == "html_block":
            for start, end in _align_html(token.content, text, lines[slice(*token.map)]):
                for part in html.tokens(text, start, end):
                    page.take(part)
        elif token.type == "inline" and token.content:
            own = lines[slice(*token.map)]
            if is_cell:
                start, end = own[0]
                runs = _align_cell(
                    token.content, text, cursor if row == token.map[0] else start, end
                )
                row, cursor = token.map[0], runs[-1].file_end
            else:
                runs = list(_align_lines(token.content, text, own))
            env["opened"] = before
            _take(_parse_inline(token.content, env), _Content(token.content, runs), extract, page)
        before = before if token.type == "paragraph_open" else token.type
    page.end_paragraph()
    return extract.reading(encoding)


class _Run(NamedTuple):
    """Characters of the content of a block and where they stand in the file.

    Where there are as many of them there, they are the same.
    """

    start: int
    end: int
    file_start: int
    file_end: int


class _Content:
    """The content of a block, without the marks before its lines."""

    def __init__(self, content: str, runs: Sequence[_Run]) -> None:
        self._content = content
        self._runs = runs
        self._starts = [run.start for run in runs]

    def copy(self, extract: Extract, start: int, end: int) -> None:
        """Take some of its characters; a line break is a space."""
        last = 0
        for index in range(max(0, bisect_right(self._starts, start) - 1), len(self._runs)):
            run = self._runs[index]
            first, after = max(start, run.start), min(end, run.end)
            if run.start >= end:
                break
            if last < run.start and last > start:
                extract.space()
            last = run.end
            if first < after:
                if run.end - run.start == run.file_end - run.file_start:
                    shift = run.file_start - run.start
                    extract.flow(first + shift, after + shift)
                else:
                    extract.put(self._content[first:after], run.file_start, run.file_end)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where in the file some of its characters stand, the first and the last no white space."""
        return self._locate(start)[0], self._locate(end - 1)[1]

    def _locate(self, offset: int) -> tuple[int, int]:
        run = self._runs[max(0, bisect_right(self._starts, offset) - 1)]
        if run.end - run.start != run.file_end - run.file_start or offset >= run.end:
            return run.file_start, run.file_end
        place = run.file_start + offset - run.start
        return place, place + 1


def _align_lines(content: str, text: str, lines: Sequence[tuple[int, int]]) -> Iterator[_Run]:
    """Where the lines of a content stand: each at the end of one of the file."""
    at = number = 0
    for written in content.split("\n"):
        shown = written.strip()
        # A first line of nothing but no-break spaces is no blank line, and yet is stripped.
        while not at and number + 1 < len(lines) and not _find_end(shown, text, *lines[number]):
            number += 1
        start, end = lines[min(number, len(lines) - 1)]
        number += 1
        first = at + len(written) - len(written.lstrip())
        at += len(written) + 1
        if shown:
            found = _find_end(shown, text, start, end)
            start, end = (found - len(shown), found) if found else (start, end)
            yield _Run(first, first + len(shown), start, end)


def _find_end(shown: str, text: str, start: int, end: int) -> int | None:
    """Where a line of the file ends that ends with ``shown``; None: it does not."""
    line = text[start:end].rstrip()
    if not line.endswith(shown):
        line = _CLOSING_HASHES.sub("", line)  # of a heading
    return start + len(line) if line.endswith(shown) else None


def _align_html(content: str, text: str, lines: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The ranges of the file that hold a block of HTML: one, or in a quotation its lines."""
    written = content.split("\n")
    if all(
        own.strip() == text[slice(*line)].strip() for own, line in zip(written, lines, strict=False)
    ):
        return [(lines[0][0], lines[-1][1])]
    return [(run.file_start, run.file_end) for run in _align_lines(content, text, lines)]


def _align_cell(content: str, text: str, start: int, end: int) -> list[_Run]:
    """Where the content of a cell stands in what is left of its row."""
    place = text.find(content.replace("|", r"\|"), start, end)
    if place < 0:
        return [_Run(0, len(content), start, end)]
    runs = []
    at = 0
    for part in re.findall(r"\|?[^|]*", content):
        if part.startswith("|"):
            place += 1  # the backslash
        runs.append(_Run(at, at + len(part), place, place + len(part)))
        at += len(part)
        place += len(part)
    return runs[:-1]  # the last is the empty one at the end


def _take(tokens: Sequence[Token], content: _Content, extract: Extract, page: html.Page) -> None:
    page.take(html.Token(0, 0, "p"))
    for token in tokens:
        if token.type == "html_inline":
            tag = html.read_tag(token.content, 0, len(token.content))
            if tag:
                start, end = content.span(*token.meta[_AT])
                page.take(tag._replace(start=start, end=end))
        elif page.visible and (
            token.type == "command" or (token.type == "code_inline" and _CODE.search(token.content))
        ):
            extract.stand_in()
        elif page.visible and token.content and token.type != "image":
            start, end = token.meta[_AT]
            if token.type == "code_inline":
                start, end = _inside(token, start, end)
            if token.type == "code_inline" or len(token.content) == end - start:
                content.copy(extract, start, end)
            else:
                extract.put(token.content, *content.span(start, end))
        elif page.visible and token.type == "softbreak":
            extract.space()
        elif page.visible and token.type == "hardbreak":
            extract.break_line()
    extract.settle()
    page.take(html.Token(0, 0, "p", closing=True))


def _inside(token: Token, start: int, end: int) -> tuple[int, int]:
    """What of a code span is shown."""
    start, end = start + len(token.markup), end - len(token.markup)
    return (start + 1, end - 1) if len(token.content) < end - start else (start, end)


class _Inline(ParserInline):
    """An inline parser whose tokens tell what they were made of."""

    def __init__(self) -> None:
        super().__init__()
        for name, rule in _RULES.items():
            self.ruler.at(name, _noting(rule))
        self.ruler.before("link", "mark", _noting(_mark))

    def tokenize(self, state: StateInline) -> None:
        """Make tokens of a range."""
        super().tokenize(state)
        if state.tokens and state.tokens[-1].type == "text":
            last = state.tokens[-1]
            last.meta.setdefault(_AT, (state.pos - len(last.content), state.pos))


def _noting(rule: RuleFuncInlineType) -> RuleFuncInlineType:
    """A rule that notes in its tokens what they were made of."""

    def run(state: StateInline, silent: bool) -> bool:
        if silent:
            return rule(state, silent)
        start, count, pending = state.pos, len(state.tokens), state.pending
        if not rule(state, silent):
            return False
        made = state.tokens[count:]
        if pending and made and made[0].type == "text":  # what stood before, up to here
            begin = start - len(pending)
            made[0].meta[_AT] = begin, begin + len(made[0].content)
        made = [token for token in made if _AT not in token.meta]
        texts = [token for token in made if token.type == "text"]
        for token in made:
            token.meta[_AT] = start, state.pos
        if sum(len(token.content) for token in texts) == state.pos - start:  # delimiters
            for token in texts:
                token.meta[_AT] = start, start + len(token.content)
                start += len(token.content)
        else:  # the address between < and >
            for token in texts:
                token.meta[_AT] = start + 1, state.pos - 1
        return True

    return run


def _mark(state: StateInline, silent: bool) -> bool:
    """Take what is no text: a reference to a footnote, a box to tick, attributes, a command."""
    text, at = state.src, state.pos
    match = None
    kind = "mark"
    if text[at] == "[":
        match = _REFERENCE.match(text, at)
        if match and match[1] not in state.env["footnotes"]:
            match = None
        start = _STARTS.get(state.env.get("opened", ""))
        if not match and start and at == 0:
            match = start.match(text)
    elif text[at] == "{":
        match = _COMMAND.match(text, at)
        kind = "command" if match else "mark"
        match = match or _ATTRIBUTES.match(text, at)
    if not match:
        return False
    if not silent:
        state.push(kind, "", 0)
    state.pos = match.end()
    return True


def _footnote(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    """Take a footnote, whose further blocks are indented by four spaces."""
    begin = state.bMarks[first] + state.tShift[first]
    if not state.src.startswith("[^", begin):
        return False
    match = _FOOTNOTE.match(state.src, begin, state.eMarks[first])
    # One within another is none; but it ends the one before.
    within = state.parentType == "footnote" and state.sCount[first] >= state.blkIndent
    if not match or within or state.is_code_block(first):
        return False
    if silent:
        return True
    kept = state.bMarks[first], state.tShift[first], state.sCount[first], state.parentType
    state.bMarks[first], state.tShift[first] = match.end(), 0
    state.blkIndent += 4
    state.sCount[first] = state.blkIndent
    state.parentType = "footnote"
    state.md.block.tokenize(state, first, end)
    state.blkIndent -= 4
    state.bMarks[first], state.tShift[first], state.sCount[first], state.parentType = kept
    return True


def _fence(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    """Pass over a line that begins or ends a notice."""
    begin = state.bMarks[first] + state.tShift[first]
    if not state.src.startswith(_FENCE, begin) or state.is_code_block(first):
        return False
    if not silent:
        state.line = first + 1
    return True


def _parse_inline(content: str, env: dict[str, Any]) -> list[Token]:
    return _parser().inline.parse(content, _parser(), env, [])


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt()
    parser.inline = _Inline()
    parser.configure("commonmark", options_update={"maxNesting": _DEEPEST})
    parser.enable(["table", "strikethrough", "mark"])
    ends: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    parser.block.ruler.before("reference", "footnote", _footnote, ends)
    parser.block.ruler.before("reference", "notice", _fence, ends)
    # Inline content is parsed block by block, and its tokens are not joined.
    parser.disable(["inline", "text_join", "fragments_join"])
    return parser
