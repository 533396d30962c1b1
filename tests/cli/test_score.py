"""``mtqa score`` and ``mtqa models``, with a small random model in place of the one that ships."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mtqa.qe import cache, models
from mtqa.qe.foreign import hub
from mtqa.qe.models import ModelInfo, Scorer, load_scorer, read_folder
from tests.conftest import Bench
from tests.qe.conftest import model_folder  # noqa: F401

COLUMNS = ["path", "line", "score", "truncated", "reason", "translation"]


@pytest.fixture
def shipped(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small model, where the one that ships is looked for."""
    folder: Path = request.getfixturevalue("model_folder")
    place = tmp_path_factory.mktemp("models")
    shutil.copytree(folder, place / models.SHIPPED)
    return place / models.SHIPPED


@pytest.fixture(autouse=True)
def surroundings(
    shipped: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No home, no downloads, no graphics card."""
    monkeypatch.setattr(models, "_PLACES", (shipped.parent,))
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setattr(cache, "cache_folder", lambda: folder)
    monkeypatch.setattr(hub, "downloaded", list)


@pytest.fixture
def model(shipped: Path) -> Scorer:
    return load_scorer(read_folder(shipped, models.SHIPPED), "cpu")


def rows(out: str) -> list[list[str]]:
    return [line.split("\t") for line in out.removesuffix("\n").split("\n")]


def objects(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


# Rows


def test_one_row_a_segment(mtqa: Bench, model: Scorer) -> None:
    mtqa.write("a.txt", "The mayor opened a bridge.\r\n\r\nNo.\r\n")
    outcome = mtqa("score", "a.txt")
    assert outcome.code == 0
    first, empty, last = (
        segment.score or 0.0 for segment in model.score(["The mayor opened a bridge.", "", "No."])
    )
    assert rows(outcome.out) == [
        COLUMNS,
        ["a.txt", "1", f"{first:.4f}", "false", "", "The mayor opened a bridge."],
        ["a.txt", "2", f"{empty:.4f}", "false", "empty translation", ""],
        ["a.txt", "3", f"{last:.4f}", "false", "", "No."],
    ]
    assert 0 < first < 1


def test_tabs_and_backslashes_do_not_break_a_row(mtqa: Bench) -> None:
    mtqa.write("a.txt", '"Tab\there, C:\\new" he said\rand left.\n')
    (_, row) = rows(mtqa("score", "a.txt", "--quiet").out)
    assert row[5] == r'"Tab\there, C:\\new" he said\rand left.'
    mtqa.write("b.txt", "The mayor of the town\nopened a bridge. It\nrained.\n")
    found = rows(mtqa("score", "b.txt", "--quiet", "--unit", "sentence").out)
    assert [len(row) for row in found] == [6] * len(found)


def test_with_sources_the_rows_have_them(mtqa: Bench, model: Scorer) -> None:
    mtqa.write("a.txt", "The bridge.\nNo.\n\n")
    mtqa.write("a.src", "Podul.\n\n\n")
    outcome = mtqa("score", "a.txt", "--source", "a.src")
    (joint,) = model.score(["The bridge."], ["Podul."])
    assert rows(outcome.out)[1:] == [
        ["a.txt", "1", f"{joint.score:.4f}", "false", "", "The bridge.", "Podul."],
        ["a.txt", "2", "", "false", "empty source", "No.", ""],
        ["a.txt", "3", "", "false", "source and translation are empty", "", ""],
    ]
    assert rows(outcome.out)[0] == [*COLUMNS, "source"]
    assert outcome.err.startswith("a.txt: 3 segments, 1 scored, mean ")


def test_jsonl_says_the_same_and_words_when_asked(mtqa: Bench) -> None:
    mtqa.write("a.txt", "“Bridge”, he said.\n\n")
    plain = objects(mtqa("score", "a.txt", "--format", "jsonl").out)
    assert list(plain[0]) == [
        "path", "line", "source", "translation", "score", "truncated", "reason",
    ]  # fmt: skip
    table = rows(mtqa("score", "a.txt").out)
    assert [f"{row['score']:.4f}" for row in plain] == [row[2] for row in table[1:]]
    assert plain[1]["reason"] == "empty translation"
    whole = objects(mtqa("score", "a.txt", "--format", "jsonl", "--words").out)
    assert [word["text"] for word in whole[0]["words"]] == [
        "“",
        "Bridge",
        "”",
        ",",
        "he",
        "said",
        ".",
    ]
    for word in whole[0]["words"]:
        assert "“Bridge”, he said."[word["start"] : word["end"]] == word["text"]
        assert 0 <= word["probability"] <= 1
    assert [{k: v for k, v in row.items() if k != "words"} for row in whole] == plain


def test_standard_input_is_a_file(mtqa: Bench) -> None:
    outcome = mtqa("score", "-", stdin="Podul é.\nNo.\n".encode())
    assert [row[0] for row in rows(outcome.out)[1:]] == ["<stdin>", "<stdin>"]
    assert outcome.err.startswith("<stdin>: 2 segments, 2 scored")


def test_files_keep_the_order_in_which_they_are_named(mtqa: Bench) -> None:
    for name in "ab":
        mtqa.write(f"{name}.txt", f"{name}.\n")
    found = rows(mtqa("score", "b.txt", "./a.txt", "b.txt").out)
    assert [row[0] for row in found[1:]] == ["b.txt", "a.txt", "b.txt"]


# The same bytes


def test_cache_batch_size_and_chunks_change_no_byte(
    mtqa: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    mtqa.write(
        "a.txt",
        "".join(f"The mayor opened {'a very ' * (i % 5)}new bridge {i}.\n" for i in range(30)),
    )
    arguments = ("score", "a.txt", "--format", "jsonl", "--words")
    first = mtqa(*arguments)
    with monkeypatch.context() as patched:
        patched.setattr(cache, "load_scorer", None)  # all is known
        assert mtqa(*arguments) == first
    assert mtqa(*arguments, "--no-cache") == first
    assert mtqa(*arguments, "--no-cache", "--batch-size", "1") == first
    monkeypatch.setattr("mtqa.inputs.BLOCK", 7)
    assert mtqa(*arguments, "--no-cache", "--device", "cpu") == first


def test_a_damaged_cache_is_one_sentence(mtqa: Bench) -> None:
    mtqa.write("a.txt", "The bridge.\n")
    first = mtqa("score", "a.txt", "--quiet")
    folder = cache.cache_folder()
    assert folder
    (folder / cache.DATABASE).write_bytes(b"none " * 2000)
    again = mtqa("score", "a.txt", "--quiet")
    assert (again.code, again.out) == (0, first.out)
    assert again.err == (
        f"mtqa: {folder / cache.DATABASE}: the cache of scores was damaged and has been removed\n"
    )


# The summary


def test_the_summary_goes_to_standard_error(mtqa: Bench) -> None:
    mtqa.write("a.txt", "The bridge.\nNo.\nThe mayor opened it.\n")
    mtqa.write("b.txt", "People. " * 80 + "\n")
    outcome = mtqa("score", "a.txt", "b.txt")
    figures = r"mean 0\.\d{4} \[0\.\d{4}, 0\.\d{4}\]"
    lines = outcome.err.splitlines()
    assert len(lines) == 4
    for line, start in zip(
        lines,
        ("a.txt: 3 segments, 3 scored, ", "b.txt: 1 segment, 1 scored", "all 2 files: 4 segments"),
        strict=False,
    ):
        assert line.startswith(start)
        assert re.search(figures, line)
    assert lines[3] == "mtqa-qe-small, translation alone; 95 % bootstrap intervals (1,000 draws)"
    assert mtqa("score", "a.txt", "b.txt", "--quiet").err == ""


def test_the_summary_may_be_a_file(mtqa: Bench, shipped: Path) -> None:
    mtqa.write("a.txt", "The bridge.\n\n")
    mtqa.write("a.src", "Podul.\n\n")
    outcome = mtqa("score", "a.txt", "none.txt", "--source", "a.src", "--source", "a.src",
                   "--summary", "s.json")  # fmt: skip
    assert outcome.code == 2
    assert outcome.err == "mtqa: none.txt: there is no such file; the nearest name is a.txt\n"
    summary = json.loads((mtqa.folder / "s.json").read_text(encoding="utf-8"))
    score = float(rows(outcome.out)[1][2])
    figures = {
        "segments": 2,
        "scored": 1,
        "truncated": 0,
        "mean": score,
        "low": score,
        "high": score,
        "metrics": [],
    }
    assert summary["files"] == [
        {"path": "a.txt", "source": "a.src", "references": [], **figures, "documents": []}
    ]
    assert summary["all"] == figures
    assert summary["model"] == {
        "name": "mtqa-qe-small",
        "checksum": read_folder(shipped, "mtqa-qe-small").checksum,
    }
    assert [error["path"] for error in summary["errors"]] == ["none.txt"]


def test_a_mean_of_nothing_is_none(mtqa: Bench) -> None:
    mtqa.write("b.txt", "* * *\n")
    outcome = mtqa("score", "b.txt", "--unit", "sentence", "--summary", "s.json")
    summary = json.loads((mtqa.folder / "s.json").read_text(encoding="utf-8"))
    assert outcome.code == 0
    assert summary["all"] == {
        "segments": 1, "scored": 0, "truncated": 0, "mean": None, "low": None, "high": None,
        "metrics": [],
    }  # fmt: skip
    assert mtqa("score", "b.txt", "--unit", "sentence").err.startswith(
        "b.txt: 1 segment, 0 scored\n"
    )


# What cannot be scored


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"\n\n", "holds no text"),
        (b"%PDF-1.7", "is a PDF"),
        (b"a\0b", "holds a NUL byte at byte 1"),
        ("x".encode("utf-16") * 600_000, "is larger than the 1 MB that max-file-size allows"),
        (None, "there is no such file; the nearest name is a.txt"),
    ],
)
def test_a_bad_file_does_not_stop_the_others(mtqa: Bench, content: bytes | None, says: str) -> None:
    mtqa.write("mtqa.toml", "max-file-size = 1\n")
    mtqa.write("a.txt", "The bridge.\n")
    if content is not None:
        mtqa.write("bad.txt", content)
    outcome = mtqa("score", "bad.txt", "a.txt", "--quiet")
    assert outcome.code == 2
    assert outcome.err.startswith(f"mtqa: bad.txt: {says}")
    assert outcome.err.count("\n") == 1
    assert [row[0] for row in rows(outcome.out)] == ["path", "a.txt"]


def test_a_legacy_encoding_is_read_with_a_note(mtqa: Bench) -> None:
    text = "Der Bürgermeister eröffnete die Brücke über den Fluß früher als geplant.\n"
    mtqa.write("a.txt", text.encode("cp1252"))
    outcome = mtqa("score", "a.txt")
    assert text.strip() in outcome.out
    assert outcome.err.startswith("mtqa: a.txt: is not UTF-8; read as ")


def test_unequal_files_are_refused_with_both_counts(mtqa: Bench) -> None:
    chance = random.Random(4)
    lengths = [chance.randint(2, 30) for _ in range(120)]
    mtqa.write("a.txt", "".join("people " * n + "\n" for n in lengths[:60] + lengths[61:]))
    mtqa.write("a.src", "".join("oameni " * n + "\n" for n in lengths))
    mtqa.write("b.txt", "No.\n")
    mtqa.write("b.src", "Nu.\n")
    outcome = mtqa("score", "a.txt", "b.txt", "--source", "a.src", "--source", "b.src", "--quiet")
    assert outcome.code == 2
    assert outcome.err == (
        "mtqa: a.txt: has 119 lines but its source a.src has 120 (their lengths part at about "
        "line 61); give two files whose lines pair up\n"
    )
    assert [row[0] for row in rows(outcome.out)] == ["path", "b.txt"]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--device", "nonsense"], "there is no device 'nonsense'"),
        (["--batch-size", "0"], "--batch-size"),
        (["--model", "./none"], "there is no model './none'"),
        (["--words"], "--words needs --format jsonl"),
        (
            ["--unit", "sentence", "--documents", "a.txt"],
            "--unit sentence does not go with --documents",
        ),
        (["--source", "a.txt", "--source", "a.txt"], "1 file but 2 source files"),
        (["--target-lang", "?"], "'?' is no language code"),
        (["--output", "a.txt"], "a.txt: would be overwritten by --output"),
        (["--output", "b.txt", "--summary", "b.txt"], "b.txt: would be overwritten by --summary"),
        (["--output", "none/b.txt"], "its folder does not exist"),
        (["--summary", "."], ".: is a folder; name a file for --summary"),
    ],
)
def test_wrong_usage_is_one_sentence(mtqa: Bench, options: list[str], says: str) -> None:
    mtqa.write("a.txt", "The bridge.\n")
    outcome = mtqa("score", "a.txt", *options)
    assert (outcome.code, outcome.out) == (2, "")
    assert says in outcome.err
    assert outcome.err.count("\n") == 1
    assert {path.name for path in mtqa.folder.iterdir()} == {"a.txt"}


def test_what_holds_its_source_is_not_cut_into_sentences(mtqa: Bench) -> None:
    """They would be scored without it."""
    mtqa.write("a.tsv", "source\ttranslation\nPodul.\tThe bridge. It is new.\n")
    outcome = mtqa("score", "a.tsv", "--unit", "sentence")
    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert "leave --unit sentence out" in outcome.err


def test_a_format_that_is_named_is_not_that_of_the_source(mtqa: Bench) -> None:
    mtqa.write("a.out", "<p>The bridge.</p>")
    mtqa.write("source.txt", "Podul <p>\n")
    outcome = mtqa("score", "a.out", "--input-format", "html", "--source", "source.txt", "-q")
    assert (outcome.code, outcome.err) == (0, "")


def test_a_model_that_needs_the_source_says_so(
    mtqa: Bench, shipped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (shipped / "config.json").write_text(
        '{"architectures": ["XLMRobertaForSequenceClassification"]}', encoding="utf-8"
    )
    mtqa.write("a.txt", "The bridge.\n")
    outcome = mtqa("score", "a.txt", "--model", str(shipped))
    assert (outcome.code, outcome.out) == (2, "")
    assert (
        outcome.err == f"mtqa: {shipped} cannot score without the source; give it with --source\n"
    )


# Where it goes


def test_an_output_file_is_written_whole_or_not_at_all(
    mtqa: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    mtqa.write("a.txt", "The bridge.\nNo.\n")
    plain = mtqa("score", "a.txt").out
    outcome = mtqa("score", "a.txt", "--output", "scores.tsv")
    assert (outcome.code, outcome.out) == (0, "")
    assert (mtqa.folder / "scores.tsv").read_text(encoding="utf-8") == plain

    def interrupt(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cache, "load_scorer", interrupt)
    mtqa.write("a.txt", "The bridge.\nAnother.\n")
    assert mtqa("score", "a.txt", "--output", "scores.tsv").code == 130
    assert (mtqa.folder / "scores.tsv").read_text(encoding="utf-8") == plain
    assert len(list(mtqa.folder.iterdir())) == 2


def test_a_reader_that_leaves_early_gets_no_figures_of_a_part(
    mtqa: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = sys.modules["mtqa.cli.score"]
    monkeypatch.setattr(command, "write_stdout", lambda pieces: print(next(iter(pieces)), end=""))
    mtqa.write("a.txt", "The bridge.\n")
    outcome = mtqa("score", "a.txt", "a.txt", "--summary", "s.json")
    assert (outcome.code, outcome.err, len(rows(outcome.out))) == (0, "", 2)
    assert not (mtqa.folder / "s.json").exists()
    assert mtqa("score", "a.txt", "a.txt").err == ""


def test_nothing_is_printed_before_there_is_a_score(mtqa: Bench, shipped: Path) -> None:
    (shipped / "model.safetensors").write_bytes(b"torn")
    mtqa.write("a.txt", "The bridge.\n")
    outcome = mtqa("score", "a.txt")
    assert (outcome.code, outcome.out) == (2, "")


# The models


def test_models_lists_what_is_here_without_reading_it(
    mtqa: Bench, shipped: Path, tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    config = json.loads((shipped / "config.json").read_text(encoding="utf-8"))
    config |= {
        "license": "Apache-2.0",
        "origin": "trained for this",
        "figures": {"ro-en": 0.83, "et-en, alone": 0.6},
    }
    (shipped / "config.json").write_text(json.dumps(config), encoding="utf-8")
    other = tmp_path_factory.mktemp("hub") / "snapshots" / "0123abc"
    shutil.copytree(shipped, other)
    (other / "config.json").write_text('{"model_type": "mtqa-qe"}', encoding="utf-8")
    (other / "README.md").write_text("---\nlanguage: ro\nlicense: mit\n---\n# A model\n", "utf-8")
    monkeypatch.setattr(hub, "downloaded", lambda: [("owner/other", other)])
    with monkeypatch.context() as patched:
        patched.setattr(ModelInfo, "checksum", property(lambda info: 1 / 0))
        outcome = mtqa("models")
    assert (outcome.code, outcome.err) == (0, "")
    size = sum(path.stat().st_size for path in shipped.iterdir()) / 1e6
    assert outcome.out.startswith(
        "mtqa-qe-small\n"
        "  kind     mtqa-qe\n"
        f"  folder   {shipped}\n"
        "  origin   trained for this\n"
        "  licence  Apache-2.0\n"
        f"  size     {size:,.1f} MB\n"
        "  figures  ro-en         0.83\n"
        "           et-en, alone  0.6\n"
        "\n"
        "owner/other\n"
    )
    assert "  origin   https://huggingface.co/owner/other/tree/0123abc\n" in outcome.out
    assert "  licence  mit\n" in outcome.out
    both = json.loads(mtqa("models", "--format", "json").out)
    assert [row["name"] for row in both] == ["mtqa-qe-small", "owner/other"]
    assert both[0]["sha256"] == read_folder(shipped, "x").checksum
    assert both[0]["card"] is None
    assert both[1]["card"] == str(other / "README.md")
    assert both[0]["figures"] == config["figures"]


def test_one_model_is_shown_with_card_and_checksum(mtqa: Bench, shipped: Path) -> None:
    (shipped / "README.md").write_text("# A card\n", encoding="utf-8")
    for name in ("mtqa-qe-small", str(shipped)):
        outcome = mtqa("models", name)
        assert f"  SHA-256  {read_folder(shipped, name).checksum}\n" in outcome.out
        assert f"  card     {shipped / 'README.md'}\n" in outcome.out
        assert "  licence  unknown\n" in outcome.out
        assert json.loads(mtqa("models", name, "--format", "json").out)["name"] == name


def test_a_model_that_is_not_here_is_not_fetched(
    mtqa: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "fetch", lambda name: 1 / 0)
    outcome = mtqa("models", "owner/small")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == (
        "mtqa: there is no model 'owner/small' on this machine; did you mean mtqa-qe-small?\n"
    )


def test_neither_help_nor_the_list_of_models_loads_what_scores(shipped: Path) -> None:
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from mtqa.cli import main\n"
        "from mtqa.qe import models\n"
        f"models._PLACES = (Path({str(shipped.parent)!r}),)\n"
        "for arguments in (['score', '--help'], ['models'], ['models', '--format', 'json']):\n"
        "    sys.argv = ['mtqa', *arguments]\n"
        "    try:\n        main()\n"
        "    except SystemExit as end:\n        assert not end.code, end.code\n"
        "heavy = {'torch', 'transformers', 'numpy', 'scipy', 'safetensors', 'tokenizers'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    outcome = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "HF_HUB_CACHE": str(shipped)},
        capture_output=True,
        timeout=900,
    )
    assert (outcome.returncode, outcome.stderr) == (0, b"")
