"""COMET checkpoints that need no reference, by the package unbabel-comet (extra ``mtqa[comet]``).

Rei et al. (2022), CometKiwi: IST-Unbabel 2022 Submission for the Quality Estimation Shared Task,
https://aclanthology.org/2022.wmt-1.60/. The package computes; this module batches, and says what
the package leaves unsaid: which texts were cut.

A checkpoint is a pickle, and a pickle can run any code when it is loaded. So one is loaded only
where the environment has ``MTQA_ALLOW_PICKLE=1``.
"""

from __future__ import annotations

import importlib.util
import logging
import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from mtqa.qe.foreign.hub import encoder_of
from mtqa.qe.models import ModelError, ModelInfo
from mtqa.text.estimates import SegmentScore

if TYPE_CHECKING:
    from mtqa.qe.foreign.pairs import Judgement, Pair

ALLOW = "MTQA_ALLOW_PICKLE"


@dataclass(frozen=True)
class CometScorer:
    """A loaded model.

    Attributes:
        info: the model.
        model: a model of unbabel-comet.
        device: torch device it is on.
        batch_size: most pairs of a batch.
    """

    info: ModelInfo
    model: Any
    device: Any
    batch_size: int

    def score(
        self,
        translations: Sequence[str],
        sources: Sequence[str] | None = None,
        words: Sequence[Sequence[tuple[int, int]]] | None = None,
    ) -> list[SegmentScore]:
        """Score translations by their sources; see `mtqa.qe.models.Scorer`."""
        from mtqa.qe.foreign.pairs import score_pairs

        return score_pairs(self.info, translations, sources, words, self._judge)

    def _judge(self, pairs: Sequence[Pair]) -> list[Judgement]:
        from mtqa.qe.foreign.pairs import Judgement, in_batches

        encoder = self.model.encoder
        marks = encoder.tokenizer.num_special_tokens_to_add()
        most = encoder.max_positions
        joint = hasattr(self.model.hparams, "input_segments")  # both texts in one sequence
        lengths: list[int] = []
        cut: list[bool] = []
        for pair in pairs:
            source, translation = (
                len(encoder.tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"])
                for text in pair
            )
            total = source + translation + marks + encoder.size_separator
            lengths.append(total)
            # comet/encoders/base.py: prepare_sample cuts each text, concat_sequences both.
            alone = max(source, translation) + marks > most - 2
            cut.append(alone or (joint and total > most))

        def compute(chosen: list[int]) -> Any:
            samples = [{"src": pairs[i].source, "mt": pairs[i].translation} for i in chosen]
            inputs = _moved(self.model.prepare_for_inference(samples), self.device)
            return self.model.predict_step(inputs)["scores"]

        with _quietly():
            values = in_batches(lengths, self.batch_size, compute)
        return [Judgement(v, c) for v, c in zip(values, cut, strict=True)]


def load(info: ModelInfo, device: str | None, batch_size: int) -> CometScorer:
    """Load a model of kind ``comet``.

    Raises:
        ModelError: the extra or the permission is missing, the model needs a reference or is
            damaged, or its encoder's tokenizer is not on this machine.
    """
    check_allowed(info.name)
    from mtqa.qe.foreign.pairs import first_line, place, quietly

    where = place(device)
    with _quietly(), quietly():
        try:
            comet = import_module("comet")
        except ImportError as error:
            raise ModelError(
                f"unbabel-comet is installed but cannot be imported ({first_line(error)}): "
                "reinstall it with pip install 'mtqa[comet]'"
            ) from None
        try:
            model = comet.load_from_checkpoint(str(info.weights), local_files_only=True)
        except OSError as error:
            raise ModelError(
                f"{info.name}: the tokenizer of its encoder {encoder_of(info.folder)} is not on "
                f"this machine or cannot be read: {first_line(error)}"
            ) from None
        except Exception as error:  # a damaged checkpoint fails anywhere in torch or lightning
            raise ModelError(
                f"{info.weights}: the checkpoint is damaged or of another release of COMET: "
                f"{first_line(error)}"
            ) from None
    if model.requires_references():
        raise ModelError(
            f"{info.name} needs a reference translation; name a model of COMET for quality "
            "estimation, such as Unbabel/wmt22-cometkiwi-da"
        )
    standardised = model.hparams.get("class_identifier") == "referenceless_regression_metric"
    if standardised and model.hparams.get("final_activation") != "Sigmoid":
        raise ModelError(
            f"{info.name} gives standardised scores, which have no bounds and cannot be shown as "
            "0 to 1; name a newer model such as Unbabel/wmt22-cometkiwi-da"
        )
    return CometScorer(info, model.eval().to(where), where, batch_size)


def check_allowed(name: str) -> None:
    """Refuse a checkpoint unless it can be loaded and its user has allowed it.

    Raises:
        ModelError: the extra or the permission is missing; the message says what to do.
    """
    if importlib.util.find_spec("comet") is None:
        raise ModelError(f"{name} is a COMET model: run pip install 'mtqa[comet]' to use it")
    if os.environ.get(ALLOW) != "1":
        raise ModelError(
            f"{name} is a COMET checkpoint, a pickle that can run any code when it is loaded: "
            f"set {ALLOW}=1 if you trust its source"
        )


def _moved(inputs: Any, device: Any) -> Any:
    """Tensors in tuples and mappings on a device."""
    if isinstance(inputs, tuple | list):
        return type(inputs)(_moved(value, device) for value in inputs)
    if hasattr(inputs, "items"):
        return {key: _moved(value, device) for key, value in inputs.items()}
    return inputs.to(device) if hasattr(inputs, "to") else inputs


@contextmanager
def _quietly() -> Iterator[None]:
    """Keep lightning and comet from writing to stderr."""
    loggers = [logging.getLogger(n) for n in ("pytorch_lightning", "lightning", "comet")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
