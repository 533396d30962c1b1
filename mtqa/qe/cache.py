"""Scores on disk, found again by all that they were computed from.

What is kept are hashes, scores and places of words: no text can be read from it. Whatever goes
wrong with the cache costs time, never a score.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import time
import zlib
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import TypeVar

import msgpack

from mtqa.qe.models import ModelInfo, Scorer, load_scorer
from mtqa.text.estimates import COVERAGE_DECIMALS, PieceCoverage, SegmentScore, WordRisk
from mtqa.version import __version__

# To be raised with every change in how scores come out of the same files and texts.
ARITHMETIC = 3

# Size from which the least recently used scores go: some 800,000 segments with their sources.
LIMIT = 500_000_000  # bytes

# The 1 is the version of its layout.
DATABASE = "scores-1.sqlite3"

# How long another process may be writing before this one goes on without the cache.
_PATIENCE = 5.0  # seconds

# Files of a model up to this size are told apart by what they hold, larger ones (parts of
# weights, which take long to read) by size and time. What says nothing to a model is left out.
_SMALL = 50_000_000  # bytes
_NOT_READ = (".md", ".svg")

_UNITS = 10**COVERAGE_DECIMALS
_DAY = 86_400  # seconds
_AT_ONCE = 500  # keys in one query
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)

Complain = Callable[[str], None]
_T = TypeVar("_T")
_Row = tuple[bytes, object, int]


def _keep_quiet(message: str) -> None:
    """Say nothing."""


def open_scorer(
    info: ModelInfo,
    device: str | None = None,
    batch_size: int = 32,
    *,
    cached: bool = True,
    complain: Complain = _keep_quiet,
) -> Scorer:
    """A scorer that looks into the cache first, and loads its model only when that does not do.

    A device that may not exist is tried at once, so that it is refused whatever the cache holds.

    Args:
        info: the model.
        device: as for `load_scorer`.
        batch_size: as for `load_scorer`.
        cached: use the cache in the user's cache folder.
        complain: takes a sentence for the user, should the cache be damaged.

    Raises:
        ModelError: the model cannot be loaded, now or on first use.
    """
    scorer: Scorer = DeferredScorer(info, device, batch_size)
    if device not in (None, "cpu"):
        scorer = load_scorer(info, device, batch_size)
    if not cached:
        return scorer
    return CachedScorer(scorer, cache_folder(), device=device, complain=complain)


def cache_folder() -> Path | None:
    """The folder for what mtqa keeps for this user; None where the user has no home."""
    from platformdirs import user_cache_path

    try:
        folder = user_cache_path("mtqa", appauthor=False)
    except RuntimeError:
        return None
    return folder if folder.is_absolute() else None  # earlier releases leave a ~ standing


class DeferredScorer:
    """A model that is loaded when there is something to score; arguments as for `load_scorer`."""

    def __init__(self, info: ModelInfo, device: str | None = None, batch_size: int = 32) -> None:
        self.info = info
        self._device = device
        self._batch_size = batch_size
        self._scorer: Scorer | None = None

    def score(
        self,
        translations: Sequence[str],
        sources: Sequence[str] | None = None,
        words: Sequence[Sequence[tuple[int, int]]] | None = None,
    ) -> list[SegmentScore]:
        """As `mtqa.qe.models.Scorer` says."""
        if self._scorer is None:
            self._scorer = load_scorer(self.info, self._device, self._batch_size)
        return self._scorer.score(translations, sources, words)


class CachedScorer:
    """A scorer that asks another one only for what the cache does not hold.

    Args:
        scorer: what computes scores.
        folder: where the cache lies; None: there is none, and equal segments of one call are
            still scored once.
        device: what the scorer was told to compute on; scores of different devices are not mixed.
        complain: takes a sentence for the user, should the cache be damaged.
        limit: bytes above which the least recently used scores are dropped.
    """

    def __init__(
        self,
        scorer: Scorer,
        folder: Path | None,
        *,
        device: str | None = None,
        complain: Complain = _keep_quiet,
        limit: int = LIMIT,
    ) -> None:
        self.info = scorer.info
        self._scorer = scorer
        try:
            self._model = fingerprint(scorer.info, device)
        except OSError:  # the scorer will say what is wrong with its files
            self._model, folder = b"", None
        self._store = _Store(folder and folder / DATABASE, complain, limit)

    def score(
        self,
        translations: Sequence[str],
        sources: Sequence[str] | None = None,
        words: Sequence[Sequence[tuple[int, int]]] | None = None,
    ) -> list[SegmentScore]:
        """As `mtqa.qe.models.Scorer` says; what is not known yet is computed in one call."""
        for name, other in (("sources", sources), ("words", words)):
            if other is not None and len(other) != len(translations):
                raise ValueError(f"{len(translations)} translations but {len(other)} {name}")
        keys = [
            self._key(
                translation,
                None if sources is None else sources[i],
                None if words is None else words[i],
            )
            for i, translation in enumerate(translations)
        ]
        known = self._store.get(set(keys))
        unknown: dict[bytes, int] = {}
        for i, key in enumerate(keys):
            if key not in known:
                unknown.setdefault(key, i)
        if unknown:
            asked = list(unknown.values())
            scores = self._scorer.score(
                [translations[i] for i in asked],
                None if sources is None else [sources[i] for i in asked],
                None if words is None else [words[i] for i in asked],
            )
            computed = dict(zip(unknown, scores, strict=True))
            self._store.put(computed)
            known.update(computed)
        return [known[key] for key in keys]

    def _key(
        self, translation: str, source: str | None, words: Sequence[tuple[int, int]] | None
    ) -> bytes:
        spans = None if words is None else [[start, end] for start, end in words]
        asked = json.dumps([translation, source, spans])  # ASCII, and no two alike
        return hashlib.sha256(self._model + asked.encode()).digest()


def fingerprint(info: ModelInfo, device: str | None) -> bytes:
    """Hash of all that is the same for every segment: program, model, calibration, device."""
    files = []
    for path in sorted(info.folder.iterdir()):
        if path == info.weights or path.suffix in _NOT_READ or not path.is_file():
            continue
        state = path.stat()
        if state.st_size <= _SMALL:
            content = hashlib.sha256(path.read_bytes()).hexdigest()
        else:
            content = f"{state.st_size} {state.st_mtime_ns}"
        files.append([path.name, content])
    parts = [__version__, ARITHMETIC, info.kind, info.checksum, files, device]
    return hashlib.sha256(json.dumps(parts).encode()).digest()


class _Store:
    """Scores by key in an SQLite database that may fail at any time.

    It is opened for each reading and each writing, so nothing has to be closed, and threads and
    processes may share it. What is lost in a crash of the machine was only a cache; hence no
    waiting for the disk, and a checksum in each row.
    """

    def __init__(self, path: Path | None, complain: Complain, limit: int) -> None:
        self._path = path
        self._complain = complain
        self._limit = limit

    def get(self, keys: Collection[bytes]) -> dict[bytes, SegmentScore]:
        """The scores that are there."""
        nothing: list[_Row] = []
        rows = self._run(lambda connection: _select(connection, list(keys)), nothing)
        today = _today()
        stale = [(today, key) for key, _, used in rows if used != today]
        if stale:
            self._run(lambda connection: _touch(connection, stale), None)
        found = ((key, _unpack(key, value)) for key, value, _ in rows)
        return {key: score for key, score in found if score is not None}

    def put(self, scores: Mapping[bytes, SegmentScore]) -> None:
        """Keep scores, and drop others where that makes too many."""
        today = _today()
        rows = [(key, _pack(key, score), today) for key, score in scores.items()]
        self._run(lambda connection: _insert(connection, rows, self._limit), None)

    def _run(self, action: Callable[[sqlite3.Connection], _T], otherwise: _T) -> _T:
        if self._path is None:
            return otherwise
        try:
            with closing(_open(self._path)) as connection, connection:
                return action(connection)
        except (OSError, sqlite3.Error) as error:
            path, self._path = self._path, None
            if _is_damage(error, path):
                self._drop(path)
            return otherwise

    def _drop(self, path: Path) -> None:
        try:
            for suffix in ("", "-wal", "-shm"):
                path.with_name(path.name + suffix).unlink(missing_ok=True)
        except OSError:
            self._complain(f"{path}: the cache of scores is damaged; remove it")
        else:
            self._complain(f"{path}: the cache of scores was damaged and has been removed")


def _open(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=_PATIENCE)
    try:
        # Two processes may try for it at once, and some file systems cannot; it works without.
        with suppress(sqlite3.OperationalError):
            connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute(
            "CREATE TABLE IF NOT EXISTS scores (key BLOB PRIMARY KEY, value BLOB, used INTEGER)"
        )
    except BaseException:
        connection.close()
        raise
    return connection


def _is_damage(error: Exception, path: Path) -> bool:
    """Whether removing the file helps; it does not against a full disk or a folder of others."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_CANTOPEN:
        return path.is_file() and os.access(path.parent, os.W_OK)
    return code in _DAMAGED


