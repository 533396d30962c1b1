"""Which models there are, and how one becomes a scorer. Imports no torch."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from mtqa.config import ConfigError
from mtqa.text.estimates import SegmentScore

SHIPPED = "mtqa-qe-small"

# What records the checksums of a model's files, as ``sha256sum`` writes and checks them.
SUMS = "SHA256SUMS"

# Beside the package in a checkout, inside it when installed from a wheel.
_PLACES = (Path(__file__).parents[1] / "models", Path(__file__).parents[2] / "models")


class ModelError(ConfigError):
    """A model that cannot be had or used; the message is one sentence for the user."""


@dataclass(frozen=True)
class ModelInfo:
    """A model on this machine.

    Attributes:
        name: what users call it.
        folder: where its files lie.
        kind: architecture: ``mtqa-qe``, ``transquest``, ``metricx`` or ``comet``.
        weights: its weights file.
        config: its config.json.
    """

    name: str
    folder: Path
    kind: str
    weights: Path
    config: dict[str, Any] = field(repr=False)

    @cached_property
    def checksum(self) -> str:
        """SHA-256 of the weights file, in hexadecimal; of its index and its shards, one by one."""
        if self.weights.suffix != ".json":
            return sha256(self.weights)
        try:
            shards = json.loads(self.weights.read_text(encoding="utf-8"))["weight_map"].values()
            files = [self.weights, *sorted({self.folder / shard for shard in shards})]
            return hashlib.sha256("".join(map(sha256, files)).encode()).hexdigest()
        except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
            raise ModelError(f"{self.weights}: the weights are damaged: {error}") from None

    @property
    def needs_source(self) -> bool:
        """Whether it scores nothing without a source."""
        return self.kind != "mtqa-qe"

    @property
    def judges_words(self) -> bool:
        """Whether it gives each word a probability of being wrong."""
        return self.kind == "mtqa-qe"

    def bar(self, name: str, *, sourced: bool) -> float | None:
        """The calibrated bar ``low_score`` or ``suspect_word``; None where none is known."""
        bars: Sequence[float | None] = self.config.get(name) or (None, None)
        return bars[0 if sourced else 1]


class Scorer(Protocol):
    """A loaded model."""

    info: ModelInfo

    def score(
        self,
        translations: Sequence[str],
        sources: Sequence[str] | None = None,
        words: Sequence[Sequence[tuple[int, int]]] | None = None,
    ) -> list[SegmentScore]:
        """Score translations.

        Args:
            translations: segments; an empty one scores 0, with the reason.
            sources: their sources; None: the translations alone.
            words: the words to judge of each, (start, end) in code points, in order and
                disjoint; by default those of `mtqa.qe.segments.word_spans`.

        Returns:
            One score per translation, in order.

        Raises:
            ValueError: the arguments are of different lengths.
            ModelError: the model needs a source and gets none.
        """
        ...


def find_model(name: str | None = None) -> ModelInfo:
    """The model called ``name``: the one that ships, a folder, or an id of the Hugging Face hub.

    An id is looked up among what has been downloaded before, then fetched: naming one is the only
    way in which mtqa ever uses the network.

    Raises:
        ModelError: there is no such model, or it is of a kind that mtqa cannot run.
    """
    if name is None or name == SHIPPED:
        return _shipped()
    folder = Path(name).expanduser()
    if folder.exists() or name.startswith((".", "/", "~")) or name.count("/") != 1:
        return read_folder(folder, name)
    from mtqa.qe.foreign.hub import fetch

    return read_folder(fetch(name), name)


def portable_name(info: ModelInfo) -> str:
    """What `find_model` finds a model by in another working folder, or on another machine."""
    by_folder = Path(info.name).expanduser() == info.folder
    return str(info.folder.resolve()) if by_folder else info.name


def find_same_model(name: str, checksum: str) -> ModelInfo:
    """The model called ``name``, which is known from another machine.

    Raises:
        ModelError: there is none on this machine, or another one.
    """
    info = find_model(name)
    if info.checksum != checksum:
        raise ModelError(
            f"a worker has another model called {name} than this machine; install the same on all "
            "machines"
        )
    return info


def installed_models() -> list[ModelInfo]:
    """Models that need no network: the shipped one, and known kinds in the hub's local cache."""
    from mtqa.qe.foreign.hub import downloaded

    found = [read_folder(folder, SHIPPED) for folder in _shipped_folders()]
    for name, folder in downloaded():
        try:
            found.append(read_folder(folder, name))
        except ModelError:  # other kinds of models lie there too
            continue
    return found


