"""XML that is well-formed whatever stands in it."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

from mtqa.reports.text import visible

# Characters that XML 1.0 forbids and that `visible` lets stand.
_FORBIDDEN = re.compile("[\ufffe\uffff]")


def legal(text: str) -> str:
    """``text`` on one line, with what XML forbids or a terminal obeys written as an escape."""
    return _FORBIDDEN.sub(lambda match: f"\\u{ord(match[0]):04x}", visible(text))


def open_tag(tag: str, **attributes: object) -> str:
    """``<tag name="value" …``, without its end."""
    listed = "".join(
        f" {name}={quoteattr(legal(str(value)))}" for name, value in attributes.items()
    )
    return f"<{tag}{listed}"


def element(tag: str, lines: list[str] | None = None, **attributes: object) -> str:
    """An element with lines of text, or an empty one."""
    if not lines:
        return f"{open_tag(tag, **attributes)}/>"
    content = "\n".join(escape(legal(line)) for line in lines)
    return f"{open_tag(tag, **attributes)}>{content}</{tag}>"
