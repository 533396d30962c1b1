"""``mtqa score --reference``: sacrebleu's figures, documents, and systems side by side."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sacrebleu.metrics import BLEU, CHRF, TER

from tests.cli.test_score import rows, shipped, surroundings  # noqa: F401
from tests.conftest import Bench, Outcome
from tests.qe.conftest import model_folder  # noqa: F401

GOOD = ["The mayor opened the new bridge.", "It rained all day.", "Nobody came.", "He left early."]
BAD = ["Mayor open bridge new the.", "It rains days.", "No body comes.", "Early he leave did."]
REFERENCE = [
    "The mayor opened the new bridge.",
    "It rained all day long.",
    "No one came.",
    "He left early.",
]


def text(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


@pytest.fixture
def files(mtqa: Bench) -> Bench:
    mtqa.write("good.txt", text(GOOD * 4))
    mtqa.write("bad.txt", text(BAD * 4))
    mtqa.write("ref.txt", text(REFERENCE * 4))
    mtqa.write("docs.txt", text(["monday", "monday", "tuesday", "monday"] * 4))
    return mtqa


def score(bench: Bench, *arguments: str) -> tuple[Outcome, dict[str, Any]]:
    outcome = bench("score", *arguments, "--target-lang", "en", "--summary", "s.json")
    return outcome, json.loads((bench.folder / "s.json").read_text(encoding="utf-8"))


def test_the_summary_has_the_figures_of_sacrebleu(files: Bench) -> None:
    outcome, summary = score(files, "good.txt", "--reference", "ref.txt")
    assert (outcome.code, outcome.err) == (0, "")
    expected = []
    for metric in (BLEU(), CHRF(word_order=2), TER()):
        found = metric.corpus_score(GOOD * 4, [REFERENCE * 4])
        expected.append(
            {
                "name": found.name,
                "score": found.score,
                "signature": str(metric.get_signature()),
                "reason": None,
            }
        )
    (file,) = summary["files"]
    assert file["references"] == ["ref.txt"]
    assert file["metrics"] == expected
    told = files("score", "good.txt", "--reference", "ref.txt", "--target-lang", "en").err
    assert f", BLEU {expected[0]['score']:.1f}, chrF2++ " in told
    assert f"BLEU|{expected[0]['signature']}\n" in told


def test_each_row_has_its_chrf(files: Bench) -> None:
    outcome, _ = score(files, "good.txt", "--reference", "ref.txt")
    head, *found = rows(outcome.out)
    assert head[-2:] == ["translation", "chrf"]
    expected = [
        CHRF(word_order=2).sentence_score(*pair).score
        for pair in zip(GOOD * 4, [[line] for line in REFERENCE * 4], strict=True)
    ]
    assert [row[-1] for row in found] == [f"{value:.2f}" for value in expected]
    outcome, _ = score(files, "good.txt", "--reference", "ref.txt", "--format", "jsonl")
    row = json.loads(outcome.out.splitlines()[1])
    assert (row["references"], row["chrf"]) == (["It rained all day long."], round(expected[1], 2))


def test_a_file_may_have_several_references(files: Bench) -> None:
    files.write("other.txt", text(GOOD * 4))
    _, summary = score(files, "good.txt", "--reference", "ref.txt", "--reference", "other.txt")
    (file,) = summary["files"]
    assert file["metrics"][0]["signature"].startswith("nrefs:2|")
    assert file["metrics"][0]["score"] == pytest.approx(100)
    assert summary["comparisons"] == []


def test_a_table_of_documents(files: Bench) -> None:
    given = ("good.txt", "--reference", "ref.txt", "--documents", "docs.txt")
    outcome, summary = score(files, *given)
    (file,) = summary["files"]
    assert [(row["document"], row["segments"]) for row in file["documents"]] == [
        ("monday", 12),
        ("tuesday", 4),
    ]
    tuesday = BLEU().corpus_score([GOOD[2]] * 4, [[REFERENCE[2]] * 4])
    assert file["documents"][1]["metrics"][0]["score"] == tuesday.score
    assert rows(outcome.out)[3][-1] == "tuesday"
    told = files("score", *given, "--target-lang", "en").err.splitlines()
    assert told[1].split() == ["document", "segments", "mean", "BLEU", "chrF2++", "TER"]
    assert told[3].split()[:2] == ["tuesday", "4"]


def test_systems_with_one_reference_are_compared(files: Bench) -> None:
    given = ("good.txt", "bad.txt", "--reference", "ref.txt", "--reference", "ref.txt")
    _, summary = score(files, *given)
    assert [(row["baseline"], row["system"], row["measure"]) for row in summary["comparisons"]] == [
        ("good.txt", "bad.txt", name) for name in ("score", "BLEU", "chrF2++", "TER")
    ]
    bleu, chrf, ter = summary["comparisons"][1:]
    assert [row["better"] for row in (bleu, chrf, ter)] == ["good.txt"] * 3
    assert bleu["p"] < 0.05
    assert ter["values"][0] < ter["values"][1]
    assert summary["all"]["metrics"] == []
    told = files("score", *given, "--target-lang", "en").err
    assert (
        f"BLEU: good.txt {bleu['values'][0]:.1f}, bad.txt {bleu['values'][1]:.1f}: good.txt is "
        f"better (paired bootstrap, p = {bleu['p']:.4f})\n" in told
    )
    turned = ("bad.txt", "good.txt", "--reference", "ref.txt", "--reference", "ref.txt")
    _, summary = score(files, *turned)
    assert [row["better"] for row in summary["comparisons"][1:]] == ["good.txt"] * 3


def test_equal_systems_are_not_told_apart(files: Bench) -> None:
    files.write("same.txt", text(GOOD * 4))
    given = ("good.txt", "same.txt", "--reference", "ref.txt", "--reference", "ref.txt")
    _, summary = score(files, *given)
    assert [row["better"] for row in summary["comparisons"]] == [None] * 4
    assert "may be chance" in files("score", *given, "--target-lang", "en").err


def test_files_with_references_of_their_own_are_measured_together(files: Bench) -> None:
    files.write("ref2.txt", text(REFERENCE * 4))
    _, summary = score(
        files, "good.txt", "bad.txt", "--reference", "ref.txt", "--reference", "ref2.txt"
    )
    together = BLEU().corpus_score((GOOD + BAD) * 4, [REFERENCE * 8])
    assert summary["comparisons"] == []
    assert summary["all"]["metrics"][0]["score"] == pytest.approx(together.score)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (
            ["good.txt", "--reference", "short.txt"],
            "good.txt: has 16 lines but its reference short.txt has 4",
        ),
        (
            ["good.txt", "--documents", "short.txt"],
            "good.txt: has 16 lines but its list of documents short.txt has 4",
        ),
        (["good.txt", "--reference", "none.txt"], "none.txt: there is no such file"),
        (
            ["good.txt", "bad.txt", "--reference", "ref.txt"],
            "2 files but 1 reference file; give one --reference for each file",
        ),
        (
            ["good.txt", "--documents", "docs.txt", "--documents", "docs.txt"],
            "1 file but 2 lists of documents",
        ),
        (
            ["good.txt", "--unit", "sentence", "--reference", "ref.txt"],
            "--unit sentence does not go with --reference",
        ),
        (["good.txt", "--reference", "ref.txt", "--output", "ref.txt"], "would be overwritten"),
        (["-", "--reference", "-"], "standard input (-) can be read only once"),
    ],
)
def test_what_does_not_go_together_is_one_sentence(
    files: Bench, arguments: list[str], says: str
) -> None:
    files.write("short.txt", text(REFERENCE))
    outcome = files("score", *arguments, "--quiet")
    assert outcome.code == 2
    assert says in outcome.err
    assert outcome.err.count("\n") == 1


def test_sentences_are_scored_with_what_they_render(files: Bench) -> None:
    files.write("mt.txt", "The mayor came.\nNobody was there. It rained all day.\n")
    files.write("src.txt", "The mayor came. Nobody was there.\n")
    outcome, summary = score(files, "mt.txt", "--unit", "sentence", "--source", "src.txt")
    head, *found = rows(outcome.out)
    assert (outcome.code, head[-2:]) == (0, ["translation", "source"])
    assert " ".join(row[-2] for row in found if row[-2]) == (
        "The mayor came. Nobody was there. It rained all day."
    )
    assert " ".join(row[-1] for row in found if row[-1]) == "The mayor came. Nobody was there."
    assert {row[4] for row in found if not row[-1]} <= {"empty source"}
    assert summary["files"][0]["source"] == "src.txt"


def test_systems_whose_sentences_were_aligned_are_not_compared(files: Bench) -> None:
    files.write("mt.txt", "The mayor came.\n")
    files.write("other.txt", "The mayor left.\n")
    sources = ("--source", "mt.txt", "--source", "mt.txt")
    _, summary = score(files, "mt.txt", "other.txt", "--unit", "sentence", *sources)
    assert summary["comparisons"] == []
    _, summary = score(files, "mt.txt", "other.txt", *sources)
    assert len(summary["comparisons"]) == 1
