"""Whether a check passes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from mtqa.result import DocumentResult, Result


class Shortfall(NamedTuple):
    """A score that fails the check.

    Attributes:
        document: whose it is.
        sentence: index of the sentence; None: it is the mean of the document.
        score: 0 to 1.
        bar: what it is under.
    """

    document: DocumentResult
    sentence: int | None
    score: float
    bar: float

    @property
    def message(self) -> str:
        """What is wrong, to be read after the place."""
        if self.sentence is None:
            return f"its mean score {self.score:.2f} is under {self.bar:g}"
        return f"the score {self.score:.2f} of the sentence is under {self.bar:g}"


def passes(result: Result) -> bool:
    """Is there nothing over the bars of the check?"""
    findings = result.count_at_least(result.fail_on)
    return findings <= result.max_findings and next(find_shortfalls(result), None) is None


def find_shortfalls(result: Result) -> Iterator[Shortfall]:
    """The scores under the bars, in order of the texts; what has no score fails nothing."""
    for document in result.documents:
        judged = document.judged
        score = document.score
        if score is not None and score < result.min_score and (judged is None or judged):
            yield Shortfall(document, None, score, result.min_score)
        for index, segment in enumerate(document.scores or ()):
            if (
                segment.score is not None
                and segment.score < result.min_sentence_score
                and (judged is None or index in judged)
            ):
                yield Shortfall(document, index, segment.score, result.min_sentence_score)
