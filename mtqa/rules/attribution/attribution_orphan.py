"""The tail of an attribution stands alone, with nothing to attribute.

## What it finds
A sentence that is only a speaker and a verb of saying, behind a sentence that has an attribution
already or in the middle of a paragraph without quotation.

## Why it matters
It is what is left of a quotation or of an attribution that was cut: either someone's words are
missing, or the words should not be there.

## Example
Bad: said Pavlo Hrytsenko, a farmer. Hrytsenko said.

Good: said Pavlo Hrytsenko, a farmer.

## Not flagged
- A sentence beside a quotation: “Go away.” He said. / She said: “…”
- Verbs that need no object: He agreed. She explained.
- Idioms: Enough said.

## Source
The verbs of saying: VerbNet 3.4, class say-37.7.

## Measured
MEASURED
"""

from __future__ import annotations

from collections.abc import Iterator

from mtqa.config import Settings
from mtqa.result import Severity
from mtqa.rules.attribution.attribution_duplicated import attribution_span
from mtqa.rules.rule import Hit, Rule
from mtqa.text.analysis import Analysis
from mtqa.text.attributions import Attribution, SpeakerKind

# Verbs that cannot stand without what was said.
_TRANSITIVE = frozenset("said says say told tells stated added".split())
_IDIOMS = frozenset("enough nuff well easier sooner least like as so being it".split())
_LONGEST = 12  # words


def check(analysis: Analysis, settings: Settings) -> Iterator[Hit]:
    if analysis.lang != "en":
        return
    previous: Attribution | None = None
    for attribution in analysis.attributions:
        if attribution.alone and _is_orphan(analysis, attribution, previous):
            yield Hit(
                span=attribution_span(analysis, attribution),
                message=f"“{analysis.text[slice(*attribution.span)]}” attributes nothing.",
            )
        previous = attribution


def _is_orphan(
    analysis: Analysis, attribution: Attribution, previous: Attribution | None
) -> bool:
    text = analysis.text
    index = analysis.sentence_at(attribution.span.start)
    sentence = analysis.sentences[index]
    if len(analysis.words.within(*sentence)) > _LONGEST:
        return False
    if text[slice(*attribution.verb)].lower() not in _TRANSITIVE:
        return False
    if text[slice(*attribution.speaker)].split()[0].lower() in _IDIOMS:
        return False
    if index == 0 or analysis.paragraph_at(sentence.start) != analysis.paragraph_at(
        analysis.sentences[index - 1].start
    ):
        return False
    quotations = analysis.quotations
    before = analysis.sentences[index - 1]
    if quotations.outermost_at(before.end - 1) is not None or text[before.end - 1] in ":,;":
        return False
    if text[sentence.end - 1] not in ".!?…":
        return False
    following = text[sentence.end : sentence.end + 4].lstrip()
    if following[:1] in tuple("“\"„«‘'「"):
        return False
    # After a sentence with an attribution of its own, or with the rest of a bracket or name.
    ends_attribution = previous is not None and previous.closed and previous.span.end > before.start
    return ends_attribution or attribution.kind is not SpeakerKind.PRONOUN


RULE = Rule(
    name="attribution-orphan",
    family="attribution",
    category="Fluency/Grammar",
    severity=Severity.MAJOR,
    check=check,
    documentation=__doc__,
)
