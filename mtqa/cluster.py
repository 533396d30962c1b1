"""Work on Ray Data, on this machine or on a cluster, whose results come in the order of the work.

Ray schedules, holds back, retries and brings the results into order; here it is only told what
there is to do. A process of its own talks to Ray, which writes to standard output, takes over
signals and may end the process that uses it. Pieces of work carry all that they need, so that other
machines need mtqa and nothing else.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import re
import secrets
import shutil
import signal
import socket
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from typing import TYPE_CHECKING, Any, TypeVar

from mtqa.config import ConfigError
from mtqa.version import __version__
from mtqa.workers import count_cores, follow

if TYPE_CHECKING:
    import pyarrow as pa

_Work = TypeVar("_Work")
_Result = TypeVar("_Result")

# Pieces of work for each worker that are under way: Ray gives a worker four at a time (twice its
# max_concurrency and as many that wait), so that none is idle, and memory stays flat.
_AHEAD = 4

# How often a piece is tried before the run ends.
_TRIES = 4

# How long an address may take to answer, and Ray to start or to be joined. Ray gives up after 30
# seconds, which may be too short on a machine that has much to do; so it is started anew.
_ANSWER = 10.0  # seconds
_START = 240.0
_STARTS = 4

# How long Ray may take to end before it is killed.
_END = 20.0  # seconds

# What a message of the process that talks to Ray, or of a worker, begins with.
_RESULT, _FAILURE = b"=", b"!"


@dataclass(frozen=True)
class Cluster:
    """Where Ray runs.

    Attributes:
        address: a node of a cluster as HOST:PORT, or ``auto`` for the cluster that this machine is
            part of; None: Ray is started on this machine, for this run alone.
        jobs: workers; None: one for each core.
    """

    address: str | None = None
    jobs: int | None = None


def in_order(
    work: Iterable[_Work],
    do: Callable[[_Work], _Result],
    cluster: Cluster,
    prepare: Callable[..., None],
    given: tuple[Any, ...],
) -> Iterator[_Result]:
    """What ``do`` makes of each piece of work, in order, computed by workers of a cluster.

    A piece whose worker dies, or that raises, is tried again.

    Args:
        work: read only as far ahead as the workers need; each piece can be pickled.
        do: a function of a module.
        cluster: where.
        prepare: called once in each worker.
        given: its arguments, which can be pickled.

    Raises:
        ConfigError: Ray is not installed or cannot be reached, the workers have another mtqa, a
            piece failed each time, or ``do`` or ``prepare`` raised it.
    """
    require_ray()
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    with tempfile.NamedTemporaryFile(prefix="mtqa-ray-") as log:
        task = ForkingPickler.dumps((do, prepare, given))
        driver = context.Process(
            target=_drive, args=(theirs, log.name, os.getpid(), cluster, bytes(task)), daemon=True
        )
        driver.start()
        theirs.close()
        try:
            if not ours.poll(_START):
                raise ConfigError(
                    f"Ray{_at(cluster)} was not ready after {_START:g} seconds; run without "
                    "--engine ray, or see what it waits for"
                )
            workers: int = _receive(ours, log.name)
            waiting = 0
            for piece in work:
                _send(ours, ForkingPickler.dumps(piece), log.name)
                waiting += 1
                if waiting > _AHEAD * workers:
                    yield _receive(ours, log.name)
                    waiting -= 1
            _send(ours, b"", log.name)
            for _ in range(waiting):
                yield _receive(ours, log.name)
            driver.join(_END)
        finally:
            ours.close()
            driver.terminate()
            driver.join(_END)
            driver.kill()
            driver.join()


def require_ray() -> None:
    """See that Ray Data is installed.

    Raises:
        ConfigError: it is not.
    """
    if any(find_spec(name) is None for name in ("ray", "pyarrow", "pandas")):
        raise ConfigError("--engine ray needs Ray; install it with: pip install 'mtqa[ray]'")


def _at(cluster: Cluster) -> str:
    return f" at {cluster.address}" if cluster.address else ""


def _send(connection: Connection, message: Any, log: str) -> None:
    try:
        connection.send_bytes(message)
    except OSError:
        while True:  # to what it said before it went
            _receive(connection, log)


def _receive(connection: Connection, log: str) -> Any:
    try:
        message = connection.recv_bytes()
    except (EOFError, OSError):
        with open(log, encoding="utf-8", errors="replace") as file:
            last = [line.strip() for line in file if line.strip()][-1:]
        told = f": {last[0]}" if last else ""
        raise ConfigError(f"Ray has ended before the work was done{told}") from None
    if message[:1] == _FAILURE:
        raise ConfigError(message[1:].decode())
    return ForkingPickler.loads(message[1:])


def _drive(connection: Connection, log: str, owner: int, cluster: Cluster, task: bytes) -> None:
    """Have Ray do what comes in over ``connection``, and send its results back."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the owner is told, too, and ends the work
    threading.Thread(target=follow, args=(owner,), daemon=True).start()
    file = os.open(log, os.O_WRONLY | os.O_APPEND)
    os.dup2(file, 1)
    os.dup2(file, 2)
    logs: str | None = None
    try:
        workers, logs = _join(cluster)
        connection.send_bytes(_RESULT + bytes(ForkingPickler.dumps(workers)))
        for result in _run(connection, workers, task):
            connection.send_bytes(result)
    except ConfigError as error:
        connection.send_bytes(_FAILURE + str(error).encode())
    except Exception as error:
        told = f"; it has more to say in {logs}" if logs else ""
        message = f"Ray could not go on: {_name(error)}{told}"
        connection.send_bytes(_FAILURE + message.encode())
        logs = None
    finally:
        import ray

        ray.shutdown()
        if logs:
            shutil.rmtree(logs, ignore_errors=True)


