"""What several commands ask of their user in the same words."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from mtqa.config import INPUT_FORMATS, ConfigError, Settings, find_settings, load_settings

if TYPE_CHECKING:
    from mtqa.cluster import Cluster

RULE_NAMES = "RULE[,RULE…]"

ConfigFile = Annotated[
    Path | None,
    typer.Option(
        help="Configuration file [default: the nearest mtqa.toml or pyproject.toml].",
        metavar="FILE",
    ),
]

InputFormat = Annotated[
    str | None,
    typer.Option(
        help=f"Format of the files: {', '.join(INPUT_FORMATS)} [default: as the suffix says].",
        metavar="FORMAT",
    ),
]

Columns = Annotated[
    list[str] | None,
    typer.Option(
        help="Which column of a table holds what: translation, source, reference, document; by "
        "its name, or its number from 1 [default: by usual names].",
        metavar="ROLE=NAME[,ROLE=NAME…]",
    ),
]

ModelName = Annotated[
    str | None,
    typer.Option(
        help="Model that scores: a name, a folder, or an id of the Hugging Face hub "
        "[default: the one that ships].",
        metavar="NAME",
    ),
]

Device = Annotated[
    str | None,
    typer.Option(
        help="Where the model computes: cpu, cuda, mps [default: the fastest there is].",
        metavar="DEVICE",
    ),
]

BatchSize = Annotated[
    int | None,
    typer.Option(help="Sentences that the model reads at once [default: 32].", min=1, metavar="N"),
]

Jobs = Annotated[
    int | None,
    typer.Option(
        help="Processes that share the work [default: 1; with --engine ray one for each core].",
        min=1,
        metavar="N",
    ),
]

Engine = Annotated[
    Literal["local", "ray"],
    typer.Option(help="What shares out the work: processes of this machine, or Ray."),
]

RayAddress = Annotated[
    str | None,
    typer.Option(
        help="With --engine ray: a node of a cluster, or auto for the one that this machine is "
        "part of [default: RAY_ADDRESS, else Ray on this machine, for this run].",
        metavar="HOST:PORT",
    ),
]

Cache = Annotated[
    bool | None,
    typer.Option(
        "--cache/--no-cache", help="Keep scores on disk [default: cache].", show_default=False
    ),
]

Paths = Annotated[
    list[str],
    typer.Argument(
        help="Files, folders, quoted glob patterns, or - for stdin.",
        show_default=False,
        metavar="PATH",
    ),
]

StdinFilename = Annotated[
    str | None,
    typer.Option(help="The path that standard input goes by.", metavar="PATH"),
]

Sources = Annotated[
    list[str] | None,
    typer.Option(
        help="The source of a file, line by line unless --align says otherwise; once for each "
        "file, in their order.",
        metavar="FILE",
    ),
]

Align = Annotated[
    Literal["line", "sentence"] | None,
    typer.Option(
        help="What of a text and its source pairs up: lines of the same number, or sentences by "
        "what they say, which needs the model also with --no-qe [default: line].",
        show_default=False,
    ),
]

Glossary = Annotated[
    Path | None,
    typer.Option(
        help="Terms and their renderings (CSV, TSV, TBX), which translations with a source are "
        "held to.",
        metavar="FILE",
    ),
]

SourceLang = Annotated[
    str | None,
    typer.Option(help="Language of the sources [default: detected].", metavar="CODE"),
]

TargetLang = Annotated[
    str | None,
    typer.Option(help="Language of the texts [default: detected].", metavar="CODE"),
]

Select = Annotated[
    list[str] | None,
    typer.Option(help="Run these rules or families only.", metavar=RULE_NAMES),
]

Ignore = Annotated[
    list[str] | None,
    typer.Option(help="Leave these rules or families out.", metavar=RULE_NAMES),
]

ExtendSelect = Annotated[
    list[str] | None,
    typer.Option(help="Run these rules or families too.", metavar=RULE_NAMES),
]

Preview = Annotated[bool, typer.Option("--preview", help="Run rules that are not proven yet, too.")]

BaselineFile = Annotated[
    Path | None,
    typer.Option(help="Findings that are accepted and not reported.", metavar="FILE"),
]

Diff = Annotated[
    str | None,
    typer.Option(help="Report findings on lines changed since then only.", metavar="REVISION"),
]

Qe = Annotated[
    bool | None,
    typer.Option(
        "--qe/--no-qe",
        help="Score each sentence with the model [default: qe].",
        show_default=False,
    ),
]


def read_settings(config: Path | None, paths: Sequence[str]) -> Settings:
    """Settings of the file that is named, or those that hold where ``paths`` are.

    Raises:
        ConfigError: they cannot be used.
    """
    if config:
        return load_settings(config)
    from mtqa.formats.files import common_folder

    return find_settings(common_folder(paths))


def split_selection(values: list[str] | None) -> tuple[str, ...] | None:
    """The names of ``--select``; None: not given at all.

    Raises:
        ConfigError: it is given and names nothing.
    """
    names = split_names(values)
    if names == ():
        raise ConfigError("--select names no rule; name rules or families, or leave it out")
    return names


def split_names(values: list[str] | None) -> tuple[str, ...] | None:
    """Names separated by commas, given once or repeatedly; None: not given at all."""
    if values is None:
        return None
    names = tuple(name.strip() for value in values for name in value.split(","))
    return tuple(name for name in names if name)


def find_cluster(engine: str, address: str | None, jobs: int | None) -> Cluster | None:
    """Where Ray is to do the work; None where it is not to.

    Raises:
        ConfigError: Ray is not installed, or not to be used.
    """
    if engine != "ray":
        if address is not None:
            raise ConfigError("--ray-address needs --engine ray")
        return None
    from mtqa.cluster import Cluster, require_ray

    require_ray()
    return Cluster(address or os.environ.get("RAY_ADDRESS") or None, jobs)
