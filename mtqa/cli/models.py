"""``mtqa models``: the models on this machine."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from mtqa.cli.output import write_stdout
from mtqa.config import did_you_mean

if TYPE_CHECKING:
    from mtqa.qe.models import ModelInfo

# The head of a model card on the Hugging Face hub is YAML between two rules.
_CARD_HEAD = re.compile(r"---\r?\n(.*?)\r?\n---", re.S)
_CARD_LICENCE = re.compile(r"^license:[ \t]*[\"']?([^\s\"'#]+)", re.M)


def models(
    name: Annotated[
        str | None,
        typer.Argument(
            help="A model, by name or folder: shows its card and checksum too.", metavar="NAME"
        ),
    ] = None,
    format: Annotated[Literal["text", "json"], typer.Option(help="Output format.")] = "text",
) -> None:
    """List the models that need no network: where they came from, licence, size and figures."""
    from mtqa.qe.models import installed_models

    if name is not None:
        row = _describe(_find(name), whole=True)
        pieces = [_dump(row)] if format == "json" else list(_text(row))
    elif format == "json":
        pieces = [_dump([_describe(info, whole=True) for info in installed_models()])]
    else:
        blocks = ["".join(_text(_describe(info, whole=False))) for info in installed_models()]
        pieces = ["\n".join(blocks)]
    write_stdout(pieces)


def _find(name: str) -> ModelInfo:
    """A model of this machine; unlike `mtqa.qe.models.find_model` this never fetches one."""
    from mtqa.qe.models import SHIPPED, ModelError, find_model, installed_models, read_folder

    if name == SHIPPED:
        return find_model(name)
    if Path(name).is_dir():
        return read_folder(Path(name), name)
    installed = {info.name: info for info in installed_models()}
    if name not in installed:
        raise ModelError(
            f"there is no model {name!r} on this machine{did_you_mean(name, installed)}"
        )
    return installed[name]


def _describe(info: ModelInfo, *, whole: bool) -> dict[str, Any]:
    """What there is to say of a model; ``whole``: with what takes time to find out."""
    card = info.folder / "README.md"
    row: dict[str, Any] = {
        "name": info.name,
        "kind": info.kind,
        "folder": str(info.folder),
        "origin": _string(info.config.get("origin")) or _origin(info),
        "license": _string(info.config.get("license")) or _licence(card),
        "size": sum(path.stat().st_size for path in info.folder.rglob("*") if path.is_file()),
    }
    if whole:
        row["sha256"] = info.checksum
        row["card"] = str(card) if card.is_file() else None
    figures = info.config.get("figures")
    row["figures"] = figures if isinstance(figures, dict) else {}
    return row


def _string(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _origin(info: ModelInfo) -> str | None:
    """Models of the hub lie in ``snapshots/REVISION``."""
    if info.folder.parent.name != "snapshots":
        return None
    return f"https://huggingface.co/{info.name}/tree/{info.folder.name}"


def _licence(card: Path) -> str | None:
    try:
        text = card.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    head = _CARD_HEAD.match(text)
    licence = head and _CARD_LICENCE.search(head[1])
    return licence[1] if licence else None


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _text(row: dict[str, Any]) -> Iterator[str]:
    from mtqa.reports.text import visible

    labels = {"license": "licence", "sha256": "SHA-256"}
    yield visible(row["name"]) + "\n"
    for key, value in row.items():
        if key in ("name", "figures"):
            continue
        if key == "size":
            value = f"{value / 1e6:,.1f} MB"
        yield f"  {labels.get(key, key):8} {visible(value or 'unknown')}\n"
    width = max((len(label) for label in row["figures"]), default=0)
    for number, (label, figure) in enumerate(row["figures"].items()):
        yield f"  {'' if number else 'figures':8} {visible(f'{label:{width}}  {figure}')}\n"