def _name(error: BaseException) -> str:
    """What an error goes back to, in one line."""
    while error.__cause__ is not None:
        error = error.__cause__
    name, lines = type(error).__name__, [line for line in str(error).splitlines() if line.strip()]
    # Ray puts the traceback of another error into its own, and colours.
    if type(error).__module__.startswith("ray.") or any("Traceback" in line for line in lines):
        return re.sub(r"\x1b\[\d+m", "", lines[-1].strip() if lines else name)
    return f"{name}: {lines[0].strip()}" if lines else name


def _join(cluster: Cluster) -> tuple[int, str | None]:
    """Start Ray, or join it.

    Returns:
        How many workers there are to be, and the folder of Ray's files if it has been started.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    address = cluster.address
    if address is None:
        # Otherwise Ray puts one into the user's home, where there need be none.
        os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))
        # To listen to this machine alone, as on systems where it makes no clusters.
        os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"
    elif address != "auto":
        _knock(address)
    import ray

    jobs = cluster.jobs or count_cores()
    starts = 1 if address else _STARTS
    while True:
        try:
            if address is None:
                began = ray.init(
                    "local", num_cpus=jobs, include_dashboard=False, log_to_driver=False
                )
                return jobs, began.address_info["session_dir"]
            ray.init(address, log_to_driver=False)
            return cluster.jobs or max(1, int(ray.cluster_resources().get("CPU", 1))), None
        except Exception as error:  # Ray raises just that where a start takes too long
            ray.shutdown()
            starts -= 1
            if not starts:
                raise ConfigError(f"Ray{_at(cluster)} cannot be used: {_name(error)}") from None


def _knock(address: str) -> None:
    """See that something listens there; Ray itself would try for minutes."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal() or "/" in host:
        raise ConfigError(
            f"--ray-address {address}: name a node of the cluster as HOST:PORT (such as "
            "10.0.0.1:6379), or auto"
        )
    try:
        socket.create_connection((host, int(port)), _ANSWER).close()
    except (OSError, OverflowError) as error:
        told = getattr(error, "strerror", None) or error
        raise ConfigError(
            f"--ray-address {address}: there is no Ray to be reached: {told}"
        ) from None


