"""Files of other formats on the command line."""

from __future__ import annotations

import json

import pytest

from mtqa.config import INPUT_FORMATS, ConfigError, load_settings
from mtqa.formats.files import SUFFIXES
from mtqa.formats.read import _READERS
from tests.conftest import Bench, FakeScorer
from tests.qe.conftest import model_folder  # noqa: F401

TABLE = "src\tmt\tref\tdoc\nEr kam.\tHe came.\tHe arrived.\ta\nSie ging.\t\tShe left.\tb\n"


def test_every_format_has_a_reader_and_a_suffix() -> None:
    assert set(_READERS) == set(INPUT_FORMATS) == set(SUFFIXES.values())


def test_the_suffix_says_what_a_file_is_and_places_are_those_of_the_file(mtqa: Bench) -> None:
    page = "<title>bad</title>\n<p>All &amp; all <b>b</b>ad.</p>"
    mtqa.write("a.html", page)
    outcome = mtqa("check", "a.html", "--format", "json")
    (document,) = outcome.json["documents"]
    (finding,) = document["findings"]
    assert (finding["line"], finding["column"], finding["text"]) == (2, 21, "b</b>ad")
    assert page[finding["start"] : finding["end"]] == "b</b>ad"
    assert outcome.code == 1


def test_the_user_may_say_what_a_file_is(mtqa: Bench) -> None:
    mtqa.write("a.txt", "<p>All is bad.</p><nav>bad</nav>")
    assert mtqa("check", "a.txt", "--format", "json").rules == ["word-bad", "word-bad"]
    outcome = mtqa("check", "a.txt", "--format", "json", "--input-format", "html")
    assert outcome.rules == ["word-bad"]
    outcome = mtqa("check", "a.txt", "--input-format", "htm")
    assert outcome.err == "mtqa: there is no input format 'htm'; did you mean html?\n"


def test_standard_input_goes_by_its_name(mtqa: Bench) -> None:
    page = b"<p>All is well.</p><nav>bad</nav>"
    assert mtqa("check", "-", "--stdin-filename", "a.html", stdin=page).code == 0
    assert mtqa("check", "-", "--input-format", "html", stdin=page).code == 0
    assert mtqa("check", "-", stdin=page).code == 1


def test_a_folder_is_searched_for_tables_only_when_columns_are_configured(mtqa: Bench) -> None:
    mtqa.write("a.tsv", "src\tmt\nx\tbad\n")
    mtqa.write("b.html", "<p>bad</p>")
    mtqa.write("~$c.html", "<p>bad</p>")
    assert mtqa("check", ".", "--format", "json").rules == ["word-bad"]
    assert mtqa("check", "a.tsv", "--format", "json").rules == ["word-bad"]
    mtqa.write("mtqa.toml", '[columns]\ntranslation = "mt"\nsource = 1\n')
    assert mtqa("check", ".", "--format", "json").rules == ["word-bad", "word-bad"]


def test_a_table_brings_its_source(mtqa: Bench, scorer: FakeScorer) -> None:
    mtqa.write("a.tsv", TABLE)
    outcome = mtqa("check", "a.tsv", "--qe", "--source-lang", "de", "--format", "json")
    (document,) = outcome.json["documents"]
    assert document["source_lang"] == "de"
    assert scorer.sources == [["Er kam."]]
    mtqa.write("src.txt", "Er kam.\nSie ging.\n")
    outcome = mtqa("check", "a.tsv", "--source", "src.txt")
    assert outcome.err == "mtqa: a.tsv: holds its own source; leave --source out\n"


def test_paragraphs_of_a_page_pair_up_with_those_of_its_source(
    mtqa: Bench, scorer: FakeScorer
) -> None:
    mtqa.write("a.html", "<h1>Fire</h1><p>It rained. Nobody came.</p>")
    mtqa.write("a.de.html", "<h1>Feuer</h1><p>Es regnete. Niemand kam.</p>")
    outcome = mtqa("check", "a.html", "--source", "a.de.html", "--qe", "--format", "json")
    assert [s["source"] for s in outcome.json["documents"][0]["sentences"]] == [
        *("Feuer", "Es regnete.", "Niemand kam."),
    ]
    mtqa.write("a.de.html", "<p>Feuer. Es regnete.</p>")
    outcome = mtqa("check", "a.html", "--source", "a.de.html")
    assert "has 2 paragraphs but its source a.de.html has 1; give files that pair up" in outcome.err


@pytest.mark.parametrize(
    ("option", "says"),
    [
        ("mt", "--columns must be ROLE=NAME, such as translation=mt, not 'mt'"),
        ("target=mt", "no column holds a 'target'; did you mean"),
        ("translation=0", "--columns.translation must be the name of a column, or its number"),
        ("translation=9", "a.tsv: has no column 9 for the translation"),
        ("translation=mtt", "a.tsv: has no column 'mtt' for the translation"),
    ],
)
def test_a_wrong_column_is_one_sentence(mtqa: Bench, option: str, says: str) -> None:
    mtqa.write("a.tsv", TABLE)
    outcome = mtqa("check", "a.tsv", "--columns", option)
    assert (outcome.code, outcome.out if "a.tsv" not in says else "") == (2, "")
    assert outcome.err.startswith("mtqa: " + says)


@pytest.mark.parametrize(
    ("toml", "says"),
    [
        ('input-format = "htm"', "input-format must be one of text, markdown, html"),
        ('[columns]\ntarget = "mt"', "unknown key columns.target; did you mean"),
        ("[columns]\ntranslation = true", "columns.translation must be the name of a column"),
        ("columns = 5", "columns must be a table, not the number 5"),
    ],
)
def test_a_wrong_setting_is_one_sentence(mtqa: Bench, toml: str, says: str) -> None:
    path = mtqa.write("mtqa.toml", toml)
    with pytest.raises(ConfigError, match=says):
        load_settings(path)


