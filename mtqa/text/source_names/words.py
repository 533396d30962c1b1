"""Words of the source, script by script."""

from __future__ import annotations

from typing import NamedTuple

import regex

from mtqa.text.document import Span
from mtqa.text.gazetteer import calendar
from mtqa.text.language import scripts_of
from mtqa.text.persons import stems

_SCRIPTS = (
    "Latin", "Cyrillic", "Greek", "Hebrew", "Arabic", "Devanagari", "Han", "Hiragana", "Katakana",
    "Hangul", "Georgian", "Armenian", "Thai", "Bengali", "Tamil", "Telugu", "Kannada", "Malayalam",
    "Gujarati", "Gurmukhi", "Sinhala", "Khmer", "Myanmar", "Lao", "Ethiopic",
)  # fmt: skip
_RUN = regex.compile(
    "|".join(
        rf"(?P<{script}>[\p{{{script}}}--\p{{P}}][\p{{{script}}}\p{{M}}ー\u200c\u200d--\p{{P}}]*+"
        rf"(?:['’ʼ׳״\"](?=\p{{{script}}})[\p{{{script}}}\p{{M}}--\p{{P}}]++)*+)"
        for script in _SCRIPTS
    ),
    regex.V1,  # for sets: the full stop of Urdu is of the Arabic script, too
)
KATAKANA = regex.compile(r"[\p{Katakana}ー]+")
PREFIXED = frozenset({"Hebrew", "Arabic"})
LETTERS = 3  # of a name that is looked for

# Zipf frequencies under which a word is a name, in scripts with capitals and without: words that
# sound like a name that English knows; words with the endings of Slavic family names, and persons
# of the lists; cities, which are mostly more frequent, so that all but common words are taken.
FREQUENT_NAME = 5.0
RARE_SURNAME = 4.0
FREQUENT_CITY = 5.4
# How much more frequent (log10) a known place may be in a language where it is nearer than it is in
# English. Read in lists of Arabic, Hebrew, Hindi, Korean and Persian: of the places 서울 (Seoul,
# 1.8) and 부산 (2.2) stand farthest; above are words that are a place besides (كان, Cannes: 2.9).
MORE_FREQUENT = 1.8


class SourceWord(NamedTuple):
    """A word of the source, or a run of it in a script without spaces.

    Attributes:
        span: code points of the source.
        text: how it is compared: as it stands, or as it is read (Japanese).
        script: of ``text``, by its Unicode name.
        readings: how else it may be read.
    """

    span: Span
    text: str
    script: str
    readings: tuple[str, ...] = ()


def find_words(text: str) -> list[SourceWord]:
    """The words of a text that puts spaces between them, and the runs of one that does not."""
    return [
        SourceWord(Span(*match.span()), match.group(), match.lastgroup or "")
        for match in _RUN.finditer(text)
    ]


def script_of(word: str) -> str:
    """The script of the first letter, by its Unicode name; empty for one that is not known."""
    match = _RUN.match(word)
    return (match.lastgroup if match else None) or ""


def is_katakana(word: str) -> bool:
    """Whether a word is in katakana alone."""
    return bool(KATAKANA.fullmatch(word))


def is_foreign(word: SourceWord, lang: str) -> bool:
    """Whether it is in Latin letters in a text of another script."""
    return word.script == "Latin" and scripts_of(lang)[0] != "Latin"


def is_day(word: SourceWord, lang: str) -> bool:
    """Whether it is a day or a month."""
    return not calendar(lang).isdisjoint(stems(word.text.casefold(), word.script))
