"""What is scored once need not be scored again, and no fault of the cache touches a score."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from mtqa.qe import cache
from mtqa.qe.cache import DATABASE, CachedScorer, cache_folder, open_scorer
from mtqa.qe.models import ModelError, ModelInfo
from mtqa.text.estimates import SegmentScore, WordRisk


class Counting:
    """A scorer whose scores are made from the letters, with digits to the last place."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        if not (folder / "weights").exists():
            (folder / "weights").write_bytes(b"123")
        self.info = ModelInfo("counting", folder, "mtqa-qe", folder / "weights", {})
        self.calls: list[list[str]] = []

    def score(
        self,
        translations: Sequence[str],
        sources: Sequence[str] | None = None,
        words: Sequence[Sequence[tuple[int, int]]] | None = None,
    ) -> list[SegmentScore]:
        self.calls.append(list(translations))
        found = []
        for i, text in enumerate(translations):
            spans = [(0, len(text))] if words is None else words[i]
            if not text:
                found.append(SegmentScore(None, reason="empty"))
                continue
            if text == "bad luck":
                raise ModelError("no such luck")
            seed = sum(map(ord, text)) + (7 if sources is None else len(sources[i]))
            risks = tuple(WordRisk(a, b, 1 / (seed + b)) for a, b in spans)
            found.append(SegmentScore(1 / seed, risks, truncated=len(text) > 60))
        return found


@pytest.fixture
def scorer(tmp_path: Path) -> Counting:
    return Counting(tmp_path / "model")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "cache"


def test_a_segment_is_scored_once(scorer: Counting, folder: Path) -> None:
    first = CachedScorer(scorer, folder).score(["a", "b", "a", "", "b"])
    assert scorer.calls == [["a", "b", ""]]
    assert first == Counting(scorer.info.folder).score(["a", "b", "a", "", "b"])
    second = CachedScorer(scorer, folder).score(["c", "b", "", "a", "d"])
    assert scorer.calls[1:] == [["c", "d"]]
    assert second[1] == first[1]
    assert second[2].reason == "empty"


def test_cached_scores_are_equal_to_the_last_digit(scorer: Counting, folder: Path) -> None:
    texts = [
        f"Segment {i} of a long report on bridges, mayors and rivers."[: 5 + i] for i in range(60)
    ]
    spans = [[(0, 3), (3, len(text))] for text in texts]
    fresh = CachedScorer(scorer, folder).score(texts, texts, spans)
    scorer.calls.clear()
    assert CachedScorer(scorer, folder).score(texts, texts, spans) == fresh
    assert fresh == Counting(scorer.info.folder).score(texts, texts, spans)
    assert scorer.calls == []