def test_the_report_names_the_unit(mtqa: Bench) -> None:
    mtqa.write("a.srt", "4\n00:00:01,000 --> 00:00:02,000\nAll is bad.\n")
    assert "\n    = in cue 4\n" in mtqa("check", "a.srt").out


@pytest.fixture
def rows(mtqa: Bench, scorer: FakeScorer, monkeypatch: pytest.MonkeyPatch) -> FakeScorer:
    """The model that ``score`` finds."""
    monkeypatch.setattr("mtqa.qe.models.find_model", lambda name: scorer.info)
    monkeypatch.setattr("mtqa.qe.cache.open_scorer", lambda *_, **__: scorer)
    return scorer


def test_each_row_of_a_table_is_scored_with_its_source(mtqa: Bench, rows: FakeScorer) -> None:
    mtqa.write("a.tsv", TABLE)
    outcome = mtqa("score", "a.tsv", "--quiet")
    assert outcome.out.splitlines() == [
        "path\tline\tscore\ttruncated\treason\ttranslation\tsource\tchrf\tdocument",
        "a.tsv\t2\t0.7500\tfalse\t\tHe came.\tEr kam.\t16.55\ta",
        "a.tsv\t3\t0.2500\tfalse\t\t\tSie ging.\t0.00\tb",
    ]
    assert (rows.asked, rows.sources) == ([["He came.", ""]], [["Er kam.", "Sie ging."]])


def test_json_lines_keep_every_other_field(mtqa: Bench, rows: FakeScorer) -> None:
    lines = [
        {"id": 7, "mt": "He came.", "src": "Er kam.", "score": 3, "tags": ["a"], "path": None},
        {"mt": "It rained.", "src": "Es regnete.", "line": 2},
    ]
    mtqa.write("a.jsonl", "\n".join(json.dumps(line) for line in lines))
    outcome = mtqa("score", "a.jsonl", "--quiet", "--format", "jsonl")
    first, second = map(json.loads, outcome.out.splitlines())
    own = {"id": 7, "mt": "He came.", "src": "Er kam.", "tags": ["a"]}
    assert first == own | {
        "input_score": 3,
        "input_path": None,
        "path": "a.jsonl",
        "line": 1,
        "source": "Er kam.",
        "translation": "He came.",
        "score": 0.75,
        "truncated": False,
        "reason": None,
    }
    assert (second["line"], "input_line" in second) == (2, False)


def test_paragraphs_of_a_page_are_scored_at_their_lines(mtqa: Bench, rows: FakeScorer) -> None:
    mtqa.write("a.html", "<h1>Fire</h1>\n\n<p>It rained.\nNobody came.</p>")
    outcome = mtqa("score", "a.html", "--quiet")
    assert [row.split("\t")[1] for row in outcome.out.splitlines()[1:]] == ["1", "3"]
    outcome = mtqa("score", "a.html", "--quiet", "--unit", "sentence")
    assert [row.split("\t")[1] for row in outcome.out.splitlines()[1:]] == ["1", "3", "4"]


def test_what_a_table_holds_is_not_given_twice(mtqa: Bench, rows: FakeScorer) -> None:
    mtqa.write("a.tsv", TABLE)
    mtqa.write("b.txt", "x\ny\n")
    outcome = mtqa("score", "a.tsv", "--source", "b.txt", "--quiet")
    assert outcome.err == "mtqa: a.tsv: holds its own source; leave --source out\n"
    outcome = mtqa("score", "a.tsv", "--documents", "b.txt", "--quiet")
    assert outcome.err == "mtqa: a.tsv: names its documents itself; leave --documents out\n"
    outcome = mtqa("score", "a.tsv", "--reference", "b.txt", "--quiet", "--format", "jsonl")
    assert json.loads(outcome.out.splitlines()[0])["references"] == ["He arrived.", "x"]


XLIFF = (
    '<xliff version="1.2"><file source-language="de" target-language="en"><body>'
    '<trans-unit id="a"><source>Er kam.</source><target>He <g id="1">came</g>.</target>'
    '</trans-unit>\n<trans-unit id="b"><source>Sie ging.</source></trans-unit>'
    "</body></file></xliff>"
)


def test_each_unit_is_scored_with_its_source(mtqa: Bench, rows: FakeScorer) -> None:
    mtqa.write("a.xlf", XLIFF)
    outcome = mtqa("score", "a.xlf", "--quiet")
    assert outcome.out.splitlines() == [
        "path\tline\tscore\ttruncated\treason\ttranslation\tunit\tsource",
        "a.xlf\t1\t0.7500\tfalse\t\tHe came.\ta\tEr kam.",
        "a.xlf\t2\t0.2500\tfalse\t\t\tb\tSie ging.",
    ]
    assert (rows.asked, rows.sources) == ([["He came.", ""]], [["Er kam.", "Sie ging."]])
    outcome = mtqa("score", "a.xlf", "--quiet", "--format", "jsonl")
    assert [json.loads(row)["unit"] for row in outcome.out.splitlines()] == ["a", "b"]


def test_a_check_scores_a_unit_with_its_source(mtqa: Bench, scorer: FakeScorer) -> None:
    mtqa.write("a.xlf", XLIFF)
    outcome = mtqa("check", "a.xlf", "--qe", "--format", "json")
    (document,) = outcome.json["documents"]
    assert (document["source_lang"], document["target_lang"]) == ("de", "en")
    (sentence,) = document["sentences"]
    assert (sentence["text"], sentence["source"], sentence["unit"]) == (
        'He <g id="1">came</g>.',
        "Er kam.",
        "a",
    )
    assert scorer.sources == [["Er kam."]]
