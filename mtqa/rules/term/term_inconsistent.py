"""One term of the source is rendered in different ways within a document.

What it finds
-------------
A term for which the glossary (`--glossary FILE`) allows several renderings, of which the document
uses more than one. The rarer ones are marked; the suggestion is the most frequent.

Why it matters
--------------
The glossary leaves the choice, not the change: a reader takes two words for two things.

Example
-------
Glossary: Grenzübergang → border crossing or crossing point.

Bad: The border crossing remained closed. Nobody was let through the crossing point.

Good: The border crossing remained closed. Nobody was let through the border crossing.

Not flagged
-----------
Segments that use two renderings at once (a name and its abbreviation are introduced so); a
rendering within another (crossing in border crossing); renderings that the glossary does not have,
which are `term-glossary`'s; repeated terms that no glossary has.

Source
------
MQM: Terminology, Inconsistent use of terminology.

Measured
--------
`python bench/terms.py`, with the names of countries that have several in English as a glossary: 3
hits in 4,772 segments of human translations, 2 in as many of machine translations. That tells
nothing yet, so the rule is in preview. Without a glossary, terms that the source repeats were
looked for by what their segments alone have in common: such hits were as frequent in human
translations (ratio 1.0; of names of several words 1.4), and are not reported.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from mtqa.config import Settings
from mtqa.result import Severity
from mtqa.rules.rule import Hit, Rule
from mtqa.text.analysis import Analysis
from mtqa.text.document import Span


def check(analysis: Analysis, settings: Settings) -> Iterator[Hit]:
    """Yield a hit for each rendering that is not the document's usual one."""
    source = analysis.source
    if source is None:
        return
    from mtqa.rules.term.glossary import find_uses

    concepts: dict[int, dict[str, list[tuple[Span, Span]]]] = defaultdict(lambda: defaultdict(list))
    for use in find_uses(analysis, settings.terms):
        if len(use.allowed) < 2:
            continue
        places = [(text, span) for text, span in use.found if span]
        whole = [
            (text, span)
            for text, span in places
            if not any(s != span and s.start <= span.start and span.end <= s.end for _, s in places)
        ]
        if len({text for text, _ in whole}) == 1:
            for text, span in whole:
                concepts[use.concept][text].append((span, use.term))
    for renderings in concepts.values():
        usual = max(renderings, key=lambda text: len(renderings[text]))  # of as many the first
        related = tuple(span for span, _ in renderings[usual])
        for text, places_of in renderings.items():
            for span, term in places_of if text != usual else ():
                here = analysis.text[slice(*span)]
                told = source.text[slice(*term)]
                yield Hit(
                    span,
                    f"“{told}” is also rendered as “{usual}” in this document.",
                    suggestion=_in_place(usual, here)
                    if here.casefold() == text.casefold()
                    else None,
                    related=related,
                    confidence=0.7,
                    source=term,
                )


def _in_place(text: str, here: str) -> str:
    return text[:1].upper() + text[1:] if here[:1].isupper() else text


RULE = Rule(
    name="term-inconsistent",
    family="term",
    category="Terminology/Inconsistent use of terminology",
    severity=Severity.MINOR,
    check=check,
    documentation=__doc__,
    preview=True,
    needs_source=True,
)
