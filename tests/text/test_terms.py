"""Terms are found whatever their inflection, and nothing else is."""

from __future__ import annotations

import pytest

from mtqa.text.terms import TermFinder, is_derived, longest


def found(text: str, lang: str, *terms: str) -> list[str]:
    return [text[slice(*match.span)] for match in TermFinder(terms, lang).find(text)]


@pytest.mark.parametrize(
    ("lang", "term", "text", "finds"),
    [
        ("en", "border crossing", "Border crossings and a border-crossing.", ["Border crossings", "border-crossing"]),
        ("en", "border crossing", "At the border, crossing is hard.", []),
        ("en", "WHO", "The WHO’s report: who cares?", ["WHO’s"]),
        ("en", "NGO", "Two NGOs left.", ["NGOs"]),
        ("en", "Turkey", "Turkey has no turkey.", ["Turkey"]),
        ("de", "Grenzübergang", "An den Grenzübergängen.", ["Grenzübergängen"]),
        ("fr", "usine", "L’usine et les usines.", ["usine", "usines"]),
        ("ru", "пограничный переход", "О пограничных переходах.", ["пограничных переходах"]),
        ("uk", "голова держави", "Голові держави сказали.", ["Голові держави"]),
        ("uk", "міністр", "Міністром став міністерський радник.", ["Міністром"]),
        ("he", "ממשלה", "בממשלה ושהממשלה", ["ממשלה", "ממשלה"]),
        ("ko", "외교부", "외교부에서는 외교관이", ["외교부에서는"]),
        ("ja", "タイ", "タイのタイトル、ケータイ", ["タイ"]),
        ("zh", "人民", "人民币和人民", ["人民", "人民"]),
        ("th", "รัฐบาล", "ของรัฐบาลไทย", ["รัฐบาล"]),
    ],
)  # fmt: skip
def test_a_term_in_a_text(lang: str, term: str, text: str, finds: list[str]) -> None:
    assert found(text, lang, term) == finds


def test_a_term_within_a_longer_one_is_left_out() -> None:
    matches = TermFinder(["人民", "人民币"], "zh").find("人民币和人民")
    assert [(match.term, match.span.start) for match in longest(matches)] == [(1, 0), (0, 4)]


@pytest.mark.parametrize(
    ("word", "term", "is_so"),
    [
        ("Russian", "Russia", True),
        ("Turkish", "Turkey", True),
        ("Ukrainians", "Ukraine", True),
        ("Mohamed", "Mohammad", False),
        ("Iranian", "Iraq", False),
    ],
)
def test_derived_words(word: str, term: str, is_so: bool) -> None:
    assert is_derived(word, term) is is_so
