"""A word mixes two scripts, or stands in another script without reason.

What it finds
-------------
A word whose letters come from two alphabets, as when a Cyrillic *о* stands for a Latin *o*; and a
word or two of another script left in the running text (*the Kremlin said он would*). The span is
the word; the suggestion, where every foreign letter looks like one of the word's own script, is the
word in one script.

Why it matters
--------------
Look-alike letters break search and spelling checks, and a stray word is a leftover of the source.

Example
-------
Bad: The Kremlin said он would attend.

Good: The Kremlin said he would attend.

Not flagged
-----------
Words in brackets or quotation marks, or after a colon, dash, comma or slash (a name in its own
script); Greek letters as symbols (*μm*, *α-wave*, *ΔT*); Latin words in other scripts (*iPhone用*,
*Y染色体*) and Cyrillic endings on Latin abbreviations (*SMSка*); the mixture of scripts that
Japanese and Korean are written in. Four words and more are the business of untranslated.

Source
------
MQM, Fluency/Character encoding. Scripts: Unicode Script property; which alphabets are told apart
within a word: the single-script restriction of Unicode Technical Standard 39; look-alikes: its
confusables.txt, the one-to-one rows between Latin, Greek and Cyrillic letters.

Measured
--------
`python bench/rates.py --rule mixed-script`: 0.4 and 0 hits per 1,000 sentences of machine
translation (WMT21/22 news, MQM newstest2020/21), 0.3 and 0 of the human references to them (a
Cyrillic letter in WHO), none on the news of GUM and PUD. Of 28 hits read, all were right.
"""

from __future__ import annotations

from collections.abc import Iterator

import regex

from mtqa.config import Settings
from mtqa.result import Severity
from mtqa.rules.language.foreign_runs import (
    LONGEST_SENTENCE,
    MOSTLY,
    SHORTEST_RUN,
    count_words,
    find_foreign_runs,
    is_set_off,
)
from mtqa.rules.rule import Hit, Rule
from mtqa.text.analysis import Analysis
from mtqa.text.document import Span
from mtqa.text.language import UNDETERMINED, count_scripts, scripts_of

_JOIN = regex.compile(
    r"\p{Script=Latin}\p{M}*[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}]"
    r"|[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}]\p{M}*\p{Script=Latin}"
    r"|\p{Script=Greek}\p{M}*\p{Script=Cyrillic}|\p{Script=Cyrillic}\p{M}*\p{Script=Greek}"
)
# What _JOIN needs; the search for it is six times as fast.
_JOINED = regex.compile(r"[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}]")
_ADDRESS = regex.compile(r"[\p{L}\p{N}]\.\p{L}|[#@/_]\p{L}")
_WORD = regex.compile(r"[\p{L}\p{M}]+(?:['’][\p{L}\p{M}]+)*")
_ABBREVIATION_WITH_ENDING = regex.compile(
    r"[\p{Script=Latin}&&\p{Lu}]{2,}[\p{Script=Cyrillic}&&\p{Ll}]{1,6}"
    r"|[\p{Script=Cyrillic}&&\p{Ll}]{2,}[\p{Script=Latin}&&\p{Lu}]{2,}",
    regex.V1,
)
# confusables.txt, the letters of one script that look like a letter of the other.
_LOOK_ALIKES = {
    ("Cyrillic", "Latin"): dict(
        zip("АаВСсЕеНІіЈјКМОоРрЅѕТХхУуһԁԛԝѵ", "AaBCcEeHIiJjKMOoPpSsTXxYyhdqwv", strict=True)
    ),
    ("Greek", "Latin"): dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧανορυι", "ABEZHIKMNOPTYXavopui", strict=True)),
    ("Latin", "Cyrillic"): dict(
        zip("AaBCcEeHIiJjKMOoPpSsTXxYyk", "АаВСсЕеНІіЈјКМОоРрЅѕТХхУук", strict=True)
    ),
    ("Latin", "Greek"): dict(zip("ABEZHIKMNOPTYXovu", "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧονυ", strict=True)),
}
# After these a word of another script is a gloss or a symbol.
_GLOSS = ":：/=,、،;-–—+"


