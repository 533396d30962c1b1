"""How Japanese words are read, and which words of Japanese and Chinese are names.

Dictionaries are loaded with the first text of their language: 0.1 s for Japanese (SudachiPy with
its small dictionary), 1 s for Chinese (jieba).
"""

from __future__ import annotations

from functools import cache, lru_cache
from itertools import product
from typing import TYPE_CHECKING, Literal, NamedTuple

import regex

if TYPE_CHECKING:
    from jieba.posseg import POSTokenizer
    from sudachipy import Dictionary, Tokenizer

Kind = Literal["person", "place", "other", ""]

# Tags of the part-of-speech field of UniDic, and of ICTCLAS, which jieba uses.
_UNIDIC: dict[str, Kind] = {"人名": "person", "地名": "place"}
_ICTCLAS: dict[str, Kind] = {
    "nr": "person", "nrfg": "person", "nrt": "person", "ns": "place", "nz": "other", "nt": "other",
}  # fmt: skip
_HAN = regex.compile(r"\p{Han}+")
# Readings of a name that its dictionary entry does not give: those of its characters, put together.
_MOST_READINGS = 24
_LONGEST = 3  # characters of a name that is put together


class Token(NamedTuple):
    """A word of a text without spaces.

    Attributes:
        start, end: code points of the text.
        kind: what it names, by its dictionary; empty for what is no name.
        reading: Japanese: how it is read here, in katakana.
        known: whether the dictionary has it; else it was put together of what it has.
    """

    start: int
    end: int
    kind: Kind
    reading: str = ""
    known: bool = False


@cache
def _sudachi() -> tuple[Dictionary, Tokenizer]:
    from sudachipy import Dictionary, SplitMode

    dictionary = Dictionary(dict="small")
    return dictionary, dictionary.tokenizer(mode=SplitMode.A)


# Bytes of UTF-8 that SudachiPy takes at once are 49,149.
_MOST_JAPANESE = 12_000


def read_japanese(text: str) -> list[Token]:
    """Words of a Japanese text with their readings."""
    tokens: list[Token] = []
    for offset in range(0, len(text), _MOST_JAPANESE):
        for morpheme in _sudachi()[1].tokenize(text[offset : offset + _MOST_JAPANESE]):
            part = morpheme.part_of_speech()
            kind: Kind = _UNIDIC.get(part[2], "other") if part[1] == "固有名詞" else ""
            start, end = offset + morpheme.begin(), offset + morpheme.end()
            tokens.append(Token(start, end, kind, morpheme.reading_form(), not morpheme.is_oov()))
    return tokens


@lru_cache(maxsize=1 << 14)
def other_readings(word: str) -> tuple[str, ...]:
    """Ways in which a Japanese word of Chinese characters may be read besides, in katakana."""
    dictionary = _sudachi()[0]
    known = {morpheme.reading_form() for morpheme in dictionary.lookup(word)}
    if 1 < len(word) <= _LONGEST and _HAN.fullmatch(word):
        single = [
            sorted({morpheme.reading_form() for morpheme in dictionary.lookup(character)})
            for character in word
        ]
        for number, readings in enumerate(product(*single)):
            if number >= _MOST_READINGS:
                break
            known.add("".join(readings))
    return tuple(sorted(known))


@cache
def _jieba() -> POSTokenizer:
    import logging

    import jieba
    import jieba.posseg

    jieba.setLogLevel(logging.ERROR)
    # As jieba initialises itself, but for the cache that it would leave in the temporary folder.
    tokenizer = jieba.dt
    tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True
    return jieba.posseg.dt


def read_chinese(text: str) -> list[Token]:
    """Words of a Chinese text, names among them."""
    tokens: list[Token] = []
    start = 0
    known = _jieba().word_tag_tab
    for pair in _jieba().cut(text):
        end = start + len(pair.word)
        kind = _ICTCLAS.get(pair.flag, "")
        tokens.append(Token(start, end, kind, known=pair.word in known))
        start = end
    return tokens
