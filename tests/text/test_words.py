"""Words: runs of letters and numbers, with their places."""

from __future__ import annotations

import pytest

from mtqa.text.words import find_words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Don’t stop", ["Don’t", "stop"]),
        ("Chaman-Spinboldak", ["Chaman", "Spinboldak"]),
        ("1,234.5 km", ["1,234.5", "km"]),
        ("नमस्ते दुनिया", ["नमस्ते", "दुनिया"]),
        ("e\u0301te\u0301", ["e\u0301te\u0301"]),
        ("‘yes’", ["yes"]),
        ("…—!", []),
    ],
)
def test_words_are_what_a_dictionary_would_list(text: str, expected: list[str]) -> None:
    assert list(find_words(text)) == expected


def test_a_word_stands_where_its_span_says() -> None:
    text = "𝔘 tail, then Spinboldak"
    words = find_words(text)
    assert [text[slice(*words.span(index))] for index in range(len(words))] == list(words)


def test_words_within_a_range_begin_in_it() -> None:
    words = find_words("one two three four")
    assert [words[index] for index in words.within(4, 14)] == ["two", "three"]
    assert [words[index] for index in words.within(5, 14)] == ["three"]
