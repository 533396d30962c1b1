"""Which sentences of a document render which of its source, where lines do not tell.

A monotone dynamic programme over links of up to four sentences a side, as since Gale and Church
(1993). What a link is worth is told by the encoder that ships (`mtqa.qe.encoder`): how well each
token of either side is met by its nearest token of the other, how alike the sentences are as a
whole, and how their lengths compare. A sentence that meets nothing stays alone.

All token pairs of two long documents would be too many. So a path is found first, with one vector
for each sentence, from the coarse to the fine as in Vecalign (Thompson and Koehn 2019): the path of
runs of neighbouring sentences bounds where that of runs of half the length may go. The document is
then cut where the path is sure, and each part is aligned by its tokens. Time and memory
grow with the length of the documents.

`bench/align.py` compares with Gale and Church and with Vecalign. The numbers below were found by
random search on part of its material (`bench/README.md` says which) and rounded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mtqa.text.analysis import Analysis
from mtqa.text.document import Segment, Span

Floats = NDArray[np.float32]

# Numbers of sentences, of source and translation, that a link may join.
_LINKS = (
    (1, 1), (1, 2), (2, 1), (1, 3), (3, 1), (1, 4), (4, 1), (2, 2), (2, 3), (3, 2),
)  # fmt: skip
_ROUGH_LINKS = ((1, 1), (1, 2), (2, 1), (1, 3), (3, 1))

# How like its nearest token of the other side a token must be to speak for a link: cosine, each
# side less its mean.
_MET = 0.41
# Weight of the likeness of the sentences as a whole, and the likeness at which it is neutral.
_WHOLE = 0.55
_ALIKE = 0.09
# What a link loses for each sentence beyond one a side, for having several on both, and for a
# difference in length: the logarithm of the ratio, up to an end, for each sentence.
_MORE = 0.075
_SEVERAL = 0.09
_LENGTH = 0.06
_FARTHEST = 1.5
# What a sentence that stays alone costs.
_ALONE = 0.08

# Sentences of a side that are aligned by their tokens at once.
_PART = 24
# Sentences of a text up to which the vectors of all tokens are kept, in 8 bits: some 120 MB. Those
# of a longer text are computed again, part by part.
_KEPT = 10_000
# Runs of sentences of a side at which a path is looked for without bounds, and how far from it the
# path of runs half as long may go. Vecalign: 300 and 5 or more.
_UNBOUNDED = 256
_BAND = 8


# Two texts of which so little is alike do not render each other: the likeness of what is linked,
# over all sentences. Of 147 pairs of documents that belong together it was 0.36 and more, 0.26 and
# more without half of the translation; of 131 that do not, 0.22 and less in 97 %.
_UNRELATED = 0.22
_FEWEST = 10  # sentences of either text from which that can be told


class Unrelated(Exception):
    """Two texts that do not render each other; the message is part of a sentence for the user."""

    def __init__(self) -> None:
        super().__init__(
            "has too little in common with its source to be aligned with it; is that "
            "the right file?"
        )


class Link(NamedTuple):
    """Sentences that render each other; one side is empty where there is nothing to match.

    Attributes:
        source: indices of the sentences of the source.
        translation: indices of those of the translation.
    """

    source: range
    translation: range


# Gives the vectors of the tokens of each sentence, (tokens, size), with the sentence's index, in
# any order: `mtqa.qe.encoder.SentenceEncoder`.
Encode = Callable[[Sequence[str]], Iterable[tuple[int, Floats]]]


def align_sentences(
    source: Sequence[str], translation: Sequence[str], encode: Encode
) -> list[Link]:
    """Find what renders what, in the order of both texts.

    Args:
        source: sentences, none empty.
        translation: the same.
        encode: gives the vectors of their tokens.

    Returns:
        Links that hold every sentence once; neighbours that stay alone have a link each.

    Raises:
        Unrelated: the texts do not render each other.
    """
    if not source or not translation:
        return [*_alone(0, len(source), 0, len(translation))]
    texts = [_Text(lines, encode) for lines in (source, translation)]
    own, other = (text.side for text in texts)
    usual = sum(text.tokens for text in texts) / (len(source) + len(translation))
    rough = _find_rough_path(own, other)
    ratio = _ratio(own, other, rough)
    links: list[Link] = []
    for (i, j), (end, last) in pairwise(_cut(own, other, rough)):
        if i == end or j == last:
            links += _alone(i, end, j, last)
            continue
        near = _worth_of_tokens(texts[0].vectors(i, end), texts[1].vectors(j, last), usual)
        worth = _Worth(own.part(i, end), other.part(j, last), ratio, near)
        path = _find_path(_open(end - i, last - j), worth)
        links += [
            Link(range(i + a, i + c), range(j + b, j + d)) for (a, b), (c, d) in pairwise(path)
        ]
    if min(len(source), len(translation)) >= _FEWEST and _likeness(own, other, links) < _UNRELATED:
        raise Unrelated
    return links


def _likeness(own: _Side, other: _Side, links: Sequence[Link]) -> float:
    """Mean over all sentences of how like they are to what they are linked with; 0 where alone."""
    total = 0.0
    for source, translation in links:
        if source and translation:
            one = own.vectors[source.start : source.stop].sum(0)
            two = other.vectors[translation.start : translation.stop].sum(0)
            size = float(np.linalg.norm(one) * np.linalg.norm(two))
            total += (len(source) + len(translation)) * float(one @ two) / max(size, 1e-6)
    return total / (len(own) + len(other))


def align_texts(translation: Analysis, source: Analysis, encode: Encode) -> tuple[Segment, ...]:
    """Segments of a translation and its source, in order; a sentence that is alone has its own.

    Raises:
        Unrelated: the texts do not render each other.
    """
    own, other = (
        [analysis.text[slice(*span)] for span in analysis.sentences]
        for analysis in (translation, source)
    )
    return tuple(
        Segment(
            _span(translation.sentences, link.translation), _span(source.sentences, link.source)
        )
        for link in align_sentences(other, own, encode)
    )


def _span(sentences: Sequence[Span], chosen: range) -> Span | None:
    if not chosen:
        return None
    return Span(sentences[chosen[0]].start, sentences[chosen[-1]].end)


class _Text:
    """One text and the vectors of its tokens, which are kept only where they are few.

    Attributes:
        tokens: their number.
        side: its sentences, each as a whole.
    """

    def __init__(self, sentences: Sequence[str], encode: Encode) -> None:
        self._sentences = sentences
        self._encode = encode
        self._kept: dict[int, _Packed] = {}
        means: list[Floats] = [np.empty(0, np.float32)] * len(sentences)
        counts = np.empty(len(sentences), dtype=np.int64)
        for index, states in encode(sentences):
            means[index], counts[index] = states.mean(0), len(states)
            if len(sentences) <= _KEPT:
                self._kept[index] = _pack(states)
        self.tokens = int(counts.sum())
        whole, each = np.stack(means), counts[:, None].astype(np.float32)
        self._mean = (whole * each).sum(0) / self.tokens
        lengths = np.array([len(sentence) for sentence in sentences], dtype=np.float32)
        self.side = _Side((whole - whole.mean(0)) * each, lengths)

    def vectors(self, first: int, end: int) -> list[Floats]:
        """(tokens, size) of some sentences, less the text's mean, of length one."""
        found = self._kept
        if not found:
            states = self._encode(self._sentences[first:end])
            found = {first + index: _pack(its) for index, its in states}
        centred = [_unpack(found[index]) - self._mean for index in range(first, end)]
        return [
            vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)
            for vectors in centred
        ]


