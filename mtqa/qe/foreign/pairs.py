"""What the scorers of foreign models share: texts checked, files read, batches of like length."""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor

from mtqa.qe.batching import buckets
from mtqa.qe.foreign.hub import has_vocabulary
from mtqa.qe.models import ModelError, ModelInfo
from mtqa.qe.scorer import EMPTY, NO_SOURCE, NOTHING, best_device
from mtqa.text.estimates import SegmentScore

# Tokens of a batch: some 16 pairs of sentences, which is where a CPU stops to gain.
_TOKENS = 2048


class Pair(NamedTuple):
    """A source and its translation, neither of them empty."""

    source: str
    translation: str


class Judgement(NamedTuple):
    """What a model says of a pair: its score from 0 to 1, and whether a text was cut."""

    score: float
    truncated: bool


def score_pairs(
    info: ModelInfo,
    translations: Sequence[str],
    sources: Sequence[str] | None,
    words: Sequence[Sequence[tuple[int, int]]] | None,
    judge: Callable[[Sequence[Pair]], Sequence[Judgement]],
) -> list[SegmentScore]:
    """Score translations by a model that needs the source, as `Scorer.score` describes it.

    Args:
        info: the model.
        translations: segments.
        sources: their sources.
        words: words to judge; none of these models judges any.
        judge: the model, for pairs without an empty text.
    """
    for name, other in (("sources", sources), ("words", words)):
        if other is not None and len(other) != len(translations):
            raise ValueError(f"{len(translations)} translations but {len(other)} {name}")
    if sources is None:
        raise ModelError(
            f"{info.name} scores nothing without the source: name it (--source), or use the "
            "model that ships with mtqa"
        )
    out: list[SegmentScore | None] = [None] * len(translations)
    asked: list[int] = []
    for i, (source, translation) in enumerate(zip(sources, translations, strict=True)):
        if source.strip() and translation.strip():
            asked.append(i)
        elif source.strip():
            out[i] = SegmentScore(0.0, reason=EMPTY)
        else:
            out[i] = SegmentScore(None, reason=NO_SOURCE if translation.strip() else NOTHING)
    judgements = judge([Pair(sources[i], translations[i]) for i in asked]) if asked else ()
    for i, judgement in zip(asked, judgements, strict=True):
        if not math.isfinite(judgement.score):
            raise ModelError(f"{info.weights}: the weights are damaged: they give no number")
        score = min(1.0, max(0.0, judgement.score))
        out[i] = SegmentScore(score, truncated=judgement.truncated)
    return [score for score in out if score is not None]


def in_batches(
    lengths: Sequence[int], batch_size: int, compute: Callable[[list[int]], Tensor]
) -> list[float]:
    """Compute one number for each item, items of like length together.

    Args:
        lengths: tokens of each item.
        batch_size: most items of a batch.
        compute: from the indices of a batch to its numbers, (items,).
    """
    out = [0.0] * len(lengths)
    with torch.inference_mode():
        for chosen in buckets([(n,) for n in lengths], batch_size, _TOKENS):
            values = compute(chosen).float().cpu().tolist()
            for i, value in zip(chosen, values, strict=True):
                out[i] = value
    return out


def padded(rows: Sequence[Sequence[int]], fill: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Token ids as one tensor filled up on the right, and the mask of what stands there."""
    width = max(len(row) for row in rows)
    ids = torch.tensor([[*row, *[fill] * (width - len(row))] for row in rows])
    lengths = torch.tensor([len(row) for row in rows])
    mask = (torch.arange(width)[None, :] < lengths[:, None]).long()
    return ids.to(device), mask.to(device)


def place(device: str | None) -> torch.device:
    """The device to compute on.

    Raises:
        ModelError: it does not exist here.
    """
    try:
        chosen = torch.device(device or best_device())
        torch.zeros(1, device=chosen)
    except (RuntimeError, AssertionError, NotImplementedError):
        raise ModelError(f"there is no device {device!r} on this machine; try cpu") from None
    return chosen


def read_tokenizer(folder: Path) -> Any:
    """The tokenizer of a folder, by transformers.

    Raises:
        ModelError: it holds none, it is damaged, or a package to read it is missing.
    """
    from transformers import AutoTokenizer

    if not has_vocabulary(folder):
        raise ModelError(f"{folder}: holds no tokenizer (tokenizer.json, or a vocabulary)")
    if not (folder / "tokenizer.json").is_file() and any(folder.glob("*.model")):
        missing = [p for p in ("sentencepiece", "google.protobuf") if not _installed(p)]
        if missing:
            raise ModelError(
                f"{folder}: its tokenizer needs two more packages: "
                "pip install sentencepiece protobuf"
            )
    with quietly():
        try:
            return AutoTokenizer.from_pretrained(folder, local_files_only=True)
        except Exception as error:  # tokenizers raises nothing more exact for a damaged file
            raise ModelError(
                f"{folder}: the tokenizer cannot be read: {first_line(error)}"
            ) from None


def piece_ids(tokenizer: Any, text: str, known: int) -> list[int]:
    """Token ids of a text without marks at its ends.

    Args:
        tokenizer: of transformers.
        text: the text.
        known: tokens that the model knows; a tokenizer can have more of its own.
    """
    ids = tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"]
    return [i if i < known else tokenizer.unk_token_id for i in ids]


@contextmanager
def quietly() -> Iterator[None]:
    """Keep transformers from writing to stderr: what matters is said by mtqa."""
    from transformers import utils

    logging: Any = utils.logging
    level = logging.get_verbosity()
    bars = logging.is_progress_bar_enabled()
    logging.set_verbosity(logging.CRITICAL)
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()


def first_line(error: BaseException) -> str:
    """What an error says, in one line."""
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".: ") if lines else type(error).__name__


def _installed(package: str) -> bool:
    try:
        return importlib.util.find_spec(package) is not None
    except ModuleNotFoundError:  # its parent is missing
        return False
