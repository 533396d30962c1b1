"""A model as a folder: config.json, tokenizer.json, model.safetensors, SHA256SUMS, README.md."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from mtqa.qe.calibrate import Calibration
from mtqa.qe.model import QEConfig, QEModel
from mtqa.qe.models import SUMS, sha256
from mtqa.qe.products import choose_product
from mtqa.qe.storage import load_packed, pack8, save_packed

ARCHITECTURE = "MtqaQE"


class Linear8(nn.Module):
    """A linear layer in 8 bits, for inference.

    Inputs have one scale per token, found anew for each token; weights have one per output and 7
    bits, so that two products fit into 16 bits, in which processors without VNNI add them. Sums of
    whole numbers are exact. So the result for a token does not depend on what else is in the
    batch, nor on how the processor multiplies.
    """

    packed: Tensor
    scale: Tensor
    bias: Tensor

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        packed, scale = pack8(linear.weight.detach())
        bias = torch.zeros(len(scale)) if linear.bias is None else linear.bias.detach().float()
        self.product = choose_product(packed.device)
        self.register_buffer("packed", self.product.pack(packed))
        self.register_buffer("scale", scale.float())
        self.register_buffer("bias", bias)

    def forward(self, x: Tensor) -> Tensor:
        """(tokens, inputs) → (tokens, outputs)."""
        highest, lowest = x.amax(-1, keepdim=True), x.amin(-1, keepdim=True)
        step = torch.maximum(highest, lowest.neg_()).clamp_(min=1e-8).div_(127)
        whole = (x / step).round_()
        return torch.addcmul(self.bias, self.product(whole, self.packed, self.scale), step)


def quantise(model: QEModel) -> QEModel:
    """Put the layers of the encoder in 8 bits and the heads in double precision, in place.

    For inference: no score then hangs on what else is in the batch. MPS has no double precision.
    """
    places: list[tuple[nn.Module, str]] = [(model, "align")]
    places += [(layer, name) for layer in model.layers for name in ("qkv", "out", "up", "down")]
    for module, name in places:
        setattr(module, name, Linear8(getattr(module, name)))
    if model.attend.weight.device.type != "mps":
        for head in model.heads():
            head.double()
    return model


@dataclass(frozen=True)
class Tuning:
    """What was fitted after training.

    Attributes:
        joint: calibration of the score with source.
        alone: calibration of the score without source.
        words_joint: slope and shift from a word's logit to its probability, with source.
        words_alone: the same without source.
        word_threshold: probabilities (joint, alone) from which a word counts as wrong.
        low_score: scores (joint, alone) at or below which a sentence counts as bad; None where
            no bar was precise enough.
        suspect_word: probabilities (joint, alone) from which a word is reported; or None.
    """

    joint: Calibration
    alone: Calibration
    words_joint: tuple[float, float] = (1.0, 0.0)
    words_alone: tuple[float, float] = (1.0, 0.0)
    word_threshold: tuple[float, float] = (0.5, 0.5)
    low_score: tuple[float | None, float | None] = (None, None)
    suspect_word: tuple[float | None, float | None] = (None, None)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for config.json."""
        return {
            "calibration": {"joint": self.joint.to_dict(), "alone": self.alone.to_dict()},
            "word_calibration": {"joint": self.words_joint, "alone": self.words_alone},
            "word_threshold": self.word_threshold,
            "low_score": self.low_score,
            "suspect_word": self.suspect_word,
        }

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> Tuning:
        """Read what :meth:`to_dict` gave."""
        maps, words = stored["calibration"], stored["word_calibration"]
        return cls(
            Calibration.from_dict(maps["joint"]),
            Calibration.from_dict(maps["alone"]),
            tuple(words["joint"]),
            tuple(words["alone"]),
            tuple(stored["word_threshold"]),
            tuple(stored["low_score"]),
            tuple(stored["suspect_word"]),
        )


UNTUNED = Tuning(Calibration((-3.0, 2.0), (0.0, 1.0)), Calibration((-3.0, 2.0), (0.0, 1.0)))


def save_model(
    model: QEModel, tokenizer: Path, out: Path, tuning: Tuning = UNTUNED, name: str = ""
) -> None:
    """Write a model folder (without its card).

    Args:
        model: the model.
        tokenizer: its tokenizer.json.
        out: folder to write.
        tuning: what was fitted after training.
        name: name of the model, the folder's by default.
    """
    out.mkdir(parents=True, exist_ok=True)
    config = {
        "architectures": [ARCHITECTURE],
        "model_type": "mtqa-qe",
        "name": name or out.name,
        **model.config.to_dict(),
        **tuning.to_dict(),
    }
    (out / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    if tokenizer.resolve() != (out / "tokenizer.json").resolve():
        shutil.copyfile(tokenizer, out / "tokenizer.json")
    save_packed(model.state_dict(), out / "model.safetensors")
    write_sums(out)


def write_sums(folder: Path) -> None:
    """Record the checksums of the weights and the tokenizer, as ``sha256sum`` writes them.

    (Not that of config.json, in which people may set other bars.)
    """
    names = ("model.safetensors", "tokenizer.json")
    lines = (f"{sha256(folder / name)}  {name}\n" for name in names)
    (folder / SUMS).write_text("".join(lines), encoding="utf-8")


def load_model(folder: Path) -> tuple[QEModel, Tuning]:
    """Load a model folder, in evaluation mode and in float32.

    Raises:
        FileNotFoundError: when a file of the folder is missing.
        ValueError: when the folder holds another kind of model.
    """
    values = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    if values.get("model_type") != "mtqa-qe":
        raise ValueError(f"{folder} holds no mtqa-qe model but {values.get('model_type')!r}")
    # (On the meta device, which would spare the filling with chance, torch imports its compiler:
    # two seconds.)
    model = QEModel(QEConfig.from_dict(values))
    model.load_state_dict(load_packed(folder / "model.safetensors"), assign=True)
    return model.eval(), Tuning.from_dict(values)
