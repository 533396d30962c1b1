"""The model card, made from the measured figures.

Run as ``python -m mtqa.qe.training.card FOLDER FIGURES.json``; writes README.md and
reliability.svg into the model folder, and the main figures into its config.json.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from mtqa.qe.training.data import FROM_ENGLISH, INTO_ENGLISH

HEAD = """---
license: apache-2.0
library_name: mtqa
pipeline_tag: text-classification
tags: [machine-translation, quality-estimation]
---

# {name}

Scores a translation, with its source or on its own, and gives every word a probability of being
wrong. {parameters:.0f} M parameters, {megabytes:.1f} MB. The score lies in [0, 1] and reads as
the expected human direct assessment / 100 of texts translated into English (two parts news, one
part Wikipedia and the like: see the reliability below).

## How it works
The encoder is multilingual-e5-small (MIT). Source and translation pass its lower {split} layers
apart; the upper {upper} see them joined (score with source) or see the translation alone (score
without). Tokens carry literal evidence where the two are joined: numbers with and without their
counterpart, words that stand or sound alike on the other side.

The embedding table is stored in the 4 bits in which it was published (of its 250,002 pieces the
{pieces:,} most frequent, every single character among them), matrices in 7 bits. The layers
compute in whole numbers too, of 8 bits for what goes in, with exact sums and without padding: a
score does not depend on what else is in the batch. What training left of judgements that it had not
seen was then fitted by a linear correction of the score.

## Data
| data | used for | licence |
|---|---|---|
| MLQE-PE (Fomicheva et al. 2022) | training; dev for correction, words and bars | CC0-1.0 |
| MQM zh-en newstest2020 (Freitag et al. 2021) | training | Apache-2.0 |
| synthetic twins of these: {modes} | training | - |
| WMT21 direct assessment into English (with MLQE-PE dev) | calibration | research use |
| MLQE-PE test20, MQM zh-en 2021, WMT22 direct assessment | evaluation | as above |

## Figures
In brackets 95 % bootstrap intervals.
"""

LIMITS = """
## Limits
* Into English is what it was mostly trained on; other targets are rated less well, and pairs it
  has never seen worse than those above.
* Without the source it judges how the translation reads: a fluent translation that says
  something else looks good to it, and so does a changed number.
* Segments of more than 254 pieces (some 170 English words) are read in windows of equal size,
  source and translation in as many, and get the mean over them; training knew up to 126 pieces.
* Direct assessment of single translations is noisy: take the score of one sentence as a hint,
  the mean of a document as a measurement.
