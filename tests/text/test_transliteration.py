from __future__ import annotations

import pytest

from mtqa.text.transliteration import is_transliterated, log_odds, split_units


@pytest.mark.parametrize(
    ("name", "word", "script", "other"),
    [
        ("petrov", "Петрова", "Cyrillic", "ivanov"),
        ("christopher", "Кристофера", "Cyrillic", "jonathan"),
        ("netanyahu", "ונתניהו", "Hebrew", "gorbachev"),
        ("mansouri", "المنصوري", "Arabic", "benjelloun"),
        ("mitsotakis", "Μητσοτάκης", "Greek", "papadopoulos"),
        ("narendra", "नरेन्द्र", "Devanagari", "chandrashekhar"),
        ("jaein", "문재인", "Hangul", "fernandez"),
        ("tbilisi", "თბილისში", "Georgian", "yerevan"),
        ("yerevan", "Երևանում", "Armenian", "tbilisi"),
        ("zelensky", "泽连斯基", "Han", "johnson"),
        ("xiaoliang", "李效良", "Han", "zhenguo"),
        ("yoshimura", "ヨシムラ", "Katakana", "takahashi"),
    ],
)
def test_a_name_sounds_like_its_own_word_and_another_does_not(
    name: str, word: str, script: str, other: str
) -> None:
    assert log_odds(name, word, script) > 3
    assert log_odds(other, word, script) < -3


def test_a_script_that_has_not_been_learnt_tells_nothing() -> None:
    assert not is_transliterated("Tifinagh")
    assert log_odds("tamazight", "ⵜⴰⵎⴰⵣⵉⵖⵜ", "Tifinagh") == float("-inf")


def test_chinese_characters_are_read_in_their_word() -> None:
    assert split_units("重庆", "Han") == ("ch-", "-ong", "q-", "-ing")
    assert split_units("重要", "Han")[0] == "zh-"


def test_points_and_vowel_signs_of_hebrew_and_arabic_do_not_count() -> None:
    assert split_units("שָׁלוֹם", "Hebrew") == tuple("שלום")
    assert split_units("مُحَمَّد", "Arabic") == tuple("محمد")
