"""Runs of words in another script than the text's own, for the rules of this family."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import regex

from mtqa.text.analysis import Analysis
from mtqa.text.document import Span
from mtqa.text.language import count_scripts

# No sentence is longer; what the splitter leaves longer than this is read piece by piece.
LONGEST_SENTENCE = 2000  # code points

# A sentence is in another script when most of its letters are.
MOSTLY = 0.6
SHORTEST_RUN = 4  # words of another script within a sentence that are more than a name
_IDEOGRAPHS_A_WORD = 2  # the average word of Chinese and Japanese news has about two characters

_OPENING = "([{（【〔《〈「『“„«‘\"'"
_WORD = regex.compile(r"\p{L}[\p{L}\p{M}'’\-]*")


def find_foreign_runs(analysis: Analysis, own: tuple[str, ...]) -> Iterator[regex.Match[str]]:
    """Words of other scripts in a row, with what stands between them on the line."""
    pattern = _foreign_run(own)
    return pattern.finditer(analysis.text) if pattern.search(analysis.alphabet) else iter(())


@cache
def _foreign_run(own: tuple[str, ...]) -> regex.Pattern[str]:
    native = "".join(rf"\p{{Script={script}}}" for script in own)
    letter = rf"[\p{{L}}--[{native}\p{{Script=Common}}\p{{Script=Inherited}}]]"
    # ー and 々 belong to no script of their own
    word = rf"{letter}(?:{letter}|[\p{{M}}ー々])*+"
    return regex.compile(
        rf"{word}(?:[^\p{{L}}\n\r]{{1,8}}+{word})*+",
        regex.V1,
    )


def count_words(text: str, own: tuple[str, ...]) -> tuple[float, float]:
    """Words in the target's scripts and in others; two ideographs or kana count as a word."""
    letters = count_scripts(text)
    ideographs = sum(letters.pop(script, 0) for script in ("Han", "Hiragana", "Katakana"))
    east_asian = ideographs / _IDEOGRAPHS_A_WORD
    native = foreign = 0.0
    if {"Han", "Hiragana"} & set(own):
        native += east_asian
    else:
        foreign += east_asian
    for word in _WORD.findall(text):
        if word.isascii():
            if "Latin" in own:
                native += 1
            else:
                foreign += 1
            continue
        ((script, _),) = count_scripts(word).most_common(1) or [("", 0)]
        if script in ("Han", "Hiragana", "Katakana", ""):
            continue
        if script in own:
            native += 1
        else:
            foreign += 1
    return native, foreign


def is_set_off(text: str, run: Span) -> bool:
    """Whether a run stands in brackets or quotation marks."""
    before = text[max(0, run.start - 2) : run.start].rstrip()
    return bool(before) and before[-1] in _OPENING
