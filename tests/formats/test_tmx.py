"""TMX."""

from __future__ import annotations

import pytest

from mtqa.formats.plain import Unreadable
from tests.formats.readings import found, pairs, read

TMX = '<?xml version="1.0"?>\n<tmx version="1.4"><header srclang="{}"/><body>{}</body></tmx>'


def unit(*texts: tuple[str, str], id: str = "") -> str:
    variants = "".join(f'<tuv xml:lang="{lang}"><seg>{seg}</seg></tuv>' for lang, seg in texts)
    return f"<tu{id}><prop type='x'>no</prop>{variants}</tu>\n"


def test_units_go_from_the_source_language_into_the_other_one() -> None:
    content = TMX.format(
        "de-DE",
        unit(("de-DE", "Er kam."), ("en-US", "He came."), id=' tuid="a7"')
        + unit(("en-GB", "She left."), ("de", "Sie ging."))
        + unit(("de", "Es regnete.")),
    )
    reading = read("tmx", content)
    assert pairs(reading) == [
        ("He came.", "Er kam."),
        ("She left.", "Sie ging."),
        (None, "Es regnete."),
    ]
    assert (reading.source_lang, reading.target_lang) == ("de", "en")
    assert reading.ids == ("a7", "tu 2", "tu 3")


def test_codes_are_nothing_and_highlights_are_transparent() -> None:
    seg = 'He <bpt i="1">&lt;b><sub>no</sub></bpt>c<hi>am</hi>e<ept i="1"/> R&amp;D<ph>{0}</ph>.'
    reading = read("tmx", TMX.format("de", unit(("de", "x"), ("en", seg))))
    assert reading.text == "He came R&D."
    seg = "There are <ph/> of <ph>{0}</ph> files."
    assert read("tmx", TMX.format("de", unit(("de", "x"), ("en", seg)))).text == (
        "There are \ufffc of \ufffc files."
    )
    assert found(reading, "came R&D") == 'c<hi>am</hi>e<ept i="1"/> R&amp;D'


def test_the_user_says_which_of_several_languages_counts() -> None:
    content = TMX.format("*all*", unit(("de", "Er kam."), ("en", "He came."), ("fr", "Il vint.")))
    with pytest.raises(Unreadable, match=r"which of its languages \(de, en, fr\) is the transl"):
        read("tmx", content)
    reading = read("tmx", content, target_lang="fr", source_lang="en")
    assert pairs(reading) == [("Il vint.", "He came.")]
    assert pairs(read("tmx", content, target_lang="en")) == [("He came.", None)]
    with pytest.raises(Unreadable, match="holds nothing in it; its languages are de, en, fr"):
        read("tmx", content, target_lang="it")


def test_a_memory_of_two_varieties_of_a_language_goes_from_its_source_into_the_other() -> None:
    units = unit(("pt-BR", "O ônibus parou."), ("pt_PT", "O autocarro parou."))
    reading = read("tmx", TMX.format("PT-br", units))
    assert pairs(reading) == [("O autocarro parou.", "O ônibus parou.")]
    assert (reading.source_lang, reading.target_lang) == ("pt", "pt")


def test_characters_that_memoq_shows_as_tags_are_characters() -> None:
    character = '<ph>&lt;mq:ch val="{}" /&gt;</ph>'
    seg = f"The port{character.format('&amp;#160;')}was{character.format('')}closed."
    reading = read("tmx", TMX.format("de", unit(("de", "x"), ("en", seg))))
    assert reading.text == "The port\xa0was closed."


def test_a_memory_of_two_languages_needs_the_target_only() -> None:
    content = TMX.format("*all*", unit(("de", "Er kam."), ("en", "He came.")))
    assert pairs(read("tmx", content, target_lang="de")) == [("Er kam.", "He came.")]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("<html/>", "is no TMX: its first element is html; name its format"),
        (TMX.format("de", ""), r"which of its languages \(none\)"),
        (TMX.format("de", unit(("de", "x"), ("en", " "))), "holds no translation yet"),
    ],
)
def test_what_is_no_tmx_is_refused(content: str, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        read("tmx", content)
