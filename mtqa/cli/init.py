"""``mtqa init``: a configuration and a CI job to start with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from mtqa.cli.output import complain, write_file, write_stdout
from mtqa.config import find_repository


def init(
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            help="What CI is to check, from the top of the repository [default: all of it].",
            show_default=False,
            metavar="PATH",
        ),
    ] = None,
    ci: Annotated[
        Literal["github", "gitlab", "both", "none"] | None,
        typer.Option(help="Whose CI [default: that of the repository's remote, else github]."),
    ] = None,
    install: Annotated[
        str | None,
        typer.Option(
            help="What pip installs in CI [default: this mtqa, from where it was installed].",
            metavar="REQUIREMENT",
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite files that exist.")] = False,
) -> None:
    """Write a commented mtqa.toml and a CI job at the top of the repository."""
    from mtqa.reports.text import visible
    from mtqa.starter import (
        FORGES,
        INCLUDED,
        PIPELINE,
        find_branch,
        find_forge,
        find_requirement,
        has_other_pipeline,
        starter_files,
    )

    top = find_repository(Path.cwd()) or Path.cwd()
    forge = find_forge(top) if ci is None else ci
    forges = [one for one in FORGES if forge in (one, "both")]
    requirement = install or find_requirement()
    content = starter_files(paths or (), forges, requirement, find_branch(top))
    if PIPELINE in content and has_other_pipeline(top) and not force:
        content[INCLUDED] = content.pop(PIPELINE)
    written = []
    for name, text in content.items():
        target = top / name
        if target.exists() and not force:
            complain(f"{name}: is there already and stays as it is; --force overwrites it")
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        write_file(target, [text])
        written.append(name)
    for path in paths or ():
        if not (top / path).exists():
            complain(visible(f"{path}: does not exist yet"))
    if requirement.startswith("./") and forges and not (top / requirement).exists():
        complain(
            visible(
                f"CI is to install {requirement}, which is not there yet: put it there with pip "
                "wheel --no-deps --wheel-dir wheels SOURCE-OF-MTQA, or say under MTQA, or with "
                "--install, where it is"
            )
        )
    checked = " ".join(paths or ["."])
    write_stdout(
        [
            *(f"Wrote {name}\n" for name in written),
            *([f"Add to {PIPELINE}: include: {INCLUDED}\n"] if INCLUDED in written else []),
            *([f"Next: mtqa check {visible(checked)}\n"] if written else []),
        ]
    )
