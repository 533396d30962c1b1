"""Memory and pace of ``score`` and ``check`` along a large corpus.

    python bench/scale.py check --sentences 1000000
    python bench/scale.py score --sentences 100000

The corpus is that of `speed.prose`, shuffled, and repeated until there are so many sentences: one
file of a sentence a line for ``score``, files of a hundred for ``check`` (without scores). A run
writes JSON Lines into a file; the rows that stand there and the resident memory of the process are
looked at twice a second. The table has a row for each tenth of the run: how many rows a second were
written in it, and the median of the memory. Caches of words fill in the beginning; the slope of the
second half is told as the change that it would make in a million sentences.
"""

from __future__ import annotations

import argparse
import random
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path
from typing import NamedTuple

from material import add_data_option
from speed import prose

_TENTHS = 10
_FILE = 100  # sentences
_LOOK = 0.5  # seconds
_MILLION = 1_000_000


class Look(NamedTuple):
    """What is seen at a moment: seconds since the start, rows written, MB of memory."""

    seconds: float
    rows: int
    memory: float


def sentences(data: Path) -> list[str]:
    """Sentences of the data, one a line, shuffled: some of its sets have far longer ones."""
    lines = [line.strip() for piece in prose(data) for line in piece.splitlines()]
    lines = [line for line in lines if line]
    random.Random(0).shuffle(lines)
    return lines


def watch(command: list[str], partial: Path) -> list[Look]:
    """Run a command and look at it until it ends."""
    begin = time.perf_counter()
    looks: list[Look] = []
    rows = 0
    with subprocess.Popen(command) as process:
        while not partial.exists() and process.poll() is None:
            time.sleep(_LOOK)
        with open(partial, "rb") as file:
            while process.poll() is None:
                while piece := file.read(1 << 20):
                    rows += piece.count(b"\n")
                status = Path(f"/proc/{process.pid}/statm").read_text(encoding="ascii").split()
                memory = int(status[1]) * 4096 / 1e6
                looks.append(Look(time.perf_counter() - begin, rows, memory))
                time.sleep(_LOOK)
    if process.returncode not in (0, 1):
        sys.exit(f"{' '.join(command)}: exit {process.returncode}")
    return looks


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_data_option(parser)
    parser.add_argument("command", choices=("score", "check"))
    parser.add_argument("--sentences", type=int, default=100_000)
    args = parser.parse_args()
    corpus = islice(cycle(sentences(args.data)), args.sentences)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        texts = folder / "texts"
        texts.mkdir()
        mtqa = [sys.executable, "-m", "mtqa", args.command, "--format", "jsonl", "--quiet"]
        if args.command == "score":
            path = texts / "corpus.txt"
            path.write_text("\n".join(corpus) + "\n", encoding="utf-8")
            command = [*mtqa, "--no-cache", str(path)]
        else:
            number = 0
            while lines := list(islice(corpus, _FILE)):
                path = texts / f"{number:06}.txt"
                path.write_text("\n\n".join(lines) + "\n", encoding="utf-8")
                number += 1
            command = [*mtqa, "--no-qe", "--target-lang", "en", str(texts)]
        output = folder / "rows"
        looks = watch([*command, "--output", str(output)], folder / "rows.partial")
    total = looks[-1].rows
    print(f"{'rows':>10}{'seconds':>10}{'rows/s':>10}{'MB':>8}")
    tenths: list[tuple[float, float, float]] = []
    for tenth in range(_TENTHS):
        part = [
            look
            for look in looks
            if total * tenth <= _TENTHS * look.rows <= total * (tenth + 1) and look.rows
        ]
        if len(part) < 2:
            continue
        first, last = part[0], part[-1]
        pace = (last.rows - first.rows) / (last.seconds - first.seconds)
        memory = statistics.median(look.memory for look in part)
        tenths.append((statistics.median(look.rows for look in part), pace, memory))
        print(f"{last.rows:>10,}{last.seconds:>10.0f}{pace:>10,.0f}{memory:>8.0f}")
    if len(tenths) < _TENTHS // 2:
        sys.exit("the run was too short to tell a slope; give more --sentences")
    print("\nslope of the second half, in a million sentences:")
    half = tenths[len(tenths) // 2 :]
    for label, place in (("rows/s", 1), ("MB", 2)):
        fit = statistics.linear_regression([row[0] for row in half], [row[place] for row in half])
        mean = statistics.fmean(row[place] for row in half)
        print(f"{label:>8} {100 * fit.slope * _MILLION / mean:+.1f} %")


if __name__ == "__main__":
    main()
