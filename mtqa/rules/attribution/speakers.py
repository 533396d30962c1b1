"""Whether two attributions name the same speaker."""

from __future__ import annotations

import regex

from mtqa.text.attributions import Attribution, SpeakerKind

_TOKEN = regex.compile(r"\p{L}[\p{L}\p{M}'’-]+")
# Words of office and courtesy that two speakers may share.
_TITLES = frozenset(
    """
    mr mrs ms dr prof president minister prime foreign chancellor governor mayor senator
    representative general colonel captain secretary state ministry spokesman spokeswoman
    spokesperson director chairman chairwoman chief head deputy professor doctor judge king queen
    prince princess sheikh sir lord lady pope bishop police officer official the an
    """.split()
)
_PERSONS = frozenset(
    "he she they il elle ils elles er sie él ella lui lei ele ela он она они він вона on ona "
    "han hon hun hij zij ze".split()
)
_APPOSITION = 120  # characters
_PREPOSITIONS = frozenset("of in for at from on with by to near".split())
# Spellings of one name, as transliteration varies them, reach this similarity (0 to 100, share of
# letters kept by the cheapest edit): Mohamed and Mohammad 80, Muhammed and Mohamed 75.
_SAME_NAME = 75


def same_speaker(first: Attribution, second: Attribution, text: str) -> bool:
    """Do two attributions of the same words name one speaker, as far as their words tell?"""
    kinds = {first.kind, second.kind}
    one, two = text[slice(*first.speaker)].lower(), text[slice(*second.speaker)].lower()
    if kinds == {SpeakerKind.PRONOUN}:
        return one.split("-")[-1] == two.split("-")[-1]
    if SpeakerKind.PRONOUN in kinds:
        pronoun, other = (one, second) if first.kind is SpeakerKind.PRONOUN else (two, first)
        return pronoun in _PERSONS or (pronoun == "it" and other.kind is SpeakerKind.NOUN)
    if one == two or _same_predicate(first, second, text):
        return True
    if kinds == {SpeakerKind.NAME}:
        return _share_name(one, two)
    if SpeakerKind.NAME in kinds and _share_name(
        _described(first, text, second.span.start), _described(second, text, second.span.end)
    ):
        return True
    return bool(_heads(one, first.kind) & _heads(two, second.kind))


def _same_predicate(first: Attribution, second: Attribution, text: str) -> bool:
    """Told the television, … told the television: the same verb and the same hearer."""
    tails = [
        text[attribution.verb.start : attribution.span.end].lower().split()
        for attribution in (first, second)
        if attribution.speaker.end <= attribution.verb.start
    ]
    return len(tails) == 2 and len(tails[0]) > 1 and tails[0] == tails[1]


def _described(attribution: Attribution, text: str, limit: int) -> str:
    """The capitalised words of a speaker and of the apposition: its spokeswoman, Ngozi Eze."""
    start, end = attribution.speaker
    verb = attribution.verb.start
    end = verb if end <= verb else min(limit, end + _APPOSITION)
    return " ".join(word for word in text[start:end].split() if word[0].isupper())


def _heads(speaker: str, kind: SpeakerKind) -> set[str]:
    """The noun that a phrase is about, or every word of a name with its title."""
    words = [match.group() for match in _TOKEN.finditer(speaker)]
    if kind is SpeakerKind.NAME:
        return set(words)
    for index, word in enumerate(words):
        if word in _PREPOSITIONS and index:
            return {words[index - 1]}
    return set(words[-1:])


def _share_name(one: str, two: str) -> bool:
    from rapidfuzz import fuzz

    ones, twos = _names(one), _names(two)
    return any(
        abs(len(a) - len(b)) <= 3 and fuzz.ratio(a, b) >= _SAME_NAME for a in ones for b in twos
    )


def _names(speaker: str) -> list[str]:
    words = [match.group().lower() for match in _TOKEN.finditer(speaker)]
    return [word for word in words if word not in _TITLES and len(word) > 2]
