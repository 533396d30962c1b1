"""Spellings of names that the source settles: one word there, or two."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from mtqa.result import Severity
from mtqa.rules.name.variant import MIN_LETTERS, Variant, same_letters
from mtqa.text.analysis import Analysis
from mtqa.text.document import Span
from mtqa.text.gazetteer import beginning
from mtqa.text.spelling import fold, is_derived

_MOST_CHANGED = 2  # letters; further apart are two renderings, not two spellings
_MOST_SPELLINGS = 8  # of one word of the source that are compared


def are_two_names(analysis: Analysis, one: str, other: str) -> bool:
    """Whether the source, wherever it is known, has different words for two names.

    Words that differ by their ending only are taken for one word, declined.
    """
    sources = analysis.renderings.sources
    first, second = sources.get(one), sources.get(other)
    if not first or not second:
        return False
    return {beginning(word) for word in first}.isdisjoint(beginning(word) for word in second)


def find_anchored(analysis: Analysis) -> Iterator[Variant]:
    """Names that render one and the same word of the source in two spellings."""
    spelled: dict[str, dict[str, list[Span]]] = defaultdict(dict)
    for name, words in analysis.renderings.sources.items():
        if len(fold(name)) >= MIN_LETTERS:
            for word, spans in words.items():
                spelled[word][name] = spans
    for forms in spelled.values():
        ranked = sorted(forms, key=lambda form: (-len(forms[form]), forms[form][0]))
        agreed = ranked[0]
        for rare in ranked[1:_MOST_SPELLINGS]:
            if _are_spellings(agreed, rare):
                yield Variant(
                    rare,
                    agreed,
                    tuple(forms[rare]),
                    tuple(forms[agreed]),
                    "one word in the source",
                    Severity.MAJOR,
                    0.97,
                )


def _are_spellings(one: str, other: str) -> bool:
    from rapidfuzz.distance import OSA

    letters, others = fold(one), fold(other)
    return (
        not same_letters(one, other)
        and not is_derived(letters, others)
        and OSA.distance(letters, others, score_cutoff=_MOST_CHANGED) <= _MOST_CHANGED
    )
