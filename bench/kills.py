"""Runs of ``score`` and ``check`` that are killed again and again, and what they write in the end.

    python bench/kills.py                # 200 kills
    python bench/kills.py --kills 20 --seed 7

Each command is run once without a kill. Then it is started with ``--resume``, killed after a time
drawn at random between nothing and somewhat more than it takes to get well into the work (by
SIGKILL, SIGTERM or SIGINT, in turn), started again and killed again, until a run comes through;
what it has written is compared, byte for byte. That is repeated until there were so many kills.
"""

from __future__ import annotations

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

_WORDS = (
    "the mayor of the old port said on Monday that after ten years a bridge will be opened again "
    "to all who live near Spin Boldak or Spinboldak and that the the cost has risen by a third"
).split()
_SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)


def write_texts(folder: Path, files: int, lines: int, draw: random.Random) -> None:
    """Files of lines of some words each."""
    folder.mkdir()
    for number in range(files):
        content = "".join(
            " ".join(draw.choices(_WORDS, k=draw.randint(4, 24))).capitalize() + ".\n"
            for _ in range(lines)
        )
        (folder / f"{number:04}.txt").write_text(content, encoding="utf-8")


def commands(folder: Path, draw: random.Random) -> dict[str, list[str]]:
    """What is run, by name; ``--output`` is to follow."""
    write_texts(folder / "lines", 1, 900, draw)
    write_texts(folder / "many", 500, 40, draw)
    write_texts(folder / "some", 60, 12, draw)
    mtqa = [sys.executable, "-m", "mtqa"]
    check = [*mtqa, "check", "--format", "jsonl", "--quiet", "--target-lang", "en"]
    return {
        "check --no-qe": [*check, "--no-qe", str(folder / "many")],
        "check --no-qe --jobs 2": [*check, "--no-qe", "--jobs", "2", str(folder / "many")],
        "check": [*check, "--no-cache", str(folder / "some")],
        "score": [*mtqa, "score", "--no-cache", "--quiet", str(folder / "lines" / "0000.txt")],
    }


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    draw = random.Random(args.seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        runs = commands(folder, draw)
        whole: dict[str, bytes] = {}
        lasts: dict[str, float] = {}
        for tool, command in runs.items():
            output = folder / "whole"
            begin = time.perf_counter()
            subprocess.run([*command, "--output", str(output)], check=False)
            lasts[tool] = time.perf_counter() - begin
            whole[tool] = output.read_bytes()
        kills: Counter[str] = Counter()
        ended: Counter[str] = Counter()
        wrong: Counter[str] = Counter()
        kinds: Counter[signal.Signals] = Counter()
        tools = list(runs)
        while kills.total() < args.kills:
            tool = min(tools, key=lambda tool: kills[tool])
            output = folder / "killed"
            output.unlink(missing_ok=True)
            while not output.exists():
                process = subprocess.Popen(
                    [*runs[tool], "--output", str(output), "--resume"], stderr=subprocess.DEVNULL
                )
                try:
                    process.wait(draw.uniform(0, 1.2 * lasts[tool]))
                except subprocess.TimeoutExpired:
                    number = _SIGNALS[kills.total() % len(_SIGNALS)]
                    process.send_signal(number)
                    process.wait()
                    kills[tool] += 1
                    kinds[number] += 1
            ended[tool] += 1
            wrong[tool] += output.read_bytes() != whole[tool]
            print(
                f"{kills.total()} kills, {ended.total()} outputs, {wrong.total()} differ",
                file=sys.stderr,
                flush=True,
            )
            left = [path.name for path in folder.iterdir() if path.name.startswith("killed.")]
            if left:
                sys.exit(f"left behind: {left}")
    print(f"{kills.total()} kills: {', '.join(f'{n} {kind.name}' for kind, n in kinds.items())}\n")
    print(f"{'':<24}{'kills':>8}{'outputs':>9}{'differ':>8}{'s unbroken':>12}{'bytes':>12}")
    for tool in tools:
        print(
            f"{tool:<24}{kills[tool]:>8}{ended[tool]:>9}{wrong[tool]:>8}{lasts[tool]:>12.1f}"
            f"{len(whole[tool]):>12,}"
        )
    sys.exit(1 if wrong.total() else 0)


if __name__ == "__main__":
    main()
