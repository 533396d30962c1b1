"""Measure a model folder on held-out judgements.

Run as ``python -m mtqa.qe.training.evaluate FOLDER [PART…] --data DATA --out FIGURES.json``.
The parts:

* ``mlqe``: MLQE-PE, scores with and without source, word tags (``--split dev`` or ``test20``);
* ``mqm``: MQM zh-en 2021, news; beside it chrF with a human reference;
* ``wmt``: WMT direct assessment 2022 into English; beside it chrF;
* ``twins``: translations against their damaged twins.

Figures stand with 95 % bootstrap intervals; documents are drawn whole where there are any.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mtqa.qe.calibrate import reliability
from mtqa.qe.metrics import (
    Interval,
    bootstrap,
    f1,
    kendall,
    mcc,
    pairwise_accuracy,
    pearson,
    spearman,
    word_counts,
)
from mtqa.qe.models import read_folder
from mtqa.qe.scorer import NativeScorer
from mtqa.qe.training.data import FROM_ENGLISH, INTO_ENGLISH, Judged, read_mlqe, read_mqm, read_wmt
from mtqa.qe.training.probes import PROBES, make_twins
from mtqa.text.estimates import SegmentScore

Vector = NDArray[np.float64]
ROUNDS = 500


def sample_documents(rows: list[Judged], most: int, seed: int = 0) -> list[Judged]:
    """Whole documents drawn at random until they hold about ``most`` rows."""
    documents = sorted({row.document for row in rows})
    random.Random(seed).shuffle(documents)
    by_document: dict[str, list[Judged]] = defaultdict(list)
    for row in rows:
        by_document[row.document].append(row)
    out: list[Judged] = []
    for document in documents:
        if len(out) >= most:
            break
        out.extend(by_document[document])
    return out


def scored(scorer: NativeScorer, rows: Sequence[Judged], *, sourced: bool) -> list[SegmentScore]:
    """Scores of some rows."""
    return scorer.score(
        [r.translation for r in rows], [r.source for r in rows] if sourced else None
    )


def values(scores: Sequence[SegmentScore]) -> Vector:
    """The scores; what could not be scored counts as worth nothing."""
    return np.array([s.score or 0.0 for s in scores])


def agreement(
    scores: Vector, human: Vector, groups: Sequence[str] | None = None
) -> dict[str, list[float]]:
    """Pearson, Spearman and Kendall with intervals."""
    units: Sequence[Any] = groups or range(len(scores))

    def interval(measure: Any, rounds: int = ROUNDS) -> list[float]:
        def over(index: NDArray[np.intp]) -> float:
            return float(measure(scores[index], human[index]))

        found: Interval = bootstrap(over, units, rounds)
        return found.to_list()

    return {
        "pearson": interval(pearson),
        "spearman": interval(spearman),
        "kendall": interval(kendall, 100),
    }


def word_figures(
    scores: Sequence[SegmentScore], rows: Sequence[Judged], threshold: float
) -> dict[str, list[float]]:
    """MCC and F1 of the word tags, sentences drawn whole; words not read count as right."""
    counts = []
    for row, score in zip(rows, scores, strict=True):
        chance = {(w.start, w.end): w.probability for w in score.words}
        wrong = np.array([chance.get((s, e), 0.0) >= threshold for s, e, _ in row.words])
        counts.append(word_counts(wrong, np.array([b > 0.5 for _, _, b in row.words])))
    table = np.array(counts)
    return {
        "mcc": bootstrap(lambda i: mcc(table[i].sum(0)), range(len(rows)), ROUNDS).to_list(),
        "f1": bootstrap(lambda i: f1(table[i].sum(0)), range(len(rows)), ROUNDS).to_list(),
    }


def evaluate_mlqe(scorer: NativeScorer, data: Path, split: str, most: int) -> dict[str, Any]:
    """MLQE-PE: both views and the words of the view with source."""
    out = {}
    for pair in (*INTO_ENGLISH, *FROM_ENGLISH):
        rows = read_mlqe(data / "mlqe-pe", pair, split)[:most]
        human = np.array([r.score for r in rows])
        spans = [[(s, e) for s, e, _ in r.words] for r in rows]
        texts = [r.translation for r in rows]
        joint = scorer.score(texts, [r.source for r in rows], spans)
        alone = scorer.score(texts, None, spans)
        threshold = scorer.tuning.word_threshold
        out[pair] = {
            "rows": len(rows),
            "joint": agreement(values(joint), human),
            "alone": agreement(values(alone), human),
            "words_joint": word_figures(joint, rows, threshold[0]),
            "words_alone": word_figures(alone, rows, threshold[1]),
        }
    return out


def chrf(rows: Sequence[Judged], references: Sequence[str]) -> Vector | None:
    """Segment chrF by sacrebleu; None where it is not installed."""
    try:
        from sacrebleu.metrics.chrf import CHRF
    except ImportError:
        return None
    metric = CHRF()
    return np.array(
        [
            metric.sentence_score(r.translation, [reference]).score
            for r, reference in zip(rows, references, strict=True)
        ]
    )


def _news(
    scorer: NativeScorer,
    rows: list[Judged],
    human: Vector,
    references: list[str],
    assessment: Vector,
) -> dict[str, Any]:
    documents = [r.document for r in rows]
    segments = [f"{r.document}\t{r.source}" for r in rows]
    found = {
        "joint": scored(scorer, rows, sourced=True),
        "alone": scored(scorer, rows, sourced=False),
    }
    views: dict[str, Vector | None] = {name: values(scores) for name, scores in found.items()}
    views["chrf"] = chrf(rows, references)
    out: dict[str, Any] = {"rows": len(rows), "documents": len(set(documents))}
    for name, scores in views.items():
        if scores is None:
            continue
        pairs = pairwise_accuracy(scores, human, segments)
        out[name] = agreement(scores, human, documents)
        if name in found and np.isfinite(assessment).all():
            out[name]["reliability"] = reliability(scores, assessment)
            out[name]["mean"] = [round(float(scores.mean()), 4), round(float(assessment.mean()), 4)]
        out[name]["pairwise"] = [round(pairs.accuracy, 4), round(pairs.epsilon, 4), pairs.pairs]
    return out


def evaluate_mqm(scorer: NativeScorer, data: Path, most: int) -> dict[str, Any]:
    """MQM zh-en 2021 by document; chrF against the first human translation of the segment."""
    rows = read_mqm(data / "mqm-zh-en" / "newstest2021.jsonl.gz")
    human_names = sorted({r.system for r in rows if r.system.lower().startswith(("human", "ref"))})
    reference = (
        {(r.document, r.source): r.translation for r in rows if r.system == human_names[0]}
        if human_names
        else {}
    )
    rows = [r for r in rows if r.system not in human_names]
    if reference:
        rows = [r for r in rows if (r.document, r.source) in reference]
    rows = sample_documents(rows, most)
    human = np.array([-r.raw for r in rows])
    references = [reference.get((r.document, r.source), "") for r in rows]
    return _news(scorer, rows, human, references, np.array([np.nan]))


def evaluate_wmt(scorer: NativeScorer, data: Path, most: int) -> dict[str, Any]:
    """WMT direct assessment 2022 into English, per pair, with the reliability of the scores."""
    out: dict[str, Any] = {}
    path = data / "wmt-da" / "da_to_english.21-22.tsv.gz"
    everything = read_wmt(path, "22", None)
    for pair, domains in (("ru-en", "news"), ("ja-en", "news"), ("uk-en", None)):
        rows = [r for r in everything if r.pair == pair]
        if domains:
            news = {(r.document, r.source) for r in read_wmt(path, "22", domains)}
            rows = [r for r in rows if (r.document, r.source) in news]
        rows = sample_documents([r for r in rows if r.translation.strip()], most)
        human = np.array([r.raw for r in rows])
        out[pair] = _news(scorer, rows, human, [r.reference for r in rows], human / 100)
    return out


def evaluate_twins(
    scorer: NativeScorer, translations: Sequence[str], sources: Sequence[str], per_probe: int
) -> dict[str, Any]:
    """Share of damaged twins that score lower, and the mean drop, per perturbation."""
    twins = make_twins(translations, sources, per_probe)
    used = sorted({t.row for t in twins})
    place = {row: i for i, row in enumerate(used)}
    texts = [translations[r] for r in used] + [t.text for t in twins]
    foreign = [sources[r] for r in used] + [sources[t.row] for t in twins]
    out: dict[str, Any] = {}
    for view, given in (("joint", foreign), ("alone", None)):
        found = scorer.score(texts, given)
        score = values(found).tolist()
        drops: dict[str, list[float]] = defaultdict(list)
        damaged: dict[str, list[float]] = defaultdict(list)
        lower: dict[str, list[bool]] = defaultdict(list)
        for i, twin in enumerate(twins):
            probe = PROBES[twin.probe]
            if view == "alone" and not probe.alone:
                continue
            good, bad = place[twin.row], len(used) + i
            lower[twin.probe].append(bool(score[bad] < score[good]))
            drops[twin.probe].append(score[good] - score[bad])
            damaged[twin.probe].append(score[bad])
        figures = {
            name: {
                "kind": PROBES[name].kind,
                "unseen": PROBES[name].unseen,
                "pairs": len(d),
                "lower": round(float(np.mean(lower[name])), 4),
                "drop": round(float(np.mean(d)), 4),
                "median_drop": round(float(np.median(d)), 4),
                "mean_score": round(float(np.mean(damaged[name])), 4),
            }
            for name, d in drops.items()
        }
        critical = [n for n in figures if PROBES[n].kind == "critical"]
        named = {"critical": critical, "unseen": [n for n in critical if PROBES[n].unseen]}
        out[view] = {
            "mean_good": round(float(np.mean(score[: len(used)])), 4),
            "perturbations": figures,
        }
        for name, members in named.items():
            every = [d for n in members for d in lower[n]]
            out[view][name] = {
                "lower": round(float(np.mean(every)), 4),
                "lower_by_perturbation": round(
                    float(np.mean([figures[n]["lower"] for n in members])), 4
                ),
                "pairs": len(every),
            }
    return out


def twin_material(data: Path, split: str, most: int) -> dict[str, tuple[list[str], list[str]]]:
    """Good translations to be damaged: MLQE-PE by its judges, WMT 2022 human references."""
    mlqe = [
        r
        for pair in INTO_ENGLISH
        for r in read_mlqe(data / "mlqe-pe", pair, split)
        if r.score > 0.3
    ]
    wmt = read_wmt(data / "wmt-da" / "da_to_english.21-22.tsv.gz", "22", None)
    human = {}
    for row in wmt:
        if row.pair in ("uk-en", "ja-en") and row.reference.strip() and len(row.source) < 300:
            human[row.source] = row.reference
    pairs = sorted(human.items())
    rng = random.Random(0)
    rng.shuffle(pairs)
    rng.shuffle(mlqe)
    return {
        f"MLQE-PE {split} into English": (
            [r.translation for r in mlqe[:most]],
            [r.source for r in mlqe[:most]],
        ),
        "WMT22 references, ja-en and uk-en": (
            [t for _, t in pairs[:most]],
            [s for s, _ in pairs[:most]],
        ),
    }


def main() -> None:
    """Command line of the evaluation."""
    parser = argparse.ArgumentParser(
        prog="python -m mtqa.qe.training.evaluate", description=__doc__
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("parts", nargs="*", default=["mlqe", "mqm", "wmt", "twins"])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--split", default="dev", choices=["dev", "test20"])
    parser.add_argument("--most", type=int, default=4000, help="rows of a data set")
    parser.add_argument("--per-probe", type=int, default=100)
    args = parser.parse_args()
    scorer = NativeScorer.load(read_folder(args.folder, args.folder.name), "cpu")
    figures: dict[str, Any] = {}
    if args.out.exists():
        figures = json.loads(args.out.read_text(encoding="utf-8"))

    def keep(name: str, value: Any) -> None:
        figures[name] = value
        args.out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
        print(name, flush=True)

    for part in args.parts:
        if part == "mlqe":
            keep(f"mlqe {args.split}", evaluate_mlqe(scorer, args.data, args.split, args.most))
        elif part == "mqm":
            keep("mqm zh-en 2021", evaluate_mqm(scorer, args.data, args.most))
        elif part == "wmt":
            keep("wmt da 2022", evaluate_wmt(scorer, args.data, args.most))
        elif part == "twins":
            for name, (good, sources) in twin_material(args.data, args.split, args.most).items():
                keep(f"twins {name}", evaluate_twins(scorer, good, sources, args.per_probe))
        else:
            parser.error(f"no part {part!r}")


if __name__ == "__main__":
    main()