def check(analysis: Analysis, settings: Settings) -> Iterator[Hit]:
    """Words in two alphabets, and stray words of another script."""
    text = analysis.text
    if text.isascii():
        return
    end = -1
    for match in _JOIN.finditer(text) if _JOINED.search(analysis.alphabet) else ():
        if match.start() < end:
            continue
        span = _word_at(text, match.start())
        end = span.end
        hit = _mixed(text, span)
        if hit:
            yield hit
    if analysis.lang != UNDETERMINED:
        yield from _strays(analysis)


def _mixed(text: str, span: Span) -> Hit | None:
    word = text[slice(*span)]
    counts = count_scripts(word)
    greek = counts.get("Greek", 0)
    if counts.total() < 3 or len(counts) < 2 or _ABBREVIATION_WITH_ENDING.fullmatch(word):
        return None
    (main, _), (minor, _) = counts.most_common(2)
    table = _LOOK_ALIKES.get((minor, main), {})
    alike = all(
        letter in table for letter in word if letter.isalpha() and count_scripts(letter)[minor]
    )
    if greek and not alike:
        return None  # μm, ΔT, λx
    fixed = "".join(table.get(letter, letter) for letter in word) if alike else None
    return Hit(
        span=span,
        message=f"“{word}” mixes {main} and {minor} letters.",
        suggestion=fixed,
        confidence=0.95,
        safe=alike,  # no reader sees the difference
    )


def _strays(analysis: Analysis) -> Iterator[Hit]:
    text = analysis.text
    own = scripts_of(analysis.lang)
    if "Latin" not in own:
        own = (*own, "Latin", "Greek")
    for match in find_foreign_runs(analysis, own):
        run = Span(match.start(), match.end())
        counts = count_scripts(match[0])
        if not counts:
            continue
        main = counts.most_common(1)[0][0]
        if main == "Greek" and counts.total() < 3:
            continue
        if run.start and _JOIN.search(text, run.start - 1, run.end + 1):
            continue  # within a word: said above
        if counts.total() < 2 and not match[0].islower():
            continue  # a letter spoken of, a symbol
        sentence = analysis.sentences[analysis.sentence_at(run.start)]
        sentence = Span(
            max(sentence.start, run.start - LONGEST_SENTENCE),
            min(sentence.end, run.end + LONGEST_SENTENCE),
        )
        inside = count_words(text[slice(*sentence)], own)
        of_run = count_words(match[0], own)
        if of_run[1] >= SHORTEST_RUN or inside[1] >= MOSTLY * sum(inside):
            continue
        if _ADDRESS.search(text, max(0, run.start - 1), run.end + 1):
            continue
        if is_set_off(text, run) or _glossed(text, run, sentence):
            continue
        if analysis.quotations.outermost_at(run.start):
            continue
        yield Hit(
            span=run,
            message=f"“{match[0]}” is left in {main} script.",
            confidence=0.85,
        )


def _glossed(text: str, run: Span, sentence: Span) -> bool:
    """Whether a run stands in brackets or after a mark that introduces a gloss."""
    before = text[sentence.start : run.start]
    if before.count("(") > before.count(")") or before.count("[") > before.count("]"):
        return True
    if before.count("（") > before.count("）") or before.count("《") > before.count("》"):
        return True
    stripped = before.rstrip()
    after = text[run.end : run.end + 2].lstrip()
    return bool(stripped) and (stripped[-1] in _GLOSS or after[:1] in "/=)")


def _word_at(text: str, offset: int) -> Span:
    """The word around an offset."""
    start = offset
    while start > 0 and (text[start - 1].isalpha() or regex.match(r"\p{M}", text[start - 1])):
        start -= 1
    match = _WORD.match(text, start)
    return Span(start, match.end() if match else offset + 1)


RULE = Rule(
    name="mixed-script",
    family="language",
    category="Fluency/Character encoding",
    severity=Severity.MAJOR,
    check=check,
    documentation=__doc__,
)
