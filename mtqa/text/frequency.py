"""How common a word is, by wordfreq."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.util import find_spec
from itertools import chain, repeat
from math import log10
from pathlib import Path

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
            and more) and loads in 10 ms; ``large`` goes down to zipf 1 and takes 0.1 s and 36 MB.
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
    word = word.replace("’", "'")
    if lang == "en":
        return frequencies.get(word.casefold(), 0.0)
    from langcodes import Language
    from wordfreq.preprocess import preprocess_text

    code = _WORDFREQ_CODES.get(lang, lang)
    return frequencies.get(preprocess_text(word, Language.get(code)), 0.0)


def rare_english_words() -> Iterator[str]:
    """English words met less than once in a million, the most frequent first: mostly names."""
    frequencies = _frequencies("en", "large") or {}
    return (word for word, frequency in frequencies.items() if frequency < 3)


def frequent_english_words() -> Iterator[str]:
    """English words met at least once in a million, the most frequent first."""
    return iter(_frequencies("en", "small") or {})


def word_shares(lang: str) -> Iterator[tuple[str, float]]:
    """Words of wordfreq's small list for a language, each with its share of all words."""
    return (
        (word, 10 ** (value - 9)) for word, value in (_frequencies(lang, "small") or {}).items()
    )


@cache
def _frequencies(lang: str, wordlist: str) -> dict[str, float] | None:
    """Zipf frequency of each word, most frequent first; None if the language is not covered."""
    if lang == "en":
        return _read_cbpack(wordlist)
    from wordfreq import available_languages, get_frequency_dict

    code = _WORDFREQ_CODES.get(lang, lang)
    for size in (wordlist, "small"):
        if code in available_languages(size):
            shares = get_frequency_dict(code, size)
            known = _Zipf()  # shares are rounded: some hundred for 300,000 words
            return {word: known[share] for word, share in shares.items()}
    return None


class _Zipf(dict[float, float]):
    """Zipf frequency by share of all words."""

    def __missing__(self, share: float) -> float:
        value = self[share] = round(log10(share) + 9, 2)
        return value


def _read_cbpack(wordlist: str) -> dict[str, float]:
    """The English list, straight from wordfreq's file.

    Importing wordfreq takes 0.16 s for what other languages need of it, and its dictionary of the
    large list another 0.1 s: too much for a command that reads one page. The format is described
    in wordfreq's `read_cBpack`: after a header, a list of words for each hundredth of log10.
    """
    import msgpack

    spec = find_spec("wordfreq")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("wordfreq is not installed")
    path = Path(spec.submodule_search_locations[0], "data", f"{wordlist}_en.msgpack.gz")
    header, *groups = msgpack.unpackb(gzip.decompress(path.read_bytes()))
    if header != {"format": "cB", "version": 1}:
        raise ValueError(f"{path} is not of the format that mtqa reads: install wordfreq 3")
    values = (round(9 - centibels / 100, 2) for centibels in range(len(groups)))
    return dict(
        zip(
            chain.from_iterable(groups),
            chain.from_iterable(map(repeat, values, map(len, groups))),
            strict=True,
        )
    )
