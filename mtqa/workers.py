"""Work in several processes, whose results come in the order of the work."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

from mtqa.config import ConfigError

_Work = TypeVar("_Work")
_Result = TypeVar("_Result")

# Pieces of work for each process that wait for it or for their turn in the output: enough that none
# is idle, and few enough that memory stays flat.
_AHEAD = 2

# How often a worker looks whether whom it works for is still there.
_LOOK = 1.0  # seconds


def in_order(
    work: Iterable[_Work],
    do: Callable[[_Work], _Result],
    jobs: int,
    prepare: Callable[..., None],
    given: tuple[Any, ...],
) -> Iterator[_Result]:
    """What ``do`` makes of each piece of work, in order, computed by ``jobs`` processes.

    Args:
        work: read only as far ahead as the processes need; each piece can be pickled.
        do: a function of a module.
        jobs: processes; the threads of torch are shared out among them.
        prepare: called once in each process.
        given: its arguments, which can be pickled.

    Raises:
        ConfigError: a process died.
    """
    # A process that has run torch must not be forked: its threads do not come along.
    fork = sys.platform == "linux" and "torch" not in sys.modules
    context = multiprocessing.get_context("fork" if fork else "spawn")
    threads = max(1, count_cores() // jobs)
    pool = ProcessPoolExecutor(
        jobs, context, initializer=_prepare, initargs=(os.getpid(), threads, prepare, given)
    )
    waiting: deque[Future[_Result]] = deque()
    stopped = False
    try:
        for piece in work:
            waiting.append(pool.submit(do, piece))
            if len(waiting) > _AHEAD * jobs:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenProcessPool:
        raise ConfigError(
            f"one of {jobs} processes died, for want of memory or by a signal; run it again, with "
            "fewer --jobs if it was memory"
        ) from None
    except BaseException:
        stopped = True
        raise
    finally:
        # Waiting keeps the pool's thread from closing its pipe while the interpreter, which ends
        # next, writes to it ("Bad file descriptor" on stderr). Who stops the work does not wait.
        pool.shutdown(wait=not stopped, cancel_futures=True)


def count_cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _prepare(
    owner: int, threads: int, prepare: Callable[..., None], given: tuple[Any, ...]
) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the owner is told, too, and ends the work
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS"):  # before torch is imported
        os.environ[name] = str(threads)
    threading.Thread(target=follow, args=(owner,), daemon=True).start()
    prepare(*given)


def follow(owner: int) -> None:
    """End this process when its owner has been killed, which nobody else tells it."""
    while os.getppid() == owner:
        time.sleep(_LOOK)
    os._exit(1)
