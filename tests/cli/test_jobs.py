"""Several processes write the bytes of one."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from pathlib import Path

import pytest

from mtqa.config import ConfigError, Settings
from mtqa.pipeline import check_files
from mtqa.workers import in_order
from tests.cli.test_resume import command, run, write_texts
from tests.qe.conftest import model_folder  # noqa: F401


def nothing() -> None:
    """A process that needs no preparation."""


def square(number: int) -> int:
    return number * number


def die(number: int) -> int:
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def test_results_come_in_the_order_of_the_work() -> None:
    assert list(in_order(range(50), square, 3, nothing, ())) == [n * n for n in range(50)]


def test_no_process_is_left_when_the_work_is_done() -> None:
    before = set(multiprocessing.active_children())
    list(in_order(range(50), square, 3, nothing, ()))
    assert not set(multiprocessing.active_children()) - before


def test_work_is_read_only_a_little_ahead() -> None:
    read = []

    def work() -> object:
        for number in range(1000):
            read.append(number)
            yield number

    results = in_order(work(), square, 2, nothing, ())  # type: ignore[arg-type]
    assert next(results) == 0
    assert len(read) < 10
    results.close()  # type: ignore[attr-defined]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_process_that_dies_is_told() -> None:
    with pytest.raises(ConfigError, match="one of 2 processes died"):
        list(in_order(range(50), die, 2, nothing, ()))


def test_a_check_by_several_processes_is_that_of_one(tmp_path: Path) -> None:
    for number in range(40):
        text = f"The the minister said so.\nArticle {number} of the the day.\n"
        (tmp_path / f"{number}.txt").write_text(text if number % 7 else "", encoding="utf-8")
    check = [sys.executable, "-m", "mtqa", "check", str(tmp_path), "--no-qe", "--format", "json"]
    one, many = run(check), run([*check, "--jobs", "3"])
    assert (many.returncode, many.stdout, many.stderr) == (one.returncode, one.stdout, one.stderr)
    assert one.returncode == 2  # for the empty ones
    assert one.stdout.count('"rule": "repeated-word"') == 68


def test_a_program_that_has_run_a_model_may_check_in_several_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        (tmp_path / f"{number}.txt").write_text("The the minister.\n", encoding="utf-8")
    monkeypatch.setitem(sys.modules, "torch", sys)  # so that nothing is forked
    settings = Settings(qe=False)
    one, many = (check_files([str(tmp_path)], settings, jobs=jobs) for jobs in (1, 2))
    assert [d.findings for d in many.documents] == [d.findings for d in one.documents]


def test_scores_by_several_processes_are_those_of_one(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    model: Path = request.getfixturevalue("model_folder")
    write_texts(tmp_path)
    written = []
    for jobs in ("1", "3"):
        outcome = run(command(tmp_path, model, "--format", "jsonl", "--words", "--jobs", jobs))
        assert outcome.returncode == 0
        written.append(((tmp_path / "scores").read_bytes(), outcome.stderr))
    assert written[0] == written[1]
