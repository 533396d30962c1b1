"""A run on Ray writes the bytes of one process, whatever happens to its workers."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mtqa.cluster import Cluster, _join, _Worker, in_order
from mtqa.config import ConfigError
from tests.qe.conftest import model_folder  # noqa: F401

ROOT = Path(__file__).parents[1]
_WORDS = "the mayor opened a bridge after ten years of work said".split()
_PATIENCE = 300  # seconds, of which a quiet machine needs ten

pytest.importorskip("ray")
pa = pytest.importorskip("pyarrow")
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks for workers in /proc")


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers find mtqa and these tests, also where they run from a checkout."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.delenv("RAY_ADDRESS", raising=False)


def nothing() -> None:
    """A worker that needs no preparation."""


def cut(piece: str) -> str:
    if piece == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    return piece[int(piece.index("=")) + 1 :]


def refuse() -> None:
    raise ConfigError("there is no model here")


def test_a_start_that_takes_too_long_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    import ray

    tries = []

    def start(*_: object, **__: object) -> None:
        tries.append(1)
        raise Exception("The current node timed out during startup.")  # as Ray's node.py does

    for name in ("RAY_AUTH_TOKEN", "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "RAY_USAGE_STATS_ENABLED"):
        monkeypatch.setenv(name, "0")  # which the start sets, and nobody else should see
    monkeypatch.setattr(ray, "init", start)
    with pytest.raises(ConfigError, match=r"^Ray.* cannot be used: .*timed out during startup"):
        _join(Cluster(jobs=1))
    assert len(tries) == 4


def test_a_piece_that_fails_each_time_ends_the_run_with_its_error() -> None:
    pieces = [*(f"n={n}" for n in range(10)), "nothing to cut", *(f"n={n}" for n in range(10))]
    results = in_order(pieces, cut, Cluster(jobs=2), nothing, ())
    with pytest.raises(ConfigError, match=r"^a piece of work failed 4 times: ValueError: .*$"):
        for n in range(11):
            assert next(results) == str(n)


def test_a_piece_that_no_worker_survives_ends_the_run() -> None:
    results = in_order(["n=0", "die"], cut, Cluster(jobs=1), nothing, ())
    assert next(results) == "0"
    with pytest.raises(ConfigError, match="died at the same piece of work 4 times"):
        next(results)


@pytest.mark.parametrize(
    ("version", "told"), [("0.0.1", "a worker of Ray has mtqa "), (None, "there is no model here")]
)
def test_a_worker_that_cannot_do_the_same_does_nothing(version: str | None, told: str) -> None:
    from multiprocessing.reduction import ForkingPickler

    from mtqa.version import __version__

    task = bytes(ForkingPickler.dumps((cut, refuse, ())))
    worker = _Worker(None, version or __version__, task)
    (result,) = worker(pa.table({"index": [0], "piece": [b"n=0"]}))["result"].to_pylist()
    assert result.startswith(b"!" + told.encode())


def test_an_address_where_nothing_listens_is_refused(tmp_path: Path) -> None:
    for address, told in (
        ("127.0.0.1:1", "there is no Ray to be reached: Connection refused"),
        ("ray://head:10001", "name a node of the cluster as HOST:PORT"),
    ):
        outcome = score(tmp_path, "--engine", "ray", "--ray-address", address)
        assert outcome.returncode == 2
        assert outcome.stdout == ""
        assert outcome.stderr.startswith(f"mtqa: --ray-address {address}: {told}")
        assert outcome.stderr.count("\n") == 1


def test_without_the_extra_it_says_how_to_install_it(tmp_path: Path) -> None:
    code = "import sys; sys.modules['ray'] = None; from mtqa.cli import main; main()"
    (tmp_path / "a.txt").write_text("The mayor said so.\n", encoding="utf-8")
    outcome = subprocess.run(
        [sys.executable, "-c", code, "score", str(tmp_path / "a.txt"), "--engine", "ray"],
        capture_output=True,
        text=True,
        timeout=_PATIENCE,
    )
    assert (outcome.returncode, outcome.stdout) == (2, "")
    assert outcome.stderr == (
        "mtqa: --engine ray needs Ray; install it with: pip install 'mtqa[ray]'\n"
    )


def test_a_run_whose_worker_is_killed_and_one_that_is_killed_write_the_bytes_of_one(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    model: Path = request.getfixturevalue("model_folder")
    write_text(tmp_path, 10_000)
    options = ("--model", str(model), "--no-cache", "--format", "jsonl", "--words")
    one = score(tmp_path, *options)
    assert one.returncode == 0

    ray = (*options, "--engine", "ray", "--jobs", "2", "--output", str(tmp_path / "scores"))
    partial = tmp_path / "scores.partial"
    killed = begin(tmp_path, "score", "a.txt", *ray)
    wait_for_rows(partial, 1, killed)
    killed.kill()
    killed.communicate()
    known = partial.read_bytes().count(b"\n")
    assert 0 < known < 10_000

    resumed = begin(tmp_path, "score", "a.txt", *ray, "--resume")
    wait_for_rows(partial, known + 1, resumed)
    worker = next(workers(resumed.pid))
    os.kill(worker, signal.SIGKILL)
    stdout, stderr = resumed.communicate(timeout=_PATIENCE)
    assert (resumed.returncode, stdout, stderr) == (0, "", one.stderr)
    assert (tmp_path / "scores").read_text(encoding="utf-8") == one.stdout


def test_a_check_by_workers_that_see_no_file_is_that_of_one_process(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    model: Path = request.getfixturevalue("model_folder")
    command = ["check", "--model", os.path.relpath(model, tmp_path), "--no-cache", "--quiet"]
    for number in range(12):
        text = f"The the minister said so.\nArticle {number} of the the day.\n"
        source = "Das sagte der Minister.\nArtikel des Tages.\n" + "Zu viel.\n" * (number == 5)
        (tmp_path / f"{number}.txt").write_text(text if number else "", encoding="utf-8")
        (tmp_path / f"{number}.de").write_text(source if number != 7 else "", encoding="utf-8")
        command += [f"{number}.txt", "--source", f"{number}.de"]
    one, many = (
        run(tmp_path, *command, "--format", "json", *engine)
        for engine in ((), ("--engine", "ray", "--jobs", "2"))
    )
    assert (many.returncode, many.stdout, many.stderr) == (2, one.stdout, one.stderr)
    assert one.stdout.count('"rule": "repeated-word"') == 18
    assert one.stderr.count("\n") == 3


def write_text(folder: Path, count: int) -> None:
    draw = random.Random(5)
    lines = (" ".join(draw.choices(_WORDS, k=draw.randint(0, 12))) for _ in range(count))
    (folder / "a.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def begin(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "mtqa", *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def score(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    if not (folder / "a.txt").exists():
        (folder / "a.txt").write_text("The mayor said so.\n", encoding="utf-8")
    return run(folder, "score", "a.txt", *options)


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    process = begin(folder, *arguments)
    stdout, stderr = process.communicate(timeout=_PATIENCE)
    return subprocess.CompletedProcess(process.args, process.returncode, stdout, stderr)


def wait_for_rows(partial: Path, count: int, process: subprocess.Popen[str]) -> None:
    end = time.monotonic() + _PATIENCE
    while not (partial.exists() and partial.read_bytes().count(b"\n") >= count):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.02)


def workers(owner: int) -> Iterator[int]:
    """Workers of Ray that descend from a process."""
    parents, names = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int(
                (folder / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1]
            )
            names[int(folder.name)] = (folder / "cmdline").read_bytes()
        except OSError:  # it has ended
            continue
    for process, name in names.items():
        if name.startswith(b"ray::MapWorker"):
            above = process
            while above and above != owner:
                above = parents.get(above, 0)
            if above:
                yield process
