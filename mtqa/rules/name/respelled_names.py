"""One word of a name in two spellings: transliteration, diacritics, a slip of one letter."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Set
from itertools import combinations, groupby
from math import inf
from zlib import crc32

import regex

from mtqa.config import Settings
from mtqa.result import Severity
from mtqa.rules.name.variant import (
    ESTABLISHED,
    MIN_LETTERS,
    REPEATED,
    UNHEARD,
    Variant,
    fame,
    same_letters,
)
from mtqa.text.analysis import Analysis
from mtqa.text.names import NameForm, is_common, is_no_name
from mtqa.text.spelling import (
    are_pinyin,
    are_romaji,
    deletions,
    fold,
    is_derived,
    sound_keys,
    spelling_likelihood,
    transliteration_distance,
)

# Languages that decline names (Алиев, Алиева; Kovács, Kovácsnak), and the letters that stay.
_INFLECTED = frozenset(
    "be bg bs cs et eu fi hr hu hy ka kk lt lv mk pl ro ru sk sl sr tr uk".split()
)
_STEM = 4
_FEW_PARTS = 4  # a name with more different partners is a common given name
_PARAGRAPH = 2000  # letters of a paragraph that are read for its subject
_LONG = 6  # letters from which one slip leaves no doubt of the word
# The one exception that pinyin makes: 陕西 takes a second a to be told from 山西.
_DISTINCT = frozenset({frozenset(("shanxi", "shaanxi"))})
# So many forms are compared each with all, which is faster than to look for those that share a key.
_MAX_PAIRED = 256
# Letters in which two spellings of a name differ at most, one less in a short name: the longest
# entries of the table change two letters each, and three may be changed.
_FARTHEST = 4
# Among the forms of one key so many of the most frequent are compared with each other, and so many
# with all, which keeps a document of nothing but names linear.
_MAX_COMPARED = 24
_MAX_FREQUENT = 4


def find_respelled(analysis: Analysis, settings: Settings) -> Iterator[Variant]:
    """Words of names that are one name by their sounds or letters, and by what stands beside them.

    Near-linear in the number of different words.
    """
    lang = analysis.lang
    folded = {form: fold(form) for form in analysis.names.forms}
    forms = [
        form for form in analysis.names.forms.values() if len(folded[form.text]) >= MIN_LETTERS - 1
    ]
    best: dict[str, tuple[NameForm, NameForm, str, float]] = {}
    for group in settings.names_same:
        present = [analysis.names.forms[form] for form in group if form in analysis.names.forms]
        for one, other in combinations(present, 2):
            agreed, rare = _rank(one, other, lang)
            best[rare.text] = (rare, agreed, "one name by your settings", 1.0)
    for one, other in _candidates(forms, folded):
        agreed, rare = _rank(one, other, lang)
        relation = _relate(agreed, rare, folded, lang)
        if relation is None or _is_meant(analysis, agreed, rare):
            continue
        known = best.get(rare.text)
        if known is None or (agreed.alone, -agreed.spans[0].start) > (
            known[1].alone,
            -known[1].spans[0].start,
        ):
            best[rare.text] = (rare, agreed, *relation)
    for rare, agreed, how, confidence in best.values():
        # A chain (a → b → c) ends at the most frequent form.
        seen = {rare.text}
        while agreed.text in best and agreed.text not in seen:
            seen.add(agreed.text)
            agreed = best[agreed.text][1]
        if agreed.text == rare.text:
            continue
        yield Variant(
            rare.text,
            agreed.text,
            tuple(rare.spans),
            tuple(agreed.spans),
            how,
            # A slip of one letter leaves the name recognisable; another system of transliteration
            # makes another name of it.
            Severity.MINOR if how in ("diacritics", "hyphen", "one letter") else Severity.MAJOR,
            confidence,
            certain=agreed.alone > max(1, rare.alone)
            and (confidence == 1.0 or (confidence >= 0.95 and _is_certain(agreed, rare, lang))),
        )


def _is_certain(agreed: NameForm, rare: NameForm, lang: str) -> bool:
    """Whether a whole part of the name is the same in both, or print does not know the rarer form.

    Of 36 pairs in translated news that something ties and one spelling prevails in, the three that
    are not one name (Sipsong Panna Tai and Thai, CNN Brasil and Brazil, Tinkoff and Tinkov) have
    neither.
    """
    return bool(agreed.before & rare.before or agreed.after & rare.after) or (
        fame(rare.text, lang) < UNHEARD
    )


# Where a text speaks of how a name is written, its spellings are meant.
_SPELLING = re.compile(
    r"\b(?:spelled|spelt|spelling|spells? (?:the|it|his|her|its|their)|transliterat\w+"
    r"|also known as)\b",
    re.I,
)
# What stands between two spellings given side by side (Kiev, or Kyiv; Kiev/Kyiv).
_BESIDE = re.compile(r"[\"”’]?(?: ?[,;/(–—]| or| and|, or|, also)[ \"“‘]{0,2}")


def _is_meant(analysis: Analysis, agreed: NameForm, rare: NameForm) -> bool:
    """Whether the text gives both on purpose.

    It speaks of spelling, or sets them side by side, as two spellings or as two persons in a row.
    """
    if not (agreed.before and rare.before) and _stand_in_a_row(analysis.text, agreed, rare):
        return True
    text, where = analysis.text, rare.spans[0]
    start, end = analysis.paragraphs[analysis.paragraph_at(where.start)]
    if _SPELLING.search(text, start, min(end, start + _PARAGRAPH)):
        return True
    return any(
        start <= span.start < end
        and _BESIDE.fullmatch(text, min(span.end, where.end), max(span.start, where.start))
        for span in agreed.spans
    )


# What stands between two persons in a row: Amina, 34; Amira, 36; John Smith and Jon Smith.
_ROW = regex.compile(
    r"(?=.*(?:[,;]|\b(?:and|or)\b))(?:[ \u00a0,;:()\d]|(?:and|or)\b|\p{Lu}[\p{L}\p{M}'’-]*+)*+"
)
_LONGEST_ROW = 80  # letters between the two


def _stand_in_a_row(text: str, one: NameForm, other: NameForm) -> bool:
    """Whether two forms are told side by side somewhere, so that they name two persons.

    With different given names before them (Hamid Karzai and Mahmud Karzay) they may be one name.
    """
    for span in one.spans:
        after = bisect_right(other.spans.starts, span.start)
        for index in (after - 1, after):
            if not 0 <= index < len(other.spans):
                continue
            near = other.spans[index]
            start, end = min(span.end, near.end), max(span.start, near.start)
            if end - start <= _LONGEST_ROW and _ROW.fullmatch(text, start, end):
                return True
    return False


def _candidates(
    forms: list[NameForm], folded: dict[str, str]
) -> Iterator[tuple[NameForm, NameForm]]:
    """Pairs of forms that letters bring close, each once; near-linear in the number of forms."""
    # The most frequent first, so that a rare form meets them in any bucket.
    forms = sorted(forms, key=lambda form: (-form.alone, form.spans.starts[0]))
    letters = [folded[form.text] for form in forms]
    pairs = _all_pairs(letters) if len(letters) <= _MAX_PAIRED else _pairs_by_key(letters)
    for one, other in pairs:
        yield forms[one], forms[other]


def _all_pairs(letters: list[str]) -> Iterator[tuple[int, int]]:
    """Pairs of close folded forms, as numbers, from a look at all pairs."""
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import extract

    for one, form in enumerate(letters):
        others = letters[one + 1 :]
        near = extract(form, others, scorer=OSA.distance, score_cutoff=_FARTHEST, limit=None)
        for letters_of_other, _, after in near:
            if _are_close(form, letters_of_other):
                yield one, one + 1 + after


def _pairs_by_key(letters: list[str]) -> Iterator[tuple[int, int]]:
    """Pairs of close folded forms, as numbers, from a look at those that share a key."""
    # (hash of a key, number of a form) in one integer: strings would take five times as much.
    entries: list[int] = []
    for number, form in enumerate(letters):
        if len(form) < MIN_LETTERS:  # São, Sao: diacritics only
            entries.append(crc32(form.encode()) << 32 | number)
            continue
        for key in sound_keys(form):
            entries.append(crc32(b"/" + key.encode()) << 32 | number)
        for key in deletions(form):
            entries.append(crc32(key.encode()) << 32 | number)
    entries.sort()
    seen: set[tuple[int, int]] = set()
    for _, bucket in groupby(entries, key=lambda entry: entry >> 32):
        numbers = [entry & 0xFFFFFFFF for entry in bucket]
        for place, one in enumerate(numbers[:_MAX_COMPARED]):
            for other in numbers[place + 1 : None if place < _MAX_FREQUENT else _MAX_COMPARED]:
                if _are_close(letters[one], letters[other]) and (one, other) not in seen:
                    seen.add((one, other))
                    yield one, other


def _are_close(one: str, other: str) -> bool:
    """Whether two folded forms are one letter apart, or may be one by transliteration."""
    from rapidfuzz.distance import OSA

    shorter = min(len(one), len(other))
    bound = _FARTHEST - (shorter < _LONG)
    distance = OSA.distance(one, other, score_cutoff=bound)
    if distance > bound:
        return False
    if shorter < MIN_LETTERS:  # São, Sao; Ann, Anna; but not Lee, Lea
        return one in deletions(other) or other in deletions(one)
    return distance <= 1 or (
        not sound_keys(one).isdisjoint(sound_keys(other))
        and transliteration_distance(one, other, _limit(one, other)) < inf
    )


def _limit(one: str, other: str) -> float:
    """How much respelling leaves a name of that length recognisable."""
    shorter = min(len(one), len(other))
    return 1.0 if shorter < 5 else 2.5 if shorter < 7 else 3.0


def _rank(one: NameForm, other: NameForm, lang: str) -> tuple[NameForm, NameForm]:
    """The agreed form and the rarer one.

    By mentions; where they differ by one at most, by fame first if only one of them is known at
    all; then by the fullness of the name, by the letters, by the first mention. Of two that differ
    by diacritics alone and are mentioned as often, the one that has them, unless print has settled
    on the other (Zurich): wordfreq counts many a name without them.
    """
    if one.alone == other.alone and _differ_by_diacritics(one.text, other.text):
        plain, marked = sorted((one, other), key=lambda form: not form.text.isascii())
        plain_fame = fame(plain.text, lang)
        settled = plain_fame >= max(ESTABLISHED, fame(marked.text, lang) + UNHEARD)
        return (plain, marked) if settled else (marked, plain)
    ahead = fame(one.text, lang) - fame(other.text, lang)
    known = abs(ahead) >= 2 * UNHEARD
    if one.alone != other.alone and not (known and abs(one.alone - other.alone) == 1):
        return (one, other) if one.alone > other.alone else (other, one)
    if abs(ahead) >= UNHEARD:
        return (one, other) if ahead > 0 else (other, one)
    parts = bool(one.before or one.after) - bool(other.before or other.after)
    if parts:
        return (one, other) if parts > 0 else (other, one)
    letters = spelling_likelihood(fold(one.text)) - spelling_likelihood(fold(other.text))
    if letters:
        return (one, other) if letters > 0 else (other, one)
    return (one, other) if one.spans[0] < other.spans[0] else (other, one)


def _differ_by_diacritics(one: str, other: str) -> bool:
    """Whether the same letters stand in both, in one of them without any diacritics."""
    marks, others = ([c for c in form if not c.isalpha()] for form in (one, other))
    return one.isascii() != other.isascii() and marks == others and fold(one) == fold(other)


def _relate(
    agreed: NameForm, rare: NameForm, folded: dict[str, str], lang: str
) -> tuple[str, float] | None:
    """How ``rare`` is a spelling of ``agreed`` (a word for the message, confidence), or None."""
    from rapidfuzz.distance import OSA

    one, other = folded[agreed.text], folded[rare.text]
    if same_letters(agreed.text, rare.text):
        return None
    tie = _tie(agreed, rare, lang)
    if is_common(rare.text, lang) and (lang == "en" or tie != "part"):
        return None
    fame_agreed, fame_rare = fame(agreed.text, lang), fame(rare.text, lang)
    # A spelling that print does not know, of a name that print knows or the document repeats.
    slip = (fame_rare < UNHEARD and (fame_agreed >= ESTABLISHED or agreed.alone >= REPEATED)) or (
        fame_rare < ESTABLISHED + 0.5 and fame_agreed >= fame_rare + 2 * UNHEARD
    )
    if one == other and ("-" in agreed.text) != ("-" in rare.text):
        return ("hyphen", 0.95) if lang == "en" or tie else None
    # Two persons, unless it is a well-known place and an unknown spelling of it.
    persons = agreed.after and rare.after
    if tie == "conflict" and (
        persons or not (slip and fame_rare < UNHEARD and fame_agreed >= ESTABLISHED + 0.5)
    ):
        return None
    if one == other:
        return ("diacritics", 0.95) if lang == "en" or tie else None
    # A slip in pinyin is no person's name of its own: that would have a family name beside it.
    alone = tie == "part" or not (rare.before or rare.after)
    if (
        is_derived(one, other)
        or (are_pinyin(one, other) and not (slip and alone))
        or frozenset((one, other)) in _DISTINCT
        or (lang != "en" and not (tie and one[-1] == other[-1]))
    ):
        return None
    if not slip and (are_romaji(one, other) or (tie != "part" and is_no_name(agreed.text, lang))):
        return None
    shorter = min(len(one), len(other))
    limit = _limit(one, other) - (0.5 if shorter in (5, 6) and not tie else 0)
    if transliteration_distance(one, other, _limit(one, other)) <= limit:
        if tie or slip or min(fame_agreed, fame_rare) < ESTABLISHED:
            return "transliteration", 0.95 if tie else 0.9
        return None
    if one[0] != other[0] or fame_rare >= ESTABLISHED:
        return None
    if OSA.distance(one, other, score_cutoff=1) > 1:
        return None
    longer = max(len(one), len(other))
    tied = tie == "part" or (tie == "reference" and min(fame_agreed, fame_rare) < 2 * UNHEARD)
    lone = fame_rare < UNHEARD or (
        fame_rare < 2 * UNHEARD and rare.alone == 1 and agreed.alone > REPEATED
    )
    if (tied and shorter >= MIN_LETTERS + 1) or (
        slip and lone and (shorter >= _LONG or (longer > MIN_LETTERS and fame_agreed >= 3.5))
    ):
        return "one letter", 0.85
    return None


def _tie(agreed: NameForm, rare: NameForm, lang: str) -> str | None:
    """What ties two forms: a shared part, a back-reference, nothing, or a conflict of parts.

    A back-reference is a family name that stands alone after or before the full name (Arif Kakar,
    Kakar): the one form always ends a name of several words, the other always stands by itself.
    """
    stem = _STEM if lang in _INFLECTED else 0
    if _meet(agreed.before, rare.before, stem) or _meet(agreed.after, rare.after, stem):
        return "part"
    parts_agreed, parts_rare = agreed.before | agreed.after, rare.before | rare.after
    if parts_agreed and parts_rare:
        return None if _meet(parts_agreed, parts_rare, stem) else "conflict"
    full, lone = (agreed, rare) if parts_agreed else (rare, agreed)
    if full.before and not full.after and lone.single:
        return "reference"
    return None


def _meet(some: Set[str], others: Set[str], stem: int) -> bool:
    """Whether two sets of name parts share one, or the first ``stem`` letters of one.

    A part that is itself one letter off (Vasilev, Vasiliev) is the same part.
    """
    if some & others:
        return True
    stems = {part[:stem] for part in some if len(part) > stem > 0}
    if any(part[:stem] in stems for part in others):
        return True
    if max(len(some), len(others)) > _FEW_PARTS:
        return False
    from rapidfuzz.distance import OSA

    return any(
        min(len(one), len(other)) >= _LONG
        and not is_derived(one, other)
        and OSA.distance(one, other, score_cutoff=1) <= 1
        for one in some
        for other in others
    )
