"""Sentences as vectors, by the lower layers of the encoder that ships."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import torch

from mtqa.qe.align import Floats
from mtqa.qe.batching import WINDOW, PieceEncoder, buckets
from mtqa.qe.folder import load_model, quantise
from mtqa.qe.models import find_model
from mtqa.qe.scorer import best_device

# Most sentences and tokens of a batch, as in scoring.
_BATCH, _TOKENS = 32, 1024


class SentenceEncoder:
    """The encoder.

    The sixth of its twelve layers is taken, the last that sees a text by itself. Of 300 sentences
    of news it finds, by the mean of a sentence's tokens less the mean of the language, 90 % of the
    translations into English from Icelandic and Japanese and 99 % from Russian; the third layer
    finds 73 to 95 %, the twelfth 47 to 73 %.

    Args:
        device: a torch device; None: CUDA or MPS where present, else the CPU.
    """

    def __init__(self, device: str | None = None) -> None:
        info = find_model(None)
        self._pieces = PieceEncoder(info.folder / "tokenizer.json")
        self._model = quantise(load_model(info.folder)[0].to(torch.device(device or best_device())))

    def __call__(self, sentences: Sequence[str]) -> Iterator[tuple[int, Floats]]:
        """The vectors of the tokens of each sentence, (tokens, size), with its index, in any order.

        A sentence longer than the model reads at once is read in windows of equal size.
        """
        room = min(WINDOW, self._model.config.max_position_embeddings) - 2
        windows: list[tuple[int, list[int]]] = []
        parts: dict[int, list[Floats]] = {}
        missing: dict[int, int] = {}
        for index, pieces in enumerate(self._pieces(sentences)):
            cut = pieces.windows(max(1, -(-(len(pieces.ids) - 2) // room)))
            missing[index] = len(cut)
            windows += [(index, part.ids) for part in cut]
        sizes = [(len(ids),) for _, ids in windows]
        with torch.inference_mode():
            for batch in buckets(sizes, _BATCH, _TOKENS):
                rows = self._model.lower([windows[at][1] for at in batch]).rows()
                for at, states in zip(batch, rows, strict=True):
                    index = windows[at][0]
                    inner = states[1:-1] if len(states) > 2 else states
                    parts.setdefault(index, []).append(inner.cpu().numpy())
                    missing[index] -= 1
                    if not missing[index]:
                        yield index, np.concatenate(parts.pop(index))
