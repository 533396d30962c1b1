"""Attributions: who said what.

An attribution is a speaker and a verb of saying beside a quotation (``“…,” said Anna Berg``,
``Anna Berg told reporters: “…”``), or at the start or end of a sentence that reports speech
(``According to Anna Berg, …``, ``…, the minister said.``). Clauses are parsed token by token from
the quotation outwards, so the work grows with the number of quotations and sentences, not with the
length of what is said.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import regex

from mtqa.text.document import Span
from mtqa.text.reporting import (
    determiners,
    recipient_verbs,
    reporting_verbs,
    speaker_pronouns,
)

if TYPE_CHECKING:
    from mtqa.text.analysis import Analysis


class SpeakerKind(StrEnum):
    """What the speaker is called by."""

    NAME = "name"
    PRONOUN = "pronoun"
    NOUN = "noun"


class Attribution(NamedTuple):
    """Who said something.

    Attributes:
        span: the whole clause, from its first word to its last, without appositions that follow.
        speaker: the words that name the speaker.
        kind: what these words are.
        verb: the verb of saying, or ``according to``.
        quotation: the quotation it belongs to; None for reported speech.
        before: does the clause stand before what was said?
        closed: does the sentence (or the clause, by a comma) end with it, so that it cannot
            introduce anything?
        alone: is the clause a sentence of its own?
    """

    span: Span
    speaker: Span
    kind: SpeakerKind
    verb: Span
    quotation: Span | None
    before: bool
    closed: bool
    alone: bool


def find_attributions(analysis: Analysis) -> list[Attribution]:
    """Attributions of a document in order of the text; none for a language without verb data."""
    lang = analysis.lang
    if not reporting_verbs(lang):
        return []
    found: list[Attribution] = []
    text = analysis.text
    outermost = analysis.quotations.outermost
    for index, quotation in enumerate(outermost):
        span = Span(quotation.start, quotation.end)
        paragraph = analysis.paragraphs[analysis.paragraph_at(quotation.start)]
        floor = max(paragraph.start, outermost[index - 1].end if index else 0)
        found.extend(_before(text, floor, span, lang))
        paragraph = analysis.paragraphs[analysis.paragraph_at(quotation.end - 1)]
        ceiling = paragraph.end
        following = outermost[index + 1] if index + 1 < len(outermost) else None
        opens_next = following is not None and following.start < ceiling
        if following is not None and opens_next:
            ceiling = following.start
        found.extend(_after(text, span, ceiling, opens_next, lang))
    for sentence in analysis.sentences:
        found.extend(_in_sentence(analysis, sentence))
    return _unique(found)


def attribution_span(analysis: Analysis, attribution: Attribution) -> Span:
    """The clause of an attribution, or its sentence with the stop where the clause is all of it."""
    if not attribution.alone:
        return attribution.span
    return analysis.sentences[analysis.sentence_at(attribution.span.start)]


def _unique(found: list[Attribution]) -> list[Attribution]:
    """One of each verb and quotation; beside a quotation's attribution none without."""
    unique: dict[tuple[Span, Span | None], Attribution] = {}
    for attribution in found:
        unique.setdefault((attribution.verb, attribution.quotation), attribution)
    quoting = {attribution.verb for attribution in found if attribution.quotation is not None}
    return sorted(
        attribution
        for attribution in unique.values()
        if attribution.quotation is not None or attribution.verb not in quoting
    )


# --- Tokens ----------------------------------------------------------------------------------

_ABBREVIATIONS = (
    "Mr|Mrs|Ms|Dr|Prof|St|Sen|Rep|Gov|Gen|Col|Lt|Sgt|Capt|Maj|Cpl|Jr|Sr|Rev|Hon|Adm|Cmdr|Supt|Insp"
)
_TOKEN = regex.compile(
    rf"(?:{_ABBREVIATIONS}|(?<![\p{{L}}'’.])\p{{Lu}})\.(?=\s)"
    r"|\p{L}[\p{L}\p{M}\p{N}]*+(?:[.'’&/‑-][\p{L}\p{N}][\p{L}\p{M}\p{N}]*+)*+\.?(?<=\.\p{L}\.|[^.])"
    r"|\p{N}[\p{N}.,:]*+(?<=\p{N})(?:st|nd|rd|th|s)?|[^\s]"
)
# The last stop that ends a sentence for certain, not an abbreviation.
_LAST_STOP = regex.compile(r"(?r)(?<=\p{Ll}{4})[.!?…](?=\s)")
_SENTENCE_END = frozenset(".!?…。！？")
_REACH = 400
_LONGEST_SPEAKER = 12
_LONGEST_TAIL = 40