"""


def cell(values: list[float]) -> str:
    """A figure with its interval."""
    value, low, high = values
    return f"{value:.3f} [{low:.3f}, {high:.3f}]"


def mlqe_table(figures: dict[str, Any]) -> list[str]:
    """Scores and words on MLQE-PE."""
    lines = [
        "| pair | Pearson, with source | Spearman | Pearson, translation alone | "
        "words MCC | words F1 | words MCC, alone |",
        "|---|---|---|---|---|---|---|",
    ]
    for pair in (*INTO_ENGLISH, *FROM_ENGLISH):
        row = figures[pair]
        cells = [
            row["joint"]["pearson"],
            row["joint"]["spearman"],
            row["alone"]["pearson"],
            row["words_joint"]["mcc"],
            row["words_joint"]["f1"],
            row["words_alone"]["mcc"],
        ]
        lines.append("| " + " | ".join([pair, *map(cell, cells)]) + " |")
    return lines


def news_table(sets: dict[str, dict[str, Any]]) -> list[str]:
    """Agreement on news beside chrF."""
    lines = [
        "| data | segments | view | Pearson | Spearman | Kendall | pairwise accuracy |",
        "|---|---|---|---|---|---|---|",
    ]
    names = {"joint": "with source", "alone": "translation alone", "chrf": "chrF with reference"}
    for name, figures in sets.items():
        for view, label in names.items():
            if view not in figures:
                continue
            row = figures[view]
            agreement = [cell(row[k]) for k in ("pearson", "spearman", "kendall")]
            lines.append(
                f"| {name} | {figures['rows']} | {label} | "
                + " | ".join(agreement)
                + f" | {row['pairwise'][0]:.3f} |"
            )
    return lines


def twins_table(figures: dict[str, Any]) -> list[str]:
    """Share of twins scored lower, and the drop."""
    lines = [
        "| perturbation | kind | pairs | lower, with source | mean drop | lower, alone "
        "| mean drop |",
        "|---|---|---|---|---|---|---|",
    ]
    joint, alone = (figures[v]["perturbations"] for v in ("joint", "alone"))
    for name, row in joint.items():
        other = alone.get(name)
        blind = f"{other['lower']:.0%} | {other['drop']:.3f}" if other else "- | -"
        new = ", not trained on" if row["unseen"] else ""
        lines.append(
            f"| {name} | {row['kind']}{new} | {row['pairs']} | {row['lower']:.0%} | "
            f"{row['drop']:.3f} | {blind} |"
        )
    lines.append("")
    for view, label in (("joint", "with source"), ("alone", "translation alone")):
        row = figures[view]
        lines.append(
            f"Critical ones, {label}: {row['critical']['lower']:.1%} of "
            f"{row['critical']['pairs']} pairs; of those not trained on "
            f"{row['unseen']['lower']:.1%} of {row['unseen']['pairs']}.  "
        )
    return lines


def reliability_plot(sets: dict[str, dict[str, Any]], view: str) -> str:
    """An SVG of mean assessment over mean score."""
    size, edge = 320, 40
    colours = ("#1b6ca8", "#c0392b", "#2e8b57", "#8e44ad")

    def place(x: float, y: float) -> str:
        return f"{edge + x * size:.1f},{edge + (1 - y) * size:.1f}"

    full = size + 2 * edge
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{full + 120}" height="{full}" '
        'font-family="sans-serif" font-size="11">',
        f'<rect width="{full + 120}" height="{full}" fill="white"/>',
        f'<polyline points="{place(0, 0)} {place(1, 1)}" stroke="#bbb" fill="none"/>',
        f'<rect x="{edge}" y="{edge}" width="{size}" height="{size}" fill="none" stroke="#333"/>',
        f'<text x="{edge}" y="{full - 12}">score →, human assessment / 100 ↑</text>',
    ]
    for i, (name, figures) in enumerate(sets.items()):
        if "reliability" not in figures.get(view, {}):
            continue
        points = " ".join(place(x, y) for x, y, _ in figures[view]["reliability"])
        colour = colours[i % len(colours)]
        parts.append(
            f'<polyline points="{points}" stroke="{colour}" fill="none" stroke-width="2"/>'
        )
        parts.append(f'<text x="{full}" y="{edge + 16 * i}" fill="{colour}">{name}</text>')
    return "\n".join([*parts, "</svg>", ""])


def main_figures(figures: dict[str, Any]) -> dict[str, float]:
    """What `mtqa models` shows: a few figures by name."""
    out: dict[str, float] = {}
    for pair in (*INTO_ENGLISH, *FROM_ENGLISH):
        row = figures.get("mlqe test20", {}).get(pair)
        if row:
            out[f"MLQE-PE test20 {pair}, Pearson with source"] = row["joint"]["pearson"][0]
            out[f"MLQE-PE test20 {pair}, Pearson, translation alone"] = row["alone"]["pearson"][0]
            out[f"MLQE-PE test20 {pair}, word MCC with source"] = row["words_joint"]["mcc"][0]
    news = figures.get("mqm zh-en 2021")
    if news:
        out["MQM zh-en 2021, Spearman with source"] = news["joint"]["spearman"][0]
        out["MQM zh-en 2021, Spearman, translation alone"] = news["alone"]["spearman"][0]
    return out


def write_card(folder: Path, figures: dict[str, Any]) -> None:
    """Write README.md and reliability.svg, and the main figures into config.json."""
    from mtqa.qe.folder import load_model
    from mtqa.qe.training.damage import MODES

    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config["license"] = "Apache-2.0"
    config["origin"] = "trained by the mtqa project on multilingual-e5-small (MIT)"
    config["figures"] = main_figures(figures)
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    model, _ = load_model(folder)
    count = sum(p.numel() for p in model.parameters())
    count += config["vocab_size"] * config["hidden_size"]
    files = [f for f in folder.iterdir() if f.suffix in (".json", ".safetensors")]
    text = [
        HEAD.format(
            name=config["name"],
            parameters=count / 1e6,
            split=config["split"],
            megabytes=sum(f.stat().st_size for f in files) / 1e6,
            pieces=config["vocab_size"],
            upper=config["num_hidden_layers"] - config["split"],
            modes=", ".join(MODES),
        )
    ]
    if "note" in figures:
        text += [figures["note"], ""]
    for key in ("mlqe test20", "mlqe dev"):
        if key in figures:
            text += [f"### MLQE-PE {key.split()[1]}", *mlqe_table(figures[key]), ""]
    news = dict(figures.get("wmt da 2022", {}))
    news = {f"WMT22 {pair}": value for pair, value in news.items()}
    if "mqm zh-en 2021" in figures:
        news["MQM zh-en 2021"] = figures["mqm zh-en 2021"]
    if news:
        text += ["### News into English, held out by document", *news_table(news), ""]
        text += [
            "Score against assessment on WMT22, with source:",
            "",
            "![reliability](reliability.svg)",
            "",
        ]
        (folder / "reliability.svg").write_text(reliability_plot(news, "joint"), encoding="utf-8")
    for key, value in figures.items():
        if key.startswith("twins "):
            text += [f"### Damaged twins: {key.removeprefix('twins ')}", *twins_table(value), ""]
    if "bars" in figures:
        text += ["### Bars"]
        for view, label in (("joint", "with source"), ("alone", "translation alone")):
            for i, name in enumerate(("low_score", "suspect_word")):
                bar = config[name][0 if view == "joint" else 1]
                dev = figures["bars"][view][name]
                if bar is None or dev is None:
                    text.append(f"* `{name}`, {label}: none reached 80 % precision")
                    continue
                sign = "≤" if i == 0 else "≥"
                text.append(
                    f"* `{name}`, {label}: {sign} {bar:.3f}, precision {dev['precision']:.0%} at "
                    f"{dev['flagged']:.1%} flagged (MLQE-PE dev into English)"
                )
    text.append(LIMITS)
    (folder / "README.md").write_text("\n".join(text), encoding="utf-8")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m mtqa.qe.training.card", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("figures", type=Path)
    args = parser.parse_args()
    write_card(args.folder, json.loads(args.figures.read_text(encoding="utf-8")))


if __name__ == "__main__":
    main()