def _select(connection: sqlite3.Connection, keys: list[bytes]) -> list[_Row]:
    rows: list[_Row] = []
    for at in range(0, len(keys), _AT_ONCE):
        part = keys[at : at + _AT_ONCE]
        marks = ",".join("?" * len(part))
        query = f"SELECT key, value, used FROM scores WHERE key IN ({marks})"
        rows += connection.execute(query, part).fetchall()
    return rows


def _touch(connection: sqlite3.Connection, rows: list[tuple[int, bytes]]) -> None:
    connection.executemany("UPDATE scores SET used = ? WHERE key = ?", rows)


def _insert(
    connection: sqlite3.Connection, rows: list[tuple[bytes, bytes, int]], limit: int
) -> None:
    connection.executemany("INSERT OR REPLACE INTO scores VALUES (?, ?, ?)", rows)
    pages, free, size = (
        connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("page_count", "freelist_count", "page_size")
    )
    if (pages - free) * size > limit:
        connection.execute(
            "DELETE FROM scores WHERE rowid IN (SELECT rowid FROM scores ORDER BY used, rowid "
            "LIMIT (SELECT count(*) / 4 + 1 FROM scores))"
        )


def _pack(key: bytes, score: SegmentScore) -> bytes:
    value = None if score.score is None else float(score.score)
    words = [(int(start), int(end), float(chance)) for start, end, chance in score.words]
    coverage = [
        (int(start), int(end), round(likeness * _UNITS)) for start, end, likeness in score.coverage
    ]
    body: bytes = msgpack.packb((value, words, score.truncated, score.reason, coverage))
    return zlib.crc32(body, zlib.crc32(key)).to_bytes(4, "big") + body


def _unpack(key: bytes, value: object) -> SegmentScore | None:
    """The score; None when a row does not hold what was put there."""
    if not isinstance(value, bytes):
        return None
    body = value[4:]
    if zlib.crc32(body, zlib.crc32(key)).to_bytes(4, "big") != value[:4]:
        return None
    score, words, truncated, reason, coverage = msgpack.unpackb(body)
    return SegmentScore(
        score,
        tuple(WordRisk(*word) for word in words),
        truncated,
        reason,
        tuple(PieceCoverage(a, b, likeness / _UNITS) for a, b, likeness in coverage),
    )


def _today() -> int:
    return int(time.time() // _DAY)
