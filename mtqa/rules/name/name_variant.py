"""One entity is spelled in more than one way in a document.

What it finds
-------------
Two spellings of one name: joined or split (Spin Boldak, Spinboldak, also inside
Chaman-Spinboldak), carried into Latin letters by two systems (Mohamed, Mohammad; Basconia,
Baskonia), with and without diacritics, with a hyphen or a space, with and without an article
(Ministry of Interior, Ministry of the Interior), or one letter apart where another part of the
name, or a full name that the short one refers back to, ties the two. The rarer spelling is
marked, the more frequent one suggested, and all mentions of it are related. Mentions inside a
hyphenated compound do not count when the two are weighed.

Why it matters
--------------
A machine translates sentence by sentence and forgets how it spelled a name. A reader takes two
spellings for two people or two places.

Example
-------
Bad: The Taliban took Spin Boldak on Wednesday. Traffic at Spinboldak has stopped.

Good: The Taliban took Spin Boldak on Wednesday. Traffic at Spin Boldak has stopped.

Not flagged
-----------
Two people who share a similar name (Akhter Gulfam and Saadullah Akhtar); common words
(Minister, Ministry); inflections, plurals, possessives, people and adjectives of a place (Israel,
Israelis; Karim, Karimi; Ivanov, Ivanova); well-formed pinyin or Hepburn, where another letter is
another name (Jiangsu, Jiangxi; Takashi, Takeshi); names that are both well known (Brian, Bryan)
and nothing ties them. Set `[names] distinct` to record two names as different, `[names] same` to
have two spellings taken as one name.

Source
------
Transliteration pairs: `mtqa/text/data/transliteration.toml`, which names the systems. Common
words: SCOWL; frequencies: wordfreq. MQM: Fluency, Inconsistency.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

from mtqa.config import Settings
from mtqa.result import Severity
from mtqa.rules.rule import Hit, Rule
from mtqa.text.analysis import Analysis
from mtqa.text.document import Span
from mtqa.text import frequency
from mtqa.text.names import NameForm, is_common, is_no_name, words_of
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

_MIN_LETTERS = 4  # shorter names differ too easily: Lee, Li, Le
# Zipf frequencies (log10 per billion words, wordfreq) above which a name is established in print:
# two such names are two names unless something ties them; a slip of the pen is never so frequent.
_ESTABLISHED = 2.5
_UNHEARD = 1.0
_WELL_KNOWN = 5.0
_REPEATED = 2  # mentions that make a spelling the document's own
# Languages that decline names (Алиев, Алиева; Kovács, Kovácsnak), and the letters that stay.
_INFLECTED = frozenset("be bg bs cs et eu fi hr hu hy ka kk lt lv mk pl ro ru sk sl sr tr uk".split())
_STEM = 4
_PARAGRAPH = 2000  # letters of a paragraph that are read for its subject
_LONG = 6  # letters from which one slip leaves no doubt of the word

# The one exception that pinyin makes: 陕西 takes a second a to be told from 山西.
_DISTINCT = frozenset({frozenset(("shanxi", "shaanxi"))})
# A form is compared with so many others of its key at most, the most frequent first, which keeps
# a document of nothing but names linear.
_MAX_COMPARED = 32


@dataclass(frozen=True, slots=True)
class _Variant:
    """A rarer spelling, the agreed one, and where both stand."""

    rare: str
    agreed: str
    rare_spans: tuple[Span, ...]
    agreed_spans: tuple[Span, ...]
    how: str
    severity: Severity
    confidence: float


def check(analysis: Analysis, settings: Settings) -> Iterator[Hit]:
    """Yield one hit for each mention of a rarer spelling."""
    covered: set[int] = set()
    for variant in (
        *sorted(_joined_or_split(analysis), key=lambda variant: len(variant.rare)),
        *_articles(analysis),
        *_respelled(analysis, settings),
    ):
        if _in_groups(variant.rare, variant.agreed, settings.names_distinct):
            continue
        for span in variant.rare_spans:
            if not covered.isdisjoint(range(*span)):
                continue
            covered.update(range(*span))
            yield Hit(
                span,
                f"“{variant.rare}” is also spelled “{variant.agreed}” in this document"
                f" ({variant.how}).",
                severity=variant.severity,
                suggestion=variant.agreed,
                related=variant.agreed_spans,
                confidence=variant.confidence,
            )


def zipf(form: str, lang: str) -> float:
    """Frequency down to zipf 1: names are rarer than the words of the small list."""
    return frequency.zipf(form, lang, "large")


def _in_groups(one: str, other: str, groups: Iterable[tuple[str, ...]]) -> bool:
    return any(one in group and other in group for group in groups)


# --- joined, split, hyphenated ------------------------------------------------------------------

_JOINED, _HYPHENED, _SPACED = 1, 2, 4
_HYPHENS = frozenset("-‑")
_JOINTS = _HYPHENS | {" ", "\u00a0"}
_SPLIT = re.compile(r"[-‑ \u00a0]+")
# A capital within a word, but for McDonald and the like, is where two words were glued.
_CAMEL = re.compile(r"(?<!\bMc)(?<!\bMac)(?<!\bDe)(?<!\bLa)(?<=[^\W\d_A-Z])[A-Z]")
# A lower-case word right behind a name may be its torn-off end.
_TORN = re.compile(r"[- ]([^\W\d_A-Z]{2,12})\b")


class _Piece(NamedTuple):
    """One to three words of a name, read as if they were one."""

    key: str
    shape: int
    span: Span
    alone: bool


def _pieces(analysis: Analysis) -> Iterator[_Piece]:
    text = analysis.text
    for mention in analysis.names.mentions:
        words = words_of(text, mention.start, mention.end)
        torn = _TORN.match(text, words[-1].end)
        if torn:
            words.append(Span(torn.start(1), torn.end(1)))
        folded = [fold(text[word.start : word.end]) for word in words]
        for first in range(len(words) - bool(torn)):
            shape = _JOINED
            key = folded[first]
            for last in range(first, min(first + 3, len(words))):
                if last > first:
                    gap = text[words[last - 1].end : words[last].start]
                    if gap not in _JOINTS:
                        break
                    shape = _HYPHENED if gap in _HYPHENS else _SPACED
                    key += folded[last]
                if len(key) < _MIN_LETTERS + 1:
                    continue
                span = Span(words[first].start, words[last].end)
                alone = not (
                    text[span.start - 1 : span.start] in _HYPHENS
                    or text[span.end : span.end + 1] in _HYPHENS
                )
                yield _Piece(key, shape, span, alone)


def _joined_or_split(analysis: Analysis) -> Iterator[_Variant]:
    text, lang = analysis.text, analysis.lang
    shapes: dict[str, int] = defaultdict(int)
    for piece in _pieces(analysis):
        shapes[piece.key] |= piece.shape
    wanted = {key for key, mask in shapes.items() if mask & (mask - 1)}
    if not wanted:
        return
    found: dict[str, dict[str, list[_Piece]]] = defaultdict(lambda: defaultdict(list))
    for piece in _pieces(analysis):
        if piece.key in wanted:
            found[piece.key][text[piece.span.start : piece.span.end]].append(piece)
    single = {form.text for form in analysis.names.forms.values() if form.single}
    for forms in found.values():
        whole = max(zipf(form, lang) for form in forms)
        ranked = sorted(
            forms.items(),
            key=lambda item: (
                -sum(piece.alone for piece in item[1]),
                -_plausibility(item[0], whole, lang),
                item[1][0].span.start,
            ),
        )
        agreed, agreed_pieces = ranked[0]
        for rare, rare_pieces in ranked[1:]:
            split, joined = (agreed, rare) if len(agreed) > len(rare) else (rare, agreed)
            parts = _SPLIT.split(split)
            hyphen = bool(_HYPHENS & set(agreed + rare))
            repeated = len(agreed_pieces) >= _REPEATED > len(rare_pieces)
            if len(parts) < 2 or is_common(joined, lang) or _plain(rare) == _plain(agreed):
                continue
            if parts[-1][0].islower():
                if not _is_torn(parts, lang):
                    continue
            elif hyphen and (
                min(map(len, parts)) == 1  # Pantsir-S, G-Osaka: a model, an initial
                or single.issuperset(parts)
                or not (repeated or _is_compound(parts, lang))
            ):
                continue
            yield _Variant(
                rare,
                agreed,
                tuple(piece.span for piece in rare_pieces),
                tuple(piece.span for piece in agreed_pieces),
                "hyphen" if hyphen else "joined or split",
                Severity.MINOR if hyphen else Severity.MAJOR,
                0.95,
            )


def _plausibility(form: str, whole: float, lang: str) -> float:
    """How well known the words of the form are: tells a torn or glued name from a whole one.

    ``whole`` is the fame of the joined form: where print knows it, each of the parts must be known
    as well for the split form to be the better one.
    """
    parts = _SPLIT.split(form)
    glued = len(parts) == 1 and _CAMEL.search(form)
    torn = parts[-1][0].islower()
    fames = [zipf(part, lang) for part in parts]
    fame = min(fames) if whole >= _UNHEARD else sum(fames) / len(fames)
    return fame - bool(glued) - torn


def _is_torn(parts: list[str], lang: str) -> bool:
    """Whether the lower-case end is no word that may follow the name (Brit-ish, Finl and)."""
    start, end = parts[0], parts[-1]
    return not is_common(end, lang) or (
        zipf(start, lang) < 2 * _UNHEARD and not is_common(start, lang)
    )


def _is_compound(parts: list[str], lang: str) -> bool:
    """Whether the parts make one name (Basse-Terre), not two that meet (Pakistan-Afghan)."""
    return all(zipf(part, lang) < _WELL_KNOWN and not is_no_name(part, lang) for part in parts)


# --- with and without an article ----------------------------------------------------------------

_LINKS = ("of", "for")


def _articles(analysis: Analysis) -> Iterator[_Variant]:
    if analysis.lang != "en":
        return
    text = analysis.text
    found: dict[tuple[str, str, str], dict[bool, list[Span]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for mention in analysis.names.mentions:
        for link in _LINKS:
            head, _, tail = text[mention.start : mention.end].partition(f" {link} ")
            if not tail:
                continue
            head = head.rsplit(" ", 1)[-1]
            if not is_no_name(head, analysis.lang):
                break  # Claudia Mo of Civic Party is no institution
            content = tail.removeprefix("the ")
            start = mention.end - len(tail) - len(link) - 2 - len(head)
            found[head, link, content][content != tail].append(Span(start, mention.end))
            break
    for (head, link, content), spans in found.items():
        if len(spans) < 2:
            continue
        # A name that has lost its article is the more likely slip where both are as frequent.
        agreed_has_article = len(spans[True]) >= len(spans[False])
        with_article = f"{head} {link} the {content}"
        without = f"{head} {link} {content}"
        agreed, rare = (with_article, without) if agreed_has_article else (without, with_article)
        yield _Variant(
            rare,
            agreed,
            tuple(spans[not agreed_has_article]),
            tuple(spans[agreed_has_article]),
            "article",
            Severity.MINOR,
            0.9,
        )


# --- respelled ----------------------------------------------------------------------------------


def _respelled(analysis: Analysis, settings: Settings) -> Iterator[_Variant]:
    lang = analysis.lang
    forms = [form for form in analysis.names.forms.values()]
    folded = {form.text: fold(form.text) for form in forms}
    forms = [form for form in forms if len(folded[form.text]) >= _MIN_LETTERS]
    best: dict[str, tuple[NameForm, NameForm, str, float]] = {}
    for one, other in _candidates(forms, folded):
        agreed, rare = _rank(one, other, lang)
        relation = _relate(agreed, rare, folded, lang, settings)
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
        yield _Variant(
            rare.text,
            agreed.text,
            tuple(rare.spans),
            tuple(agreed.spans),
            how,
            Severity.MINOR if how in ("diacritics", "hyphen") else Severity.MAJOR,
            confidence,
        )


# Where a text speaks of how a name is written, its spellings are meant.
_SPELLING = re.compile(r"\b(?:spell\w*|spelt|transliterat\w*|also known as)\b", re.I)
# What stands between two spellings given side by side (Kiev, or Kyiv; Kiev/Kyiv).
_BESIDE = re.compile(r"[\"”’]?(?:[,;/(–—]| or| and|, or|, also)[ \"“‘]{0,2}")


def _is_meant(analysis: Analysis, agreed: NameForm, rare: NameForm) -> bool:
    """Whether the text gives both spellings on purpose: it speaks of spelling, or sets them
    side by side."""
    text, where = analysis.text, rare.spans[0]
    start, end = analysis.paragraphs[analysis.paragraph_at(where.start)]
    if _SPELLING.search(text, start, min(end, start + _PARAGRAPH)):
        return True
    return any(
        start <= span.start < end
        and _BESIDE.fullmatch(text, min(span.end, where.end), max(span.start, where.start))
        for span in agreed.spans
    )


def _candidates(
    forms: list[NameForm], folded: dict[str, str]
) -> Iterator[tuple[NameForm, NameForm]]:
    """Pairs of forms that may be one name, each once; near-linear in the number of forms."""
    index: dict[str, list[NameForm]] = defaultdict(list)
    for form in forms:
        letters = folded[form.text]
        for key in sound_keys(letters):
            index[f"sound {key}"].append(form)
        for key in deletions(letters):
            index[key].append(form)
    seen: set[tuple[str, str]] = set()
    for bucket in index.values():
        if len(bucket) < 2:
            continue
        bucket.sort(key=lambda form: (-form.alone, form.spans[0].start))
        pairs = (
            combinations(bucket, 2)
            if len(bucket) <= _MAX_COMPARED
            else (
                (one, other)
                for one in bucket[:_MAX_COMPARED // 4]
                for other in bucket
                if one is not other
            )
        )
        for one, other in pairs:
            pair = (min(one.text, other.text), max(one.text, other.text))
            if pair not in seen:
                seen.add(pair)
                yield one, other


def _rank(one: NameForm, other: NameForm, lang: str) -> tuple[NameForm, NameForm]:
    """The agreed form and the rarer one.

    By mentions; where they differ by one at most, by fame first if only one of them is known at
    all; then by the fullness of the name, by the letters, by the first mention.
    """
    fame = zipf(one.text, lang) - zipf(other.text, lang)
    known = abs(fame) >= 2 * _UNHEARD
    if one.alone != other.alone and not (known and abs(one.alone - other.alone) == 1):
        return (one, other) if one.alone > other.alone else (other, one)
    if abs(fame) >= _UNHEARD:
        return (one, other) if fame > 0 else (other, one)
    letters = spelling_likelihood(fold(one.text)) - spelling_likelihood(fold(other.text))
    parts = bool(one.before or one.after) - bool(other.before or other.after)
    for evidence in (parts, letters):
        if evidence:
            return (one, other) if evidence > 0 else (other, one)
    return (one, other) if one.spans[0] < other.spans[0] else (other, one)


def _relate(
    agreed: NameForm, rare: NameForm, folded: dict[str, str], lang: str, settings: Settings
) -> tuple[str, float] | None:
    """How ``rare`` is a spelling of ``agreed`` (a word for the message, confidence), or None."""
    if _in_groups(agreed.text, rare.text, settings.names_same):
        return "the same name by your settings", 1.0
    one, other = folded[agreed.text], folded[rare.text]
    if _plain(agreed.text) == _plain(rare.text):
        return None
    tie = _tie(agreed, rare, lang)
    if is_common(rare.text, lang) and (lang == "en" or tie != "part"):
        return None
    fame_agreed, fame_rare = zipf(agreed.text, lang), zipf(rare.text, lang)
    # A spelling that print does not know, of a name that print knows or the document repeats.
    slip = (
        fame_rare < _UNHEARD and (fame_agreed >= _ESTABLISHED or agreed.alone >= _REPEATED)
    ) or (fame_rare < _ESTABLISHED + 0.5 and fame_agreed >= fame_rare + 2 * _UNHEARD)
    if tie == "conflict" and not (slip and fame_agreed >= _ESTABLISHED + 0.5):
        return None
    if one == other:
        hyphen = ("-" in agreed.text) != ("-" in rare.text)
        return ("hyphen" if hyphen else "diacritics", 0.95) if lang == "en" or tie else None
    if (
        is_derived(one, other)
        or (are_pinyin(one, other) and not (slip and (tie == "part" or not (rare.before or rare.after))))
        or frozenset((one, other)) in _DISTINCT
        or (lang != "en" and not (tie and one[-1] == other[-1]))
    ):
        return None
    if not slip and (are_romaji(one, other) or (tie != "part" and is_no_name(agreed.text, lang))):
        return None
    shorter = min(len(one), len(other))
    limit = 1.0 if shorter < 5 else 2.5 if shorter < 7 and tie else 2.0 if shorter < 7 else 3.0
    if transliteration_distance(one, other, limit) <= limit:
        if tie or slip or min(fame_agreed, fame_rare) < _ESTABLISHED:
            return "transliteration", 0.95 if tie else 0.9
        return None
    if one[0] != other[0] or fame_rare >= _ESTABLISHED:
        return None
    from rapidfuzz.distance import OSA

    if OSA.distance(one, other, score_cutoff=1) > 1:
        return None
    longer = max(len(one), len(other))
    tied = tie == "part" or (tie == "reference" and min(fame_agreed, fame_rare) < 2 * _UNHEARD)
    lone = fame_rare < _UNHEARD or (
        fame_rare < 2 * _UNHEARD and rare.alone == 1 and agreed.alone > _REPEATED
    )
    if (tied and shorter >= _MIN_LETTERS + 1) or (
        slip and lone and (shorter >= _LONG or (longer > _MIN_LETTERS and fame_agreed >= 3.5))
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


def _meet(some: set[str], others: set[str], stem: int) -> bool:
    """Whether two sets of name parts share one, or the first ``stem`` letters of one."""
    if some & others:
        return True
    stems = {part[:stem] for part in some if len(part) > stem > 0}
    return any(part[:stem] in stems for part in others)


def _plain(form: str) -> str:
    return form.casefold().replace("’", "'").replace("ʼ", "'")


RULE = Rule(
    name="name-variant",
    family="name",
    category="Fluency/Inconsistency",
    severity=Severity.MAJOR,
    check=check,
    documentation=__doc__,
)
