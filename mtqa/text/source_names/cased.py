"""Names in scripts with capitals: Latin, Cyrillic, Greek, Armenian."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence

import regex

from mtqa.text.document import Span
from mtqa.text.frequency import zipf
from mtqa.text.gazetteer import (
    is_city,
    is_city_adjective,
    is_country_adjective,
    is_country_name,
    is_country_word,
)
from mtqa.text.known_names import SOUNDS_ALIKE, find_known
from mtqa.text.names import given_names, is_common, opens_sentence
from mtqa.text.persons import is_listed, is_person, is_proper_noun
from mtqa.text.source_names.words import (
    FREQUENT_CITY,
    FREQUENT_NAME,
    LETTERS,
    MORE_FREQUENT,
    RARE_SURNAME,
    SourceWord,
    is_day,
    is_foreign,
)
from mtqa.text.spelling import fold

CASED = frozenset({"Latin", "Cyrillic", "Greek", "Armenian"})
# Languages that write every noun with a capital.
_CAPITAL_NOUNS = frozenset({"de", "lb"})
_LONGEST = 12  # letters of a name in Latin script that is no compound
_LONGEST_LONE = 9  # the same, where no other name stands beside it
# Zipf frequency (of the large list) of a Slavic family name that begins a sentence, at most: words
# that the list does not have.
_HARDLY_MET = 1.0
_RARE = 3.0  # Zipf frequency under which a capitalised word of the source is a name
# Log odds for each letter from which a capitalised word sounds like a name that English knows.
_BY_LETTER = 1.3
# A word of another language that English uses but for 1.5 (log10) as often is a name in both.
_NEARLY = 1.5
# Adjectives of the Slavic languages in Cyrillic stand with a capital in the names of institutions.
_ADJECTIVE = regex.compile(
    r"(?:[иыії]й|ого|его|[оеі]му|[ыи]м|ом|ой|ей|ая|яя|ую|юю|ое|ее|ые|ие|[ыиі]х|[ыи]ми|ої|ою|ська|ське|ські|цька)\Z"
)
_NOUN_ENDINGS = ("ом", "ой", "ою", "им", "ым", "ий", "ій")  # those of nouns, too
# Zipf frequencies from which they are no names themselves, and from which a noun is none that
# sounds like a name which English hardly knows (Союз, Soyuz). With both, hits on human translations
# from Russian fell from 47 to 37 in 1,000 segments, and of 150 names removed as many were found.
_FREQUENT_ADJECTIVE = 3.5
_FREQUENT_NOUN = 4.5
_SURNAME = regex.compile(
    r"(?:[оеё]в|[иы]н|енко|ч?ук|ян|дзе|швили|ович|евич)(?:а|у|ым|ом|і|е|ой|ій|ою)?\Z"
)
_INITIAL = regex.compile(r"(?<!\p{L})\p{Lu}\.[ \u00a0]?\Z")  # Д. Рассел
_CLOSING = frozenset('"”»“')


def find_capitalised(
    text: str, lang: str, words: Sequence[SourceWord], sentences: Sequence[Span]
) -> Iterator[SourceWord]:
    """Capitalised words that are names: rare ones, places, and those that English knows too."""
    starts = {span.start for span in sentences}
    lower = {word.text for word in words if word.text[0].islower()}
    capital = [has_capital(word, lang) for word in words]
    for index, word in enumerate(words):
        if word.text.islower() and (
            is_country_adjective(word.text, lang) or is_city_adjective(word.text)
        ):
            yield word
        if word.text.isupper() and is_country_name(word.text, lang):
            yield word
        if not capital[index] or word.text.lower() in lower or is_day(word, lang):
            continue
        opens = is_opening(text, lang, word, starts)
        beside = any(
            0 <= other < len(capital)
            and capital[other]
            and _are_neighbours(text, words, index, other)
            for other in (index - 1, index + 1)
        )
        behind = (
            index > 0
            and capital[index - 1]
            and word.script != "Latin"
            and _are_neighbours(text, words, index - 1, index)
            and is_listed(words[index - 1].text, word.script, "given")
        )
        if _is_name(word, lang, opens, beside, behind):
            yield word


def is_opening(text: str, lang: str, word: SourceWord, starts: Container[int]) -> bool:
    """Whether a word may owe its capital to its place; ``starts`` are those of sentences."""
    # A word in quotation marks of its own is a title or a name.
    return not is_foreign(word, lang) and (
        word.span.start in starts
        or (
            opens_sentence(text, word.span.start)
            and text[word.span.end : word.span.end + 1] not in _CLOSING
            and not _INITIAL.search(text, max(0, word.span.start - 4), word.span.start)
        )
    )


def _are_neighbours(text: str, words: Sequence[SourceWord], one: int, other: int) -> bool:
    first, second = sorted((words[one].span, words[other].span))
    return text[first.end : second.start] == " "


def has_capital(word: SourceWord, lang: str) -> bool:
    """Whether a word is written as a name is: with a capital, and no initialism."""
    return (
        word.script in CASED
        and len(word.text) >= LETTERS
        and word.text[0].isupper()
        and (word.text[1:].islower() or (is_foreign(word, lang) and not word.text.isupper()))
    )


def _is_name(word: SourceWord, lang: str, opens: bool, beside: bool, behind: bool) -> bool:
    """Whether a capitalised word is a name.

    Args:
        word: the word.
        lang: of the source.
        opens: whether it begins a sentence.
        beside: whether another capitalised word stands beside it.
        behind: whether it stands behind a given name.
    """
    frequency = zipf(word.text.lower(), lang, "large")
    if (not opens or frequency < FREQUENT_NAME) and is_country_word(word.text, lang):
        return True
    if _is_plain_adjective(word, frequency) and not behind:
        return False
    if not opens and (is_city(word.text) or is_city_adjective(word.text.lower())):
        return True
    if len(word.text) <= LETTERS:
        return is_proper_noun(word.text, word.script) and frequency < FREQUENT_NAME
    if is_foreign(word, lang):
        return True
    if opens and word.script == "Latin":  # a given name before a family name
        return beside and frequency == 0.0 and len(word.text) <= _LONGEST
    if _is_proper_noun(word, frequency):
        return True
    known = None
    if frequency < (FREQUENT_CITY if behind or not opens else FREQUENT_NAME):
        if is_listed(word.text, word.script, "given"):
            return (
                not opens
                or frequency < RARE_SURNAME
                or beside
                or is_proper_noun(word.text, word.script)
            )
        if behind and not _ADJECTIVE.search(word.text.lower()):
            return True
        if not opens and is_listed(word.text, word.script, "family"):
            return True
        least = SOUNDS_ALIKE if opens else min(SOUNDS_ALIKE, _BY_LETTER * len(word.text))
        known = find_known(word.text, word.script, least)
        if (
            known is not None
            and frequency >= _FREQUENT_NOUN
            and zipf(known, "en", "large") < frequency - MORE_FREQUENT
        ):
            known = None
    if opens:
        return (known is not None and known.title() in given_names()) or (
            frequency < _HARDLY_MET and _SURNAME.search(word.text) is not None
        )
    if word.script == "Latin":
        letters = fold(word.text)
        english = zipf(letters, "en", "large")
        if is_common(letters, "en"):
            return False
        if lang in _CAPITAL_NOUNS:
            # As frequent in English, where it is no common word, is a name.
            return (beside and (frequency < _RARE or word.text in given_names())) or (
                english > 0 and english >= frequency - _NEARLY
            )
        return (
            frequency < _RARE
            and (len(letters) <= _LONGEST_LONE or (beside and len(letters) <= _LONGEST))
        ) or (english > 0 and (english >= frequency - _NEARLY or letters.title() in given_names()))
    rare = RARE_SURNAME if _SURNAME.search(word.text) else _RARE
    return known is not None or (frequency < rare and not _ADJECTIVE.search(word.text.lower()))


def _is_plain_adjective(word: SourceWord, frequency: float) -> bool:
    """Whether it is an adjective that has a capital in the name of a thing: Белого дома."""
    lower = word.text.lower()
    return (
        word.script == "Cyrillic"
        and frequency >= _FREQUENT_ADJECTIVE
        and "ск" not in lower[-5:]
        and not ("ськ" in lower[-6:] and is_city(lower))
        and bool(_ADJECTIVE.search(lower))
        and not (lower.endswith(_NOUN_ENDINGS) and is_city(lower))
        and not is_person(word.text, word.script)
        and not is_proper_noun(word.text, word.script)
    )


def _is_proper_noun(word: SourceWord, frequency: float) -> bool:
    """Whether a capitalised word is a proper noun of a dictionary, but no feast or the like."""
    if frequency < _RARE:
        return is_listed(word.text, word.script, "proper")
    if not frequency < FREQUENT_CITY or not (
        is_proper_noun(word.text, word.script)
        or (frequency < RARE_SURNAME and is_listed(word.text, word.script, "proper"))
    ):
        return False
    return (
        is_city(word.text)
        or is_person(word.text, word.script)
        or find_known(word.text, word.script) is not None
    )
