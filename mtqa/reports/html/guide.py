"""The documentation of a rule, which is written in a little reStructuredText, as blocks."""

from __future__ import annotations

import re
from typing import NamedTuple

from markupsafe import Markup, escape

from mtqa.reports.html.shown import one_line

_HEADING = re.compile(r"\A(\S[^\n]*)\n-{3,}\n?")
# ``code`` or `code`, *emphasis*.
_INLINE = re.compile(
    r"(`+)(?!`)(?P<code>.+?)(?<!`)\1(?!`)|(?<!\w)\*(?P<em>[^\s*][^*]*)(?<!\s)\*(?!\w)"
)


class Block(NamedTuple):
    """A heading or a paragraph.

    Attributes:
        heading: is it a heading?
        text: with code and emphasis marked up.
    """

    heading: bool
    text: Markup


def read_documentation(documentation: str) -> list[Block]:
    """The blocks of ``documentation``, without its first sentence, which is the summary."""
    blocks: list[Block] = []
    for section in re.split(r"\n\s*\n", documentation.strip())[1:]:
        match = _HEADING.match(section)
        if match:
            blocks.append(Block(True, _inline(match[1])))
            section = section[match.end() :]
        if section.strip():
            blocks.append(Block(False, _inline(section)))
    return blocks


def _inline(text: str) -> Markup:
    text = one_line(" ".join(text.split()))
    pieces = []
    end = 0
    for match in _INLINE.finditer(text):
        tag = match.lastgroup or "code"
        pieces += [
            escape(text[end : match.start()]),
            Markup(f"<{tag}>{{}}</{tag}>").format(match[tag]),
        ]
        end = match.end()
    return Markup("").join((*pieces, escape(text[end:])))
