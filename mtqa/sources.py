"""The sources of the texts that are checked: which file holds which, and what renders what."""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from mtqa.config import ConfigError, Settings
from mtqa.formats.files import STDIN, display
from mtqa.formats.plain import Unreadable
from mtqa.qe.models import ModelError
from mtqa.result import name_fault
from mtqa.text.analysis import Analysis
from mtqa.text.document import Document, Segment, Source
from mtqa.text.lines import explain_mismatch, pair_lines, split_lines

if TYPE_CHECKING:
    from mtqa.qe.align import Encode

# What reads the document of a path, under settings, by some name.
Open = Callable[[str, Settings, str], Document]

# What finds the parts of a document and of its source that render each other.
Align = Callable[[Document, Document], tuple[Segment, ...]]

_ALIGN = "give files that pair up, or have their sentences aligned (--align sentence)"


def pair_sources(names: Sequence[str], sources: Sequence[str]) -> dict[str, str]:
    """The source of each file, by its path as `find_files` gives it.

    Raises:
        ConfigError: they do not go together.
    """
    if not sources:
        return {}
    if len(sources) != len(names):
        raise ConfigError(
            f"{len(names):,} paths but {len(sources):,} source files; give one --source for each "
            "file, in the same order"
        )
    if [*names, *sources].count(STDIN) > 1:
        raise ConfigError("standard input (-) can be read only once; name a file instead")
    for name in names:
        if os.path.isdir(name) or (glob.has_magic(name) and not os.path.lexists(name)):
            raise ConfigError(
                f"{name}: --source goes with single files, not with folders or patterns; "
                "name the files"
            )
    paired: dict[str, str] = {}
    for name, source in zip(names, sources, strict=True):
        path = name if name == STDIN else Path(name).as_posix()
        if paired.setdefault(path, source) != source:
            raise ConfigError(f"{name}: is given twice with different sources; give it once")
    return paired


def aligner(settings: Settings) -> Align:
    """What aligns the sentences of two documents; the encoder is loaded once, when it is needed."""

    @cache
    def encoder() -> Encode:
        from mtqa.qe.encoder import SentenceEncoder

        return SentenceEncoder(settings.device)

    def align(document: Document, source: Document) -> tuple[Segment, ...]:
        from mtqa.qe.align import Unrelated, align_texts

        try:
            return align_texts(Analysis(document), Analysis(source), encoder())
        except ModelError as error:
            raise Unreadable(f"cannot be aligned: {error}") from None
        except Unrelated as error:
            raise Unreadable(str(error)) from None
        except Exception as error:  # a fault of ours, which other files need not suffer for
            raise Unreadable(f"cannot be aligned: {name_fault(error)}; please report it") from error

    return align


def join_source(
    document: Document, path: str, settings: Settings, align: Align | None, open: Open
) -> Document:
    """``document`` with the source that stands in the file ``path``.

    Plain text pairs up line by line; where either has a format that tells its paragraphs or units,
    these do.

    Args:
        document: the translation.
        path: the file.
        settings: how to read it.
        align: finds what renders what instead.
        open: reads it.

    Raises:
        Unreadable: the source cannot be read, has another number of lines or paragraphs, or stands
            in the document's own file already; or the model that aligns cannot be had.
    """
    name = display(path)
    if document.source is not None:
        raise Unreadable("holds its own source; leave --source out")
    theirs = replace(
        settings, target_lang=settings.source_lang, source_lang=None, input_format=None
    )
    try:
        other = open(path, theirs, name)
    except Unreadable as error:
        raise Unreadable(error.message, error.byte, path=name) from None
    if align:
        segments = align(document, other)
    elif document.paragraphs is None and other.paragraphs is None:
        own_lines, other_lines = split_lines(document.text), split_lines(other.text)
        if len(own_lines) != len(other_lines):
            raise Unreadable(explain_mismatch(own_lines, other_lines, name, advice=_ALIGN))
        segments = pair_lines(document.text, other.text)
    else:
        own, others = Analysis(document).paragraphs, Analysis(other).paragraphs
        if len(own) != len(others):
            raise Unreadable(
                f"has {len(own):,} paragraphs but its source {name} has {len(others):,}; {_ALIGN}"
            )
        segments = tuple(map(Segment, own, others))
    source = Source(other.text, other.lang, name, other.encoding, other.declared)
    return replace(document, source=source, segments=segments)
