"""Given names and family names in other scripts than Latin: ``mtqa/text/data/persons.tsv.gz``.

    pip install faker==40.63.0
    python recipes/names/persons.py mtqa/text/data/persons.tsv.gz

From the lists of Faker (https://github.com/joke2k/faker, MIT), all languages of a script together:
a Persian paper speaks of Arabs too. A row is the script, ``given`` or ``family``, and the names,
with `|` between them. Names of several words are taken apart. Chinese and Japanese ones are left
out: their dictionaries know more.
"""

from __future__ import annotations

import gzip
import importlib
import pkgutil
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import regex
from faker.providers import person

_SCRIPTS = """Cyrillic Greek Hebrew Arabic Devanagari Hangul Georgian Armenian Thai Bengali Tamil
Gujarati Sinhala""".split()
_LEFT_OUT = frozenset({"zh", "ja"})
_KINDS = {"first_names": "given", "last_names": "family"}


def _lists() -> Iterator[tuple[str, str]]:
    """(kind, name) of every locale."""
    for module in pkgutil.iter_modules(person.__path__):
        if module.name[:2] in _LEFT_OUT:
            continue
        provider = importlib.import_module(f"{person.__name__}.{module.name}").Provider
        for attribute in dir(provider):
            names = getattr(provider, attribute)
            if attribute.startswith(tuple(_KINDS)) and isinstance(names, (list, tuple, dict)):
                for name in names:
                    yield _KINDS[attribute.split("_names")[0] + "_names"], str(name)


def main() -> None:
    """Write the table."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for kind, name in _lists():
        for script in _SCRIPTS:
            letters = rf"(?=\p{{L}})\p{{{script}}}[\p{{{script}}}\p{{M}}'׳\u200c]*"
            words = regex.findall(letters, name)
            found[script, kind].update(word for word in words if len(word) > 1 or kind == "family")
    rows = [
        f"{script}\t{kind}\t{'|'.join(sorted(names))}\n"
        for (script, kind), names in sorted(found.items())
        if names
    ]
    with Path(sys.argv[1]).open("wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write("".join(rows).encode())


if __name__ == "__main__":
    main()
