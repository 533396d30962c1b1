"""Large files are read in blocks, and give the very segments of a file that is read at once."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from mtqa import inputs
from mtqa.config import Settings
from mtqa.formats.plain import Unreadable
from mtqa.inputs import Line, Lines, open_lines

_WORDS = "the mayor opened a bridge “Podul” naïve said 桥".split()


def sentence(draw: random.Random) -> str:
    return " ".join(draw.choices(_WORDS, k=draw.randint(0, 9)))


def text(draw: random.Random) -> str:
    return "".join(sentence(draw) + draw.choice(["\n", "\r\n"]) for _ in range(2000)) + "The end"


def table(draw: random.Random) -> str:
    rows = (f"{i}\t{sentence(draw)}\t{sentence(draw)}\t{i // 9}\n" for i in range(2000))
    return "id\tsource\ttarget\tdocument\n" + "".join(rows)


def objects(draw: random.Random) -> str:
    rows = (
        {"src": sentence(draw) or None, "mt": sentence(draw), "ref": sentence(draw), "z": i}
        for i in range(2000)
    )
    return "\ufeff" + "".join(
        json.dumps(row, ensure_ascii=number % 2 == 0) + "\n" for number, row in enumerate(rows)
    )


def late_source(draw: random.Random) -> str:
    """The first row has no source, so that it does not tell what there is."""
    return '{"mt": "No."}\n' + '{"mt": "The bridge.", "src": "Podul."}\n' * 2000


def all_of(lines: Lines) -> list[Line]:
    return [line for block in lines.blocks() for line in block]


@pytest.mark.parametrize("make", [text, table, objects, late_source])
def test_blocks_hold_the_segments_of_the_whole_file(
    make: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    suffix = {text: "txt", table: "tsv"}.get(make, "jsonl")  # type: ignore[call-overload]
    path = tmp_path / f"a.{suffix}"
    path.write_text(make(random.Random(1)), encoding="utf-8", newline="")  # type: ignore[operator]
    monkeypatch.setattr(inputs, "_AT_ONCE", 1000)
    whole = open_lines(str(path), Settings())
    monkeypatch.setattr(inputs, "_WHOLE", 0)
    parts = open_lines(str(path), Settings(max_file_size=1))
    assert all_of(parts) == all_of(whole)
    assert all_of(parts) == all_of(whole)  # once more: a file can be read again
    for name in ("count", "encoding", "sourced", "referenced", "documented"):
        assert getattr(parts, name) == getattr(whole, name)
    assert {len(block) for block in [*parts.blocks()][:-1]} == {inputs.BLOCK}


def test_lines_of_utf8_may_be_more_than_a_file_may_otherwise_hold(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("The bridge is open, said Zoë.\n".encode() * 50_000)
    assert open_lines(str(path), Settings(max_file_size=1)).count == 50_000
    path.write_bytes("The bridge is open, said Zoë.\n".encode("latin-1") * 50_000)
    with pytest.raises(Unreadable, match="is larger than the 1 MB that max-file-size allows for"):
        open_lines(str(path), Settings(max_file_size=1))


def test_a_fault_of_a_late_row_is_told_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inputs, "_WHOLE", 0)
    path = tmp_path / "a.tsv"
    path.write_text("source\ttarget\n" + "Da.\tYes.\n" * 1998 + "Nu.\n", encoding="utf-8")
    with pytest.raises(Unreadable, match=r"line 2,000 "):
        open_lines(str(path), Settings())
