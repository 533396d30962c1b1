"""Words that are written with a capital alone: ``mtqa/text/data/proper-nouns.tsv.gz``.

    apt-get download hunspell-uk hunspell-ru hunspell-el    # 1:7.5.0
    for package in hunspell-*.deb; do dpkg -x $package dictionaries; done
    hunspell=dictionaries/usr/share/hunspell
    python recipes/names/proper_nouns.py $hunspell mtqa/text/data/proper-nouns.tsv.gz

From the spelling dictionaries of LibreOffice (licences in NOTICE): what stands there with a capital
and not in lower case besides; without days, months and languages (CLDR). A row is the script and
the words, with `|` between them. The dictionaries give words as they are looked up; the Greek one
gives every form.
"""

from __future__ import annotations

import gzip
import re
import sys
from collections import defaultdict
from pathlib import Path

import regex
from babel import Locale

from mtqa.text.gazetteer import calendar

_DICTIONARIES = {"uk_UA": "Cyrillic", "ru_RU": "Cyrillic", "el_GR": "Greek"}
_LETTERS = 3


def _words(path: Path) -> list[str]:
    """The entries of a dictionary without their flags."""
    encoding = re.search(rb"^SET\s+(\S+)", path.with_suffix(".aff").read_bytes(), re.M)
    assert encoding, path
    text = path.read_text(encoding=encoding[1].decode(), errors="strict")
    return [line.partition("/")[0].strip() for line in text.splitlines()[1:]]


def main() -> None:
    """Write the table."""
    found: dict[str, set[str]] = defaultdict(set)
    for name, script in _DICTIONARIES.items():
        words = _words(Path(sys.argv[1]) / f"{name}.dic")
        languages = Locale.parse(name[:2]).languages.values()
        known = {*words, *calendar(name[:2]), *(str(language).casefold() for language in languages)}
        capitalised = regex.compile(rf"\p{{Lu}}['\p{{Ll}}]{{{_LETTERS - 1},}}+(?<=\p{{{script}}})")
        found[script] |= {
            word for word in words if capitalised.fullmatch(word) and word.casefold() not in known
        }
    rows = [f"{script}\t{'|'.join(sorted(words))}\n" for script, words in sorted(found.items())]
    with Path(sys.argv[2]).open("wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write("".join(rows).encode())


if __name__ == "__main__":
    main()
