"""Where the terms of a glossary stand in a document and its source."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from mtqa.config import Concept, Wording
from mtqa.text.analysis import Analysis
from mtqa.text.document import Span
from mtqa.text.terms import COMPOUNDING, Match, TermFinder, is_derived, longest

# A part of a text longer than that is no segment but a document on one line, of which a term tells
# nothing; and each term is looked for among all its words.
_LONGEST = 500  # words


class Use(NamedTuple):
    """A term of the source in one segment, and what is there of its renderings.

    Attributes:
        segment: index of the segment.
        term: the term, where the segment's source first has it.
        concept: index of its entry in the glossary.
        allowed: the renderings that the glossary gives.
        found: those that the translation has, with their place; None for one that is part of a
            compound, or of which words are derived (Russian of Russia).
        forbidden: wordings that it has and should not have.
    """

    segment: int
    term: Span
    concept: int
    allowed: tuple[str, ...]
    found: tuple[tuple[str, Span | None], ...]
    forbidden: tuple[tuple[str, Span], ...]


class _Finders(NamedTuple):
    """A glossary made ready for a pair of languages.

    Attributes:
        source: finds the terms of the source.
        source_concepts: the entry of each of them.
        target: finds the wordings of the target language.
        wordings: the entry and the wording of each of them.
        allowed: the renderings of each entry.
    """

    source: TermFinder
    source_concepts: list[int]
    target: TermFinder
    wordings: list[tuple[int, Wording]]
    allowed: dict[int, tuple[str, ...]]


@lru_cache(maxsize=8)
def _make_ready(terms: tuple[Concept, ...], source_lang: str, target_lang: str) -> _Finders:
    sources: list[tuple[int, str]] = []
    wordings: list[tuple[int, Wording]] = []
    allowed: dict[int, tuple[str, ...]] = {}
    for index, concept in enumerate(terms):
        own = [w for w in concept if w.lang in (target_lang, "target")]
        texts = [w.text for w in concept if w.lang in (source_lang, "source")]
        good = tuple(dict.fromkeys(w.text for w in own if not w.forbidden))
        if good and texts:
            sources += ((index, text) for text in texts)
            wordings += ((index, wording) for wording in own)
            allowed[index] = good
    return _Finders(
        TermFinder([text for _, text in sources], source_lang),
        [index for index, _ in sources],
        TermFinder([wording.text for _, wording in wordings], target_lang),
        wordings,
        allowed,
    )


def find_uses(analysis: Analysis, terms: tuple[Concept, ...]) -> Iterator[Use]:
    """Each term of each segment, in order; a term within a longer one is none.

    Segments of more than 500 words are passed over.
    """
    source = analysis.source
    if source is None or not terms:
        return
    ready = _make_ready(terms, source.lang, analysis.lang)
    if not ready.allowed:
        return
    segments = analysis.segments
    in_source = longest(ready.source.find(source.text, source.words))
    theirs = _by_segment(in_source, [segment.source for segment in segments])
    if not theirs:
        return
    in_target = ready.target.find(analysis.text, analysis.words)
    ours = _by_segment(in_target, [segment.translation for segment in segments])
    for index, segment in enumerate(segments):
        if segment.translation is None or index not in theirs:
            continue
        if len(analysis.words.within(*segment.translation)) > _LONGEST:
            continue
        first: dict[int, Span] = {}
        for match in theirs[index]:
            first.setdefault(ready.source_concepts[match.term], match.span)
        renderings: dict[int, list[tuple[Wording, Span]]] = defaultdict(list)
        for match in ours.get(index, ()):
            concept, wording = ready.wordings[match.term]
            renderings[concept].append((wording, match.span))
        for concept, term in first.items():
            good = [(w.text, span) for w, span in renderings[concept] if not w.forbidden]
            bad = [
                (w.text, span)
                for w, span in renderings[concept]
                if w.forbidden
                and not any(s.start <= span.start and span.end <= s.end for _, s in good)
            ]
            found: list[tuple[str, Span | None]] = [*good]
            if not found:
                words = analysis.words.within(*segment.translation)
                here = [analysis.words[word] for word in words]
                found = [
                    (text, None)
                    for text in ready.allowed[concept]
                    if _is_hidden(text, here, analysis.lang)
                ]
            yield Use(index, term, concept, ready.allowed[concept], tuple(found), tuple(bad))


def _is_hidden(text: str, words: Sequence[str], lang: str) -> bool:
    """Whether a rendering is part of a compound, or its words are there with other endings."""
    parts = text.split()
    if lang in COMPOUNDING and text.casefold() in " ".join(words).casefold():
        return True
    return any(
        all(map(is_derived, words[at : at + len(parts)], parts))
        for at in range(len(words) - len(parts) + 1)
    )


def _by_segment(matches: list[Match], spans: list[Span | None]) -> dict[int, list[Match]]:
    """Matches by the span that holds them; spans may come in any order."""
    places = sorted((span.start, span.end, index) for index, span in enumerate(spans) if span)
    starts = [start for start, _, _ in places]
    found: dict[int, list[Match]] = defaultdict(list)
    for match in matches:
        at = bisect_right(starts, match.span.start) - 1
        if at >= 0 and match.span.end <= places[at][1]:
            found[places[at][2]].append(match)
    return found
