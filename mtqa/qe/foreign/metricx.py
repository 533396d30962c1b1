"""MetricX-24: an encoder and decoder of the mT5 kind that reads one number off the first step.

Juraska et al. (2024), MetricX-24: The Google Submission to the WMT 2024 Metrics Shared Task,
https://aclanthology.org/2024.wmt-1.35/. The computation is that of MT5ForRegression and of the
inference script in https://github.com/google-research/metricx (Apache-2.0): one step of the
decoder from token 0, the logit of one token, clamped to 0 to 25. It is an error score as in MQM;
mtqa gives 1 - error / 25.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from mtqa.qe.foreign.hub import MT5_TOKENIZERS, has_vocabulary, tokenizer_on_disk
from mtqa.qe.foreign.pairs import (
    Judgement,
    Pair,
    first_line,
    in_batches,
    padded,
    piece_ids,
    place,
    quietly,
    read_tokenizer,
    score_pairs,
)
from mtqa.qe.models import ModelError, ModelInfo
from mtqa.text.estimates import SegmentScore

SCORE_TOKEN = 250089  # <extra_id_10>, whose logit is the score (MT5ForRegression.forward)
WORST = 25.0  # the models were trained to, and are clamped to, 0 to 25

# The models were trained on inputs of up to 1,536 tokens ("Usage" of the repository); the
# script cuts to that and then removes the mark at the end.
_LIMIT = 1536 - 1

_SHARED = "shared.weight"
_HEAD = "lm_head.weight"
_TABLES = ("encoder.embed_tokens.weight", "decoder.embed_tokens.weight")


@dataclass(frozen=True)
class MetricXScorer:
    """A loaded model.

    Attributes:
        info: the model.
        model: an MT5Model.
        head: the row of the output layer that gives the score, (hidden,).
        tokenizer: of mT5.
        batch_size: most pairs of a batch.
    """

    info: ModelInfo
    model: Any
    head: Tensor
    tokenizer: Any
    batch_size: int

    def score(
        self,
        translations: Sequence[str],
        sources: Sequence[str] | None = None,
        words: Sequence[Sequence[tuple[int, int]]] | None = None,
    ) -> list[SegmentScore]:
        """Score translations by their sources; see `mtqa.qe.models.Scorer`."""
        return score_pairs(self.info, translations, sources, words, self._judge)

    def _judge(self, pairs: Sequence[Pair]) -> list[Judgement]:
        known = self.model.config.vocab_size
        texts = [f"source: {pair.source} candidate: {pair.translation}" for pair in pairs]
        rows = [piece_ids(self.tokenizer, text, known) for text in texts]
        device = self.head.device

        def compute(chosen: list[int]) -> Tensor:
            ids, mask = padded([rows[i][:_LIMIT] for i in chosen], 0, device)
            start = torch.zeros(len(chosen), 1, dtype=torch.long, device=device)
            out: Tensor = self.model(
                input_ids=ids, attention_mask=mask, decoder_input_ids=start, use_cache=False
            ).last_hidden_state
            return (out[:, 0] @ self.head).clamp(0, WORST)

        lengths = [min(len(row), _LIMIT) for row in rows]
        errors = in_batches(lengths, self.batch_size, compute)
        return [
            Judgement(1 - error / WORST, len(row) > _LIMIT)
            for error, row in zip(errors, rows, strict=True)
        ]


def load(info: ModelInfo, device: str | None, batch_size: int) -> MetricXScorer:
    """Load a model of kind ``metricx``, in float32 as the authors' script does.

    Raises:
        ModelError: it is no MetricX-24, its files are damaged, or the tokenizer is missing.
    """
    from transformers import MT5Config, MT5Model

    if info.config.get("architectures") != ["MT5ForRegression"]:
        raise ModelError(f"{info.folder}: is an mT5 but no MetricX (MT5ForRegression)")
    if "metricx-23" in Path(info.name).name.lower():
        raise ModelError(
            f"{info.name} is a MetricX-23, which reads its input in another form; use MetricX-24"
        )
    where = place(device)
    tokenizer = _tokenizer(info)
    with quietly(), torch.device("meta"):
        try:
            model: Any = MT5Model(MT5Config(**info.config))
            model.eval()
        except Exception as error:  # a damaged configuration fails in its own way at each value
            raise ModelError(
                f"{info.folder}: the configuration cannot be used: {first_line(error)}"
            ) from None
    state = _read(info)
    # As the file says: MT5Config of transformers 5 answers yes for every model, and MetricX has
    # an output layer of its own.
    tied = info.config.get("tie_word_embeddings", False)
    table = next((state[key] for key in (_SHARED, *_TABLES) if key in state), None)
    if table is not None:
        state |= dict.fromkeys((_SHARED, *_TABLES), table)
        if tied and _HEAD not in state and table.shape[0] > SCORE_TOKEN:
            state[_HEAD] = table[SCORE_TOKEN]
    wanted = {key: value.shape for key, value in model.state_dict().items()}
    wanted[_HEAD] = torch.Size([model.config.d_model])
    for key, shape in wanted.items():
        if key not in state:
            raise _damaged(info, f"{key} is missing")
        if state[key].shape != shape:
            raise _damaged(info, f"{key} is {tuple(state[key].shape)}, not {tuple(shape)}")
    head = state.pop(_HEAD)
    if tied:  # as T5 scales the states before a tied table
        head = head * model.config.d_model**-0.5
    model.load_state_dict({k: v for k, v in state.items() if k in wanted}, assign=True)
    return MetricXScorer(info, model.to(where), head.to(where), tokenizer, batch_size)


def _read(info: ModelInfo) -> dict[str, Tensor]:
    """The weights in float32; of the output layer only the row that is used, of 250,112."""
    from safetensors import SafetensorError, safe_open

    try:
        if info.weights.suffix == ".json":
            index = json.loads(info.weights.read_text(encoding="utf-8"))["weight_map"]
            files = sorted({info.folder / shard for shard in index.values()})
        else:
            files = [info.weights]
        state: dict[str, Tensor] = {}
        for path in files:
            with safe_open(path, "pt") as file:
                for key in file.keys():  # noqa: SIM118 - safe_open is no mapping
                    part = file.get_slice(key)
                    if key == _HEAD and part.get_shape()[0] <= SCORE_TOKEN:
                        raise _damaged(info, f"{key} has no row {SCORE_TOKEN}")
                    chosen = part[SCORE_TOKEN] if key == _HEAD else part[...]
                    state[key] = chosen.float()
        return state
    except (OSError, ValueError, KeyError, AttributeError, SafetensorError) as error:
        raise _damaged(info, first_line(error)) from None


def _damaged(info: ModelInfo, why: str) -> ModelError:
    return ModelError(f"{info.weights}: the weights are damaged or of another model: {why}")


def _tokenizer(info: ModelInfo) -> Any:
    if has_vocabulary(info.folder):
        return read_tokenizer(info.folder)
    folder = tokenizer_on_disk(MT5_TOKENIZERS)
    if folder is None:
        raise ModelError(
            f"{info.folder}: holds no tokenizer; put that of mT5 there (spiece.model and "
            f"tokenizer_config.json of {MT5_TOKENIZERS[0]})"
        )
    return read_tokenizer(folder)
