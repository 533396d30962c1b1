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
_PREPOSITIONS = frozenset("of in for at from on with by to near".split())
# Spellings of one name, as transliteration varies them, reach this similarity (0 to 100, share of
# letters kept by the cheapest edit): Mohamed and Mohammad 80, Muhammed and Mohamed 75.
_SAME_NAME = 75


def same_speaker(first: Attribution, second: Attribution, text: str) -> bool:
    """Do two attributions of one quotation name one speaker, as far as their words tell?"""
    kinds = {first.kind, second.kind}
    one, two = text[slice(*first.speaker)], text[slice(*second.speaker)]
    if kinds == {SpeakerKind.PRONOUN}:
        return one.lower() == two.lower()
    if SpeakerKind.PRONOUN in kinds:
        pronoun = one if first.kind is SpeakerKind.PRONOUN else two
        other = second.kind if first.kind is SpeakerKind.PRONOUN else first.kind
        return pronoun.lower() in ("he", "she", "they") or (
            pronoun.lower() == "it" and other is SpeakerKind.NOUN
        )
    if one.lower() == two.lower():
        return True
    if kinds == {SpeakerKind.NAME}:
        return _share_name(one, two)
    return _heads(one, first.kind) & _heads(two, second.kind) != set()


def _heads(speaker: str, kind: SpeakerKind) -> set[str]:
    """The noun that a phrase is about, or every word of a name with its title."""
    words = [match.group().lower() for match in _TOKEN.finditer(speaker)]
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
    return [word for word in words if word not in _TITLES and len(word) > 2] or words
