"""How near translations come to their references: BLEU, chrF++ and TER, by sacrebleu."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from sacrebleu.metrics.base import Metric

# Tokenizers that sacrebleu takes for a language but does not bring, with what they import.
_SEPARATE = {"ja": ("Japanese", ("MeCab", "ipadic")), "ko": ("Korean", ("mecab_ko",))}

_CHRF = "chrF2++"


class Figure(NamedTuple):
    """What one metric says of some translations.

    Attributes:
        name: as sacrebleu calls the metric: BLEU, chrF2++, TER.
        score: 0 to 100 (TER: without upper end, lower is better), unrounded; None: it could not be
            computed.
        signature: how the score was made, as sacrebleu writes it; empty without a score.
        reason: why there is no score.
    """

    name: str
    score: float | None
    signature: str
    reason: str | None = None


class Statistics(NamedTuple):
    """What a metric keeps of each segment, from which it computes the score of any set of them.

    Attributes:
        name: of the metric.
        rows: sacrebleu's sufficient statistics of each segment, in order.
        score: from the sum of some rows, column by column, to their score.
        lower_is_better: whether it counts errors.
    """

    name: str
    rows: list[list[float]]
    score: Callable[[NDArray[np.floating]], float]
    lower_is_better: bool


class Comparison:
    """Translations of one file beside their references, added some at a time.

    The statistics of a segment are computed once, with the functions that sacrebleu's own
    significance tests go by; the score of a document, a file or all files is computed from them
    and is that of ``corpus_score`` to the last digit.

    Args:
        lang: target language; BLEU's tokenizer goes by it as in sacrebleu.
    """

    def __init__(self, lang: str) -> None:
        from sacrebleu.metrics import BLEU, CHRF, TER

        self.lang = lang
        self._missing = _missing_tokenizer(lang)
        self._metrics: dict[str, Metric] = (
            {} if self._missing else {"BLEU": BLEU(trg_lang=lang, force=True)}
        )
        self._metrics |= {_CHRF: CHRF(word_order=2), "TER": TER()}
        self._rows: dict[str, list[list[float]]] = {name: [] for name in self._metrics}

    def add(self, translations: Sequence[str], references: Sequence[Sequence[str]]) -> None:
        """Add segments.

        Args:
            translations: their texts.
            references: for each reference file the references of these segments.
        """
        if not translations:
            return
        for name, metric in self._metrics.items():
            self._rows[name] += metric._extract_corpus_statistics(translations, references)

    def chrf(self, index: int) -> float:
        """chrF++ of one segment, 0 to 100, as sacrebleu's ``sentence_score``."""
        return _score(self._metrics[_CHRF], [self._rows[_CHRF][index]])

    def statistics(self) -> Iterator[Statistics]:
        """What is known of the segments, metric by metric."""
        for name, metric in self._metrics.items():

            def score(sums: NDArray[np.floating], metric: Metric = metric) -> float:
                return float(metric._compute_score_from_stats(list(sums)).score)

            yield Statistics(name, self._rows[name], score, name == "TER")


def measure(
    comparisons: Sequence[Comparison], chosen: Sequence[int] | None = None
) -> tuple[Figure, ...]:
    """BLEU, chrF++ and TER of the segments of some files together.

    Args:
        comparisons: the files; all are compared as the language of the first wants it.
        chosen: indices of the segments, of one file, to measure; None: all.

    Returns:
        Nothing where there are no segments, or files in languages that BLEU cuts differently.
    """
    if not comparisons or len({bleu_tokenizer(one.lang) for one in comparisons}) > 1:
        return ()
    first = comparisons[0]
    figures = []
    if first._missing:
        figures.append(Figure("BLEU", None, "", first._missing))
    for name, metric in first._metrics.items():
        if chosen is None:
            rows = [row for one in comparisons for row in one._rows[name]]
        else:
            rows = [first._rows[name][index] for index in chosen]
        if not rows:
            return ()
        figures.append(Figure(name, _score(metric, rows), str(metric.get_signature())))
    return tuple(figures)


def bleu_tokenizer(lang: str) -> str:
    """The tokenizer that sacrebleu's BLEU takes for a language."""
    from sacrebleu.metrics import BLEU

    return BLEU._TOKENIZER_MAP.get(lang, BLEU.TOKENIZER_DEFAULT)


def _score(metric: Metric, rows: list[list[float]]) -> float:
    return float(metric._aggregate_and_compute(rows).score)


def _missing_tokenizer(lang: str) -> str | None:
    """What to install before BLEU of a language can be computed; None: nothing."""
    language, modules = _SEPARATE.get(lang, ("", ()))
    if all(importlib.util.find_spec(module) for module in modules):
        return None
    return (
        f"BLEU of {language} needs a tokenizer that is not installed: "
        f"pip install 'sacrebleu[{lang}]'"
    )
