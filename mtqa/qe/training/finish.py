"""From a training checkpoint to a model folder: correction, calibration and thresholds.

Run as ``python -m mtqa.qe.training.finish CHECKPOINT --data DATA --out FOLDER``, with
``--encoder ENCODER`` where the recipe started from one. A model folder in the place of the
checkpoint is corrected and calibrated anew.

* The score with source is corrected on MLQE-PE dev into English (`mtqa.qe.training.correct`); what
  follows sees each of its rows with a correction that was fitted without it.
* The score is calibrated on WMT direct assessment 2021 of news into English, counted twice, and
  on MLQE-PE dev into English, which has the bad translations that news systems hardly make; with
  and without source. Its lower end is set by translations paired with the sources of others, or,
  without source, by translations whose words were shuffled.
* Word probabilities are calibrated on the word tags of MLQE-PE dev into English.
* The bar of ``low_score`` is the highest score at or below which at least 80 % of the
  translations of MLQE-PE dev into English were judged below 50 of 100; that of
  ``suspect_word`` the lowest probability from which at least 80 % of the words were tagged bad.

A model that was fitted to one's own judgements is calibrated on those of them that were held out
instead. What they do not tell (the score, where they are no assessments from 0 to 100; the words,
where none are tagged) stays as it was in the model that the recipe started from.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mtqa.config import ConfigError
from mtqa.qe.calibrate import fit, fit_logistic, precision_threshold
from mtqa.qe.folder import UNTUNED, Tuning, load_model, save_model
from mtqa.qe.metrics import best_threshold
from mtqa.qe.model import QEModel
from mtqa.qe.models import find_model, read_folder
from mtqa.qe.predict import Prediction, predict
from mtqa.qe.scorer import NativeScorer
from mtqa.qe.training.correct import Corrected, Twin, correct, draw_twins
from mtqa.qe.training.data import INTO_ENGLISH, Judged, read_mlqe, read_wmt
from mtqa.qe.training.evaluate import sample_documents
from mtqa.qe.training.recipe import Recipe
from mtqa.qe.training.train import new_model, read_checkpoint, read_judged

Vector = NDArray[np.float64]
BAD_ASSESSMENT = 50.0
PRECISION = 0.8


# Fewer held-out judgements or words than these calibrate nothing: ten to each knot of the score.
LEAST_JUDGEMENTS, LEAST_WORDS = 60, 500
TWINS = 300  # good translations of each pair that are damaged for the correction


@dataclass(frozen=True)
class Material:
    """Judged translations that were kept from training.

    Attributes:
        assessed: with direct assessments from 0 to 100, which the score is fitted to.
        dev: on which the bars are set, and which hold word tags.
        kept: what stands where they tell nothing.
        twins: damaged copies that the correction of the scores must not move; without any the
            scores are not corrected.
    """

    assessed: Sequence[Judged]
    dev: Sequence[Judged]
    kept: Tuning = UNTUNED
    twins: Sequence[Twin] = ()


def load_checkpoint(path: Path, start: Path) -> QEModel:
    """The model of a training checkpoint.

    Args:
        path: the checkpoint.
        start: folder of the encoder or model that training started from.

    Raises:
        ConfigError: one of them cannot be used.
    """
    saved = read_checkpoint(path)
    model = new_model(start, saved["recipe"]["split"])
    try:
        model.load_state_dict(saved["model"], strict=False)
    except RuntimeError:
        raise ConfigError(f"{path}: did not start from {start}; name its encoder") from None
    return model.eval()


def start_of(recipe: Recipe, encoder: Path | None) -> Path:
    """The folder that training started from.

    Raises:
        ConfigError: it is not known, or not there.
    """
    if encoder is not None:
        return encoder
    if not recipe.start:
        raise ConfigError("the run started from an encoder; name its folder with --encoder")
    return find_model(recipe.start).folder


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


def shipped_material(data: Path, dev_rows: int, wmt_rows: int) -> Material:
    """What the model that ships is calibrated on: WMT 2021 and MLQE-PE dev.

    Args:
        data: folder of the data.
        dev_rows: rows of each pair of MLQE-PE dev.
        wmt_rows: about how many rows of each pair of WMT 2021.
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
    return Material(news, dev, twins=draw_twins(data, TWINS))


def own_material(data: Path, recipe: Recipe, start: Path) -> Material:
    """One's own judgements that were held out.

    Raises:
        ConfigError: they are too few, or cannot tell the score and no model was there before.
    """
    _, held = read_judged(data, recipe)
    if len(held) < LEAST_JUDGEMENTS:
        raise ConfigError(
            f"{len(held)} judgements were held out and {LEAST_JUDGEMENTS} are needed to calibrate "
            "the model; raise held_out in the recipe, or give more, and train anew"
        )
    if recipe.scale == "0-100":
        return Material(held, held, load_model(start)[1] if recipe.start else UNTUNED)
    if not recipe.start:
        raise ConfigError(
            f"judgements on the scale {recipe.scale!r} do not tell what a score from 0 to 1 is; "
            "start from a model, or judge from 0 to 100"
        )
    return Material([], held, load_model(start)[1])


