"""From ``mtqa init`` to a red and then a green build, and the files that others call mtqa by."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from ruamel.yaml import YAML

from mtqa import __version__, starter
from mtqa.config import _KEYS, load_settings
from tests.conftest import Bench

ROOT = Path(__file__).parents[2]
STARTER = ROOT / "mtqa" / "starter"
WHEEL = f"./wheels/mtqa-{__version__}-py3-none-any.whl"
WORKFLOW = Path(".github/workflows/mtqa.yml")


def check_schema(name: str, content: Any) -> None:
    schema = files("check_jsonschema.builtin_schemas.vendor") / f"{name}.json"
    Draft7Validator(json.loads(schema.read_text(encoding="utf-8"))).validate(content)


def load(path: Path) -> Any:
    """As YAML 1.2, in which the key ``on`` of a workflow is a string."""
    return YAML(typ="safe").load(path)


# The files


def test_the_files_are_valid_as_they_stand(tmp_path: Path) -> None:
    check_schema("github-workflows", load(STARTER / "github.yml"))
    check_schema("gitlab-ci", load(STARTER / "gitlab.yml"))
    check_schema("github-actions", load(ROOT / "action.yml"))
    load_settings(STARTER / "mtqa.toml")


def test_every_line_of_the_configuration_that_is_not_in_force_could_be(tmp_path: Path) -> None:
    lines = (STARTER / "mtqa.toml").read_text(encoding="utf-8").splitlines()
    option = re.compile(r"# (\[[\w-]+\]|[\w\"/*-]+ = .+)")
    live = [match[1] if (match := option.fullmatch(line)) else line for line in lines]
    (tmp_path / "mtqa.toml").write_text("\n".join(live), encoding="utf-8")
    settings = load_settings(tmp_path / "mtqa.toml")
    assert settings.names_same and settings.per_file_ignores and settings.baseline
    assert tomllib.loads("\n".join(live)).keys() <= _KEYS.keys()


def test_the_version_that_they_install_is_this_one() -> None:
    for name in ("github.yml", "gitlab.yml"):
        text = (STARTER / name).read_text(encoding="utf-8")
        assert f'MTQA: "{WHEEL}"\n' in text and text.count(__version__) == 2
    assert starter._REQUIREMENT == WHEEL


def test_the_hooks_call_commands_that_exist() -> None:
    from mtqa.cli import app

    callbacks = [command.callback for command in app.registered_commands]
    commands = {callback.__name__ for callback in callbacks if callback}
    hooks = load(ROOT / ".pre-commit-hooks.yaml")
    assert [hook["id"] for hook in hooks] == ["mtqa", "mtqa-fix"]
    for hook in hooks:
        assert {"id", "name", "description", "entry", "language", "files"} <= hook.keys()
        program, command, *_ = shlex.split(hook["entry"])
        assert (program, command in commands) == ("mtqa", True)
        assert re.search(hook["files"], "news/a.txt")


def test_the_shell_of_the_action_takes_its_inputs_as_they_are(tmp_path: Path) -> None:
    (step,) = (
        step for step in load(ROOT / "action.yml")["runs"]["steps"] if step.get("name") == "Check"
    )
    program = tmp_path / "mtqa" / "bin" / "mtqa"
    program.parent.mkdir(parents=True)
    program.write_text('#!/bin/sh\nprintf "%s|" "$@"\n')
    program.chmod(0o755)
    environment = {
        "RUNNER_TEMP": str(tmp_path),
        "MTQA_PATHS": "a b.txt\n$(touch owned)\n\n-x; y\n",
        "MTQA_OPTIONS": "--fail-on=minor\n--ignore=name variant",
        "MTQA_SARIF": "out file.sarif",
    }
    done = subprocess.run(
        ("bash", "-eo", "pipefail", "-c", step["run"]),
        env={**os.environ, **environment},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split("|")[:-1] == [
        "check",
        "--format=github",
        "--fail-on=minor",
        "--ignore=name variant",
        "--report=sarif=out file.sarif",
        "--",
        "a b.txt",
        "$(touch owned)",
        "-x; y",
    ]
    assert not (tmp_path / "owned").exists()


# The command


@pytest.fixture
def repository(mtqa: Bench) -> Bench:
    subprocess.run(("git", "init", "-q", "-b", "trunk"), cwd=mtqa.folder, check=True)
    return mtqa


def test_it_writes_a_configuration_and_a_workflow_and_says_so(repository: Bench) -> None:
    outcome = repository("init", "content", "wire news", "--install", "mtqa @ file:///x")
    assert outcome.code == 0
    assert outcome.out == (
        "Wrote mtqa.toml\nWrote .github/workflows/mtqa.yml\nNext: mtqa check content wire news\n"
    )
    assert outcome.err == "mtqa: content: does not exist yet\nmtqa: wire news: does not exist yet\n"
    workflow = load(WORKFLOW)
    check_schema("github-workflows", load(WORKFLOW))
    assert workflow["on"]["push"]["branches"] == ["trunk"]
    job = workflow["jobs"]["mtqa"]
    assert job["env"]["MTQA"] == "mtqa @ file:///x"
    assert "mtqa check content 'wire news' --format github" in "".join(steps(job))


def test_a_wheel_that_ci_is_to_install_is_asked_for_until_it_is_there(repository: Bench) -> None:
    outcome = repository("init", "--install", WHEEL)
    assert f"CI is to install {WHEEL}, which is not there yet" in outcome.err
    repository.write(WHEEL, "")
    assert repository("init", "--install", WHEEL, "--force").err == ""
    assert repository("init", "--ci", "none", "--install", "./none.whl", "--force").err == ""


def test_nothing_is_overwritten_unless_it_is_forced(repository: Bench) -> None:
    repository.write("mtqa.toml", "preview = true\n")
    outcome = repository("init")
    assert (outcome.code, outcome.out.count("Wrote")) == (0, 1)
    assert "mtqa.toml: is there already and stays as it is; --force overwrites it" in outcome.err
    assert Path("mtqa.toml").read_text() == "preview = true\n"
    before = WORKFLOW.read_bytes()
    assert repository("init", "other").out == ""
    assert WORKFLOW.read_bytes() == before
    assert repository("init", "--force").out.count("Wrote") == 2
    assert "exclude = " in Path("mtqa.toml").read_text()


def test_it_writes_at_the_top_of_the_repository(
    repository: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    (repository.folder / "content").mkdir()
    monkeypatch.chdir(repository.folder / "content")
    assert repository("init").code == 0
    assert (repository.folder / "mtqa.toml").exists()
    assert (repository.folder / WORKFLOW).exists()
    assert os.listdir() == []


def test_the_forge_is_that_of_the_remote(repository: Bench) -> None:
    subprocess.run(("git", "remote", "add", "origin", "git@gitlab.com:a/b.git"), check=True)
    assert "Wrote .gitlab-ci.yml\n" in repository("init").out
    check_schema("gitlab-ci", load(Path(".gitlab-ci.yml")))
    assert "Wrote .github" in repository("init", "--ci", "both").out
    assert repository("init", "--ci", "none").out == ""


def test_a_pipeline_that_exists_can_include_the_job(repository: Bench) -> None:
    repository.write(".gitlab-ci.yml", "build:\n  script: make\n")
    outcome = repository("init")
    assert outcome.out.splitlines()[1:3] == [
        "Wrote .gitlab/mtqa.yml",
        "Add to .gitlab-ci.yml: include: .gitlab/mtqa.yml",
    ]
    assert Path(".gitlab-ci.yml").read_text() == "build:\n  script: make\n"


@pytest.mark.parametrize(
    ("told", "requirement"),
    [
        (None, f"mtqa=={__version__}"),
        ('{"url": "file:///home/me/mtqa", "dir_info": {}}', WHEEL),
        (
            '{"url": "https://x.y/mtqa.git", "vcs_info": {"vcs": "git", "commit_id": "abc"}}',
            "mtqa @ git+https://x.y/mtqa.git@abc",
        ),
        (
            '{"url": "https://x.y/mtqa-1-py3-none-any.whl", "archive_info": {}}',
            "mtqa @ https://x.y/mtqa-1-py3-none-any.whl",
        ),
    ],
)
def test_ci_installs_mtqa_from_where_it_was_installed(
    monkeypatch: pytest.MonkeyPatch, told: str | None, requirement: str
) -> None:
    class Installed:
        def read_text(self, name: str) -> str | None:
            return told if name == "direct_url.json" else None

    monkeypatch.setattr(starter, "distribution", lambda name: Installed())
    assert starter.find_requirement() == requirement


# The way of a new user, with the commands of the documentation and the steps of the workflow


def steps(job: dict[str, Any]) -> Iterator[str]:
    """What the workflow runs, but for the installation."""
    for step in job["steps"]:
        if "run" in step and "pip install" not in step["run"]:
            yield step["run"]


def run(script: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    identity = {
        f"GIT_{role}_{what}": value
        for role in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", "A"), ("EMAIL", "a@b.c"))
    }
    shims = folder.parent / "bin"
    shims.mkdir(exist_ok=True)
    program = shims / "mtqa"
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m mtqa "$@"\n')
    program.chmod(0o755)
    return subprocess.run(
        ("bash", "-eo", "pipefail", "-c", script),
        cwd=folder,
        env={
            **os.environ,
            **identity,
            "PATH": f"{shims}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "GIT_CONFIG_GLOBAL": os.devnull,
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
    )


def test_from_an_empty_repository_to_a_red_and_a_green_build(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```sh\n(.+?)```", page.split("## The first build")[1], re.S)
    begin, wheel, mend, accept = blocks[:4]
    assert wheel.startswith("pip wheel --no-deps --wheel-dir wheels SOURCE\n")
    folder = tmp_path / "news"
    folder.mkdir()
    sample = ROOT / "corpora" / "defects" / "misrata-ferry.txt"
    assert run(begin.replace("ARTICLE", str(sample)), folder).returncode == 0
    job = load(folder / WORKFLOW)["jobs"]["mtqa"]
    summary = tmp_path / "summary.md"
    reports = {"mtqa.sarif", "mtqa.html"}

    def build() -> subprocess.CompletedProcess[str]:
        script = "\n".join(steps(job)).replace("mtqa check .", "mtqa check . --no-qe")
        done = run(script, folder, GITHUB_STEP_SUMMARY=str(summary), GITHUB_ACTIONS="true")
        assert {path.name for path in folder.glob("mtqa.*")} == reports | {"mtqa.toml"}
        for name in reports:
            (folder / name).unlink()
        return done

    red = build()
    assert red.returncode == 1, red.stderr
    assert red.stdout.startswith("::error file=content/misrata-ferry.txt,line=")
    assert summary.read_text(encoding="utf-8").startswith("## Translation quality (mtqa)\n")

    mended = run(mend, folder)
    assert mended.returncode == 0, mended.stderr
    still = build()
    assert still.returncode == 1
    assert 0 < still.stdout.count("::error") < red.stdout.count("::error")

    accepted = run(accept.replace("mtqa check .", "mtqa check . --no-qe"), folder)
    assert accepted.returncode == 0, accepted.stderr
    green = build()
    assert (green.returncode, green.stdout) == (0, "")
    assert run("git status --porcelain", folder).stdout == ""
