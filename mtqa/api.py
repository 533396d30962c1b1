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
    from mtqa.sources import Align
    from mtqa.text.document import Document, Segment
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
        source: what it translates, with as many lines, line N rendered by line N (or, with the
            setting ``align = "sentence"``, of any number); None: the translation alone.
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
    from mtqa.pipeline import check_document, explain_need
    from mtqa.text.document import Document, Source
    from mtqa.text.language import detect_language

    settings = _settle(settings, target_lang, source_lang, qe)
    document = Document(_NAME, text, settings.target_lang or detect_language(text))
    if source is not None:
        lang = settings.source_lang or detect_language(source)
        document = replace(
            document,
            source=Source(source, lang, _NAME),
            segments=_pair(document, Document(_NAME, source, lang), settings),
        )
    scorer = _scorer_of(settings) if settings.qe else None
    if scorer and scorer.info.needs_source and source is None:
        raise ConfigError(explain_need(scorer.info))
    result, problems = check_document(document, settings, scorer=scorer)
    if problems:
        raise RuntimeError("; ".join(problem.message for problem in problems))
    return result


def _pair(document: Document, source: Document, settings: Settings) -> tuple[Segment, ...]:
    """What of a text renders what of its source: line by line, or as the settings say."""
    from mtqa.formats.plain import Unreadable
    from mtqa.text.lines import explain_mismatch, pair_lines, split_lines

    if settings.align == "sentence":
        try:
            return _aligner(settings.device)(document, source)
        except Unreadable as error:
            raise ConfigError(f"the text {error.message}") from error
    own, other = split_lines(document.text), split_lines(source.text)
    if len(own) != len(other):
        raise ConfigError(f"the text {explain_mismatch(own, other, 'text')}")
    return pair_lines(document.text, source.text)


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
    return _scorer_of(settings or Settings()).score(translations, sources)


def _scorer_of(settings: Settings) -> Scorer:
    return _load(settings.model, settings.device, settings.batch_size, settings.cache)


@cache
def _aligner(device: str | None) -> Align:
    from mtqa.sources import aligner

    return aligner(Settings(device=device))


@cache
def _load(model: str | None, device: str | None, batch_size: int, cached: bool) -> Scorer:
    """A model, which stays in memory: a program checks more than one text."""
    from mtqa.qe.cache import open_scorer
    from mtqa.qe.models import find_model

    return open_scorer(find_model(model), device, batch_size, cached=cached)


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
