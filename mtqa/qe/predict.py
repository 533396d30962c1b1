"""Run a model over pairs in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from mtqa.qe.batching import WINDOW, PieceEncoder, Pieces, buckets, pool_words
from mtqa.qe.model import QEModel
from mtqa.qe.segments import literal_kinds, token_classes, word_spans


@dataclass(frozen=True)
class Prediction:
    """What the model says of one translation, uncalibrated.

    Attributes:
        score: on the scale of standardised direct assessment.
        words: (start, end, logit of being wrong) of each word.
        coverage: (start, end, likeness) of each piece of the source, see `mtqa.qe.model.Estimate`.
        evidence: (columns,) what the score was corrected by, see there; None unless asked for.
    """

    score: float
    words: tuple[tuple[int, int, float], ...]
    coverage: tuple[tuple[int, int, float], ...]
    evidence: Tensor | None = None


def predict(
    model: QEModel,
    encoder: PieceEncoder,
    translations: Sequence[str],
    sources: Sequence[str] | None = None,
    words: Sequence[Sequence[tuple[int, int]]] | None = None,
    batch_size: int = 32,
    tokens: int = 1024,
    after: Callable[[int], None] = lambda windows: None,
    keep_evidence: bool = False,
) -> list[Prediction]:
    """Score translations, with or without their sources.

    A text longer than a window is read in windows of equal size, source and translation in as
    many; its score is the mean over them by length.

    Args:
        model: the model, in evaluation mode.
        encoder: its tokenizer, without a limit.
        translations: texts, none of them empty.
        sources: their sources, or None for the view of the translation alone.
        words: words to be judged; by default those of :func:`word_spans`.
        batch_size: most windows of a batch.
        tokens: most tokens of a batch; small enough to stay in the cache.
        after: called after each batch with its number of windows.
        keep_evidence: give the evidence of each score, some 20 KB.

    Returns:
        one prediction per translation, in order.
    """
    pieces = encoder(translations)
    foreign = encoder(sources) if sources is not None else None
    room = min(WINDOW, model.config.max_position_embeddings) - 2
    windows: list[_Window] = []
    for i, own in enumerate(pieces):
        other = foreign[i] if foreign is not None else None
        longest = max(len(own.ids), len(other.ids) if other else 0)
        count = max(1, -(-(longest - 2) // room))
        cut = other.windows(count) if other else [None] * count
        windows += [_Window(i, t, s) for t, s in zip(own.windows(count), cut, strict=True)]
    estimates: list[_Read | None] = [None] * len(windows)
    batches = list(buckets([w.size for w in windows], batch_size, tokens))

    def run(chosen: Sequence[int]) -> list[_Read]:
        with torch.inference_mode():
            return _run(model, [windows[i] for i in chosen], translations, sources)

    for chosen, found in zip(batches, _each(run, batches, model.device), strict=True):
        for i, estimate in zip(chosen, found, strict=True):
            estimates[i] = estimate if keep_evidence else estimate._replace(evidence=None)
        after(len(chosen))
    spans = words if words is not None else [word_spans(text) for text in translations]
    return _gather(windows, estimates, spans)


def _each(
    run: Callable[[Sequence[int]], list[_Read]], batches: Sequence[list[int]], device: torch.device
) -> Iterator[list[_Read]]:
    """What ``run`` says of each batch, in order.

    On a CPU each of torch's threads takes a batch of its own: most operations of a model of this
    size are too small to be shared out.
    """
    threads = torch.get_num_threads()
    if device.type != "cpu" or min(threads, len(batches)) == 1:
        yield from map(run, batches)
        return
    try:
        with ThreadPoolExecutor(threads, initializer=torch.set_num_threads, initargs=(1,)) as pool:
            yield from pool.map(run, batches)
    finally:
        torch.set_num_threads(threads)  # what a new thread starts with, too


@dataclass(frozen=True)
class _Window:
    """A part of a pair that is read at once.

    Attributes:
        row: index of the pair.
        translation: pieces of its translation.
        source: pieces of its source, if there is one.
    """

    row: int
    translation: Pieces
    source: Pieces | None

    @property
    def size(self) -> tuple[int, int]:
        own = len(self.translation.ids)
        return (own + len(self.source.ids) if self.source else own, own)


class _Read(NamedTuple):
    """What the model says of a window.

    Attributes:
        score: on the scale of standardised direct assessment.
        wrong: (tokens of the translation,) logit of each token being wrong.
        coverage: (tokens of the source,) likeness to the nearest token of the translation.
        evidence: (columns,) what the score was corrected by.
    """

    score: float
    wrong: Tensor
    coverage: Tensor
    evidence: Tensor | None


def _run(
    model: QEModel,
    batch: Sequence[_Window],
    translations: Sequence[str],
    sources: Sequence[str] | None,
) -> list[_Read]:
    """What the model says of each window of a batch."""
    translation = model.lower([w.translation.ids for w in batch])
    if sources is None:
        estimate = model.alone(translation)
        lengths = [0] * len(batch)
    else:
        pairs = [(w, w.source) for w in batch if w.source is not None]
        kinds = (
            [
                token_classes(s.offsets, literal_kinds(sources[w.row], translations[w.row]))
                for w, s in pairs
            ],
            [
                token_classes(
                    w.translation.offsets, literal_kinds(translations[w.row], sources[w.row])
                )
                for w in batch
            ],
        )
        source = model.lower([s.ids for _, s in pairs])
        estimate = model.joint(source, translation, kinds)
        lengths = source.lengths
    logits = torch.split(estimate.wrong.cpu(), translation.lengths)
    coverage = torch.split(estimate.coverage.cpu(), lengths)
    return list(map(_Read, estimate.score.tolist(), logits, coverage, estimate.evidence.cpu()))


def _gather(
    windows: Sequence[_Window],
    estimates: Sequence[_Read | None],
    spans: Sequence[Sequence[tuple[int, int]]],
) -> list[Prediction]:
    """One prediction per pair from those of its windows."""
    weights = [0] * len(spans)
    totals = [0.0] * len(spans)
    offsets: list[list[tuple[int, int]]] = [[] for _ in spans]
    evidence: list[Tensor | None] = [None] * len(spans)
    logits = []
    covered: list[list[tuple[int, int, float]]] = [[] for _ in spans]
    for window, estimate in zip(windows, estimates, strict=True):
        assert estimate is not None
        length = len(window.translation.ids)
        weights[window.row] += length
        totals[window.row] += length * estimate.score
        offsets[window.row] += window.translation.offsets
        logits.append(estimate.wrong)
        if estimate.evidence is not None:
            share, before = length * estimate.evidence, evidence[window.row]
            evidence[window.row] = share if before is None else before + share
        if window.source is not None:
            covered[window.row] += (
                (start, end, likeness)
                for (start, end), likeness in zip(
                    window.source.offsets, estimate.coverage.tolist(), strict=True
                )
                if start < end
            )
    judged: list[list[tuple[int, int, float]]] = [[] for _ in spans]
    if logits:
        pooled, found = pool_words(torch.cat(logits), offsets, spans)
        for (row, index), logit in zip(found, pooled.tolist(), strict=True):
            judged[row].append((*spans[row][index], logit))
    return [
        Prediction(
            total / weight, tuple(words), tuple(pieces), None if seen is None else seen / weight
        )
        for total, weight, words, pieces, seen in zip(
            totals, weights, judged, covered, evidence, strict=True
        )
    ]
