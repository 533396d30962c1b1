"""Which language a text is in: by its script, then its function words, then lingua."""

from __future__ import annotations

from collections import Counter
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import regex

if TYPE_CHECKING:
    from lingua import LanguageDetector

UNDETERMINED = "und"

# Languages written in one script other than Latin, by that script, the likeliest first (CLDR likely
# subtags).
_LANGUAGES_OF_SCRIPT = {
    "Cyrillic": "ru uk be bg mk kk ky mn tg",
    "Arabic": "ar fa ur ps ckb ug",
    "Devanagari": "hi mr ne sa",
    "Greek": "el",
    "Hebrew": "he yi",
    "Thai": "th",
    "Hangul": "ko",
    "Georgian": "ka",
    "Armenian": "hy",
    "Tamil": "ta",
    "Telugu": "te",
    "Kannada": "kn",
    "Malayalam": "ml",
    "Gujarati": "gu",
    "Gurmukhi": "pa",
    "Oriya": "or",
    "Sinhala": "si",
    "Khmer": "km",
    "Lao": "lo",
    "Myanmar": "my",
    "Ethiopic": "am ti",
    "Bengali": "bn as",
}
_SEVERAL_SCRIPTS = {
    "ja": ("Han", "Hiragana", "Katakana"),
    "zh": ("Han", "Bopomofo"),
    "ko": ("Hangul", "Han"),
    "sr": ("Cyrillic", "Latin"),
}
# Scripts that do not tell the language of a text; the others do.
_SHARED_SCRIPTS = ("Latin", "Cyrillic", "Arabic", "Devanagari")
_LANGUAGE_OF_SCRIPT = {
    script: langs.split()[0]
    for script, langs in _LANGUAGES_OF_SCRIPT.items()
    if script not in _SHARED_SCRIPTS
}
_EAST_ASIAN = ("Han", "Hiragana", "Katakana")
_SCRIPT = regex.compile(
    "|".join(
        rf"(?P<{name}>\p{{Script={name}}})"
        for name in (*_SHARED_SCRIPTS, *_EAST_ASIAN, *_LANGUAGE_OF_SCRIPT)
    )
)
_WORD = regex.compile(r"\p{L}[\p{L}\p{M}\u200c]*+(?:['’]\p{L}[\p{L}\p{M}]*+)*+")

# A long document is judged by windows from all over it.
_WINDOWS = 8
_WINDOW = 1000  # code points

# The 80 most frequent words of its language make up 40 % of an English text, 20 to 28 % of a
# Russian, 17 % of a Nepalese one (WMT21/22 and MLQE-PE). A language is clear when its share of
# the words and its lead over the runner-up (as a factor) reach one of these pairs; short of that
# lingua is asked.
_CLEAR_PAIRS = ((0.2, 1.4), (0.1, 3.0))
_CLEAR_WORDS = 20
# Short of that, lingua is given the words without capitals if there are so many. It is believed
# from such a confidence on; where it wavers, function words may still tip the scales.
_PLAIN_WORDS = 5
_SURE = 0.5
_SURE_OF_LITTLE = 0.7
# Kana among the characters of a Japanese text: half of them; in Chinese, none but the odd の.
_KANA_SHARE = 0.05


