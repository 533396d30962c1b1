"""What of real pages is read as their article, against what trafilatura takes for it.

    pip install trafilatura lxml_html_clean           # in an environment of its own will do
    pip download --no-deps --no-binary :all: trafilatura==0.9.0 htmldate==0.9.0
    # unpack both; their tests hold some 170 pages of news sites and blogs
    python bench/pages.py FOLDER...

For each page: the share of trafilatura's runs of four words that are read (recall), and the share
of what is read that are such (precision). Trafilatura errs, too; it is a yardstick, no truth.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from pathlib import Path
from statistics import mean, median

import trafilatura

from mtqa.config import Settings
from mtqa.formats.html import read_html
from mtqa.formats.plain import Unreadable

# A page with fewer runs in trafilatura's article is left out: there is nothing to find.
_LEAST = 50


def measure(page: bytes) -> tuple[float, float] | None:
    """Recall and precision of a page; None: it has no article, or cannot be read."""
    article = _runs(trafilatura.extract(page, include_comments=False) or "")
    try:
        read = _runs(read_html(page, Settings()).text)
    except Unreadable:
        return None
    if len(article) < _LEAST or not read:
        return None
    return _share(article, set(read)), _share(read, set(article))


def _runs(text: str) -> list[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return [tuple(words[at : at + 4]) for at in range(len(words) - 3)]


def _share(runs: Sequence[tuple[str, ...]], among: set[tuple[str, ...]]) -> float:
    return sum(run in among for run in runs) / len(runs)


def main() -> None:
    """The command line."""
    assert __doc__
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path)
    paths = sorted({p for folder in parser.parse_args().folders for p in folder.rglob("*.html")})
    print(f"{'pages':<24}{'n':>4}{'recall':>16}{'precision':>16}")
    print(f"{'':<28}{'mean median':>16}{'mean median':>16}")
    groups: dict[str, list[tuple[float, float]]] = {"with article or main": [], "with neither": []}
    for path in paths:
        page = path.read_bytes()
        measured = measure(page)
        if measured:
            named = re.search(rb"<(?:article|main)[\s/>]", page, re.IGNORECASE)
            groups["with article or main" if named else "with neither"].append(measured)
    for name, rows in groups.items():
        cells = [
            f"{mean(column):>9.2f} {median(column):>6.2f}" for column in zip(*rows, strict=True)
        ]
        print(f"{name:<24}{len(rows):>4}{''.join(cells)}")


if __name__ == "__main__":
    main()
