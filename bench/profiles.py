"""Where the time of a command goes, as text: by module and function, from cProfile.

    python bench/profiles.py check --no-qe -q corpora
    python bench/profiles.py score --no-cache FILE

Times under the profiler are some three times those without it; the shares are what counts.
"""

from __future__ import annotations

import cProfile
import pstats
import runpy
import sys
from contextlib import suppress

_ROWS = 40


def main() -> None:
    """Run mtqa under the profiler; its own output is dropped."""
    print(f"$ python bench/profiles.py {' '.join(sys.argv[1:])}")
    sys.argv = ["mtqa", *sys.argv[1:]]
    out, sys.stdout = sys.stdout, open("/dev/null", "w", encoding="utf-8")  # noqa: SIM115
    profiler = cProfile.Profile()
    with suppress(SystemExit):
        profiler.runcall(runpy.run_module, "mtqa", run_name="__main__")
    for key in ("tottime", "cumulative"):
        pstats.Stats(profiler, stream=out).strip_dirs().sort_stats(key).print_stats(_ROWS)


if __name__ == "__main__":
    main()
