"""A quotation is opened and never closed, or closed and never opened.

What it finds
-------------
A quotation mark without its partner, judged over the whole document: the marks of all paragraphs
are read together, and the mark that is left alone in the likeliest reading is reported. Straight
and curly marks, the marks of the document's language, nested quotations. With a source, also the
mark that has a partner in another segment only, where the source quotes within one.

Why it matters
--------------
The reader cannot tell where someone's words end and the newspaper's begin. Translation systems
drop a mark when a quotation runs over the segment they see.

Example
-------
Bad: “The bridge will hold, the engineer said. “We tested it,” she added.

Good: “The bridge will hold,” the engineer said. “We tested it,” she added.

Not flagged
-----------
- A quotation of several paragraphs, each opened again and only the last one closed, or opened once
  and closed some lines later.
- Apostrophes and omitted letters (James’ car, ’90s, rock ’n’ roll, Hawai‘i), inches and feet
  (6'2", a 12" record), gershayim in Hebrew.
- A pair of one straight and one curly mark: that is quote-style.
- « » where they are no quotation marks of the language (English): that is bracket-unbalanced.

Source
------
The marks of each language: Unicode CLDR, `delimiters`. Quotations over several paragraphs:
The Chicago Manual of Style, chapter 13.

Measured
--------
Hits per 1,000 sentences (`python bench/rates.py --rule quote-unbalanced`): 12.5 and 5.8 on machine
translations (WMT21/22 and MQM 2020/21 news), 4.3 and 6.1 on the human references of the same sets,
1.3 on GUM news, 0 on PUD. Of 60 hits read on machine and 64 on human text all but one are marks
that have no partner; the one is a quotation taken up again behind a picture caption. The
references are not clean: that is their true rate. Of marks removed from clean human documents, one
at a time, 97.3 % are found, at exactly the mark left alone (95 % interval 94.8 to 98.6;
`python bench/planted.py --kind "quotation mark removed"`). With their sources
(`python bench/rates.py --source --rule quote-unbalanced`): 14.3 and 7.3 on machine, 4.8 and 7.2 on
human translations; of the twelve that one system of each document and the WMT references then have
more, eleven are right.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

import regex

from mtqa.config import Settings
from mtqa.result import Severity
from mtqa.rules.rule import Hit, Rule
from mtqa.text.analysis import Analysis
from mtqa.text.quotations import Side, Unpaired, quotations_within, quotes_with_guillemets

_MARK = regex.compile(r"[“”„‟\"«»‹›「」『』]")
# White space between two segments at most; a quotation that goes on opens the second again.
_GAP = 8


def check(analysis: Analysis, settings: Settings) -> Iterator[Hit]:
    """Quotation marks without partner."""
    text = analysis.text
    for mark in (*analysis.quotations.unpaired, *_halved(analysis)):
        form = text[mark.span.start : mark.span.end]
        if form in "«»" and not quotes_with_guillemets(analysis.lang):
            continue
        if mark.side is Side.OPENING:
            words = _words_after(text, mark.span.end)
            message = (
                f"The quotation that begins “{words} …” is not closed."
                if words
                else f"The quotation mark {form} opens nothing."
            )
        else:
            words = _words_before(text, mark.span.start)
            message = (
                f"The quotation that ends “… {words}” is not opened."
                if words
                else f"The quotation mark {form} closes nothing."
            )
        yield Hit(span=mark.span, message=message, confidence=0.93)


def _halved(analysis: Analysis) -> Iterator[Unpaired]:
    """Marks alone in their segment whose source has a quotation from beginning to end in it."""
    source = analysis.source
    if source is None:
        return
    alone = [mark.span.start for mark in analysis.quotations.unpaired]
    theirs = source.quotations.outermost
    for translation, original in analysis.segments:
        if translation is None or original is None:
            continue
        first = bisect_left(alone, translation.start)
        if first < len(alone) and alone[first] < translation.end:
            continue
        low = bisect_left(theirs, original.start, key=lambda pair: pair.end)
        high = bisect_left(theirs, original.end, lo=low, key=lambda pair: pair.start)
        if low == high or theirs[low].start < original.start or theirs[high - 1].end > original.end:
            continue
        ours = quotations_within(analysis.text, translation, analysis.lang)
        if len(ours.unpaired) != 1 or len(ours.outermost) >= high - low:
            continue
        if quotations_within(source.text, original, source.lang).unpaired:
            continue
        (mark,) = ours.unpaired
        follower = analysis.text[translation.end : translation.end + _GAP].lstrip()
        if mark.side is Side.CLOSING or not _MARK.match(follower):
            yield mark


def _words_after(text: str, offset: int) -> str:
    """The first words of a quotation, up to the next quotation mark."""
    return " ".join(_MARK.split(text[offset : offset + 60])[0].split()[:4])


def _words_before(text: str, offset: int) -> str:
    """The last words of a quotation, from the last quotation mark."""
    return " ".join(_MARK.split(text[max(0, offset - 60) : offset])[-1].split()[-4:])


RULE = Rule(
    name="quote-unbalanced",
    family="quote",
    category="Fluency/Punctuation",
    severity=Severity.MINOR,
    check=check,
    documentation=__doc__,
)
