"""Sentences that find their sources; vectors stand in for what the encoder makes of words."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np
import pytest

from mtqa.qe import align
from mtqa.qe.align import Floats, Link, Unrelated, align_sentences, align_texts
from mtqa.text.analysis import Analysis
from mtqa.text.document import Document, Segment, Span


@cache
def vector(word: str) -> Floats:
    return np.random.default_rng(zlib.crc32(word.encode())).standard_normal(32).astype(np.float32)


def encode(sentences: Sequence[str]) -> Iterator[tuple[int, Floats]]:
    """A vector for each word, the same in either language."""
    for index, sentence in reversed(list(enumerate(sentences))):
        words = sentence.lower().replace(".", " .").split()
        yield index, np.stack([vector(word) for word in words])


def text(*numbers: int) -> list[str]:
    """Sentences of eight words that they share with no other number's."""
    return [" ".join(f"w{number}x{k}" for k in range(8)) + "." for number in numbers]


def links(source: Sequence[str], translation: Sequence[str]) -> list[tuple[list[int], list[int]]]:
    found = align_sentences(source, translation, encode)
    assert [i for link in found for i in link.source] == list(range(len(source)))
    assert [j for link in found for j in link.translation] == list(range(len(translation)))
    return [(list(link.source), list(link.translation)) for link in found]


def test_each_sentence_finds_its_own() -> None:
    lines = text(1, 2, 3, 4)
    assert links(lines, lines) == [([n], [n]) for n in range(4)]


def test_what_has_no_counterpart_stays_alone() -> None:
    assert links(text(1, 2, 3, 4), text(1, 3, 4)) == [
        ([0], [0]),
        ([1], []),
        ([2], [1]),
        ([3], [2]),
    ]
    assert links(text(1, 2, 3), text(1, 2, 9, 3)) == [
        ([0], [0]),
        ([1], [1]),
        ([], [2]),
        ([2], [3]),
    ]


@pytest.mark.parametrize("count", [2, 3, 4])
def test_a_sentence_may_be_rendered_by_several(count: int) -> None:
    first, *parts, last = text(*range(count + 2))
    whole = [first, " ".join(parts), last]
    expected = [([0], [0]), ([1], list(range(1, count + 1))), ([2], [count + 1])]
    assert links(whole, [first, *parts, last]) == expected
    assert links([first, *parts, last], whole) == [(b, a) for a, b in expected]


def test_two_that_are_cut_elsewhere_go_together() -> None:
    words = " ".join(text(1, 2)).split()
    source = [" ".join(words[:5]), " ".join(words[5:])]
    translation = [" ".join(words[:11]), " ".join(words[11:])]
    assert links(source + text(3), translation + text(3)) == [([0, 1], [0, 1]), ([2], [2])]


def test_one_side_may_be_empty() -> None:
    assert links([], text(1, 2)) == [([], [0]), ([], [1])]
    assert links(text(1), []) == [([0], [])]
    assert links([], []) == []


def test_long_texts_are_aligned_in_parts_to_the_same_end() -> None:
    source = text(*range(700))
    translation = text(*range(150), *range(400, 600), *range(1000, 1040), *range(600, 700))
    expected = [([n], [n]) for n in range(150)]
    expected += [([n], []) for n in range(150, 400)]
    expected += [([n], [n - 250]) for n in range(400, 600)]
    expected += [([], [n]) for n in range(350, 390)]
    expected += [([n], [n - 210]) for n in range(600, 700)]
    assert links(source, translation) == expected


def test_vectors_that_are_computed_again_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    source, translation = text(*range(90)), text(*range(30), *range(34, 90))
    before = links(source, translation)
    monkeypatch.setattr(align, "_KEPT", 10)
    assert links(source, translation) == before


def test_links_become_segments_of_the_texts() -> None:
    one, two, three, nine = (line.capitalize() for line in text(1, 2, 3, 9))
    source, translation = f"{one} {two} {three}", f"{one}\n\n{three} {nine}"

    def span(whole: str, part: str) -> Span:
        return Span(whole.index(part), whole.index(part) + len(part))

    own, other = (Analysis(Document("d", whole, "en")) for whole in (translation, source))
    assert align_texts(own, other, encode) == (
        Segment(span(translation, one), span(source, one)),
        Segment(None, span(source, two)),
        Segment(span(translation, three), span(source, three)),
        Segment(span(translation, nine), None),
    )


def test_a_link_is_a_pair_of_ranges() -> None:
    assert align_sentences(text(1), text(1), encode) == [Link(range(1), range(1))]


def test_texts_that_do_not_belong_together_are_refused() -> None:
    with pytest.raises(Unrelated, match="is that the right file"):
        align_sentences(text(*range(12)), text(*range(50, 62)), encode)
    align_sentences(text(*range(20)), text(*range(10)), encode)  # half of it is missing
    align_sentences(text(1), text(2), encode)  # too short to tell
