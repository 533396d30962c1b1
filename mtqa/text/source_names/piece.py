"""A piece of the source, compared with names of the translation."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from mtqa.text.gazetteer import beginning, names_of
from mtqa.text.known_names import has_like_consonants
from mtqa.text.source_names.words import KATAKANA, PREFIXED, SourceWord, find_words
from mtqa.text.spelling import fold, is_pinyin
from mtqa.text.transliteration import UNBOUNDED, is_transliterated, log_odds

# Log odds above which a word may be what a name renders (see `mtqa.text.transliteration`).
POSSIBLE = -3.0
# In a text without spaces many windows are tried, and one of them is always somewhat like a name.
_POSSIBLE_ANYWHERE = 0.0
_POSSIBLE_PINYIN = 2.5  # a name in pinyin is spelled as its characters are read
# Characters in a Chinese text may be read as in Japanese, and the reverse, but mostly are not.
_OTHER_READINGS = {"zh": "Katakana", "ja": "Han"}
_UNLIKELY = 4.0

# Letters that languages in Latin script exchange when they take over a name (Kalifornía).
_SOUNDS = (
    ("sch", "s"), ("ch", "k"), ("sh", "s"), ("ck", "k"), ("ph", "f"), ("th", "t"), ("qu", "k"),
    ("x", "ks"), ("c", "k"), ("q", "k"), ("z", "s"), ("w", "v"), ("y", "i"), ("j", "i"),
)  # fmt: skip


@lru_cache(maxsize=1 << 16)
def _sound(letters: str) -> str:
    for spelled, sound in _SOUNDS:
        letters = letters.replace(spelled, sound)
    return "".join(c for i, c in enumerate(letters) if i == 0 or c != letters[i - 1])


@lru_cache(maxsize=1 << 16)
def _same_latin(name: str, word: str) -> bool:
    """Whether a folded word of a source in Latin script may be the folded name, declined or not."""
    if name == word:
        return True
    name, word = _sound(name), _sound(word)
    common = 0
    while common < min(len(name), len(word)) and name[common] == word[common]:
        common += 1
    if common >= 3 and len(name) - common <= 3 and len(word) - common <= 4:
        return True
    if (common >= 4 and len(name) - common <= 3) or (
        len(name) >= 5 and name[: max(5, len(name) - 2)] in word
    ):
        return True  # part of a compound
    from rapidfuzz.distance import Levenshtein

    return name[:1] == word[:1] and Levenshtein.normalized_similarity(name, word) >= (
        0.7 if len(name) < 8 else 0.6
    )


def _unlike(name: str, word: str) -> tuple[bool, float]:
    """How unlike two folded words are, for those that may be the same."""
    from rapidfuzz.distance import Levenshtein

    return name != word, Levenshtein.normalized_distance(_sound(name), _sound(word))


@lru_cache(maxsize=1 << 16)
def _stems(name: str) -> tuple[tuple[str, str], ...]:
    """Words of a place name without their endings, with their scripts."""
    return tuple((beginning(word.text), word.script) for word in find_words(name.casefold()))


class SourcePiece:
    """The words of one piece of the source."""

    def __init__(self, text: str, words: Sequence[SourceWord], lang: str) -> None:
        self.text = text.casefold()
        self.lang = lang
        self.unlikely = _OTHER_READINGS.get(lang, "")
        self.words = words
        self.latin = [(fold(word.text), word) for word in words if word.script == "Latin"]
        self.others = [word for word in words if is_transliterated(_sounding(word.script))]
        self.folded = [(word.text.casefold(), word.script) for word in words]

    def mentions(self, name: str) -> bool:
        """Whether a place that is called ``name`` is spoken of."""
        stems = _stems(name)
        if not stems:
            return False
        if stems[0][1] in UNBOUNDED:
            return name.casefold() in self.text
        found = sum(
            any(
                script == other and (word.startswith(stem) or (script in PREFIXED and stem in word))
                for word, other in self.folded
            )
            for stem, script in stems
        )
        return 0 < found >= len(stems) - 1

    def nearest(self, name: str) -> tuple[float, SourceWord | None]:
        """The word that sounds most like a folded name, with its log odds."""
        best, nearest = float("-inf"), None
        anywhere = _POSSIBLE_ANYWHERE
        if self.lang == "zh" and is_pinyin(name):
            anywhere = _POSSIBLE_PINYIN
        for word in self.others:
            odds = log_odds(name, word.text, word.script)
            if word.script in UNBOUNDED:
                odds += POSSIBLE - anywhere
            if word.script in self.unlikely:
                odds -= _UNLIKELY
            if odds > best:
                best, nearest = odds, word
        if best <= POSSIBLE and any(
            has_like_consonants(name, match.group()) for match in KATAKANA.finditer(self.text)
        ):
            return POSSIBLE + 1.0, None
        return best, nearest

    def same(self, name: str) -> SourceWord | None:
        """The word that is the folded name in Latin letters, declined or not; the likest."""
        found = [pair for pair in self.latin if _same_latin(name, pair[0])]
        if len(found) > 1:  # Irak and Iran for Iraq
            found.sort(key=lambda pair: _unlike(name, pair[0]))
        return found[0][1] if found else None

    def speaks_of(self, name: str, lang: str) -> bool:
        """Whether a place is spoken of that has the folded name in English."""
        return any(map(self.mentions, set(names_of(name, lang))))


def _sounding(script: str) -> str:
    return "Katakana" if script == "Hiragana" else script
