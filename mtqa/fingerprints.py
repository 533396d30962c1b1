"""What names a finding across edits elsewhere in its file."""

from __future__ import annotations

import hashlib
import unicodedata


def fingerprint(rule: str, path: str, text: str, nth: int = 0) -> str:
    """16 hexadecimal digits, free of line numbers.

    Args:
        rule: the rule's name.
        path: of the document, relative to the project root.
        text: the characters that the finding marks; white space and composition do not count.
        nth: number of findings before it in the document that are alike in all this.
    """
    key = "\0".join((rule, path, normalise(text)))
    return hashlib.sha256(
        (f"{key}\0{nth}" if nth else key).encode("utf-8", "backslashreplace")
    ).hexdigest()[:16]


def normalise(text: str) -> str:
    """``text`` in composed form with single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())
