"""From texts to tensors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor

from mtqa.qe.segments import token_words

# Pieces of the longest text that is read at once, sequence marks counted. The model was trained
# on texts of up to 128; a window of twice that holds all but one sentence in ten thousand.
WINDOW = 256


@dataclass(frozen=True)
class Pieces:
    """A tokenised text.

    Attributes:
        ids: piece ids with the sequence marks.
        offsets: (start, end) of each piece in code points; empty for the marks.
    """

    ids: list[int]
    offsets: list[tuple[int, int]]

    def windows(self, count: int) -> list[Pieces]:
        """The text in ``count`` parts of equal size, each between sequence marks."""
        if count == 1:
            return [self]
        (first, *_, last), inner = self.ids, len(self.ids) - 2
        cuts = [1 + inner * i // count for i in range(count + 1)]
        return [
            Pieces([first, *self.ids[a:b], last], [(0, 0), *self.offsets[a:b], (0, 0)])
            for a, b in pairwise(cuts)
        ]


class PieceEncoder:
    """The tokenizer of a model folder.

    Args:
        path: a tokenizer.json.
        limit: most pieces of one text, sequence marks counted, where the rest is to be cut off;
            None reads all.
    """

    def __init__(self, path: Path, limit: int | None = None) -> None:
        self._tokenizer = Tokenizer.from_file(str(path))
        if limit is None:
            self._tokenizer.no_truncation()
        else:
            self._tokenizer.enable_truncation(limit)

    def __call__(self, texts: Sequence[str]) -> list[Pieces]:
        """Tokenise texts."""
        return [Pieces(e.ids, e.offsets) for e in self._tokenizer.encode_batch(list(texts))]


def buckets(sizes: Sequence[tuple[int, ...]], most: int, tokens: int) -> Iterator[list[int]]:
    """Indices in batches of like size, largest first.

    Args:
        sizes: tokens of each item, then whatever else should keep like items together.
        most: most items of a batch.
        tokens: most tokens of a batch; a longer item stands alone.
    """
    batch: list[int] = []
    held = 0
    for i in sorted(range(len(sizes)), key=lambda i: sizes[i], reverse=True):
        if batch and (len(batch) == most or held + sizes[i][0] > tokens):
            yield batch
            batch, held = [], 0
        batch.append(i)
        held += sizes[i][0]
    if batch:
        yield batch


def pool_words(
    logits: Tensor,
    offsets: Sequence[Sequence[tuple[int, int]]],
    words: Sequence[Sequence[tuple[int, int]]],
) -> tuple[Tensor, list[tuple[int, int]]]:
    """Mean of token logits over each word.

    Args:
        logits: (tokens of all rows,).
        offsets: offsets of the tokens of each row.
        words: (start, end) of the words of each row.

    Returns:
        (words found,) logits, and (row, index of the word) of each.
    """
    places: list[int] = []
    owner: list[int] = []
    found: list[tuple[int, int]] = []
    first = 0
    for row, (row_offsets, row_words) in enumerate(zip(offsets, words, strict=True)):
        for index, tokens in enumerate(token_words(row_offsets, row_words)):
            if tokens:
                places += [first + t for t in tokens]
                owner += [len(found)] * len(tokens)
                found.append((row, index))
        first += len(row_offsets)
    owners = torch.tensor(owner, dtype=torch.long, device=logits.device)
    chosen = logits[torch.tensor(places, dtype=torch.long, device=logits.device)]
    total = torch.zeros(len(found), dtype=logits.dtype, device=logits.device)
    total = total.index_add(0, owners, chosen)
    count = torch.bincount(owners, minlength=len(found)).to(logits.dtype)
    return total / count, found
