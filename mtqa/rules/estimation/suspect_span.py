"""Words that the quality-estimation model takes to be wrong.

What it finds
-------------
Words whose probability of being wrong is at or above the bar, in a sentence whose score is at or
below the bar of `low-score`; neighbours are one finding, and marks between them belong to it if
they are suspect, too. The bar is the model's own, or `suspect-span` under `[thresholds]` in the
configuration; that one holds whatever the sentence scores. The message and the confidence give the
probability, of several words the highest.

Why it matters
--------------
It tells where in a doubtful sentence to look.

Example
-------
Bad: The striker has into the *entrance of the door* the ball shot with foot.

Good: The striker shot the ball into the goal.

Not flagged
-----------
Punctuation alone, at either end of the span too; anything when the model judges no words or there
is no bar, and under `--no-qe`. Without the source a model takes many a rare word of a good sentence
for wrong, so its own bar holds in sentences alone that it scores low; and it was chosen on
translations into English, so it holds for no other language. A bar that the configuration sets
holds for all.

Source
------
MQM, Accuracy/Mistranslation, the category that annotators of translated news mark most often
(Freitag et al. 2021, *Experts, errors, and context*). Word labels: those of MLQE-PE (Fomicheva et
al. 2022), where a word is wrong if a post-editor had to change it; the model's card tells its data.

Measured
--------
The bar is the lowest at which at least 80 % of the words above it were wrong, on the development
data of the model's card; it flags 23 % of them with the source and 13 %
without.
It is preview because on whole documents, without the source, it does not tell machine from man:
no hits on human-written news (GUM) and PUD, 16 per 1,000 sentences on human and 3.9 on
machine translations of WMT news (60 documents each), by
`python bench/rates.py --qe --rule estimation --systems 1 --limit 60`. Its hits stand in the
sentences of `low-score`, which were mostly sound.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mtqa.config import Settings
from mtqa.result import Severity
from mtqa.rules.rule import Hit, Rule
from mtqa.text.analysis import Analysis
from mtqa.text.document import Span
from mtqa.text.estimates import WordRisk
from mtqa.text.lines import shorten

# Characters of a span that the message quotes.
_QUOTED = 60


def check(analysis: Analysis, settings: Settings) -> Iterator[Hit]:
    """Runs of words at or above the bar."""
    estimates = analysis.estimates
    if estimates is None or estimates.suspect_word is None:
        return
    text = analysis.text
    everywhere = "suspect-span" in settings.thresholds
    for sentence, segment in zip(analysis.sentences, estimates.segments, strict=True):
        if not (everywhere or _is_doubtful(segment.score, estimates.low_score)):
            continue
        for run in _runs(text, sentence.start, segment.words, estimates.suspect_word):
            span = Span(sentence.start + run[0].start, sentence.start + run[-1].end)
            risk = min(1.0, max(word.probability for word in run))
            yield Hit(
                span=span,
                message=f"“{shorten(text[slice(*span)], _QUOTED)}” is probably wrong ({risk:.2f}).",
                confidence=risk,
            )


def _is_doubtful(score: float | None, bar: float | None) -> bool:
    return score is not None and bar is not None and score <= bar


def _runs(
    text: str, start: int, words: Sequence[WordRisk], bar: float
) -> Iterator[Sequence[WordRisk]]:
    """Suspect words that follow on one another, each run without marks at its ends.

    Args:
        text: the document.
        start: offset of the sentence in it.
        words: words and marks of the sentence.
        bar: probability from which one is suspect.
    """
    run: list[WordRisk] = []
    size = 0  # of the run up to its last word
    for word in words:
        if word.probability < bar:
            if size:
                yield run[:size]
            run, size = [], 0
        elif any(map(str.isalnum, text[start + word.start : start + word.end])):
            run.append(word)
            size = len(run)
        elif run:
            run.append(word)
    if size:
        yield run[:size]


RULE = Rule(
    name="suspect-span",
    family="estimation",
    category="Accuracy/Mistranslation",
    severity=Severity.MINOR,
    check=check,
    documentation=__doc__,
    preview=True,
)
