"""Name mentions of a document: runs of capitalised words, and the words they are made of.

Works in scripts that have capital letters; in others a document has no mentions. No model is
asked: a word is part of a name because it stands with a capital where a common word would not.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from itertools import dropwhile
from typing import TYPE_CHECKING

import regex

from mtqa.text.document import Span, SpanArray
from mtqa.text.frequency import zipf
from mtqa.text.spelling import fold

if TYPE_CHECKING:
    from mtqa.text.analysis import Analysis

# Lower-case words inside names. Source: Wikipedia, "Nobiliary particle" and "Tussenvoegsel"; Arabic
# ibn, bin, bint, abu, al- and its assimilated forms (ALA-LC romanization, rule 17); Hebrew ben.
_PARTICLES = (
    "de la|de las|de los|van der|van den|von der|von dem|of the|for the|al|el|au|bin|bint|ibn|abu"
    "|umm|ben|bat|bar|van|von|zu|zum|zur|der|den|de|del|della|delle|di|da|das|dos|do|du|des|la|le"
    "|les|las|los|ter|ten|y|e|af|av|of|for"
)
_ARTICLES = "al|el|an|as|ad|ar|at|az|ash|en|es|ed|er|et|ez|esh|ul|ur|ud|us|uz|d|l|t|n"
# Small words between hyphens: Mazar-i-Sharif, Rostov-on-Don, Port-au-Prince, Aix-en-Provence.
_LINKS = "i|e|a|o|y|on|upon|au|aux|sur|sous|en|le|la|les|de|du|des|del|am|an|der|ob|al|el|ul"
ARTICLES = frozenset(_ARTICLES.split("|"))
SMALL_WORDS = ARTICLES | frozenset(_LINKS.split("|"))
_WORD = r"\p{Lu}[\p{L}\p{M}]*+(?:['’ʼ]\p{L}[\p{L}\p{M}]*+)*+"
# A second syllable in lower case (Jong-un); words_of drops it where it is a word (-based).
_SYLLABLE = r"(?:[-‑]\p{Ll}\p{L}{1,6}+(?![-\p{L}\p{M}]))?+"
_PIECE = rf"(?:(?:{_ARTICLES})[-'’])?+{_WORD}{_SYLLABLE}"
# Words of one name are joined by one space or hyphen, or by a space after an initial (J. K.).
_MENTION = regex.compile(
    rf"(?<![\p{{L}}\p{{M}}\d_@#/]){_WORD}{_SYLLABLE}"
    rf"(?:(?:(?<=\b\p{{Lu}})\.)?[ \u00a0](?:(?:{_PARTICLES})[ \u00a0])?+{_PIECE}"
    rf"|[-‑](?:(?:{_LINKS})[-‑])?+{_PIECE}){{0,11}}+"
    # Not a domain name (Chinanews.com).
    rf"(?!\.\p{{Ll}})",
)
# The article of a mention (al-Bashir). At the head of the pattern it would halve its speed.
_ARTICLE = regex.compile(rf"(?<![\p{{L}}\p{{M}}\d_@#/])(?:{_ARTICLES})-\Z")
_NAME_WORD = regex.compile(
    r"\p{L}[\p{L}\p{M}]*+(?:['’ʼ]\p{L}[\p{L}\p{M}]*+)*+(?:(?<=\p{Lu}\p{L}+)[-‑](\p{Ll}\p{L}++))?+"
)
_POSSESSIVE = regex.compile(r"['’ʼ][sS]?\Z")
_OPENING = " \t\u00a0\"'“‘«„‚»([{-–—•*·「『（"
_STOPS = ".!?:;…\n\r。！？"

# A line with this share of capitalised words and no stop at its end is a heading in title case:
# a capital says nothing there. Three words are the least that make a pattern.
_HEADING_SHARE = 0.85
_HEADING_WORDS = 3
_LONG_WORD = 5  # headline style leaves words shorter than this in lower case


@dataclass(slots=True)
class NameForm:
    """One spelling of one word that is part of a name.

    Attributes:
        text: the word as it is spelled, without a possessive ending.
        spans: where it stands.
        alone: how many of these are not one part of a hyphenated compound.
        single: how many of these are not beside another name word.
        before: folded name words that stand before it, in the same name.
        after: those that stand behind it.
    """

    text: str
    spans: SpanArray = field(default_factory=SpanArray)
    alone: int = 0
    single: int = 0
    before: set[str] = field(default_factory=set)
    after: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Names:
    """The names of a document.

    Attributes:
        mentions: runs of capitalised words, such as “Ministry of the Interior” or “Raz Mohamed”;
            a possessive ending is left out.
        forms: the words that are part of names, by spelling, in order of first appearance.
    """

    mentions: SpanArray
    forms: dict[str, NameForm]


def read_list(name: str) -> frozenset[str]:
    """Lines of a word list of this package, but for the comments at its head."""
    lines = (files("mtqa.text") / "data" / name).read_text(encoding="utf-8").splitlines()
    return frozenset(dropwhile(lambda line: line.startswith("#"), lines))


@cache
def common_words() -> frozenset[str]:
    """English words that are written in lower case (SCOWL, see the file's head)."""
    return read_list("english-words.txt")


@cache
def given_names() -> frozenset[str]:
    """Given names in use in the United States (see the file's head)."""
    return read_list("given-names.txt")


# Capitalised words that stand before a name and are no part of it: days, months (CLDR, English).
CALENDAR = frozenset(
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June"
    " July August September October November December".split()
)
# A capitalised word as frequent as that, and no given name, is a country, a people, a city.
_PLACE_ZIPF = 4.3


def is_common(word: str, lang: str) -> bool:
    """Whether ``word``, whatever its case, is an ordinary word of the language.

    English is looked up in a list that keeps the case of its entries. Other languages have only
    frequencies, blind to case: there any word above Zipf 3 (once in a million) counts as common.
    """
    lower = word.lower()
    if lang == "en":
        return lower in common_words()
    return zipf(lower, lang) >= 3.0


def is_no_name(word: str, lang: str) -> bool:
    """Whether ``word`` is an ordinary word and no given name besides (Minister; not Mark)."""
    return is_common(word, lang) and not (lang == "en" and word in given_names())


def _names_a_person(word: str, lang: str) -> bool:
    """Whether ``word``, beside a name, may be another part of it: no title, no people, no place.

    Without a list of titles (other languages) any capitalised word may.
    """
    if lang != "en":
        return True
    return not is_no_name(word, lang) and (word in given_names() or zipf(word, lang) < _PLACE_ZIPF)


def words_of(text: str, start: int, end: int) -> list[Span]:
    """Words of the mention ``text[start:end]``, possessive endings left out."""
    name = text[start:end]
    if name.isalpha():
        return [Span(start, end)]
    spans: list[Span] = []
    words = name.split(" ")
    if all(map(str.isalpha, words)):
        for word in words:
            spans.append(Span(start, start + len(word)))
            start += len(word) + 1
        return spans
    for match in _NAME_WORD.finditer(text, start, end):
        stop = match.end()
        if match[1] and match[1] in common_words():
            stop = match.start(1) - 1
        possessive = _POSSESSIVE.search(text, match.start(), stop)
        spans.append(Span(match.start(), possessive.start() if possessive else stop))
    return spans


def find_names(analysis: Analysis) -> Names:
    """Name mentions of a document and their forms; linear in its length."""
    text = analysis.text
    headings = _find_headings(analysis)
    lowercase = _lowercase_words(analysis)
    mentions = SpanArray()
    forms: dict[str, NameForm] = {}
    sentence_starts = {span.start for span in analysis.sentences}
    for match in _MENTION.finditer(text):
        start, end = match.span()
        if text[start - 1 : start] == "-":
            article = _ARTICLE.search(text, max(0, start - 4), start)
            start = article.start() if article else start
        words = words_of(text, start, end)
        mentions.append(start, words[-1].end)
        heading = bool(headings) and analysis.paragraph_at(start) in headings
        # At the start of a sentence, a quotation or a line any word has a capital.
        opens = start in sentence_starts or opens_sentence(text, start)
        _add_forms(forms, analysis, words, opens, heading, lowercase)
    return Names(mentions, forms)


def _add_forms(
    forms: dict[str, NameForm],
    analysis: Analysis,
    words: list[Span],
    opens: bool,
    heading: bool,
    lowercase: frozenset[str],
) -> None:
    text, lang = analysis.text, analysis.lang
    parts: list[tuple[Span, str]] = []
    for position, span in enumerate(words):
        word = text[span.start : span.end]
        if not word[0].isupper() or len(word) < 2 or word.isupper() or word in CALENDAR:
            continue
        if (position == 0 and opens) or heading:
            if lang != "en" and word.lower() not in lowercase:
                pass  # frequencies alone cannot tell Muhammad from a common word
            elif is_no_name(word, lang) or (is_common(word, lang) and len(words) == 1):
                continue
        elif word.lower() in lowercase and is_common(word, lang):
            continue
        parts.append((span, word))
    for index, (span, word) in enumerate(parts):
        form = forms.get(word)
        if form is None:
            form = forms[word] = NameForm(word)
        form.spans.append(*span)
        hyphenated = text[span.end : span.end + 1] in _HYPHENS or (
            text[span.start - 1 : span.start] in _HYPHENS
            and not _AFTER_ARTICLE.search(text, max(0, span.start - 6), span.start)
        )
        form.alone += not hyphenated
        before = parts[index - 1][1] if index else None
        after = parts[index + 1][1] if index + 1 < len(parts) else None
        if heading or hyphenated:
            continue
        if not is_no_name(word, lang) or lang != "en":
            if before and _names_a_person(before, lang):
                form.before.add(fold(before))
            if after and _names_a_person(after, lang):
                form.after.add(fold(after))
        form.single += not (before or after)


_HYPHENS = frozenset("-‑")
# A name behind its article (al-Bashir) is no part of a compound.
_AFTER_ARTICLE = regex.compile(rf"(?<![\p{{L}}])(?:{_ARTICLES})[-‑]$", regex.I)


def opens_sentence(text: str, start: int) -> bool:
    """Whether a word at ``start`` has its capital for standing behind a stop or a mark."""
    position = start - 1
    while position >= 0 and text[position] in _OPENING:
        position -= 1
    if position < 0 or text[position] in _STOPS:
        return True
    return position < start - 1 and text[start - 1] in '"“‘«„「『(['


def _find_headings(analysis: Analysis) -> frozenset[int]:
    """Indices of the paragraphs that are headings in title case or in capitals."""
    text = analysis.text
    headings: set[int] = set()
    for index, paragraph in enumerate(analysis.paragraphs):
        if paragraph.end - paragraph.start > 250 or text[paragraph.end - 1] in ".!?…,;:”\"'’":
            continue
        long = [
            text[match.start()]
            for match in _NAME_WORD.finditer(text, paragraph.start, paragraph.end)
            if match.end() - match.start() >= _LONG_WORD
        ]
        if len(long) >= _HEADING_WORDS and sum(map(str.isupper, long)) >= _HEADING_SHARE * len(
            long
        ):
            headings.add(index)
    return frozenset(headings)


def _lowercase_words(analysis: Analysis) -> frozenset[str]:
    """Words that the document also writes without a capital."""
    return frozenset(word for word in analysis.words.different if word[0].islower())
