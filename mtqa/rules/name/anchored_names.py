"""Spellings of names that the source settles: one word there, or two."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from mtqa.result import Severity
from mtqa.rules.name.variant import MIN_LETTERS, Variant, same_letters
from mtqa.text.analysis import Analysis
from mtqa.text.document import Span
from mtqa.text.gazetteer import beginning
from mtqa.text.persons import stems
from mtqa.text.source_names.words import script_of
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
    return not any(_may_be_one(word, another) for word in first for another in second)


def _may_be_one(one: str, other: str) -> bool:
    """Whether two words of the source differ by a prefix or an ending at most."""
    return any(
        form == another
        or beginning(form) == beginning(another)
        or _is_form_of(*sorted((form, another), key=len, reverse=True))
        for form in stems(one, script_of(one))
        for another in stems(other, script_of(other))
    )


def find_anchored(analysis: Analysis) -> Iterator[Variant]:
    """Names that render one and the same word of the source in two spellings."""
    spelled: dict[str, dict[str, list[Span]]] = defaultdict(dict)
    heads = _heads({word for words in analysis.renderings.sources.values() for word in words})
    for name, words in analysis.renderings.sources.items():
        if len(fold(name)) >= MIN_LETTERS:
            for word, spans in words.items():
                spelled[heads[word]].setdefault(name, []).extend(spans)
    for forms in spelled.values():
        ranked = sorted(forms, key=lambda form: (-len(forms[form]), forms[form][0]))
        agreed = ranked[0]
        for rare in ranked[1:_MOST_SPELLINGS]:
            if _are_spellings(agreed, rare):
                yield Variant(
                    rare,
                    agreed,
                    tuple(sorted(set(forms[rare]))),
                    tuple(sorted(set(forms[agreed]))),
                    "one word in the source",
                    Severity.MAJOR,
                    0.97,
                )


_STEM = 5  # letters that two forms of one word share at least
_MOST_ENDING = 3


def _heads(words: set[str]) -> dict[str, str]:
    """For each word of the source the shortest that it is a declined or prefixed form of."""
    heads: dict[str, str] = {}
    ranked = sorted(words, key=lambda word: (len(word), word))
    by_start: dict[str, list[str]] = defaultdict(list)
    for word in ranked:
        forms = stems(word, script_of(word))
        known = (
            head for form in forms for head in by_start[form[:_STEM]] if _is_form_of(form, head)
        )
        heads[word] = next(known, word)
        if heads[word] == word:
            by_start[word[:_STEM]].append(word)
    return heads


def _is_form_of(form: str, head: str) -> bool:
    """Whether a form has all letters of the head but its last, and an ending (Синєгубов)."""
    return form == head or (
        len(head) > _STEM
        and form.startswith(head[:-1])
        and len(form) - len(head) < _MOST_ENDING
        and script_of(form) in ("Cyrillic", "Greek", "Armenian", "Georgian")
    )


def _are_spellings(one: str, other: str) -> bool:
    from rapidfuzz.distance import OSA

    letters, others = fold(one), fold(other)
    return (
        not same_letters(one, other)
        and not is_derived(letters, others)
        and OSA.distance(letters, others, score_cutoff=_MOST_CHANGED) <= _MOST_CHANGED
    )
