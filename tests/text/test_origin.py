"""From characters of an extracted text to those of its file."""

from __future__ import annotations

from array import array

from mtqa.text.document import Origin, Span, Unit

#        0         1         2
#        0123456789012345678901234567
FILE = "<p>Fish &amp; chips</p><p>No"
TEXT = "Fish & chips\nNo"
ORIGIN = Origin(
    FILE,
    starts=array("l", [0, 5, 6, 13]),
    ends=array("l", [5, 6, 12, 15]),
    file_starts=array("l", [3, 8, 13, 26]),
    file_ends=array("l", [8, 13, 19, 28]),
    units=(Unit(Span(0, 12), "a"), Unit(Span(13, 15), "b")),
)


def located(words: str) -> str:
    start = TEXT.index(words)
    return FILE[slice(*ORIGIN.locate(Span(start, start + len(words))))]


def test_copied_characters_are_found_one_by_one() -> None:
    assert located("sh") == "sh"
    assert located("chips") == "chips"


def test_an_entity_is_taken_whole() -> None:
    assert located("&") == "&amp;"
    assert located("h & c") == "h &amp; c"


def test_a_span_over_markup_takes_it_in() -> None:
    assert located("chips\nNo") == "chips</p><p>No"


def test_a_unit_is_named_for_what_begins_in_it() -> None:
    assert [ORIGIN.unit(offset) for offset in (0, 11, 12, 13, 14, 15)] == [
        "a",
        "a",
        None,
        "b",
        "b",
        None,
    ]
