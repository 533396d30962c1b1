"""``mtqa train``: fit the quality-estimation model by a recipe."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from mtqa.cli.output import complain, write_stdout
from mtqa.config import ConfigError


def train(
    recipe: Annotated[
        Path, typer.Argument(help="Settings of the run (see recipes/).", metavar="RECIPE")
    ],
    data: Annotated[
        Path, typer.Option(help="Folder of the judgements to learn from.", metavar="FOLDER")
    ],
    out: Annotated[
        Path,
        typer.Option(
            help="Folder of the run; a run that was stopped there is taken up.", metavar="FOLDER"
        ),
    ],
    encoder: Annotated[
        Path | None,
        typer.Option(
            help="Encoder to start from, where the recipe names no model to start from.",
            metavar="FOLDER",
        ),
    ] = None,
    finish_by: Annotated[
        str | None,
        typer.Option(
            help="Come to an end by this time of the day, even before all passes are done.",
            metavar="HH:MM",
        ),
    ] = None,
    steps: Annotated[
        int | None, typer.Option(help="Come to an end after so many steps.", min=1, metavar="N")
    ] = None,
) -> None:
    """Fit the model to human judgements; docs/model.md tells how it becomes a model folder.

    Exit code: 0 the run came to its end, 2 it cannot run, 130 or 143 it was stopped, by Ctrl-C or
    SIGTERM, and the same command goes on with it.
    """
    from mtqa.qe.training.recipe import Recipe

    settings = Recipe.read(recipe)
    start = _start(settings.start, encoder)
    finish = None if finish_by is None else _next(finish_by, datetime.now()).timestamp()

    from mtqa.qe.training.train import train as run_training

    run = run_training(
        settings,
        data,
        start,
        out,
        finish_by=finish,
        steps=steps,
        tell=_show if sys.stderr and sys.stderr.isatty() else lambda entry: None,
    )
    if run.stopped is not None:
        complain(f"stopped after step {run.step} of {run.total}; the same command goes on")
        raise typer.Exit(128 + run.stopped)
    write_stdout([f"{out / 'checkpoint.pt'}: {run.step} of {run.total} steps\n"])


def _start(model: str, encoder: Path | None) -> Path:
    """The folder that training starts from."""
    if bool(model) == (encoder is not None):
        raise ConfigError(
            f"the recipe starts from the model {model!r}; leave out --encoder"
            if model
            else "nothing to start from: name a model as start in the recipe, or the folder of an "
            "encoder with --encoder"
        )
    if encoder is not None:
        return encoder
    from mtqa.qe.models import find_model

    info = find_model(model)
    if info.kind != "mtqa-qe":
        raise ConfigError(f"{model} is of the kind {info.kind}, which mtqa cannot train")
    return info.folder


def _next(clock: str, now: datetime) -> datetime:
    """The next time that a clock shows HH:MM."""
    try:
        time = datetime.strptime(clock, "%H:%M").time()
    except ValueError:
        raise ConfigError(f"--finish-by must be a time such as 18:30, not {clock!r}") from None
    then = datetime.combine(now.date(), time)
    return then if then > now else then + timedelta(days=1)


def _show(entry: dict[str, Any]) -> None:
    """A line on the terminal for an entry of the log."""
    figures = entry.get("dev")
    if figures:
        print(f"step {entry['step']}: Pearson with source, without, words", file=sys.stderr)
        for name, values in figures.items():
            shown = "  ".join("   – " if value is None else f"{value:5.3f}" for value in values)
            print(f"  {name:12} {shown}", file=sys.stderr)
    elif "left" in entry:
        minutes = entry["left"] * entry["pace"] / 60
        print(f"step {entry['step']}, {minutes:.0f} minutes left", file=sys.stderr)
