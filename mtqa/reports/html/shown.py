"""Text as it is shown: nothing in it is obeyed, and what cannot be seen is written out."""

from __future__ import annotations

import re
from itertools import groupby
from typing import NewType

from markupsafe import escape as _escape

from mtqa.reports.text import visible

# Text that is HTML already. `markupsafe.Markup` is that, too, but to make one costs more than all
# else that is done with a piece of text, of which a large report has half a million.
Html = NewType("Html", str)

_SPECIAL = re.compile("[&<>\"']")

# Line ends and tabs, which HTML takes for a space anyway.
_SPACE = re.compile(r"[\t\r\n\v\f\x85\u2028\u2029]+")

# Characters that are none: `visible` lets them stand, HTML calls them an error.
_NONCHARACTERS = re.compile(
    "[\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | 0xFFFE) + chr(plane << 16 | 0xFFFF) for plane in range(17))
    + "]"
)


def one_line(text: str) -> str:
    """``text`` on one line, with every character that commands or hides written as an escape."""
    if text.isprintable() and text.isascii():
        return text
    shown = visible(_SPACE.sub(" ", text))
    return shown if shown.isprintable() else _NONCHARACTERS.sub(_write_out, shown)


def shorten(text: str, room: int) -> str:
    """As `one_line`, with an ellipsis after ``room`` characters."""
    shown = one_line(" ".join(text[: 2 * room].split()))
    return shown if len(text) <= 2 * room and len(shown) <= room else shown[: room - 1] + "…"


def escape(text: str) -> Html:
    """``text`` as HTML, in an element or in a quoted attribute."""
    return Html(str(_escape(text)) if _SPECIAL.search(text) else text)


def mark_escapes(text: str) -> Html:
    """As `one_line`, escaped for HTML, with what was written out set apart from the text."""
    if text.isprintable() and text.isascii():
        return escape(text)
    text = text if text.isprintable() else _SPACE.sub(" ", text)
    shown = one_line(text)
    if shown == text:
        return escape(text)
    pieces = []
    for hidden, run in groupby(text, key=lambda character: one_line(character) != character):
        words = escape(one_line("".join(run)))
        pieces.append(f"<span class=c>{words}</span>" if hidden else words)
    return Html("".join(pieces))


def _write_out(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape").decode("ascii")
