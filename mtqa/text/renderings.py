"""Which names of a translation have a counterpart in its source, and which of the source have none.

A name has a counterpart where a word of the source sounds like it, where it stands there in Latin
letters, or where a table of places says that both are one. Whatever is in doubt has a counterpart.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import regex
from anyascii import anyascii

from mtqa.text.document import Span
from mtqa.text.frequency import zipf
from mtqa.text.gazetteer import (
    beginning,
    home_words,
    is_country,
    is_country_adjective,
    is_country_word,
)
from mtqa.text.known_names import has_like_consonants
from mtqa.text.names import CALENDAR, given_names, is_common, opens_sentence, read_list
from mtqa.text.persons import stems
from mtqa.text.source_names.piece import POSSIBLE, SourcePiece
from mtqa.text.source_names.text import SourceText
from mtqa.text.source_names.uncovered import Coverage
from mtqa.text.source_names.words import LETTERS, SourceWord, is_katakana, script_of
from mtqa.text.spelling import fold
from mtqa.text.transliteration import UNBOUNDED, log_odds

if TYPE_CHECKING:
    from mtqa.text.analysis import Analysis

_LATIN_WORD = regex.compile(
    r"\p{Lu}\.(?: ?\p{Lu}\.)+|\p{Lu}\.(?:\p{Lu}\.?)+|\p{Latin}[\p{Latin}\p{M}'’]*+"
)
_HYPHENATED = regex.compile(r"\p{Lu}\p{Latin}*+(?:-\p{Latin}++)+")
_CONTRACTION = regex.compile(r"['’](?:ll|ve|re|d|m|t|s)\Z", regex.I)
# Log odds from which the nearest word is what a name renders, and from which it is a name itself.
_SURE = 2.0
_SURELY_NAME = 7.0
# A short word of kana or characters is like many an English word. Of names in the human references
# of WMT21 and WMT22, 78 % (Japanese) reach this with their own translation, 18 % with another.
_COVERED = 2.0
# More comparisons than that for one segment are not made: it is no segment, but a document.
_MOST_COMPARED = 60_000


class TargetName(NamedTuple):
    """A word of a name in the translation."""

    span: Span
    text: str
    folded: str


class Unmatched(NamedTuple):
    """A name without a counterpart in what its segment renders, or in what renders it.

    Attributes:
        segment: index of the segment.
        span: of the translation, or of the source where it is a name of the source.
        text: the name.
        odds: how near the nearest word came (log odds).
        known: whether the name has a counterpart elsewhere in the document.
        opens: whether it has its capital for standing at the beginning of a sentence.
        place: whether it is a country, a people or a language.
        home: whether it is the country where the source is spoken, or its people.
        heard: a name of the source as it is read.
        doubtful: whether a word of the source is taken for a name for not being covered, or is a
            name that the translation covers by another word (Labe, Elbe).
    """

    segment: int
    span: Span
    text: str
    odds: float
    known: bool
    opens: bool = False
    place: bool = False
    home: bool = False
    heard: str = ""
    doubtful: bool = False


@dataclass(slots=True)
class _Compared:
    """What the comparison of names with the words of the source leaves over.

    Attributes:
        source: the words of the source.
        names: words of names of the translation.
        invented: those that nothing in their segment renders, with segment and log odds.
        known: folded names that have a counterpart somewhere.
        rendered: beginnings of words of the source that a name renders.
        pairs: segments that were compared: index, span of the translation, of the source.
    """

    source: SourceText
    names: list[TargetName]
    invented: list[tuple[int, TargetName, float]] = field(default_factory=list)
    known: set[str] = field(default_factory=set)
    rendered: set[str] = field(default_factory=set)
    pairs: list[tuple[int, Span, Span]] = field(default_factory=list)


class Renderings:
    """What is known about the names of a document and of its source.

    Attributes:
        sources: for each word of a name that surely renders a word of the source: these words in
            lower case, each with the spans of the name.
    """

    def __init__(
        self,
        analysis: Analysis,
        sources: dict[str, dict[str, list[Span]]],
        compared: _Compared | None,
    ) -> None:
        self.sources = sources
        self._analysis = analysis
        self._compared = compared

    @property
    def invented(self) -> list[Unmatched]:
        """Names of the translation without a counterpart."""
        return self._unmatched[0]

    @property
    def lost(self) -> list[Unmatched]:
        """Names of the source without a counterpart."""
        return self._unmatched[1]

    @cached_property
    def _unmatched(self) -> tuple[list[Unmatched], list[Unmatched]]:
        # Apart, since it takes dictionaries that are large, and most runs do not ask.
        return _find_unmatched(self._analysis, self._compared) if self._compared else ([], [])


@cache
def _translated_words() -> frozenset[str]:
    """Capitalised words that are translated by their meaning, folded."""
    return read_list("translated-names.txt")


_DERIVED = regex.compile(r"(?:ians?|isms?|ists?|ites|[aiou]ally|ously|[sz]ations?)\Z")
_PLURAL = regex.compile(r"\p{Lu}{2,}s\Z")  # TVs
_CAMEL = regex.compile(r"(?<!\bMc)(?<!\bMac)(?<!\bDe)(?<!\bLa)(?<!['’-])(?<=\p{Ll})\p{Lu}")


def _target_names(analysis: Analysis, lang: str) -> list[TargetName]:
    """Words of names that are carried over by their sound, in order."""
    found: list[TargetName] = []
    for form, name in analysis.names.forms.items():
        folded = fold(form)
        if (
            len(folded) < LETTERS
            or folded in _translated_words()
            or _DERIVED.search(folded)
            or _CONTRACTION.search(form)
            or _CAMEL.search(form)
            or _PLURAL.match(form)
            or (is_common(form, analysis.lang) and not is_country(folded, lang))
            or form.removesuffix("s") in CALENDAR
            # Peoples are often called by another word than their country.
            or (folded.endswith("s") and is_country(folded.removesuffix("s"), lang))
        ):
            continue
        found += (TargetName(span, form, folded) for span in name.spans)
    return sorted(found)


def find_renderings(analysis: Analysis) -> Renderings:
    """Names of the translation and of the source, segment by segment."""
    sources: dict[str, dict[str, list[Span]]] = {}
    if analysis.source is None:
        return Renderings(analysis, sources, None)
    source = SourceText(analysis.source)
    lang = source.lang
    names = _target_names(analysis, lang)
    found = _Compared(source, names)
    starts = [name.span.start for name in names]
    known, rendered = found.known, found.rendered
    likely: Counter[tuple[str, str]] = Counter()
    for index, segment in enumerate(analysis.segments):
        if segment.translation is None or segment.source is None:
            continue
        first = bisect_left(starts, segment.translation.start)
        here = names[first : bisect_left(starts, segment.translation.end)]
        piece = source.within(segment.source)
        if len(here) * len(piece.words) > _MOST_COMPARED:
            continue
        found.pairs.append((index, segment.translation, segment.source))
        same = [(name, piece.same(name.folded)) for name in here]
        # What names of the same letters leave of the words of the source for others to stand for.
        left = Counter(fold(word.text) for word in piece.words)
        left.subtract(name.folded for name, word in same if word and fold(word.text) == name.folded)
        for name, word in same:
            if word:
                rendered.add(beginning(word.text.casefold()))
                known.add(name.folded)
                letters = fold(word.text)
                if source.lang_script == "Latin" and (letters == name.folded or left[letters] > 0):
                    by_word = sources.setdefault(name.text, {})
                    by_word.setdefault(word.text.casefold(), []).append(name.span)
                continue
            if piece.speaks_of(name.folded, lang):
                known.add(name.folded)
                continue
            odds, nearest = piece.nearest(name.folded)
            if odds <= POSSIBLE:
                found.invented.append((index, name, odds))
                continue
            known.add(name.folded)
            if nearest and odds >= _SURE:
                if nearest.script in UNBOUNDED:  # a run of words: no telling which
                    continue
                by_word = sources.setdefault(name.text, {})
                by_word.setdefault(nearest.text.casefold(), []).append(name.span)
                heard = {beginning(stem) for stem in stems(nearest.text.casefold(), nearest.script)}
                if odds >= _SURELY_NAME:
                    rendered.update(heard)
                likely.update((name.folded, stem) for stem in heard)
    # What sounds alike in two segments is no chance.
    rendered.update(stem for (_, stem), number in likely.items() if number > 1)
    return Renderings(analysis, sources, found)


def _find_unmatched(
    analysis: Analysis, found: _Compared
) -> tuple[list[Unmatched], list[Unmatched]]:
    """Names of the translation, and of the source, without a counterpart."""
    source, lang = found.source, found.source.lang
    known, rendered = found.known, found.rendered
    lost: list[Unmatched] = []
    met: Counter[str] = Counter()
    coverage = Coverage(analysis.estimates.coverage) if analysis.estimates else None
    inventive = {index for index, _, _ in found.invented}
    for index, translation, original in found.pairs:
        originals = source.names_within(original, rendered)
        guessed: list[SourceWord] = []
        if coverage:
            if index not in inventive:
                originals = [name for name in originals if not coverage.is_covered(name.span)]
            taken = {place for name in originals for place in range(*name.span)}
            guessed = [
                word
                for word in source.uncovered_within(original, coverage)
                if taken.isdisjoint(range(*word.span))
            ]
            originals = sorted(originals + guessed)
        if originals:
            met.update({beginning(_written(source.text, name).casefold()) for name in originals})
            words = [
                match.group().replace(".", "").replace(" ", "")
                for match in _LATIN_WORD.finditer(analysis.text, translation.start, translation.end)
            ]
            words += [  # Lee Jae-myung
                match.group().replace("-", "")
                for match in _HYPHENATED.finditer(analysis.text, translation.start, translation.end)
            ]
            if len(originals) * len(words) <= _MOST_COMPARED:
                lost += _lost(
                    index,
                    source.text,
                    originals,
                    source.within(original, names=True),
                    words,
                    lang,
                    analysis.lang,
                    rendered,
                    {word.span for word in guessed}
                    | {
                        name.span
                        for name in originals
                        if coverage and coverage.is_likely(name.span)
                    },
                )
    lost = _pass_otherwise(lost, met)
    invented, lost = _pass_akin(found.invented, lost)
    _pass_repeated(invented, known, source, analysis)
    if lang in _FAMILY_NAMES_ALONE:
        _pass_added(invented, known, found.names, analysis)
    sentences = {span.start for span in analysis.sentences}
    unmatched = [
        Unmatched(
            index,
            name.span,
            name.text,
            odds,
            name.folded in known,
            opens=name.span.start in sentences or opens_sentence(analysis.text, name.span.start),
            place=is_country(name.folded, lang),
            home=name.folded in home_words(lang),
        )
        for index, name, odds in invented
    ]
    return unmatched, lost


# Log odds by letter above which two names that have no other counterpart and begin alike are one
# (Jinping, Цзиньпин: -1.0; Smirnov, Кузнецов: -2.3).
_AKIN = -1.1
# Letters that may begin one name in two languages.
_BEGINNINGS = tuple(map(frozenset, "ckqghx szjxctd jyieauohw bp fvwpb td lr m n".split()))


def _pass_akin(
    invented: list[tuple[int, TargetName, float]], lost: list[Unmatched]
) -> tuple[list[tuple[int, TargetName, float]], list[Unmatched]]:
    """Leave out pairs that may be one name after all: Braxton, ブラクストン."""
    by_segment: dict[int, list[Unmatched]] = defaultdict(list)
    for original in lost:
        by_segment[original.segment].append(original)
    akin: set[Span] = set()
    kept = []
    for index, name, odds in invented:
        pair = next((one for one in by_segment[index] if _is_akin(name.folded, one)), None)
        if pair is None:
            kept.append((index, name, odds))
        else:
            akin.add(pair.span)
    return kept, [original for original in lost if original.span not in akin]


def _written(text: str, name: SourceWord) -> str:
    return text[name.span.start : name.span.end]


def _pass_otherwise(lost: list[Unmatched], met: Counter[str]) -> list[Unmatched]:
    """Leave out what has no counterpart in any of its segments: it is called otherwise (双子座)."""
    words = [beginning(original.text.casefold()) for original in lost]
    segments = Counter({(stem, one.segment) for stem, one in zip(words, lost, strict=True)})
    missed = Counter(stem for stem, _ in segments)
    return [
        original
        for stem, original in zip(words, lost, strict=True)
        if missed[stem] == 1 or missed[stem] < met[stem]
    ]


def _is_akin(name: str, original: Unmatched) -> bool:
    sounds = fold(anyascii(original.heard))
    return any({name[:1], sounds[:1]} <= beginnings for beginnings in _BEGINNINGS) and log_odds(
        name, original.heard, script_of(original.heard), whole=True
    ) > _AKIN * len(name)


# Languages whose news gives foreigners by their family names alone; translators add the others.
_FAMILY_NAMES_ALONE = frozenset({"zh", "ja", "ko"})
_COMMON_NAME = 3.0  # Zipf frequency of a given name that is no American one (Vladimir)


def _pass_added(
    invented: list[tuple[int, TargetName, float]],
    known: set[str],
    names: Sequence[TargetName],
    analysis: Analysis,
) -> None:
    """Take given names to be known that stand before a name that has its counterpart."""
    after = {one.span: other for one, other in pairwise(names)}
    for _, name, _ in invented:
        family = after.get(name.span)
        if (
            family
            and (name.text in given_names() or zipf(name.text, analysis.lang) >= _COMMON_NAME)
            and family.folded in known
            and analysis.text[name.span.end : family.span.start] == " "
        ):
            known.add(name.folded)


# Words of the source that stand with a name each time, and at most so much more often.
_OFTEN = 3.0
_MOSTLY = 0.75  # of the segments, where some say it by a pronoun


def _pass_repeated(
    invented: list[tuple[int, TargetName, float]],
    known: set[str],
    source: SourceText,
    analysis: Analysis,
) -> None:
    """Take names to be known that render the same word of the source each time: 长江, Yangtze."""
    segments: dict[str, set[int]] = defaultdict(set)
    for index, name, _ in invented:
        segments[name.folded].add(index)
    repeated = {
        name: places for name, places in segments.items() if name not in known and len(places) > 1
    }
    if not repeated:
        return
    features: dict[int, frozenset[str]] = {}
    spread: Counter[str] = Counter()
    for index, segment in enumerate(analysis.segments):
        if segment.source is not None and segment.translation is not None:
            features[index] = source.features(segment.source)
            spread.update(features[index])
    for spelling, places in repeated.items():
        shared = Counter(feature for index in places for feature in features[index])
        if any(
            number >= max(2, _MOSTLY * len(places)) and spread[feature] <= _OFTEN * number
            for feature, number in shared.items()
        ):
            known.add(spelling)


# Log odds by which a word must sound more like another word of the source, to be sure of it, and
# which they must reach, before it is no rendering of the first.
_CLEARLY = 4.0
_TAKEN = 8.0


def _lost(
    index: int,
    source: str,
    originals: Sequence[SourceWord],
    piece: SourcePiece,
    words: Sequence[str],
    lang: str,
    target_lang: str,
    rendered: Container[str],
    doubtful: Container[Span],
) -> Iterator[Unmatched]:
    capitals = {fold(word) for word in words if word[0].isupper()}
    capitals.discard("")
    candidates = {
        fold(word)
        for word in words
        if (word[0].isupper() and len(word) > LETTERS)
        or not is_common(word, target_lang)
        or word.title() in given_names()
    }
    candidates = {name for name in candidates if len(name) >= LETTERS - (lang == "zh")}
    for original in originals:
        written = _written(source, original)
        single = SourcePiece(
            written, (original._replace(text=written, script=script_of(written)),), lang
        )
        if any(single.same(name) or single.speaks_of(name, lang) for name in capitals):
            continue
        if is_katakana(written) and any(
            has_like_consonants(name, written, 1.0) for name in capitals
        ):
            continue
        enough = _COVERED if original.script in UNBOUNDED else POSSIBLE
        best = float("-inf")
        for name in candidates:
            odds = max(
                log_odds(name, text, original.script, whole=True)
                for text in (original.text, *original.readings)
            )
            if lang == "ja":  # a Chinese name, in pinyin
                odds = max(odds, log_odds(name, written, "Han", whole=True))
            if odds > max(best, enough) and odds < _SURELY_NAME:
                other = _nearest_beside(piece, original.span, name)
                if other >= max(_TAKEN, odds + _CLEARLY):
                    continue
            best = max(best, odds)
        if best <= enough:
            yield Unmatched(
                index,
                original.span,
                written,
                best,
                beginning(original.text.casefold()) in rendered,
                place=is_country_word(written, lang) or is_country_adjective(written, lang),
                heard=original.text,
                doubtful=original.span in doubtful,
            )


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _nearest_beside(piece: SourcePiece, span: Span, name: str) -> float:
    """How much a folded name sounds like a word of the source other than the one at ``span``."""
    return max(
        (
            log_odds(name, word.text, word.script)
            for word in piece.others
            if not _overlap(word.span, span)
        ),
        default=float("-inf"),
    )
