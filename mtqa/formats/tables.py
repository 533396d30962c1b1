"""TSV, CSV and JSON Lines: one row a segment."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import chain
from typing import Any

from mtqa.config import Settings, did_you_mean
from mtqa.formats.extract import Bitext, Extract, Reading
from mtqa.formats.plain import Unreadable, decode
from mtqa.text.document import Span
from mtqa.text.tables import (
    COLUMN_NAMES,
    Row,
    TableError,
    csv_rows,
    find_column,
    is_header,
    json_rows,
    locate_values,
    tsv_rows,
)

# Two quotation marks of CSV that stand for one.
_DOUBLED = re.compile('""')
# What a backslash of JSON stands for; a pair of surrogates is one character.
_ESCAPE = re.compile(r"\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]..|u....|.)")
# Half a pair is no character, and no file could hold it.
_SURROGATE = re.compile("[\ud800-\udfff]")
_NO_CHARACTER = "\ufffd"

# How much of the names of columns an error lists: a first line that has none may be long.
_LISTED = 80  # characters


def read_tsv(data: bytes, settings: Settings) -> Reading:
    """A table with tabs between its cells and no quoting.

    Raises:
        Unreadable: it is no such table, or has no column for the translation.
    """
    return _read_table(data, settings, tsv_rows)


def read_csv(data: bytes, settings: Settings) -> Reading:
    """A table with commas, semicolons or tabs between its cells.

    Raises:
        Unreadable: it is no such table, or has no column for the translation.
    """
    return _read_table(data, settings, csv_rows)


def read_jsonl(data: bytes, settings: Settings) -> Reading:
    """Objects, one a line, with a field for the translation.

    A field of an object within is named by both: ``translation.en``.

    Raises:
        Unreadable: a line is no such object, or none has a field for the translation.
    """
    text, encoding = decode(data)
    bitext = Bitext(text)
    references: list[str] = []
    documents: list[str] = []
    names = {role: str(name) for role, name in settings.columns.items()}
    first: Sequence[str] = ()
    found = False
    try:
        for row in json_rows(text):
            known = list(row.fields)
            first = first or known
            for role in COLUMN_NAMES.keys() - names.keys():
                index = find_column(known, role)
                if index is not None:
                    names[role] = known[index]
            values = {
                role: _string(value, role, name, row.line)
                for role, name in names.items()
                for value in _values(row.fields, name)
            }
            found = found or "translation" in values
            if values.get("translation"):
                place = _locate(text, row.start, row.fields, names["translation"])
                _add_string(bitext.translation, text, place)
            bitext.source.put(_SURROGATE.sub(_NO_CHARACTER, values.get("source") or ""))
            references.append(values.get("reference") or "")
            documents.append(values.get("document") or "")
            bitext.end_unit(row.start)
    except TableError as error:
        raise _refuse(error) from None
    if not found:
        raise Unreadable(_missing(names.get("translation"), first, "field"))
    return bitext.reading(
        encoding,
        references=tuple(references) if "reference" in names else (),
        documents=tuple(documents) if "document" in names else (),
        records=True,
    )


def _read_table(data: bytes, settings: Settings, split: Callable[[str], Iterator[Row]]) -> Reading:
    text, encoding = decode(data)
    bitext = Bitext(text)
    references: list[str] = []
    documents: list[str] = []
    try:
        rows = split(text)
        first = next(rows, None)
        if first is None:  # nothing but quotation marks around nothing
            raise Unreadable("holds no row; fill it or leave it out")
        names = [_cell(text, first, index) for index in range(len(first.cells))]
        named = is_header(names) or any(isinstance(at, str) for at in settings.columns.values())
        columns = _find_columns(names, settings.columns, named=named)
        for row in rows if named else chain([first], rows):
            for role, extract in (("translation", bitext.translation), ("source", bitext.source)):
                if role in columns:
                    _add_cell(extract, text, row, columns[role])
            if "reference" in columns:
                references.append(_cell(text, row, columns["reference"]))
            if "document" in columns:
                documents.append(_cell(text, row, columns["document"]))
            bitext.end_unit(row.start)
    except TableError as error:
        raise _refuse(error) from None
    return bitext.reading(encoding, references=tuple(references), documents=tuple(documents))


def _find_columns(
    names: Sequence[str], chosen: Mapping[str, str | int], *, named: bool
) -> dict[str, int]:
    """Index of the column of each role that the table has.

    Args:
        names: the first row.
        chosen: what the user says of the roles: names, or numbers from 1.
        named: the first row has the names of the columns.
    """
    columns: dict[str, int] = {}
    for role in COLUMN_NAMES:
        choice = chosen.get(role)
        if isinstance(choice, int):
            if not 1 <= choice <= len(names):
                raise Unreadable(
                    f"has no column {choice} for the {role}: its first row has {len(names):,}"
                )
            columns[role] = choice - 1
        elif choice is not None:
            if choice not in names:
                raise Unreadable(_missing(choice, names, "column", role))
            columns[role] = names.index(choice)
        elif named:
            index = find_column(names, role)
            if index is not None:
                columns[role] = index
    if "translation" not in columns:
        raise Unreadable(_missing(None, names, "column"))
    return columns


def _missing(name: str | None, names: Sequence[str], kind: str, role: str = "translation") -> str:
    """The sentence that says that the column or field of a role is missing."""
    listed = " ".join(", ".join(names).split())  # a cell may hold line breaks
    if len(listed) > _LISTED:
        listed = listed[:_LISTED].rstrip(", ") + " …"
    which = f"{kind} {name!r}" if name else f"known {kind}"
    near = did_you_mean(name, names) if name and names else ""
    return (
        f"has no {which} for the {role} in its first {'row' if kind == 'column' else 'object'} "
        f"({listed}){near or f'; say which one it is with --columns {role}=NAME'}"
        + ("" if near or kind == "field" else ", or its number")
    )


def _refuse(error: TableError) -> Unreadable:
    return Unreadable(f"line {error.line:,} {error}; mend it")


def _cell(text: str, row: Row, index: int) -> str:
    cell = text[slice(*row.cells[index])]
    return cell.replace('""', '"') if row.quoted[index] else cell


def _add_cell(extract: Extract, text: str, row: Row, index: int) -> None:
    at, end = row.cells[index]
    if row.quoted[index]:
        for match in _DOUBLED.finditer(text, at, end):
            extract.copy(at, match.start())
            extract.put('"', *match.span())
            at = match.end()
    extract.copy(at, end)


def _values(fields: Mapping[str, object], name: str) -> list[object]:
    """The value of a field, if an object has it."""
    if name in fields:
        return [fields[name]]
    outer, _, inner = name.partition(".")
    within = fields.get(outer)
    return _values(within, inner) if inner and isinstance(within, dict) else []


def _locate(text: str, start: int, fields: Mapping[str, Any], name: str) -> Span:
    """Where the value of a field stands that the object at ``start`` has."""
    places = locate_values(text, start)
    if name in fields:
        return places[name]
    outer, _, inner = name.partition(".")
    return _locate(text, places[outer].start, fields[outer], inner)


def _string(value: object, role: str, name: str, line: int) -> str | None:
    """The value of the field of some name; None: null, which says that there is none."""
    if value is None or isinstance(value, str):
        return value
    if role == "document" and isinstance(value, int):
        return str(value)
    inner = next(iter(value), None) if isinstance(value, dict) else None
    hint = f" (name a field of it: --columns {role}={name}.{inner})" if inner else ""
    raise TableError(line, f"has no string as its {role}: {json.dumps(value)[:40]}{hint}")


def _add_string(extract: Extract, text: str, place: Span) -> None:
    at, end = place.start + 1, place.end - 1  # within the quotation marks
    for match in _ESCAPE.finditer(text, at, end):
        extract.copy(at, match.start())
        extract.put(_unescape(match[0]), *match.span())
        at = match.end()
    extract.copy(at, end)


@cache
def _unescape(escape: str) -> str:
    return _SURROGATE.sub(_NO_CHARACTER, json.loads(f'"{escape}"'))
