"""A quotation is torn by a misplaced stop, bracket or mark.

## What it finds
- A stop before an editor's insertion, with a new sentence behind it, within a quotation.
- A quotation with nothing in it, doubled marks, a comma or stop on both sides of a closing mark,
  a comma directly behind an opening mark.

## Why it matters
The speaker's sentence falls apart into two that nobody said. It happens when a translation system
takes a bracket for the end of a segment.

## Example
Bad: “There is no bread. [imported] The flour comes too late,” the baker said.

Good: “There is no bread, [imported] flour comes too late,” the baker said.

## Not flagged
- Stage directions between sentences: [laughs], [applause], [pause].
- An insertion that begins a sentence: [The] council voted.
- Stop or comma inside or outside a closing mark: both are house styles.

## Source
Insertions in quotations: The Chicago Manual of Style, 17th ed., 13.59-60.

## Measured
MEASURED
"""

from __future__ import annotations

from collections.abc import Iterator

import regex

from mtqa.config import Settings
from mtqa.result import Severity
from mtqa.rules.rule import Hit, Rule
from mtqa.text.analysis import Analysis
from mtqa.text.document import Span

_INSERTION = regex.compile(
    r"[\p{L}\p{N}][\p{L}\p{M}\p{N}'’-]*+[.!?]\s\[(\p{Ll}[^\[\]\n.!?]{0,60})\]\s\p{Lu}[\p{L}\p{M}'’-]*+"
)
# What a transcript writes between two sentences (the commoner ones of the Corpus of Contemporary
# American English's spoken part), and words that would lead into the capital behind them.
_DIRECTION = regex.compile(
    r"\p{L}+(?:s|ing|ed)\b|applause|laughter|laugh|pause|silence|sic|inaudible|unintelligible"
    r"|crosstalk|expletive|redacted|deleted|break|music|gap|cough|sigh|smile|chuckle|translated"
    r"|the|an?|and|but|or|so|our|their|his|her|my|your|its|this|that|these|those|in|on|at|of|to"
    r"|from|by|for|with|as|when|if|while|because|since|after|before|former|then|said|he|she|they"
    r"|we|it|i|is|are|was|were|not",
    regex.IGNORECASE,
)
# Two stops of which only one can be right. (?!” and !”, are house styles, .”, is German.)
_COLLISION = regex.compile(r"(?:,[”\"],|,[”\"]\.(?!\.)|\.[”\"]\.(?!\.))(?=\s|\Z)")
_ABBREVIATED = regex.compile(r"(?:\p{L}\.)?\p{L}\.\Z|\b(?:Inc|Ltd|Corp|Co|Jr|Sr|etc|al|No|vs)\.\Z")
_DOUBLED = regex.compile(r"““|””|„„|««|»»")
_OPENS_ON_STOP = regex.compile(r"[“„]\s?(?:[,;]|\.(?=\s))")
_EMPTY = regex.compile(r"[\s,.;]*\Z")


def check(analysis: Analysis, settings: Settings) -> Iterator[Hit]:
    text = analysis.text
    quotations = analysis.quotations
    for match in _INSERTION.finditer(text):
        words = match.group(1).split()
        if len(words) > 4 or _DIRECTION.fullmatch(words[0]) or quotations.outermost_at(
            match.start()
        ) is None:
            continue
        yield Hit(
            span=Span(*match.span()),
            message=f"The stop before [{match.group(1)}] tears the quotation in two.",
        )
    paired = {pair.closing.start for pair in quotations.pairs}
    paired |= {pair.opening.start for pair in quotations.pairs}
    for pair in quotations.pairs:
        inside = text[pair.opening.end : pair.closing.start]
        if len(inside) < 4 and _EMPTY.match(inside) and "..." not in inside:
            yield Hit(span=Span(pair.start, pair.end), message="The quotation is empty.")
    if analysis.lang == "en":
        for match in _COLLISION.finditer(text):
            if _ABBREVIATED.search(text, max(0, match.start() - 6), match.start() + 1):
                continue
            if match.start() + 1 in paired:
                yield Hit(
                    span=Span(*match.span()),
                    message=f"Only one of the two stops in {match.group()} can be right.",
                )
    for match in _DOUBLED.finditer(text):
        if not (match.start() in paired and match.start() + 1 in paired):
            yield Hit(span=Span(*match.span()), message="The quotation mark stands twice.")
    if analysis.lang == "en":
        for match in _OPENS_ON_STOP.finditer(text):
            if not _EMPTY.match(match.group()[1:] + "x"):
                yield Hit(
                    span=Span(*match.span()),
                    message="A stop follows directly on the opening mark.",
                )


RULE = Rule(
    name="quote-broken",
    family="quote",
    category="Fluency/Punctuation",
    severity=Severity.MAJOR,
    check=check,
    documentation=__doc__,
)