def load_scorer(info: ModelInfo, device: str | None = None, batch_size: int = 32) -> Scorer:
    """Load a model into memory.

    Args:
        info: the model.
        device: a torch device; None: CUDA or MPS where present, else the CPU.
        batch_size: most segments that are computed at once; moves no score.

    Raises:
        ModelError: the files are damaged or not those of the model, the device does not exist, or
            an extra is missing.
    """
    if info.kind == "mtqa-qe":
        verify(info)
        from mtqa.qe.scorer import NativeScorer

        return NativeScorer.load(info, device, batch_size)
    from importlib import import_module

    foreign = import_module(f"mtqa.qe.foreign.{info.kind}")
    scorer: Scorer = foreign.load(info, device, batch_size)
    return scorer


def verify(info: ModelInfo) -> None:
    """See that the files of a model are those whose checksums it came with, if it came with any.

    Raises:
        ModelError: a file is another, or missing.
    """
    sums = info.folder / SUMS
    try:
        lines = sums.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        raise ModelError(f"{sums}: cannot be read: {error}") from None
    for line in lines:
        expected, _, name = line.partition("  ")
        path = info.folder / name
        try:
            found = info.checksum if path == info.weights else sha256(path)
        except OSError as error:
            raise ModelError(f"{path}: cannot be read: {error.strerror}") from None
        if found != expected:
            raise ModelError(
                f"{path}: is not the file that {SUMS} beside it names: it was cut short or "
                "changed; install or copy the model anew"
            )


def read_folder(folder: Path, name: str) -> ModelInfo:
    """What a model folder holds.

    Raises:
        ModelError: it holds no model that mtqa can run.
    """
    path = folder / "config.json"
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        config = None
    except (OSError, ValueError) as error:
        raise ModelError(f"{path}: is no readable model configuration: {error}") from None
    if not folder.is_dir():
        raise ModelError(f"there is no model {name!r}: name a folder, or an id such as owner/model")
    kind = kind_of(folder, config)
    weights = next((folder / w for w in _WEIGHTS[kind] if (folder / w).is_file()), None)
    if weights is None:
        raise ModelError(f"{folder}: holds no weights; expected {' or '.join(_WEIGHTS[kind])}")
    return ModelInfo(name, folder, kind, weights, config or {})


_SAFE = ("model.safetensors", "model.safetensors.index.json")
_WEIGHTS = {
    "mtqa-qe": ("model.safetensors",),
    "transquest": _SAFE,
    "metricx": _SAFE,
    "comet": ("checkpoints/model.ckpt",),
}


def kind_of(folder: Path, config: dict[str, Any] | None) -> str:
    """The architecture of a model folder, by its configuration.

    Raises:
        ModelError: it is none that mtqa can run.
    """
    if (folder / "hparams.yaml").is_file():
        return "comet"
    config = config or {}
    architectures = " ".join(config.get("architectures") or ())
    if config.get("model_type") == "mtqa-qe":
        return "mtqa-qe"
    if "MT5" in architectures or config.get("model_type") == "mt5":
        return "metricx"
    if "ForSequenceClassification" in architectures:
        return "transquest"
    raise ModelError(
        f"{folder}: is no model that scores translations (known: mtqa-qe, regressors of the "
        "MonoTransQuest kind, MetricX-24, COMET)"
    )


def sha256(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _shipped_folders() -> list[Path]:
    folders = (place / SHIPPED for place in _PLACES)
    return [folder for folder in folders if (folder / "config.json").is_file()][:1]


def _shipped() -> ModelInfo:
    for folder in _shipped_folders():
        return read_folder(folder, SHIPPED)
    raise ModelError(
        f"the model {SHIPPED} is missing from this installation; reinstall mtqa, or run without "
        "scores (--no-qe)"
    )
