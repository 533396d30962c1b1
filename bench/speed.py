"""How fast the rules are, how time grows with length, and how much memory a check takes.

    python bench/speed.py                          # everything, about five minutes
    python bench/speed.py --part growth

Parts: growth (one document from 1,000 to 1,000,000 words, per analysis and per rule), hostile
(texts made to bring out quadratic behaviour), process (whole-process times of the command line and
peak memory on a 10 MB file). All on one core. Times are seconds of CPU, so that other work on the
machine does not count, and for whole processes those on the wall as well.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import islice
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from material import HUMAN_NEWS, add_data_option, read_set

from mtqa.config import Settings
from mtqa.rules import RULES
from mtqa.text.analysis import Analysis
from mtqa.text.document import Document

WORDS = (1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000)
TARGET = 1_000_000  # words a minute on one core
MEMORY_MB = 300  # peak, for a file of 10 MB
HELP_SECONDS, CHECK_SECONDS = 0.3, 1.0
_CPU_LIMIT = 60  # seconds for one hostile text

# In the order in which they are defined: an analysis that needs another one that comes later pays
# for it.
ANALYSES = tuple(
    name for name, value in vars(Analysis).items() if isinstance(value, cached_property)
)


def prose(data: Path) -> Iterator[str]:
    """Different English documents: human news, other writing, then sentences by sixes.

    Without a data folder, the sample articles of corpora/, over and over.
    """
    if not data.is_dir():
        articles = sorted((Path(__file__).parents[1] / "corpora").rglob("*.txt"))
        while articles:
            yield from (path.read_text(encoding="utf-8") for path in articles)
        return
    for name in (*HUMAN_NEWS, "gum-other"):
        seen = set()
        for text in read_set(data, name):
            if text.id not in seen:  # one translator of each document
                seen.add(text.id)
                yield text.text
    for path in sorted((data / "mlqe-pe" / "da").glob("*-en.*.tsv.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as rows:
            next(rows)
            while lines := list(islice(rows, 6)):
                yield " ".join(line.split("\t")[1] for line in lines)
    with gzip.open(data / "wmt-da" / "da_to_english.21-22.tsv.gz", "rt", encoding="utf-8") as rows:
        next(rows)
        references = iter(dict.fromkeys(line.split("\t")[7] for line in rows))
        while lines := list(islice(references, 6)):
            yield "\n".join(lines)


def grow(pieces: Iterator[str], words: int) -> str:
    """As many documents as it takes to make ``words`` words (by white space)."""
    taken: list[str] = []
    count = 0
    for piece in pieces:
        taken.append(piece)
        count += len(piece.split())
        if count >= words:
            break
    return "\n\n".join(taken)


def time_all(text: str, lang: str = "en") -> dict[str, float]:
    """CPU seconds for each analysis, then for each rule with the analyses at hand."""
    analysis = Analysis(Document("speed", text, lang))
    seconds: dict[str, float] = {}
    for name in ANALYSES:
        begin = time.process_time()
        getattr(analysis, name)
        seconds[f"analysis {name}"] = time.process_time() - begin
    for rule in RULES:
        begin = time.process_time()
        for _ in rule.check(analysis, Settings()):
            pass
        seconds[rule.name] = time.process_time() - begin
    return seconds


def slope(points: list[tuple[float, float]]) -> float:
    """Exponent of growth: the slope of the line of least squares through the logarithms."""
    if len({x for x, _ in points}) < 2:
        return math.nan
    logs = [(math.log(x), math.log(max(y, 1e-9))) for x, y in points]
    return statistics.linear_regression(*zip(*logs, strict=True)).slope


def _growth(data: Path, largest: int) -> None:
    time_all("A warm-up of Ms Noor, who “reads (word) lists” in Oslo. Ms Noor said so.\n" * 30)
    pieces = list(_until(prose(data), largest))
    rows: list[tuple[int, dict[str, float]]] = []
    for size in (size for size in WORDS if size <= largest):
        text = grow(iter(pieces), size)
        repeats = 3 if size <= 30_000 else 1
        runs = [time_all(text) for _ in range(repeats)]
        rows.append((len(text.split()), min(runs, key=lambda run: sum(run.values()))))
    print(f"{'words':>10} {'seconds':>9} {'words/minute':>14}")
    for words, seconds in rows:
        total = sum(seconds.values())
        print(f"{words:>10,} {total:>9.3f} {60 * words / total:>14,.0f}")
    totals = [(float(words), sum(seconds.values())) for words, seconds in rows]
    words, seconds = rows[-1]
    rate = 60 * words / sum(seconds.values())
    print(
        f"exponent of growth {slope(totals):.3f}; from 10,000 words on {slope(totals[2:]):.3f}; "
        f"at the largest size {rate:,.0f} words a minute "
        f"({'meets' if rate >= TARGET else 'MISSES'} {TARGET:,})"
    )
    print(
        f"\nMicroseconds a word\n{'':<28}" + "".join(f"{words:>11,}" for words, _ in rows), end=""
    )
    print(f"{'share %':>9} {'exponent':>9}")
    whole = sum(seconds.values())
    for name in sorted(seconds, key=lambda name: -seconds[name]):
        cells = "".join(f"{1e6 * part[name] / words:>11.3f}" for words, part in rows)
        exponent = slope([(float(words), part[name]) for words, part in rows[2:]])
        print(f"{name:<28}{cells}{100 * seconds[name] / whole:>9.1f} {exponent:>9.2f}")


def _until(pieces: Iterator[str], words: int) -> Iterator[str]:
    count = 0
    for piece in pieces:
        yield piece
        count += len(piece.split())
        if count >= words:
            return


# --- hostile texts -------------------------------------------------------------------------------

_SYLLABLES = [c + v for c in "bdfghjklmnprstvz" for v in "aeiou"]


def _names(count: int, parts: int) -> list[str]:
    draw = random.Random(0)
    names: dict[str, None] = {}
    while len(names) < count:
        names["".join(draw.choices(_SYLLABLES, k=parts)).capitalize()] = None
    return list(names)


def _sentences_of(names: list[str]) -> str:
    pairs = zip(names[::2], names[1::2], strict=False)
    return "\n".join(f"On Monday Mr {one} met {two} in the harbour." for one, two in pairs)


# Text by size; the size in the table is of the largest, and a half and a quarter of it are timed.
HOSTILE: dict[str, tuple[int, Callable[[int, str], str]]] = {
    "prose on one line": (5_000_000, lambda n, prose: _cycle(prose.replace("\n", " "), n)),
    "prose without line ends, no stops": (
        2_000_000,
        lambda n, prose: _cycle(prose.replace("\n", " ").replace(".", ","), n),
    ),
    "identical short sentences": (200_000, lambda n, prose: "The talks failed again. " * n),
    "identical short lines": (200_000, lambda n, prose: "The talks failed again.\n" * n),
    "identical long paragraphs": (
        20_000,
        lambda n, prose: "The city opened the bridge on Monday, officials at the port said.\n" * n,
    ),
    "opening round brackets": (50_000, lambda n, prose: "(" * n),
    "opening brackets in prose": (50_000, lambda n, prose: "the (talks " * n),
    "opening curly quotes": (50_000, lambda n, prose: "“" * n),
    "opening curly quotes in prose": (50_000, lambda n, prose: "He said “it was.\n" * n),
    "straight quotes": (50_000, lambda n, prose: '"' * n),
    "straight quotes in prose": (50_000, lambda n, prose: 'He said "it was.\n' * n),
    "closing marks in prose": (50_000, lambda n, prose: "It was” he) said.\n" * n),
    "apostrophes": (50_000, lambda n, prose: "the ’80s rock ’n’ roll of James’ " * n),
    "attributions": (30_000, lambda n, prose: "“We won,” said Omar Haddad, he said. " * n),
    "distinct names": (100_000, lambda n, prose: _sentences_of(_names(n, 4))),
    "distinct names of two syllables": (6_000, lambda n, prose: _sentences_of(_names(n, 2))),
    "one capitalised run": (100_000, lambda n, prose: " ".join(_names(n, 4))),
    "phrase loop": (100_000, lambda n, prose: "all 11 pedestrians were injured, " * n),
    "word loop": (300_000, lambda n, prose: "the " * n),
    "one long word": (1_000_000, lambda n, prose: "a" * n),
    "one long mixed word": (1_000_000, lambda n, prose: "aж" * (n // 2)),
    "spaces": (2_000_000, lambda n, prose: " " * n + "x"),
    "line ends": (2_000_000, lambda n, prose: "x" + "\n" * n + "x"),
    "stops": (1_000_000, lambda n, prose: "." * n),
    "dashes and stops": (300_000, lambda n, prose: "- . " * n),
    "tag openers": (300_000, lambda n, prose: "<a " * n),
    "entities without end": (300_000, lambda n, prose: "&am" * n),
    "braces": (300_000, lambda n, prose: "{{" * n),
    "digits": (1_000_000, lambda n, prose: "1" * n),
    "digit groups": (300_000, lambda n, prose: "1,1." * n),
    "combining marks": (500_000, lambda n, prose: "e" + "\u0301" * n),
    "mojibake": (200_000, lambda n, prose: "itâ€™s " * n),
    "Chinese without spaces": (60_000, lambda n, prose: "今天会议在北京举行各方代表出席" * n),
    "Chinese sentences": (60_000, lambda n, prose: "今天会议在北京举行，各方代表出席。" * n),
    "pipes": (300_000, lambda n, prose: "News | " * n),
}  # fmt: skip


def _cycle(text: str, size: int) -> str:
    return (text * (size // len(text) + 1))[:size]


def _timed(text: str, lang: str, answer: Connection) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_LIMIT, _CPU_LIMIT))
    answer.send(time_all(text, lang))


def _run_limited(text: str, lang: str) -> dict[str, float] | None:
    """`time_all` in a process of its own; None if it takes longer than the limit or dies."""
    context = get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_timed, args=(text, lang, sender))
    process.start()
    sender.close()
    try:
        seconds: dict[str, float] | None = receiver.recv()
    except EOFError:
        seconds = None
    process.terminate()
    process.join()
    return seconds


def _hostile(data: Path, only: list[str]) -> None:
    sample = grow(prose(data), 300_000)
    print(
        f"{'text':<34} {'MB':>6} {'seconds':>8} {'s/MB':>8} {'exponent':>9}  "
        "dearest part, s, exponent"
    )
    for name, (size, make) in HOSTILE.items():
        if only and name not in only:
            continue
        lang = "zh" if name.startswith("Chinese") else "en"
        points: list[tuple[float, dict[str, float]]] = []
        for part in (size // 4, size // 2, size):
            text = make(part, sample)
            seconds = _run_limited(text, lang)
            if seconds is None:
                print(
                    f"{name:<34} {len(text.encode()) / 1e6:>6.2f}    "
                    f"over {_CPU_LIMIT} s of CPU, or died"
                )
                break
            points.append((len(text.encode()) / 1e6, seconds))
        if len(points) < 3:
            continue
        megabytes, seconds = points[-1]
        total = sum(seconds.values())
        # The growth over the last doubling, where a quadratic part shows itself.
        exponent = slope([(mb, sum(parts.values())) for mb, parts in points[-2:]])
        dearest = max(seconds, key=lambda part: seconds[part])
        growth = slope([(mb, parts[dearest]) for mb, parts in points[-2:]])
        alarm = "  <-- not linear" if exponent > 1.3 and total > 0.5 else ""
        print(
            f"{name:<34} {megabytes:>6.2f} {total:>8.2f} {total / megabytes:>8.2f} "
            f"{exponent:>9.2f}  {dearest}, {seconds[dearest]:.2f}, {growth:.2f}{alarm}",
            flush=True,
        )


# --- whole processes -----------------------------------------------------------------------------


def _command() -> list[str]:
    beside = Path(sys.executable).parent / "mtqa"
    found = str(beside) if beside.exists() else shutil.which("mtqa")
    return [found] if found else [sys.executable, "-m", "mtqa"]


# Runs a command and tells its exit code, seconds on the wall and of CPU, and peak memory in KB. A
# small process of its own, because a child begins with the peak memory of the one that starts it.
_WATCH = """
import json, os, subprocess, sys, time
begin = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
seconds = time.perf_counter() - begin
code = os.waitstatus_to_exitcode(status)
print(json.dumps([code, seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss]))
"""


def run(arguments: list[str]) -> tuple[float, float, float]:
    """Runs mtqa: seconds on the wall, CPU seconds, peak memory in MB."""
    watch = subprocess.run(
        [sys.executable, "-c", _WATCH, *_command(), *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=True,
    )
    code, seconds, cpu, peak = json.loads(watch.stdout)
    if code not in (0, 1):
        print(f"mtqa {' '.join(arguments)}: exit {code}\n{watch.stderr[-600:]}")
    return seconds, cpu, peak / 1024


def _process(data: Path, article: Path | None) -> None:
    print("command:", " ".join(_command()))
    with tempfile.TemporaryDirectory() as folder:
        if article is None:
            article = Path(folder) / "article.txt"
            article.write_text(grow(prose(data), 700), encoding="utf-8")
        for label, arguments, bound in (
            ("mtqa --help", ["--help"], HELP_SECONDS),
            ("mtqa rules", ["rules"], None),
            (
                f"mtqa check --no-qe, {article.stat().st_size:,} bytes",
                ["check", "--no-qe", str(article)],
                CHECK_SECONDS,
            ),
        ):
            run(arguments)  # fills the caches of the disk and of compiled modules
            runs = [run(arguments) for _ in range(7)]
            median = statistics.median(seconds for seconds, _, _ in runs)
            cpu = statistics.median(cpu for _, cpu, _ in runs)
            verdict = (
                "" if bound is None else f" ({'meets' if median < bound else 'MISSES'} {bound:g} s)"
            )
            print(
                f"{label:<32} median of 7: {median:.3f} s ({cpu:.3f} s of CPU), "
                f"peak {max(peak for _, _, peak in runs):.0f} MB{verdict}"
            )
        large = Path(folder) / "large.txt"
        text = grow(prose(data), 1_800_000)
        large.write_text(_cycle(text, 10_000_000), encoding="utf-8")
        for options in ([], ["--format", "json"]):
            seconds, cpu, peak = run(["check", "--no-qe", *options, str(large)])
            words = len(large.read_text(encoding="utf-8").split())
            print(
                f"mtqa {' '.join(['check', '--no-qe', *options])}, 10 MB, {words:,} words: "
                f"{seconds:.1f} s ({cpu:.1f} s of CPU, {60 * words / cpu:,.0f} words a minute), "
                f"peak {peak:.0f} MB ({'meets' if peak < MEMORY_MB else 'MISSES'} {MEMORY_MB} MB)"
            )


def main() -> None:
    """The command line."""
    assert __doc__
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_data_option(parser)
    parser.add_argument(
        "--part", action="append", default=[], choices=["growth", "hostile", "process"]
    )
    parser.add_argument("--largest", type=int, default=WORDS[-1], help="words, for growth")
    parser.add_argument("--only", action="append", default=[], help="hostile text; repeatable")
    parser.add_argument("--article", type=Path, help="file to check as a whole process")
    options = parser.parse_args()
    parts = options.part or ["growth", "process", "hostile"]
    if "growth" in parts:
        print("Growth, one document, one core")
        _growth(options.data, options.largest)
    if "process" in parts:
        print("\nWhole processes")
        _process(options.data, options.article)
    if "hostile" in parts:
        print("\nHostile texts (exponent: over the last doubling)")
        _hostile(options.data, options.only)


if __name__ == "__main__":
    main()
