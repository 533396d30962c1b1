"""A sentence or a run of words is left in another language.

What it finds
-------------
A sentence in another language than the document, in another script (Cyrillic within English) or in
the same one (a German or Indonesian sentence within English); and within a sentence a run of at
least four words of another script. The span is the sentence, or the run. With the source: a segment
that copies it.

Why it matters
--------------
A segment that the system copies instead of translating tells the reader nothing, and everyone sees
that nobody has read the text.

Example
-------
Bad: The bridge was reopened. Die Arbeiten dauerten zwei Wochen. Traffic is back to normal.

Good: The bridge was reopened. The work took two weeks. Traffic is back to normal.

Not flagged
-----------
Names, titles and lists of them; foreign phrases of fewer than five words (*Allahu akbar*); runs in
brackets or quotation marks, which gloss or quote; text in Latin script within other scripts unless
it has the function words of a sentence; documents that are in another language altogether.

Source
------
MQM, Accuracy/Untranslated text. Scripts by Unicode; function words from jusText; frequencies from
wordfreq; the language of what is left over by lingua (low-accuracy mode), loaded only then.

Measured
--------
`python bench/rates.py --rule untranslated`: 0.07 and 0 hits per 1,000 sentences of machine
translation (WMT21/22 news, MQM newstest2020/21), none on 12,900 sentences of human news. Of the 4
machine hits one was right, three were gibberish. In 11,500 sentences of German, Estonian,
Icelandic, Japanese, Nepalese, Romanian, Russian, Sinhala and Chinese, 8 hits, 5 of them right. Of
sentences of five words and more left in another language within human news (200 of each
language), found: de 90 %, et 99, is 100, ja 99, ne 100, ro 99, ru 99, si 100, zh 98 (German being
machine-translated Wikipedia, half of whose missed sentences were English names).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace

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
from mtqa.text.frequency import has_frequencies, zipf
from mtqa.text.language import (
    UNDETERMINED,
    confidences,
    detect_language,
    function_word_shares,
    function_words,
    scripts_of,
)

_LANGUAGE_NAMES = {
    "ar": "Arabic", "bg": "Bulgarian", "cs": "Czech", "da": "Danish", "de": "German",
    "el": "Greek", "en": "English", "es": "Spanish", "et": "Estonian", "fa": "Persian",
    "fi": "Finnish", "fr": "French", "he": "Hebrew", "hi": "Hindi", "hu": "Hungarian",
    "id": "Indonesian", "is": "Icelandic", "it": "Italian", "ja": "Japanese", "ko": "Korean",
    "lt": "Lithuanian", "lv": "Latvian", "nl": "Dutch", "no": "Norwegian", "nb": "Norwegian",
    "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sr": "Serbian",
    "sv": "Swedish", "th": "Thai", "tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu",
    "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip

_SHORTEST_SENTENCE = 5  # words

# In the target language a fifth of the words are function words in four sentences of five; those
# need no closer look.
_PLAINLY_TARGET = 0.2
_FOREIGN_FUNCTION_WORDS = 0.2
_PLAINLY_FOREIGN = 0.3  # of the words, several different ones among them
_UNKNOWN = 0.4  # share of lower-case words that the target's frequency list does not hold
_KNOWN_ZIPF = 3.0
# So many different function words of one other language need no witness. With fewer, words unknown
# to the target language must stand in, and lingua must rule that language out: ten times as surely
# where one word is missing.
_SEVERAL = 3
_POSSIBLE = 0.1  # lingua's confidence
# If more of a document than this seems foreign, its declared language is wrong.
_WHOLE_DOCUMENT = 0.5

# What a program puts something else for: %(name)s, %1$s, {name}, ${name}.
_PLACEHOLDER = regex.compile(
    r"%\([A-Za-z_]\w{0,60}\)[sdif]|%(?:\d\$)?[a-z](?!\w)|\$?\{{1,2}\s?[A-Za-z_][\w.]{0,60}\s?\}{1,2}"
)
_ADDRESS = regex.compile(r"https?://|www\.|\S@\S|(?:^|\s)[#@]\w")
_LATIN_SCRIPT_WORD = regex.compile(r"\p{Script=Latin}[\p{Script=Latin}\p{M}'’\-]*")
_LOWER_CASE = regex.compile(r"\p{Ll}")


def check(analysis: Analysis, settings: Settings) -> Iterator[Hit]:
    """Sentences and runs of words in another language than the document's."""
    lang = analysis.lang
    if lang == UNDETERMINED:
        return
    text = analysis.text
    pieces = [piece for sentence in analysis.sentences for piece in _pieces(text, sentence)]
    hits = list(_in_other_scripts(analysis, pieces))
    hits += _in_same_script(analysis, pieces, {hit.span for hit in hits})
    hits += _copies(analysis, hits)
    covered = sum(hit.span.end - hit.span.start for hit in hits)
    if covered <= _WHOLE_DOCUMENT * len(text.strip()):
        yield from hits


