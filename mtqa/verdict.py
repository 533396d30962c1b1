"""Whether a check passes."""

from __future__ import annotations

from collections.abc import Iterator

from mtqa.config import ConfigError, Settings
from mtqa.result import Result, Severity

_LISTED = 10  # sentences under the bar that are named


def require_scores(settings: Settings) -> None:
    """See that scores are there to be judged where a bar is set for them.

    Raises:
        ConfigError: they are not.
    """
    if not settings.qe:
        for name, bar in (
            ("min-score", settings.min_score),
            ("min-sentence-score", settings.min_sentence_score),
        ):
            if bar:
                raise ConfigError(
                    f"{name} needs scores; leave out --no-qe (or qe = false), or set --{name} 0"
                )


def passes(result: Result, settings: Settings) -> bool:
    """Is there nothing over the bars that ``settings`` set?"""
    findings = result.count_at_least(Severity(settings.fail_on))
    return findings <= settings.max_findings and not any(explain_scores(result, settings))


def explain_scores(result: Result, settings: Settings) -> Iterator[str]:
    """A sentence for each score that fails the check; what has no score fails nothing."""
    for document in result.documents:
        if (
            settings.min_score
            and document.score is not None
            and document.score < settings.min_score
        ):
            yield (
                f"{document.document.path}: its mean score {document.score:.2f} is under "
                f"{settings.min_score:g}"
            )
    if not settings.min_sentence_score:
        return
    low = sorted(
        (segment.score, number, index)
        for number, document in enumerate(result.documents)
        for index, segment in enumerate(document.scores or ())
        if segment.score is not None and segment.score < settings.min_sentence_score
    )
    for score, number, index in low[:_LISTED]:
        document = result.documents[number]
        line, column = document.position(document.sentences[index].start)
        yield (
            f"{document.document.path}:{line}:{column}: the score {score:.2f} of the sentence is "
            f"under {settings.min_sentence_score:g}"
        )
    if len(low) > _LISTED:
        yield f"{len(low) - _LISTED:,} more sentences score under {settings.min_sentence_score:g}"
