"""Scores of text files: segments, one score each, and what they come to per file and over all."""

from __future__ import annotations

import json
import math
from array import array
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, NamedTuple

from mtqa.config import ConfigError, Settings
from mtqa.formats.files import STDIN, display
from mtqa.formats.plain import Unreadable, describe_encoding
from mtqa.inputs import (
    Line,
    Lines,
    Unit,
    align_lines,
    first_references,
    join_lines,
    open_lines,
)
from mtqa.qe.cache import open_scorer
from mtqa.qe.models import ModelError, ModelInfo, Scorer, find_same_model, portable_name
from mtqa.qe.sentences import score_sentences
from mtqa.references import Comparison, Figure, measure
from mtqa.result import Problem
from mtqa.significance import LEVEL, ROUNDS, SEED, paired_bootstrap
from mtqa.text.estimates import SCORE_DECIMALS, SegmentScore
from mtqa.text.language import detect_language
from mtqa.text.lines import explain_mismatch

if TYPE_CHECKING:
    from mtqa.cluster import Cluster
    from mtqa.qe.align import Encode

# With more lines, where two files part is not looked for.
_EXPLAINED = 200_000


class Segment(NamedTuple):
    """A segment that has been scored.

    Attributes:
        path: its file, as the user named it, with forward slashes.
        line: the line, from 1, on which it begins.
        source: its source, or None.
        translation: its text.
        estimate: what the model says of it.
        document: the document that it belongs to, where that is known.
        references: its references: that of its own file, one of each reference file.
        chrf: chrF++ against them, 0 to 100; None without references.
        unit: what its file calls it; None: nothing.
        fields: the fields of its row of JSON Lines; None: it stands in none.
    """

    path: str
    line: int
    source: str | None
    translation: str
    estimate: SegmentScore
    document: str | None = None
    references: tuple[str, ...] = ()
    chrf: float | None = None
    unit: str | None = None
    fields: Mapping[str, Any] | None = None


class Chunk(NamedTuple):
    """Segments that were scored together.

    Attributes:
        segments: in order.
        recalled: they were known from an earlier run.
    """

    segments: list[Segment]
    recalled: bool


@dataclass
class Tally:
    """What a file's scores come to.

    Attributes:
        path: the file, as in `Segment`.
        source: its source file, itself if it holds the source, or None.
        references: its reference files, itself among them if it holds a reference.
        aligned: its segments are sentences that have been aligned with the source.
        segments: number of its segments.
        truncated: how many of them were longer than the model reads.
        scores: the score of each segment; NaN where it has none.
        documents: the segments, by index, of each document that the user has named.
        comparison: its segments beside their references; None without references.
    """

    path: str
    source: str | None = None
    references: tuple[str, ...] = ()
    aligned: bool = False
    segments: int = 0
    truncated: int = 0
    scores: array[float] = field(default_factory=lambda: array("d"))
    documents: dict[str, list[int]] = field(default_factory=dict)
    comparison: Comparison | None = None

    def add(self, estimate: SegmentScore, document: str | None = None) -> None:
        """Count a segment in."""
        if document is not None:
            self.documents.setdefault(document, []).append(self.segments)
        self.segments += 1
        self.truncated += estimate.truncated
        self.scores.append(math.nan if estimate.score is None else estimate.score)

    @property
    def scored(self) -> int:
        """Number of segments that have a score."""
        return sum(not math.isnan(score) for score in self.scores)

    def figures(self, document: str | None = None) -> tuple[Figure, ...]:
        """BLEU, chrF++ and TER of the file, or of one of its documents; empty without references.

        Raises:
            KeyError: there is no such document.
        """
        if self.comparison is None:
            return ()
        return measure([self.comparison], None if document is None else self.documents[document])

    def mean(self, document: str) -> float | None:
        """Mean score of a document; None where none of its segments has one.

        Raises:
            KeyError: there is no such document.
        """
        scores = [self.scores[index] for index in self.documents[document]]
        known = [score for score in scores if not math.isnan(score)]
        return math.fsum(known) / len(known) if known else None


