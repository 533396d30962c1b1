"""One quotation or statement is attributed twice.

What it finds
-------------
Two attributions of the same words to the same speaker: both behind a quotation, before and behind
it, or at the start and the end of a sentence that reports speech. The later one is reported, the
earlier one related to it. The speaker's name may be spelled in two ways, and a pronoun may stand
for it.

Why it matters
--------------
The repetition is a seam: two versions of one sentence were pasted together. One of them often
carries a wrong name.

Example
-------
Bad: “We sleep in the cars,” said Pavlo Hrytsenko, a farmer. Hrytsenko said.

Good: “We sleep in the cars,” said Pavlo Hrytsenko, a farmer.

Not flagged
-----------
- Two quotations, each with its attribution: “…,” said Ann Lee. “…,” she added.
- Speech within speech: Lee said Park said no.
- An attribution that goes on to report something else: “…,” Lee said. She said later that ….

Source
------
The verbs of saying: after VerbNet 3.4 (see `mtqa/text/data/reporting_verbs.toml`).

Measured
--------
Hits per 1,000 sentences (`python bench/rates.py --rule attribution-duplicated`): 0.8 and 0.1 on
machine translations (WMT21/22 and MQM 2020/21 news), none on 13,955 sentences of human news and
PUD. All 49 machine hits were read: 48 are right, and of one the clause is cut short. Of
attributions doubled in clean human documents in fourteen ways, 100 % are found (95 % interval 99.1
to 100), 98.3 % at exactly the right characters
(`python bench/planted.py --kind "attribution doubled"`).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from mtqa.config import Settings
from mtqa.result import Severity
from mtqa.rules.attribution.speakers import same_speaker
from mtqa.rules.rule import Hit, Rule
from mtqa.text.analysis import Analysis
from mtqa.text.attributions import Attribution, SpeakerKind, attribution_span


def check(analysis: Analysis, settings: Settings) -> Iterator[Hit]:
    """Second attributions of the same words to the same speaker."""
    text = analysis.text
    for first, second in pairwise(analysis.attributions):
        if not (second.closed and not second.before and _same_words(analysis, first, second)):
            continue
        if first.quotation is None and SpeakerKind.PRONOUN in (first.kind, second.kind):
            # Lee says it is so, she said: the pronoun may be somebody else's.
            opens = text[slice(*first.verb)].lower()
            if first.kind is not second.kind and opens != "according":
                continue
        if (
            first.kind is SpeakerKind.PRONOUN
            and second.kind is not SpeakerKind.PRONOUN
            and (text[slice(*second.verb)].lower() == "according")
        ):
            continue  # he said, according to the police: a report of a report
        # “…,” said Ann Lee. said the dentist.
        torn = second.alone and text[second.span.start].islower()
        if torn or same_speaker(first, second, text):
            yield Hit(
                span=attribution_span(analysis, second),
                message=(
                    f"“{text[slice(*second.span)]}” attributes again what "
                    f"“{text[slice(*first.span)]}” has attributed."
                ),
                related=(first.span,),
            )


def _same_words(analysis: Analysis, first: Attribution, second: Attribution) -> bool:
    if first.quotation is not None and first.quotation == second.quotation:
        return True
    # Reported speech: both in one sentence, with the words between them.
    return (
        first.before
        and first.quotation is None
        and second.quotation is None
        and analysis.sentence_at(first.span.start) == analysis.sentence_at(second.span.start)
    )


RULE = Rule(
    name="attribution-duplicated",
    family="attribution",
    category="Accuracy/Addition",
    severity=Severity.MAJOR,
    check=check,
    documentation=__doc__,
)
