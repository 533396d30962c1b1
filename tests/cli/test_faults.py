"""What befalls a process: it ends with the right code, one sentence, and nothing half-written."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.name == "nt", reason="POSIX")

ARTICLE = "The minister said the the talks would go on.\n"


def shell(
    command: str, folder: Path, env: Mapping[str, str] = os.environ, **options: object
) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of ``mtqa …`` in a folder."""
    command = command.replace("mtqa ", f"'{sys.executable}' -m mtqa ")
    # Byte code that is cut off by a limit or a full disk would befall the tests that follow.
    environment = {**env, "PYTHONDONTWRITEBYTECODE": "1"}
    outcome = subprocess.run(
        ["sh", "-c", command],
        cwd=folder,
        env=environment,
        capture_output=True,
        timeout=900,
        stdin=subprocess.DEVNULL,
        **options,  # type: ignore[call-overload]
    )
    return outcome.returncode, outcome.stdout.decode(), outcome.stderr.decode()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.txt").write_text(ARTICLE, encoding="utf-8")
    return tmp_path


def test_a_disk_that_fills_up_leaves_the_old_report(folder: Path) -> None:
    (folder / "report.json").write_text("old", encoding="utf-8")
    code, out, err = shell(
        "mtqa check --no-qe a.txt --format json --output report.json",
        folder,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)),
    )
    assert (code, out) == (2, "")
    assert err == "mtqa: report.json: cannot be written: File too large\n"
    assert (folder / "report.json").read_text(encoding="utf-8") == "old"
    assert sorted(path.name for path in folder.iterdir()) == ["a.txt", "report.json"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("command", ["check --no-qe a.txt --output /dev/full", "--help >/dev/full"])
def test_a_device_that_takes_nothing_is_one_sentence(folder: Path, command: str) -> None:
    code, out, err = shell(f"mtqa {command}", folder)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.endswith("cannot be written: No space left on device\n")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_while_a_report_is_written_leaves_no_part_of_it(
    folder: Path, number: signal.Signals, code: int
) -> None:
    # The pieces of the report come slowly, so that the signal falls in the midst of them.
    script = (
        "import sys, time\n"
        "from mtqa.cli import main\n"
        "from mtqa.reports import json\n"
        "def slow(result):\n"
        "    yield 'half'\n"
        "    print('writing', flush=True)\n"
        "    time.sleep(60)\n"
        "json.render = slow\n"
        "sys.argv = 'mtqa check --no-qe a.txt --format json --output report.json'.split()\n"
        "main()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert process.stdout and process.stdout.readline() == b"writing\n"
    process.send_signal(number)
    _, err = process.communicate(timeout=900)
    assert (process.returncode, err) == (code, b"")
    assert [path.name for path in folder.iterdir()] == ["a.txt"]


def test_a_kill_leaves_the_old_report_whole(folder: Path) -> None:
    (folder / "report.jsonl").write_text("old", encoding="utf-8")
    (folder / "a.txt").write_text(ARTICLE * 3000, encoding="utf-8")
    arguments = "check --no-qe a.txt --format jsonl --select repeated-word --output report.jsonl"
    process = subprocess.Popen(
        [sys.executable, "-m", "mtqa", *arguments.split()],
        cwd=folder,
    )
    time.sleep(1.5)  # somewhere on the way
    process.kill()
    process.wait(timeout=900)
    report = (folder / "report.jsonl").read_text(encoding="utf-8")
    assert report == "old" or report.splitlines()[-1].startswith('{"kind": "summary"')


def test_no_home_and_a_home_that_cannot_be_written_are_no_fault(folder: Path) -> None:
    bare = {"PATH": os.environ["PATH"], "PYTHONPATH": os.environ.get("PYTHONPATH", "")}
    for home in ({}, {"HOME": "/proc/nowhere"}):
        code, out, err = shell("mtqa check --no-qe a.txt", folder, env={**bare, **home})
        assert (code, err) == (0, "")
        assert "repeated-word" in out


def test_a_working_folder_that_is_gone_is_one_sentence(folder: Path) -> None:
    (folder / "gone").mkdir()
    command = f"cd gone; rmdir ../gone; mtqa check --no-qe {folder}/a.txt"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    assert shell(command, folder, env=environment) == (
        2,
        "",
        "mtqa: the working folder does not exist any more; change to another one\n",
    )


def test_names_of_files_may_be_any_bytes_and_links_may_turn_in_a_circle(folder: Path) -> None:
    os.symlink(".", folder / "again")
    os.symlink("one", folder / "other")
    os.symlink("other", folder / "one")
    for name in (b"new\nline.txt", b"not-utf-8-\xff.txt"):
        try:
            (folder / os.fsdecode(name)).write_text(ARTICLE, encoding="utf-8")
        except OSError:
            pytest.skip("this file system takes no such name")
    code, out, err = shell(
        "mtqa check --no-qe . --format json", folder, env={**os.environ, "LC_ALL": "C"}
    )
    assert (code, err) == (0, "")
    assert out.count('"rule": "repeated-word"') == 3
    code, out, err = shell("mtqa check --no-qe one", folder)
    assert (code, out) == (2, "")
    assert err == "mtqa: one: cannot be read: Too many levels of symbolic links\n"


def test_a_pipe_with_a_name_is_read(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    code, out, err = shell("(cat a.txt >pipe &) ; mtqa check --no-qe pipe", folder)
    assert (code, err) == (0, "")
    assert "pipe\n  1:19 minor repeated-word" in out


NO_NETWORK = """
import socket, sys
def forbidden(*arguments, **options):
    raise AssertionError("a socket was opened")
class Socket(socket.socket):
    __init__ = forbidden
socket.socket = Socket
socket.create_connection = socket.getaddrinfo = forbidden
from mtqa.cli import main
for line in sys.stdin.read().splitlines():
    sys.argv = line.split()
    try:
        main()
    except SystemExit as end:
        assert end.code in (None, 0, 1), (line, end.code)
"""


def test_nothing_opens_a_socket(folder: Path) -> None:
    commands = [
        "mtqa check a.txt --no-cache",
        "mtqa check --no-qe a.txt --format sarif",
        "mtqa score a.txt --no-cache",
        "mtqa report --no-qe a.txt -o report.md",
        f"mtqa evaluate {Path(__file__).parents[2] / 'corpora'}",
        "mtqa models",
    ]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    environment.pop("HF_HUB_OFFLINE", None)
    outcome = subprocess.run(
        [sys.executable, "-c", NO_NETWORK],
        input="\n".join(commands).encode(),
        cwd=folder,
        env=environment,
        capture_output=True,
        timeout=900,
    )
    assert outcome.returncode == 0, outcome.stderr.decode()
    assert b"socket" not in outcome.stderr