def tune(
    scorer: NativeScorer, material: Material, corrected: Corrected | None
) -> tuple[Tuning, dict[str, Any]]:
    """Fit calibration and thresholds.

    Args:
        scorer: the model, computing as it will be shipped.
        material: judged translations that were kept from training.
        corrected: scores of ``material.dev`` with source, where those of the model have seen it.

    Returns:
        the tuning, and what the thresholds gave on dev.
    """
    news, dev, kept = material.assessed, material.dev, material.kept
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
    tagged = [r for r in dev if r.words]
    standing = {
        "joint": (kept.joint, kept.words_joint),
        "alone": (kept.alone, kept.words_alone),
    }
    for index, (view, sourced) in enumerate((("joint", True), ("alone", False))):
        (calibration, (slope, shift)), report[view] = standing[view], {}
        low, suspect = kept.low_score[index], kept.suspect_word[index]
        threshold = kept.word_threshold[index]
        on_dev = _run(scorer, dev, sourced=sourced)
        if news:
            on_news = np.array([p.score for p in _run(scorer, news, sourced=sourced)])
            worthless = apart if sourced else predict(scorer.model, scorer.encoder, salad)
            nothing = np.array([p.score for p in worthless])
            values = np.array([p.score for p in on_dev])
            if corrected is not None and sourced:
                report["correction"] = corrected.gain(dev)
                values = corrected.after
            calibration = fit(
                np.concatenate([on_news, on_news, values]),
                np.array([r.raw for r in (*news, *news, *dev)]) / 100,
                nothing,
            )
            scores = np.array([calibration(value) for value in values])
            low = precision_threshold(scores, bad, PRECISION, high=False)
            report[view]["low_score"] = (
                None if low is None else _threshold_report(scores <= low, bad)
            )
        logits, labels = _tags(
            tagged,
            on_dev if len(tagged) == len(dev) else _run(scorer, tagged, sourced=sourced),
        )
        wrong = labels > 0.5
        if len(labels) >= LEAST_WORDS and 0 < wrong.sum() < len(wrong):
            slope, shift = fit_logistic(logits, labels)
            chance = 1 / (1 + np.exp(-(slope * logits + shift)))
            threshold = best_threshold(chance, wrong)
            suspect = precision_threshold(chance, wrong, PRECISION, high=True)
            report[view]["suspect_word"] = (
                None if suspect is None else _threshold_report(chance >= suspect, wrong)
            )
        fitted[view] = (calibration, (slope, shift), threshold, low, suspect)
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


def load_trained(path: Path, encoder: Path | None) -> tuple[QEModel, Recipe, Path]:
    """A model of a checkpoint or of a model folder, its recipe and the folder it started from.

    Raises:
        ConfigError: it cannot be used.
    """
    if path.is_dir():
        return load_model(read_folder(path, path.name).folder)[0], Recipe(), path
    recipe = Recipe(**read_checkpoint(path)["recipe"])
    start = start_of(recipe, encoder)
    return load_checkpoint(path, start), recipe, start


def finish(
    checkpoint: Path,
    data: Path,
    out: Path,
    encoder: Path | None = None,
    dev_rows: int = 1000,
    wmt_rows: int = 1000,
) -> tuple[Tuning, dict[str, Any]]:
    """Make a model folder of a checkpoint; the arguments are those of the command line.

    Raises:
        ConfigError: something that is needed cannot be used.
    """
    model, recipe, start = load_trained(checkpoint, encoder)
    material = (
        own_material(data, recipe, start)
        if recipe.judgements
        else shipped_material(data, dev_rows, wmt_rows)
    )
    tokenizer = start / "tokenizer.json"
    with TemporaryDirectory() as folder:  # weights as they are stored, and no half-made result
        draft = Path(folder) / out.name
        save_model(model, tokenizer, draft)
        scorer = NativeScorer.load(read_folder(draft, out.name), "cpu")
        corrected = correct(scorer, material.dev, material.twins) if material.twins else None
        model.correct.load_state_dict(scorer.model.correct.state_dict())
        tuning, report = tune(scorer, material, corrected)
    save_model(model, tokenizer, out, tuning)
    return tuning, report


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m mtqa.qe.training.finish", description=__doc__)
    parser.add_argument("checkpoint", type=Path, help="a checkpoint, or a model folder")
    parser.add_argument("--encoder", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--figures", type=Path, help="file of figures to put the bars into")
    parser.add_argument("--dev-rows", type=int, default=1000)
    parser.add_argument("--wmt-rows", type=int, default=1000)
    args = parser.parse_args(arguments)
    try:
        tuning, report = finish(
            args.checkpoint, args.data, args.out, args.encoder, args.dev_rows, args.wmt_rows
        )
    except ConfigError as error:
        parser.exit(2, f"mtqa: {error}\n")
    if args.figures:
        figures = json.loads(args.figures.read_text("utf-8")) if args.figures.exists() else {}
        args.figures.write_text(json.dumps({**figures, "bars": report}, indent=1), "utf-8")
    print(json.dumps({**tuning.to_dict(), "on_dev": report}, indent=1))


if __name__ == "__main__":
    main()
