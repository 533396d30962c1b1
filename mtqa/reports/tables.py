"""Tables of Markdown (GitHub's), in which nothing that is shown marks anything up."""

from __future__ import annotations

import re

from mtqa.reports.text import visible

# What Markdown or HTML may take for markup, and what GitHub makes links and pictures of: names
# after @, addresses, :words: and $formulas$. A colon before a space is one.
_MARKUP = re.compile(r"[\\`*_\[\]#|~<>&@$^]|:(?! )|(?<=www)\.")


def row(*cells: str) -> str:
    """A row of a table; the cells stand as they are."""
    return "| " + " | ".join(cells) + " |\n"


def plain(text: str) -> str:
    """Text as it reads, on one line, whatever Markdown or HTML would make of it."""
    return _MARKUP.sub(lambda match: f"&#{ord(match[0])};", visible(text))
