"""The program as a process: what it loads, how it takes a broken pipe, a signal, a bare locale."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ARTICLE = "The minister said the the talks would go on.\n" * 3


def run(*arguments: str, **options: object) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(  # type: ignore[call-overload, no-any-return]
        [sys.executable, "-m", "mtqa", *arguments], capture_output=True, timeout=900, **options
    )


def loaded(*arguments: str) -> set[str]:
    """Top-level packages that a command line imports."""
    script = (
        "import sys, json\n"
        "from mtqa.cli import main\n"
        f"sys.argv = ['mtqa', *{list(arguments)!r}]\n"
        "try:\n    main()\n"
        "except SystemExit:\n    pass\n"
        "sys.stdout.flush()\n"
        "print('\\0' + json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"
    )
    out = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=True, timeout=900
    ).stdout
    return set(json.loads(out.decode().rpartition("\0")[2]))


# What runs a model, and what comes with it.
MODELS = {"torch", "transformers", "tokenizers", "safetensors", "numpy", "scipy"}


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        ["check", "--help"],
        ["rules"],
        ["explain", "quote"],
        ["explain", "estimation"],
        ["check", "none.txt"],
    ],
)
def test_only_a_check_loads_what_a_check_needs(arguments: list[str]) -> None:
    heavy = {"sacrebleu", "wordfreq", "ftfy", "lingua", "rapidfuzz", "chardet", "rich"}
    assert loaded(*arguments) & (MODELS | heavy) == set()


def test_a_check_of_english_without_scores_loads_no_model(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ARTICLE, encoding="utf-8")
    heavy = {"chardet", "rich"}
    assert loaded("check", "--no-qe", str(tmp_path / "a.txt")) & (MODELS | heavy) == set()


def test_without_torch_a_check_says_what_to_do_and_reports_its_findings(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ARTICLE, encoding="utf-8")
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "config.json").write_text('{"model_type": "mtqa-qe"}', encoding="utf-8")
    (folder / "model.safetensors").write_bytes(b"")
    script = (
        "import sys\n"
        "sys.modules['torch'] = None\n"  # as if it were not installed
        "from mtqa.cli import main\n"
        "sys.argv = ['mtqa', 'check', '--no-cache', '--model', 'model', 'a.txt']\n"
        "main()"
    )
    outcome = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, timeout=900
    )
    assert outcome.returncode == 2
    assert outcome.stdout.count(b"repeated-word") == 3
    assert outcome.stderr == (
        b"mtqa: the model needs torch, which is not installed; install it, or run without scores "
        b"(--no-qe)\n"
    )


def test_output_is_utf8_under_any_locale(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Spinboldak – “Spin Boldak”, Spin Boldak é.\n", "utf-8")
    environment = {**os.environ, "LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0"}
    environment.pop("PYTHONIOENCODING", None)
    outcome = run("check", "--no-qe", "a.txt", "--format", "json", cwd=tmp_path, env=environment)
    assert outcome.returncode in (0, 1)
    assert "“Spin Boldak”" in outcome.stdout.decode("utf-8")


@pytest.mark.skipif(os.name == "nt", reason="POSIX pipes")
def test_a_reader_that_leaves_early_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ARTICLE * 5000, encoding="utf-8")
    check = f"'{sys.executable}' -m mtqa check --no-qe a.txt --select name --format jsonl"
    command = f"{check} | head -n 1"
    outcome = subprocess.run(
        ["sh", "-c", command], cwd=tmp_path, capture_output=True, timeout=900, check=True
    )
    assert outcome.stdout.count(b"\n") == 1
    assert outcome.stderr == b""


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_an_interrupt_ends_it_without_a_trace(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "mtqa", "check", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # a run in the background of a shell ignores it, and so would this process
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    time.sleep(4)  # it now waits for its input
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=900)
    assert (process.returncode, out) == (130, b"")
    assert b"Traceback" not in err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ARTICLE, encoding="utf-8")
    with open("/dev/full", "wb") as full:
        outcome = subprocess.run(
            [sys.executable, "-m", "mtqa", "check", "--no-qe", "a.txt"],
            cwd=tmp_path,
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=900,
        )
    assert outcome.returncode == 2
    assert outcome.stderr == (b"mtqa: standard output cannot be written: No space left on device\n")


@pytest.mark.skipif(os.name == "nt", reason="a POSIX shell closes them")
@pytest.mark.parametrize(
    ("closed", "message"),
    [
        ("check - <&-", b"mtqa: <stdin>: is closed; pipe a text into the command\n"),
        (
            "check --no-qe a.txt >&-",
            b"mtqa: standard output is closed; name a file with --output\n",
        ),
    ],
)
def test_a_closed_stream_is_one_sentence(tmp_path: Path, closed: str, message: bytes) -> None:
    (tmp_path / "a.txt").write_text(ARTICLE, encoding="utf-8")
    outcome = subprocess.run(
        ["sh", "-c", f"'{sys.executable}' -m mtqa {closed}"],
        cwd=tmp_path,
        capture_output=True,
        timeout=900,
    )
    assert (outcome.returncode, outcome.stderr) == (2, message)


def test_what_the_output_goes_to_is_not_searched(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The the bridge is open.\n", encoding="utf-8")
    with open(tmp_path / "findings.txt", "wb") as output:
        outcome = subprocess.run(
            [sys.executable, "-m", "mtqa", *"check . --no-qe".split()],
            cwd=tmp_path,
            stdout=output,
            stderr=subprocess.PIPE,
            timeout=600,
        )
    assert (outcome.returncode, outcome.stderr) == (0, b"")  # it is a minor one
    written = (tmp_path / "findings.txt").read_text(encoding="utf-8")
    assert written.startswith("a.txt\n  1:1 ")
    assert "findings.txt" not in written
