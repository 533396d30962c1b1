"""Files that are made to do harm are refused in a sentence, soon and in little memory."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.conftest import Bench
from tests.formats.hostile import MOST_MEMORY, MOST_SECONDS, NAMES, make, measure

# Those that would take most if they were read.
HEAVIEST = (
    *("bomb.docx", "bomb-that-lies.docx", "bomb-of-paragraphs.docx", "many-parts.docx"),
    *("nested-millions.xlf", "one-token.xlf", "open-quotation-mark.csv"),
)


@pytest.mark.parametrize("name", NAMES)
def test_each_is_refused_in_a_sentence(mtqa: Bench, name: str) -> None:
    mtqa.write(name, make(name))
    begin = time.process_time()
    outcome = mtqa("check", name)
    assert time.process_time() - begin < MOST_SECONDS
    (mtqa.folder / name).unlink()
    assert outcome.code == 2
    assert outcome.err.startswith(f"mtqa: {name}: ")
    assert outcome.err.count("\n") == 1
    assert "internal error" not in outcome.err


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="nobody tells what it took")
@pytest.mark.parametrize("name", HEAVIEST)
def test_the_heaviest_take_little_time_and_memory(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(make(name))
    seconds, memory, code = measure(tmp_path / name)
    assert code == 2
    assert seconds < MOST_SECONDS
    assert memory < MOST_MEMORY
