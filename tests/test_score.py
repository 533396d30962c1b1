"""Segments of files, their pairing with sources, and what the scores come to."""

from __future__ import annotations

import random
from array import array
from pathlib import Path

import pytest

from mtqa import inputs
from mtqa.config import ConfigError, Settings
from mtqa.qe.models import Scorer, load_scorer, read_folder
from mtqa.scoring import Scoring, Segment, Tally, mean_score
from mtqa.text.lines import find_parting, split_lines
from tests.qe.conftest import model_folder  # noqa: F401

WRAPPED = (
    "The mayor opened the new bridge over the river on Monday, and three hundred\n"
    "people crossed it before noon. He said that it had taken four years to build\n"
    "and that nobody had been injured in all that time. The old one goes.\n"
)


@pytest.fixture(scope="module")
def model(request: pytest.FixtureRequest) -> Scorer:
    folder: Path = request.getfixturevalue("model_folder")
    return load_scorer(read_folder(folder, "tiny"), "cpu")


def segments(scoring: Scoring) -> list[Segment]:
    return [segment for chunk in scoring.chunks() for segment in chunk.segments]


# Segments


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a\nb\n", ["a", "b"]),
        ("a\nb", ["a", "b"]),
        ("a\r\n\r\nb\r\n", ["a", "", "b"]),
        ("\na\n\n", ["", "a", ""]),
        (" a \t\n", [" a \t"]),
        ("a\u2028b\x85c\vd\fe\rf\n", ["a\u2028b\x85c\vd\fe\rf"]),
    ],
)
def test_one_line_is_one_segment(text: str, lines: list[str]) -> None:
    assert split_lines(text) == lines


