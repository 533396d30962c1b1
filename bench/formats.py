"""What reading takes: files of 2.5, 5 and 10 MB of each format, and files that are made to do harm.

    python bench/formats.py                        # about two minutes

Parts: growth (seconds of CPU for the reader alone, the exponent with which they grow, and the peak
of memory of its process at 10 MB, text and places included), hostile (whole processes of
`mtqa check --no-qe`). Both kinds of files are those of the tests; what is large repeats one
article with other numbers in it. DOCX is measured by the size of the document in the archive.
"""

from __future__ import annotations

import argparse
import io
import math
import random
import re
import sys
import tempfile
import time
import zipfile
from multiprocessing import get_context
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from mtqa.config import Settings
from mtqa.formats.files import SUFFIXES
from mtqa.formats.read import read_bytes_as
from tests.formats.article import PARAGRAPHS, WRITERS
from tests.formats.hostile import MOST_MEMORY, MOST_SECONDS, NAMES, make, measure

SIZES = (2_500_000, 5_000_000, 10_000_000)


def write(name: str, size: int) -> bytes:
    """The article, again and again, as a file of about so many bytes."""
    draw = random.Random(1)
    one = len(_bare(name, _write(name, 50, draw))) / 50
    return _write(name, int(size / one), draw)


def _write(name: str, times: int, draw: random.Random) -> bytes:
    pairs = []
    for _ in range(times):
        number = str(draw.randrange(10**12))
        pairs += [
            (t.replace("12%", f"{number}%"), s.replace("12%", f"{number}%")) for t, s in PARAGRAPHS
        ]
    content = WRITERS[name](pairs)
    return content if isinstance(content, bytes) else content.encode()


def _bare(name: str, data: bytes) -> bytes:
    """The file, or of a DOCX the document in it."""
    if not name.endswith(".docx"):
        return data
    return zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml")


def _read(name: str, size: int) -> tuple[int, float, float]:
    """Size, seconds of CPU and MB of memory at most, in a process of its own."""
    data = write(name, size)
    before = _peak()
    begin = time.process_time()
    read_bytes_as(SUFFIXES[Path(name).suffix], data, Settings(max_file_size=100))
    seconds = time.process_time() - begin
    return len(_bare(name, data)), seconds, max(_peak(), before)


def _peak() -> float:
    match = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
    assert match
    return int(match[1]) / 1024


def _growth() -> None:
    print(f"{'file':<16}" + "".join(f"{size / 1e6:>8g} MB" for size in SIZES) + "  exponent     MB")
    for name in WRITERS:
        with get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
            rows = pool.starmap(_read, [(name, size) for size in SIZES], chunksize=1)
        (small, least, _), (large, most, memory) = rows[0], rows[-1]
        exponent = math.log(max(most, 1e-3) / max(least, 1e-3)) / math.log(large / small)
        cells = "".join(f"{seconds:>9.2f} s" for _, seconds, _ in rows)
        print(f"{name:<16}{cells}{exponent:>10.2f}{memory:>7.0f}", flush=True)


def _hostile() -> None:
    print(f"{'file':<34}{'exit':>4}{'seconds':>9}{'MB':>5}")
    worst = [0.0, 0.0]
    with tempfile.TemporaryDirectory() as folder:
        for name in NAMES:
            path = Path(folder) / name
            path.write_bytes(make(name))
            seconds, memory, code = measure(path)
            path.unlink()
            worst = [max(worst[0], seconds), max(worst[1], memory)]
            print(f"{name:<34}{code:>4}{seconds:>9.2f}{memory:>5.0f}", flush=True)
    print(f"at most {worst[0]:.2f} s and {worst[1]:.0f} MB (bars: {MOST_SECONDS:g}, {MOST_MEMORY})")


def main() -> None:
    """The command line."""
    assert __doc__
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--part", action="append", default=[], choices=["growth", "hostile"])
    parts = parser.parse_args().part or ["growth", "hostile"]
    if "growth" in parts:
        print("Reading (seconds of CPU)")
        _growth()
    if "hostile" in parts:
        print("\nHostile files, whole processes")
        _hostile()


if __name__ == "__main__":
    main()
