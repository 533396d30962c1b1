"""PO."""

from __future__ import annotations

import polib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtqa.formats.plain import Unreadable
from tests.formats.readings import found, pairs, paragraphs, read

HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset={}\\n"\n"Language: en_GB\\n"\n\n'
UTF8 = HEADER.format("UTF-8")


def test_entries_have_their_message_and_its_translation() -> None:
    content = UTF8 + 'msgctxt "news"\nmsgid "Er kam."\nmsgstr "He came."\n'
    reading = read("po", content)
    assert pairs(reading) == [("He came.", "Er kam.")]
    assert (reading.target_lang, reading.ids) == ("en", ("entry 1",))


def test_strings_over_several_lines_are_one_text() -> None:
    content = UTF8 + 'msgid ""\n"Er "\n"kam."\nmsgstr "He "  \n  "c" "ame."\n'
    reading = read("po", content)
    assert pairs(reading) == [("He came.", "Er kam.")]
    assert found(reading, "He came") == 'He "  \n  "c" "ame'


def test_escapes_stand_for_their_characters() -> None:
    content = UTF8 + r'msgid "x"' + "\n" + r'msgstr "R&D \"a\\b\" \101\x42\tc\nIt rained."'
    reading = read("po", content)
    assert paragraphs(reading) == ['R&D "a\\b" AB\tc', "It rained."]
    assert found(reading, '"a\\b"') == r"\"a\\b\""


def test_each_form_of_a_plural_is_a_unit() -> None:
    content = UTF8 + 'msgid "%d ship"\nmsgid_plural "%d ships"\nmsgstr[0] "a"\nmsgstr[1] "b"\n'
    reading = read("po", content)
    assert pairs(reading) == [("a", "%d ship"), ("b", "%d ships")]
    assert reading.ids == ("entry 1[0]", "entry 1[1]")


def test_forms_of_a_plural_stand_in_any_order() -> None:
    content = UTF8 + 'msgid "ship"\nmsgid_plural "ships"\nmsgstr[1] "b"\nmsgstr[0] "a"\n'
    reading = read("po", content)
    assert pairs(reading) == [("b", "ships"), ("a", "ship")]
    assert reading.ids == ("entry 1[1]", "entry 1[0]")


def test_fuzzy_and_empty_translations_are_none_and_obsolete_entries_are_left_out() -> None:
    content = (
        UTF8
        + '#: a.c:1\n#, fuzzy, c-format\n#| msgid "old"\nmsgid "a"\nmsgstr "no"\n\n'
        + 'msgid "b"\nmsgstr ""\n\n#, fuzzy\n#~ msgid "c"\n#~ msgstr "no"\n\n'
        + 'msgid "d"\nmsgstr "yes"\n'
    )
    assert pairs(read("po", content)) == [(None, "a"), (None, "b"), ("yes", "d")]


def test_a_header_may_be_one_string_and_a_comment_stand_behind_one() -> None:
    header = 'msgid ""\nmsgstr "Language: uk\\nContent-Type: text/plain; charset=KOI8-U\\n" # x\n'
    reading = read("po", f'{header}msgid "Fire" # one\nmsgstr "Пожар"# two\n', encoding="koi8-u")
    assert (pairs(reading), reading.encoding) == ([("Пожар", "Fire")], "koi8-u")
    assert reading.target_lang == "uk"


def test_the_header_tells_the_encoding() -> None:
    content = HEADER.format("KOI8-R") + 'msgid "Fire"\nmsgstr "Пожар"\n'
    reading = read("po", content, encoding="koi8-r")
    assert (reading.text, reading.encoding) == ("Пожар", "koi8-r")
    wrong = read("po", content)
    assert (wrong.text, wrong.encoding, wrong.declared) == ("Пожар", "utf-8", "KOI8-R")
    template = HEADER.format("CHARSET") + 'msgid "Fire"\nmsgstr "Пожар"\n'
    assert read("po", template).text == "Пожар"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (
            'msgid ""\nmsgstr ""\n"Language: en\nmsgid "a"\n',
            r"line 3 .* PO file \(\"Language: en\)",
        ),
        (UTF8 + 'msgid "a"\nmsgid "b"\nmsgstr "c"\n', "line 7 does not belong into a PO file"),
        (UTF8 + 'msgid "a"\nmsgstr "b"\nmsgstr "c"\n', "line 8 does not belong"),
        (UTF8 + '"a"\nmsgid_plural "b"\n', "line 7 does not belong"),
        ('msgstr "b"\n', "line 1 does not belong"),
        ('"b"\n', "line 1 does not belong"),
        ("<html>\n", r"line 1 does not belong into a PO file \(<html>\); mend it"),
        (UTF8 + 'msgid "a"\n', "ends in line 6 within an entry: a msgstr is missing"),
        (UTF8, "holds no translation; fill it"),
        (UTF8 + 'msgid "a"\nmsgstr ""\n', "holds no translation yet; translate it first"),
    ],
)
def test_what_is_no_sound_po_file_is_refused_with_the_line(content: str, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        read("po", content)


TEXTS = st.text(st.sampled_from('aé"\\\n\t %{}#\u2028x'), min_size=1, max_size=80)


@settings(deadline=None)
@given(st.lists(st.tuples(TEXTS, TEXTS, st.booleans()), min_size=1, max_size=4))
def test_what_polib_writes_is_read_back(entries: list[tuple[str, str, bool]]) -> None:
    file = polib.POFile()
    file.metadata = {"Content-Type": "text/plain; charset=UTF-8", "Language": "en"}
    for message, translation, fuzzy in entries:
        file.append(
            polib.POEntry(msgid=message, msgstr=translation, flags=["fuzzy"] if fuzzy else [])
        )
    expected = [
        (None if fuzzy else translation.strip() or None, message.strip() or None)
        for message, translation, fuzzy in entries
    ]
    if any(translation for translation, _ in expected):
        assert pairs(read("po", str(file))) == expected
