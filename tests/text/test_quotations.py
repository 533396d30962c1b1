"""How the marks of a document are read."""

from __future__ import annotations

import pytest

from mtqa.text.analysis import Analysis
from mtqa.text.document import Document
from mtqa.text.quotations import Quotations, Side, quotation_marks, quotes_with_guillemets


def read(text: str, lang: str = "en") -> Quotations:
    return Analysis(Document("case.txt", text, lang)).quotations


def quoted(text: str, lang: str = "en") -> list[str]:
    return [text[pair.start : pair.end] for pair in read(text, lang).pairs]


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("en", "“Yes,” she said.", ["“Yes,”"]),
        ("en", '"Yes," she said. "No," he said.', ['"Yes,"', '"No,"']),
        ("en", "‘James’ car,’ he said.", ["‘James’ car,’"]),
        ("en", "a rock ’n’ roll band of the ’90s", []),
        ("en", 'He is 6\'2" and owns a 12" record.', []),
        ("en", '"He is 6\'2" tall," she said.', ['"He is 6\'2" tall,"']),
        ("en", "``Yes,'' she said.", ["``Yes,''"]),
        ("en", '“Yes," she said.', ['“Yes,"']),
        ("de", "„Ja“, sagte sie. »Nein«, sagte er.", ["„Ja“", "»Nein«"]),
        ("fr", "« Oui », dit-elle à l’été.", ["« Oui »"]),
        ("sv", "”Ja”, sade hon.", ["”Ja”"]),
        ("pl", "„Tak” – powiedziała.", ["„Tak”"]),
        ("ru", "«Я читаю „Правду“», — сказал он.", ["«Я читаю „Правду“»", "„Правду“"]),
        ("zh", "他说“可以”。《新书》", ["“可以”", "《新书》"]),
        ("ja", "市長は「『春』を読んだ」と話した。", ["「『春』を読んだ」", "『春』"]),
        ("he", 'צה"ל הודיע: "אנחנו מוכנים".', ['"אנחנו מוכנים"']),
        ("th", "เขากล่าวว่า“พร้อม”และไป", ["“พร้อม”"]),
        ("und", "“Yes” and « no »", ["“Yes”", "« no »"]),
    ],
)
def test_quotations_of_a_language(lang: str, text: str, expected: list[str]) -> None:
    assert quoted(text, lang) == expected
    assert read(text, lang).unpaired == ()


def test_a_nested_quotation_is_one_deeper() -> None:
    pairs = read("“He said ‘go’ and “run” to us,” she said.").pairs
    assert [pair.depth for pair in pairs] == [0, 1, 1]


def test_a_quotation_over_paragraphs_says_where_it_is_reopened() -> None:
    text = "“One.\n\n“Two.\n\n“Three,” she said."
    (pair,) = read(text).pairs
    assert pair.end == text.index("”") + 1
    assert pair.reopened == (7, 14)


@pytest.mark.parametrize(
    ("text", "offset", "side"),
    [
        ("“One, he said. “Two,” she said.", 0, Side.OPENING),
        ('"One, he said. "Two," she said.', 0, Side.OPENING),
        ("“One,” he said. Two,” she said.", 20, Side.CLOSING),
        ('"One," he said. Two," she said.', 20, Side.CLOSING),
    ],
)
def test_the_mark_left_alone_is_the_one_whose_partner_is_gone(
    text: str, offset: int, side: Side
) -> None:
    (mark,) = read(text).unpaired
    assert (mark.span.start, mark.side) == (offset, side)


def test_a_blank_line_ends_a_quotation_sooner_than_a_line_break() -> None:
    lines = "“One.\nTwo.\n“Three,” she said. “Four,” he said."
    paragraphs = lines.replace("\n", "\n\n")
    assert read(lines).unpaired == ()
    assert len(read(paragraphs).unpaired) == 1


def test_the_outermost_quotation_at_an_offset() -> None:
    text = "He said “we ‘go’ now” and left."
    quotations = read(text)
    inside = quotations.outermost_at(text.index("go"))
    assert inside is not None
    assert text[inside.start : inside.end] == "“we ‘go’ now”"
    assert quotations.outermost_at(text.index("left")) is None


def test_brackets_are_paired_and_list_numerals_are_none() -> None:
    text = "1) water (clean [boiled])\n2) rope :)"
    quotations = read(text)
    assert [text[pair.start : pair.end] for pair in quotations.brackets] == [
        "(clean [boiled])",
        "[boiled]",
    ]
    assert quotations.unpaired_brackets == ()


@pytest.mark.parametrize("text", ["", " ", '"', "“", "('", "”\n“\n’\n'", "\u2028“\u2028”"])
def test_scraps_are_read_without_complaint(text: str) -> None:
    quotations = read(text)
    for mark in (*quotations.unpaired, *quotations.unpaired_brackets):
        assert 0 <= mark.span.start < mark.span.end <= len(text)


def test_marks_come_from_cldr() -> None:
    assert quotation_marks("de") == ("„", "“", "‚", "‘")
    assert quotation_marks("fr")[:2] == ("«", "»")
    assert quotation_marks("xx") == ("“", "”", "‘", "’")
    assert quotes_with_guillemets("es")
    assert not quotes_with_guillemets("en")
