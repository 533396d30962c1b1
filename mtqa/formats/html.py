"""HTML: the text of the article.

The tokenizer is ours, after the HTML Standard (section 13.2.5). It keeps the place of every
character, reads any file in one pass, and is the same in every version of Python, whose own
`html.parser` has no linear bound before 3.13.15 (CVE-2025-6069, CVE-2026-15308). The tests compare
it with a browser's parser (Lexbor).
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from mtqa.config import Settings
from mtqa.formats.extract import Extract, Reading
from mtqa.formats.page import ALL, Choice, Outline
from mtqa.formats.plain import decode_as
from mtqa.text.patterns import compile_possessive

# Elements that browsers show as blocks (HTML Standard, 15.3, `display: block` and those of lists
# and tables); each begins and ends a paragraph.
_BLOCKS = frozenset(
    "address article aside blockquote body caption center col colgroup dd details dialog dir div "
    "dl dt fieldset figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 head header hgroup hr "
    "html legend li listing main menu nav ol optgroup option p plaintext pre search section "
    "summary table tbody td tfoot th thead tr ul xmp".split()
)
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
# Elements whose content is no markup (HTML Standard, 13.2.6); none of it is shown as text.
_RAW = {
    name: re.compile(rf"</{name}(?=[\t\n\f\r />])", re.IGNORECASE)
    for name in ("script", "style", "title", "textarea", "iframe", "noembed", "noframes", "xmp")
}
# What belongs to the page and not to its article: navigation, what stands beside the text, controls
# of forms, media and their captions, what is shown only where something else is not.
_LEFT_OUT = frozenset(
    "aside audio button canvas datalist dialog figcaption footer label legend math nav noscript "
    "object select svg template video".split()
)
_LEFT_OUT_ROLES = frozenset(
    "banner complementary contentinfo menu menubar navigation search toolbar".split()
)
# What helps to read a word, and stands above it or in brackets behind it.
_READING_AIDS = frozenset({"rt", "rtc", "rp"})
# Classes by which frameworks (Bootstrap, WordPress, GOV.UK) hide what screen readers are to say.
_HIDING_CLASSES = frozenset(
    "hidden sr-only visually-hidden visuallyhidden screen-reader-text govuk-visually-hidden".split()
)
_HIDING_STYLE = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_LABELS = re.compile(r"class|id", re.IGNORECASE)
_MAY_HIDE = re.compile(r"hidden|style|class|role|open", re.IGNORECASE)

# An element that ends where one of these begins (HTML Standard, 13.1.2.4, optional tags).
_ENDED_BY = {
    "li": frozenset({"li"}),
    "dt": frozenset({"dt", "dd"}),
    "dd": frozenset({"dt", "dd"}),
    "td": frozenset({"td", "th", "tr", "tbody", "thead", "tfoot"}),
    "th": frozenset({"td", "th", "tr", "tbody", "thead", "tfoot"}),
    "tr": frozenset({"tr", "tbody", "thead", "tfoot"}),
    "option": frozenset({"option", "optgroup"}),
}

_SPACES = "\t\n\f\r "
# A tag, and what a page is made of besides comments: such or text. Quantifiers give nothing back,
# so that each is read, or a tag found not to end, in one pass.
_TAG_PATTERN = rf"""<(/?)([a-zA-Z][^{_SPACES}/>]*+)
    ((?:[{_SPACES}/]*+[^{_SPACES}/>][^{_SPACES}/>=]*+
        (?:[{_SPACES}]*+=[{_SPACES}]*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|[^{_SPACES}>"'][^{_SPACES}>]*+)?+)?+
    )*+)[{_SPACES}/]*+>"""
_TAG = compile_possessive(_TAG_PATTERN, re.VERBOSE)
_TOKEN = compile_possessive(rf"{_TAG_PATTERN}|(?:[^<]++|<(?![a-zA-Z!?]|/[\s\S]))++", re.VERBOSE)
_ATTRIBUTE = compile_possessive(
    rf"""[{_SPACES}/]*+([^{_SPACES}/>][^{_SPACES}/>=]*+)
    (?:[{_SPACES}]*+=[{_SPACES}]*+(?:"([^"]*+)"|'([^']*+)'|([^{_SPACES}>"'][^{_SPACES}>]*+))?+)?+""",
    re.VERBOSE,
)
_COMMENT_END = re.compile(r"--!?>")
# A character reference, or a soft hyphen.
_REFERENCE = re.compile(
    r"&(?:\#0*+[0-9]{1,7}|\#[xX]0*+[0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{0,31}+);?|\u00ad"
)
_CHARSET = re.compile(
    rb"""<meta\s[^>]{0,1000}?charset\s*=\s*["']?\s*([^\s"'/>;]+)|\A\s*<\?xml[^>]*?encoding=["']([^"']+)""",
    re.IGNORECASE,
)
_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
_BODY = re.compile(rb"<body[\s>]", re.IGNORECASE)
# How far a declaration is looked for. It must stand within 1,024 bytes (HTML Standard, 4.2.5.4),
# but browsers heed one that comes later, too (13.2.3.4).
_HEAD_WITHIN = 65_536  # bytes


def read_html(data: bytes, settings: Settings) -> Reading:
    """The article of a page: what says that it is, or what most of the page's prose stands in.

    Navigation, comments, cookie notices and the like are left out, told by their elements, classes
    and links. A page without such is read whole.

    Raises:
        Unreadable: it is no text, or none of it would be shown.
    """
    text, encoding, declared = decode_as(data, _declared_charset(data))
    outline = Outline()
    _go_through(Page(Extract(text), text, outline=outline))
    extract = Extract(text)
    _go_through(Page(extract, text, outline.choose()))
    if not extract.text():  # what is shown stands in what looks like none
        extract = Extract(text)
        _go_through(Page(extract, text))
    return extract.reading(encoding, declared=declared)


class Token(NamedTuple):
    """A tag or a run of text.

    Attributes:
        start: its first character.
        end: the character after its last.
        name: of the tag, in lower case; empty: it is text.
        closing: it is an end tag.
        attributes: as they are written.
    """

    start: int
    end: int
    name: str = ""
    closing: bool = False
    attributes: str = ""


_NAMES = {name: name for name in (*_BLOCKS, *_LEFT_OUT)}  # each name once in memory


def read_tag(text: str, start: int, end: int) -> Token | None:
    """The tag that begins at ``start``; None: it does not end, or is none."""
    match = _TAG.match(text, start, end)
    return _tag(match, start) if match else None


def _tag(match: re.Match[str], start: int) -> Token:
    slash, name, attributes = match.groups()
    name = name.lower()
    return Token(start, match.end(), _NAMES.get(name, name), slash == "/", attributes)


def tokens(text: str, start: int, end: int) -> Iterator[Token]:
    """The tags and the text of some HTML, without comments and the content of scripts."""
    foreign = 0  # svg and math elements that are open
    at = start
    while at < end:
        match = _TOKEN.match(text, at, end)
        if not match:
            following = text[at + 1 : at + 2]
            if following in ("!", "?") or (
                following == "/" and not _is_letter(text[at + 2 : at + 3])
            ):
                at = _skip_comment(text, at, end)
                continue
            return  # a tag that never ends: browsers drop it, too
        if match.start(2) < 0:
            yield Token(at, match.end())
            at = match.end()
            continue
        tag = _tag(match, at)
        yield tag
        at = tag.end
        if tag.name in ("svg", "math"):
            foreign = max(0, foreign + (-1 if tag.closing else 1))
        raw = _RAW.get(tag.name)
        if raw and not tag.closing and not (foreign and text[at - 2] == "/"):
            match = raw.search(text, at, end)
            at = match.start() if match else end


def _skip_comment(text: str, at: int, end: int) -> int:
    if not text.startswith("<!--", at):  # a doctype, a processing instruction, </>
        return text.find(">", at, end) + 1 or end
    for empty in ("<!-->", "<!--->"):
        if text.startswith(empty, at):
            return at + len(empty)
    match = _COMMENT_END.search(text, at + 4, end)
    return match.end() if match else end


def _is_letter(character: str) -> bool:
    return character.isascii() and character.isalpha()


def _go_through(page: Page) -> None:
    for token in tokens(page.text, 0, len(page.text)):
        page.take(token)
    page.end_paragraph()


class Page:
    """Tags and text being turned into paragraphs.

    Of the elements that are open, those are known that matter: blocks, and what is left out.

    Args:
        extract: takes the paragraphs, each as a block.
        text: the file.
        choice: which blocks of it are read.
        outline: takes how much text stands in which block, and ``extract`` nothing.
    """

    def __init__(
        self,
        extract: Extract,
        text: str,
        choice: Choice = ALL,
        outline: Outline | None = None,
    ) -> None:
        self._extract = extract
        self.text = text
        self._choice = choice
        self._outline = outline
        self._begun = 0  # blocks so far
        self._roots = 0  # of those that are open, how many are read
        self._link: int | None = None  # how many blocks were open where a link began
        self._open: list[str] = []
        self._numbers: list[int] = []  # of these
        self._counts: Counter[str] = Counter()
        self._hidden_from: int | None = None  # index in _open
        self._hidden_inline: tuple[str, int, int] | None = None  # name, how many of it, depth
        extract.open()

    def take(self, token: Token) -> None:
        """Go one token further."""
        if not token.name:
            if self.visible:
                self._characters(token.start, token.end)
        elif token.closing:
            self._end_element(token)
        else:
            self._begin_element(token)

    def end_paragraph(self) -> None:
        """What follows begins another paragraph."""
        if self._outline:
            self._outline.end_paragraph()
        else:
            self._extract.close(lines=self._counts["pre"] > 0)

    @property
    def visible(self) -> bool:
        """Whether text is shown where the last token ended."""
        return (
            self._hidden_from is None
            and self._hidden_inline is None
            and (not self._choice.roots or self._roots > 0)
        )

    def _begin_element(self, tag: Token) -> None:
        name = tag.name
        if name == "br":
            self._break_line(tag)
            return
        if name in _BLOCKS and self.visible:
            self.end_paragraph()
        if name in _VOID:
            return
        if name in _BLOCKS or name in _LEFT_OUT:
            self._imply_ends(name)
            self._push(tag)
            return
        if name == "a" and self._outline:
            self._link = len(self._open) if "href" in _attributes(tag) else None
            if self._link is not None and self.visible:
                self._outline.link(self._numbers[-1] if self._numbers else -1)
        if self._hidden_inline and self._hidden_inline[0] == name:
            _, count, depth = self._hidden_inline
            self._hidden_inline = (name, count + 1, depth)
        elif self.visible and (
            name in _RAW or _hides(tag) or (name == "code" and self._counts["pre"])
        ):
            self._hidden_inline = (name, 1, len(self._open))

    def _push(self, tag: Token) -> None:
        number = self._begun
        self._begun += 1
        if self._outline:
            parent = self._numbers[-1] if self._numbers else -1
            self._outline.begin(tag.name, parent, _labels(tag))
        self._open.append(tag.name)
        self._numbers.append(number)
        self._counts[tag.name] += 1
        self._roots += number in self._choice.roots
        if self._hidden_from is None and (number in self._choice.left_out or _hides(tag)):
            self._hidden_from = len(self._open) - 1

    def _end_element(self, tag: Token) -> None:
        name = tag.name
        if name == "a":
            self._link = None
        if self._hidden_inline and self._hidden_inline[0] == name:
            _, count, depth = self._hidden_inline
            self._hidden_inline = (name, count - 1, depth) if count > 1 else None
        elif name == "ruby" and self._hidden_inline and self._hidden_inline[0] in _READING_AIDS:
            self._hidden_inline = None  # whose end tag may be missing
        elif name == "br":  # as a start tag, say browsers
            self._break_line(tag)
        elif self._counts[name]:
            self._break_if_shown(name)
            while self._pop() != name:
                pass
            self._break_if_shown(name)
        elif name == "p":
            self._break_if_shown(name)

    def _break_line(self, tag: Token) -> None:
        """A line break goes on in the paragraph, and a second one ends it."""
        if self._outline:
            self._outline.end_paragraph()
        elif self.visible and self._extract.at_line_break:
            self.end_paragraph()
        elif self.visible:
            self._extract.break_line(tag.start, tag.end)

    def _break_if_shown(self, name: str) -> None:
        if name in _BLOCKS and self.visible:
            self.end_paragraph()

    def _imply_ends(self, name: str) -> None:
        while self._open and (
            (self._open[-1] == "p" and name in _BLOCKS) or name in _ENDED_BY.get(self._open[-1], ())
        ):
            self._pop()

    def _pop(self) -> str:
        name = self._open.pop()
        self._counts[name] -= 1
        self._roots -= self._numbers.pop() in self._choice.roots
        depth = len(self._open)
        if self._link is not None and depth < self._link:
            self._link = None
        if self._hidden_from is not None and depth <= self._hidden_from:
            self._hidden_from = None
        if self._hidden_inline and depth < self._hidden_inline[2]:
            self._hidden_inline = None
        return name

    def _characters(self, start: int, end: int) -> None:
        if self._outline:
            text = self.text[start:end].strip()
            block = self._numbers[-1] if self._numbers else -1
            self._outline.add(block, text, linked=self._link is not None)
            return
        take = self._extract.copy if self._counts["pre"] else self._extract.flow
        if self.text.find("&", start, end) < 0 and self.text.find("\u00ad", start, end) < 0:
            take(start, end)
            return
        for match in _REFERENCE.finditer(self.text, start, end):
            take(start, match.start())
            self._reference(match[0], *match.span())
            start = match.end()
        take(start, end)

    def _reference(self, written: str, start: int, end: int) -> None:
        """A character reference, or what looks like one; or a soft hyphen."""
        character = _unescape(written)
        if character == "\u00ad":
            return
        if character == written:
            self._extract.copy(start, end)
        elif character in _SPACES:
            self._extract.space(start, end)
        else:
            self._extract.put(character, start, end)


@lru_cache(maxsize=1024)
def _unescape(written: str) -> str:
    """What a character reference stands for: most pages have a few of them, often."""
    return html.unescape(written)


def _hides(tag: Token) -> bool:
    """Whether an element is not shown, or is no part of an article."""
    if tag.name in _LEFT_OUT:
        return tag.name != "dialog" or "open" not in _attributes(tag)
    if tag.name in _READING_AIDS:
        return True
    if not tag.attributes or tag.name in ("html", "body") or not _MAY_HIDE.search(tag.attributes):
        return False
    attributes = _attributes(tag)
    return (
        "hidden" in attributes
        or attributes.get("aria-hidden", "").strip().lower() == "true"
        or attributes.get("role", "").strip().lower() in _LEFT_OUT_ROLES
        or not _HIDING_CLASSES.isdisjoint(attributes.get("class", "").split())
        or bool(_HIDING_STYLE.search(attributes.get("style", "")))
    )


def _labels(tag: Token) -> str:
    """Its class and id."""
    if not tag.attributes or not _LABELS.search(tag.attributes):
        return ""
    attributes = _attributes(tag)
    return f"{attributes.get('class', '')} {attributes.get('id', '')}"


def _attributes(tag: Token) -> dict[str, str]:
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(tag.attributes):
        found.setdefault(match[1].lower(), match[2] or match[3] or match[4] or "")
    return found


def _declared_charset(data: bytes) -> str | None:
    """The encoding that a page declares before its body."""
    body = _BODY.search(data, 0, _HEAD_WITHIN)
    head = _COMMENT.sub(b"", data[: body.start() if body else _HEAD_WITHIN])
    match = _CHARSET.search(head)
    return (match[1] or match[2]).decode("ascii", "replace") if match else None
