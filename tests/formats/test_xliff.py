"""XLIFF 1.2 and 2.x."""

from __future__ import annotations

import codecs

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


TRADOS = (
    '<xliff xmlns:sdl="http://sdl.com/FileTypes/SdlXliff/1.0" version="1.2" sdl:version="1.0" '
    'xmlns="urn:oasis:names:tc:xliff:document:1.2">'
    '<doc-info xmlns="http://sdl.com/FileTypes/SdlXliff/1.0"><rep-defs/></doc-info>'
    '<file source-language="de-DE" target-language="en-US"><header><tag-defs xmlns="'
    'http://sdl.com/FileTypes/SdlXliff/1.0"><tag id="1"><st name="p">no</st></tag></tag-defs>'
    '</header><body><trans-unit id="0" translate="no"><source><x id="1"/></source></trans-unit>'
    "<group><sdl:cxts/>{}</group></body></file></xliff>"
)
TRADOS_UNIT = (
    '<trans-unit id="u"><source>Er kam. Sie ging. Reuters</source><seg-source>'
    '<mrk mtype="seg" mid="1">Er <g id="4">kam</g>.</mrk> <mrk mtype="seg" mid="2">Sie ging.</mrk>'
    ' <mrk mtype="seg" mid="3">Reuters</mrk></seg-source><target>{}</target>'
    "<sdl:seg-defs>{}</sdl:seg-defs></trans-unit>"
)


def marked(*segments: str) -> str:
    return " ".join(
        f'<mrk mtype="seg" mid="{mid}">{segment}</mrk>' for mid, segment in enumerate(segments, 1)
    )


def test_trados_a_copy_of_the_source_that_nobody_has_touched_is_no_translation() -> None:
    states = (
        '<sdl:seg id="1" conf="Draft" origin="source"/><sdl:seg id="2"><sdl:value key="a"/>'
        '</sdl:seg><sdl:seg id="3" conf="Translated" origin="interactive"/>'
    )
    target = marked('Er <g id="4">kam</g>.', "She left.", "Reuters")
    reading = read("xliff", TRADOS.format(TRADOS_UNIT.format(target, states)))
    assert pairs(reading) == [
        (None, "Er kam."),
        ("She left.", "Sie ging."),
        ("Reuters", "Reuters"),
    ]
    assert (reading.text, reading.ids) == ("She left. Reuters", ("u/1", "u/2", "u/3"))


def test_trados_what_a_reviewer_has_deleted_is_gone_and_what_he_commented_on_is_not() -> None:
    target = marked(
        'He <mrk mtype="x-sdl-deleted" sdl:revid="a">go<g id="1">es</g></mrk>'
        '<mrk mtype="x-sdl-added" sdl:revid="b">came</mrk> <mrk mtype="x-sdl-comment" sdl:cid="c">'
        "home</mrk>.",
        "She left.",
        "",
    )
    reading = read("xliff", TRADOS.format(TRADOS_UNIT.format(target, "")))
    assert pairs(reading)[0] == ("He came home.", "Er kam.")
    assert found(reading, "came") == "came"


MEMOQ = (
    '<xliff xmlns="urn:oasis:names:tc:xliff:document:1.2" xmlns:mq="MQXliff" version="1.2">'
    '<file source-language="de" target-language="en-gb" datatype="x-docx"><body>{}</body></file>'
    "</xliff>"
)
MEMOQ_UNIT = (
    '<trans-unit id="u" mq:status="{}"><source xml:space="preserve">{}</source>'
    '<target xml:space="preserve">{}</target><mq:minorversions><mq:historical-unit>'
    "<source>no</source><target>no</target></mq:historical-unit></mq:minorversions></trans-unit>"
)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ('val="&amp;#9;"', "The port was closed."),
        ('val=" "', "The port was closed."),
        ('val=""', "The port was closed."),
        ('val="&amp;#160;"', "The port\xa0was closed."),
        ('val="\xa0"', "The port\xa0was closed."),
        ('val="&#10;"', "The port\nwas closed."),
    ],
)
def test_memoq_characters_that_are_shown_as_tags_are_characters(code: str, text: str) -> None:
    target = f'The port<ph id="1">&lt;mq:ch {code} /&gt;</ph>was closed.'
    reading = read("xliff", MEMOQ.format(MEMOQ_UNIT.format("Confirmed", "x", target)))
    assert reading.text == text


def test_memoq_other_tags_are_codes_and_what_is_not_started_no_translation() -> None:
    tag = '<ph id="1">&lt;mq:rxt displaytext="A" val="&amp;lt;x&amp;quot;y" /&gt;</ph>'
    bold = '<bpt id="2" ctype="bold">{{}}</bpt>{}<ept id="2">{{}}</ept>'
    units = (
        MEMOQ_UNIT.format("NotStarted", "Sie ging.", "Sie ging.")
        + MEMOQ_UNIT.format(
            "ManuallyConfirmed", f"Er {bold.format('kam')}.", f"He {bold.format('came')}."
        )
        + MEMOQ_UNIT.format("Pretranslated", f"({tag}) An {tag}", f"({tag}) To {tag}")
    )
    assert pairs(read("xliff", MEMOQ.format(units))) == [
        (None, "Sie ging."),
        ("He came.", "Er kam."),
        ("(\ufffc) To \ufffc", "(\ufffc) An \ufffc"),
    ]


