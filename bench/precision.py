"""How far do scores move from one kind of processor to another?

    python bench/processors.py

The development sets of MLQE-PE (the first ``--count`` pairs of each language pair) are scored by
processes that torch has told to use the vector instructions of AVX-512, of AVX2, and none
(`ATEN_CPU_CAPABILITY`). The products of matrices are exact in all of them; exponentials and sums in
single precision are not. What a processor cannot do torch leaves out: without AVX-512 the first two
are the same.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from material import add_data_option

_CAPABILITIES = ("avx512", "avx2", "default")


def pairs(data: Path, count: int) -> tuple[list[str], list[str]]:
    """Sources and translations."""
    sources, translations = [], []
    for path in sorted((data / "mlqe-pe" / "da").glob("*.dev.tsv.gz")):
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))[:count]
        sources += [row["source"] for row in rows]
        translations += [row["translation"] for row in rows]
    return sources, translations


def score(capability: str, *options: str) -> list[float]:
    """What ``mtqa score`` gives with these instructions."""
    run = subprocess.run(
        [sys.executable, "-m", "mtqa", "score", "--no-cache", "--quiet", *options],
        env=os.environ | {"ATEN_CPU_CAPABILITY": capability},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    rows = csv.DictReader(run.stdout.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    return [float(row["score"]) for row in rows]


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_data_option(parser)
    parser.add_argument("--count", type=int, default=300, help="pairs of each language pair")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        files = [Path(name, "source.txt"), Path(name, "translation.txt")]
        for path, texts in zip(files, pairs(args.data, args.count), strict=True):
            path.write_text("\n".join(texts) + "\n", encoding="utf-8")
        source, translation = map(str, files)
        print(f"{'':<36}{'pairs':>6}{'median':>9}{'p90':>9}{'p99':>9}{'most':>9}")
        for view, options in (
            ("with source", (translation, "--source", source)),
            ("translation alone", (translation,)),
        ):
            first, *others = (score(capability, *options) for capability in _CAPABILITIES)
            for capability, other in zip(_CAPABILITIES[1:], others, strict=True):
                moved = sorted(abs(a - b) for a, b in zip(first, other, strict=True))
                cuts = (moved[len(moved) * share // 100] for share in (50, 90, 99))
                label = f"{view}, {_CAPABILITIES[0]} and {capability}"
                shown = "".join(f"{value:>9.4f}" for value in (*cuts, moved[-1]))
                print(f"{label:<36}{len(moved):>6}{shown}")


if __name__ == "__main__":
    main()