class _Packed(NamedTuple):
    """Vectors in 8 bits, with the step of each: (vectors, size) and (vectors, 1)."""

    values: NDArray[np.int8]
    steps: Floats


def _pack(vectors: Floats) -> _Packed:
    steps = np.maximum(np.abs(vectors).max(1, keepdims=True), 1e-6) / 127
    return _Packed(np.rint(vectors / steps).astype(np.int8), steps)


def _unpack(packed: _Packed) -> Floats:
    return packed.values * packed.steps


class _Side:
    """The sentences of one text, or runs of them.

    Attributes:
        vectors: (sentences, size), the sum of the token vectors of each, less their usual mean.
        lengths: (sentences,), their characters.
    """

    def __init__(self, vectors: Floats, lengths: Floats) -> None:
        self.vectors = vectors
        self.lengths = lengths

    def __len__(self) -> int:
        return len(self.lengths)

    def part(self, first: int, end: int) -> _Side:
        """Some of them."""
        return _Side(self.vectors[first:end], self.lengths[first:end])

    def halved(self) -> _Side:
        """Runs of two."""
        starts = np.arange(0, len(self), 2)
        return _Side(
            np.add.reduceat(self.vectors, starts, axis=0), np.add.reduceat(self.lengths, starts)
        )

    def runs(self, count: int) -> _Side:
        """Every run of ``count``, with vectors of length one."""
        first = len(self) - count + 1
        vectors: Floats = np.add.reduce([self.vectors[k : first + k] for k in range(count)])
        lengths: Floats = np.add.reduce([self.lengths[k : first + k] for k in range(count)])
        size = np.linalg.norm(vectors, axis=1, keepdims=True)
        return _Side(vectors / np.maximum(size, 1e-6), lengths)


