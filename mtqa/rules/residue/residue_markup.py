r"""Tags, entities, placeholders or code are left in the text.

What it finds
-------------
HTML and XML tags, numbered tags of translation tools (*<0>*, *<x id="1"/>*), character entities
(*&nbsp;*, *&#8217;*), placeholders (*{name}*, *{{var}}*, *%s*, *%(name)s*, *${x}*, *__PH__*), wiki
and template brackets (*[[...]]*, *{% ... %}*), BBCode and shortcodes, Markdown left as it was typed
(links, bold, headings), characters written as escapes (*\u2019*, *\n*, *%20*) and lines of script.

Why it matters
--------------
Markup that the translation tool did not protect is printed as text, and a placeholder that nobody
fills leaves a hole in the sentence.

Example
-------
Bad: The minister&#8217;s visit to <b>Riga</b> begins on {date}.

Good: The minister’s visit to Riga begins on Monday.

Not flagged
-----------
*[...]*, *[sic]*, *<3*, *a < b*, percentages, mentions, hashtags, addresses (also those with
*%20*), titles in angle brackets (*<Name>*), file paths; with a source, what stands there, too: a
placeholder of a program (*%s*) that the translation has to keep.

Source
------
MQM, Fluency/Character encoding and Fluency/Typography. Tags: HTML Living Standard, XLIFF 1.2 inline
elements; entities: the HTML5 table of Python's `html.entities`; conversions: printf(3).

Measured
--------
`python bench/rates.py --rule residue-markup`: 0.2 and 0.03 hits per 1,000 sentences of machine
translation (WMT21/22 news, MQM newstest2020/21), none on human text (12,900 sentences of news and
3,900 others). Of 14 hits read, all were right.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import NamedTuple

from mtqa.config import Settings
from mtqa.result import Severity
from mtqa.rules.rule import Hit, Rule
from mtqa.text.analysis import Analysis
from mtqa.text.document import Span
from mtqa.text.lines import shorten

_ELEMENTS = (
    "a|abbr|address|article|aside|audio|b|blockquote|body|br|button|caption|center|cite|code|col|"
    "dd|del|details|div|dl|dt|em|embed|figcaption|figure|font|footer|form|h[1-6]|head|header|hr|"
    "html|i|iframe|img|input|ins|label|li|link|main|mark|meta|nav|noscript|object|ol|option|p|"
    "param|path|picture|pre|q|s|script|section|select|small|source|span|strike|strong|style|sub|"
    "summary|sup|svg|table|tbody|td|textarea|tfoot|th|thead|time|title|tr|tt|u|ul|video|wbr|"
    # XLIFF and TMX inline elements
    "g|x|bx|ex|ph|it|bpt|ept|mrk|sub|seg|target|ut|hi"
)
_SHORTCODES = (
    "b|i|u|s|url|img|quote|code|size|color|colour|font|list|center|spoiler|youtube|caption|gallery|"
    r"embed|video|audio|vc_\w+|et_pb_\w+"
)


class _Kind(NamedTuple):
    """A kind of markup.

    Attributes:
        needle: what its every instance holds; a text without it is not searched.
        pattern: one instance.
        name: what the message calls it.
    """

    needle: str
    pattern: re.Pattern[str]
    name: str


_KINDS = (
    _Kind("<", re.compile(rf"</?(?:{_ELEMENTS})(?:\s[^<>=]{{1,40}}=[^<>]{{0,400}})?\s*/?>", re.I), "a tag"),  # noqa: E501
    _Kind("<", re.compile(r"</?\d{1,3}\s?/?>"), "a numbered tag"),
    _Kind("<", re.compile(r"<!--.{0,400}?-->|<!--|-->|<!\[CDATA\[|<%=?.{0,100}?%>"), "a comment"),
    _Kind("<", re.compile(r"<(?:PH|TAG|NAME|URL|NUM|X|T)\d*>"), "a placeholder"),
    _Kind("&", re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});"), "an entity"),  # noqa: E501
    _Kind("<", re.compile(r"</?(?:unk|s|pad|eos|bos|mask|sep|cls|UNK|PAD|EOS|BOS|MASK)>|<0x[0-9A-F]{2}>"), "a token of the system"),  # noqa: E501
    _Kind("[", re.compile(r"\[(?:UNK|MASK|SEP|CLS|PAD)\]"), "a token of the system"),
    _Kind("@", re.compile(r"@-@|@@(?=\s|\Z)"), "a token of the system"),
    _Kind("▁", re.compile(r"▁+"), "a token of the system"),
    _Kind("{{", re.compile(r"\{\{[^{}\n]{1,80}\}\}"), "a template"),
    _Kind("{%", re.compile(r"\{%[^{}\n]{1,80}%\}"), "a template"),
    _Kind("{", re.compile(r"(?<![\w{])[$#@]?\{(?:[A-Za-z_][\w.]{0,40}|\d{1,3})\}(?!\})"), "a placeholder"),  # noqa: E501
    _Kind("%", re.compile(r"(?<![\w%/])%(?:\d\$)?[sdi@](?![\w%])|%\([A-Za-z_]\w{0,30}\)[sdif]"), "a placeholder"),  # noqa: E501
    _Kind("__", re.compile(r"(?<!\w)__[A-Z][A-Z0-9_]{0,30}__(?!\w)"), "a placeholder"),
    _Kind("@@", re.compile(r"@@[A-Za-z0-9_]{1,30}@@"), "a placeholder"),
    _Kind("[[", re.compile(r"\[\[[^\[\]\n]{1,120}\]\]"), "wiki markup"),
    _Kind("[", re.compile(rf"\[/(?:{_SHORTCODES})\]|\[(?:{_SHORTCODES})(?:=|\s+\w{{1,30}}=)[^\[\]\n]{{0,200}}\]"), "a tag"),  # noqa: E501
    _Kind("[", re.compile(r"\[(b|i|u|s|url|img|quote|code|center)\](?=[^\[\n]{1,400}\[/\1\])"), "a tag"),  # noqa: E501
    _Kind("](", re.compile(r"!?\[[^\[\]\n]{0,200}\]\((?:https?://|/|#|mailto:)[^()\s]{0,400}\)"), "Markdown"),  # noqa: E501
    _Kind("**", re.compile(r"(?<![\w*])\*\*(?=[^\s*])[^*\n]{1,200}(?<=[^\s*])\*\*(?![\w*])"), "Markdown"),  # noqa: E501
    _Kind("##", re.compile(r"^#{2,6}[ \t]+(?=\S)", re.M), "Markdown"),
    _Kind("```", re.compile(r"```\w{0,12}"), "Markdown"),
    _Kind("~~", re.compile(r"~~(?=[^\s~])[^~\n]{1,200}~~"), "Markdown"),
    _Kind("\\", re.compile(r"(?:\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|\\U[0-9a-fA-F]{8}){1,100}"), "an escape"),  # noqa: E501
    _Kind("\\", re.compile(r"(?<![\w:\\/])(?:\\[nrt])+(?![a-z\\])|(?<=[.!?,;\"”])(?:\\[nrt])+(?![a-z])|\\[\"']"), "an escape"),  # noqa: E501
    _Kind("%", re.compile(r"(?<=[^\W\d_])%[2-7][0-9A-F](?=[^\W\d_])|(?:%[0-9A-Fa-f]{2}){3,}"), "an escape"),  # noqa: E501
    _Kind("(", re.compile(r"\bfunction\s?\([\w, ]{0,80}\)\s?\{|\$\(document\)|\b(?:document|window|console|googletag|adsbygoogle)\.[a-z]\w*(?=[.(= ])"), "code"),  # noqa: E501
    _Kind("[object", re.compile(r"\[object Object\]"), "code"),
    _Kind("{", re.compile(r"(?:^|\s)[.#@][\w-]{2,40}(?:\s[.#]?[\w-]{1,40}){0,3}\s?\{[^{}\n]{0,300}:[^{}\n]{1,300}\}"), "code"),  # noqa: E501
    _Kind("{", re.compile(r"\{\s?\"@?\w{1,30}\"\s?:\s?[\"\[{\d].{0,500}\}"), "code"),
)  # fmt: skip
_TAG_NAME = re.compile(r"</?([A-Za-z][\w:-]*)")
_RUN = re.compile(r"\S+")
_WEB = re.compile(r"https?://(?=\S)|www\.(?=\S)")
_DOMAIN_END = re.compile(r"\.\w+")
# What is known to mean nothing but how a text looks, or a character.
_CERTAIN = frozenset({"an entity", "an escape", "a tag", "a comment"})
# Tags that no browser breaks a line or a word at.
_INLINE = re.compile(r"</?(?:a|b|em|font|i|mark|small|span|strong|sub|sup|u)\b", re.I)
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})|\\U([0-9a-fA-F]{8})")


def check(analysis: Analysis, settings: Settings) -> Iterator[Hit]:
    """Markup, placeholders and code."""
    text = analysis.text
    found: list[tuple[Span, str]] = []
    for kind in _KINDS:
        if kind.needle in text:
            for match in kind.pattern.finditer(text):
                if kind.name != "an entity" or html.unescape(match[0]) != match[0]:
                    found.append((Span(*match.span()), kind.name))
    if not found:
        return
    found.sort()
    addresses = list(_addresses(text))
    at = 0
    end = -1
    for span, name in found:
        if span.start < end:
            continue
        while at < len(addresses) and addresses[at][1] <= span.start:
            at += 1
        if at < len(addresses) and addresses[at][0] < span.start:
            continue
        end = span.end
        written = text[slice(*span)]
        if _is_in(analysis.source_at(span.start), written):
            continue
        plain = _plain(written, name)
        yield Hit(
            span=span,
            message=f"“{shorten(written, 40)}” is {name} left in the text.",
            suggestion=plain,
            confidence=0.95,
            safe=plain is not None and name in _CERTAIN and _is_safe(text, span, plain),
        )


def _is_in(source: str, written: str) -> bool:
    """Whether a source has what is written, or that tag with other attributes (`<br>`, `<br/>`)."""
    if written in source:
        return True
    tag = _TAG_NAME.match(written)
    return bool(tag and re.search(rf"</?{re.escape(tag[1])}(?![\w:-])", source, re.IGNORECASE))


def _addresses(text: str) -> Iterator[Span]:
    """Addresses of pages and of mail, each within one run of what is no white space.

    Each run is read a few times, however many signs of an address it holds.
    """
    for match in _RUN.finditer(text):
        start, end = match.span()
        at = text.find("@", start + 1, end)
        domain = [m.end() for m in _DOMAIN_END.finditer(text, at + 2, end)] if at >= 0 else []
        page = _WEB.search(text, start, end)
        if domain and (page is None or page.start() > start):
            yield Span(start, end if page else domain[-1])
        elif page:
            yield Span(page.start(), end)


def _is_safe(text: str, span: Span, plain: str) -> bool:
    """Whether what markup stands for is no markup itself, and no two words grow together."""
    if plain:
        return plain.replace("\u00a0", "").isprintable() and not set(plain) & set("<>&")
    if _INLINE.match(text, *span):
        return True
    before, after = text[max(0, span.start - 1) : span.start], text[span.end : span.end + 1]
    return not before.strip() or not after.strip()


def _plain(written: str, name: str) -> str | None:
    """The text that markup stands for, where that is certain."""
    if name == "an entity":
        return html.unescape(written)
    if name in ("a tag", "a numbered tag", "a comment", "a token of the system"):
        return ""
    if name == "an escape" and _ESCAPE.fullmatch(written):
        return chr(int(written[2:], 16))
    return None


RULE = Rule(
    name="residue-markup",
    family="residue",
    category="Fluency/Character encoding",
    severity=Severity.MAJOR,
    check=check,
    documentation=__doc__,
)
