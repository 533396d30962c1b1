r"""Words a second of ``mtqa check --no-qe`` beside other checkers, on the same English text.

The others are installed into a folder of their own, for this benchmark only:

    python3 -m venv /tmp/rivals
    /tmp/rivals/bin/pip install proselint==0.16.0 translate-toolkit==3.20.4
    npm install --prefix /tmp/rivals textlint@15.8.0 textlint-rule-write-good@2.0.0 \
        @textlint-rule/textlint-rule-no-unmatched-pair@2.0.4 textlint-rule-apostrophe@3.0.0
    python bench/rivals.py --tools /tmp/rivals

The text is articles, a file each; every tool gets them all in one run. mtqa runs all of its rules,
proselint all of its checks. textlint runs rules that look for what mtqa looks for, too: words said
twice (write-good, with all else of it switched off), pairs of brackets and quotes, and apostrophes.
pofilter gets one PO file, a paragraph a unit that is its own source, and runs all of its tests; and
once more, for what it is worth, the few that are comparable: doublewords, brackets, doublequoting,
singlequoting, puncspacing, endpunc.

Each is told the language where it asks for it (mtqa and pofilter), and runs from byte code, as
installed tools do.

All run in turn, several times; figures are medians. A whole process counts all seconds from start
to exit; net is the difference to the same command on one short sentence. CPU seconds are of all
threads (node collects its garbage in some of its own); seconds on the wall tell of what else the
machine has had to do as well. mtqa runs once more with two processes (the others have no such
option), which counts on the wall.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from material import add_data_option
from speed import prose

OWN = "mtqa check --no-qe"
OWN_CORES = "with --jobs 2"

SENTENCE = "The city opened the bridge on Monday, officials said.\n"

SHORTEST = 150  # words of an article

PO_TESTS = ("doublewords", "brackets", "doublequoting", "singlequoting", "puncspacing", "endpunc")

# textlint's configuration; of write-good, all but the words that stand twice is off.
_OFF = ("passive", "so", "thereIs", "weasel", "adverb", "tooWordy", "cliches", "eprime")
RULES = {
    "@textlint-rule/no-unmatched-pair": True,
    "write-good": {**dict.fromkeys(_OFF, False), "illusion": True},
    "apostrophe": True,
}

# Runs a command: exit code, seconds on the wall and of CPU, peak memory in KB.
_WATCH = """
import json, os, subprocess, sys, time
begin = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
seconds = time.perf_counter() - begin
code = os.waitstatus_to_exitcode(status)
print(json.dumps([code, seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss]))
"""


def run(command: list[str], folder: Path) -> tuple[int, float, float, float]:
    """Exit code, seconds on the wall, seconds of CPU, peak memory in MB."""
    watch = subprocess.run(
        [sys.executable, "-c", _WATCH, *command],
        cwd=folder,
        env={key: os.environ[key] for key in os.environ if key != "PYTHONDONTWRITEBYTECODE"},
        capture_output=True,
        text=True,
        check=True,
    )
    code, seconds, cpu, peak = json.loads(watch.stdout)
    return code, seconds, cpu, peak / 1024


def write_po(text: str, path: Path) -> None:
    """Each paragraph as a unit whose source and translation are the same."""
    quoted = (json.dumps(line, ensure_ascii=False) for line in text.splitlines() if line.strip())
    head = '"Content-Type: text/plain; charset=UTF-8\\n"\n"Language: en\\n"\n'
    units = "".join(
        f'msgctxt "{number}"\nmsgid {line}\nmsgstr {line}\n\n' for number, line in enumerate(quoted)
    )
    path.write_text(f'msgid ""\nmsgstr ""\n{head}\n{units}', encoding="utf-8")


def commands(tools: Path, folder: Path, name: str) -> dict[str, list[str]]:
    """What checks the texts in ``folder / name``, by tool; what is not installed is left out."""
    node = shutil.which("node") or "node"
    pofilter = [str(tools / "bin" / "pofilter"), "--progress=none", "--language=en"]
    po = [f"{name}.po", f"{name}.out.po"]
    own = [sys.executable, "-m", "mtqa", "check", "--no-qe", "--target-lang", "en", name]
    found = {
        OWN: own,
        OWN_CORES: [*own, "--jobs", "2"],
        "proselint": [str(tools / "bin" / "proselint"), "check", name],
        "textlint": [
            node,
            str(tools / "node_modules" / "textlint" / "bin" / "textlint.js"),
            *("--config", str(tools / ".textlintrc.json")),
            *sorted(str(path) for path in (folder / name).iterdir()),
        ],
        "pofilter": [*pofilter, *po],
        "pofilter, six tests": [*pofilter, *(f"--test={test}" for test in PO_TESTS), *po],
    }
    return {
        tool: command
        for tool, command in found.items()
        if Path(command[1 if tool == "textlint" else 0]).exists()
    }


def _until(pieces: Iterator[str], words: int) -> Iterator[str]:
    """Articles, long enough to be some, until there are so many words."""
    count = 0
    for piece in pieces:
        if len(piece.split()) < SHORTEST:
            continue
        yield piece
        count += len(piece.split())
        if count >= words:
            return


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_data_option(parser)
    parser.add_argument("--tools", type=Path, required=True, help="where the others are installed")
    parser.add_argument("--words", type=int, default=200_000)
    parser.add_argument("--repeats", type=int, default=5)
    args = parser.parse_args()
    (args.tools / ".textlintrc.json").write_text(json.dumps({"rules": RULES}), encoding="utf-8")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        articles = list(_until(prose(args.data), args.words))
        words = sum(len(article.split()) for article in articles)
        for stem, texts in (("text", articles), ("short", [SENTENCE])):
            (folder / stem).mkdir()
            for number, text in enumerate(texts):
                (folder / stem / f"{number:05}.txt").write_text(text, encoding="utf-8")
            write_po("\n".join(texts), folder / f"{stem}.po")
        long, short = (commands(args.tools, folder, stem) for stem in ("text", "short"))
        figures: dict[str, list[tuple[float, ...]]] = {tool: [] for tool in long}
        for _ in range(args.repeats + 1):
            for tool in long:
                code, wall, cpu, peak = run(long[tool], folder)
                if code not in (0, 1):
                    sys.exit(f"{' '.join(long[tool])}: exit {code}")
                _, start_wall, start_cpu, _ = run(short[tool], folder)
                figures[tool].append((cpu, wall, cpu - start_cpu, wall - start_wall, peak))
    print(
        f"{words:,} words in {len(articles):,} files, median of {args.repeats} runs after one for "
        "the caches of the disk\n"
    )
    print(
        f"{'':<20}{'whole process':>31}{'net of startup':>31}{'':>9}\n{'':<20}"
        + f"{'CPU s':>9}{'wall s':>9}{'words/CPU s':>13}" * 2
        + f"{'MB':>9}"
    )
    pace: dict[str, tuple[float, float, float]] = {}
    for tool, runs in figures.items():
        cpu, wall, net, net_wall, peak = map(statistics.median, zip(*runs[1:], strict=True))
        pace[tool] = words / cpu, words / net, words / wall
        print(
            f"{tool:<20}{cpu:>9.2f}{wall:>9.2f}{words / cpu:>13,.0f}"
            f"{net:>9.2f}{net_wall:>9.2f}{words / net:>13,.0f}{peak:>9.0f}"
        )
    print()
    for other in (tool for tool in pace if tool not in (OWN, OWN_CORES)):
        whole, net = (pace[OWN][place] / pace[other][place] for place in (0, 1))
        wall = pace[OWN_CORES][2] / pace[other][2]
        print(
            f"{OWN} is {whole:.2f} times as fast as {other} by CPU seconds, {net:.2f} times net of "
            f"startup; {OWN_CORES} {wall:.2f} times by the clock"
        )


if __name__ == "__main__":
    main()