def detect_language(text: str) -> str:
    """ISO 639-1 code of the language a text is mostly written in, ``und`` if that is unclear.

    Reads at most 8,000 characters. For a page of clear prose the letters and the function words
    decide; lingua, which takes 0.4 s to load, is asked only where they do not.
    """
    sample = _sample(text)
    scripts = count_scripts(sample)
    if not scripts:
        return UNDETERMINED
    kana = scripts["Hiragana"] + scripts["Katakana"]
    ideographs = scripts["Han"] + kana
    main, _ = max(
        ((name, count) for name, count in scripts.items() if name not in _EAST_ASIAN),
        key=lambda item: item[1],
        default=("", 0),
    )
    # An ideograph or a kana carries about two letters' worth of an alphabet.
    if 2 * ideographs > scripts[main]:
        return "ja" if kana > _KANA_SHARE * ideographs else "zh"
    if main in _LANGUAGE_OF_SCRIPT:
        return _LANGUAGE_OF_SCRIPT[main]
    words = [word.lower().replace("’", "'") for word in _WORD.findall(sample)]
    shares = sorted(function_word_shares(words).items(), key=lambda item: (-item[1], item[0]))
    (best, share), (_, runner_up) = (*shares, ("", 0.0), ("", 0.0))[:2]
    if len(words) >= _CLEAR_WORDS and any(
        share >= enough and share > lead * runner_up for enough, lead in _CLEAR_PAIRS
    ):
        return best
    # Names and tickers are of no language: where enough is left, only that is asked about.
    plain = [word for word in _WORD.findall(sample) if word.islower()]
    enough = len(plain) >= _PLAIN_WORDS
    guesses = confidences(" ".join(plain) if enough else sample)
    guess = next(iter(guesses), UNDETERMINED)
    if guesses.get(guess, 0.0) >= (_SURE if enough else _SURE_OF_LITTLE):
        return guess
    leads = share >= 0.1 and share >= 1.4 * runner_up
    return best if leads and (guesses.get(best, 0.0) >= 0.25 or share >= 0.3) else UNDETERMINED


def count_scripts(text: str) -> Counter[str]:
    """Letters of each script in ``text`` (the scripts this module knows)."""
    counts: Counter[str] = Counter()
    for character, count in Counter(text).items():
        match = _SCRIPT.match(character)
        if match:
            counts[match.lastgroup or ""] += count
    return counts


def scripts_of(lang: str) -> tuple[str, ...]:
    """Unicode scripts that a language is written in; Latin for one that is not known."""
    return _SEVERAL_SCRIPTS.get(lang) or (_scripts().get(lang, "Latin"),)


def function_word_shares(words: list[str]) -> Counter[str]:
    """For each language, the share of ``words`` (lower-case) among its 80 most frequent ones."""
    if not words:
        return Counter()
    index = _languages_of_function_word()
    counts: Counter[str] = Counter()
    for word, count in Counter(words).items():
        for lang in index.get(word, ()):
            counts[lang] += count
    return Counter({lang: count / len(words) for lang, count in counts.items()})


def confidences(text: str) -> dict[str, float]:
    """Lingua's confidence from 0 to 1 for each language (ISO 639-1 code) it considers, best first.

    Empty if it has nothing to say. Loads lingua, which takes 0.4 s and 72 MB once.
    """
    values = _detector().compute_language_confidence_values(text)
    return {
        value.language.iso_code_639_1.name.lower(): value.value for value in values if value.value
    }


@cache
def function_words(lang: str) -> frozenset[str]:
    """The 80 most frequent words of a language, lower-case; empty for an unknown language."""
    return frozenset(_function_words().get(lang, ()))


@cache
def _scripts() -> dict[str, str]:
    return {
        lang: script for script, langs in _LANGUAGES_OF_SCRIPT.items() for lang in langs.split()
    }


@cache
def _function_words() -> dict[str, tuple[str, ...]]:
    table = (files("mtqa.text") / "data" / "function_words.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if line and not line.startswith("#"))
    return {lang: tuple(words.split()) for lang, words in rows}


@cache
def _languages_of_function_word() -> dict[str, list[str]]:
    index: dict[str, list[str]] = {}
    for lang, words in _function_words().items():
        for word in words:
            index.setdefault(word, []).append(lang)
    return index


@cache
def _detector() -> LanguageDetector:
    from lingua import Language, LanguageDetectorBuilder

    # No news is written in Latin, but a page of names and loan words looks like it.
    builder = LanguageDetectorBuilder.from_all_languages_without(Language.LATIN)
    return builder.with_low_accuracy_mode().build()


def _sample(text: str) -> str:
    if len(text) <= _WINDOWS * _WINDOW:
        return text
    step = (len(text) - _WINDOW) / (_WINDOWS - 1)
    starts = (round(step * index) for index in range(_WINDOWS))
    return "\n".join(text[start : start + _WINDOW] for start in starts)
