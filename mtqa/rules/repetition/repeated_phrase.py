"""A run of words is said twice in a row.

What it finds
-------------
Two or more words that follow themselves, within a paragraph: *on suspicion of murder on suspicion
of murder*; *all 11 pedestrians were injured, all 11 pedestrians were injured*. The span holds all
copies, the suggestion keeps the first.

Why it matters
--------------
A decoder that loops repeats what it has just written, at times a dozen times over. Whatever came
next in the source is often missing.

Example
-------
Bad: As a result, all 11 pedestrians were injured, all 11 pedestrians were injured.

Good: As a result, all 11 pedestrians were injured.

Not flagged
-----------
Two copies kept apart by a dash, colon, semicolon, bracket, quotation mark or full stop (emphasis,
a gloss, a title and its explanation); short copies kept apart by a comma or *and* (*my friend, my
friend*; *more and more*; *hot and hot*), unless they open with a preposition or an article and the
phrase ends with them (*in Aden, in Aden*); refrains within a quotation; anaphora and lists whose
members only begin alike (*the right to work, the right to rest*); *day after day*; results and
other runs of numbers. Text in scripts without spaces between words is not judged.

Source
------
MQM, Fluency/Duplication.

Measured
--------
`python bench/rates.py --rule repeated-phrase`: 0.7 and 0.8 hits per 1,000 sentences of machine
translation (WMT21/22 news, MQM newstest2020/21), 0.3 and 0.2 of the human references to them, none
on the news of GUM and PUD. Of 70 different hits read, 93 % were right, 2 of the 3 on human news
among them.
"""

from __future__ import annotations

from collections.abc import Iterator

import regex

from mtqa.config import Settings
from mtqa.result import Severity
from mtqa.rules.rule import Hit, Rule
from mtqa.text.analysis import Analysis
from mtqa.text.document import Span
from mtqa.text.language import function_words

# Longest phrase looked for, in words. Loops of a decoder are shorter; sentences that repeat are
# the business of repeated-sentence.
_LONGEST = 40
# Shortest copy, in words, that counts when a comma parts the copies: on human news
# every pair of two or three words was rhetoric or a relative clause in disguise.
_SHORTEST_WITH_COMMA = 4
# Shorter ones count behind a preposition or an article, if the second copy is complete: in
# Khartoum, in Khartoum and in Omdurman; but not the north, the north of the country.
_SHORTEST_PHRASE = 2
_OPENS_PHRASE = frozenset(
    "in on at into from near to of with by for under over through across behind outside inside "
    "between against during after before the a an".split()
)
_GOES_ON = regex.compile(
    r"\s+(?:and|but|while|when|after|before|on|at|since|during)\b|[.,;]\s|[.,;]?\Z",
    regex.IGNORECASE,
)
# English words that end no noun phrase: because of because of, could be could be are no idioms.
_NO_NOUN = frozenset(
    "because instead due according owing thanks such rather ahead out regardless "
    "could would should can will may might must shall has have had".split()
)
# The same with a conjunction, itself counted: do it or do it or create it is emphasis.
_SHORTEST_JOINED = 6
# Three copies in a row are a loop at any length from here.
_SHORTEST_TRIPLED = 2

_CONJUNCTIONS = {
    "en": frozenset({"and", "or"}),
    "de": frozenset({"und", "oder"}),
    "fr": frozenset({"et", "ou"}),
    "es": frozenset({"y", "e", "o"}),
    "it": frozenset({"e", "o"}),
    "pt": frozenset({"e", "ou"}),
    "nl": frozenset({"en", "of"}),
    "sv": frozenset({"och", "eller"}),
    "pl": frozenset({"i", "lub"}),
    "ru": frozenset({"и", "или"}),
    "uk": frozenset({"і", "й", "та", "або"}),
}
_NONE: frozenset[str] = frozenset()
_COMMA = regex.compile(r"\s*[,،]\s*\Z")
_SPACE = regex.compile(r"\s+\Z")
# What may stand between two words of a loop: other marks turn it into a title, gloss or rhetoric.
_PLAIN = regex.compile(r"(?:\s*[,،]\s*|\s+|[\-‐‑'’/&])\Z")
_JOINERS = frozenset("-‐‑'’/&")
_NUMBER = regex.compile(r"\p{N}")
# Scripts written without spaces: what find_words calls a word is a clause there.
_UNSPACED = regex.compile(
    r"[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}"
    r"\p{Script=Khmer}\p{Script=Myanmar}]"
)
# Cities and the like whose name is two words and is said twice in addresses.
_DOUBLE_NAMES = frozenset({("new", "york"), ("walla", "walla"), ("wagga", "wagga")})


