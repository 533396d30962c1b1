"""What a user who cannot read all of the code may rely on."""

from __future__ import annotations

import re
import subprocess
import sys
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


NO_PICKLE = """
import pickle, sys, torch
def forbidden(*arguments, **options):
    raise AssertionError("a pickle was opened")
class Unpickler(pickle.Unpickler):
    __init__ = forbidden
pickle.load = pickle.loads = torch.load = forbidden
pickle.Unpickler = Unpickler
from mtqa.cli import main
main()
"""


def test_no_pickle_is_opened_on_the_way_to_a_score(tmp_path: Path) -> None:
    """Nor one that a library opens: what is looked for above is only the code of mtqa."""
    (tmp_path / "a.txt").write_text("The mayor opened a bridge.\n", encoding="utf-8")
    (tmp_path / "b.txt").write_text("市长开了一座桥。\n", encoding="utf-8")
    outcome = subprocess.run(
        [*(sys.executable, "-c", NO_PICKLE), *"score a.txt --source b.txt --no-cache".split()],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert outcome.returncode == 0, outcome.stderr
    assert "pickle" not in outcome.stderr
