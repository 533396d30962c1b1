"""Run a model over pairs in batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from mtqa.qe.batching import PieceEncoder, buckets, pad, pad_mask, pool_words
from mtqa.qe.model import QEModel
from mtqa.qe.segments import literal_kinds, token_classes, word_spans


@dataclass(frozen=True)
class Prediction:
    """What the model says of one translation, uncalibrated.

    Attributes:
        score: on the scale of standardised direct assessment.
        words: (start, end, logit of being wrong) of each word.
        truncated: whether the source or the translation was too long to be read whole.
    """

    score: float
    words: tuple[tuple[int, int, float], ...]
    truncated: bool


def predict(
    model: QEModel,
    encoder: PieceEncoder,
    translations: Sequence[str],
    sources: Sequence[str] | None = None,
    words: Sequence[Sequence[tuple[int, int]]] | None = None,
    batch_size: int = 32,
    tokens: int = 1024,
) -> list[Prediction]:
    """Score translations, with or without their sources.

    Args:
        model: the model, in evaluation mode.
        encoder: its tokenizer.
        translations: texts, none of them empty.
        sources: their sources, or None for the view of the translation alone.
        words: words to be judged; by default those of :func:`word_spans`.
        batch_size: most pairs of a batch.
        tokens: most tokens of a batch, padding counted; small enough to stay in the cache.

    Returns:
        one prediction per translation, in order.
    """
    if not translations:
        return []
    pieces = encoder(translations)
    foreign = encoder(sources) if sources is not None else None
    spans = words if words is not None else [word_spans(text) for text in translations]
    lengths = [len(p.ids) for p in pieces]
    if foreign is not None:
        lengths = [n + len(f.ids) for n, f in zip(lengths, foreign, strict=True)]
    out: list[Prediction | None] = [None] * len(pieces)
    device = model.segments.weight.device
    with torch.inference_mode():
        for chosen in buckets(lengths, batch_size, tokens):
            rows = [pieces[i] for i in chosen]
            ids = [p.ids for p in rows]
            translation = model.lower(pad(ids).to(device), pad_mask(ids).to(device))
            if foreign is None or sources is None:
                estimate = model.alone(translation)
            else:
                source_rows = [foreign[i] for i in chosen]
                s_ids = [p.ids for p in source_rows]
                source = model.lower(pad(s_ids).to(device), pad_mask(s_ids).to(device))
                kinds = (
                    [
                        token_classes(p.offsets, literal_kinds(sources[i], translations[i]))
                        for i, p in zip(chosen, source_rows, strict=True)
                    ],
                    [
                        token_classes(p.offsets, literal_kinds(translations[i], sources[i]))
                        for i, p in zip(chosen, rows, strict=True)
                    ],
                )
                literals = (pad(kinds[0], 0).to(device), pad(kinds[1], 0).to(device))
                estimate = model.joint(source, translation, literals)
            logits, found = pool_words(
                estimate.wrong.cpu(), [p.offsets for p in rows], [spans[i] for i in chosen]
            )
            judged: list[list[tuple[int, int, float]]] = [[] for _ in chosen]
            for (row, index), logit in zip(found, logits.tolist(), strict=True):
                judged[row].append((*spans[chosen[row]][index], logit))
            for row, i in enumerate(chosen):
                cut = pieces[i].truncated or (foreign is not None and foreign[i].truncated)
                out[i] = Prediction(float(estimate.score[row]), tuple(judged[row]), cut)
    return [p for p in out if p is not None]
