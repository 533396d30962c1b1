"""Name mentions, found without a model."""

from __future__ import annotations

import pytest

from mtqa.text.analysis import Analysis
from mtqa.text.document import Document
from mtqa.text.names import Names, is_common, is_no_name


def names(text: str, lang: str = "en") -> Names:
    return Analysis(Document("story.txt", text, lang)).names


def mentions(text: str, lang: str = "en") -> list[str]:
    return [text[mention.start : mention.end] for mention in names(text, lang).mentions]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We met Raz Mohamed there.", ["We", "Raz Mohamed"]),
        ("at the Ministry of the Interior in Kabul", ["Ministry of the Interior", "Kabul"]),
        ("near Chaman-Spinboldak", ["Chaman-Spinboldak"]),
        ("for Bashar al-Assad and Omar bin Laden", ["Bashar al-Assad", "Omar bin Laden"]),
        ("by J. K. Rowling", ["J. K. Rowling"]),
        ("in Pakistan’s south, James’ car", ["Pakistan", "James"]),
        ("with Kim Jong-un, a Tehran-based man", ["Kim Jong-un", "Tehran"]),
        ("see Chinanews.com", []),
        ("with @Kakar and #Kabul", []),
        ("塔利班星期三占领了斯平布尔达克。", []),
    ],
)
def test_a_mention_is_a_run_of_capitalised_words(text: str, expected: list[str]) -> None:
    assert mentions(text) == expected


def test_a_common_word_at_the_start_of_a_sentence_is_no_name() -> None:
    forms = names("Residents left. Kakar stayed. “Trucks wait,” said Kakar.").forms
    assert set(forms) == {"Kakar"}


def test_a_heading_in_title_case_adds_no_common_words() -> None:
    text = "Soldiers Leave Bridge Near Karvand\n\nThe soldiers left the bridge near Karvand."
    assert set(names(text).forms) == {"Karvand"}


def test_a_form_knows_what_stands_beside_it() -> None:
    form = names("Yesterday Arif Kakar spoke. President Kakar left.").forms["Kakar"]
    assert form.before == {"arif"}
    assert len(form.spans) == 2


def test_a_form_inside_a_compound_is_not_alone() -> None:
    form = names("The Chaman-Spinboldak road to Spinboldak is shut.").forms["Spinboldak"]
    assert (len(form.spans), form.alone) == (2, 1)


def test_given_names_that_are_words_may_be_names() -> None:
    assert is_common("Mark", "en")
    assert not is_no_name("Mark", "en")
    assert is_no_name("Minister", "en")