# Words that cannot stand within the phrase that names a speaker.
_NOT_IN_SPEAKER = frozenset(
    """
    that which when while where if because but although though since unless until than so
    is was were are be been being will would can could may might should must do does did not
    as then there this these those what how why whether or
    """.split()
)
_ENDS_SPEAKER = frozenset(
    """
    in on at during after before to with from by as who which that while when adding about under
    speaking referring via through following amid according over if because and but for
    """.split()
)
_ADVERBS = frozenset(
    """
    also then later further again already even once still now today yesterday earlier simply only
    just has had have previously too meanwhile
    """.split()
)
# Words that may follow the verb of a finished attribution: he said on Monday in a statement.
_ADVERBIAL = frozenset(
    """
    on in at during after before to via through by with when while as later again too yesterday
    today earlier recently about of from afterwards tuesday wednesday thursday friday saturday
    sunday monday over last this under following ahead shortly time for upon also then here there
    """.split()
)
_HEARERS = frozenset("reporters journalists media press police investigators".split())
_NOT_HEARERS = frozenset("me us him her them you".split())
_TOLD = frozenset(
    """
    everything nothing something anything lies truth details things more much lots all stories jokes
    """.split()
)
_LONGEST_HEARER = 6
_INTRODUCES = frozenset("that how what whether why if where who".split())


class _Tokens(list[str]):
    """The tokens of a part of a text; where one stands is found out when it is asked for."""

    def __init__(self, text: str, start: int, end: int) -> None:
        super().__init__(_TOKEN.findall(text, start, end))
        self._matches = _TOKEN.finditer(text, start, end)
        self._spans: list[Span] = []

    def span(self, index: int) -> Span:
        """Where the token ``index`` stands, counted from the first."""
        for match in islice(self._matches, max(0, index + 1 - len(self._spans))):
            self._spans.append(Span(*match.span()))
        return self._spans[index]


class _Clause(NamedTuple):
    """A speaker and a verb: token indices; the end is exclusive."""

    first: int
    last: int
    speaker_first: int
    speaker_last: int
    kind: SpeakerKind
    verb: int
    inverted: bool  # said Anna Berg


def _is_word(form: str) -> bool:
    return form[0].isalnum()


def _is_name(form: str) -> bool:
    return form[0].isupper()


@cache
def _lexicon(
    lang: str,
) -> tuple[frozenset[str], frozenset[str], frozenset[str], frozenset[str]]:
    return (
        reporting_verbs(lang),
        frozenset(word.lower() for word in speaker_pronouns(lang)),
        determiners(lang),
        recipient_verbs(lang),
    )


def _is_adverb(form: str) -> bool:
    return form in _ADVERBS or (form.endswith("ly") and len(form) > 4 and form.islower())


def _parse(tokens: _Tokens, index: int, lang: str) -> _Clause | None:
    """The attribution clause that begins with token ``index``."""
    return _parse_inverted(tokens, index, lang) or _parse_straight(tokens, index, lang)


def _parse_inverted(tokens: _Tokens, index: int, lang: str) -> _Clause | None:
    verbs, pronouns, articles, recipients = _lexicon(lang)
    first = index
    while index < len(tokens) and index < first + 2 and _is_adverb(tokens[index]):
        index += 1
    if index >= len(tokens):
        return None
    if lang == "fr" and "-" in tokens[index]:
        return _parse_hyphened(tokens, index, lang)
    if index + 1 >= len(tokens):
        return None
    verb = tokens[index]
    verb = verb.lower() if index == first else verb
    if verb not in verbs or verb in recipients:
        return None
    speaker = index + 1
    word = tokens[speaker]
    if word.lower() in pronouns:
        return _Clause(first, speaker + 1, speaker, speaker + 1, SpeakerKind.PRONOUN, index, True)
    end = speaker
    kind: SpeakerKind | None = SpeakerKind.NOUN if word.lower() in articles else None
    while end < len(tokens) and end - speaker < _LONGEST_SPEAKER:
        form = tokens[end]
        if not _is_word(form):
            break
        if form in _NOT_IN_SPEAKER:
            return None if kind is None else _inverted(first, end, speaker, kind, index)
        if form in _ENDS_SPEAKER and end > speaker:
            break
        if form in _ENDS_SPEAKER:
            return None
        if _is_name(form) and kind is None:
            kind = SpeakerKind.NAME
        end += 1
    if kind is None or end == speaker:
        return None
    return _inverted(first, end, speaker, kind, index)


