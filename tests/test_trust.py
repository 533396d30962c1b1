"""What a user who cannot read all of the code may rely on."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

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


def _requirements(name: str, seen: set[str]) -> set[str]:
    """The installed distributions that one needs, without extras."""
    seen.add(canonicalize_name(name))
    for text in metadata.requires(name) or ():
        requirement = Requirement(text)
        wanted = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
        if wanted and canonicalize_name(requirement.name) not in seen:
            _requirements(requirement.name, seen)
    return seen


def _licence(name: str) -> str:
    told = metadata.metadata(name)
    fields = [
        *(told.get_all("License-Expression") or ()),
        *(text[:200] for text in told.get_all("License") or ()),
        *(line for line in told.get_all("Classifier") or () if line.startswith("License ::")),
    ]
    return " ".join(fields)


def test_nothing_that_mtqa_needs_is_under_the_gpl_or_for_non_commercial_use() -> None:
    needed = _requirements("mtqa", set())
    assert {"torch", "transformers", "sacrebleu", "typer", "wordfreq"} <= needed
    licences = {name: _licence(name) for name in sorted(needed)}
    forbidden = re.compile(r"GPL|General Public License|non-?commercial", re.I)
    # GCC's runtime, which torch brings along, may go with any program.
    runtime = re.compile(r"GPL-3\.0-\w+ WITH GCC-exception-3\.1")
    found = {
        name: told for name, told in licences.items() if forbidden.search(runtime.sub("", told))
    }
    assert found == {}


def test_every_pinned_version_runs_on_the_oldest_python_supported() -> None:
    """One that needs Python 3.11.5 could not be installed on Debian 12, which has 3.11.2."""
    root = PACKAGE.parent
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    supported = SpecifierSet(project["requires-python"])
    oldest = next(f"3.{minor}.0" for minor in range(99) if f"3.{minor}.0" in supported)
    found, too_new = 0, {}
    for line in (root / "constraints.txt").read_text("utf-8").splitlines():
        if not (pin := re.match(r"([\w.-]+)==([^\s;]+)", line)):
            continue
        try:
            told = metadata.metadata(pin[1])
        except metadata.PackageNotFoundError:  # of another system
            continue
        assert Version(told["Version"]).public == Version(pin[2]).public
        found += 1
        if (wanted := told["Requires-Python"]) and oldest not in SpecifierSet(wanted):
            too_new[line] = wanted
    assert found > 30
    assert too_new == {}
