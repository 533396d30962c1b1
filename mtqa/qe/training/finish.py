"""From a training checkpoint to a model folder: calibration and thresholds.

Run as ``python -m mtqa.qe.training.finish CHECKPOINT --encoder ENCODER --data DATA --out FOLDER``.

* The score is calibrated on WMT direct assessment 2021 of news into English, with and without
  source, its lower end on translations paired with the sources of others,
  or, without source, on translations whose words were shuffled.
* Word probabilities are calibrated on the word tags of MLQE-PE dev into English.
* The bar of ``low_score`` is the highest score at or below which at least 80 % of the
  translations of MLQE-PE dev into English were judged below 50 of 100; that of
  ``suspect_word`` the lowest probability from which at least 80 % of the words were tagged bad.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from mtqa.qe.calibrate import fit, fit_logistic, precision_threshold
from mtqa.qe.folder import Tuning, save_model
from mtqa.qe.metrics import best_threshold
from mtqa.qe.models import read_folder
from mtqa.qe.predict import Prediction, predict
from mtqa.qe.scorer import NativeScorer
from mtqa.qe.training.data import INTO_ENGLISH, Judged, read_mlqe, read_wmt
from mtqa.qe.training.evaluate import sample_documents
from mtqa.qe.training.train import new_model

Vector = NDArray[np.float64]
BAD_ASSESSMENT = 50.0
PRECISION = 0.8


def load_checkpoint(path: Path, encoder: Path) -> Any:
    """The model of a training checkpoint."""
    saved = torch.load(path, weights_only=True)
    model = new_model(encoder, saved["recipe"]["split"])
    model.load_state_dict(saved["model"], strict=False)
    return model.eval()


def _run(scorer: NativeScorer, rows: Sequence[Judged], *, sourced: bool) -> list[Prediction]:
    sources = [r.source for r in rows] if sourced else None
    spans = [[(s, e) for s, e, _ in r.words] for r in rows]
    given = spans if all(spans) else None
    return predict(scorer.model, scorer.encoder, [r.translation for r in rows], sources, given)


def _tags(rows: Sequence[Judged], found: Sequence[Prediction]) -> tuple[Vector, Vector]:
    logits, labels = [], []
    for row, prediction in zip(rows, found, strict=True):
        label = {(s, e): b for s, e, b in row.words}
        for start, end, logit in prediction.words:
            logits.append(logit)
            labels.append(label[start, end])
    return np.array(logits), np.array(labels)


def _threshold_report(flags: NDArray[np.bool_], wanted: NDArray[np.bool_]) -> dict[str, float]:
    return {
        "precision": round(float(wanted[flags].mean()), 4) if flags.any() else float("nan"),
        "flagged": round(float(flags.mean()), 4),
        "base_rate": round(float(wanted.mean()), 4),
    }


def tune(
    scorer: NativeScorer, data: Path, dev_rows: int, wmt_rows: int
) -> tuple[Tuning, dict[str, Any]]:
    """Fit calibration and thresholds.

    Args:
        scorer: the model, computing as it will be shipped.
        data: folder of the data.
        dev_rows: rows of each pair of MLQE-PE dev.
        wmt_rows: about how many rows of each pair of WMT 2021.

    Returns:
        the tuning, and what the thresholds gave on dev.
    """
    dev = [r for pair in INTO_ENGLISH for r in read_mlqe(data / "mlqe-pe", pair, "dev")[:dev_rows]]
    table = read_wmt(data / "wmt-da" / "da_to_english.21-22.tsv.gz", "21")
    news = [
        row
        for pair in ("is-en", "ja-en", "ru-en")
        for row in sample_documents(
            [r for r in table if r.pair == pair and r.translation.strip() and r.source.strip()],
            wmt_rows,
        )
    ]
    rng = random.Random(0)
    mixed = [rng.choice(dev) for _ in range(300)]
    others = [rng.choice(dev) for _ in mixed]
    apart = predict(
        scorer.model, scorer.encoder, [r.translation for r in mixed], [r.source for r in others]
    )
    salad = []
    for row in mixed:
        words = row.translation.split()
        salad.append(" ".join(rng.sample(words, len(words))))
    report: dict[str, Any] = {}
    fitted: dict[str, Any] = {}
    bad = np.array([r.raw < BAD_ASSESSMENT for r in dev])
    for view, sourced in (("joint", True), ("alone", False)):
        on_dev = _run(scorer, dev, sourced=sourced)
        on_news = np.array([p.score for p in _run(scorer, news, sourced=sourced)])
        worthless = apart if sourced else predict(scorer.model, scorer.encoder, salad)
        nothing = np.array([p.score for p in worthless])
        calibration = fit(on_news, np.array([r.raw for r in news]) / 100, nothing)
        scores = np.array([calibration(p.score) for p in on_dev])
        logits, labels = _tags(dev, on_dev)
        slope, shift = fit_logistic(logits, labels)
        chance = 1 / (1 + np.exp(-(slope * logits + shift)))
        wrong = labels > 0.5
        low = precision_threshold(scores, bad, PRECISION, high=False)
        suspect = precision_threshold(chance, wrong, PRECISION, high=True)
        fitted[view] = (calibration, (slope, shift), best_threshold(chance, wrong), low, suspect)
        report[view] = {
            "low_score": None if low is None else _threshold_report(scores <= low, bad),
            "suspect_word": None
            if suspect is None
            else _threshold_report(chance >= suspect, wrong),
        }
    joint, alone = fitted["joint"], fitted["alone"]
    tuning = Tuning(
        joint[0],
        alone[0],
        joint[1],
        alone[1],
        (joint[2], alone[2]),
        (joint[3], alone[3]),
        (joint[4], alone[4]),
    )
    return tuning, report


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m mtqa.qe.training.finish", description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--encoder", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--figures", type=Path, help="file of figures to put the bars into")
    parser.add_argument("--dev-rows", type=int, default=1000)
    parser.add_argument("--wmt-rows", type=int, default=2000)
    args = parser.parse_args()
    model = load_checkpoint(args.checkpoint, args.encoder)
    save_model(model, args.encoder / "tokenizer.json", args.out)
    scorer = NativeScorer.load(read_folder(args.out, args.out.name), "cpu")
    tuning, report = tune(scorer, args.data, args.dev_rows, args.wmt_rows)
    save_model(model, args.encoder / "tokenizer.json", args.out, tuning)
    if args.figures:
        figures = json.loads(args.figures.read_text("utf-8")) if args.figures.exists() else {}
        args.figures.write_text(json.dumps({**figures, "bars": report}, indent=1), "utf-8")
    print(json.dumps({**tuning.to_dict(), "on_dev": report}, indent=1))


if __name__ == "__main__":
    main()
