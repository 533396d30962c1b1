"""Patterns of `re` against `regex`: old Pythons miss matches of some."""

from __future__ import annotations

import re

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from mtqa.formats import html, po, subtitles
from mtqa.qe import segments

PATTERNS = (html._TAG, html._TOKEN, html._ATTRIBUTE, po._LINE, segments._WORD, subtitles._DASHED)


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.pattern[:20])
@given(text=st.text("aB1 \n/<>\"'=-&;!?.,_\\#é–’", max_size=12))
def test_what_is_found_does_not_depend_on_the_python(pattern: re.Pattern[str], text: str) -> None:
    other = regex.compile(pattern.pattern, pattern.flags & (re.IGNORECASE | re.VERBOSE))
    found, expected = (
        [(match.span(), match.groups()) for match in one.finditer(text)] for one in (pattern, other)
    )
    assert found == expected


def test_old_pythons_are_not_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    from mtqa.text.patterns import compile_possessive

    for version, kind in (((3, 11, 2), regex.Pattern), ((3, 11, 5), re.Pattern)):
        monkeypatch.setattr("sys.version_info", version)
        assert isinstance(compile_possessive("(?:a++|b)++"), kind)
