"""From texts to tensors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor

from mtqa.qe.segments import token_words

PAD = 1


@dataclass(frozen=True)
class Pieces:
    """A tokenised text.

    Attributes:
        ids: piece ids with the sequence marks.
        offsets: (start, end) of each piece in code points; empty for the marks.
        truncated: whether pieces were cut off at the end.
    """

    ids: list[int]
    offsets: list[tuple[int, int]]
    truncated: bool


class PieceEncoder:
    """The tokenizer of a model folder.

    Args:
        path: a tokenizer.json.
        limit: most pieces of one text, sequence marks counted.
    """

    def __init__(self, path: Path, limit: int = 512) -> None:
        self._tokenizer = Tokenizer.from_file(str(path))
        self._tokenizer.enable_truncation(limit)

    def __call__(self, texts: Sequence[str]) -> list[Pieces]:
        """Tokenise texts."""
        return [
            Pieces(e.ids, [(int(a), int(b)) for a, b in e.offsets], bool(e.overflowing))
            for e in self._tokenizer.encode_batch(list(texts))
        ]


def pad(rows: Sequence[Sequence[int]], fill: int = PAD) -> Tensor:
    """Rows of integers as one int64 tensor, filled up on the right."""
    width = max(len(row) for row in rows)
    return torch.tensor([[*row, *[fill] * (width - len(row))] for row in rows], dtype=torch.long)


def pad_mask(rows: Sequence[Sequence[int]]) -> Tensor:
    """(rows, tokens) bool, true where a token stands."""
    lengths = torch.tensor([len(row) for row in rows])
    return torch.arange(int(lengths.max()))[None, :] < lengths[:, None]


def buckets(lengths: Sequence[int], size: int, tokens: int) -> Iterator[list[int]]:
    """Indices in batches of like length, longest first.

    Args:
        lengths: length of each item.
        size: most items of a batch.
        tokens: most tokens of a batch, padding counted; a longer item stands alone.
    """
    order = sorted(range(len(lengths)), key=lambda i: -lengths[i])
    at = 0
    while at < len(order):
        room = max(1, min(size, tokens // max(1, lengths[order[at]])))
        yield order[at : at + room]
        at += room


def pool_words(
    logits: Tensor,
    offsets: Sequence[Sequence[tuple[int, int]]],
    words: Sequence[Sequence[tuple[int, int]]],
) -> tuple[Tensor, list[tuple[int, int]]]:
    """Mean of token logits over each word.

    Args:
        logits: (rows, tokens).
        offsets: offsets of the tokens of each row.
        words: (start, end) of the words of each row.

    Returns:
        (words found,) logits, and (row, index of the word) of each.
    """
    width = logits.shape[1]
    places: list[int] = []
    owner: list[int] = []
    found: list[tuple[int, int]] = []
    for row, (row_offsets, row_words) in enumerate(zip(offsets, words, strict=True)):
        for index, tokens in enumerate(token_words(row_offsets, row_words)):
            if tokens:
                places += [row * width + t for t in tokens]
                owner += [len(found)] * len(tokens)
                found.append((row, index))
    owners = torch.tensor(owner, dtype=torch.long, device=logits.device)
    chosen = logits.reshape(-1)[torch.tensor(places, dtype=torch.long, device=logits.device)]
    total = torch.zeros(len(found), dtype=logits.dtype, device=logits.device)
    total = total.index_add(0, owners, chosen)
    count = torch.bincount(owners, minlength=len(found)).to(logits.dtype)
    return total / count, found
