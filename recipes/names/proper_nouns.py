"""Words that are written with a capital alone: ``mtqa/text/data/proper-nouns.tsv.gz``.

    apt-get download hunspell-uk hunspell-ru hunspell-el    # 1:7.5.0
    for package in hunspell-*.deb; do dpkg -x $package dictionaries; done
    hunspell=dictionaries/usr/share/hunspell
    pip download --no-deps python-mecab-ko-dic==2.1.1.post2 && unzip python_mecab_ko_dic-*.whl
    korean=mecab_ko_dic/dictionary/sys.dic
    python recipes/names/proper_nouns.py $hunspell $korean mtqa/text/data/proper-nouns.tsv.gz

From the spelling dictionaries of LibreOffice: what stands there with a capital and not in lower
case besides; without days, months and languages (CLDR). The dictionaries give words as they are
looked up; the Greek one gives every form. From the dictionary mecab-ko-dic: what is a person or a
place there and nothing else, and, as `Hangul?`, what is a name of any kind besides other words.
Licences in NOTICE. A row is the script and the words, with `|` between them.
"""

from __future__ import annotations

import gzip
import re
import struct
import sys
from collections import defaultdict
from pathlib import Path

import regex
from babel import Locale

from mtqa.text.gazetteer import calendar

_DICTIONARIES = {"uk_UA": "Cyrillic", "ru_RU": "Cyrillic", "el_GR": "Greek"}
_LETTERS = 3
# Syllables of a Korean name; longer ones are persons with all their names, written together.
_SYLLABLES = range(2, 7)
_KOREAN_NAMES = frozenset({("NNP", "인명"), ("NNP", "지명")})


def _korean(path: Path) -> tuple[set[str], set[str]]:
    """Words that a compiled dictionary of MeCab has as persons or places alone, and other names."""
    data = path.read_bytes()
    head = struct.calcsize("<10I32s")
    *_, trie, tokens, features, _, _ = struct.unpack_from("<10I32s", data)
    kinds: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    start = head + trie + tokens
    for row in data[start : start + features].decode("utf-8").split("\0"):
        tag, kind, _, word, *_ = [*row.split(","), "", "", "", ""]
        kinds[word].add((tag, kind))
    names = {
        word
        for word, found in kinds.items()
        if len(word) in _SYLLABLES
        and regex.fullmatch(r"\p{Hangul}+", word)
        and any(tag == "NNP" for tag, _ in found)
    }
    alone = {word for word in names if kinds[word] <= _KOREAN_NAMES}
    return alone, names - alone


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
    found["Hangul"], found["Hangul?"] = _korean(Path(sys.argv[2]))
    rows = [f"{script}\t{'|'.join(sorted(words))}\n" for script, words in sorted(found.items())]
    with Path(sys.argv[3]).open("wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write("".join(rows).encode())


if __name__ == "__main__":
    main()
