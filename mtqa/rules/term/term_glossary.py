"""A term is not rendered as the glossary says.

What it finds
-------------
A segment whose source has a term of the glossary (`--glossary FILE`, or `glossary` under `[terms]`)
and whose translation has none of its renderings; and a wording that the glossary forbids. A wording
that is forbidden, or only spelled otherwise than the glossary has it, is marked; else the whole
segment. Words match in any inflection. What the glossary writes with a capital is so in the text,
and what it writes in capitals, too.

Why it matters
--------------
A house has agreed on its terms, and a reader who meets two words looks for two things.

Example
-------
Glossary: Grenzübergang → border crossing, not checkpoint.

Bad: Der Grenzübergang blieb geschlossen. → The checkpoint remained closed.

Good: Die Grenzübergänge blieben geschlossen. → The border crossings remained closed.

Not flagged
-----------
A term within a longer one that has its own entry; a term that is repeated in the source and
rendered once in the segment; a rendering that is part of a compound, in languages that write
compounds as one word; an adjective of the rendering (Russian of Russia); a segment without a
translation.

Source
------
MQM: Terminology, Inconsistent with terminology resource. Stems: Snowball (snowballstemmer).

Measured
--------
The glossary is the user's, and so is the rate. `python bench/terms.py`, with the names of all
countries as a glossary for WMT news from four languages: of 787 such names in the sources 36
(4.6 %) are not where human translators put them, most often because they wrote an adjective that is
not like the name (French) or left it out; of 565 names replaced by another 94 % are found.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mtqa.config import Settings
from mtqa.result import Severity
from mtqa.rules.rule import Hit, Rule
from mtqa.text.analysis import Analysis
from mtqa.text.document import Span

if TYPE_CHECKING:
    from mtqa.rules.term.glossary import Use

# A rendering of so many letters, as like as that to what stands there, is that rendering misspelled
# (Indel similarity: Spinboldak beside Spin Boldak 0.95, border crossing beside boarder crossing
# 0.97; border crossing beside border post 0.69).
_LEAST = 5
_ALIKE = 0.85


def check(analysis: Analysis, settings: Settings) -> Iterator[Hit]:
    """Yield a hit for each term that is not rendered as it should be."""
    source = analysis.source
    if source is None:
        return
    from mtqa.rules.term.glossary import find_uses

    for use in find_uses(analysis, settings.terms):
        term = source.text[slice(*use.term)]
        wanted = " or ".join(f"“{text}”" for text in use.allowed[:3])
        for wording, span in use.forbidden:
            here = analysis.text[slice(*span)]
            yield Hit(
                span,
                f"“{here}” is not to be used for “{term}”; the glossary has {wanted}.",
                suggestion=_in_place(use, here) if _same(here, wording) else None,
                confidence=0.95,
                source=use.term,
            )
        if use.forbidden or use.found:
            continue
        whole = analysis.segments[use.segment].translation
        assert whole is not None
        near = _find_misspelled(analysis, whole, use)
        if near:
            span, wording = near
            here = analysis.text[slice(*span)]
            yield Hit(
                span,
                f"The glossary spells “{here}” as “{wording}” (for “{term}”).",
                suggestion=wording if here[:1].isupper() == wording[:1].isupper() else None,
                confidence=0.85,
                source=use.term,
            )
        else:
            yield Hit(
                whole,
                f"“{term}” is not rendered as {wanted}, as the glossary has it.",
                confidence=0.8,
                source=use.term,
            )


def _same(here: str, wording: str) -> bool:
    """Whether a wording stands in the form of the dictionary, so that another can replace it."""
    return here.casefold() == wording.casefold()


def _in_place(use: Use, here: str) -> str | None:
    """The rendering to write instead, if there is only one."""
    if len(use.allowed) != 1:
        return None
    (text,) = use.allowed
    return text[:1].upper() + text[1:] if here[:1].isupper() else text


def _find_misspelled(analysis: Analysis, whole: Span, use: Use) -> tuple[Span, str] | None:
    """Words of a segment that are a rendering but for their spelling."""
    from rapidfuzz.distance import Indel

    words = analysis.words
    here = words.within(whole.start, whole.end)
    best: tuple[float, Span, str] | None = None
    for wording in use.allowed:
        letters = _letters(wording)
        if len(letters) < _LEAST:
            continue
        count = len(wording.split())
        for first in here:
            for length in {max(1, count - 1), count, count + 1}:
                last = first + length - 1
                if last >= here.stop:
                    continue
                span = Span(words.starts[first], words.ends[last])
                found = _letters(analysis.text[slice(*span)])
                alike = Indel.normalized_similarity(letters, found, score_cutoff=_ALIKE)
                if alike and (best is None or alike > best[0]):
                    best = alike, span, wording
    return (best[1], best[2]) if best else None


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


RULE = Rule(
    name="term-glossary",
    family="term",
    category="Terminology/Inconsistent with terminology resource",
    severity=Severity.MAJOR,
    check=check,
    documentation=__doc__,
    needs_source=True,
    needs_glossary=True,
    preview=True,
)
