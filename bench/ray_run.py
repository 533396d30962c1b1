"""``score`` by one process, by ``--jobs`` and by ``--engine ray``: how fast, and the same bytes?

Run as ``python bench/ray_run.py [--count 4096] [--jobs 2]``, with the extra ``ray`` installed. The
same short segments (3 to 9 words) are scored, the cache off, by one process, by several, by Ray on
this machine, and by Ray with a worker killed when the first rows are there. *Whole* is from the
start of the command to its end, *start* the time to the first rows, *steady* the pace from there.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

VOCABULARY = (
    "the government said on Monday that three people were injured when a train left the rails "
    "near the old bridge and several houses had to be cleared before rain came again"
).split()


class Run(NamedTuple):
    """Seconds to the first rows and to the end, the rows that were first, and all bytes."""

    first: float
    end: float
    rows: int
    written: bytes


def score(folder: Path, options: list[str], *, kill: bool = False) -> Run:
    """One run of ``mtqa score``."""
    output, partial = folder / "scores", folder / "scores.partial"
    command = [sys.executable, "-m", "mtqa", "score", str(folder / "mt.txt"), "--no-cache"]
    command += ["--quiet", "--format", "jsonl", "--words", "--output", str(output), *options]
    began = time.perf_counter()
    process = subprocess.Popen(command)
    first, rows = 0.0, 0
    while process.poll() is None:
        if not rows and partial.exists():
            rows = partial.read_bytes().count(b"\n")
            if rows:
                first = time.perf_counter() - began
                if kill:
                    os.kill(next(workers(process.pid)), signal.SIGKILL)
        time.sleep(0.02)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: exit code {process.returncode}")
    run = Run(first, time.perf_counter() - began, rows, output.read_bytes())
    output.unlink()
    return run


def workers(owner: int) -> Iterator[int]:
    """Workers of Ray that descend from a process."""
    parents, names = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            names[int(folder.name)] = (folder / "cmdline").read_bytes()
            parents[int(folder.name)] = int(stat[1])
        except OSError:  # it has ended
            continue
    for process, name in names.items():
        above = process
        while above and above != owner:
            above = parents.get(above, 0)
        if above and name.startswith(b"ray::MapWorker"):
            yield process


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=4096, help="segments")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--model", help="another than the one that ships")
    options = parser.parse_args()
    jobs = ["--jobs", str(options.jobs)]
    ways = {
        "one process": [],
        f"--jobs {options.jobs}": jobs,
        f"--engine ray --jobs {options.jobs}": ["--engine", "ray", *jobs],
        "the same, a worker killed": ["--engine", "ray", *jobs],
    }
    with tempfile.TemporaryDirectory() as name:
        folder, draw = Path(name), random.Random(1)
        lines = [
            " ".join(draw.choices(VOCABULARY, k=draw.randint(3, 9))) + "."
            for _ in range(options.count)
        ]
        (folder / "mt.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
        print(f"{'':32}   start s   whole s  steady segments/s  bytes of one process")
        one = b""
        for way, chosen in ways.items():
            extra = ["--model", options.model] if options.model else []
            run = score(folder, [*chosen, *extra], kill="killed" in way)
            one = one or run.written
            pace = (options.count - run.rows) / (run.end - run.first)
            same = "yes" if run.written == one else "NO"
            print(
                f"{way:32}{run.first:10.1f}{run.end:10.1f}{pace:19.1f}  {same}",
                flush=True,
            )
        print(f"load average of the last minute at the end: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