def test_a_score_belongs_to_all_that_it_was_computed_from(
    scorer: Counting, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def calls(**options: str) -> int:
        scorer.calls.clear()
        again = Counting(scorer.info.folder)
        CachedScorer(again, folder, **options).score(["a"])  # type: ignore[arg-type]
        return len(again.calls)

    cached = CachedScorer(scorer, folder)
    for sources, words in (
        (None, None),
        (["a"], None),
        ([""], None),
        (None, [[]]),
        (None, [[(0, 1)]]),
    ):
        cached.score(["a"], sources, words)
    assert len(scorer.calls) == 5
    assert calls() == 0
    assert calls(device="cuda") == 1
    monkeypatch.setattr(cache, "ARITHMETIC", 0)
    assert calls() == 1
    (scorer.info.folder / "README.md").write_text("A card.", encoding="utf-8")
    assert calls() == 0
    (scorer.info.folder / "config.json").write_text('{"calibration": 1}', encoding="utf-8")
    assert calls() == 1
    (scorer.info.folder / "weights").write_bytes(b"124")
    assert calls() == 1


def test_neighbouring_texts_are_not_confused(scorer: Counting, folder: Path) -> None:
    CachedScorer(scorer, folder).score(['a", "b', "a", "\ud800"], ["c", 'b", "c', "\udfff"])
    CachedScorer(scorer, folder).score(["a", 'a", "b', "\ud800"], ['b", "c', "c", "\udfff"])
    assert len(scorer.calls) == 1
    CachedScorer(scorer, folder).score(["a"], ["c"])
    assert len(scorer.calls) == 2


def test_no_text_can_be_read_from_the_cache(scorer: Counting, folder: Path) -> None:
    CachedScorer(scorer, folder).score(["The embargoed report"], ["Der gesperrte Bericht"])
    content = b"".join(path.read_bytes() for path in folder.iterdir())
    assert content
    assert b"embargoed" not in content
    assert b"gesperrte" not in content


def test_faults_of_the_model_and_of_the_call_are_not_hidden(scorer: Counting, folder: Path) -> None:
    cached = CachedScorer(scorer, folder)
    with pytest.raises(ModelError, match="no such luck"):
        cached.score(["good", "bad luck"])
    with pytest.raises(ValueError, match="2 translations but 1 sources"):
        cached.score(["a", "b"], ["a"])
    with pytest.raises(ValueError, match="1 translations but 2 words"):
        cached.score(["a"], None, [[], []])
    assert cached.score([]) == []


# A cache that fails


def overwrite(path: Path) -> None:
    path.write_bytes(b"no database at all, " * 500)


def cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


def lay_out_otherwise(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("DROP TABLE scores; CREATE TABLE scores (a, b)")


@pytest.mark.parametrize("damage", [overwrite, cut_off, lay_out_otherwise])
def test_a_damaged_cache_is_removed_with_a_word(
    scorer: Counting, folder: Path, damage: Callable[[Path], None]
) -> None:
    texts = [f"segment {i}" for i in range(300)]
    fresh = CachedScorer(scorer, folder).score(texts)
    damage(folder / DATABASE)
    said: list[str] = []
    cached = CachedScorer(scorer, folder, complain=said.append)
    assert cached.score(texts) == fresh
    assert cached.score(texts[:2]) == fresh[:2]
    assert said == [f"{folder / DATABASE}: the cache of scores was damaged and has been removed"]
    assert not list(folder.iterdir())
    assert CachedScorer(scorer, folder, complain=said.append).score(texts) == fresh
    scorer.calls.clear()
    assert CachedScorer(scorer, folder, complain=said.append).score(texts) == fresh
    assert (len(said), scorer.calls) == (1, [])


def test_no_damaged_byte_changes_a_score(scorer: Counting, folder: Path) -> None:
    texts = [f"segment {i}" for i in range(40)]
    fresh = CachedScorer(scorer, folder).score(texts)
    path = folder / DATABASE
    sound = path.read_bytes()
    for at in range(4096, len(sound), 97):  # behind the page that describes the table
        path.write_bytes(sound[:at] + bytes([sound[at] ^ 0x55]) + sound[at + 1 :])
        assert CachedScorer(scorer, folder).score(texts) == fresh


def test_without_a_place_there_is_no_cache_and_no_word(scorer: Counting, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    (tmp_path / "taken" / DATABASE).mkdir(parents=True)
    said: list[str] = []
    for place in (None, tmp_path / "file", tmp_path / "file" / "below", tmp_path / "taken"):
        cached = CachedScorer(scorer, place, complain=said.append)
        assert cached.score(["a", "b", "a"]) == Counting(scorer.info.folder).score(["a", "b", "a"])
    assert said == []
    assert scorer.calls == [["a", "b"]] * 4


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root writes all")
def test_a_folder_that_cannot_be_written_is_no_error(scorer: Counting, folder: Path) -> None:
    fresh = CachedScorer(scorer, folder).score(["a"])
    said: list[str] = []
    folder.chmod(0o500)
    try:
        assert CachedScorer(scorer, folder, complain=said.append).score(["a"]) == fresh
    finally:
        folder.chmod(0o700)
    assert said == []


def test_a_cache_that_another_process_holds_is_not_waited_for_long(
    scorer: Counting, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = CachedScorer(scorer, folder).score(["a"])
    monkeypatch.setattr(cache, "_PATIENCE", 0.05)
    said: list[str] = []
    holder = sqlite3.connect(folder / DATABASE, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    try:
        cached = CachedScorer(scorer, folder, complain=said.append)
        assert cached.score(["a", "b"])[0] == fresh[0]
    finally:
        holder.close()
    assert said == []


def test_two_processes_may_use_it_at_once(scorer: Counting, folder: Path) -> None:
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from mtqa.qe.cache import CachedScorer\n"
        "from tests.qe.test_cache import Counting\n"
        "def fail(message): raise SystemExit(message)\n"
        "scorer = Counting(Path(sys.argv[1]))\n"
        "cached = CachedScorer(scorer, Path(sys.argv[2]), complain=fail)\n"
        "for i in range(40):\n"
        "    texts = [f'{i} {j} {sys.argv[3] if j % 2 else 0}' for j in range(20)]\n"
        "    assert cached.score(texts) == Counting(scorer.info.folder).score(texts)\n"
    )
    arguments = [sys.executable, "-c", script, str(scorer.info.folder), str(folder)]
    both = [subprocess.Popen([*arguments, name]) for name in "ab"]
    assert [process.wait(60) for process in both] == [0, 0]
    for name in "ab":
        texts = [f"{i} {j} {name if j % 2 else 0}" for i in range(40) for j in range(20)]
        CachedScorer(scorer, folder).score(texts)
    assert scorer.calls == []


# Its size


def test_the_least_recently_used_go_first(
    scorer: Counting, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = 100_000
    day = 20_000
    monkeypatch.setattr(cache, "_today", lambda: day)
    text = "Segment {} of a report that says so much that its score has many words.".format
    words = [(at, at + 1) for at in range(40)]

    def score(first: int, last: int) -> int:
        scorer.calls.clear()
        texts = [text(i) for i in range(first, last)]
        CachedScorer(scorer, folder, limit=limit).score(texts, None, [words] * len(texts))
        return sum(map(len, scorer.calls))

    assert score(0, 20) == 20
    for start in range(100, 1000, 50):
        day += 1
        score(start, start + 50)
        assert score(0, 20) == 0  # used every day
    assert score(100, 150) == 50  # once, long ago
    assert (folder / DATABASE).stat().st_size < 1.5 * limit


# Opening


def test_a_model_is_loaded_only_when_something_is_to_be_scored(
    scorer: Counting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[object] = []

    def load(*arguments: object) -> Counting:
        loaded.append(arguments)
        return scorer

    monkeypatch.setattr(cache, "load_scorer", load)
    monkeypatch.setattr(cache, "cache_folder", lambda: tmp_path / "cache")
    first = open_scorer(scorer.info, None, 7)
    assert loaded == []
    fresh = first.score(["a", "b"])
    first.score(["c"])
    assert loaded == [(scorer.info, None, 7)]
    assert open_scorer(scorer.info, None, 8).score(["b", "a"]) == fresh[::-1]
    assert len(loaded) == 1
    open_scorer(scorer.info, "cuda:7")  # which may not exist
    assert len(loaded) == 2
    assert open_scorer(scorer.info, cached=False).score(["a"]) == fresh[:1]
    assert len(loaded) == 3


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="the XDG folders of other systems")
def test_the_cache_lies_where_the_system_keeps_caches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/var/tmp/there")
    assert cache_folder() == Path("/var/tmp/there/mtqa")
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", "/home/her")
    assert cache_folder() == Path("/home/her/.cache/mtqa")


def test_without_a_home_there_is_no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless(*arguments: object, **options: object) -> Path:
        raise RuntimeError("could not determine the home directory")

    monkeypatch.setattr("platformdirs.user_cache_path", homeless)
    assert cache_folder() is None
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_, **__: Path("~/.cache/mtqa"))
    assert cache_folder() is None
