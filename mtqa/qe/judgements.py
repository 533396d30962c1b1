"""Translations with their human judgements, as users keep them: TSV or JSONL, gzipped or not.

TSV has a header, tab-separated columns and no quoting; JSONL one object a line. Which column
holds what is told by its name, which is that of the role (see `ROLES`) unless the user says
otherwise.
"""

from __future__ import annotations

import gzip
import json
import math
import sys
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mtqa.config import ConfigError, did_you_mean
from mtqa.text.tables import TableError, json_rows, tsv_rows

STDIN = "-"

ROLES: Mapping[str, str] = {
    "translation": "the translated segment",
    "source": "the source segment",
    "score": "the judgement, a number; empty where there is none",
    "tags": "OK or BAD for each word, or 2n+1 of them, gaps at the even places counted from 0",
    "tokens": "the n words that the tags stand for; by default the translation's, split at spaces",
    "document": "the document of the segment",
    "segment": "the source segment within its document, the same for all its translations",
    "system": "the system that translated",
    "pair": "the language pair, such as ru-en",
}

# Words of a translation: start, end, whether judged wrong.
Words = tuple[tuple[int, int, bool], ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """A row of a file of judgements.

    Attributes:
        translation: the translated segment.
        source: its source; None without such a column.
        score: the judgement; None where there is none.
        words: words in code points of the translation and whether they were tagged BAD; None
            where words were not judged.
        misfit: the tagged words are not those of the translation, so there are none.
        document: its document; empty without such a column. So are the following.
        segment: its source segment.
        system: the system that translated.
        pair: its language pair.
    """

    translation: str
    source: str | None = None
    score: float | None = None
    words: Words | None = None
    misfit: bool = False
    document: str = ""
    segment: str = ""
    system: str = ""
    pair: str = ""


@dataclass(frozen=True, slots=True)
class Judgements:
    """A file of judgements.

    Attributes:
        path: the file.
        header: names of its columns.
        columns: name of the column of each role that the file has.
        rows: its rows in order, at least one.
    """

    path: str
    header: tuple[str, ...]
    columns: Mapping[str, str]
    rows: tuple[Judgement, ...]


def read_judgements(path: str, columns: Mapping[str, str] | None = None) -> Judgements:
    """Read a file of judgements.

    Args:
        path: the file, or ``-`` for standard input.
        columns: names of columns by role; a role that is not named has the column of its own
            name, if there is one.

    Raises:
        ConfigError: the file cannot be read, a column that is named or needed is missing, or a
            row does not fit.
    """
    named = dict(columns or {})
    for role in named:
        if role not in ROLES:
            raise ConfigError(f"no column holds a {role!r}{did_you_mean(role, ROLES)}")
    text = _read_text(path)
    header: tuple[str, ...] = ()
    found: dict[str, str] = {}
    rows: list[Judgement] = []
    try:
        for number, fields in _json_rows(text) if text[:1] == "{" else _table_rows(text):
            if not rows:
                header = tuple(sorted(fields))
                found = _find_columns(path, header, named)
            try:
                rows.append(_judgement({role: fields.get(name) for role, name in found.items()}))
            except ValueError as error:
                raise ConfigError(f"{path}:{number}: {error}") from None
    except TableError as error:
        raise ConfigError(f"{path}:{error.line}: {error}") from None
    if not rows:
        raise ConfigError(f"{path}: holds no judgements; expected a header and rows below it")
    return Judgements(path, header, found, tuple(rows))


def align_words(text: str, words: list[str]) -> list[tuple[int, int]] | None:
    """Offsets of tokenised words in the text they came from; None where they do not fit."""
    spans, at = [], 0
    for word in words:
        while at < len(text) and text[at].isspace():
            at += 1
        start = at
        for letter in word:
            while at < len(text) and text[at].isspace():
                at += 1
            if at >= len(text) or text[at] != letter:
                return None
            at += 1
        spans.append((start, at))
    return spans


def _read_text(path: str) -> str:
    try:
        data = sys.stdin.buffer.read() if path == STDIN else Path(path).read_bytes()
        if data.startswith(b"\x1f\x8b"):
            data = gzip.decompress(data)
        return data.decode("utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(f"there is no file {path!r}") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: is not UTF-8 (byte {error.start}); convert it first") from None
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        raise ConfigError(f"{path}: cannot be read: {reason}") from None


def _table_rows(text: str) -> Iterator[tuple[int, dict[str, object]]]:
    header: list[str] | None = None
    for row in tsv_rows(text):
        cells = [text[start:end] for start, end in row.cells]
        if header is None:
            header = cells
            continue
        # Of columns with one name the first counts: files pasted side by side repeat some.
        yield row.line, dict(zip(reversed(header), reversed(cells), strict=True))


def _json_rows(text: str) -> Iterator[tuple[int, dict[str, object]]]:
    return ((row.line, row.fields) for row in json_rows(text))


def missing(path: str, role: str, name: str, header: Sequence[str]) -> str:
    """The sentence that says that a column is missing."""
    return (
        f"{path}: has no column {name!r} for the {role}; name one of its columns "
        f"({', '.join(header)}) as {role}=NAME"
    )


def _find_columns(path: str, header: Sequence[str], named: Mapping[str, str]) -> dict[str, str]:
    columns = {role: named.get(role, role) for role in ROLES}
    for role, name in columns.items():
        if name not in header and (role in named or role == "translation"):
            raise ConfigError(missing(path, role, name, header))
    return {role: name for role, name in columns.items() if name in header}


def _judgement(cells: Mapping[str, object]) -> Judgement:
    translation = _text(cells, "translation") or ""
    words, misfit = _words(cells, translation)
    return Judgement(
        translation,
        _text(cells, "source"),
        _number(cells),
        words,
        misfit,
        *(_text(cells, role) or "" for role in ("document", "segment", "system", "pair")),
    )


def _text(cells: Mapping[str, object], role: str) -> str | None:
    value = cells.get(role)
    if value is None:
        return "" if role in cells and role in ("source", "translation") else None
    if isinstance(value, int) and role in ("document", "segment", "system"):
        return str(value)
    if not isinstance(value, str):
        raise ValueError(f"the {role} must be a string, not {json.dumps(value)[:40]}")
    return value


def _number(cells: Mapping[str, object]) -> float | None:
    value = cells.get("score")
    if value is None or value == "":
        return None
    try:
        number = math.nan if isinstance(value, bool) else float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise ValueError(f"the score must be a number, not {value!r}") from None
    if math.isinf(number) or isinstance(value, bool):
        raise ValueError(f"the score must be a number, not {value!r}")
    return None if math.isnan(number) else number


def _words(cells: Mapping[str, object], translation: str) -> tuple[Words | None, bool]:
    tags = _list(cells, "tags")
    if not tags:
        return None, False
    wrong = sorted(set(tags) - {"OK", "BAD"})
    if wrong:
        raise ValueError(f"a tag must be OK or BAD, not {wrong[0]!r}")
    tokens = _list(cells, "tokens") or translation.split()
    if len(tags) == 2 * len(tokens) + 1:
        tags = tags[1::2]
    if len(tags) != len(tokens):
        raise ValueError(
            f"{len(tags)} tags do not fit {len(tokens)} words (nor {2 * len(tokens) + 1} words "
            "and gaps); name the column of the tokenised translation as tokens=NAME"
        )
    spans = align_words(translation, tokens)
    if spans is None:
        return None, True
    return tuple((s, e, tag == "BAD") for (s, e), tag in zip(spans, tags, strict=True)), False


def _list(cells: Mapping[str, object], role: str) -> list[str]:
    value = cells.get(role)
    if value is None:
        return []
    if isinstance(value, str):
        return value.split()
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return value
    raise ValueError(f"the {role} must be a string or a list of strings")
