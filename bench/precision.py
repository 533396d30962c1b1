"""What do inputs of 8 bits, and another kind of processor, do to the scores?

    python bench/precision.py

The development sets of MLQE-PE (the first ``--count`` pairs of each language pair) are scored

* as the model ships, by processes that torch has told to use the vector instructions of AVX-512, of
  AVX2, and none (`ATEN_CPU_CAPABILITY`): the products of whole numbers are exact in all of them,
  exponentials and sums in single precision are not. What a processor cannot do torch leaves out:
  without AVX-512 the first two are the same;
* with what enters the layers in float32 instead of 8 bits; their weights are stored in 7.

For each the mean over the language pairs of Pearson's correlation with human scores, and how far
scores move from those of the first.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

import numpy as np
from material import add_data_option

from mtqa.qe import folder
from mtqa.qe.metrics import pearson
from mtqa.qe.models import find_model, load_scorer

# Name, vector instructions, whether the layers compute in 8 bits.
_WAYS = (
    ("8 bits, AVX-512", "avx512", True),
    ("8 bits, AVX2", "avx2", True),
    ("8 bits, no vectors", "default", True),
    ("float32, AVX-512", "avx512", False),
)


def read_sets(data: Path, count: int) -> dict[str, list[dict[str, str]]]:
    """Rows of each language pair."""
    sets = {}
    for path in sorted((data / "mlqe-pe" / "da").glob("*.dev.tsv.gz")):
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
        sets[path.name.split(".")[0]] = rows[:count]
    return sets


def score(sets: dict[str, list[dict[str, str]]], eight_bits: bool) -> list[list[list[float]]]:
    """Scores with source, and alone, of each set."""
    if not eight_bits:
        folder.Linear8 = lambda linear: linear  # type: ignore[misc,assignment]
    scorer = load_scorer(find_model(None), "cpu")
    views = []
    for sourced in (True, False):
        views.append([])
        for rows in sets.values():
            translations = [row["translation"] for row in rows]
            sources = [row["source"] for row in rows] if sourced else None
            views[-1].append([found.score or 0.0 for found in scorer.score(translations, sources)])
    return views


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_data_option(parser)
    parser.add_argument("--count", type=int, default=1000, help="pairs of each language pair")
    parser.add_argument("--way", type=int, help=argparse.SUPPRESS)  # in a process of its own
    args = parser.parse_args()
    sets = read_sets(args.data, args.count)
    if args.way is not None:
        print(json.dumps(score(sets, _WAYS[args.way][2])))
        return
    found = []
    for place, (_, capability, _) in enumerate(_WAYS):
        run = subprocess.run(
            [sys.executable, *sys.argv, "--way", str(place)],
            env=os.environ | {"ATEN_CPU_CAPABILITY": capability},
            stdout=subprocess.PIPE,
            check=True,
        )
        found.append(json.loads(run.stdout))
    people = [np.array([float(row["z_mean"]) for row in rows]) for rows in sets.values()]
    print(f"{sum(map(len, people)):,} pairs of {len(people)} language pairs\n")
    for view, label in enumerate(("with source", "translation alone")):
        print(f"{label:<20}{'Pearson':>9}{'moved: median':>15}{'p90':>8}{'p99':>8}{'most':>8}")
        for (name, *_), views in zip(_WAYS, found, strict=True):
            own = [value for one in views[view] for value in one]
            base = [value for one in found[0][view] for value in one]
            moved = sorted(abs(a - b) for a, b in zip(own, base, strict=True))
            shown = [moved[len(moved) * share // 100] for share in (50, 90, 99)]
            mean = statistics.fmean(map(pearson, map(np.array, views[view]), people))
            print(f"{name:<20}{mean:>9.4f}{shown[0]:>15.4f}", end="")
            print(f"{shown[1]:>8.4f}{shown[2]:>8.4f}{moved[-1]:>8.4f}")
        print()


if __name__ == "__main__":
    main()
