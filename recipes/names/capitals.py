"""Words that are met, but not in lower case: ``mtqa/text/data/capitals.tsv.gz``.

    apt-get install hunspell hunspell-uk hunspell-ru hunspell-el    # 1.7.1, 1:7.5.0
    python recipes/names/capitals.py mtqa/text/data/capitals.tsv.gz

Words of wordfreq that are not too rare, in any form, which the spelling dictionaries of LibreOffice
do not accept in lower case (licences in NOTICE): names for the most part, and some misspellings and
new words. A row is the language and the words, with `|` between them.
"""

from __future__ import annotations

import gzip
import subprocess
import sys
from pathlib import Path

import regex
from wordfreq import get_frequency_dict

from mtqa.text.gazetteer import calendar

_DICTIONARIES = {
    "uk": ("uk_UA", "Cyrillic"),
    "ru": ("ru_RU", "Cyrillic"),
    "el": ("el_GR", "Greek"),
}
_LEAST = 1e-7  # a Zipf frequency of 2


def main() -> None:
    """Write the table."""
    rows = []
    for lang, (dictionary, script) in sorted(_DICTIONARIES.items()):
        letters = regex.compile(rf"\p{{{script}}}[\p{{{script}}}'’]{{2,}}")
        words = [
            word
            for word, frequency in get_frequency_dict(lang, "best").items()
            if frequency >= _LEAST and letters.fullmatch(word)
        ]
        rejected = subprocess.run(
            ["hunspell", "-d", dictionary, "-i", "utf-8", "-l"],
            input="\n".join(words),
            capture_output=True,
            encoding="utf-8",
            check=True,
        ).stdout.split()
        found = sorted(set(rejected).intersection(words) - calendar(lang))
        rows.append(f"{lang}\t{'|'.join(found)}\n")
    with Path(sys.argv[1]).open("wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write("".join(rows).encode())


if __name__ == "__main__":
    main()
