"""Regular expressions that mean the same in every Python."""

from __future__ import annotations

import re
import sys
from typing import cast


def compile_possessive(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """A pattern with possessive quantifiers within groups that are possessive, too.

    Before Python 3.11.5 `re` misses matches of such (python/cpython#106052), so `regex` takes its
    place there, which is slower.

    Args:
        pattern: what both understand alike.
        flags: IGNORECASE and VERBOSE, which have the same values in both.
    """
    if sys.version_info >= (3, 11, 5):
        return re.compile(pattern, flags)
    import regex

    return cast(re.Pattern[str], regex.compile(pattern, flags))