def _parse_hyphened(tokens: _Tokens, index: int, lang: str) -> _Clause | None:
    """French inversion: dit-il, explique-t-elle, a-t-il ajouté."""
    verbs, pronouns, _, _ = _lexicon(lang)
    first, *_, last = tokens[index].lower().split("-")
    if last not in pronouns:
        return None
    if first in verbs:
        return _Clause(index, index + 1, index, index + 1, SpeakerKind.PRONOUN, index, True)
    if first in ("a", "ont") and index + 1 < len(tokens) and tokens[index + 1] in verbs:
        return _Clause(index, index + 2, index, index + 1, SpeakerKind.PRONOUN, index + 1, True)
    return None


def _inverted(first: int, end: int, speaker: int, kind: SpeakerKind, verb: int) -> _Clause | None:
    return _Clause(first, end, speaker, end, kind, verb, True) if end > speaker else None


def _parse_straight(tokens: _Tokens, index: int, lang: str) -> _Clause | None:
    verbs, pronouns, articles, _ = _lexicon(lang)
    first = index
    while index < len(tokens) and index < first + 1 and _is_adverb(tokens[index]):
        index += 1
    if index >= len(tokens) or not _is_word(tokens[index]):
        return None
    word = tokens[index].lower()
    if word in _NOT_IN_SPEAKER or word in _ENDS_SPEAKER:
        return None
    kind: SpeakerKind | None = None
    if word in pronouns:
        kind = SpeakerKind.PRONOUN
    elif word in articles:
        kind = SpeakerKind.NOUN
    speaker_end = end = index
    apposition = False
    while end < len(tokens) and end - index < 3 * _LONGEST_SPEAKER:
        form = tokens[end]
        if form in verbs and end > index:
            break
        if form == "," and speaker_end > index and kind is not SpeakerKind.PRONOUN:
            apposition = True
        elif form in ')]’"”' and not apposition:
            pass  # the rest of a bracket: Mohammad) said
        elif (
            (not _is_word(form) and not apposition)
            or form in _SENTENCE_END
            or (form in '“”"«»:;' and apposition)
        ):
            return None
        elif not apposition:
            if _is_adverb(form) and end > index:
                end += 1
                continue
            if form in _NOT_IN_SPEAKER and end > index:
                return None
            if kind is SpeakerKind.PRONOUN and end > index:
                return None
            if _is_name(form) and kind is None:
                kind = SpeakerKind.NAME
            if end - index >= _LONGEST_SPEAKER:
                return None
            speaker_end = end + 1
        end += 1
    if end >= len(tokens) or tokens[end] not in verbs or kind is None:
        return None
    if apposition and tokens[end - 1] != "," and not _is_adverb(tokens[end - 1]):
        return None
    return _Clause(first, end + 1, index, speaker_end, kind, end, False)


def _end_of_hearer(tokens: _Tokens, index: int, lang: str) -> tuple[int, bool]:
    """The end of ``reporters`` or ``the Evening News``, and whether nothing else is told.

    Told reporters the road was closed, told the court everything: these say what was told.
    """
    first = index
    while index < len(tokens) and _is_word(tokens[index]):
        form = tokens[index]
        if form.lower() in _ADVERBIAL or _is_adverb(form):
            break
        known = form in _NOT_IN_SPEAKER or form in _TOLD
        known = known or form.lower() in _lexicon(lang)[1] or form in _NOT_HEARERS
        if known or (index > first and form in _lexicon(lang)[2]):
            return index, False
        index += 1
    if index == first:
        return index, index >= len(tokens) or tokens[index] in _SENTENCE_END
    return index, index - first <= _LONGEST_HEARER


def _core_end(tokens: _Tokens, clause: _Clause, end: int, lang: str) -> int:
    """Where the clause ends without adverbials: told reporters | on Monday."""
    if tokens[clause.verb].lower() not in _lexicon(lang)[3]:
        return clause.last
    index = clause.last
    while index < end and _is_word(tokens[index]):
        if tokens[index].lower() in _ENDS_SPEAKER or tokens[index].lower() in _ADVERBS:
            break
        index += 1
    return index


