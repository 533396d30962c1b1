"""A quotation of full sentences whose speaker is nowhere in reach.

What it finds
-------------
A quotation of ten words or more that is a paragraph of its own, while neither its paragraph nor
the ones beside it name a speaker with a verb of saying, or somebody according to whom it is.

Why it matters
--------------
News says who speaks. Where the attribution is gone, the translation has dropped it.

Example
-------
Bad: The dam was inspected in May. ⏎ “We saw no cracks, and the gates moved as they should all
week.” ⏎ The next inspection is due in autumn.

Good: … all week,” said Marek Lis, who led the inspection.

Not flagged
-----------
- A quotation that goes on with what the speaker of the paragraph before said.
- A quotation that a colon announces.
- Titles, slogans and single words.

Source
------
The verbs of saying: after VerbNet 3.4 (see `mtqa/text/data/reporting_verbs.toml`).

Measured
--------
Hits per 1,000 sentences (`python bench/rates.py --rule attribution-missing`): 2.5 and 1.1 on
machine translations (WMT21/22 and MQM 2020/21 news), 2.7 and 1.2 on the human references of the
same sets, 2.6 on GUM news, 7.0 on PUD. It does not tell machine from human text, so it is preview.
"""

from __future__ import annotations

from collections.abc import Iterator

import regex

from mtqa.config import Settings
from mtqa.result import Severity
from mtqa.rules.rule import Hit, Rule
from mtqa.text.analysis import Analysis
from mtqa.text.document import Span
from mtqa.text.reporting import reporting_verbs

_SHORTEST = 10  # words
_ACCORDING = regex.compile(r"\b[Aa]ccording to ")


def check(analysis: Analysis, settings: Settings) -> Iterator[Hit]:
    """Long quotations that nobody is said to have spoken."""
    paragraphs = analysis.paragraphs
    verbs = reporting_verbs(analysis.lang)
    if not verbs:
        return
    for quotation in analysis.quotations.outermost:
        index = analysis.paragraph_at(quotation.start)
        paragraph = paragraphs[index]
        if quotation.start != paragraph.start or quotation.end < paragraph.end:
            continue
        if len(analysis.words.within(quotation.start, quotation.end)) < _SHORTEST:
            continue
        last = analysis.paragraph_at(quotation.end - 1)
        around = [Span(quotation.end, paragraphs[last].end)]
        around += paragraphs[max(0, index - 2) : index] + paragraphs[last + 1 : last + 2]
        if any(not verbs.isdisjoint(_words(analysis, span)) for span in around):
            continue
        if any(_ACCORDING.search(analysis.text, *span) for span in around):
            continue
        if index and analysis.text[slice(*paragraphs[index - 1])].endswith((":", "：")):
            continue
        if any(
            earlier is not None and earlier.start < span.end
            for span in around[1:]
            if (earlier := analysis.quotations.outermost_at(span.start)) is not None
        ):
            continue
        yield Hit(
            span=Span(quotation.start, quotation.end),
            message="No speaker of this quotation is named beside it.",
            confidence=0.5,
        )


def _words(analysis: Analysis, span: Span) -> Iterator[str]:
    words = analysis.words
    return (words[index] for index in words.within(*span))


RULE = Rule(
    name="attribution-missing",
    family="attribution",
    category="Accuracy/Omission",
    severity=Severity.MINOR,
    check=check,
    documentation=__doc__,
    preview=True,
)
