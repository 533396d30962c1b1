"""How two spellings of a name relate: the same letters, the same sounds, or one letter apart."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files
from itertools import islice, product
from math import log

import regex

from mtqa.text.frequency import rare_english_words

# Two systems write every sound in one way, so two well-formed spellings are two different names
# there (Jiangsu and Jiangxi, Takashi and Takeshi). Pinyin finals by initial: ISO 7098:2015, table
# of syllables. A syllable without initial begins a word only (elsewhere it needs an apostrophe).
_PINYIN_FINALS = {
    "b": "a ai an ang ao ei en eng i ian iao ie in ing o u",
    "p": "a ai an ang ao ei en eng i ian iao ie in ing o ou u",
    "m": "a ai an ang ao e ei en eng i ian iao ie in ing iu o ou u",
    "f": "a an ang ei en eng o ou u",
    "d": "a ai an ang ao e ei en eng i ia ian iao ie ing iu ong ou u uan ui un uo",
    "t": "a ai an ang ao e eng i ian iao ie ing ong ou u uan ui un uo",
    "[nl]": "a ai an ang ao e ei en eng i ia ian iang iao ie in ing iu ong ou u uan ue un uo",
    "[gkh]|zh|sh": "a ai an ang ao e ei en eng i ong ou u ua uai uan uang ui un uo",
    "[jqx]": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "ch|[zcsr]": "a ai an ang ao e ei en eng i ong ou u ua uai uan uang ui un uo",
    "y": "a an ang ao e i in ing o ong ou u uan ue un",
    "w": "a ai an ang ei en eng o u",
}
_PINYIN_SYLLABLE = "|".join(
    f"(?:{initial})(?:{finals.replace(' ', '|')})" for initial, finals in _PINYIN_FINALS.items()
)
_PINYIN = re.compile(rf"(?:ai|ang?|ao|a|ei|eng?|er|e|ou|o)?(?:{_PINYIN_SYLLABLE}){{0,4}}")
# Hepburn syllables: ISO 3602:1989, annex; long vowels are written in several ways.
_ROMAJI = re.compile(
    r"(?:(?:ky|gy|sh|ch|j|ny|hy|by|py|my|ry)[auo]|[kgsztdnhbpmr]?[aeo]|(?:[kgsznhbpmrf]|ts)?u"
    r"|(?:[kgnhbpmr]|sh|ch|j)?i|y[auo]|wa|n(?![aeiouy])){2,8}"
)
_LONG_VOWELS = re.compile(r"ou|oo|oh(?![aeiou])|uu")

# Endings that make another word of a name: plural, people, adjective, feminine, language, office.
# (Ending of one, ending of the other) after the longest common start.
_ENDINGS = frozenset(
    """s es i is ian ians an ans n ns ese ish er ers r ite ites zai ist ists ism y ic ia e a o
    ina ova eva aya kaya na ette etta elle ella ine son sen sson ez es iya iyya stan istan land
    town ton ville burg grad abad pur shire ward ing ed ist""".split()
)
_EXCHANGES = frozenset(
    frozenset(pair.split("/"))
    for pair in """ry/er y/er y/ian i/an a/an o/an e/an ia/ian a/o a/us o/us os/a i/a i/o e/o e/a
    u/i u/o y/ies y/ic ian/ish ish/and land/lish ova/ov eva/ev aya/y aya/ii aya/iy in/ina kiy/kaya
    ian/ien ian/ine ia/ina ne/na ta/te sky/skaya ski/ska y/aya i/aya y/a er/ing or/er ese/a ese/o
    an/ese er/ish en/ish ine/ian ia/y ist/ism ists/ism i/s i/ia i/e ey/ie ie/y""".split()
)
_ALLOWED_EXCHANGES = frozenset(frozenset(pair.split("/")) for pair in "ey/ie ie/y i/e".split())


@lru_cache(maxsize=1 << 16)
def fold(form: str) -> str:
    """Letters of ``form`` in lower-case ASCII: no diacritics, apostrophes, hyphens or spaces.

    A form in another script than Latin keeps its letters, case folded.
    """
    if form.isascii():
        lower = form.lower()
        return lower if lower.isalnum() else "".join(c for c in lower if c.isalnum())
    from anyascii import anyascii

    if regex.search(r"\p{Latin}", form):
        form = anyascii(form)
    return "".join(c for c in form.casefold() if c.isalnum())


@cache
def _operations() -> dict[str, tuple[tuple[str, str, bool], ...]]:
    """Pairs of the transliteration table by the first letter of the left side, both directions."""
    table = tomllib.loads(
        (files("mtqa.text") / "data" / "transliteration.toml").read_text(encoding="utf-8")
    )
    by_letter: dict[str, set[tuple[str, str, bool]]] = {}
    for group in table.values():
        for one, other in group["pairs"]:
            at_end = one.endswith("$")
            one, other = one.rstrip("$"), other.rstrip("$")
            for left, right in ((one, other), (other, one)):
                by_letter.setdefault(left[0], set()).add((left, right, at_end))
    return {letter: tuple(sorted(pairs)) for letter, pairs in by_letter.items()}


@lru_cache(maxsize=65536)
def transliteration_distance(one: str, other: str, limit: float) -> float:
    """Least cost of turning ``one`` into ``other`` by ways of spelling the same sounds.

    Args:
        one, other: folded forms (see `fold`).
        limit: costs above it are not told apart.

    Returns:
        0 for equal forms; each pair of the transliteration table costs 1, a doubled letter or
        digraph 0.5, a short vowel between consonants 1.6 (so no two of them); ``inf`` where no
        such way exists within ``limit``.
    """
    operations = _operations()
    best: dict[tuple[int, int], float] = {(0, 0): 0.0}
    size_one, size_other = len(one), len(other)
    # States are visited by the sum of their positions: every operation moves forward.
    layers: list[list[tuple[int, int]]] = [[] for _ in range(size_one + size_other + 1)]
    layers[0] = [(0, 0)]
    for layer in layers:
        for state in layer:
            cost = best[state]
            i, j = state
            moves: list[tuple[int, int, float]] = []
            if i < size_one and j < size_other and one[i] == other[j]:
                moves.append((i + 1, j + 1, 0.0))
            moves += ((i + width, j, price) for width, price in _skips(one, i))
            moves += ((i, j + width, price) for width, price in _skips(other, j))
            if i < size_one and cost < limit:
                for left, right, at_end in operations.get(one[i], ()):
                    if (
                        one.startswith(left, i)
                        and other.startswith(right, j)
                        and (
                            not at_end
                            or (i + len(left) == size_one and j + len(right) == size_other)
                        )
                    ):
                        moves.append((i + len(left), j + len(right), 1.0))
            for next_i, next_j, step in moves:
                total = cost + step
                if total > limit:
                    continue
                known = best.get((next_i, next_j))
                if known is None:
                    layers[next_i + next_j].append((next_i, next_j))
                if known is None or total < known:
                    best[next_i, next_j] = total
    return best.get((size_one, size_other), float("inf"))


def _skips(form: str, i: int) -> Iterator[tuple[int, float]]:
    """What may be passed over at ``i``: width and price."""
    if 0 < i < len(form):
        if form[i] == form[i - 1]:
            yield 1, 0.5
        elif form[i] in _VOWELS and i + 1 < len(form) and not _VOWELS & {form[i - 1], form[i + 1]}:
            yield 1, 1.6
        if i > 1 and form[i - 2 : i] == form[i : i + 2]:
            yield 2, 0.5


_VOWELS = frozenset("aeiouy")

# Consonants that the table may exchange share a class; what may vanish (vowels, h, w, y) has none.
# Where a spelling is ambiguous (c, ch, th, j, w, g, h) a form has several keys.
_CLASSES = {
    "b": "B", "p": "P", "m": "M", "n": "N", "l": "L", "r": "R", "d": "D", "t": "T",
    "q": "K", "k": "K", "s": "S", "z": "S", "f": "V", "v": "V",
}  # fmt: skip
_UNITS = re.compile(
    r"shch|tsch|tch|sch|dzh|ksh|kh|gh|ch|ck|sh|zh|ts|tz|cz|sz|dj|dh|th|ph|ks|qu|gn|ny|[b-df-hj-np-tv-z]"
)
_AMBIGUOUS: dict[str, tuple[str, ...]] = {
    "kh": ("K", ""), "gh": ("K",), "ch": ("S", "K", ""), "c": ("K", "S"), "ck": ("K", "SK"),
    "h": ("", "K"),
    "g": ("K", "S", ""), "j": ("S", "", "K"), "dj": ("S", "D"), "dh": ("D", "S"), "th": ("T", "S"),
    "w": ("V", ""), "x": ("KS", ""), "ks": ("KS",), "ksh": ("KS",), "ph": ("V",), "y": ("",),
    "qu": ("K",), "gn": ("N", "KN"), "ny": ("N",), "tch": ("S", "T"),
}  # fmt: skip
_MAX_KEYS = 24
_MAX_COMBINATIONS = 1000  # of them many are alike where one unit stands again and again
_RUN = re.compile(r"(.)\1+")


@lru_cache(maxsize=1 << 12)
def sound_keys(folded: str) -> frozenset[str]:
    """Keys of which two forms share at least one if the transliteration table can relate them.

    At most 24 for a form; an index over them finds candidates without comparing all pairs.
    """
    choices: list[tuple[str, ...]] = []
    for unit in _UNITS.findall(folded):
        choices.append(_AMBIGUOUS.get(unit) or (_CLASSES.get(unit, "S"),))
    keys: set[str] = set()
    for combination in islice(product(*choices), _MAX_COMBINATIONS):
        keys.add(_RUN.sub(r"\1", "".join(combination)))
        if len(keys) >= _MAX_KEYS:
            break
    return frozenset(keys)


def deletions(folded: str) -> set[str]:
    """The form itself and every form with one letter less, as in SymSpell.

    Two forms one insertion, deletion, substitution or transposition apart share one of them.
    """
    return {folded, *(folded[:i] + folded[i + 1 :] for i in range(len(folded)))}


def is_derived(one: str, other: str) -> bool:
    """Whether two folded forms differ only by an ending that makes another word.

    Israel / Israelis, Karim / Karimi, Ivanov / Ivanova, Minister / Ministry, Mario / Maria.
    """
    if len(one) > len(other):
        one, other = other, one
    common = 0
    while common < len(one) and one[common] == other[common]:
        common += 1
    for cut in range(common, max(common - 3, 2), -1):
        rest_one, rest_other = one[cut:], other[cut:]
        if not rest_one and rest_other in _ENDINGS and rest_other != one[-1]:
            return True
        exchange = frozenset((rest_one, rest_other))
        if exchange in _EXCHANGES and exchange not in _ALLOWED_EXCHANGES:
            return True
    return False


def are_pinyin(one: str, other: str) -> bool:
    """Whether both folded forms are well-formed pinyin: then they are two names."""
    return bool(_PINYIN.fullmatch(one) and _PINYIN.fullmatch(other))


def is_pinyin(folded: str) -> bool:
    """Whether a folded form is well-formed pinyin."""
    return bool(_PINYIN.fullmatch(folded))


def is_romaji(folded: str) -> bool:
    """Whether a folded form is well-formed Hepburn."""
    return bool(_ROMAJI.fullmatch(folded))


def are_romaji(one: str, other: str) -> bool:
    """Whether both folded forms are well-formed Hepburn and differ in more than vowel length."""
    if not (_ROMAJI.fullmatch(one) and _ROMAJI.fullmatch(other)):
        return False
    return _shorten(one) != _shorten(other)


def _shorten(romaji: str) -> str:
    return _LONG_VOWELS.sub(lambda match: match.group()[0], romaji)


@cache
def _names_in_print() -> str:
    """The rare words of the English list, each between ^ and $.

    Among words met less than once in a million most are names, from all over the world.
    """
    return "".join(f"^{word}$" for word in islice(rare_english_words(), _TRIGRAM_WORDS))


@lru_cache(maxsize=1 << 14)
def _count(letters: str) -> int:
    """How often two or three letters stand in a row there; few are asked for in a document."""
    if letters[0] == letters[-1]:  # may overlap with itself
        return len(re.findall(f"(?={re.escape(letters)})", _names_in_print()))
    return _names_in_print().count(letters)


_TRIGRAM_WORDS = 20_000  # more change no decision


def spelling_likelihood(folded: str) -> float:
    """How much the letters follow each other as in other names: log probability, at most 0.

    A trigram model with add-one smoothing; comparable only between spellings of one name.
    """
    padded = f"^{folded}$"
    return sum(
        log((_count(padded[i : i + 3]) + 1) / (_count(padded[i : i + 2]) + 27))
        for i in range(len(padded) - 2)
    )
