"""Score translations: the interface of the QE model for the rest of the program."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable, Sequence
from functools import cache

import torch

from mtqa.qe.batching import PieceEncoder
from mtqa.qe.folder import Tuning, load_model, quantise
from mtqa.qe.model import QEModel
from mtqa.qe.models import ModelError, ModelInfo
from mtqa.qe.predict import predict
from mtqa.text.estimates import COVERAGE_DECIMALS, PieceCoverage, SegmentScore, WordRisk

EMPTY = "empty translation"
NOTHING = "source and translation are empty"
NO_SOURCE = "empty source"


class NativeScorer:
    """A loaded model.

    Args:
        model: in evaluation mode.
        encoder: its tokenizer.
        tuning: its calibration and thresholds.
        batch_size: most pairs of a batch.
    """

    def __init__(
        self,
        info: ModelInfo,
        model: QEModel,
        encoder: PieceEncoder,
        tuning: Tuning,
        batch_size: int = 32,
    ) -> None:
        self.info = info
        self.model = model
        self.encoder = encoder
        self.tuning = tuning
        self.batch_size = batch_size
        self._unreleased = 0  # windows since free memory was given back

    @classmethod
    def load(cls, info: ModelInfo, device: str | None = None, batch_size: int = 32) -> NativeScorer:
        """Load a model.

        Args:
            info: the model, of kind ``mtqa-qe``.
            device: torch device; by default CUDA or MPS where present, else the CPU.
            batch_size: most segments of a batch; no score depends on it.

        Raises:
            ModelError: the device is not there, or the files are damaged.
        """
        try:
            model, tuning = load_model(info.folder)
            encoder = PieceEncoder(info.folder / "tokenizer.json")
        except Exception as error:  # safetensors and tokenizers have faults of their own kinds
            reason = " ".join(str(error).split())
            raise ModelError(
                f"{info.folder}: the model cannot be loaded, its files seem damaged "
                f"({type(error).__name__}: {reason[:200]}); install or copy it anew"
            ) from error
        try:
            model = model.to(torch.device(device or best_device()))
        except (RuntimeError, AssertionError) as error:
            raise ModelError(
                f"there is no device {device!r} here; leave --device out, or name cpu, cuda or mps"
            ) from error
        return cls(info, quantise(model), encoder, tuning, batch_size)

    def score(
        self,
        translations: Sequence[str],
        sources: Sequence[str] | None = None,
        words: Sequence[Sequence[tuple[int, int]]] | None = None,
    ) -> list[SegmentScore]:
        """Score translations.

        Args:
            translations: texts; an empty one scores 0.
            sources: their sources, or None to score the translations alone.
            words: words to be judged, (start, end) in code points of the translation, in order
                and disjoint; by default those of :func:`mtqa.qe.segments.word_spans`.

        Returns:
            one score per translation, in order.

        Raises:
            ValueError: when the lengths of the arguments differ.
        """
        for name, other in (("sources", sources), ("words", words)):
            if other is not None and len(other) != len(translations):
                raise ValueError(f"{len(translations)} translations but {len(other)} {name}")
        out: list[SegmentScore | None] = [None] * len(translations)
        asked: list[int] = []
        for i, text in enumerate(translations):
            missing = sources is not None and not sources[i].strip()
            if not text.strip():
                out[i] = SegmentScore(
                    None if missing else 0.0, reason=NOTHING if missing else EMPTY
                )
            elif missing:
                out[i] = SegmentScore(None, reason=NO_SOURCE)
            else:
                asked.append(i)
        found = predict(
            self.model,
            self.encoder,
            [translations[i] for i in asked],
            None if sources is None else [sources[i] for i in asked],
            None if words is None else [words[i] for i in asked],
            self.batch_size,
            after=self._release,
        )
        tuning = self.tuning
        calibration = tuning.alone if sources is None else tuning.joint
        slope, shift = tuning.words_alone if sources is None else tuning.words_joint
        for i, prediction in zip(asked, found, strict=True):
            risks = tuple(
                WordRisk(start, end, 1 / (1 + math.exp(-max(-30.0, slope * logit + shift))))
                for start, end, logit in prediction.words
            )
            coverage = tuple(
                PieceCoverage(start, end, round(likeness, COVERAGE_DECIMALS))
                for start, end, likeness in prediction.coverage
            )
            out[i] = SegmentScore(calibration(prediction.score), risks, coverage=coverage)
        return [score for score in out if score is not None]

    def _release(self, windows: int) -> None:
        """Give free memory back where so much has been scored."""
        self._unreleased += windows
        if self._unreleased >= _MANY:
            _release_memory()(0)
            self._unreleased = 0


_MANY = 2048  # windows, some ten seconds: what is given back must be filled with zeros anew


@cache
def _release_memory() -> Callable[[int], object]:
    """What gives free memory back to the system: ``malloc_trim`` of the GNU C library.

    Batches are of many sizes, and their memory is cut up more and more: 190 MB in 10,000
    segments. Elsewhere nothing is done.
    """
    try:
        release: Callable[[int], object] = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):  # another C library; Windows
        return int
    return release


def best_device() -> str:
    """The device to compute on: cuda, mps or cpu."""
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"
