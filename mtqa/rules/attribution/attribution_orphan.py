"""The tail of an attribution stands alone, with nothing to attribute.

What it finds
-------------
A sentence that is only a speaker and a verb of saying, behind a sentence that has an attribution
already or in the middle of a paragraph without quotation.

Why it matters
--------------
It is what is left of a quotation or of an attribution that was cut: either someone's words are
missing, or the words should not be there.

Example
-------
Bad: said Pavlo Hrytsenko, a farmer. Hrytsenko said.

Good: said Pavlo Hrytsenko, a farmer.

Not flagged
-----------
- A sentence beside a quotation: “Go away.” He said. / She said: “…”
- Verbs that need no object: He agreed. She explained.
- Idioms: Enough said.

Source
------
The verbs of saying: after VerbNet 3.4 (see `mtqa/text/data/reporting_verbs.toml`).

Measured
--------
Hits (`python bench/rates.py --rule attribution-orphan`): 1 on 88,944 sentences of machine
translation (WMT21/22 and MQM 2020/21 news), which is right, and none on 13,936 sentences of human
news and PUD. Attributions doubled as a sentence of their own are found by this rule or by
attribution-duplicated in 100 % of cases (`python bench/planted.py --kind "attribution doubled"`).
"""

from __future__ import annotations

from collections.abc import Iterator

from mtqa.config import Settings
from mtqa.result import Severity
from mtqa.rules.rule import Hit, Rule
from mtqa.text.analysis import Analysis
from mtqa.text.attributions import Attribution, SpeakerKind, attribution_span
from mtqa.text.document import Span

# Verbs that cannot stand without what was said.
_TRANSITIVE = frozenset("said says say told tells stated added according".split())
_IDIOMS = frozenset(
    "enough nuff well easier sooner least like as so being it nobody none everybody everyone who "
    "what".split()
)
_HEARERS = frozenset("me you him her it us them so".split())
_LONGEST = 12  # words


def check(analysis: Analysis, settings: Settings) -> Iterator[Hit]:
    """Sentences that are only the tail of an attribution."""
    previous: Attribution | None = None
    for attribution in analysis.attributions:
        if attribution.alone and _is_orphan(analysis, attribution, previous):
            yield Hit(
                span=attribution_span(analysis, attribution),
                message=f"“{analysis.text[slice(*attribution.span)]}” attributes nothing.",
            )
        previous = attribution


def _is_orphan(analysis: Analysis, attribution: Attribution, previous: Attribution | None) -> bool:
    text = analysis.text
    index = analysis.sentence_at(attribution.span.start)
    sentence = analysis.sentences[index]
    if len(analysis.words.within(*sentence)) > _LONGEST or text[sentence.end - 1] not in ".!?…":
        return False
    if _has_stray_bracket(analysis, sentence):
        return True
    if analysis.lang != "en" or text[slice(*attribution.verb)].lower() not in _TRANSITIVE:
        return False
    if text[slice(*attribution.speaker)].split()[0].lower() in _IDIOMS:
        return False
    if text[slice(*attribution.span)].split()[-1].lower() in _HEARERS:
        return False  # Nobody told us.
    if index == 0:
        return False
    before = analysis.sentences[index - 1]
    if analysis.paragraph_at(sentence.start) != analysis.paragraph_at(before.start):
        return False
    if (
        analysis.quotations.outermost_at(before.end - 1) is not None
        or text[before.end - 1] in ":,;"
    ):
        return False
    if previous is not None and previous.closed and previous.span.end > before.start:
        return True  # the sentence before has its attribution already
    following = text[sentence.end : sentence.end + 4].lstrip()[:1]
    return attribution.kind is not SpeakerKind.PRONOUN and following not in tuple("“\"„«‘'「")


def _has_stray_bracket(analysis: Analysis, sentence: Span) -> bool:
    return any(
        sentence.start < bracket.span.start < sentence.end - 1
        for bracket in analysis.quotations.unpaired_brackets
    )


RULE = Rule(
    name="attribution-orphan",
    family="attribution",
    category="Fluency/Grammar",
    severity=Severity.MAJOR,
    check=check,
    documentation=__doc__,
)
