"""What places, peoples and languages are called in English and in another language.

Countries and languages are from CLDR, by babel; cities from GeoNames, regions from CLDR
(`recipes/names/places.py`).
"""

from __future__ import annotations

import gzip
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from math import log
from typing import Any

import regex

from mtqa.text.frequency import word_shares, zipf
from mtqa.text.language import function_words
from mtqa.text.names import common_words
from mtqa.text.spelling import fold, is_pinyin

_WORD = regex.compile(r"[\p{L}\p{M}'’]{2,}+")
_LETTERS = 3  # of an English word that is looked up


@cache
def _additions() -> dict[str, Any]:
    """Names beyond CLDR, in tables by kind."""
    text = (files("mtqa.text") / "data" / "countries.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _peoples(code: str) -> set[str]:
    words: str = _additions()["peoples"].get(code, "")
    return set(words.split())


def _city_rows() -> Iterator[tuple[str, list[str]]]:
    packed = (files("mtqa.text") / "data" / "places.tsv.gz").read_bytes()
    for line in gzip.decompress(packed).decode("utf-8").splitlines():
        name, _, others = line.partition("\t")
        yield name, others.split("|")


@cache
def cities() -> dict[str, tuple[str, ...]]:
    """Names of cities in other scripts and languages, by each word of the English name."""
    found: dict[str, set[str]] = {}
    for name, names in _city_rows():
        words = [fold(word) for word in _WORD.findall(name)]
        for word in words:
            if len(word) >= _LETTERS and (len(words) == 1 or word not in common_words()):
                found.setdefault(word, set()).update(names)
    return {word: tuple(sorted(names)) for word, names in found.items()}


@cache
def _homes() -> dict[str, str]:
    """The territory that each language is most spoken in (CLDR likely subtags)."""
    from babel import Locale
    from langcodes import Language

    homes = {
        str(lang): Language.get(str(lang)).maximize().territory
        for lang in Locale("en").languages
        if len(str(lang)) == 2
    }
    return {lang: home for lang, home in homes.items() if home}


@cache
def home_words(lang: str) -> frozenset[str]:
    """English words for the country that a language is most spoken in, and for its people."""
    from babel import Locale

    code = _homes().get(lang)
    if code is None:
        return frozenset()
    english = Locale("en")
    names = (str(english.territories.get(code, "")), str(english.languages.get(lang, "")))
    words = {fold(word) for name in names for word in _WORD.findall(name)}
    return frozenset(words | _peoples(code))


@cache
def calendar(lang: str) -> frozenset[str]:
    """Days and months in ``lang``, in lower case (CLDR)."""
    from babel import Locale, UnknownLocaleError

    try:
        locale = Locale(lang)
    except (UnknownLocaleError, ValueError):
        return frozenset()
    return frozenset(
        str(name).casefold()
        for table in (locale.days, locale.months)
        for widths in table.values()
        for width in ("wide", "abbreviated")
        for name in widths.get(width, {}).values()
    )


@cache
def countries(lang: str) -> dict[str, tuple[str, ...]]:
    """What territories and languages are called in ``lang``, by words of their English names."""
    from babel import Locale, UnknownLocaleError

    english = Locale("en")
    try:
        other = Locale(lang)
    except (UnknownLocaleError, ValueError):
        return {}
    languages = {str(code): str(name) for code, name in other.languages.items()}
    names: dict[str, set[str]] = {}
    for code, name in other.territories.items():
        names.setdefault(str(code), set()).add(str(name))
    for code, short in _additions()["short"].get(lang, {}).items():
        names.setdefault(code, set()).update(short)
    if lang in ("zh", "ja"):
        for sign, code in _additions()["characters"].items():
            names.setdefault(code, set()).add(sign)
    for spoken, home in _homes().items():
        if spoken in languages:
            names.setdefault(home, set()).add(languages[spoken])
    found: dict[str, set[str]] = {}
    for code, english_name in english.territories.items():
        for word in _words_of(str(english_name)) | _peoples(str(code)):
            found.setdefault(word, set()).update(names.get(str(code), ()))
    for code, english_name in english.languages.items():
        called = languages.get(str(code))
        if called and "(" not in str(english_name) and " " not in str(english_name):
            for word in _words_of(str(english_name)):
                found.setdefault(word, set()).add(called)
    return {word: tuple(sorted(called)) for word, called in found.items() if called}


def _words_of(name: str) -> set[str]:
    """Folded words of an English name; of several, those that are no common words."""
    words = {fold(word) for word in _WORD.findall(name)}
    if len(words) > 1:  # United Kingdom; but China, Turkey
        words -= common_words()
    return {word for word in words if len(word) >= _LETTERS}


@cache
def _by_beginning(lang: str) -> dict[str, tuple[str, ...]]:
    beginnings: dict[str, list[str]] = {}
    for word in countries(lang):
        beginnings.setdefault(word[:4], []).append(word)
    return {start: tuple(sorted(words)) for start, words in beginnings.items()}


# English endings of peoples and adjectives behind the name of a country that has lost its last
# letter or two: Italian, Chinese, Finnish, Iraqi, Icelandic.
_PEOPLE_ENDINGS = frozenset("an ian ean n ese ish i ic er na a".split())


def _country_words(word: str, lang: str) -> Iterator[str]:
    """Words of `countries` that a folded English word is or derives from (Italian: Italy)."""
    for known in _by_beginning(lang).get(word[:4], ()):
        common = 0
        while common < min(len(word), len(known)) and word[common] == known[common]:
            common += 1
        # The ending of a country gives way by one letter or two to that of a people.
        if (
            common >= max(4, len(known) - 2)
            and (common == len(known) or word[common:] in _PEOPLE_ENDINGS)
            and (common == len(word) or word[common:] in _PEOPLE_ENDINGS)
        ):
            yield known


# Abbreviations that stand for adjectives, too: the US Treasury.
_ADJECTIVES = {"us": "american", "usa": "american", "uk": "british", "eu": "european"}


def names_of(word: str, lang: str) -> Iterator[str]:
    """All that a folded English word may be called in ``lang``, as far as the tables tell."""
    known = countries(lang)
    for country in {word, word.removesuffix("s"), *_country_words(word, lang)}:
        yield from known.get(country, ())
    if word in _ADJECTIVES:
        yield from names_of(_ADJECTIVES[word], lang)
    for city in (word, word.removesuffix("s")):
        yield from cities().get(city, ())
    yield from _additions()["renamed"].get(lang, {}).get(word, ())


# Words of names of countries that say nothing alone.
_NO_COUNTRY = frozenset("states kingdom world islands island republic".split())


def is_country(word: str, lang: str) -> bool:
    """Whether a folded English word is a country, a people or a language, or derives from one."""
    if word in _NO_COUNTRY:
        return False
    return word in countries(lang) or (
        word not in common_words() and any(_country_words(word, lang))
    )


@cache
def _country_beginnings(lang: str) -> frozenset[str]:
    """The beginnings of words by which ``lang`` speaks of countries, peoples and languages."""
    return frozenset(
        beginning(word)
        for names in countries(lang).values()
        for name in names
        if len(name) > 2 and _WORD.fullmatch(name)
        for word in (name.casefold(),)
        if len(word) > _LETTERS
    )


_VOWELS = "аяеёиіїыоуюєэьαάεέηήιίοόυύωώაეიოუ"
# What Ukrainian and Serbian change before an ending: Київ, Києва; Харків, Харкова; Прага, Празі;
# Крагујевац, Крагујевцу.
_BEFORE_ENDINGS = (
    ("їв", "єв"), ("ів", "ов"), ("ів", "ев"), ("іль", "ол"), ("га", "з"), ("ка", "ц"), ("ха", "с"),
    ("ац", "ц"), ("ец", "ц"), ("ець", "ц"),
)  # fmt: skip
_LEAST_CITY = 3  # letters of a city before that


@cache
def _city_names() -> frozenset[str]:
    found = {name.casefold() for names in cities().values() for name in names}
    # A vowel at the end gives way to an ending (Москва, Москве; Praha, Praze).
    found |= {
        name[:-1] for name in found if len(name) > 4 and (name[-1] in _VOWELS or name[-1] in "aeoy")
    }
    found |= {
        name.removesuffix(old) + new
        for name in found
        for old, new in _BEFORE_ENDINGS
        if name.endswith(old) and len(name) > _LEAST_CITY
    }
    return frozenset(found)


def is_place_name(word: str, lang: str) -> bool:
    """Whether a word, as it stands, is a country or a city of another script than Latin."""
    return is_country_name(word, lang) or word.casefold() in _city_names()


_KNOWN = 3.0  # Zipf frequency of a place in English from which it is widely known
_LONG = 4  # letters of its English name


@cache
def known_places(lang: str) -> dict[str, float]:
    """What ``lang`` calls widely known cities and countries: their Zipf frequency in English.

    Cities stand there under their names in all languages of other scripts than Latin.
    """
    from babel import Locale, UnknownLocaleError

    try:
        territories = dict(Locale(lang).territories)
    except (UnknownLocaleError, ValueError):
        territories = {}
    called = [
        *(row for row in _city_rows() if row[0].lower() not in common_words()),
        *(
            (str(country), [str(territories[code])])
            for code, country in Locale("en").territories.items()
            if code in territories
        ),
    ]
    found: dict[str, float] = {}
    for english, names in called:
        if not english.isalpha() or len(english) < _LONG:
            continue
        known = zipf(fold(english), "en", "large")
        if known >= _KNOWN:
            for name in names:
                if not name.isascii():
                    found[name.casefold()] = max(known, found.get(name.casefold(), 0.0))
    return found


_HAN_NAME = regex.compile(r"\p{Han}{3,}")


@cache
def transcribing_weights() -> dict[str, float]:
    """Log odds of Chinese characters in names of foreign cities against any text (wordfreq).

    Characters that stand in no such name are left out.
    """
    names = Counter(
        character
        for word, others in cities().items()
        if not is_pinyin(word)
        for name in others
        if _HAN_NAME.fullmatch(name)
        for character in name
    )
    anywhere: dict[str, float] = defaultdict(float)
    for word, share in word_shares("zh"):
        for character in word:
            anywhere[character] += share
    total, whole = names.total(), sum(anywhere.values())
    return {
        character: log(count / total) - log((anywhere[character] + _UNSEEN * whole) / whole)
        for character, count in names.items()
        if count > 1
    }


_UNSEEN = 1e-6  # share of a character that the list does not have


@cache
def chinese_provinces() -> frozenset[str]:
    """Provinces, regions and special regions of China, in short."""
    return frozenset(_additions()["provinces"].split())


@cache
def _latin_cities() -> frozenset[str]:
    """Words of English names of cities, whole and without a vowel at the end (Ostravě)."""
    return frozenset(cities()) | {
        word[:-1] for word in cities() if len(word) > 5 and word[-1] in "aeoy"
    }


@cache
def arabic_cities() -> frozenset[str]:
    """Cities that Arabic gives an article and English one word: القاهرة, Cairo.

    Others are mostly ordinary words: الميناء, El Mina, the port.
    """
    return frozenset(
        other
        for name, names in _city_rows()
        if name.isalpha()
        for other in names
        if other.startswith("ال")
    )


# Of Petersburg, of Kostroma in Russian and Ukrainian.
_CITY_ADJECTIVE = regex.compile(r"(\p{Cyrillic}{5,}?)(?:инс|ьс|с|ц)к\p{Cyrillic}{1,3}\Z")
_MOST_ENDING = 3  # letters of an ending that a city may carry


def beginning(word: str) -> str:
    """What is left of a word that may be declined: all but three letters, four at least."""
    return word[: max(4, len(word) - 3)] if len(word) > 4 else word[: max(3, len(word) - 1)]


def is_country_word(word: str, lang: str) -> bool:
    """Whether a word of ``lang`` begins like a country, a people or a language."""
    word = word.casefold()
    return any(
        word[:size] in _country_beginnings(lang) for size in range(max(4, len(word) - 6), len(word))
    ) or word in _country_names(lang)


def is_country_name(word: str, lang: str) -> bool:
    """Whether a word, as it stands, is what ``lang`` calls a country."""
    return word.casefold() in _country_names(lang)


@cache
def _country_names(lang: str) -> frozenset[str]:
    """Whole names of more than one letter, for scripts without spaces."""
    return frozenset(
        name.casefold() for names in countries(lang).values() for name in names if len(name) > 1
    )


# Russian: российский, японский, американский; Ukrainian: російський.
_COUNTRY_ADJECTIVE = regex.compile(
    r"(\p{Cyrillic}{4,}?)(?:[аи]?нс|й?с|ц|[ії]?йсь|сь|[аи]нсь)к\p{Cyrillic}{1,3}\Z"
)


@cache
def _country_starts(lang: str) -> frozenset[str]:
    """Names of countries in Cyrillic, whole and without their last letter or two."""
    names = [name.casefold() for names in countries(lang).values() for name in names]
    return frozenset(
        name[: len(name) - cut]
        for name in names
        if name.isalpha() and name not in function_words(lang)
        for cut in (0, 1, 2)
        if len(name) - cut >= 4
    )


def is_country_adjective(word: str, lang: str) -> bool:
    """Whether a word in lower case is an adjective of a country or a language, in Cyrillic."""
    if any(word[:size] in _adjectives(lang) for size in range(max(5, len(word) - 4), len(word))):
        return True
    match = _COUNTRY_ADJECTIVE.match(word)
    return match is not None and match[1] in _country_starts(lang)


def is_city_adjective(word: str) -> bool:
    """Whether a word in lower case is an adjective of a city, in Cyrillic (петербургский)."""
    return bool(_CITY_ADJECTIVE.match(word)) and is_city(word)


@cache
def _adjectives(lang: str) -> frozenset[str]:
    """Names of languages in Cyrillic without their endings: adjectives (чеська, русский)."""
    found = (
        name.rstrip("аяийеуюоіїыь")
        for names in countries(lang).values()
        for name in names
        if name.islower() and name.isalpha() and name[-1] in "аяийеоіы"
    )
    return frozenset(name for name in found if len(name) >= 5 and name[-1] == "к")


def is_city(word: str) -> bool:
    """Whether a word is a city, declined or not; of English ones, whether it is a word of one."""
    if word.isascii() or regex.match(r"\p{Latin}", word):
        letters = fold(word)
        cuts = range(min(2, max(0, len(letters) - 5)) + 1)
        if any(letters[: len(letters) - cut] in _latin_cities() for cut in cuts):
            return True
        word = word.casefold()
        return any(word[: len(word) - cut] in _city_names() for cut in cuts)
    word = word.casefold()
    city = _CITY_ADJECTIVE.match(word)
    if city and any(city[1] + vowel in _city_names() for vowel in ("", "а", "ь", "е", "ы", "і")):
        return True
    return any(
        word[: len(word) - cut] in _city_names()
        for cut in range(min(_MOST_ENDING, max(0, len(word) - 4)) + 1)
    )
