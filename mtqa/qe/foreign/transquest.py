"""Regressors of the MonoTransQuest kind: source and translation read as one pair of texts.

Ranasinghe, Orasan and Mitkov (2020), TransQuest: Translation Quality Estimation with
Cross-lingual Transformers, https://aclanthology.org/2020.coling-main.445/. What a pair becomes
follows the package transquest 1.1.1 (``monotransquest/utils.py``: convert_example_to_feature,
_truncate_seq_pair), so that scores agree with it; the padding there, to the full length, is not.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

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

# Tokens of a pair where model_args.json names none: the default of transquest (model_args.py).
_TRANSQUEST_LIMIT = 128

# These put two marks between the texts and a space before each; from transquest's run_model.py
# (sep_token_extra, add_prefix_space), with the later members of the same families.
_ROBERTA = ("roberta", "camembert", "xlm-roberta", "xlm-roberta-xl", "longformer")


@dataclass(frozen=True)
class TransQuestScorer:
    """A loaded model.

    Attributes:
        info: the model.
        model: a transformers model for sequence classification with one output.
        tokenizer: its tokenizer.
        limit: most tokens of a pair, marks counted.
        batch_size: most pairs of a batch.
    """

    info: ModelInfo
    model: Any
    tokenizer: Any
    limit: int
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
        rows = [self._row(pair) for pair in pairs]
        device = next(self.model.parameters()).device

        def compute(chosen: list[int]) -> torch.Tensor:
            ids, mask = padded([rows[i][0] for i in chosen], self._pad, device)
            inputs = {"input_ids": ids, "attention_mask": mask}
            if self._segments:
                kinds, _ = padded([rows[i][1] for i in chosen], 0, device)
                inputs["token_type_ids"] = kinds
            logits: torch.Tensor = self.model(**inputs).logits
            return logits[:, 0]

        values = in_batches([len(row[0]) for row in rows], self.batch_size, compute)
        if _predicts_errors(self.info):
            values = [1 - value for value in values]
        return [Judgement(v, row[2]) for v, row in zip(values, rows, strict=True)]

    def _row(self, pair: Pair) -> tuple[list[int], list[int], bool]:
        """Token ids, segment ids, and whether a text was cut."""
        config, tokenizer = self.model.config, self.tokenizer
        wide = config.model_type in _ROBERTA
        source, translation = (
            piece_ids(tokenizer, f" {text}" if wide and text[0] != " " else text, config.vocab_size)
            for text in pair
        )
        between = [tokenizer.sep_token_id] * (2 if wide else 1)
        room = self.limit - len(between) - 2
        first, second = _kept(len(source), len(translation), room)
        ids = [tokenizer.cls_token_id, *source[:first], *between]
        kinds = [0] * (first + 2) + [1] * (len(between) - 1 + second + 1)
        ids += [*translation[:second], tokenizer.sep_token_id]
        return ids, kinds, first < len(source) or second < len(translation)

    @property
    def _pad(self) -> int:
        pad = self.tokenizer.pad_token_id
        return 0 if pad is None else int(pad)

    @property
    def _segments(self) -> bool:
        """Whether the model tells the two texts apart by segment ids, as BERT does."""
        config = self.model.config
        return config.model_type not in _ROBERTA and getattr(config, "type_vocab_size", 0) > 1


def load(info: ModelInfo, device: str | None, batch_size: int) -> TransQuestScorer:
    """Load a model of kind ``transquest``.

    Raises:
        ModelError: it is no regressor, or its files are damaged.
    """
    from transformers import AutoConfig, AutoModelForSequenceClassification

    where = place(device)
    with quietly():
        try:
            config = AutoConfig.from_pretrained(info.folder, local_files_only=True)
        except (OSError, ValueError, KeyError) as error:
            raise ModelError(
                f"{info.folder}: the configuration cannot be read: {first_line(error)}"
            ) from None
        if config.num_labels != 1:
            raise ModelError(
                f"{info.folder}: sorts texts into {config.num_labels} classes; a model that "
                "scores translations has one output"
            )
        try:
            model, report = AutoModelForSequenceClassification.from_pretrained(
                info.folder,
                config=config,
                use_safetensors=True,
                local_files_only=True,
                output_loading_info=True,
            )
        except Exception as error:  # safetensors, torch and transformers each have their own
            raise ModelError(
                f"{info.weights}: the weights are damaged or of another model: {first_line(error)}"
            ) from None
    missing = sorted(str(key) for key in report["missing_keys"] if "position_ids" not in str(key))
    if missing:
        raise ModelError(
            f"{info.weights}: the weights are damaged or of another model: {missing[0]} is missing"
        )
    tokenizer = read_tokenizer(info.folder)
    if tokenizer.cls_token_id is None or tokenizer.sep_token_id is None:
        raise ModelError(f"{info.folder}: its tokenizer has no marks for a pair of texts")
    model = model.float().eval().to(where)
    limit = _limit(info.folder, config)
    return TransQuestScorer(info, model, tokenizer, limit, batch_size)


def _limit(folder: Path, config: Any) -> int:
    """Most tokens of a pair: what the model was trained with, else what it has positions for."""
    positions = getattr(config, "max_position_embeddings", 512)
    if config.model_type in _ROBERTA:  # they count from the padding's id on
        positions -= (1 if config.pad_token_id is None else config.pad_token_id) + 1
    path = folder / "model_args.json"
    if not path.is_file():
        return int(positions)
    try:
        trained = json.loads(path.read_text(encoding="utf-8")).get("max_seq_length")
        return min(int(trained or _TRANSQUEST_LIMIT), int(positions))
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise ModelError(f"{path}: cannot be read: {first_line(error)}") from None


def _kept(first: int, second: int, room: int) -> tuple[int, int]:
    """Lengths of two texts once the longer, or else the second, has lost tokens to fit."""
    while first + second > room:
        if first > second:
            first -= 1
        else:
            second -= 1
    return first, second


def _predicts_errors(info: ModelInfo) -> bool:
    """Whether the model gives an edit rate, where lower is better: its authors put hter in names.

    Source: https://huggingface.co/TransQuest, monotransquest-hter-* beside monotransquest-da-*.
    """
    return "hter" in Path(info.name).name.lower()
