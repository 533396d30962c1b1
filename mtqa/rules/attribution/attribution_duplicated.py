"""One quotation or statement is attributed twice.

What it finds
-------------
Two attributions of the same words to the same speaker: both behind a quotation, before and behind
it, or at the start and the end of a sentence that reports speech. The later one is reported, the
earlier one related to it. The speaker's name may be spelled in two ways, and a pronoun may stand
for it. A second verb of saying round one speaker (*said Ann Lee told reporters*) counts too.

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
- A stance before the quotation and its verb behind it: Lee agreed: “…,” she wrote.
- Speech within speech: Lee said Park said no.
- An attribution that goes on to report something else: “…,” Lee said. She said later that ….

Source
------
The verbs of saying: after VerbNet 3.4 (see `mtqa/text/data/reporting_verbs.toml`).

Measured
--------
Hits per 1,000 sentences (`python bench/rates.py --rule attribution-duplicated`): 0.8 and 0.1 on
machine translations (WMT21/22 and MQM 2020/21 news), none on 13,936 sentences of human news and
PUD. All 49 machine hits were read: 48 are right, and of one the clause is cut short. Of
attributions doubled in clean human documents in fourteen ways, 100 % are found (95 % interval 98.8
to 100), 98.4 % at exactly the right characters
(`python bench/planted.py --kind "attribution doubled"`).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import regex

from mtqa.config import Settings
from mtqa.result import Severity
from mtqa.rules.attribution.speakers import same_speaker
from mtqa.rules.rule import Hit, Rule
from mtqa.text.analysis import Analysis
from mtqa.text.attributions import Attribution, SpeakerKind, attribution_span
from mtqa.text.document import Span

# Who agrees may be quoted in the next breath: Tess agreed: “…,” she wrote.
_STANCES = frozenset(
    "agreed agrees disagreed disagrees objected objects concurred concurs consented".split()
)
_SEAMS = frozenset({",", ""})
# Who passes on what somebody has said: Lee said, the agency said.
_REPORTERS = frozenset(
    "agency newspaper paper report reports statement broadcaster channel network ministry police "
    "department court station website magazine office company embassy bbc guardian times post "
    "spokesman spokeswoman spokesperson lawyer reporter source sources document documents filing "
    "complaint indictment prosecutors prosecutor authorities officials government study".split()
)
_SAYING = r"(?:said|says|told|tells|added|adds|stated|explained|noted|stressed)"
_VERB = regex.compile(rf"\b{_SAYING}\b")
# , who leads the union, told reporters.
_TAIL = regex.compile(
    r",\s(?:an?|the|who|whose|his|her|one|\d+)(?:\s[^\s,;:()“”\"«»„‘.!?]++){1,20},\s"
    r"(?P<again>(?:said|says|told|tells)(?:\s[^\s,;:()“”\"«»„‘.!?]++){0,4})(?=\.(?:\s|\Z))"
)
_BRACKETED = regex.compile(
    rf"[,.]?\s(?P<again>\((?P<name>\p{{Lu}}[\p{{L}}\p{{M}}'’-]++)\)\s{_SAYING}\b"
    rf"(?:\s[^\s,;:()“”\"«»„‘.!?]++){{0,4}})(?=[.,])"
)


def check(analysis: Analysis, settings: Settings) -> Iterator[Hit]:
    """Second attributions of the same words to the same speaker."""
    text = analysis.text
    yield from _second_verbs(analysis)
    for first, second in pairwise(analysis.attributions):
        if not (second.closed and not second.before and _same_words(analysis, first, second)):
            continue
        if first.quotation is None and SpeakerKind.PRONOUN in (first.kind, second.kind):
            # Lee says it is so, she said: the pronoun may be somebody else's.
            opens = text[slice(*first.verb)].lower()
            if first.kind is not second.kind and opens != "according":
                continue
        if (
            first.before
            and second.kind is SpeakerKind.PRONOUN
            and text[slice(*first.verb)].lower() in _STANCES
        ):
            continue  # Tess agreed: “…,” she wrote.
        if (
            first.kind is SpeakerKind.PRONOUN
            and second.kind is not SpeakerKind.PRONOUN
            and (text[slice(*second.verb)].lower() == "according")
        ):
            continue  # he said, according to the police: a report of a report
        # “…,” said Ann Lee. said the dentist.
        torn = second.alone and text[second.span.start].islower()
        if torn or same_speaker(first, second, text) or _described_again(first, second, text):
            yield Hit(
                span=attribution_span(analysis, second),
                message=(
                    f"“{text[slice(*second.span)]}” attributes again what "
                    f"“{text[slice(*first.span)]}” has attributed."
                ),
                related=(first.span,),
            )


def _described_again(first: Attribution, second: Attribution, text: str) -> bool:
    """Lee promised, the minister promised: the same verb, directly behind, of a person."""
    speaker = text[slice(*second.speaker)].lower().split()
    return (
        first.quotation is not None
        and not first.before
        and first.kind is SpeakerKind.NAME
        and second.kind is SpeakerKind.NOUN
        and text[slice(*first.verb)] == text[slice(*second.verb)]
        and text[first.span.end : second.span.start].strip() in _SEAMS
        and len(speaker) == 2
        and speaker[0] == "the"
        and speaker[-1] not in _REPORTERS
    )


def _second_verbs(analysis: Analysis) -> Iterator[Hit]:
    """A second verb of saying round the speaker of a quotation.

    Said Ann Lee told reporters. / said Ann Lee, who leads the union, said. / Lee said, (Lee) said.
    """
    if analysis.lang != "en":
        return
    text = analysis.text
    for attribution in analysis.attributions:
        if attribution.quotation is None or attribution.before:
            continue
        speaker, verb, end = attribution.speaker, attribution.verb, attribution.span.end
        inverted = verb.end <= speaker.start
        again = _VERB.search(text, *speaker) if inverted else None
        if again is not None and all(
            word[0].isupper() for word in text[speaker.start : again.start()].split()
        ):
            yield _second(analysis, Span(verb.start, again.end()), attribution)
            continue
        tail = _TAIL.match(text, speaker.end) if inverted else None
        if tail is not None:
            yield _second(analysis, Span(*tail.span("again")), attribution)
            continue
        bracket = _BRACKETED.match(text, end)
        if bracket is not None and bracket["name"] in text[slice(*speaker)].split():
            yield _second(analysis, Span(*bracket.span("again")), attribution)


def _second(analysis: Analysis, span: Span, first: Attribution) -> Hit:
    text = analysis.text
    return Hit(
        span=span,
        message=f"“{text[slice(*span)]}” has one verb of saying too many.",
        related=() if span.start <= first.span.start else (first.span,),
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