def _run(connection: Connection, workers: int, task: bytes) -> Iterator[bytes]:
    import pyarrow as pa
    import ray
    from ray.data.block import BlockMetadata
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    context = ray.data.DataContext.get_current()
    context.execution_options.preserve_order = True
    context.target_max_block_size = 1  # byte: each row is a block, which is work for some seconds
    context.enable_progress_bars = False
    context.retried_map_errors = True
    context.max_map_retries = _TRIES - 1
    # A worker that dies while it starts is replaced by another.
    context.max_consecutive_actor_init_deaths = _TRIES - 1
    # What is under way stays on this machine, so that all others may fail.
    here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=False)
    feed = ray.remote(num_cpus=0, scheduling_strategy=here)(_Feed).remote()

    def pieces() -> Iterator[pa.Table]:
        index = 0
        while (piece := ray.get(feed.take.remote(index))) is not None:
            yield pa.table({"index": [index], "piece": pa.array([piece], pa.large_binary())})
            index += 1

    class Pieces(ray.data.Datasource):  # type: ignore[misc]
        def estimate_inmemory_data_size(self) -> int | None:
            return None

        def get_read_tasks(self, *_: Any, **__: Any) -> list[ray.data.ReadTask]:
            unknown = BlockMetadata(
                num_rows=None, size_bytes=None, input_files=None, exec_stats=None
            )
            return [ray.data.ReadTask(pieces, unknown)]

    def fill() -> None:
        count = 0
        try:
            while piece := connection.recv_bytes():
                ray.get(feed.put.remote(count, piece))
                count += 1
        except (EOFError, OSError):
            return  # the owner has gone
        feed.end.remote(count)

    threading.Thread(target=fill, daemon=True).start()
    results = ray.data.read_datasource(
        Pieces(), num_cpus=0, concurrency=1, override_num_blocks=1
    ).map_batches(
        _Worker,
        fn_constructor_args=(feed, __version__, task),
        batch_size=1,
        batch_format="pyarrow",
        compute=ray.data.ActorPoolStrategy(size=workers),
        num_cpus=1,
    )
    for batch in results.iter_batches(batch_size=None, batch_format="pyarrow", prefetch_batches=0):
        for index, result in zip(batch["index"], batch["result"], strict=True):
            yield result.as_py()
            feed.drop.remote(index.as_py())


class _Feed:
    """Pieces of work that are under way; an actor of Ray.

    A piece stays until its result has arrived, for Ray may ask for it once more.
    """

    def __init__(self) -> None:
        self._pieces: dict[int, bytes] = {}
        self._tries: dict[int, int] = {}
        self._dropped = 0
        self._count: int | None = None
        self._changed = asyncio.Condition()

    async def put(self, index: int, piece: bytes) -> None:
        async with self._changed:
            self._pieces[index] = piece
            self._changed.notify_all()

    async def end(self, count: int) -> None:
        async with self._changed:
            self._count = count
            self._changed.notify_all()

    async def take(self, index: int) -> bytes | None:
        """A piece, as soon as it is there; of one that is done nothing; None: there are no more."""
        async with self._changed:
            await self._changed.wait_for(
                lambda: index in self._pieces or index < self._dropped or index == self._count
            )
            if index < self._dropped:
                return b""
            return self._pieces.get(index)

    async def begin(self, index: int) -> int:
        """How often this piece has been begun, this time included."""
        self._tries[index] = self._tries.get(index, 0) + 1
        return self._tries[index]

    async def drop(self, index: int) -> None:
        self._pieces.pop(index, None)
        self._tries.pop(index, None)
        self._dropped = max(self._dropped, index + 1)


class _Worker:
    """Does pieces of work; what Ray Data maps over them."""

    def __init__(self, feed: Any, version: str, task: bytes) -> None:
        self._feed = feed
        self._failure: str | None = None
        if version != __version__:
            self._failure = (
                f"a worker of Ray has mtqa {__version__}, this machine {version}; install the same "
                "on all machines"
            )
            return
        try:
            self._do, prepare, given = ForkingPickler.loads(task)
            prepare(*given)
        except ConfigError as error:
            self._failure = str(error)
        except Exception as error:
            self._failure = f"a worker of Ray could not be made ready: {_name(error)}"

    def __call__(self, batch: pa.Table) -> pa.Table:
        import pyarrow as pa

        results = [
            self._answer(index.as_py(), piece.as_py())
            for index, piece in zip(batch["index"], batch["piece"], strict=True)
        ]
        return pa.table({"index": batch["index"], "result": pa.array(results, pa.large_binary())})

    def _answer(self, index: int, piece: bytes) -> bytes:
        import ray

        if self._failure is not None:
            return _FAILURE + self._failure.encode()
        if not piece:
            return _RESULT
        tries = ray.get(self._feed.begin.remote(index))
        if tries > _TRIES:
            return (
                _FAILURE
                + (
                    f"a worker of Ray died at the same piece of work {_TRIES} times, for want of "
                    "memory or by a signal"
                ).encode()
            )
        try:
            return _RESULT + bytes(ForkingPickler.dumps(self._do(ForkingPickler.loads(piece))))
        except ConfigError as error:
            return _FAILURE + str(error).encode()
        except Exception as error:
            if tries < _TRIES:
                raise  # for Ray to try it again
            return _FAILURE + f"a piece of work failed {tries} times: {_name(error)}".encode()
