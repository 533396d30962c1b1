"""Paragraphs and sentences: where they begin and end, to the character."""

from __future__ import annotations

import pytest

from mtqa.text.analysis import Analysis
from mtqa.text.document import Document


def sentences(text: str, lang: str = "en") -> list[str]:
    analysis = Analysis(Document("story.txt", text, lang))
    return [text[span.start : span.end] for span in analysis.sentences]


def paragraphs(text: str) -> list[str]:
    analysis = Analysis(Document("story.txt", text, "en"))
    return [text[span.start : span.end] for span in analysis.paragraphs]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It rained. It stopped.", ["It rained.", "It stopped."]),
        ("“It rained. It stopped,” he said.", ["“It rained.", "It stopped,” he said."]),
        ("“It rained.” She left.", ["“It rained.”", "She left."]),
        ('"It rained." She left.', ['"It rained."', "She left."]),
        ("“Is it so?” he asked. No.", ["“Is it so?” he asked.", "No."]),
        ("Mr. Smith met Ms. Jones. They left.", ["Mr. Smith met Ms. Jones.", "They left."]),
        ("J. K. Rowling wrote it. She said so.", ["J. K. Rowling wrote it.", "She said so."]),
        ("1. The first. 2. The second.", ["1. The first.", "2. The second."]),
        ("The U.S. Army left. It rained.", ["The U.S. Army left.", "It rained."]),
        ("… and so on. Then … nothing.", ["… and so on.", "Then … nothing."]),
        ("它下雨了。“真的吗？”他问。", ["它下雨了。", "“真的吗？”", "他问。"]),
        ("« Il pleut. » Elle part.", ["« Il pleut. »", "Elle part."]),
        ("„Es regnet.“ Sie geht.", ["„Es regnet.“", "Sie geht."]),
        ("वह आया। वह गया।", ["वह आया।", "वह गया।"]),
        ("", []),
        (" \n\t ", []),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("et", "1852. aastal kaotati see ja 1867. aastal kõik muu."),
        ("is", "Hinn 12. mars 1999 hófst það."),
        ("hr", "Dana 12. ožujka je počelo, a 1999. godine završilo."),
        ("tr", "19. yüzyılda başladı ve 20. yüzyılda bitti."),
    ],
)
def test_the_stop_of_an_ordinal_ends_no_sentence(lang: str, text: str) -> None:
    assert sentences(text, lang) == [text]


def test_a_sentence_never_runs_across_paragraphs() -> None:
    assert sentences("A headline without a stop\n\nThe text begins.") == [
        "A headline without a stop",
        "The text begins.",
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028"])
def test_every_line_is_a_paragraph_whatever_ends_it(end: str) -> None:
    assert paragraphs(f"One.{end}Two.{end}{end}Three.{end}") == ["One.", "Two.", "Three."]


def test_hard_wrapped_lines_make_one_paragraph() -> None:
    text = (
        "The ministry said on Monday that the bridge over the river would stay\n"
        "closed until the end of the month, because two of its pillars had been\n"
        "damaged by the flood and could not be\n"
        "repaired before.\n"
        "\n"
        "Drivers were told to take the ferry, which leaves every hour from the\n"
        "old harbour and takes up to forty cars."
    )
    assert len(paragraphs(text)) == 2
    assert len(sentences(text)) == 2


def test_a_list_of_short_lines_is_not_hard_wrapped() -> None:
    assert len(paragraphs("Milk\nBread\nHoney\nSalt")) == 4


def test_marks_alone_belong_to_the_sentence_before() -> None:
    assert sentences("It rained. ”\nIt stopped.") == ["It rained. ”", "It stopped."]