def _end_of_clause(tokens: _Tokens, clause: _Clause, lang: str) -> tuple[int, bool]:
    """Where a clause ends, its recipient and adverbials included, and whether it is finished.

    A finished clause cannot introduce anything: he said. / told AFP on Monday, / but not
    he said that …, he said: …
    """
    recipients = _lexicon(lang)[3]
    index = clause.last
    takes_recipient = tokens[clause.verb].lower() in recipients
    if takes_recipient:
        index, names_hearer = _end_of_hearer(tokens, index, lang)
        if not names_hearer:
            return index, False
    limit = index + _LONGEST_TAIL
    if not takes_recipient and not clause.inverted and index < len(tokens):
        form = tokens[index]
        if _is_word(form) and form.lower() not in _ADVERBIAL and not _is_adverb(form):
            return index, False
        following = tokens[index + 1] if index + 1 < len(tokens) else "."
        if form == "to" and following.islower() and following not in _lexicon(lang)[2] | _HEARERS:
            return index, False  # claims to be, vowed to return
    while index < len(tokens) and index < limit:
        form = tokens[index]
        if form in _SENTENCE_END or form in ",;–—":
            return index, True
        if form == ":" or form in '“"«„‘' or form.lower() in _INTRODUCES:
            return index, False
        if clause.inverted and form in _NOT_IN_SPEAKER:
            return clause.last, True
        index += 1
    return index, index >= len(tokens)


# --- Around a quotation -------------------------------------------------------------------------


def _before(text: str, floor: int, quotation: Span, lang: str) -> list[Attribution]:
    """The attribution that leads to a quotation: Anna Berg told reporters: “…”."""
    start = max(floor, quotation.start - _REACH)
    stop = _LAST_STOP.search(text, start, quotation.start)
    tokens = _Tokens(text, stop.start() if stop else start, quotation.start)
    # The sentence that the quotation stands in begins after the last full stop.
    first = 0
    for index, token in enumerate(tokens):
        if token in _SENTENCE_END:
            first = index + 1
    while first < len(tokens) and not _is_word(tokens[first]):
        first += 1
    if first >= len(tokens) or len(tokens) - first > 40:
        return []
    clause = _parse_according(tokens, first, lang)
    if clause is None:
        clause = _parse(tokens, first, lang)
        for index in range(first, len(tokens)):
            # After an opening clause: On Monday, Anna Berg said: “…”
            if clause is not None:
                break
            if tokens[index] in (",", "and", "but", "But", "And"):
                clause = _parse(tokens, index + 1, lang)
    if clause is None:
        return []
    between = tokens[clause.last :]
    if len(between) > 12:
        return []
    end = _core_end(tokens, clause, len(tokens), lang)
    return [_attribution(tokens, clause, end, quotation, True, False, False)]


def _after(
    text: str, quotation: Span, ceiling: int, opens_next: bool, lang: str
) -> list[Attribution]:
    """The attributions that follow a quotation: “…,” said Anna Berg, a teacher. Berg said."""
    tokens = _Tokens(text, quotation.end, min(ceiling, quotation.end + _REACH))
    cut = ceiling > quotation.end + _REACH
    index = 0
    while index < len(tokens) and tokens[index] in ",.-–—;":
        index += 1
    inside = text[max(0, quotation.end - 4) : quotation.end - 1].rstrip()
    ended = inside[-1:] in _SENTENCE_END or any(token == "." for token in tokens[:index])
    found: list[Attribution] = []
    sentences = 0
    previous: _Clause | None = None
    while index < len(tokens):
        clause = _parse_according(tokens, index, lang) or _parse(tokens, index, lang)
        if clause is not None:
            end, closed = _end_of_clause(tokens, clause, lang)
            finished = end >= len(tokens) and not cut and not opens_next
            if end < len(tokens):
                finished = tokens[end] in _SENTENCE_END
            if end >= len(tokens) - 1 and not finished and (opens_next or cut):
                closed = False  # he said, “…
            alone = finished and closed and (sentences > 0 or (ended and not found))
            if found or closed or not ended:
                core = end if alone else _core_end(tokens, clause, end, lang)
                found.append(_attribution(tokens, clause, core, quotation, False, closed, alone))
            previous = clause
            index = max(clause.last, index + 1)
            if not closed:
                break
        elif previous is None:
            break  # something else follows the quotation
        if sentences:
            break  # in a second sentence, only its beginning can look back to the quotation
        # On to the next place where a clause can begin.
        while index < len(tokens):
            form = tokens[index]
            if form in _SENTENCE_END:
                sentences += 1
                index += 1
                break
            if form in ",;–—":
                index += 1
                break
            index += 1
    return found


