"""Given names and family names (lists of Faker), and other proper nouns, in scripts but Latin."""

from __future__ import annotations

import gzip
from functools import cache, lru_cache
from importlib.resources import files

CAPITALS_FROM = 2.0
_LETTERS = 4  # of a name that may lose its last vowel for an ending
_VOWELS = "аяеёиіїыоуюєэьαάεέηήιίοόυύωώ"
# Letters that one name is written with: final sigma; apostrophes; Arabic and Persian forms,
# carriers of hamza.
_FORMS = str.maketrans("ς’ʼیکىةأإآؤئ", "σ''يكيهاااوي", "\u0651\u064b\u064e\u064f\u0650")
# Letters of an ending, by script; what is written to the front of a word in Hebrew and Arabic.
_ENDINGS = {"Cyrillic": 3, "Greek": 2, "Armenian": 3, "Georgian": 4, "Bengali": 2, "Sinhala": 3,
            "Tamil": 4, "Gujarati": 2}  # fmt: skip
_PREFIXES = {
    "Hebrew": ("ו", "ה", "ב", "ל", "מ", "ש", "כ", "של", "וה", "וב", "ול", "ומ", "וש", "שה", "מה"),
    "Arabic": ("و", "ف", "ب", "ل", "ك", "ال", "وال", "بال", "لل", "فال", "وب", "ول"),
}


def _rows(name: str) -> list[list[str]]:
    packed = (files("mtqa.text") / "data" / name).read_bytes()
    return [line.split("\t") for line in gzip.decompress(packed).decode("utf-8").splitlines()]


def _read_names(names: str) -> frozenset[str]:
    return frozenset(name.casefold().translate(_FORMS) for name in names.split("|"))


@cache
def _proper_nouns(script: str) -> frozenset[str]:
    return _read_names(dict(_rows("proper-nouns.tsv.gz")).get(script, ""))


@cache
def _persons() -> dict[tuple[str, str], str]:
    return {(script, kind): names for script, kind, names in _rows("persons.tsv.gz")}


@cache
def _listed(script: str, kind: str) -> frozenset[str]:
    if kind == "proper":
        names = _proper_nouns(script)
    else:
        names = _read_names(_persons().get((script, kind), ""))
    if script in ("Cyrillic", "Greek"):
        return names | {n[:-1] for n in names if len(n) > _LETTERS and n[-1] in _VOWELS}
    return names


@cache
def capital_words(lang: str) -> frozenset[str]:
    """Words of a language that dictionaries do not have in lower case, in lower case.

    Of Ukrainian, Russian and Greek (see ``recipes/names/capitals.py``), those from a Zipf frequency
    of `CAPITALS_FROM`; of other languages none.
    """
    return frozenset(dict(_rows("capitals.tsv.gz")).get(lang, "").split("|")) - {""}


def stems(word: str, script: str) -> tuple[str, ...]:
    """A word as it stands, and without what may be written to its front; three letters at least."""
    found = [word]
    found += [
        word[len(prefix) :]
        for prefix in _PREFIXES.get(script, ())
        if word.startswith(prefix) and len(word) - len(prefix) >= _LETTERS - 1
    ]
    return tuple(found)


@lru_cache(maxsize=1 << 14)
def is_listed(word: str, script: str, kind: str) -> bool:
    """Whether a word, declined or not, is in a list.

    ``kind`` is ``given`` or ``family`` of names, or ``proper`` of proper nouns of all kinds.
    """
    known = _listed(script, kind)
    word = word.casefold().translate(_FORMS)
    cuts = range(min(_ENDINGS.get(script, 0), max(0, len(word) - 3)) + 1)
    return any(stem[: len(stem) - cut] in known for stem in stems(word, script) for cut in cuts)


def is_person(word: str, script: str) -> bool:
    """Whether a word is a given name or a family name."""
    return is_listed(word, script, "given") or is_listed(word, script, "family")


def is_proper_noun(word: str, script: str) -> bool:
    """Whether a word stands in a dictionary as a name alone, in Hangul or with a capital.

    ``script`` may be ``Hangul?`` for Korean names that are other words besides.
    """
    return word.casefold().translate(_FORMS) in _proper_nouns(script)
