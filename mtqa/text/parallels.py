"""Which sentences of a translation render which part of its source."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

from mtqa.text.document import Span

if TYPE_CHECKING:
    from mtqa.text.analysis import Analysis


class Parallel(NamedTuple):
    """Neighbouring sentences of a translation and what they render.

    Attributes:
        first: index of the first sentence.
        end: index after that of the last.
        source: code points of the source; None: no part of it is known to be rendered.
    """

    first: int
    end: int
    source: Span | None


def pair_sentences(analysis: Analysis) -> list[Parallel]:
    """Parallels of a document, which tile its sentences in order."""
    starts = [span.start for span in analysis.sentences]
    count = len(starts)
    source = analysis.source
    source_sentences = source.sentences if source is not None else []
    source_starts = [span.start for span in source_sentences]
    found: list[Parallel] = []
    done = 0
    for segment in analysis.segments:
        if segment.translation is None:
            continue
        first = max(done, bisect_left(starts, segment.translation.start))
        end = bisect_left(starts, segment.translation.end, lo=first)
        if first == end:
            continue
        found += (Parallel(index, index + 1, None) for index in range(done, first))
        done = end
        if segment.source is None:
            found += (Parallel(index, index + 1, None) for index in range(first, end))
            continue
        low = bisect_left(source_starts, segment.source.start)
        high = bisect_left(source_starts, segment.source.end)
        if high - low == end - first:
            found += (
                Parallel(first + index, first + index + 1, source_sentences[low + index])
                for index in range(high - low)
            )
        else:
            found.append(Parallel(first, end, segment.source))
    found += (Parallel(index, index + 1, None) for index in range(done, count))
    return found
