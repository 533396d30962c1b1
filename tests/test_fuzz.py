"""A short run of the fuzzer: broken files, strange texts, hostile strings."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).parents[1]


def test_no_broken_file_or_strange_text_makes_a_reader_or_rule_fail() -> None:
    command = "bench/fuzz.py readers rules --seed 3 --seconds 20 --most 600"
    outcome = subprocess.run(
        [sys.executable, *command.split()],
        cwd=TOP,
        env={**os.environ, "PYTHONPATH": str(TOP)},
        capture_output=True,
        timeout=900,
    )
    assert outcome.returncode == 0, outcome.stdout.decode()
    counts = [json.loads(line)["inputs"] for line in outcome.stdout.splitlines()]
    assert len(counts) == 2 and min(counts) > 20
