"""A bracket stands without its partner.

What it finds
-------------
( ) [ ] { }, their full-width forms and 【 】 〔 〕, opened and never closed or closed and never
opened. « » too, in a language that does not quote with them.

Why it matters
--------------
A bracket left alone is what remains of an aside that was cut or moved: the words that belonged to
it now stand in the sentence or are gone.

Example
-------
Bad: a shopkeeper who works near the border. Mohammad) said.

Good: a shopkeeper who works near the border (known as Mohammad).

Not flagged
-----------
- The numerals of lists: 1) a) iv) at the start of a paragraph or in a series.
- Emoticons :) ;-) and intervals [0, 1).
- A bracket that spans a few lines, as in a file with one sentence per line.
- « » where they are quotation marks of the language: that is quote-unbalanced.

Source
------
The marks are those of Unicode's general categories Ps and Pe that stand in running text and are no
quotation marks.

Measured
--------
Hits per 1,000 sentences (`python bench/rates.py --rule bracket-unbalanced`): 1.0 and 0.4 on machine
translations (WMT21/22 and MQM 2020/21 news), 0 and 0.3 on the human references of the same sets, 0
on GUM news and PUD. Of 50 hits read on machine and 3 on human text all are brackets without a
partner. Of brackets removed from clean human documents, one at a time, 99.0 % are found, at exactly
the bracket left alone (95 % interval 97.1 to 99.7; `python bench/planted.py --kind "bracket
dropped"`).
"""

from __future__ import annotations

from collections.abc import Iterator

from mtqa.config import Settings
from mtqa.result import Severity
from mtqa.rules.rule import Hit, Rule
from mtqa.text.analysis import Analysis
from mtqa.text.quotations import Side, Unpaired, quotes_with_guillemets


def check(analysis: Analysis, settings: Settings) -> Iterator[Hit]:
    """Brackets without partner."""
    text = analysis.text
    quotations = analysis.quotations
    for bracket in quotations.unpaired_brackets:
        yield _hit(text, bracket)
    for mark in quotations.unpaired:
        form = text[mark.span.start : mark.span.end]
        if (
            form in "«»"
            and not quotes_with_guillemets(analysis.lang)
            and _is_in_text(analysis, mark)
        ):
            yield _hit(text, mark)


def _is_in_text(analysis: Analysis, mark: Unpaired) -> bool:
    """Does it stand like a bracket, and not as the arrow of a link: » Home, Next »?"""
    text, (start, end) = analysis.text, mark.span
    paragraph = analysis.paragraphs[analysis.paragraph_at(start)]
    before = text[start - 1] if start > paragraph.start else " "
    after = text[end] if end < paragraph.end else " "
    if mark.side is Side.OPENING:
        return not before.isalnum() and not after.isspace()
    return before.isalnum() and not after.isalnum()


def _hit(text: str, bracket: Unpaired) -> Hit:
    start, end = bracket.span
    before = " ".join(text[max(0, start - 40) : start].split()[-2:])
    after = " ".join(text[end : end + 40].split()[:2])
    what = "is not closed" if bracket.side is Side.OPENING else "is not opened"
    space = " " if text[max(0, start - 1) : start].isspace() else ""
    behind = " " if text[end : end + 1].isspace() else ""
    context = f"{before}{space}{text[start:end]}{behind}{after}"
    return Hit(span=bracket.span, message=f"The bracket in “{context}” {what}.", confidence=0.93)


RULE = Rule(
    name="bracket-unbalanced",
    family="quote",
    category="Fluency/Punctuation",
    severity=Severity.MINOR,
    check=check,
    documentation=__doc__,
)