def check(analysis: Analysis, settings: Settings) -> Iterator[Hit]:
    """Runs of words that stand twice in a row."""
    words = analysis.words
    for paragraph in analysis.paragraphs:
        indices = words.within(paragraph.start, paragraph.end)
        if len(indices) < 4:
            continue
        forms = words.lower[indices.start : indices.stop]
        for first, end, period in _tandem_repeats(forms):
            hit = _judge(analysis, forms, indices.start, first, end, period)
            if hit:
                yield hit


def _tandem_repeats(forms: list[str]) -> Iterator[tuple[int, int, int]]:
    """Runs ``forms[first:end]`` that repeat with a period, each followed by at least one copy.

    Each period holds a word that stands once in it, and that word's last occurrence is one period
    away; so only the last occurrence of each word is tried.
    """
    last: dict[str, int] = {}
    covered = -1
    for index, form in enumerate(forms):
        before = last.get(form)
        last[form] = index
        if before is None or index <= covered:
            continue
        period = index - before
        if not 2 <= period <= _LONGEST:
            continue
        start = index
        while (
            start > period
            and index - start < _LONGEST
            and (forms[start - 1] == forms[start - 1 - period])
        ):
            start -= 1
        end = index + 1
        while end < len(forms) and forms[end] == forms[end - period]:
            end += 1
        if end - start >= period:
            covered = end - 1
            yield start - period, end, period


def _judge(
    analysis: Analysis, forms: list[str], offset: int, first: int, end: int, period: int
) -> Hit | None:
    text, words = analysis.text, analysis.words
    copies = (end - first) // period
    phrase = forms[first : first + period]
    if phrase[0] == phrase[-1] == phrase[period // 2] and len(set(phrase)) == 1:
        return None  # one word over and over: repeated-word
    if sum(1 for form in phrase if _NUMBER.search(form)) * 2 >= period:
        return None
    if tuple(phrase) in _DOUBLE_NAMES or any(_UNSPACED.search(form) for form in phrase):
        return None
    # Start where the copies meet at a mark, if they do: X, X is clearer than b, a b, a.
    for shift in range((end - first) % period + 1):
        if not _SPACE.match(_between(analysis, offset + first + shift + period - 1)):
            first += shift
            break
    phrase_end = first + period
    start_at = words.starts[offset + first]
    seams = [
        _between(analysis, index)
        for index in range(offset + first, offset + first + copies * period - 1)
    ]
    boundary = seams[period - 1]
    if not all(_PLAIN.match(seam) for seam in seams) or boundary in _JOINERS:
        return None
    if any(_COMMA.match(seam) for seam in seams):
        shortest = _SHORTEST_TRIPLED if copies > 2 else _SHORTEST_WITH_COMMA
        if analysis.quotations.outermost_at(start_at):
            return None
        if period < shortest and not (
            analysis.lang == "en"
            and period >= _SHORTEST_PHRASE
            and phrase[0] in _OPENS_PHRASE
            and phrase[-1] not in function_words("en")
            and all(_SPACE.match(seam) for i, seam in enumerate(seams) if i != period - 1)
            and _GOES_ON.match(text, words.ends[offset + end - 1])
        ):
            return None
        if copies == 2 and not _COMMA.match(boundary):
            return None  # international arrival, domestic arrival, domestic departure
    elif _is_idiom(phrase, analysis.lang) or _is_joined(phrase, analysis.lang):
        return None
    end_at = words.ends[offset + first + copies * period - 1]
    kept = text[start_at : words.ends[offset + phrase_end - 1]]
    return Hit(
        span=Span(start_at, end_at),
        message=f"“{' '.join(kept.split())}” is said "
        f"{'twice' if copies == 2 else f'{copies} times'} in a row.",
        suggestion=kept,
        confidence=0.9,
    )


def _is_idiom(phrase: list[str], lang: str) -> bool:
    """Face to face to, hand in hand in, as old as old: a noun about a preposition, or as ... as."""
    common = function_words(lang)
    if lang == "en" and phrase[0] in _NO_NOUN:
        return False
    return len(phrase) == 2 and (
        phrase[0] == "as" or (phrase[1] in common and phrase[0] not in common)
    )


def _is_joined(phrase: list[str], lang: str) -> bool:
    """A short phrase with a conjunction: hot and hot and, do it or do it or."""
    conjunctions = _CONJUNCTIONS.get(lang, _NONE)
    return len(phrase) < _SHORTEST_JOINED and not conjunctions.isdisjoint(phrase)


def _between(analysis: Analysis, word: int) -> str:
    """What stands between a word and the next."""
    words = analysis.words
    return analysis.text[words.ends[word] : words.starts[word + 1]]


RULE = Rule(
    name="repeated-phrase",
    family="repetition",
    category="Fluency/Duplication",
    severity=Severity.MAJOR,
    check=check,
    documentation=__doc__,
)