PHRASE = (
    '<xliff xmlns="urn:oasis:names:tc:xliff:document:1.2" version="1.2" m:version="2.17" '
    'xmlns:m="http://www.memsource.com/mxlf/2.0"><file source-language="de" target-language="en" '
    'm:task-id="T"><header><m:skel><![CDATA[<p>no</p>]]></m:skel></header><body>{}</body></file>'
    "</xliff>"
)
PHRASE_UNIT = (
    '<group id="0"><context-group><context>no</context></context-group><trans-unit id="T:0" '
    'xml:space="preserve" m:confirmed="{}" m:trans-origin="{}"><source>{}</source>'
    "<target>{}</target><m:tunit-metadata><m:mark id='1'><m:content>no</m:content></m:mark>"
    "</m:tunit-metadata></trans-unit></group>"
)


def test_phrase_tags_within_the_text_are_codes() -> None:
    target = "The {1&gt;old&lt;1} port of {bi&gt;Split&lt;bi}, {2}closed{3} by R&amp;D {4} {5}."
    reading = read("xliff", PHRASE.format(PHRASE_UNIT.format("1", "tm", "x", target)))
    assert reading.text == "The old port of Split, closed by R&D \ufffc \ufffc."
    assert found(reading, "old") == "old"
    assert found(reading, "R&D") == "R&amp;D"
    assert found(reading, "old port") == "old&lt;1} port"
    elsewhere = one(UNIT.format("", "x", "", "The {1&gt;old&lt;1} port."))
    assert read("xliff", elsewhere).text == "The {1>old<1} port."


def test_phrase_a_copy_of_the_source_without_origin_is_no_translation() -> None:
    units = (
        PHRASE_UNIT.format("0", "null", "Sie ging.", "Sie ging.")
        + PHRASE_UNIT.format("0", "mt", "Reuters", "Reuters")
        + PHRASE_UNIT.format("1", "null", "Split", "Split")
    )
    assert pairs(read("xliff", PHRASE.format(units))) == [
        (None, "Sie ging."),
        ("Reuters", "Reuters"),
        ("Split", "Split"),
    ]


def test_angular_a_translation_may_have_no_source_and_variables_are_objects() -> None:
    unit = (
        '<trans-unit id="a" datatype="html"><target>Hello <x id="START_BOLD_TEXT" ctype="x-b"/>'
        '<x id="INTERPOLATION" equiv-text="{{ name }}"/><x id="CLOSE_BOLD_TEXT"/>!'
        '<x id="LINE_BREAK" ctype="lb"/>Welcome.</target><note>no</note></trans-unit>'
    )
    reading = read("xliff", one(unit))
    assert pairs(reading) == [("Hello \ufffc!\nWelcome.", None)]
    assert paragraphs(reading) == ["Hello \ufffc!", "Welcome."]


@pytest.mark.parametrize(
    ("file", "are_messages"),
    [
        ('original="ng2.template" datatype="plaintext"', True),
        ('original="App/de.lproj/Localizable.strings"', True),
        ('original="a" datatype="resx"', True),
        ('original="story.docx" datatype="x-docx"', False),
        ('original="story.html" datatype="html"', False),
        ('original="a.strings"/><file original="b.docx"', False),
        ("", False),
    ],
)
def test_the_original_says_whether_units_are_messages_of_a_program(
    file: str, are_messages: bool
) -> None:
    content = one(UNIT.format("", "x", "", "He came.")).replace("<file", f"<file {file}", 1)
    assert read("xliff", content).messages is are_messages


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
        ("<?xml version='1.0' encoding='utf-\n16'?><xliff/>", "is no well-formed XML"),
        ("not XML at all", "is no well-formed XML: syntax error at line 1, column 1"),
    ],
)
def test_what_is_no_sound_xliff_is_refused(content: str, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        read("xliff", content)


def test_a_thousand_nested_elements_are_read() -> None:
    target = '<g id="1">' * 1000 + "He came." + "</g>" * 1000
    assert read("xliff", one(UNIT.format("", "Er kam.", "", target))).text == "He came."


@pytest.mark.parametrize(
    ("label", "encoding", "read_as"),
    [
        ("ISO-8859-1", "cp1252", "cp1252"),
        ("ISO-8859-1", "utf-8", "utf-8"),
        ("utf-16", "utf-8", "utf-8"),
        ("UTF-8", "cp1252", "cp1252"),
    ],
)
def test_an_encoding_is_what_the_file_says_where_that_can_be(
    label: str, encoding: str, read_as: str
) -> None:
    target = "He – “the mayor” – came to the café in the château; déjà vu for Mr. Señor."
    content = one(UNIT.format("", "Er kam.", "", target)).replace("UTF-8", label)
    reading = read("xliff", content, encoding=encoding)
    assert (reading.text, codecs.lookup(reading.encoding).name) == (target, read_as)
    assert reading.declared == (None if label == "ISO-8859-1" != encoding == "cp1252" else label)