def test_each_segment_has_its_line_and_the_score_of_its_text(model: Scorer, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Bridge!\n\nThe mayor opened a bridge.\n", encoding="utf-8")
    found = segments(Scoring([str(path)], model, Settings()))
    assert [(s.line, s.translation, s.source) for s in found] == [
        (1, "Bridge!", None),
        (2, "", None),
        (3, "The mayor opened a bridge.", None),
    ]
    expected = model.score([s.translation for s in found])
    assert [s.estimate.score for s in found] == [pytest.approx(e.score, abs=1e-4) for e in expected]
    assert found[1].estimate.reason == "empty translation"


def test_running_text_is_split_and_scored_as_in_a_check(model: Scorer, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(WRAPPED + "\n* * *\n\nIt rained.\n", encoding="utf-8")
    found = segments(Scoring([str(path)], model, Settings(), unit="sentence"))
    assert [(s.line, s.translation.partition(" ")[0]) for s in found] == [
        (1, "The"),
        (2, "He"),
        (3, "The"),
        (5, "*"),
        (7, "It"),
    ]
    assert found[0].translation.count("\n") == 1
    (one_line,) = model.score([found[0].translation.replace("\n", " ")])
    assert found[0].estimate.score == pytest.approx(one_line.score, abs=1e-4)
    words = [found[0].translation[w.start : w.end] for w in found[0].estimate.words]
    assert words[:4] == ["The", "mayor", "opened", "the"]
    assert words[-4:] == ["it", "before", "noon", "."]
    assert (found[3].estimate.score, found[3].estimate.reason) == (None, "no words")


def test_memory_stays_flat_and_chunks_change_nothing(
    model: Scorer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("".join(f"Bridge {i} opened.\n" for i in range(25)), encoding="utf-8")
    whole = segments(Scoring([str(path)], model, Settings()))
    monkeypatch.setattr(inputs, "BLOCK", 10)
    scoring = Scoring([str(path), str(path)], model, Settings())
    sizes, progress = [], []
    parts: list[Segment] = []
    for chunk in scoring.chunks():
        sizes.append(len(chunk.segments))
        progress.append(scoring.progress)
        parts += chunk.segments
    assert sizes == [10, 10, 5] * 2
    assert progress == pytest.approx([0.2, 0.4, 0.5, 0.7, 0.9, 1.0])
    assert [s.line for s in parts] == [s.line for s in whole] * 2
    for left, right in zip(parts, whole * 2, strict=True):
        assert left.estimate.score == pytest.approx(right.estimate.score, abs=0.001)


# Pairs


def test_sources_go_with_the_files_in_order(model: Scorer, tmp_path: Path) -> None:
    for name, content in {
        "a": "The bridge.\nNo.\n",
        "b": "People.\n",
        "a.src": "Podul.\r\nNu.\r\n",
        "b.src": "Oameni.",
    }.items():
        (tmp_path / name).write_text(content, encoding="utf-8", newline="")
    names = [str(tmp_path / name) for name in ("b", "a", "b.src", "a.src")]
    scoring = Scoring(names[:2], model, Settings(), sources=names[2:])
    found = segments(scoring)
    assert [(s.source, s.translation) for s in found] == [
        ("Oameni.", "People."),
        ("Podul.", "The bridge."),
        ("Nu.", "No."),
    ]
    expected = model.score([s.translation for s in found], [s.source or "" for s in found])
    assert [s.estimate.score for s in found] == [pytest.approx(e.score, abs=1e-4) for e in expected]
    assert [(Path(tally.source or "").name, tally.segments) for tally in scoring.tallies] == [
        ("b.src", 1),
        ("a.src", 2),
    ]


@pytest.mark.parametrize(
    ("paths", "sources", "unit", "says"),
    [
        (["a", "b"], ["s"], "line", "2 files but 1 source file; give one"),
        (["a"], ["s", "s"], "line", "1 file but 2 source files; give one"),
        (["-"], ["-"], "line", "standard input (-) can be read only once"),
        (["-", "a", "-"], [], "line", "standard input (-) can be read only once"),
    ],
)
def test_files_that_do_not_go_together_are_refused(
    model: Scorer, paths: list[str], sources: list[str], unit: inputs.Unit, says: str
) -> None:
    with pytest.raises(ConfigError) as refusal:
        Scoring(paths, model, Settings(), sources=sources, unit=unit)
    assert says in str(refusal.value)


def lines_of_like_length(count: int, seed: int) -> tuple[list[str], list[str]]:
    """Translations and sources, the latter about a fifth longer."""
    chance = random.Random(seed)
    lengths = [chance.randint(20, 200) for _ in range(count)]
    translations = ["t" * length for length in lengths]
    return translations, ["s" * int(length * chance.uniform(1.05, 1.35)) for length in lengths]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("gap", [1, 4])
def test_the_line_where_two_files_part_is_told(seed: int, gap: int) -> None:
    translations, sources = lines_of_like_length(200, seed)
    at = 30 + 30 * seed
    without = find_parting(translations[:at] + translations[at + gap :], sources)
    assert without is not None and abs(without - (at + 1)) <= 5
    without = find_parting(translations, sources[:at] + sources[at + gap :])
    assert without is not None and abs(without - (at + 1)) <= 5


def test_no_line_is_named_where_the_lengths_do_not_tell() -> None:
    translations, sources = lines_of_like_length(200, 9)
    assert find_parting(translations[:-1], sources) is None
    assert find_parting(translations[:2], sources[:4]) is None
    assert find_parting(["a"] * 50, ["b"] * 49) is None
    assert find_parting(["", ""], [""]) is None
    random.Random(1).shuffle(sources)
    assert find_parting(translations[:-1], sources) is None


# What scores come to


def test_the_interval_of_a_mean_covers_it_and_narrows() -> None:
    chance = random.Random(3)

    def tally(count: int) -> Tally:
        return Tally("a", scores=array("d", [chance.gauss(0.7, 0.1) for _ in range(count)]))

    few, many = mean_score([tally(25)]), mean_score([tally(2500)])
    assert few and many
    assert few.low < few.value < few.high
    # 1.96 standard errors to either side
    assert many.high - many.low == pytest.approx(2 * 1.96 * 0.1 / 50, rel=0.15)
    assert few.high - few.low == pytest.approx(2 * 1.96 * 0.1 / 5, rel=0.4)


def test_the_mean_over_files_counts_every_segment_once() -> None:
    tallies = [Tally("a", scores=array("d", [0.5])), Tally("b", scores=array("d", [0.8, 0.8]))]
    mean = mean_score(tallies)
    assert mean and mean.value == pytest.approx(0.7)
    assert mean == mean_score(tallies)
    assert mean_score([Tally("a")]) is None
    assert mean_score([]) is None
    assert mean_score(tallies[:1]) == (0.5, 0.5, 0.5)
