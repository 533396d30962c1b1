"""Words and literal evidence."""

import pytest

from mtqa.qe.segments import (
    NUMBER_FOUND,
    NUMBER_MISSING,
    SAME_WORD,
    SOUNDS_ALIKE,
    literal_kinds,
    number_value,
    sound_of,
    token_classes,
    token_words,
    word_spans,
)


def words(text: str) -> list[str]:
    return [text[s:e] for s, e in word_spans(text)]


def test_words_and_marks() -> None:
    assert words("He didn't pay 1,250.5 euros.") == ["He", "didn't", "pay", "1,250.5", "euros", "."]
    assert words("Spin-Boldak (again)") == ["Spin-Boldak", "(", "again", ")"]
    assert words("他在北京。") == ["他", "在", "北", "京", "。"]
    assert words("  ") == []


def test_vowel_signs_stay_in_their_word() -> None:
    assert words("नेपाल सरकार") == ["नेपाल", "सरकार"]


@pytest.mark.parametrize(
    ("left", "right"),
    [("1,234.5", "1.234,5"), ("२०१५", "2015"), ("007", "7")],
)
def test_one_number_in_two_conventions(left: str, right: str) -> None:
    assert number_value(left) == number_value(right)


@pytest.mark.parametrize(
    ("name", "other"),
    [("Putin", "Путин"), ("Mohamed", "Mohammad"), ("Tokyo", "トキオ"), ("Shevchenko", "Шевченко")],
)
def test_a_name_sounds_alike_in_other_letters(name: str, other: str) -> None:
    assert sound_of(name) == sound_of(other)


def test_evidence_of_a_pair() -> None:
    source = "Владимир Путин прибыл в Reuters 12 мая 2014"
    text = "Vladimir Putin came to Reuters on 12 May 2015"
    kinds = {text[s:e]: kind for s, e, kind in literal_kinds(text, source)}
    assert kinds["Putin"] == SOUNDS_ALIKE
    assert kinds["Vladimir"] == SOUNDS_ALIKE
    assert kinds["Reuters"] == SAME_WORD
    assert kinds["12"] == NUMBER_FOUND
    assert kinds["2015"] == NUMBER_MISSING
    assert "on" not in kinds


def test_tokens_take_the_class_of_the_span_they_overlap() -> None:
    offsets = [(0, 0), (0, 2), (2, 5), (5, 9), (9, 9)]
    assert token_classes(offsets, [(3, 5, 2)]) == [0, 0, 2, 0, 0]
    assert token_words(offsets, [(0, 5), (6, 9), (20, 22)]) == [[1, 2], [3], []]
