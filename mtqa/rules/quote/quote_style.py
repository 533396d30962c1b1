"""The marks of one quotation do not match.

## What it finds
A quotation opened by a straight mark and closed by a curly one, or the reverse, and a curly mark
that faces the wrong way (”text”, “text“ in English). The mark that differs from the document's
usual style is reported. In a document that clearly prefers one style of double marks, the few
quotations in the other style.

## Why it matters
It looks careless, and programs that read the text pair the marks wrongly.

## Example
Bad: “We are ready", the captain said.

Good: “We are ready”, the captain said.

## Not flagged
- Apostrophes, and single marks within double ones.
- Other styles that the language accepts („…“ beside »…«).
- A document that uses both styles often.

## Source
Unicode CLDR, `delimiters`.

## Measured
MEASURED
"""

from __future__ import annotations

from collections.abc import Iterator

from mtqa.config import Settings
from mtqa.result import Severity
from mtqa.rules.rule import Hit, Rule
from mtqa.text.analysis import Analysis
from mtqa.text.quotations import Pair, accepts_pair, is_straight

# Fewest quotations in the usual style, and the largest share of the other one beside them.
_USUAL = 4
_RARE = 0.25


def check(analysis: Analysis, settings: Settings) -> Iterator[Hit]:
    text = analysis.text
    straight: list[Pair] = []
    curly: list[Pair] = []
    mixed: list[Pair] = []
    for pair in analysis.quotations.pairs:
        opening, closing = _forms(text, pair)
        if not accepts_pair(opening, closing):
            mixed.append(pair)
        elif pair.depth:
            continue
        elif opening == '"':
            straight.append(pair)
        elif opening == "“":
            curly.append(pair)
    prefers_straight = len(straight) > len(curly)
    for pair in mixed:
        yield from _mismatch(text, pair, prefers_straight)
    usual, rare = (straight, curly) if prefers_straight else (curly, straight)
    if len(usual) >= _USUAL and len(rare) <= _RARE * len(usual):
        for pair in rare:
            opening, closing = _forms(text, pair)
            yield Hit(
                span=pair.opening,
                message=f"This quotation is set in {opening}…{closing}, the others are not.",
                related=(pair.closing,),
                confidence=0.8,
            )


def _forms(text: str, pair: Pair) -> tuple[str, str]:
    return text[slice(*pair.opening)], text[slice(*pair.closing)]


def _mismatch(text: str, pair: Pair, prefers_straight: bool) -> Iterator[Hit]:
    opening, closing = _forms(text, pair)
    if is_straight(opening) == is_straight(closing) or is_straight(opening) != prefers_straight:
        wrong, other = pair.opening, pair.closing
    else:
        wrong, other = pair.closing, pair.opening
    yield Hit(
        span=wrong,
        message=f"The quotation opens with {opening} and closes with {closing}.",
        related=(other,),
        confidence=0.9,
    )


RULE = Rule(
    name="quote-style",
    family="quote",
    category="Fluency/Punctuation",
    severity=Severity.MINOR,
    check=check,
    documentation=__doc__,
)