def _copies(analysis: Analysis, known: list[Hit]) -> Iterator[Hit]:
    """Segments that are their own source, where ``known`` hits have not told it already."""
    source = analysis.source
    if source is None or source.lang == analysis.lang:
        return
    from rapidfuzz import fuzz

    told = sorted(hit.span for hit in known)
    for translation, original in analysis.segments:
        if translation is None or original is None:
            continue
        at = bisect_right(told, translation.start, key=lambda span: span.end)
        if at < len(told) and told[at].start < translation.end:
            continue
        own = _comparable(analysis.text[slice(*translation)])
        other = _comparable(source.text[slice(*original)])
        words = [word for word in own.split() if _LOWER_CASE.match(word) or not word.isascii()]
        if len(words) >= _SHORTEST_COPY and fuzz.ratio(own, other) >= _SAME:
            yield replace(_hit(translation, source.lang, analysis.lang), source=original)


def _comparable(text: str) -> str:
    return " ".join(text.split())


# Shorter copies are names, numbers and what is called the same in both languages.
_SHORTEST_COPY = 3  # words that are no names
_SAME = 90  # per cent, as rapidfuzz counts: a mark or a space changed on the way


def _pieces(text: str, sentence: Span) -> Iterator[Span]:
    """The sentence itself, or pieces of what is too long for one."""
    start, end = sentence
    while end - start > LONGEST_SENTENCE:
        cut = text.rfind(" ", start, start + LONGEST_SENTENCE)
        if cut <= start:  # no spaces
            cut = start + LONGEST_SENTENCE
        yield Span(start, cut)
        start = cut + (text[cut] == " ")
    yield sentence if start == sentence.start else Span(start, end)


def _in_other_scripts(analysis: Analysis, sentences: list[Span]) -> Iterator[Hit]:
    text = analysis.text
    own = scripts_of(analysis.lang)
    taken = -1
    for run, sentence in _runs_of_sentences(analysis, own, sentences):
        if run.start < taken:
            continue
        inside = count_words(text[slice(*sentence)], own)
        of_run = count_words(text[slice(*run)], own)
        if inside[1] >= _SHORTEST_SENTENCE and inside[1] >= MOSTLY * sum(inside):
            span = sentence
        elif of_run[1] >= SHORTEST_RUN and not is_set_off(text, run):
            span = _with_stop(text, run, sentence)
        else:
            continue
        if "Latin" not in own and not _reads_as_sentence(text[slice(*span)]):
            continue
        taken = span.end
        yield _hit(span, detect_language(text[slice(*span)]), analysis.lang)


def _runs_of_sentences(
    analysis: Analysis, own: tuple[str, ...], sentences: list[Span]
) -> Iterator[tuple[Span, Span]]:
    """Runs of foreign words, each cut at the ends of sentences, with the sentence it is in."""
    for match in find_foreign_runs(analysis, own):
        start, end = match.span()
        at = max(0, bisect_right(sentences, start, key=lambda sentence: sentence.start) - 1)
        while at < len(sentences) and sentences[at].start < end:
            sentence = sentences[at]
            yield Span(max(start, sentence.start), min(end, sentence.end)), sentence
            at += 1