class Mean(NamedTuple):
    """A mean with its 95 % interval, by the percentile bootstrap over segments."""

    value: float
    low: float
    high: float


class Difference(NamedTuple):
    """Two systems by one measure, over the same segments.

    Attributes:
        baseline: file of the one.
        system: file of the other.
        measure: what they are measured by: ``score`` (the mean score of the segments that have
            one in both), or a metric, as in `Figure`.
        values: of the baseline and of the system.
        p: probability of such a difference if there were none, by paired bootstrap.
        better: the file of the better one; None where the difference may be chance.
    """

    baseline: str
    system: str
    measure: str
    values: tuple[float, float]
    p: float
    better: str | None


class Scoring:
    """Files being scored; what it has met is known as far as `chunks` has been read.

    Args:
        paths: files, ``-`` for standard input.
        scorer: the model.
        settings: ``max_file_size``, ``input_format``, ``columns`` and ``target_lang`` hold here.
        sources: a source file for each of the paths, in their order; none: those that the files
            hold themselves, else translations alone.
        references: reference files, as many for each of the paths, those of the first path first.
        documents: for each of the paths, or for all, a file whose lines name the document that
            the segment of the same line belongs to.
        unit: what a segment is.
        jobs: processes that share the work, each with a model of its own.
        cluster: where Ray does the work instead.

    Attributes:
        tallies: of the files scored so far.
        problems: files that could not be scored, so far.
        guessed: path and what to tell of the files with an encoding to tell of, so far.
        progress: share of the files that is done.
        segments: how many are done.
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
        references: Sequence[str] = (),
        documents: Sequence[str] = (),
        unit: Unit = "line",
        jobs: int = 1,
        cluster: Cluster | None = None,
    ) -> None:
        _refuse(paths, sources, references, documents, unit)
        each = len(references) // len(paths) if paths else 0
        named = documents if len(documents) != 1 else [*documents] * len(paths)
        self._inputs = [
            _Input(
                path,
                sources[i] if sources else None,
                tuple(references[i * each : (i + 1) * each]),
                named[i] if named else None,
            )
            for i, path in enumerate(paths)
        ]
        self._scorer = scorer
        self._settings = settings
        self._unit = unit
        self._jobs = jobs
        self._cluster = cluster
        self.tallies: list[Tally] = []
        self.problems: list[Problem] = []
        self.guessed: list[tuple[str, str]] = []
        self.progress = 0.0
        self.segments = 0
        self.finished = False

    def chunks(self, known: Iterable[SegmentScore] = ()) -> Iterator[Chunk]:
        """Score file after file, some segments at a time, in order.

        Args:
            known: what the model has said of the first segments in an earlier run. A chunk of
                which not all is known is scored anew.

        Raises:
            ConfigError: one of several processes died, or the cluster cannot do the work.
        """
        steps = self._steps(known)
        scored: Iterable[tuple[_Step, list[SegmentScore]]]
        if self._jobs == 1 and self._cluster is None:
            scored = ((step, self._estimate(step)) for step in steps)
        else:
            scored = self._estimate_apart(steps)
        for step, estimates in scored:
            tally = step.tally
            segments = _add(tally, step.lines, estimates)
            self.segments += len(segments)
            self.progress = (step.file + tally.segments / max(1, step.total)) / len(self._inputs)
            if tally.segments == step.total:
                self.tallies.append(tally)
            if segments:
                yield Chunk(segments, step.known is not None)
        self.progress = 1.0
        self.finished = True

    def _steps(self, known: Iterable[SegmentScore]) -> Iterator[_Step]:
        """What is to be scored, block by block; a file without segments is an empty block."""
        told = iter(known)
        for file, given in enumerate(self._inputs):
            lines = self._open(given)
            if lines is None:
                continue
            tally = self._open_tally(given, lines)
            for block in lines.blocks() if lines.count else [[]]:
                estimates: list[SegmentScore] | None = list(islice(told, len(block)))
                if estimates is None or len(estimates) < len(block) or not block:
                    told, estimates = iter(()), None
                yield _Step(file, tally, lines.count, block, estimates)

    def _estimate(self, step: _Step) -> list[SegmentScore]:
        return _estimate(step.asked(self._unit), self._scorer) if step.known is None else step.known

    def _estimate_apart(self, steps: Iterator[_Step]) -> Iterator[tuple[_Step, list[SegmentScore]]]:
        """The same in several processes, each with a model of its own."""
        for step in steps:
            if step.known is None:
                yield from self._ask_apart(chain([step], steps))
            else:
                yield step, step.known

    def _ask_apart(self, steps: Iterable[_Step]) -> Iterator[tuple[_Step, list[SegmentScore]]]:
        info, settings = self._scorer.info, self._settings
        options = (settings.device, settings.batch_size, settings.cache)
        waiting: deque[_Step] = deque()

        def work() -> Iterator[_Asked]:
            for step in steps:
                waiting.append(step)
                yield step.asked(self._unit)

        if self._cluster:
            from mtqa import cluster

            own = (portable_name(info), info.checksum, *options)
            done = cluster.in_order(work(), _answer, self._cluster, _open_same_scorer, own)
        else:
            from mtqa import workers

            done = workers.in_order(work(), _answer, self._jobs, _open_own_scorer, (info, *options))
        for estimates in done:
            yield waiting.popleft(), estimates

    def _open_tally(self, given: _Input, lines: Lines) -> Tally:
        path = display(given.path)
        own = lines.referenced and not given.references
        first = next(lines.blocks())[0] if lines.count else None
        held = len(first.references) - len(given.references) if first else int(own)
        tally = Tally(
            path,
            display(given.source)
            if given.source is not None
            else (path if lines.sourced else None),
            (*([path] * held), *map(display, given.references)),
            aligned=self._unit == "sentence" and given.source is not None,
        )
        if tally.references:
            lang = self._settings.target_lang or detect_language(first_references(lines))
            tally.comparison = Comparison(lang)
        return tally

    def _open(self, given: _Input) -> Lines | None:
        """The segments of a file with what belongs to each; None when they cannot be had."""
        own = self._read(given.path, self._settings)
        if own is not None and self._unit == "sentence" and given.source is not None:
            return self._align(own, given.source, display(given.path))
        kinds = [("source", given.source)] if given.source is not None else []
        kinds += [("reference", reference) for reference in given.references]
        kinds += [("list of documents", given.documents)] if given.documents is not None else []
        beside = replace(self._settings, input_format=None)
        others = [(kind, path, self._read(path, beside)) for kind, path in kinds]
        if own is None:
            return None
        joined: list[tuple[str, Lines]] = []
        for kind, path, other in others:
            if other is None:
                return None
            problem = _misfit(own, other, kind, display(path))
            if problem:
                self.problems.append(Problem(display(given.path), problem))
                return None
            joined.append((kind, other))
        return join_lines(own, joined) if joined else own

    def _align(self, own: Lines, path: str, name: str) -> Lines | None:
        """Sentences of a file with those of its source, in the file ``path``, that they render."""
        from mtqa.qe.align import Unrelated

        source = self._read(
            path, replace(self._settings, target_lang=self._settings.source_lang, input_format=None)
        )
        if source is None:
            return None
        try:
            return align_lines(own, source, self._encode)
        except ModelError as error:
            self.problems.append(Problem(name, f"cannot be aligned: {error}"))
        except Unrelated as error:
            self.problems.append(Problem(name, str(error)))
        return None

    @cached_property
    def _encode(self) -> Encode:
        from mtqa.qe.encoder import SentenceEncoder

        return SentenceEncoder(self._settings.device)

    def _read(self, path: str, settings: Settings) -> Lines | None:
        name = display(path)
        try:
            lines = open_lines(path, settings, self._unit)
        except Unreadable as error:
            self.problems.append(Problem(name, error.message, byte=error.byte))
            return None
        told = describe_encoding(lines.encoding, lines.declared)
        if told:
            self.guessed.append((name, told))
        return lines


class _Step(NamedTuple):
    """Some segments of a file.

    Attributes:
        file: its index.
        tally: what its scores come to.
        total: how many segments it has.
        lines: the segments.
        known: what the model said of them in an earlier run.
    """

    file: int
    tally: Tally
    total: int
    lines: list[Line]
    known: list[SegmentScore] | None

    def asked(self, unit: Unit) -> _Asked:
        """What the model is asked."""
        sourced = self.tally.source is not None
        return _Asked(
            "line" if sourced else unit,
            [line.translation for line in self.lines],
            [line.source or "" for line in self.lines] if sourced else None,
        )


class _Asked(NamedTuple):
    """Texts to be scored, with their sources or without."""

    unit: Unit
    texts: list[str]
    sources: list[str] | None


def _estimate(asked: _Asked, scorer: Scorer) -> list[SegmentScore]:
    if asked.unit == "sentence":
        return score_sentences(asked.texts, scorer)
    return [
        one if one.score is None else replace(one, score=round(one.score, SCORE_DECIMALS))
        for one in scorer.score(asked.texts, asked.sources)
    ]


_own_scorer: Scorer | None = None  # of a process that works for another one


def _open_own_scorer(info: ModelInfo, device: str | None, batch_size: int, cached: bool) -> None:
    global _own_scorer
    _own_scorer = open_scorer(info, device, batch_size, cached=cached)


def _open_same_scorer(
    name: str, checksum: str, device: str | None, batch_size: int, cached: bool
) -> None:
    _open_own_scorer(find_same_model(name, checksum), device, batch_size, cached)


def _answer(asked: _Asked) -> list[SegmentScore]:
    assert _own_scorer is not None
    return _estimate(asked, _own_scorer)


def _add(tally: Tally, lines: Sequence[Line], estimates: Sequence[SegmentScore]) -> list[Segment]:
    """Segments that have been scored, counted in."""
    first = tally.segments
    for line, estimate in zip(lines, estimates, strict=True):
        tally.add(estimate, line.document or None)
    compared = tally.comparison
    if compared:
        compared.add(
            [line.translation for line in lines],
            list(zip(*(line.references for line in lines), strict=True)),
        )
    return [
        Segment(
            tally.path,
            line.number,
            line.source,
            line.translation,
            estimate,
            line.document,
            line.references,
            compared.chrf(index) if compared else None,
            line.unit,
            None if line.record is None else json.loads(line.record),
        )
        for index, (line, estimate) in enumerate(zip(lines, estimates, strict=True), first)
    ]


class _Input(NamedTuple):
    """A file to be scored with the files that go with it."""

    path: str
    source: str | None
    references: tuple[str, ...]
    documents: str | None


def _misfit(own: Lines, other: Lines, kind: str, path: str) -> str | None:
    """Why a file does not go with segments, in one sentence; None: it does."""
    if own.count != other.count:
        if own.count + other.count > _EXPLAINED:
            return (
                f"has {own.count:,} lines but its {kind} {path} has {other.count:,}; give two "
                "files whose lines pair up"
            )
        return explain_mismatch([*own.texts()], [*other.texts()], path, kind)
    if kind == "source" and own.sourced:
        return "holds its own source; leave --source out"
    if kind == "list of documents" and own.documented:
        return "names its documents itself; leave --documents out"
    return None


def compare_systems(tallies: Sequence[Tally]) -> list[Difference]:
    """Each system beside the first that translates the same text, by every measure there is.

    Files with the same source and references, not all of them missing, are such systems.
    """
    found: list[Difference] = []
    baselines: dict[tuple[str | None, tuple[str, ...]], Tally] = {}
    for tally in tallies:
        if tally.source is None and not tally.references:
            continue
        baseline = baselines.setdefault((tally.source, tally.references), tally)
        if (
            baseline.path != tally.path
            and not tally.aligned
            and (baseline.segments == tally.segments)
        ):
            found += _compare(baseline, tally)
    return found


def _compare(baseline: Tally, system: Tally) -> Iterator[Difference]:
    known = [
        not math.isnan(one) and not math.isnan(other)
        for one, other in zip(baseline.scores, system.scores, strict=True)
    ]
    if any(known):
        own, other = (
            [
                (score if scored else 0.0, float(scored))
                for score, scored in zip(tally.scores, known, strict=True)
            ]
            for tally in (baseline, system)
        )
        p = paired_bootstrap(own, other, lambda sums: sums[0] / sums[1] if sums[1] else 0.0)
        means = [math.fsum(score for score, _ in rows) / sum(known) for rows in (own, other)]
        yield _difference(baseline, system, "score", (means[0], means[1]), p, False)
    if baseline.comparison is None or system.comparison is None:
        return
    figures = [
        {figure.name: figure.score for figure in tally.figures()} for tally in (baseline, system)
    ]
    pairs = zip(baseline.comparison.statistics(), system.comparison.statistics(), strict=True)
    for first, second in pairs:
        scores = [of[first.name] or 0.0 for of in figures]
        p = paired_bootstrap(first.rows, second.rows, first.score)
        yield _difference(
            baseline, system, first.name, (scores[0], scores[1]), p, first.lower_is_better
        )


def _difference(
    baseline: Tally,
    system: Tally,
    measure: str,
    values: tuple[float, float],
    p: float,
    lower_is_better: bool,
) -> Difference:
    better = None
    if p < LEVEL and values[0] != values[1]:
        better = (baseline, system)[(values[1] > values[0]) is not lower_is_better].path
    return Difference(baseline.path, system.path, measure, values, p, better)


def measure_all(tallies: Sequence[Tally]) -> tuple[Figure, ...]:
    """BLEU, chrF++ and TER over all files.

    Nothing where some have no references, or where two of them translate the same text.
    """
    compared = [tally.comparison for tally in tallies if tally.comparison]
    texts = {(tally.source, tally.references) for tally in tallies}
    if len(compared) < len(tallies) or len(texts) < len(tallies):
        return ()
    return measure(compared)


def mean_score(tallies: Sequence[Tally]) -> Mean | None:
    """Mean over the scored segments of some files; None where there are none.

    The interval is that of a draw of segments, seeded, so that it comes out the same each time.
    """
    import numpy as np

    scores = np.concatenate([np.asarray(tally.scores) for tally in tallies] or [np.empty(0)])
    scores = scores[~np.isnan(scores)]
    if not len(scores):
        return None
    chance = np.random.default_rng(SEED)
    means = [
        float(scores[chance.integers(0, len(scores), len(scores))].mean()) for _ in range(ROUNDS)
    ]
    low, high = np.percentile(means, [2.5, 97.5])
    return Mean(float(scores.mean()), float(low), float(high))


def _refuse(
    paths: Sequence[str],
    sources: Sequence[str],
    references: Sequence[str],
    documents: Sequence[str],
    unit: Unit,
) -> None:
    others = {"--reference": references, "--documents": documents}
    for option, files in others.items():
        if files and unit == "sentence":
            raise ConfigError(
                f"--unit sentence does not go with {option}: the sentences of two texts need not "
                "pair up; give files with one segment a line"
            )
    if paths and len(references) % len(paths):
        raise ConfigError(
            f"{_count(len(paths), 'file')} but {_count(len(references), 'reference file')}; give "
            "one --reference for each file, in the same order, or as many for each"
        )
    if len(documents) not in (0, 1, len(paths)):
        raise ConfigError(
            f"{_count(len(paths), 'file')} but {_count(len(documents), 'list')} of documents; "
            "give one --documents for all files, or one for each"
        )
    if sources and len(sources) != len(paths):
        raise ConfigError(
            f"{_count(len(paths), 'file')} but {_count(len(sources), 'source file')}; give one "
            "--source for each file, in the same order"
        )
    if [*paths, *sources, *references, *documents].count(STDIN) > 1:
        raise ConfigError("standard input (-) can be read only once; name a file instead")


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
