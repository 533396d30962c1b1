"""A run that is killed goes on where it was, to the very bytes of one that was not."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mtqa.cli.journal import Journal, digest_file
from mtqa.config import ConfigError, Settings
from mtqa.pipeline import Checking
from tests.qe.conftest import model_folder  # noqa: F401

_LIMIT = 1200  # seconds; twenty times what a run takes on a busy machine

_WORDS = "the mayor opened a bridge after ten years of work said".split()


def command(folder: Path, model: Path, *options: str) -> list[str]:
    return [
        *(sys.executable, "-m", "mtqa", "score", str(folder / "a.txt"), str(folder / "b.txt")),
        *("--model", str(model), "--no-cache", "--output", str(folder / "scores"), *options),
    ]


def run(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(arguments, capture_output=True, text=True, timeout=_LIMIT)


def write_texts(folder: Path) -> None:
    draw = random.Random(5)
    for name, count in (("a", 3000), ("b", 1300)):
        lines = (" ".join(draw.choices(_WORDS, k=draw.randint(0, 12))) for _ in range(count))
        (folder / f"{name}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
@pytest.mark.parametrize(
    ("options", "kills"),
    [(["--format", "jsonl", "--words"], (0, 2600)), (["--format", "tsv"], (600,))],
)
def test_killed_and_resumed_runs_write_the_bytes_of_one(
    request: pytest.FixtureRequest, tmp_path: Path, options: list[str], kills: tuple[int, ...]
) -> None:
    model: Path = request.getfixturevalue("model_folder")
    write_texts(tmp_path)
    summaries = [["--summary", str(tmp_path / name)] for name in ("one.json", "two.json")]
    assert run(command(tmp_path, model, *options, *summaries[0])).returncode == 0
    output, partial = tmp_path / "scores", tmp_path / "scores.partial"
    whole = output.read_bytes()
    output.unlink()
    for kept in kills:  # rows
        process = subprocess.Popen(
            command(tmp_path, model, *options, "--resume"), stderr=subprocess.DEVNULL
        )
        while not (partial.exists() and partial.read_bytes().count(b"\n") > kept):
            assert process.poll() is None
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert not output.exists()
        assert whole.startswith(partial.read_bytes())
        with open(partial, "ab") as file:  # a row that the death cut off
            file.write(whole[partial.stat().st_size :][:17])
    assert run(command(tmp_path, model, *options, "--resume", *summaries[1])).returncode == 0
    assert output.read_bytes() == whole
    assert (tmp_path / "two.json").read_bytes() == (tmp_path / "one.json").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir() if "scores" in path.name) == ["scores"]


def check(folder: Path, *options: str) -> list[str]:
    return [
        *(sys.executable, "-m", "mtqa", "check", str(folder / "texts"), "--format", "jsonl"),
        *("--no-qe", "--output", str(folder / "report"), *options),
    ]


def write_articles(folder: Path, count: int) -> None:
    draw = random.Random(7)
    (folder / "texts").mkdir()
    for number in range(count):
        lines = (
            " ".join([*draw.choices(_WORDS, k=draw.randint(3, 12)), "the the end."])
            for _ in range(20)
        )
        (folder / "texts" / f"{number:03}.txt").write_text("\n".join(lines), encoding="utf-8")
    (folder / "texts" / "050.txt").write_bytes(b"")  # cannot be read
    (folder / "texts" / "120.txt").write_bytes("Caf\xe9 \xfcber alles.\n".encode("latin-1") * 20)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
@pytest.mark.parametrize("options", [[], ["--jobs", "2"]])
def test_a_killed_and_resumed_check_writes_the_bytes_of_one(
    tmp_path: Path, options: list[str]
) -> None:
    write_articles(tmp_path, 300)
    assert run(check(tmp_path, *options)).returncode == 2  # 050.txt
    output, partial = tmp_path / "report", tmp_path / "report.partial"
    whole = output.read_bytes()
    assert whole.count(b'"kind": "error"') == 1
    output.unlink()
    for kept in (0, 1500):  # rows
        process = subprocess.Popen(check(tmp_path, *options, "--resume"), stderr=subprocess.DEVNULL)
        while not (partial.exists() and partial.read_bytes().count(b"\n") > kept):
            assert process.poll() is None
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert not output.exists()
        assert whole.startswith(partial.read_bytes())
        with open(partial, "ab") as file:  # a row that the death cut off
            file.write(whole[partial.stat().st_size :][:17])
    outcome = run(check(tmp_path, *options, "--resume"))
    assert outcome.returncode == 2
    assert "050.txt: is empty" in outcome.stderr
    assert output.read_bytes() == whole
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report", "texts"]


def test_what_a_check_goes_on_with_is_of_the_same_run(tmp_path: Path) -> None:
    write_articles(tmp_path, 2)
    (tmp_path / "report.partial").write_text("", encoding="utf-8")
    (tmp_path / "report.partial.run").write_text("{}", encoding="utf-8")
    outcome = run(check(tmp_path, "--resume"))
    assert outcome.returncode == 2
    assert "its rows are of a run with other inputs or settings" in outcome.stderr


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--format", "json"], "does not go with the format json"),
        (["--report", "csv=a.csv"], "does not go with --report"),
        (["--min-score", "0.5"], "does not go with a bar for scores"),
    ],
)
def test_a_check_that_needs_its_end_first_cannot_be_gone_on_with(
    tmp_path: Path, options: list[str], says: str
) -> None:
    write_articles(tmp_path, 1)
    arguments = [*check(tmp_path, "--resume"), *options]
    if options[0] == "--min-score":
        arguments.remove("--no-qe")
    outcome = run(arguments)
    assert (outcome.returncode, outcome.stdout) == (2, "")
    assert "--resume needs --format jsonl and --output FILE" in outcome.stderr
    assert says in outcome.stderr


def test_documents_are_settled_by_the_group_that_is_scored_together(tmp_path: Path) -> None:
    write_articles(tmp_path, 60)
    names = [str(tmp_path / "texts")]
    checked = [(str(tmp_path / "texts" / f"{n:03}.txt"), 200) for n in range(40)]
    assert Checking(names, Settings(qe=False)).count_settled(checked) == 40
    assert Checking(names, Settings()).count_settled(checked) == 39  # 13 times three
    assert Checking(names, Settings(), jobs=2).count_settled(checked) == 32  # twice 16
    assert Checking(names, Settings()).count_settled(checked[:2]) == 0


def test_rows_of_another_run_are_not_gone_on_with(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    model: Path = request.getfixturevalue("model_folder")
    write_texts(tmp_path)
    (tmp_path / "scores.partial").write_text("path\tline\n", encoding="utf-8")
    (tmp_path / "scores.partial.run").write_text("{}", encoding="utf-8")
    outcome = run(command(tmp_path, model, "--resume"))
    assert outcome.returncode == 2
    assert outcome.stderr == (
        f"mtqa: {tmp_path / 'scores.partial'}: its rows are of a run with other inputs or "
        "settings; remove it, or leave --resume out to begin anew\n"
    )
    assert run(command(tmp_path, model)).returncode == 0


def test_only_files_can_be_gone_on_with() -> None:
    base = [sys.executable, "-m", "mtqa", "score", "--resume"]
    assert "--resume needs --output FILE" in run([*base, "a.txt"]).stderr
    assert "--resume needs files" in run([*base, "-", "--output", "a.tsv"]).stderr


def test_a_journal_drops_what_follows_the_rows_that_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "rows"
    first = Journal(path, "run", "head\n")
    first.write("1\n2\n3\n")
    assert first.give_up()
    (tmp_path / "rows.partial").open("a").write("4")
    with pytest.raises(ConfigError, match="other inputs or settings"):
        Journal(path, "other run", "head\n", resume=True)
    second = Journal(path, "run", "head\n", resume=True)
    assert list(second.rows(int)) == [1, 2, 3]
    second.keep(2)
    second.write("three\n")
    second.finish()
    assert path.read_text(encoding="utf-8") == "head\n1\n2\nthree\n"
    assert os.listdir(tmp_path) == ["rows"]


@pytest.mark.skipif(sys.platform == "win32", reason="there are no named pipes")
def test_a_named_pipe_is_not_read_to_tell_a_run(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "file").write_bytes(b"abc")
    assert digest_file(str(tmp_path / "pipe")) is None  # and at once: nobody writes into it
    assert digest_file(str(tmp_path / "none")) is None
    assert digest_file(str(tmp_path / "file")) == (
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # FIPS 180-2, B.1
    )
