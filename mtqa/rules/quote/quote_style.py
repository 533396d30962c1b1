"""The marks of one quotation do not match.

What it finds
-------------
A quotation opened by a straight mark and closed by a curly one, or the reverse, and a curly mark
that faces the wrong way (”text”, “text“ in English). The mark that differs from the document's
usual style is reported. Likewise the only straight quotation among curly ones, or the reverse.

Why it matters
--------------
It looks careless, and programs that read the text pair the marks wrongly.

Example
-------
Bad: “We are ready", the captain said.

Good: “We are ready”, the captain said.

Not flagged
-----------
- Apostrophes, and single marks within double ones.
- Other styles that the language accepts („…“ beside »…«).
- A document that uses both styles often: it has no style to depart from.

Source
------
Unicode CLDR, `delimiters`.

Measured
--------
Hits per 1,000 sentences (`python bench/rates.py --rule quote-style`): 0.5 and 1.0 on machine
translations (WMT21/22 and MQM 2020/21 news), 0 and 5.7 on the human references of the same sets,
1.3 on GUM news, 0 on PUD. The 35 hits on human news and 40 on machine text were read: all are marks
of another style than the document's. Of curly marks made straight, one in a document, 43 % are
found, all exactly: the others stand in documents with too few quotations, or with two styles
(`python bench/planted.py --kind "quotation mark of another style"`).
"""

from __future__ import annotations

from collections.abc import Iterator

from mtqa.config import Settings
from mtqa.result import Severity
from mtqa.rules.rule import Hit, Rule
from mtqa.text.analysis import Analysis
from mtqa.text.quotations import Pair, accepts_pair, is_straight, quotation_marks

# Fewest quotations in the usual style for a single one in the other, and for a single mixed pair,
# to stand out. Human translators from Chinese mix styles at will: one departure is a slip, more
# are a habit.
_USUAL = 4
_USUAL_FOR_PAIR = 2


def check(analysis: Analysis, settings: Settings) -> Iterator[Hit]:
    """The one quotation whose marks differ from the others'."""
    text = analysis.text
    straight: list[Pair] = []
    curly: list[Pair] = []
    mixed: list[Pair] = []
    marks = 0
    straight_marks = 0
    for pair in analysis.quotations.pairs:
        opening, closing = _forms(text, pair)
        marks += 2
        straight_marks += is_straight(opening) + is_straight(closing)
        if not accepts_pair(opening, closing):
            mixed.append(pair)
        elif opening in ('"', "'") and not pair.depth:
            straight.append(pair)
        elif opening in ("“", "‘") and not pair.depth:
            curly.append(pair)
    prefers_straight = straight_marks > marks - straight_marks
    usual, rare = (straight, curly) if prefers_straight else (curly, straight)
    if len(mixed) + len(rare) != 1 or len(usual) < (_USUAL_FOR_PAIR if mixed else _USUAL):
        return
    if rare and text[rare[0].start] in "'‘":
        return  # single marks beside double ones are a style of their own
    if mixed:
        yield _mismatch(analysis, mixed[0], prefers_straight)
    else:
        opening, closing = _forms(text, rare[0])
        yield Hit(
            span=rare[0].opening,
            message=f"This quotation is set in {opening}…{closing}, the others are not.",
            related=(rare[0].closing,),
            confidence=0.8,
        )


def _forms(text: str, pair: Pair) -> tuple[str, str]:
    return text[slice(*pair.opening)], text[slice(*pair.closing)]


def _mismatch(analysis: Analysis, pair: Pair, prefers_straight: bool) -> Hit:
    opening, closing = _forms(analysis.text, pair)
    if is_straight(opening) == is_straight(closing):
        marks = quotation_marks(analysis.lang)
        opening_is_right = opening in (marks[0], marks[2])
    else:
        opening_is_right = is_straight(opening) == prefers_straight
    partner = _partner(opening, closing, analysis.lang, opening_is_right=opening_is_right)
    return Hit(
        span=pair.closing if opening_is_right else pair.opening,
        message=f"The quotation opens with {opening} and closes with {closing}.",
        suggestion=partner,
        related=(pair.opening if opening_is_right else pair.closing,),
        confidence=0.9,
        safe=partner is not None,
    )


def _partner(opening: str, closing: str, lang: str, *, opening_is_right: bool) -> str | None:
    """The mark that goes with the one that is right; None: that is not one mark for sure."""
    right = opening if opening_is_right else closing
    if is_straight(right):
        return right if right in "\"'" else None
    outer_open, outer_close, inner_open, inner_close = quotation_marks(lang)
    for one, other in ((outer_open, outer_close), (inner_open, inner_close)):
        if right == (one if opening_is_right else other):
            return other if opening_is_right else one
    return None


RULE = Rule(
    name="quote-style",
    family="quote",
    category="Fluency/Punctuation",
    severity=Severity.MINOR,
    check=check,
    documentation=__doc__,
)
