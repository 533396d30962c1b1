"""The Python interface: texts in, typed results out.

What is heavy (the rules, torch) is imported by the first call, not by ``import mtqa``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from mtqa.config import ConfigError, Settings, parse_language

if TYPE_CHECKING:
    from mtqa.qe.models import Scorer
    from mtqa.result import DocumentResult, Result
    from mtqa.text.estimates import SegmentScore

_NAME = "<text>"


def check(
    text: str,
    source: str | None = None,
    *,
    target_lang: str | None = None,
    source_lang: str | None = None,
    qe: bool = True,
    settings: Settings | None = None,
) -> DocumentResult:
    """Check one translated text.

    Args:
        text: the translation; a paragraph a line.
        source: what it translates, with as many lines, line N rendered by line N; None: the
            translation alone.
        target_lang: language code of the text; None: detected.
        source_lang: language code of the source; None: detected.
        qe: score each sentence with the quality-estimation model; the first call loads it.
        settings: everything else, as in a configuration file; its ``target_lang``,
            ``source_lang`` and ``qe`` hold where the arguments say nothing.

    Returns:
        Findings, sentences and scores. Offsets count code points of ``text``.

    Raises:
        ConfigError: the settings name something that does not exist, the source has another
            number of lines, or the model cannot be had.
        RuntimeError: a rule failed, which is a fault of mtqa or of the rule's package.
    """
    from mtqa.pipeline import check_document
    from mtqa.text.document import Document, Source
    from mtqa.text.language import detect_language
    from mtqa.text.lines import explain_mismatch, pair_lines, split_lines

    settings = _settle(settings, target_lang, source_lang, qe)
    document = Document(_NAME, text, settings.target_lang or detect_language(text))
    if source is not None:
        own, other = split_lines(text), split_lines(source)
        if len(own) != len(other):
            raise ConfigError(f"the text {explain_mismatch(own, other, 'text')}")
        document = replace(
            document,
            source=Source(source, settings.source_lang or detect_language(source), _NAME),
            segments=pair_lines(text, source),
        )
    scorer = _scorer_of(settings, source is not None) if settings.qe else None
    result, problems = check_document(document, settings, scorer=scorer)
    if problems:
        raise RuntimeError("; ".join(problem.message for problem in problems))
    return result


def check_files(paths: Sequence[str], *, settings: Settings | None = None) -> Result:
    """Check files, folders and patterns, as ``mtqa check`` does.

    Args:
        paths: what to check.
        settings: what to run and how; None: those of the configuration that holds where the
            files are.

    Returns:
        All documents; what could not be read stands under ``problems``.

    Raises:
        ConfigError: the settings cannot be used.
    """
    from mtqa.config import find_settings
    from mtqa.formats.files import common_folder
    from mtqa.pipeline import check_files as run

    return run(paths, settings or find_settings(common_folder(paths)))


def score(
    translations: Sequence[str],
    sources: Sequence[str] | None = None,
    *,
    settings: Settings | None = None,
) -> list[SegmentScore]:
    """Score segments.

    Args:
        translations: their texts; an empty one scores 0, with the reason.
        sources: the source of each; None: the translations alone.
        settings: ``model``, ``device``, ``batch_size`` and ``cache`` hold here.

    Returns:
        One for each, in order: the score from 0 to 1, higher is better, and the chance of each
        word to be wrong.

    Raises:
        ConfigError: the model cannot be had, or there are not as many sources as translations.
    """
    if sources is not None and len(sources) != len(translations):
        raise ConfigError(
            f"{len(translations):,} translations but {len(sources):,} sources; give one for each"
        )
    scorer = _scorer_of(settings or Settings(), sources is not None)
    return scorer.score(translations, sources)


def _scorer_of(settings: Settings, sourced: bool) -> Scorer:
    return _load(settings.model, settings.device, settings.batch_size, settings.cache, sourced)


@cache
def _load(
    model: str | None, device: str | None, batch_size: int, cached: bool, sourced: bool
) -> Scorer:
    """A model, which stays in memory: a program checks more than one text."""
    from mtqa.pipeline import find_scorer

    wanted = Settings(model=model, device=device, batch_size=batch_size, cache=cached)
    return find_scorer(wanted, sourced=sourced)


def _settle(
    settings: Settings | None, target_lang: str | None, source_lang: str | None, qe: bool
) -> Settings:
    settings = settings or Settings()
    return replace(
        settings,
        target_lang=parse_language(target_lang) if target_lang else settings.target_lang,
        source_lang=parse_language(source_lang) if source_lang else settings.source_lang,
        qe=qe and settings.qe,
    )
