"""XLIFF 1.2 and 2.x."""

from __future__ import annotations

import pytest

from mtqa.formats.plain import Unreadable
from tests.formats.readings import found, pairs, paragraphs, read

ONE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<xliff xmlns="urn:oasis:names:tc:xliff:document:1.2" version="1.2">'
    '<file source-language="de-DE" target-language="en"><body>{}</body></file></xliff>'
)
TWO = (
    '<xliff xmlns="urn:oasis:names:tc:xliff:document:2.1" version="2.1" srcLang="de" trgLang="en">'
    '<file id="f"><notes><note>no</note></notes>{}</file></xliff>'
)
UNIT = '<trans-unit id="u"{}><source>{}</source><target{}>{}</target></trans-unit>'


def one(*units: str) -> str:
    return ONE.format("\n".join(units))


def test_a_unit_has_its_source_and_its_translation() -> None:
    reading = read("xliff", one(UNIT.format("", "Er kam.", "", "He came.")))
    assert pairs(reading) == [("He came.", "Er kam.")]
    assert (reading.source_lang, reading.target_lang, reading.ids) == ("de", "en", ("u",))
    assert reading.origin is not None
    assert reading.origin.unit(3) == "u"


def test_inline_elements_are_transparent_and_placeholders_are_nothing() -> None:
    target = (
        'He <g id="1">ca<mrk mtype="term">me</mrk></g><ph id="2">&lt;i></ph> at<x id="3"/>'
        '<bpt id="4">[b]<sub>no</sub></bpt> R&amp;D<ept id="4">[/b]</ept>.<it id="5">x</it>'
    )
    reading = read("xliff", one(UNIT.format("", "Er kam.", "", target)))
    assert reading.text == "He came at R&D."
    assert found(reading, "came") == 'ca<mrk mtype="term">me'
    assert found(reading, "R&D") == "R&amp;D"


def test_a_placeholder_for_a_line_break_breaks_the_line() -> None:
    target = 'Port of Split<x id="1" ctype="lb"/>It rained.'
    reading = read("xliff", one(UNIT.format("", "x", "", target)))
    assert paragraphs(reading) == ["Port of Split", "It rained."]
    unit = (
        '<unit id="u"><segment><source>x</source><target>a<ph id="1" subType="xlf:lb"/>b</target>'
    )
    assert paragraphs(read("xliff", TWO.format(unit + "</segment></unit>"))) == ["a", "b"]


@pytest.mark.parametrize(
    ("target", "text"),
    [
        ('There are <x id="1"/> of <ph id="2">%d</ph> files.', "There are \ufffc of \ufffc files."),
        ('<x id="1"/> of (<x id="2"/>).', "\ufffc of (\ufffc)."),
        ('Sent to <x id="1"/>', "Sent to \ufffc"),
        ('The <x id="1"/>mayor<x id="2"/> came.', "The mayor came."),
        ('The <bpt id="1"/> mayor<ept id="1"/> came.', "The mayor came."),
        ('<x id="1"/>Yes<x id="2"/>', "Yes"),
    ],
)
def test_a_placeholder_that_stands_as_a_word_does_is_an_object(target: str, text: str) -> None:
    assert read("xliff", one(UNIT.format("", "x", "", target))).text == text
    kept = UNIT.format(' xml:space="preserve"', "x", "", target)
    assert read("xliff", one(kept)).text.split() == text.split()


def test_the_header_of_a_po_file_is_no_unit() -> None:
    header = UNIT.format(' restype="x-gettext-domain-header"', "Language: uk", "", "Language: en")
    assert read("xliff", one(header, UNIT.format("", "x", "", "He came."))).text == "He came."


def test_a_placeholder_alone_is_no_translation() -> None:
    units = UNIT.format("", "x", "", "He came.") + UNIT.format("", "x", "", ' <x id="1"/> ')
    assert read("xliff", one(units)).text == "He came."


def test_cdata_and_references_are_characters() -> None:
    target = "<![CDATA[R&D <b>&amp;]]> &#x201c;caf&#233;&quot;"
    reading = read("xliff", one(UNIT.format("", "x", "", target)))
    assert reading.text == 'R&D <b>&amp; “café"'
    assert found(reading, "<b>&amp;") == "<b>&amp;"
    assert found(reading, "“café") == "&#x201c;caf&#233;"


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_places_hold_with_any_line_end_and_letters_of_any_length(newline: str) -> None:
    units = [UNIT.format("", "Пожар 😀", "", "Fire\nin 😀 Ростовка."), "<!-- é -->"]
    content = one(*units * 2).replace("\n", newline)
    for encoding in ("utf-8", "utf-16"):
        declared = content.replace("UTF-8", encoding.upper())
        reading = read("xliff", declared, encoding=encoding)
        assert found(reading, "Ростовка") == "Ростовка"
        assert reading.file[reading.places[1] :].startswith("<trans-unit")


def test_white_space_counts_where_the_file_says_so() -> None:
    text = "\n    The port of  Split\n    was closed.\n  "
    for newline in ("\n", "\r\n", "\r"):
        content = one(UNIT.format("", "x", "", text)).replace("\n", newline)
        assert paragraphs(read("xliff", content)) == ["The port of Split was closed."]
    explicit = one(UNIT.format("", "x", "", "The port&#10;was closed."))
    assert paragraphs(read("xliff", explicit)) == ["The port", "was closed."]
    preserved = one(UNIT.format(' xml:space="preserve"', "x", "", text))
    assert paragraphs(read("xliff", preserved)) == ["The port of  Split", "was closed."]
    back = one(UNIT.format(' xml:space="preserve"', "x", ' xml:space="default"', text))
    assert len(paragraphs(read("xliff", back))) == 1


