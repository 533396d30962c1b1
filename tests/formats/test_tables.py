"""TSV, CSV and JSON Lines."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtqa.formats.plain import Unreadable
from tests.formats.readings import found, pairs, paragraphs, read

# Text as it may stand in a cell; what JSON and CSV have to escape is frequent.
CELLS = st.text(st.sampled_from("aé\"',;\t\n\r\\😀\u2028 .x{}"), min_size=1, max_size=12)


def test_columns_are_known_by_usual_names_whatever_their_case() -> None:
    table = "SRC\tid\tMT\tref\tdoc\nEr kam.\t7\tHe came.\tHe arrived.\tnews\n"
    reading = read("tsv", table)
    assert pairs(reading) == [("He came.", "Er kam.")]
    assert (reading.references, reading.documents) == (("He arrived.",), ("news",))


def test_a_table_without_header_has_its_columns_by_number() -> None:
    reading = read("tsv", "Er kam.\tHe came.\n", columns={"translation": 2, "source": 1})
    assert pairs(reading) == [("He came.", "Er kam.")]


def test_a_numbered_table_may_have_a_header_all_the_same() -> None:
    reading = read("tsv", "source\ttarget\nEr kam.\tHe came.\n", columns={"translation": 2})
    assert pairs(reading) == [("He came.", "Er kam.")]


def test_an_empty_translation_is_a_segment_without_one() -> None:
    reading = read(
        "tsv", "source\ttarget\nEr kam.\tHe came.\nSie ging.\t\nEs regnete.\tIt rained.\n"
    )
    assert pairs(reading) == [
        ("He came.", "Er kam."),
        (None, "Sie ging."),
        ("It rained.", "Es regnete."),
    ]
    assert [reading.file[place:].split("\t")[0] for place in reading.places] == [
        *("Er kam.", "Sie ging.", "Es regnete."),
    ]


def test_tsv_quotes_nothing() -> None:
    reading = read("tsv", 'target\n"He came," she said.\n')
    assert paragraphs(reading) == ['"He came," she said.']


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_takes_the_delimiter_that_its_first_row_has(delimiter: str) -> None:
    content = f'source{delimiter}"target"\r\n"Er, er; er"{delimiter}He came.\r\n'
    assert pairs(read("csv", content)) == [("He came.", "Er, er; er")]


def test_a_cell_of_csv_may_have_lines_and_doubled_quotation_marks() -> None:
    content = 'id,target\n1,"He said ""yes"" at once.\nShe left."\n2,Nobody saw it.\n'
    reading = read("csv", content)
    assert paragraphs(reading) == ['He said "yes" at once.', "She left.", "Nobody saw it."]
    assert found(reading, '"yes" at once.\nShe') == '""yes"" at once.\nShe'


def test_escapes_of_json_stand_for_their_characters() -> None:
    content = r'{"target": "\u00abCaf\u00e9\u00bb \"here\" \ud83d\ude00\n\u2028x \ud83d"}' + "\n"
    reading = read("jsonl", content)
    assert reading.text == '«Café» "here" 😀\n\u2028x \ufffd'
    assert found(reading, 'é» "') == r"\u00e9\u00bb \""
    assert found(reading, "😀") == r"\ud83d\ude00"


def test_a_line_of_json_may_hold_an_article() -> None:
    content = json.dumps({"mt": "The headline\n\nIt rained.\nNobody saw it.", "src": None})
    reading = read("jsonl", content)
    assert paragraphs(reading) == ["The headline", "It rained.", "Nobody saw it."]
    assert pairs(reading) == [("The headline\n\nIt rained.\nNobody saw it.", None)]


def test_fields_of_json_lines_are_named_and_may_be_missing() -> None:
    content = '{"a": "Er kam.", "b": "He came."}\n\n{"a": "Sie ging."}\n{"a": "So.", "b": null}\n'
    reading = read("jsonl", content, columns={"translation": "b", "source": "a"})
    assert pairs(reading) == [("He came.", "Er kam."), (None, "Sie ging."), (None, "So.")]


def test_a_field_of_an_object_within_is_named_by_both() -> None:
    rows = '{"id": 1, "translation": {"de": "Er \\"kam\\".", "en": "He \\"came\\"."}}\n{"a.b": "x"}'
    columns = {"translation": "translation.en", "source": "translation.de"}
    reading = read("jsonl", rows, columns=columns)
    assert pairs(reading) == [('He "came".', 'Er "kam".'), (None, None)]
    assert found(reading, 'He "came"') == 'He \\"came\\"'
    with pytest.raises(Unreadable, match=r"a field of it: --columns translation=translation\.de\)"):
        read("jsonl", rows)
    assert read("jsonl", '{"a.b": "Yes."}', columns={"translation": "a.b"}).text == "Yes."


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_a_line_for_excel_tells_the_delimiter(newline: str) -> None:
    table = 'sep=;\nsource;target\n"Er, kam.";"He, ""he"" came."\n'
    reading = read("csv", table.replace("\n", newline))
    assert pairs(reading) == [('He, "he" came.', "Er, kam.")]
    with pytest.raises(Unreadable, match="line 4 has 1 column where the first row has 2"):
        read("csv", f"{table}x\n".replace("\n", newline))


def test_the_last_of_two_fields_with_one_name_counts_and_is_where_it_stands() -> None:
    content = '{"target": "No.", "x": [{"target": "no"}, {}], "target" : "He came."}'
    reading = read("jsonl", content)
    assert reading.text == "He came."
    assert found(reading, "He came.") == "He came."


LONG = "source\ttarget\n" + "Er kam.\tHe came.\n" * 39_998 + "Er kam. He came.\n"


@pytest.mark.parametrize(
    ("format", "content", "says"),
    [
        ("tsv", LONG, "line 40,000 has 1 column where the first row has 2; mend it"),
        ("csv", "target,id\na,1,2\n", "line 2 has 3 columns where the first row has 2"),
        ("csv", 'id,target\n1,"He came.\n', "line 2 opens a quotation mark that is never closed"),
        ("csv", 'id,target\n1,"He" came.\n', "line 2 goes on after a closing quotation mark"),
        ("tsv", "one\ttwo\na\tb\n", r"no known column .* \(one, two\); say which one it is with "),
        ("jsonl", '{"a": "b"}\n', r"no known field for the translation in its first object \(a\)"),
        (
            "jsonl",
            '{"target": "a"}\n{"target": "b"\n',
            "line 2 is no valid JSON: Expecting ',' del",
        ),
        ("jsonl", '{"target": "a"}\n[1]\n', "line 2 must be a JSON object"),
        ("jsonl", '{"target": "a"}\n{"target": 5}\n', "line 2 has no string as its translation: 5"),
        ("jsonl", '{"target": ' + "[" * 100_000, "line 1 is no valid JSON: nested too deeply"),
        ("jsonl", '{"target": "a", "n": ' + "9" * 5000 + "}", "line 1 is no valid JSON"),
        ("tsv", "source\ttarget\nEr kam.\t\n", "holds no translation yet"),
        ("tsv", "target\n", "holds no translation; "),
    ],
)
def test_what_is_no_table_is_refused_with_the_line(format: str, content: str, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        read(format, content)


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"translation": "mtt"}, "has no column 'mtt' .*did you mean mt?"),
        ({"translation": 3}, "has no column 3 for the translation: its first row has 2"),
        ({"translation": "mt", "reference": "ref"}, "has no column 'ref' for the reference"),
    ],
)
def test_a_column_that_is_not_there_is_named(columns: dict[str, str | int], says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        read("tsv", "src\tmt\nEr kam.\tHe came.\n", columns=columns)


@settings(deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=4))
def test_what_pythons_csv_module_writes_is_read_back(rows: list[tuple[str, str]]) -> None:
    file = io.StringIO()
    csv.writer(file).writerows([("source", "translation"), *rows])
    expected = [(own.strip() or None, other.strip() or None) for other, own in rows]
    if any(own for own, _ in expected):
        assert pairs(read("csv", file.getvalue())) == expected


@settings(deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=4), st.booleans())
def test_what_pythons_json_module_writes_is_read_back(
    rows: list[tuple[str, str]], ascii_only: bool
) -> None:
    lines = [
        json.dumps({"id": [1, {}], "src": src, "mt": mt}, ensure_ascii=ascii_only)
        for src, mt in rows
    ]
    expected = [(own.strip() or None, other.strip() or None) for other, own in rows]
    if any(own for own, _ in expected):
        reading = read("jsonl", "\n".join(lines))
        assert pairs(reading) == expected


def test_quotation_marks_around_nothing_are_no_row() -> None:
    with pytest.raises(Unreadable, match="holds no row; fill it or leave it out"):
        read("csv", '""\n')


def test_a_first_row_with_line_breaks_is_told_in_one_sentence() -> None:
    with pytest.raises(Unreadable, match=r"first row \(a b, c\)"):
        read("csv", '"a\nb",c\n1,2\n')
