"""Scores of text files: segments, one score each, and what they come to per file and over all."""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple

from mtqa.config import ConfigError, Settings
from mtqa.formats.files import STDIN, find_files, read_file
from mtqa.formats.plain import Decoded, Unreadable
from mtqa.qe.models import Scorer
from mtqa.qe.sentences import score_sentences
from mtqa.result import Problem
from mtqa.text.estimates import SegmentScore
from mtqa.text.language import detect_language
from mtqa.text.lines import explain_mismatch, split_lines
from mtqa.text.sentences import find_paragraphs, split_sentences

Unit = Literal["line", "sentence"]

# Segments scored at once: some seconds of work, and enough of each length to fill batches.
CHUNK = 512

# Draws of the bootstrap (Koehn 2004 takes 1,000) and where its chance begins.
ROUNDS = 1000
SEED = 12345


class Segment(NamedTuple):
    """A segment that has been scored.

    Attributes:
        path: its file, as the user named it, with forward slashes.
        line: the line, from 1, on which it begins.
        source: its source, or None.
        translation: its text.
        estimate: what the model says of it.
    """

    path: str
    line: int
    source: str | None
    translation: str
    estimate: SegmentScore


@dataclass
class Tally:
    """What a file's scores come to.

    Attributes:
        path: the file, as in `Segment`.
        source: its source file, or None.
        segments: number of its segments.
        truncated: how many of them were longer than the model reads.
        scores: the scores of those that have one.
    """

    path: str
    source: str | None = None
    segments: int = 0
    truncated: int = 0
    scores: array[float] = field(default_factory=lambda: array("d"))

    def add(self, estimate: SegmentScore) -> None:
        """Count a segment in."""
        self.segments += 1
        self.truncated += estimate.truncated
        if estimate.score is not None:
            self.scores.append(estimate.score)


class Mean(NamedTuple):
    """A mean with its 95 % interval, by the percentile bootstrap over segments."""

    value: float
    low: float
    high: float


class Scoring:
    """Files being scored; what it has met is known as far as `chunks` has been read.

    Args:
        paths: files, ``-`` for standard input.
        scorer: the model.
        settings: ``max_file_size`` and ``target_lang`` hold here.
        sources: a source file for each of the paths, in their order; none: translations alone.
        unit: what a segment is.

    Attributes:
        tallies: of the files scored so far.
        problems: files that could not be scored, so far.
        guessed: (path, encoding) of the files whose encoding had to be guessed, so far.
        progress: share of the files that is done.
        finished: all files have been gone through.

    Raises:
        ConfigError: the files do not go together.
    """

    def __init__(
        self,
        paths: Sequence[str],
        scorer: Scorer,
        settings: Settings,
        *,
        sources: Sequence[str] = (),
        unit: Unit = "line",
    ) -> None:
        _refuse(paths, sources, unit)
        self._pairs: list[tuple[str, str | None]] = (
            list(zip(paths, sources, strict=True)) if sources else [(path, None) for path in paths]
        )
        self._scorer = scorer
        self._settings = settings
        self._unit = unit
        self.tallies: list[Tally] = []
        self.problems: list[Problem] = []
        self.guessed: list[tuple[str, str]] = []
        self.progress = 0.0
        self.finished = False

    def chunks(self) -> Iterator[list[Segment]]:
        """Score file after file, some segments at a time, in order."""
        for done, (path, source) in enumerate(self._pairs):
            lines = self._read_pair(path, source)
            if lines is not None:
                tally = Tally(_display(path), source and _display(source))
                for at in range(0, len(lines), CHUNK):
                    segments = self._score(tally.path, lines[at : at + CHUNK])
                    for segment in segments:
                        tally.add(segment.estimate)
                    share = min(1.0, (at + CHUNK) / len(lines))
                    self.progress = (done + share) / len(self._pairs)
                    yield segments
                self.tallies.append(tally)
            self.progress = (done + 1) / len(self._pairs)
        self.finished = True

    def _score(self, path: str, lines: Sequence[_Line]) -> list[Segment]:
        texts = [line.translation for line in lines]
        if self._unit == "sentence":
            estimates = score_sentences(texts, self._scorer)
        else:
            sources = [line.source for line in lines if line.source is not None]
            estimates = self._scorer.score(texts, sources or None)
        return [
            Segment(path, line.number, line.source, line.translation, estimate)
            for line, estimate in zip(lines, estimates, strict=True)
        ]

    def _read_pair(self, path: str, source: str | None) -> list[_Line] | None:
        """The segments of a file with those of its source; None when they cannot be had."""
        text = self._read(path)
        source_text = self._read(source) if source is not None else None
        if text is None or (source is not None and source_text is None):
            return None
        if self._unit == "sentence":
            lang = self._settings.target_lang or detect_language(text)
            return [_Line(number, sentence) for number, sentence in _split(text, lang)]
        translations = split_lines(text)
        if source is None or source_text is None:
            return [_Line(number, line) for number, line in enumerate(translations, 1)]
        originals = split_lines(source_text)
        if len(originals) != len(translations):
            message = explain_mismatch(translations, originals, _display(source))
            self.problems.append(Problem(_display(path), message))
            return None
        pairs = zip(translations, originals, strict=True)
        return [_Line(number, *pair) for number, pair in enumerate(pairs, 1)]

    def _read(self, path: str) -> str | None:
        name = _display(path)
        try:
            decoded = _read_named(path, self._settings.max_file_size * 1_000_000)
        except Unreadable as error:
            self.problems.append(Problem(name, error.message, byte=error.byte))
            return None
        if not decoded.encoding.startswith("utf-"):
            self.guessed.append((name, decoded.encoding))
        return decoded.text