def _in_same_script(analysis: Analysis, sentences: list[Span], known: set[Span]) -> Iterator[Hit]:
    """Sentences of another language in the script of the target language, ``known`` ones aside."""
    text, words, lang = analysis.text, analysis.words, analysis.lang
    common = function_words(lang)
    if not common or len(scripts_of(lang)) > 1:
        return
    for sentence in sentences:
        indices = words.within(sentence.start, sentence.end)
        if len(indices) < _SHORTEST_SENTENCE or sentence in known:
            continue
        lower = words.lower[indices.start : indices.stop]
        if sum(map(common.__contains__, lower)) >= _PLAINLY_TARGET * len(lower):
            continue
        if _ADDRESS.search(text, sentence.start, sentence.end):
            continue
        written = text[slice(*sentence)]
        if "%" in written or "{" in written:
            written = _PLACEHOLDER.sub(lambda match: " " * len(match[0]), written)
        forms = [
            words[index]
            for index in indices
            if written[words.starts[index] - sentence.start] != " "
        ]
        language = _foreign_language(forms, written, lang)
        if language:
            yield _hit(sentence, language, lang)


def _foreign_language(forms: list[str], sentence: str, lang: str) -> str | None:
    """Code of the language of a sentence if it is certainly not ``lang``."""
    forms = [form.replace("’", "'") for form in forms if not form[0].isdigit()]
    lower = [form for form in forms if _LOWER_CASE.match(form)]
    if len(forms) < _SHORTEST_SENTENCE or len(lower) < 2:
        return None  # a list of names, a headline in capitals
    shares = function_word_shares([form.lower() for form in forms])
    own = shares.pop(lang, 0.0)
    other, best = max(shares.items(), key=lambda item: item[1], default=(UNDETERMINED, 0.0))
    foreign = best >= _FOREIGN_FUNCTION_WORDS and best > own + 0.1
    borrowed = function_words(other) if foreign else frozenset()
    possible = _POSSIBLE
    different = len({form for form in lower if form in borrowed})
    if different >= _SEVERAL and best >= _PLAINLY_FOREIGN and own <= 0.1:
        return other
    if has_frequencies(lang):
        # Frequency lists know the function words of their neighbours, so only the rest counts.
        content = [form for form in lower if form not in borrowed]
        unknown = sum(zipf(form, lang) < _KNOWN_ZIPF for form in content)
        if unknown < max(_SEVERAL - 1 - different, _UNKNOWN * len(content)):
            return None
        possible = _POSSIBLE if unknown + different >= _SEVERAL else _POSSIBLE / 10
    elif not foreign:
        return None
    if different >= _SEVERAL:
        return other
    guesses = confidences(sentence)
    if not guesses or guesses.get(lang, 0.0) > possible:
        return None
    return other if foreign else next(iter(guesses))


def _with_stop(text: str, run: Span, sentence: Span) -> Span:
    end = run.end
    while end < sentence.end and text[end] in ".!?…。！？।؟":
        end += 1
    return Span(run.start, end)


def _reads_as_sentence(text: str) -> bool:
    """Whether words in Latin script are more than names: function words among lower-case ones."""
    forms = _LATIN_SCRIPT_WORD.findall(_PLACEHOLDER.sub(" ", text))
    lower = [form for form in forms if _LOWER_CASE.match(form)]
    shares = function_word_shares([form.lower() for form in forms])
    best = max(shares.values(), default=0.0)
    return len(forms) >= _SHORTEST_SENTENCE and len(lower) >= 3 and best * len(forms) >= 2


def _hit(span: Span, language: str, lang: str) -> Hit:
    name = _LANGUAGE_NAMES.get(language)
    target = _LANGUAGE_NAMES.get(lang, lang)
    return Hit(
        span=span,
        message=f"This is left in {name or f'another language than {target}'}.",
        confidence=0.95,
    )


RULE = Rule(
    name="untranslated",
    family="language",
    category="Accuracy/Untranslated",
    severity=Severity.MAJOR,
    check=check,
    documentation=__doc__,
)
