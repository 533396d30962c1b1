"""Recipes: the settings of a training run, as a TOML file. Imports no torch."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from mtqa.config import ConfigError, did_you_mean
from mtqa.qe.judgements import ROLES
from mtqa.qe.training.data import LANGUAGE_PAIR

SETS = ("into_english", "from_english", "mqm", "judgements")
PARTS = (
    "score_joint",
    "score_alone",
    "words_joint",
    "words_alone",
    "twins_joint",
    "twins_alone",
    "apart",
)
SCALES = ("0-100", "z", "mqm")


@dataclass(frozen=True)
class Recipe:
    """Settings of a training run.

    Attributes:
        seed: seed of everything drawn.
        start: the model to go on from, by name or folder; empty: a bare encoder.
        split: lower layers that see the two texts apart; a model to go on from has its own.
        batch: judged translations of a step.
        passes: how often each data set is gone through (into_english, from_english, mqm,
            judgements); a part of a pass takes a random part of the set.
        judgements: files of one's own judgements, in the folder of the data
            (see `mtqa.qe.judgements`).
        columns: their columns by role, where they have other names than their roles.
        pair: their language pair, such as ``ru-en``, where they have no column for it.
        scale: what they are: direct assessments from 0 to 100, which are standardised (less the
            mean, over the standard deviation) for each file and language pair; ``z``, taken as
            they are; ``mqm``, penalties of a segment from 0 to 25.
        held_out: share of them that is kept from training, by whole documents, or by sources
            where there are no documents: for the checks under way and for calibration.
        rate, head_rate: peak learning rates of the top layer and of the heads.
        decay: factor of the rate from each layer to the one below.
        warmup: steps until the peak.
        cooldown: share of the run, at its end, over which the rate falls to zero. The state
            before it is kept as ``trunk.pt``: a run that starts from a copy of it goes on as if
            it had not come to its end.
        weight_decay: of matrices.
        frozen: lowest layers that are not trained.
        dropout: share of what attention and the perceptron of a layer that is trained give that is
            dropped.
        eight_bit: compute the layers in 8 bits (see :mod:`mtqa.qe.training.fast_linear`); needs
            a C++ compiler.
        twins: share of the judged translations that get a synthetic twin.
        negatives: pairs of a source and the translation of another sentence in a step.
        copies: pairs of a source and its copy in a step.
        limit: longest text in pieces.
        weights: weights of the parts of the loss, 1 by default.
    """

    seed: int = 1
    start: str = ""
    split: int = 6
    batch: int = 32
    passes: dict[str, float] = field(default_factory=dict)
    judgements: tuple[str, ...] = ()
    columns: dict[str, str] = field(default_factory=dict)
    pair: str = ""
    scale: str = "0-100"
    held_out: float = 0.1
    rate: float = 1.5e-4
    head_rate: float = 1e-3
    decay: float = 0.92
    warmup: int = 80
    cooldown: float = 0.3
    weight_decay: float = 0.01
    frozen: int = 0
    dropout: float = 0.0
    eight_bit: bool = False
    twins: float = 0.5
    negatives: int = 3
    copies: int = 1
    limit: int = 128
    weights: dict[str, float] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Recipe:
        """Read a recipe from a TOML file.

        Raises:
            ConfigError: it cannot be read, or a key or value is wrong.
        """
        try:
            values = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        except FileNotFoundError:
            raise ConfigError(f"there is no recipe {str(path)!r}") from None
        except OSError as error:
            raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
        except ValueError as error:  # neither UTF-8 nor TOML
            raise ConfigError(f"{path}: is no valid TOML: {error}") from None
        try:
            return cls.from_dict(values)
        except ConfigError as error:
            raise ConfigError(f"{path}: {error}") from None

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Recipe:
        """Settings from plain values.

        Raises:
            ConfigError: a key or value is wrong.
        """
        known = {it.name: it for it in fields(cls)}
        plain = cls()
        given = {}
        for key, value in values.items():
            if key not in known:
                raise ConfigError(f"unknown key {key}{did_you_mean(key, known)}")
            given[key] = _like(getattr(plain, key), value, key)
        recipe = cls(**given)
        recipe._check()
        return recipe

    def _check(self) -> None:
        for table, keys in (("passes", SETS), ("weights", PARTS), ("columns", tuple(ROLES))):
            for key in getattr(self, table):
                if key not in keys:
                    known = dict.fromkeys(keys)
                    raise ConfigError(f"unknown key {table}.{key}{did_you_mean(key, known)}")
        for key, (low, high) in _BOUNDS.items():
            value = getattr(self, key)
            for number in value.values() if isinstance(value, dict) else (value,):
                if not low <= number <= high:
                    raise ConfigError(f"{key} must be from {low:g} to {high:g}, not {number:g}")
        if self.copies > self.batch:
            raise ConfigError(f"copies must be at most the batch, {self.batch}, not {self.copies}")
        if self.scale not in SCALES:
            raise ConfigError(f"scale must be one of {', '.join(SCALES)}, not {self.scale!r}")
        if self.pair and not LANGUAGE_PAIR.fullmatch(self.pair):
            raise ConfigError(f"pair must be like 'ru-en', not {self.pair!r}")
        if bool(self.judgements) != bool(self.passes.get("judgements")):
            raise ConfigError(
                "judgements names the files and passes.judgements how often they are gone "
                "through; one needs the other"
            )
        if not any(self.passes.values()):
            raise ConfigError(f"passes must name a data set to train on ({', '.join(SETS)})")


# What makes sense of each number; a batch of one has no other translation to be paired with.
_BOUNDS: Mapping[str, tuple[float, float]] = {
    "batch": (2, 4096),
    "passes": (0, 1000),
    "held_out": (0, 0.9),
    "rate": (0, 1),
    "head_rate": (0, 1),
    "decay": (0, 1),
    "warmup": (1, 1_000_000),
    "cooldown": (0.01, 1),
    "weight_decay": (0, 1),
    "frozen": (0, 1000),
    "dropout": (0, 0.9),
    "twins": (0, 1),
    "negatives": (0, 4096),
    "copies": (0, 4096),
    "limit": (8, 512),
    "weights": (0, 1000),
}


def _like(plain: Any, value: Any, key: str) -> Any:
    """``value`` if it is of the kind of ``plain``."""
    if isinstance(plain, tuple) and isinstance(value, list):
        if all(isinstance(item, str) for item in value):
            return tuple(value)
        raise ConfigError(f"{key} must be a list of strings")
    if isinstance(plain, dict) and isinstance(value, dict):
        kind: Any = "" if key == "columns" else 0.0
        return {name: _like(kind, item, f"{key}.{name}") for name, item in value.items()}
    if isinstance(plain, float) and type(value) in (int, float):
        return float(value)
    if type(value) is type(plain):
        return value
    raise ConfigError(f"{key} must be {_KINDS[type(plain)]}, not {value!r}")


_KINDS = {
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    str: "a string",
    tuple: "a list of strings",
    dict: "a table",
}