def _parse_according(tokens: _Tokens, index: int, lang: str) -> _Clause | None:
    if lang != "en" or index + 2 >= len(tokens):
        return None
    if tokens[index].lower() != "according" or tokens[index + 1] != "to":
        return None
    speaker = end = index + 2
    kind: SpeakerKind = SpeakerKind.NOUN
    while end < len(tokens) and end - speaker < _LONGEST_SPEAKER:
        form = tokens[end]
        if not _is_word(form) or (end > speaker and form in _NOT_IN_SPEAKER):
            break
        if _is_name(form) and form.lower() not in _lexicon(lang)[2]:
            kind = SpeakerKind.NAME
        end += 1
    if end == speaker:
        return None
    return _Clause(index, end, speaker, end, kind, index, True)


def _attribution(
    tokens: _Tokens,
    clause: _Clause,
    end: int,
    quotation: Span | None,
    before: bool,
    closed: bool,
    alone: bool,
) -> Attribution:
    return Attribution(
        Span(tokens.span(clause.first).start, tokens.span(max(end, clause.last) - 1).end),
        Span(tokens.span(clause.speaker_first).start, tokens.span(clause.speaker_last - 1).end),
        clause.kind,
        tokens.span(clause.verb),
        quotation,
        before,
        closed,
        alone,
    )


# --- Reported speech ----------------------------------------------------------------------------


def _in_sentence(analysis: Analysis, sentence: Span) -> list[Attribution]:
    """Attributions that open a sentence, that close it, or that are all of it.

    According to Anna Berg, … / Anna Berg said that … / …, Anna Berg said. / Anna Berg said.
    """
    text, lang = analysis.text, analysis.lang
    verbs = reporting_verbs(lang)
    found: list[Attribution] = []
    inside = analysis.words.within(*sentence)
    words = analysis.words.lower[inside.start : inside.stop]
    if "according" not in words and verbs.isdisjoint(words):
        return found  # which spares the closer look at most sentences
    head_end = min(sentence.end, sentence.start + _HEAD)
    if text.startswith("According to ", *sentence) or not verbs.isdisjoint(
        _FORM.findall(text, sentence.start, head_end)
    ):
        tokens = _Tokens(text, sentence.start, min(sentence.end, sentence.start + _REACH // 2))
        first = 0
        while first < len(tokens) and not _is_word(tokens[first]):
            first += 1
        clause = _parse_according(tokens, first, lang) or _parse(tokens, first, lang)
        if clause is not None:
            end, closed = _end_of_clause(tokens, clause, lang)
            whole = closed and all(not _is_word(token) for token in tokens[end:])
            whole = whole and tokens.span(len(tokens) - 1).end == sentence.end
            quoted = analysis.quotations.outermost_at(tokens.span(first).start) is not None
            if not quoted:
                core = end if whole else _core_end(tokens, clause, end, lang)
                found.append(_attribution(tokens, clause, core, None, not whole, whole, whole))
            if whole:
                return found
    comma = text.rfind(",", max(sentence.start, sentence.end - _HEAD), sentence.end)
    if (
        comma > sentence.start
        and not verbs.isdisjoint(_FORM.findall(text, comma + 1, sentence.end))
    ) or text.startswith(" according to ", comma + 1):
        tokens = _Tokens(text, comma + 1, sentence.end)
        if tokens and analysis.quotations.outermost_at(comma) is None:
            clause = _parse_according(tokens, 0, lang) or _parse(tokens, 0, lang)
            if clause is not None:
                end, closed = _end_of_clause(tokens, clause, lang)
                if closed and all(not _is_word(token) for token in tokens[end:]):
                    core = _core_end(tokens, clause, end, lang)
                    found.append(_attribution(tokens, clause, core, None, False, True, False))
    return found


_HEAD = 120  # characters
_FORM = re.compile(r"[^\s.,:;!?()\[\]\"“”«»„…]+")