def test_what_is_not_translated_is_a_segment_without_translation() -> None:
    reading = read(
        "xliff",
        one(
            UNIT.format("", "Er kam.", "", "He came."),
            '<trans-unit id="2"><source>Sie ging.</source></trans-unit>',
            UNIT.format("", "Es regnete.", "", " <x/> "),
            UNIT.format("", "Nein.", ' state="needs-translation"', "Nein."),
            UNIT.format("", "Reuters", ' state="final"', "Reuters"),
            UNIT.format("", "Ja.", ' state="new"', "Yes."),
        ),
    )
    assert pairs(reading) == [
        ("He came.", "Er kam."),
        (None, "Sie ging."),
        (None, "Es regnete."),
        (None, "Nein."),
        ("Reuters", "Reuters"),
        ("Yes.", "Ja."),
    ]


def test_what_is_not_to_be_translated_is_left_out() -> None:
    group = '<group translate="no">{}<group translate="yes">{}</group></group>'
    reading = read(
        "xliff",
        one(
            UNIT.format(' translate="no"', "a", "", "a"),
            group.format(UNIT.format("", "b", "", "b"), UNIT.format("", "c", "", "c")),
        ),
    )
    assert reading.text == "c"


def test_notes_and_matches_of_a_memory_are_passed_over() -> None:
    extra = (
        "<note>no</note><alt-trans><source>no</source><target>no</target></alt-trans>"
        '<x:y xmlns:x="urn:x"><target>no</target></x:y></trans-unit>'
    )
    unit = UNIT.format("", "Er kam.", "", "He came.").replace("</trans-unit>", extra)
    assert pairs(read("xliff", one(unit))) == [("He came.", "Er kam.")]


def test_marked_segments_pair_up_by_their_ids() -> None:
    unit = (
        '<trans-unit id="u"><source>Er kam. Sie ging.</source><seg-source>'
        '<mrk mtype="seg" mid="1">Er kam.</mrk> <mrk mtype="seg" mid="2">Sie ging.</mrk>'
        '</seg-source><target><g id="9"><mrk mtype="seg" mid="2">She left.</mrk></g> '
        '<mrk mtype="seg" mid="1">He came.</mrk> <mrk mtype="seg" mid="3"></mrk></target>'
        "</trans-unit>"
    )
    reading = read("xliff", one(unit))
    assert pairs(reading)[:2] == [("She left.", "Sie ging."), ("He came.", "Er kam.")]
    assert (reading.ids, paragraphs(reading)) == (
        ("u/2", "u/1", "u/3"),
        ["She left. He came."],
    )


def test_segments_of_a_unit_are_one_paragraph() -> None:
    segment = "<segment{}><source>{}</source>{}</segment>"
    unit = (
        '<unit id="u">'
        + segment.format(' id="a"', "Er kam.", "<target>He <pc id='1'>came</pc>.</target>")
        + "<ignorable><source> </source></ignorable>"
        + segment.format("", "Sie ging.", "")
        + segment.format(' state="initial"', "Nein.", "<target>Nein.</target>")
        + segment.format("", "Es regnete.", "<target>It<ph id='2'/> rained.</target>")
        + "</unit><unit id='v' translate='no'>"
        + segment.format("", "Ja.", "<target>no</target>")
        + "</unit>"
    )
    reading = read("xliff", TWO.format(unit))
    assert pairs(reading) == [
        ("He came.", "Er kam."),
        (None, "Sie ging."),
        (None, "Nein."),
        ("It rained.", "Es regnete."),
    ]
    assert paragraphs(reading) == ["He came. It rained."]
    assert reading.source == "Er kam. Sie ging. Nein. Es regnete."
    assert reading.ids == ("u/a", "u/2", "u/3", "u/4")
    assert reading.origin is not None
    assert [reading.origin.unit(at) for at in (0, 9)] == ["u/a", "u/4"]


ENTITY = '<!DOCTYPE xliff [<!ENTITY a "b">]>'


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("<html><body>x</body></html>", "is no XLIFF: its first element is html; name its format"),
        ("<xliff xmlns='urn:x'/>", "is no XLIFF"),
        (ONE.format(""), "holds no translation; fill it"),
        (one(UNIT.format("", "x", "", "")), "holds no translation yet; translate it first"),
        (
            one(UNIT.format("", "x", "", "y"))[:-9],
            "is no well-formed XML: unclosed token at line 2, column",
        ),
        (one("<source>"), "is no well-formed XML: mismatched tag at line 2, column"),
        (ENTITY + "<xliff/>", r"declares entities or elements of its own \(DOCTYPE\)"),
        ("<!DOCTYPE x SYSTEM 'x'><xliff>&nbsp;</xliff>", "uses the entity &nbsp;, which is"),
        (one("<group>" * 3000), "has elements nested more than 2,048 deep"),
        ("not XML at all", "is no well-formed XML: syntax error at line 1, column 1"),
        ("<?xml version='1.0' encoding='utf-16'?><xliff/>", "says that it is utf-16 but is not"),
        (
            "<?xml version='1.0' encoding='latin-1'?><xliff>é",
            "says that it is latin-1 but is UTF-8",
        ),
        (
            "<?xml version='1.0' encoding='utf-\n16'?><xliff/>",
            r"says that it is 'utf-\\n16' but is not",
        ),
    ],
)
def test_what_is_no_sound_xliff_is_refused(content: str, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        read("xliff", content)


def test_a_thousand_nested_elements_are_read() -> None:
    target = '<g id="1">' * 1000 + "He came." + "</g>" * 1000
    assert read("xliff", one(UNIT.format("", "Er kam.", "", target))).text == "He came."