class _Worth:
    """What each link is worth.

    Args:
        source, translation: the sentences.
        ratio: characters of translations for each character of the source.
        tokens: by numbers of sentences, what links of so many are worth by their tokens, for each
            first sentence of the source and of the translation; empty: go by the whole alone.
        links: numbers of sentences that may be linked.
    """

    def __init__(
        self,
        source: _Side,
        translation: _Side,
        ratio: float,
        tokens: Mapping[tuple[int, int], Floats] | None = None,
        links: Sequence[tuple[int, int]] = _LINKS,
    ) -> None:
        self.links = [(a, b) for a, b in links if a <= len(source) and b <= len(translation)]
        self._source = {a: source.runs(a) for a in {a for a, _ in self.links}}
        self._translation = {b: translation.runs(b) for b in {b for _, b in self.links}}
        self._ratio = ratio
        self._tokens = tokens

    def __call__(self, end: int, a: int, b: int, first: int, last: int) -> Floats:
        """Worth of linking the ``a`` sentences before ``end`` with the ``b`` before each other end.

        Args:
            first, last: range of the ends in the translation.
        """
        own, others = self._source[a], self._translation[b].part(first - b, last - b)
        alike = others.vectors @ own.vectors[end - a]
        expected = self._ratio * own.lengths[end - a]
        off = np.minimum(np.abs(np.log((others.lengths + 5) / (expected + 5))), _FARTHEST)
        worth: Floats = (
            _WHOLE * (alike - _ALIKE)
            - _LENGTH * off * (a + b) / 2
            - _MORE * (a + b - 2)
            - _SEVERAL * (a > 1 and b > 1)
        )
        if self._tokens is not None:
            worth = worth + self._tokens[a, b][end - a, first - b : last - b]
        return worth


def _worth_of_tokens(
    source: Sequence[Floats], translation: Sequence[Floats], usual: float
) -> dict[tuple[int, int], Floats]:
    """For each kind of link: (first sentence of the source, of the translation) → worth.

    Args:
        source, translation: (tokens, size) of each sentence, vectors of length one.
        usual: tokens of a sentence.
    """
    starts = [np.cumsum([0, *map(len, side[:-1])]) for side in (source, translation)]
    everything = np.concatenate(translation)
    # For each token its nearest in each sentence of the other side: a sentence at a time, so that
    # no more than its own tokens stand beside all others at once.
    nearest_source, nearest_translation = [], []
    for tokens in source:
        cosines = tokens @ everything.T
        nearest_source.append(np.maximum.reduceat(cosines, starts[1], axis=1))
        nearest_translation.append(cosines.max(0))
    near = np.concatenate(nearest_source), np.stack(nearest_translation, axis=1)
    worth: dict[tuple[int, int], Floats] = {}
    for a, b in _LINKS:
        if a <= len(source) and b <= len(translation):
            met = _met(near[0], starts[0], a, b) + _met(near[1], starts[1], b, a).T
            worth[a, b] = (met / (2 * usual)).astype(np.float32)
    return worth


def _met(near: Floats, starts: NDArray[np.int64], own: int, others: int) -> Floats:
    """How well the tokens of runs of ``own`` sentences are met by runs of ``others``.

    Args:
        near: (tokens, sentences of the other side), cosine to the nearest token there.
        starts: first token of each sentence.
    """
    width = near.shape[1] - others + 1
    best = np.maximum.reduce([near[:, k : width + k] for k in range(others)])
    each = np.add.reduceat(best - np.float32(_MET), starts, axis=0)
    height = len(each) - own + 1
    runs: Floats = np.add.reduce([each[k : height + k] for k in range(own)])
    return runs