class _Line(NamedTuple):
    """A segment yet to be scored."""

    number: int
    translation: str
    source: str | None = None


def mean_score(tallies: Sequence[Tally]) -> Mean | None:
    """Mean over the scored segments of some files; None where there are none.

    The interval is that of a draw of segments, seeded, so that it comes out the same each time.
    """
    import numpy as np

    scores = np.concatenate([np.asarray(tally.scores) for tally in tallies] or [np.empty(0)])
    if not len(scores):
        return None
    chance = np.random.default_rng(SEED)
    means = [
        float(scores[chance.integers(0, len(scores), len(scores))].mean()) for _ in range(ROUNDS)
    ]
    low, high = np.percentile(means, [2.5, 97.5])
    return Mean(float(scores.mean()), float(low), float(high))


def _refuse(paths: Sequence[str], sources: Sequence[str], unit: Unit) -> None:
    if sources and unit == "sentence":
        raise ConfigError(
            "--unit sentence does not go with --source: the sentences of two texts need not pair "
            "up; give files with one segment a line"
        )
    if sources and len(sources) != len(paths):
        raise ConfigError(
            f"{_count(len(paths), 'file')} but {_count(len(sources), 'source file')}; give one "
            "--source for each file, in the same order"
        )
    if [*paths, *sources].count(STDIN) > 1:
        raise ConfigError("standard input (-) can be read only once; name a file instead")


def _read_named(path: str, max_size: int) -> Decoded:
    if path != STDIN and not os.path.lexists(path):
        _, missing = find_files([path])  # which knows the nearest name
        raise Unreadable(missing[0].reason if missing else "there is no such file")
    return read_file(path, max_size)


def _split(text: str, lang: str) -> Iterator[tuple[int, str]]:
    line, at = 1, 0
    for start, end in split_sentences(text, find_paragraphs(text), lang):
        line += text.count("\n", at, start)
        at = start
        yield line, text[start:end]


def _display(path: str) -> str:
    return "<stdin>" if path == STDIN else Path(path).as_posix()


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
