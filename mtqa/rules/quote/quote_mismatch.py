"""The source quotes and the translation does not, or the reverse.

What it finds
-------------
A quotation in a segment of the source whose translation quotes nothing at all, or quotes less, and
nothing that is half as long; and a quotation of some length in the translation where the source,
with its neighbours, has no mark.

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
Single words in marks, short quotations beside others; titles between 《 and 》; dialogue that a
dash introduces; quotations that run over several segments.

Source
------
MQM: Accuracy, Mistranslation (punctuation). Quotations as read by `mtqa.text.quotations`.

Measured
--------
`python bench/rates.py --source`: 22 hits per 1,000 segments of machine-translated news, 43 and 76
on human translations of the same: people turn quotations into reported speech and drop marks
around titles far oftener than machines, so the rule stays in preview. Of 37 human hits read all
are quotations without marks, few of them mistakes. Planted (`python bench/planted_source.py`): 91
% of removed pairs found; missed are single words, and pairs beside another one.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

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
_WORDS, _IDEOGRAPHS = 2, 3
_LONG = 6
# A quotation of so many words or ideographs that is missing beside another one, and the share of
# its length that the other one must reach to be it.
_SPEECH, _SPEECH_IDEOGRAPHS = 5, 8
_SAME_LENGTH = 0.5
_IDEOGRAPH = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}]")
_SHOWN = 50  # characters


def check(analysis: Analysis, settings: Settings) -> Iterator[Hit]:
    """Yield a hit for each long quotation that has no counterpart near it."""
    source = analysis.source
    if source is None:
        return
    segments = analysis.segments
    ours = _by_segment(analysis, [one.translation for one in segments])
    theirs = _by_segment(source, [one.source for one in segments])
    their_marks = [_has_mark(source.text, one.source) for one in segments]
    for index, (translation, original) in enumerate(segments):
        if translation is None or original is None:
            continue
        lost = _find_lost(analysis, source, translation, original, ours[index], theirs[index])
        if lost is not None:
            words = " ".join(source.text[lost.start : lost.end].split())
            shown = words if len(words) <= _SHOWN else words[: _SHOWN - 1] + "…"
            yield Hit(
                translation,
                f"The source quotes {shown}; the translation does not.",
                confidence=0.8,
                source=Span(lost.start, lost.end),
            )
        elif not any(their_marks[max(0, index - 1) : index + 2]):
            for pair in ours[index].inside:
                if len(analysis.text[pair.start : pair.end].split()) < _LONG:
                    continue
                yield Hit(
                    Span(pair.start, pair.end),
                    "The source does not quote this.",
                    confidence=0.8,
                    source=original,
                )


class _Quoted(NamedTuple):
    """What is quoted in a segment.

    Attributes:
        inside: outermost quotations that begin and end in it.
        marked: something in it is quoted, nested, or begins or ends elsewhere.
    """

    inside: list[Pair]
    marked: bool


def _find_lost(
    analysis: Analysis,
    source: Analysis,
    translation: Span,
    original: Span,
    ours: _Quoted,
    theirs: _Quoted,
) -> Pair | None:
    """The longest quotation of a source segment that the translation does not quote."""
    quoted = [pair for pair in theirs.inside if _has(source.text, pair, _WORDS, _IDEOGRAPHS)]
    if not quoted:
        return None
    longest = max(quoted, key=_length)
    if not ours.marked:
        return None if _DASH.match(analysis.text, translation.start) else longest
    scale = (translation.end - translation.start) / (original.end - original.start)
    if (
        0 < len(ours.inside) < len(theirs.inside)
        and _has(source.text, longest, _SPEECH, _SPEECH_IDEOGRAPHS)
        and max(map(_length, ours.inside)) < _SAME_LENGTH * scale * _length(longest)
    ):
        return longest
    return None


def _by_segment(analysis: Analysis, spans: list[Span | None]) -> list[_Quoted]:
    """The quotations of each segment."""
    pairs = analysis.quotations.outermost
    alone = analysis.quotations.unpaired
    found: list[_Quoted] = []
    at = mark = 0
    for span in spans:
        inside: list[Pair] = []
        marked = False
        while span is not None and at < len(pairs) and pairs[at].end <= span.start:
            at += 1
        for pair in islice(pairs, at, None):
            if span is None or pair.start >= span.end:
                break
            marked = True
            if pair.start >= span.start and pair.end <= span.end:
                inside.append(pair)
        while span is not None and mark < len(alone) and alone[mark].span.start < span.end:
            marked = marked or alone[mark].span.start >= span.start
            mark += 1
        found.append(_Quoted(inside, marked))
    return found


def _length(pair: Pair) -> int:
    return pair.end - pair.start


def _has(text: str, pair: Pair, words: int, ideographs: int) -> bool:
    """Whether a quotation has so many words, or so many characters of a script without spaces."""
    quoted = text[pair.start : pair.end]
    return len(quoted.split()) >= words or len(_IDEOGRAPH.findall(quoted)) >= ideographs


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
