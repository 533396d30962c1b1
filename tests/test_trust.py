"""What a user who cannot read all of the code may rely on."""

from __future__ import annotations

import re
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "mtqa"


def test_nothing_loads_a_pickle_or_runs_the_code_of_a_model() -> None:
    loads = re.compile(
        r"\bimport (?:pickle|joblib|dill|shelve)\b|\btrust_remote_code\s*=\s*True|allow_pickle=True"
        r"|torch\.load\((?![^)]*weights_only=True)"
    )
    found = [
        f"{path.name}: {match[0]}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for match in loads.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []
