"""The source quotes and the translation does not, or the reverse.

What it finds
-------------
A segment with fewer quotations than its source: none where the source has one, one of two, or only
the quotation within the quotation; and a quotation of some length in the translation where the
source, with its neighbours, has none. A mark that has lost its partner is quote-unbalanced.

Why it matters
--------------
Without its marks a quotation becomes the newspaper's own statement, and a statement in marks is
put into somebody's mouth.

Example
-------
Bad: „Wir bleiben hier“, sagte er. → We are staying here, he said.

Good: „Wir bleiben hier“, sagte er. → “We are staying here,” he said.

Not flagged
-----------
One or two words with a capital, which are the name of a firm, a club or a film; titles between 《
and 》; gershayim in Hebrew acronyms; dialogue that a dash introduces; quotations that run over
several segments.

Source
------
MQM: Accuracy, Mistranslation (punctuation). Quotations as read by `mtqa.text.quotations`.

Measured
--------
`python bench/rates.py --source`: 29 and 25 hits per 1,000 segments of machine-translated news (WMT,
MQM), 43 and 65 on human translations of the same: people turn quotations into reported speech and
drop marks around titles and single words far oftener than machines, so the rule stays in preview.
Of 37 human hits read all are quotations without marks, few of them mistakes. Planted
(`python bench/planted_source.py`): 96 % of removed pairs found (Russian 91 %, where names in marks
are missed).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import regex

from mtqa.config import Settings
from mtqa.result import Severity
from mtqa.rules.rule import Hit, Rule
from mtqa.text.analysis import Analysis
from mtqa.text.document import Segment, Span
from mtqa.text.lines import shorten
from mtqa.text.quotations import Pair, quotations_within

# What a reader may take for a quotation mark, apostrophes left out.
_MARK = regex.compile(
    r"[\"“”„‟«»‹›「」『』〝〞〟＂《》〈〉״]|(?<![\p{L}\p{N}])['‘‚]|['’](?![\p{L}\p{N}])|''|``"
)
_DASH = regex.compile(r"[-–—―]\s")
# Between these stand titles, which English sets in italics.
_TITLE = "《〈"
# A quotation that ends before a comma or a dash is speech: «…», – сказал он.
_SPOKEN = regex.compile(r"[\p{Pf}\p{Pi}\"״](?:[,،]|[,،]?\s*[-–—―])|[,،][\p{Pf}\p{Pi}\"״]")
# So many words with a capital are the name of a firm, a club or a film, whose marks translators
# into English drop: of those in the Russian sources of WMT21 and WMT22 nine in ten.
_NAME = 2
_CAPITAL = regex.compile(r"\P{L}*+\p{Lu}")
# In a translation without a source of its marks so many words are needed to be more than a title.
_LONG = 6
# A translation that quotes less than such a part of what its source quotes has kept the marks of
# something else: a quotation within it, or a title.
_SMALL = 0.4
_SHOWN = 50  # characters of the source in a message


def check(analysis: Analysis, settings: Settings) -> Iterator[Hit]:
    """Yield a hit for each segment that quotes less than its source, and each quotation added."""
    source = analysis.source
    if source is None:
        return
    segments = analysis.segments
    marked = [_has_mark(source.text, one.source) for one in segments]
    for index, segment in enumerate(segments):
        translation, original = segment
        if translation is None or original is None:
            continue
        if not marked[index]:
            if not any(marked[max(0, index - 1) : index + 2]):
                yield from _added(analysis, segment)
            continue
        yield from _lost(analysis, source, translation, original)


def _lost(analysis: Analysis, source: Analysis, translation: Span, original: Span) -> Iterator[Hit]:
    ours = quotations_within(analysis.text, translation, analysis.lang)
    theirs = quotations_within(source.text, original, source.lang).outermost
    quoted = [pair for pair in theirs if source.text[pair.start] not in _TITLE]
    firm = [pair for pair in quoted if not _is_name(source.text, pair)]
    if len(firm) < len(quoted) and _SPOKEN.search(source.text, *original):
        firm = quoted
    if not firm:
        return
    marks = len(ours.pairs) + len(ours.unpaired)
    if marks >= len(firm) and (
        ours.unpaired or _share(ours.outermost, translation) > _SMALL * _share(firm, original)
    ):
        return
    # The longest: which of several has lost its marks nobody can tell but the reader.
    pair = max(firm, key=lambda pair: pair.end - pair.start)
    shown = shorten(source.text[pair.start : pair.end], _SHOWN)
    message = (
        f"The source quotes more than the translation, {shown} perhaps."
        if marks
        else f"The source quotes {shown}; the translation has no quotation marks."
    )
    yield Hit(translation, message, confidence=0.3, source=Span(pair.start, pair.end))


def _added(analysis: Analysis, segment: Segment) -> Iterator[Hit]:
    translation, original = segment
    if translation is None or not _has_mark(analysis.text, translation):
        return
    for pair in quotations_within(analysis.text, translation, analysis.lang).outermost:
        if len(analysis.text[pair.start : pair.end].split()) >= _LONG:
            yield Hit(
                Span(pair.start, pair.end),
                "The source does not quote this.",
                confidence=0.3,
                source=original,
            )


def _share(pairs: Sequence[Pair], span: Span) -> float:
    """How much of a segment stands within quotations."""
    return sum(pair.end - pair.start for pair in pairs) / (span.end - span.start)


def _is_name(text: str, pair: Pair) -> bool:
    words = text[pair.opening.end : pair.closing.start]
    return len(words.split()) <= _NAME and _CAPITAL.match(words) is not None


def _has_mark(text: str, span: Span | None) -> bool:
    if span is None:
        return False
    part = text[slice(*span)]
    return _MARK.search(part) is not None or _DASH.match(part) is not None


RULE = Rule(
    name="quote-mismatch",
    family="quote",
    category="Accuracy/Mistranslation",
    severity=Severity.MINOR,
    check=check,
    documentation=__doc__,
    preview=True,
    needs_source=True,
)
