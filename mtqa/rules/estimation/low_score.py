"""A sentence that the quality-estimation model scores under its bar.

What it finds
-------------
A sentence whose score is at or below the bar. The score runs from 0 to 1 and reads as the direct
assessment, out of 100, that people are expected to give the sentence. The bar is the model's own,
or `low-score` under `[thresholds]` in the configuration. The span is the sentence.

Why it matters
--------------
A sentence can be free of every defect that has a name and still say nothing, or something else
than its source. Where there is no time to read all of a translation, these sentences come first.

Example
-------
Bad: The fire brigade has the in night on Monday extinguished of the roof burned to.

Good: The fire brigade put out the burning roof on Monday night.

Not flagged
-----------
A sentence that was scored in part because it is too long for the model; one that holds no letter
and no digit, which has no score; anything when there is no bar, and under `--no-qe`. The model's
own bar was chosen on whole sentences in English, so it holds for no other language, and for no line
of one to three words (headings, names, picture credits); a bar that the configuration sets holds
for all.

Source
------
MQM, Accuracy: direct assessment asks first how much of the meaning a translation keeps, and a low
score does not tell in which way it fails. The score: Graham et al. 2013, *Continuous measurement
scales in human evaluation of machine translation*; the model's card tells its data. The finding is
minor because the model reads the translation alone: it raises a doubt and proves nothing.

Measured
--------
The bar is the highest at which at least 80 % of the sentences under it had been judged below
50 out of 100, on the development data of the model's card; it flags 15 % of them with the source
and 7 % without.
It is preview because on whole documents, without the source, it does not tell machine from man:
no hits on human-written news (GUM) and PUD, 9.3 per 1,000 sentences on human and 2.6 on
machine translations of WMT news (60 documents each), by
`python bench/rates.py --qe --rule estimation --systems 1 --limit 60`. Eight hits on human
translations were read of an earlier version of the model: sound sentences, short or colloquial ones
most of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from mtqa.config import Settings
from mtqa.result import Severity
from mtqa.rules.rule import Hit, Rule
from mtqa.text.analysis import Analysis

# The share of sentences under the bar that people judged low, for which the bar was chosen.
_PRECISION = 0.8

# Words of the shortest sentence that the model's own bar is fit for.
_SHORTEST = 4


def check(analysis: Analysis, settings: Settings) -> Iterator[Hit]:
    """Sentences with a score at or below the bar."""
    estimates = analysis.estimates
    if estimates is None or estimates.low_score is None:
        return
    bar = estimates.low_score
    shortest = 0 if "low-score" in settings.thresholds else _SHORTEST
    for sentence, segment in zip(analysis.sentences, estimates.segments, strict=True):
        if segment.score is None or segment.truncated or segment.score > bar:
            continue
        if len(analysis.words.within(*sentence)) < shortest:
            continue
        yield Hit(
            span=sentence,
            message=f"The model gives this sentence {segment.score:.2f}; the bar is {bar:.2f}.",
            confidence=_PRECISION,
        )


RULE = Rule(
    name="low-score",
    family="estimation",
    category="Accuracy",
    severity=Severity.MINOR,
    check=check,
    documentation=__doc__,
    preview=True,
)
