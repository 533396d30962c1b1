"""``check --source``: line by line, scored with what each sentence renders."""

from __future__ import annotations

import pytest

from tests.conftest import Bench, FakeScorer


def test_sentences_are_scored_with_the_line_that_they_render(
    mtqa: Bench, scorer: FakeScorer
) -> None:
    mtqa.write("mt.txt", "He came. She went.\nIt rained.\nNobody saw it.\n")
    mtqa.write("src.txt", "Er kam, und sie ging.\nEs regnete.\n\n")
    outcome = mtqa(
        "check", "mt.txt", "--source", "src.txt", "--source-lang", "de", "--qe", "--format", "json"
    )
    (document,) = outcome.json["documents"]
    assert document["source_lang"] == "de"
    assert scorer.asked == [["Nobody saw it."], ["He came. She went.", "It rained."]]
    assert scorer.sources == [None, ["Er kam, und sie ging.", "Es regnete."]]
    assert [(s["text"], s["source"]) for s in document["sentences"]] == [
        ("He came.", "Er kam, und sie ging."),
        ("She went.", "Er kam, und sie ging."),
        ("It rained.", "Es regnete."),
        ("Nobody saw it.", None),
    ]
    assert document["sentences"][3]["reason"] == (
        "nothing in the source is known to match; scored on the translation alone"
    )


def test_unequal_numbers_of_lines_are_refused(mtqa: Bench, scorer: FakeScorer) -> None:
    mtqa.write("mt.txt", "He came.\nShe went.\n")
    mtqa.write("src.txt", "Er kam.\n")
    outcome = mtqa("check", "mt.txt", "--source", "src.txt")
    assert outcome.code == 2
    assert outcome.err.startswith(
        "mtqa: mt.txt: has 2 lines but its source src.txt has 1; give files that pair up, "
        "or have their sentences aligned (--align sentence)\n"
    )


def test_a_source_that_cannot_be_read_is_named(mtqa: Bench, scorer: FakeScorer) -> None:
    mtqa.write("mt.txt", "He came.\n")
    mtqa.write("src.txt", b"")
    outcome = mtqa("check", "mt.txt", "--source", "src.txt")
    assert (outcome.code, outcome.err) == (
        2,
        "mtqa: src.txt: is empty; fill it or leave it out\n",
    )


def test_folders_have_no_source(mtqa: Bench, scorer: FakeScorer) -> None:
    mtqa.write("src.txt", "Er kam.\n")
    outcome = mtqa("check", ".", "--source", "src.txt")
    assert outcome.code == 2
    assert "name the files" in outcome.err


def test_each_file_has_its_own_source(mtqa: Bench, scorer: FakeScorer) -> None:
    mtqa.write("a.txt", "He came.\n")
    mtqa.write("b.txt", "She went.\n")
    mtqa.write("src.txt", "Er kam.\n")
    outcome = mtqa("check", "a.txt", "b.txt", "--source", "src.txt")
    assert outcome.code == 2
    assert "2 paths but 1 source files; give one --source for each file" in outcome.err


def test_documents_are_aligned_sentence_by_sentence(mtqa: Bench) -> None:
    mtqa.write(
        "src.txt",
        "Der Bürgermeister von Kiel hat am Montag die neue Brücke eröffnet. Sie kostete 12 "
        "Millionen Euro. Nach Angaben der Polizei kam es zu keinen Zwischenfällen.\n\n"
        "Am Abend begann es zu regnen.\n",
    )
    mtqa.write(
        "mt.txt",
        "The mayor of Kiel opened the new bridge on Monday.\n"
        "According to the police there were no incidents.\n"
        "In the evening it began to rain. Nobody minded the wet grass in the gardens.\n",
    )
    outcome = mtqa(
        "check", "mt.txt", "--source", "src.txt", "--align", "sentence", "--format", "json"
    )
    assert outcome.code == 0
    (document,) = outcome.json["documents"]
    assert [(s["text"], s["source"]) for s in document["sentences"]] == [
        (
            "The mayor of Kiel opened the new bridge on Monday.",
            "Der Bürgermeister von Kiel hat am Montag die neue Brücke eröffnet.",
        ),
        (
            "According to the police there were no incidents.",
            "Nach Angaben der Polizei kam es zu keinen Zwischenfällen.",
        ),
        ("In the evening it began to rain.", "Am Abend begann es zu regnen."),
        ("Nobody minded the wet grass in the gardens.", None),
    ]


def test_alignment_without_its_model_is_one_sentence(
    mtqa: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mtqa.qe.models._PLACES", ())
    mtqa.write("mt.txt", "He came.\n")
    mtqa.write("src.txt", "Er kam.\n")
    outcome = mtqa("check", "mt.txt", "--source", "src.txt", "--align", "sentence")
    assert outcome.code == 2
    assert outcome.err.startswith("mtqa: mt.txt: cannot be aligned: the model mtqa-qe-small is")
    assert outcome.err.count("\n") == 1


def test_a_source_of_something_else_is_refused(mtqa: Bench) -> None:
    topics = "dog bread train river school winter doctor music garden market money sea".split()
    mtqa.write("mt.txt", " ".join(f"The {topic} was there on Monday." for topic in topics))
    mtqa.write(
        "src.txt",
        " ".join(
            f"Über {n} Gesetze stritt das Parlament in Wien {n} Stunden." for n in range(3, 15)
        ),
    )
    outcome = mtqa("check", "mt.txt", "--source", "src.txt", "--align", "sentence")
    assert outcome.code == 2
    assert outcome.err == (
        "mtqa: mt.txt: has too little in common with its source to be aligned with it; is that "
        "the right file?\n"
    )
