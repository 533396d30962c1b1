"""The source quotes and the translation does not, or the reverse.

What it finds
-------------
A quotation in a segment of the source whose translation has no quotation mark at all; and a
quotation of some length in the translation where the source, with its neighbours, has none.

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
Single words in marks; titles between 《 and 》; dialogue that a dash introduces; quotations that
run over several segments.

Source
------
MQM: Accuracy, Mistranslation (punctuation). Quotations as read by `mtqa.text.quotations`.

Measured
--------
`python bench/rates.py --source`: 22 hits per 1,000 segments of machine-translated news, 39 and 64
on human translations of the same: people turn quotations into reported speech and drop marks
around titles far oftener than machines, so the rule stays in preview. Of 37 human hits read all
are quotations without marks, few of them mistakes. Planted (`python bench/planted_source.py`): 87
% of removed pairs found.
"""

from __future__ import annotations

from collections.abc import Iterator

import regex

from mtqa.config import Settings
from mtqa.result import Severity
from mtqa.rules.rule import Hit, Rule
from mtqa.text.analysis import Analysis
from mtqa.text.document import Span
from mtqa.text.quotations import Pair

_MARK = regex.compile(
    r"[\"“”„‟«»‹›「」『』〝〞〟＂《》〈〉]|(?<![\p{L}\p{N}])['‘‚]|['’](?![\p{L}\p{N}])|''|``"
)
_DASH = regex.compile(r"[-–—―]\s")
# Fewer words are a name or a word at arm's length; in a translation without a source of its marks
# so many are needed to be more than a title.
_WORDS, _IDEOGRAPHS = 2, 4
_LONG = 6
_IDEOGRAPH = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}]")


def check(analysis: Analysis, settings: Settings) -> Iterator[Hit]:
    """Yield a hit for each long quotation that has no counterpart near it."""
    source = analysis.source
    if source is None:
        return
    segments = analysis.segments
    ours = _by_segment(analysis, [one.translation for one in segments])
    theirs = _by_segment(source, [one.source for one in segments])
    our_marks = [_has_mark(analysis.text, one.translation) for one in segments]
    their_marks = [_has_mark(source.text, one.source) for one in segments]
    for index, (translation, original) in enumerate(segments):
        if translation is None or original is None:
            continue
        near = slice(max(0, index - 1), index + 2)
        quoted = theirs[index]
        if quoted and not our_marks[index]:
            pair = max(quoted, key=lambda pair: pair.end - pair.start)
            words = " ".join(source.text[pair.start : pair.end].split())
            shown = words if len(words) <= _SHOWN else words[: _SHOWN - 1] + "…"
            yield Hit(
                translation,
                f"The source quotes {shown}; the translation has no quotation marks.",
                confidence=0.8,
                source=Span(pair.start, pair.end),
            )
        elif ours[index] and not any(their_marks[near]):
            for pair in ours[index]:
                if len(analysis.text[pair.start : pair.end].split()) < _LONG:
                    continue
                yield Hit(
                    Span(pair.start, pair.end),
                    "The source does not quote this.",
                    confidence=0.8,
                    source=original,
                )


_SHOWN = 50


def _by_segment(analysis: Analysis, spans: list[Span | None]) -> list[list[Pair]]:
    """The long quotations that lie within each segment."""
    pairs = [pair for pair in analysis.quotations.outermost if _is_long(analysis.text, pair)]
    found: list[list[Pair]] = []
    at = 0
    for span in spans:
        inside: list[Pair] = []
        while span is not None and at < len(pairs) and pairs[at].start < span.end:
            if pairs[at].start >= span.start and pairs[at].end <= span.end:
                inside.append(pairs[at])
            at += 1
        found.append(inside)
    return found


def _is_long(text: str, pair: Pair) -> bool:
    words = text[pair.start : pair.end]
    return len(words.split()) >= _WORDS or len(_IDEOGRAPH.findall(words)) >= _IDEOGRAPHS


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
