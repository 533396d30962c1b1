"""What the rules share about one document: each analysis is computed once, on first use."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING

from mtqa.text.document import Document, Segment, Span
from mtqa.text.sentences import find_paragraphs, split_sentences
from mtqa.text.words import Words, find_words

if TYPE_CHECKING:
    from mtqa.text.attributions import Attribution
    from mtqa.text.estimates import Estimates
    from mtqa.text.names import Names
    from mtqa.text.parallels import Parallel
    from mtqa.text.quotations import Quotations
    from mtqa.text.renderings import Renderings


class Analysis:
    """One document and everything that is known about its text.

    Rules read it and never write to it. All spans are code points of ``document.text``.

    Attributes:
        estimates: what a model says of the sentences; None: no model was run. It is put here
            before the rules run.
    """

    def __init__(self, document: Document) -> None:
        self.document = document
        self.text = document.text
        self.lang = document.lang
        self.estimates: Estimates | None = None

    @cached_property
    def paragraphs(self) -> list[Span]:
        """Paragraphs in order, trimmed of white space, never empty."""
        told = self.document.paragraphs
        return find_paragraphs(self.text) if told is None else list(told)

    @cached_property
    def sentences(self) -> list[Span]:
        """Sentences in order, trimmed of white space, never empty, never across paragraphs.

        Between them there is nothing but white space.
        """
        return split_sentences(self.text, self.paragraphs, self.lang)

    @cached_property
    def alphabet(self) -> str:
        """Each character of the text once: what is not in here need not be looked for there."""
        return "".join(sorted(set(self.text)))

    @cached_property
    def words(self) -> Words:
        """Words and numbers in order (no punctuation)."""
        return find_words(self.text)

    @cached_property
    def quotations(self) -> Quotations:
        """Quotation spans, nested ones too, and the marks that have no partner."""
        from mtqa.text.quotations import find_quotations

        return find_quotations(self.text, self.paragraphs, self.lang)

    @cached_property
    def attributions(self) -> list[Attribution]:
        """Who said what: speaker, verb and quotation, in order of the text."""
        from mtqa.text.attributions import find_attributions

        return find_attributions(self)

    @cached_property
    def names(self) -> Names:
        """Name mentions in order, grouped by form."""
        from mtqa.text.names import find_names

        return find_names(self)

    @cached_property
    def renderings(self) -> Renderings:
        """Which names have a counterpart in the source; empty without a source."""
        from mtqa.text.renderings import find_renderings

        return find_renderings(self)

    @cached_property
    def source(self) -> Analysis | None:
        """What is known about the text that this one translates; None: it is not at hand."""
        source = self.document.source
        if source is None:
            return None
        return Analysis(Document(source.path, source.text, source.lang))

    @property
    def segments(self) -> tuple[Segment, ...]:
        """What renders what, in order of the translation; empty without a source."""
        return self.document.segments

    @cached_property
    def parallels(self) -> list[Parallel]:
        """Each sentence, in order, with the part of the source that it renders.

        Where a segment has as many sentences as its source, they pair up one by one. Where it has
        not, its sentences share the whole of its source. A sentence outside every segment, or in
        one whose source is missing, has none. Without a source at hand, no sentence has one.
        """
        from mtqa.text.parallels import pair_sentences

        return pair_sentences(self)

    def anchor(self, index: int) -> Span | None:
        """Where a finding about segment ``index`` is shown: its translation if it has one.

        Else the last word before the place where the translation should stand, or the first word
        after it; None in an empty document.
        """
        span = self.segments[index].translation
        if span is not None:
            return span
        words = self.words
        if not len(words):
            return None
        return words.span(max(0, bisect_left(words.starts, self._translated[index]) - 1))

    def source_at(self, offset: int) -> str:
        """The source of the segment that holds ``offset``; empty where it is not known."""
        source = self.document.source
        index = bisect_right(self._segment_starts, (offset, math.inf)) - 1
        if source is None or index < 0:
            return ""
        segment = self.segments[self._segment_starts[index][1]]
        if segment.translation is None or segment.source is None:
            return ""
        inside = offset < segment.translation.end
        return source.text[slice(*segment.source)] if inside else ""

    @cached_property
    def _segment_starts(self) -> list[tuple[int, int]]:
        """Where the segments that have a translation begin, and their indices."""
        return sorted(
            (s.translation.start, i) for i, s in enumerate(self.segments) if s.translation
        )

    @cached_property
    def _translated(self) -> list[int]:
        """For each segment the end of the last translation up to it; 0 before the first."""
        ends = (s.translation.end if s.translation else 0 for s in self.segments)
        return list(accumulate(ends, max))

    @cached_property
    def sentence_starts(self) -> list[int]:
        """Where the sentences begin."""
        return [span.start for span in self.sentences]

    @cached_property
    def _paragraph_starts(self) -> list[int]:
        return [span.start for span in self.paragraphs]

    def sentence_at(self, offset: int) -> int:
        """Index of the sentence that holds ``offset`` (or the last one before it, or 0)."""
        return max(0, bisect_right(self.sentence_starts, offset) - 1)

    def paragraph_at(self, offset: int) -> int:
        """Index of the paragraph that holds ``offset`` (or the last one before it, or 0)."""
        return max(0, bisect_right(self._paragraph_starts, offset) - 1)
