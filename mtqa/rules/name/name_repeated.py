"""A name is glossed with itself.

What it finds
-------------
A name followed by the same name in brackets: Bashar al-Assad (Bashar al-Assad). The two may differ
in capitals, diacritics, hyphens, spaces and in the way of transliteration. The bracket with all
that is in it is marked; the suggestion is to delete it. The last part of the name, alone in the
bracket, is such a gloss too.

Why it matters
--------------
The source gave a name and, in brackets, its form in another language or script. Both came out the
same, and the reader is told one thing twice.

Example
-------
Bad: President Bashar al-Assad (Bashar al-Assad) left the capital.

Good: President Bashar al-Assad left the capital.

Not flagged
-----------
An initialism and its expansion (World Health Organization (WHO)); another name of the same entity
(Kyiv (Kiev) where the spellings follow two languages is left to the editor).

Source
------
MQM: Fluency, Duplication.

Measured
--------
`python bench/rates.py --rule name-repeated --dump hits.tsv`: 0.66 hits per 1,000 sentences of
machine-translated WMT news, 0.3 on its human references, none on GUM news and PUD. Of 55 machine
hits, all read, 51 are right (93 %); the wrong ones give a city and the prefecture of the same name,
or a stage name and its spelling in capitals. Planted (`python bench/planted.py`): 100 % found.
"""

from __future__ import annotations

from collections.abc import Iterator

import regex

from mtqa.config import Settings
from mtqa.result import Severity
from mtqa.rules.rule import Hit, Rule
from mtqa.text.analysis import Analysis
from mtqa.text.document import Span
from mtqa.text.spelling import fold, transliteration_distance

# Up to eight words in a bracket that begins with a capital or with a letter that has no case.
_GLOSS = regex.compile(r"[(（]\s?([\p{Lu}\p{Lo}][^()（）\n]{1,80}?)\s?[)）]")
_GAP = regex.compile(r"[^\p{L}\p{M}\p{N}]++")
_MAX_WORDS = 8
# Of a name of several words, so much respelling is still the same name.
_MAX_RESPELLING = 2.0


def check(analysis: Analysis, settings: Settings) -> Iterator[Hit]:
    """Yield a hit for each bracket that repeats the name before it."""
    text = analysis.text
    for match in _GLOSS.finditer(text):
        gloss = match.group(1)
        letters = fold(gloss)
        if len(letters) < 3 or letters.isdigit():
            continue
        start = match.start()
        if text[start - 1 : start] in (" ", "\u00a0"):
            start -= 1
        name = _name_before(text, start, letters)
        if name is None:
            continue
        yield Hit(
            Span(start, match.end()),
            f"“{gloss}” repeats the name before the bracket.",
            suggestion="",
            related=(name,),
            confidence=0.95,
        )


def _name_before(text: str, end: int, letters: str) -> Span | None:
    """The words that end at ``end`` and spell ``letters``, if they do."""
    window = text[max(0, end - 120) : end].rsplit("\n", 1)[-1]
    start = end
    for _ in range(_MAX_WORDS):
        words = _GAP.split(window[: len(window) - (end - start)].rstrip("\"'”’») \u00a0-"))
        if not words or not words[-1]:
            return None
        start = text.rindex(words[-1], 0, start)
        spelled = fold(text[start:end])
        if spelled == letters:
            return Span(start, end)
        several = " " in text[start:end].strip()
        if (
            several
            and len(spelled) > 7
            and transliteration_distance(spelled, letters, _MAX_RESPELLING) <= _MAX_RESPELLING
        ):
            return Span(start, end)
        if len(spelled) > len(letters) + 3:
            return None
    return None


RULE = Rule(
    name="name-repeated",
    family="name",
    category="Fluency/Duplication",
    severity=Severity.MINOR,
    check=check,
    documentation=__doc__,
)
