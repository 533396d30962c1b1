"""The files that a repository of translations starts with: configuration and CI.

Beside this module lie the files themselves. They are valid as they stand, so that they can be used
without ``mtqa init``: GitLab can include its one.
"""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, distribution
from importlib.resources import files
from pathlib import Path
from typing import Literal

from mtqa.version import __version__

Forge = Literal["github", "gitlab"]
FORGES: tuple[Forge, ...] = ("github", "gitlab")

PIPELINE = ".gitlab-ci.yml"
INCLUDED = ".gitlab/mtqa.yml"

# Where each job goes, and what it is here.
_JOBS: Mapping[Forge, tuple[str, str]] = {
    "github": (".github/workflows/mtqa.yml", "github.yml"),
    "gitlab": (PIPELINE, "gitlab.yml"),
}

# What the files here say, and what is put in its place.
_REQUIREMENT = "./wheels/mtqa-0.1.0-py3-none-any.whl"
_COMMAND = "mtqa check ."
_BRANCH = "branches: [main]"


def starter_files(
    paths: Sequence[str], forges: Sequence[Forge], requirement: str, branch: str
) -> dict[str, str]:
    """Files by their path from the top of the repository.

    Args:
        paths: what CI is to check, from the top of the repository.
        forges: whose CI.
        requirement: what pip is to install there.
        branch: the branch whose pushes are checked.
    """
    content = {"mtqa.toml": _read("mtqa.toml")}
    checked = " ".join(map(shlex.quote, paths or ["."]))
    for forge in forges:
        path, name = _JOBS[forge]
        content[path] = (
            _read(name)
            .replace(json.dumps(_REQUIREMENT), json.dumps(requirement))
            .replace(_COMMAND, f"mtqa check {checked}")
            .replace(_BRANCH, f"branches: [{json.dumps(branch)}]")
        )
    return content


def has_other_pipeline(folder: Path) -> bool:
    """Is there a pipeline of GitLab that does not check with mtqa?"""
    try:
        return "mtqa check" not in (folder / PIPELINE).read_text("utf-8", "replace")
    except OSError:
        return False


def find_forge(folder: Path) -> Forge:
    """The forge that the repository in ``folder`` lies on, as far as that can be told."""
    if (folder / ".github").exists():
        return "github"
    if (folder / PIPELINE).exists() or "gitlab" in _git(folder, "remote", "-v"):
        return "gitlab"
    return "github"


def find_branch(folder: Path) -> str:
    """The branch that is checked out; ``main`` where there is none."""
    return _git(folder, "symbolic-ref", "--short", "HEAD").strip() or "main"


def find_requirement() -> str:
    """What pip installs to get the mtqa that runs now: from where it was installed (PEP 610).

    What was installed from a disk is to lie in the repository as a wheel: of its name in an index
    nobody knows whose package it is there.
    """
    try:
        told = distribution("mtqa").read_text("direct_url.json")
    except PackageNotFoundError:
        return _REQUIREMENT
    if told is None:  # from an index, as the standard has it
        return f"mtqa=={__version__}"
    origin = json.loads(told)
    url = origin.get("url", "")
    if "vcs_info" in origin:
        info = origin["vcs_info"]
        return f"mtqa @ {info['vcs']}+{url}@{info['commit_id']}"
    if url.startswith(("https://", "http://")):
        return f"mtqa @ {url}"
    return _REQUIREMENT


def _read(name: str) -> str:
    return (files(__name__) / name).read_text(encoding="utf-8")


def _git(folder: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(
            ("git", *arguments), cwd=folder, capture_output=True, text=True, check=False
        )
    except OSError:
        return ""
    return done.stdout if done.returncode == 0 else ""
