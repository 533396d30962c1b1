"""A name that the source or the translation has and the other lacks.

What it finds
-------------
A name in the translation that nothing in its source sounds like, that does not stand there in Latin
letters, and that no table of places ties to it. Where a name of the source is left over in the same
segment, the one stands in place of the other (major). A name of the source that nothing in the
translation renders (minor; the segment is marked).

Why it matters
--------------
The wrong person is quoted, the wrong city bombed. The sentence reads well, and nobody can tell
without the source.

Example
-------
Bad: Об этом заявил губернатор Сергей Петров. → This was announced by Governor Sergei Ivanov.

Good: Об этом заявил губернатор Сергей Петров. → This was announced by Governor Sergei Petrov.

Not flagged
-----------
Any spelling of the same sounds (Zelensky, Zelenskyy); names that are called otherwise in
English (Вена, Vienna; 中国, China); names of ordinary words (the Red Cross, the Supreme Court);
feasts, religions, months; initialisms; a name that the source has in another segment; a name
that goes with one word of the source each time (支付宝, Alipay). The country where the source is
spoken, and given names that Chinese, Japanese and Korean news leaves out, which translators
add. A name in place of a pronoun or a pronoun in place of a name is hard to tell from a name
that was left out: such hits are minor.

Source
------
MQM: Accuracy, Mistranslation. What sounds alike is learnt from the names of cities in GeoNames (see
`mtqa.text.transliteration`); countries, peoples and languages are from CLDR, cities from GeoNames;
Japanese readings from SudachiDict, Chinese ones from pypinyin. Names of the source are capitalised
words, what SudachiDict and jieba take for a person or a place, and words that are rendered as a
name elsewhere in the document; in scripts without capitals other names are not known, so that what
is left out there is mostly not found.

Measured
--------
`python bench/rates.py --source --rule name-mismatch --systems 1`: major, 1.2 hits per 1,000
segments of machine-translated news (WMT and MQM) and 1.8 on human translations of the same;
of any severity 59 and 63. Strong systems seldom take one name for another, and translators
leave out, add and shorten names: the rule does not tell machine from man and stays preview.
Planted into WMT news (`python bench/planted_source.py --kind "name replaced" --kind "name
removed" --count 100`): 92 % of replaced names are found (is 95, ja 90, ru 96, zh 89) and 59 %
of names that were removed (is 57, ja 63, ru 76, zh 41); of those that are missed many are
months, days and names that the source does not have. Of the 13 major hits on human
translations, all read, one is a slip (Toyko); the others are names with another form in
English (Фаддей, Thaddeus; キャサリン, Kate) and wrong readings of the source (大湾). Of 52 minor
hits read on each side, some 30 speak of a real difference: in human translations a given name
that was added or a country that is understood, in machine translations about half of them
errors (トラウト, trout).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

import regex

from mtqa.config import Settings
from mtqa.result import Severity
from mtqa.rules.rule import Hit, Rule
from mtqa.text.analysis import Analysis
from mtqa.text.document import Span
from mtqa.text.spelling import fold, is_pinyin, is_romaji

if TYPE_CHECKING:
    from mtqa.text.renderings import Unmatched

_HAN = regex.compile(r"\p{Han}")
# Log odds under which a name sounds like nothing in its segment.
_FAR = -5.0


def check(analysis: Analysis, settings: Settings) -> Iterator[Hit]:
    """Yield a hit for each name without a counterpart."""
    renderings = analysis.renderings
    lost: dict[int, list[Unmatched]] = defaultdict(list)
    for name in renderings.lost:
        lost[name.segment].append(name)
    invented: dict[int, list[Unmatched]] = defaultdict(list)
    for name in renderings.invented:
        invented[name.segment].append(name)
    for index in sorted(lost.keys() | invented.keys()):
        yield from _judge(analysis, lost.get(index, []), invented.get(index, []))


def _judge(analysis: Analysis, lost: list[Unmatched], invented: list[Unmatched]) -> Iterator[Hit]:
    new = [name for name in invented if not name.known]
    if not lost:
        for name in new:
            if not (name.opens or name.home):
                yield Hit(
                    name.span,
                    f"“{name.text}” has no counterpart in the source.",
                    severity=Severity.MINOR,
                    confidence=0.6,
                )
        return
    for name, original in zip(new, [*lost, *[lost[-1]] * len(new)], strict=False):
        yield Hit(
            name.span,
            f"“{name.text}” has no counterpart in the source, which has “{original.text}” here.",
            severity=Severity.MAJOR if _is_sure(name, original) else Severity.MINOR,
            confidence=0.8,
            source=original.span,
        )
    swapped = [name for name in invented if name.known]
    source = analysis.document.source
    segment = lost[0].segment
    for span in _whole_names(lost[len(new) :], source.text if source else ""):
        place = swapped.pop(0).span if swapped else analysis.anchor(segment)
        if place is not None and source is not None:
            yield Hit(
                place,
                f"“{source.text[slice(*span)]}” of the source has no counterpart here.",
                severity=Severity.MINOR,
                confidence=0.6,
                source=span,
            )


_JOINTS = frozenset({"", " ", "\u00a0", "\u200c", "-", "・", "·", "＝"})


def _whole_names(lost: list[Unmatched], source: str) -> list[Span]:
    """Spans of names of the source, those that stand beside each other as one."""
    spans: list[Span] = []
    for original in sorted(lost, key=lambda name: name.span):
        start, end = original.span
        if spans and start <= spans[-1].end:
            spans[-1] = Span(spans[-1].start, max(end, spans[-1].end))
        elif spans and source[spans[-1].end : start] in _JOINTS:
            spans[-1] = Span(spans[-1].start, end)
        else:
            spans.append(Span(start, end))
    return spans


def _is_sure(name: Unmatched, original: Unmatched) -> bool:
    """Whether a reader would agree that one name stands in place of the other."""
    if name.opens or name.home or name.odds > _FAR or name.place != original.place:
        return False
    letters = fold(name.text)
    if original.text != original.heard:  # Japanese: given names have readings no dictionary knows
        return not is_romaji(letters)
    # Chinese persons have English and Cantonese names besides.
    return not _HAN.match(original.text) or name.place or is_pinyin(letters)


RULE = Rule(
    name="name-mismatch",
    family="name",
    category="Accuracy/Mistranslation",
    severity=Severity.MAJOR,
    check=check,
    documentation=__doc__,
    needs_source=True,
    preview=True,
)