def _find_path(windows: Sequence[tuple[int, int]], worth: _Worth) -> list[tuple[int, int]]:
    """The best path through a grid whose steps are links.

    Args:
        windows: for each number of sentences of the source that are done, the range of numbers
            of sentences of the translation that may be done by then.
        worth: what links are worth.

    Returns:
        Places (done of the source, done of the translation), from (0, 0) to the last of the last
        window.
    """
    best: list[Floats] = []
    steps: list[NDArray[np.int8]] = []
    for i, (low, high) in enumerate(windows):
        row = np.full(high - low, -np.inf, dtype=np.float32)
        step = np.zeros(high - low, dtype=np.int8)
        if i == 0:
            row[-low] = 0.0
        for kind, (a, b) in enumerate([(1, 0), *worth.links]):
            if a > i:
                continue
            low_before, high_before = windows[i - a]
            first, last = max(low, low_before + b), min(high, high_before + b)
            if first >= last:
                continue
            before = best[i - a][first - b - low_before : last - b - low_before]
            found = before + worth(i, a, b, first, last) if b else before - np.float32(_ALONE)
            here = slice(first - low, last - low)
            better = found > row[here]
            row[here][better] = found[better]
            step[here][better] = kind
        # A sentence of the translation that stays alone is a step within the row.
        slope = np.float32(_ALONE) * np.arange(high - low, dtype=np.float32)
        level = np.maximum.accumulate(row + slope)
        alone = level > row + slope
        row[alone] = (level - slope)[alone]
        step[alone] = -1
        best.append(row)
        steps.append(step)
    i, j = len(windows) - 1, windows[-1][1] - 1
    path = [(i, j)]
    kinds = [(1, 0), *worth.links]
    while i or j:
        kind = steps[i][j - windows[i][0]]
        a, b = (0, 1) if kind == -1 else kinds[kind]
        i, j = i - a, j - b
        path.append((i, j))
    return path[::-1]


def _open(rows: int, columns: int) -> list[tuple[int, int]]:
    """Windows that bound nothing."""
    return [(0, columns + 1)] * (rows + 1)


def _find_rough_path(source: _Side, translation: _Side) -> list[tuple[int, int]]:
    """A path by the sentences as a whole, from long runs of them to single ones."""
    levels = [(source, translation)]
    while max(map(len, levels[-1])) > _UNBOUNDED:
        levels.append((levels[-1][0].halved(), levels[-1][1].halved()))
    ratio = float(translation.lengths.sum() / source.lengths.sum())
    windows = _open(len(levels[-1][0]), len(levels[-1][1]))
    path: list[tuple[int, int]] = []
    for level, sides in reversed(list(enumerate(levels))):
        path = _find_path(windows, _Worth(*sides, ratio, links=_ROUGH_LINKS))
        if level:
            windows = _bound(path, *map(len, levels[level - 1]))
    return path


def _ratio(source: _Side, translation: _Side, path: Sequence[tuple[int, int]]) -> float:
    """Characters of the translation for each of the source, where they are linked."""
    sums = np.zeros(2)
    for (i, j), (end, last) in pairwise(path):
        if i < end and j < last:
            sums += source.lengths[i:end].sum(), translation.lengths[j:last].sum()
    if not sums.all():
        sums = np.array([source.lengths.sum(), translation.lengths.sum()])
    return float(sums[1] / sums[0])


def _cut(
    source: _Side, translation: _Side, path: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Places on a path, from its first to its last, between which parts are small enough."""
    first, second = source.runs(1).vectors, translation.runs(1).vectors
    sure = [
        min(
            float(first[i] @ second[j]) if _is_pair((i, j), after) else -1.0
            for (i, j), after in ((before, place), (place, after))
        )
        for before, place, after in zip(path, path[1:], path[2:], strict=False)
    ]
    cuts, at = [path[0]], 0
    while max(path[-1][0] - path[at][0], path[-1][1] - path[at][1]) > _PART:
        near = [
            index
            for index in range(at + 1, min(at + 2 * _PART + 1, len(path) - 1))
            if _PART // 2
            <= max(path[index][0] - cuts[-1][0], path[index][1] - cuts[-1][1])
            <= _PART
        ]
        at = max(near, key=lambda index: (sure[index - 1], index))
        cuts.append(path[at])
    return [*cuts, path[-1]]


def _is_pair(place: tuple[int, int], after: tuple[int, int]) -> bool:
    return (after[0] - place[0], after[1] - place[1]) == (1, 1)


def _bound(path: Sequence[tuple[int, int]], rows: int, columns: int) -> list[tuple[int, int]]:
    """Windows around a path of runs, for runs of half the length."""
    low, high = [columns] * (rows + 1), [0] * (rows + 1)
    for place, after in pairwise(path):
        top, bottom = 2 * place[0], min(2 * after[0], rows)
        left, right = 2 * place[1], min(2 * after[1], columns)
        for row in range(max(0, top - _BAND), min(rows, bottom + _BAND) + 1):
            low[row] = min(low[row], max(0, left - _BAND))
            high[row] = max(high[row], min(columns, right + _BAND))
    return [(a, b + 1) for a, b in zip(low, high, strict=True)]


def _alone(i: int, end: int, j: int, last: int) -> Iterator[Link]:
    for index in range(i, end):
        yield Link(range(index, index + 1), range(j, j))
    for index in range(j, last):
        yield Link(range(end, end), range(index, index + 1))
