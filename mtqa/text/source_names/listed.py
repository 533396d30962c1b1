"""Names in scripts without capitals, as far as tables of places and persons have them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from mtqa.text.document import Span
from mtqa.text.frequency import has_frequencies, zipf
from mtqa.text.gazetteer import (
    arabic_cities,
    is_city,
    is_country_name,
    is_place_name,
    known_places,
)
from mtqa.text.known_names import find_known
from mtqa.text.persons import is_listed, is_person, is_proper_noun, stems
from mtqa.text.source_names.words import (
    FREQUENT_CITY,
    FREQUENT_NAME,
    LETTERS,
    MORE_FREQUENT,
    PREFIXED,
    RARE_SURNAME,
    SourceWord,
    is_day,
)

# Scripts without capitals whose words stand apart.
_LISTED = frozenset(
    "Hebrew Arabic Devanagari Hangul Georgian Bengali Tamil Gujarati Sinhala".split()
)
# Zipf frequencies under which a word is taken for the person that a list says it is, where nothing
# else speaks for it: three in four of the lists, of which the Arabic one has many common words.
_RARE_NAME = {"Hebrew": 4.6, "Arabic": 4.4, "Devanagari": 4.4}
_FREQUENT_GIVEN = 6.2  # of a given name before another name (محمد)
_UNUSUAL = 4.3  # of a word beside a given name that is part of the name
_RARE_BESIDE = 3.0  # the same, where the given name is a word besides
# What Korean writes to the end of a noun. Source: Wikipedia, "Korean postpositions".
_PARTICLES = frozenset(
    "은 는 이 가 을 를 에 의 와 과 도 로 에서 으로 부터 까지 에게 이나 만".split()
)
_KOREAN_PARTICLE = 2
_KOREAN_PERSON = 3  # syllables: a family name of one and a given name of two
_TOGETHER = frozenset({"Thai", "Lao", "Khmer", "Myanmar"})
_LONGEST_PLACE = 24  # letters
_THAI_TITLES = frozenset("นาย นาง นางสาว ดร".split())


def find_listed(text: str, lang: str, words: Sequence[SourceWord]) -> Iterator[SourceWord]:
    """Names in scripts without capitals: places and persons of the lists, and who is beside."""
    words = [word for word in words if word.script in _LISTED and not is_day(word, lang)]
    if not words:
        return
    counted = has_frequencies(lang)
    surely = [_is_listed(word, lang, counted) for word in words]
    for index, (one, other) in enumerate(pairwise(words)):
        if _touch(text, one, other) and any(
            is_place_name(f"{form} {other.text}", lang)
            for form in (*stems(one.text, one.script), one.text[1:])  # בתל אביב
        ):
            surely[index] = surely[index + 1] = True
    for index, word in enumerate(words):
        if surely[index]:
            yield word
            continue
        if not counted:
            continue
        frequency = min(zipf(stem, lang) for stem in stems(word.text, word.script)[:1])
        before = index > 0 and _touch(text, words[index - 1], word)
        after = index + 1 < len(words) and _touch(text, word, words[index + 1])
        # A family name behind a given name, and a given name that is a word besides (רון).
        if (
            before
            and is_listed(words[index - 1].text, word.script, "given")
            and frequency < (_UNUSUAL if surely[index - 1] else _RARE_BESIDE)
        ) or (
            after
            and is_listed(word.text, word.script, "given")
            and (
                (frequency < _FREQUENT_GIVEN and surely[index + 1])
                or (frequency < FREQUENT_CITY and zipf(words[index + 1].text, lang) < _UNUSUAL)
            )
        ):
            yield word


def find_in_runs(lang: str, words: Sequence[SourceWord]) -> Iterator[SourceWord]:
    """Cities and countries in scripts that write their words together (Thai, Khmer …)."""
    for word in words:
        if word.script not in _TOGETHER:
            continue
        start = 0
        while start < len(word.text):
            longest = next(
                (
                    size
                    for size in range(min(_LONGEST_PLACE, len(word.text) - start), LETTERS, -1)
                    if is_place_name(word.text[start : start + size], lang)
                ),
                0,
            )
            if longest:
                at = word.span.start + start
                text = word.text[start : start + longest]
                yield SourceWord(Span(at, at + longest), text, word.script)
            elif (start == 0 or word.text[:start] in _THAI_TITLES) and is_person(
                word.text[start:], word.script
            ):
                at = word.span.start + start
                yield SourceWord(Span(at, word.span.end), word.text[start:], word.script)
            start += longest or 1


def _touch(text: str, one: SourceWord, other: SourceWord) -> bool:
    return text[one.span.end : other.span.start] in (" ", "\u200c")


def _is_listed(word: SourceWord, lang: str, counted: bool) -> bool:
    """Whether a word is a place or a person and, as far as that is known, nothing else."""
    text, script = word.text, word.script
    if script == "Hangul":
        return _is_korean(text, lang)
    if len(text) < LETTERS:
        return False
    if not counted and len(text) <= LETTERS:
        return False
    frequency = zipf(text, lang)
    if (
        counted
        and script not in PREFIXED
        and frequency < FREQUENT_NAME
        and len(text) > LETTERS
        and find_known(text, script) is not None
    ):
        return True
    forms = stems(text, script)
    if script == "Hebrew":
        known = [form for form in forms if not _takes_article(form, _SELDOM_OF_PLACES)]
        forms = tuple(form for form in forms if not _takes_article(form))
    else:
        known = list(forms)
    if counted and any(_is_known_place(form, lang) for form in known):
        return True
    if frequency < FREQUENT_NAME and any(is_country_name(form, lang) for form in forms):
        return True
    with_article = [form for form in forms if form.startswith("ال")]
    if with_article:
        if frequency < FREQUENT_NAME and any(form in arabic_cities() for form in with_article):
            return True
    elif len(text) > LETTERS and frequency < FREQUENT_CITY and any(map(is_city, forms)):
        return True
    if script == "Hebrew" and any(_takes_no_article(form) for form in forms):
        return True
    return frequency < _RARE_NAME.get(script, RARE_SURNAME) and any(
        is_person(form, script) for form in forms
    )


def _is_known_place(word: str, lang: str) -> bool:
    """Whether a word is a place and not much more frequent than the place is in English."""
    known = known_places(lang).get(word.casefold())
    return known is not None and zipf(word, lang) <= known + MORE_FREQUENT


def _is_korean(text: str, lang: str) -> bool:
    stems = korean_stems(text)
    if any(
        (len(stem) >= 2 and zipf(stem, "ko") < FREQUENT_CITY and is_place_name(stem, "ko"))
        or _is_known_place(stem, lang)
        for stem in stems
    ):
        return True
    return any(
        len(stem) >= _KOREAN_PERSON and is_proper_noun(stem, "Hangul") for stem in stems
    ) and all(zipf(stem, "ko") < RARE_SURNAME for stem in stems)


def korean_stems(word: str) -> list[str]:
    """A Korean word as it stands, and without the particles that may be written to its end."""
    return [word] + [
        word[:-cut] for cut in range(1, _KOREAN_PARTICLE + 1) if word[-cut:] in _PARTICLES
    ]


_HARDLY_MET = 2.0  # Zipf frequency up to which forms of a word are too rare to tell
# Endings of Hebrew: plural, construct, possessive, gentile.
_HEBREW_ENDINGS = ("נו", "ות", "ים", "יו", "יה", "ית", "ו", "ה", "י", "ם", "ן", "ת")
_HEBREW_VERBS = ("ה", "ל", "יי")  # causatives, infinitives, third persons
_MUCH_LESS = 2.0  # log10: one in a hundred
_ABOUT = 0.5  # log10: one in three
_SELDOM = 1.0  # log10: one in ten
_SELDOM_OF_PLACES = 0.7  # the same for a known place, which is rarely anything else: one in five


def _takes_article(word: str, seldom: float = _SELDOM) -> bool:
    """Whether a Hebrew word is met with the article more often than ``seldom``."""
    return zipf("ה" + word, "he", "large") > zipf(word, "he", "large") - seldom


@lru_cache(maxsize=1 << 14)
def _takes_no_article(word: str) -> bool:
    """Whether a Hebrew word is met with prepositions but not with the article: a proper name.

    The article ה and the prepositions ב, ל, מ are written to the front of a word, so that a list of
    frequencies shows which of them a word takes. What is a prefix or an ending before or behind
    another word is left out. Of 65 words in 2,000 (zipf 2.5 to 4.6, drawn at random) that pass,
    49 are names.
    """

    def frequency(form: str) -> float:
        return zipf(form, "he", "large")

    own = frequency(word)
    article = frequency("ה" + word)
    if not _HARDLY_MET < own < FREQUENT_NAME or len(word) < LETTERS or article > own - _MUCH_LESS:
        return False
    if word.startswith(_HEBREW_VERBS):
        return False
    # A verb takes the conjunction ש, and no prepositions.
    if max(frequency("ל" + word), frequency("ב" + word)) <= max(article, frequency("ש" + word)):
        return False
    parts = [word[1:]] if word[0] in "והבלמשכ" else []
    for ending in _HEBREW_ENDINGS:
        if word.endswith(ending):
            stem = word.removesuffix(ending)
            parts += [stem, stem + "ה", stem + "ת"]
    return all(len(part) < 2 or frequency(part) < own - _ABOUT for part in parts)
