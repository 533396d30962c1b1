"""How common a word is, by wordfreq."""

from __future__ import annotations

from functools import cache, lru_cache
from math import log10

# What wordfreq calls Serbo-Croatian, Norwegian and Filipino.
_WORDFREQ_CODES = {"bs": "sh", "hr": "sh", "sr": "sh", "no": "nb", "nn": "nb", "tl": "fil"}


def has_frequencies(lang: str) -> bool:
    """Whether word frequencies are known for the language (ISO 639-1 code)."""
    return _frequencies(lang, "small") is not None


@lru_cache(maxsize=1 << 16)
def zipf(word: str, lang: str, wordlist: str = "small") -> float:
    """Zipf frequency of one word form, case ignored.

    Args:
        word: a single word as it stands in the text.
        lang: ISO 639-1 code.
        wordlist: wordfreq's ``small`` list holds every word met at least once in a million (zipf 3
            and more) and loads in 20 ms; ``large`` goes down to zipf 1 and takes 0.1 s and 36 MB.
            A language without a large list has its small one for both.

    Returns:
        log10 of the occurrences per 1,000 million words, so "the" has 7.73 in English, a word met
        once in a million 3; 0 for an unknown word, and for every word of a language that wordfreq
        does not cover.

    Source: wordfreq 3 (Speer 2022, https://github.com/rspeer/wordfreq).
    """
    frequencies = _frequencies(lang, wordlist)
    if frequencies is None:
        return 0.0
    from langcodes import Language
    from wordfreq.preprocess import preprocess_text

    code = _WORDFREQ_CODES.get(lang, lang)
    frequency = frequencies.get(preprocess_text(word.replace("’", "'"), Language.get(code)))
    return round(log10(frequency) + 9, 2) if frequency else 0.0


@cache
def _frequencies(lang: str, wordlist: str) -> dict[str, float] | None:
    """Share of each word among all words of the language; None if the language is not covered."""
    from wordfreq import available_languages, get_frequency_dict

    code = _WORDFREQ_CODES.get(lang, lang)
    for size in (wordlist, "small"):
        if code in available_languages(size):
            return get_frequency_dict(code, size)
    return None
