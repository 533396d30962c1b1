"""Tables, one row a segment: cells with their places, and which column holds what.

TSV has no quoting, as everywhere in machine translation; CSV is that of RFC 4180, with a comma, a
semicolon or a tab between cells; JSON Lines has one object a line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from mtqa.text.document import Span

# Names by which columns are known where the user names none, the likelier first: those of WMT's
# MQM and DA releases, MLQE-PE, COMET (src, mt, ref) and Hugging Face's translation sets. Case does
# not matter.
COLUMN_NAMES: Mapping[str, tuple[str, ...]] = {
    "translation": (
        *("translation", "target", "mt", "hypothesis", "hyp", "tgt", "trg", "output"),
        "machine_translation",
    ),
    "source": ("source", "src", "original"),
    "reference": ("reference", "ref"),
    "document": ("document", "doc", "docid", "doc_id", "document_id"),
}

_DELIMITERS = ",;\t"

# One cell of CSV. One that begins with a quotation mark runs to the next that is not doubled.
_CELLS = {
    delimiter: re.compile(
        rf'"(?P<quoted>(?:[^"]|"")*+)(?P<closed>"?)|(?P<bare>[^{delimiter}\r\n]*+)'
    )
    for delimiter in _DELIMITERS
}
_LINE_END = re.compile(r"\r\n?|\n")
_UNQUOTED = re.compile(r'"(?:[^"]|"")*+"?|[^",;\t\r\n]++|([,;\t])|(\r\n?|\n)')
_SPACE = re.compile(r"[ \t\r\n]*")
# A line before the first row by which Excel is told the delimiter, and which it does not show.
_SEPARATOR = re.compile(rf"sep=([{_DELIMITERS}])(?:\r\n?|\n)", re.IGNORECASE)


class TableError(ValueError):
    """A table that cannot be read; the message says what is wrong with the line.

    Attributes:
        line: the line, from 1.
    """

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


class Row(NamedTuple):
    """A row of a table.

    Attributes:
        line: the line, from 1, on which it begins.
        start: the offset at which it begins.
        cells: places of its cells, without the quotation marks around them.
        quoted: which cells stand in quotation marks, where two stand for one.
    """

    line: int
    start: int
    cells: list[Span]
    quoted: list[bool]


class Object(NamedTuple):
    """A line of JSON Lines.

    Attributes:
        line: the line, from 1.
        start: the offset at which the line begins.
        fields: what stands there.
    """

    line: int
    start: int
    fields: dict[str, Any]


def tsv_rows(text: str) -> Iterator[Row]:
    r"""The rows of a table whose cells stand between tabs, the header among them.

    LF and CR LF end a row. A blank line is no row, unless there is one column only.

    Raises:
        TableError: a row has another number of cells than the first.
    """
    width = 0
    start = 0
    for line, content in enumerate(text.split("\n"), 1):
        at = start
        start += len(content) + 1
        values = content.removesuffix("\r").split("\t")
        if values == [""] and (width != 1 or at == len(text)):
            continue
        width = _same_width(width, len(values), line)
        cells = []
        offset = at
        for value in values:
            cells.append(Span(offset, offset + len(value)))
            offset += len(value) + 1
        yield Row(line, at, cells, [False] * width)


def csv_rows(text: str) -> Iterator[Row]:
    """The rows of a CSV file, the header among them.

    The delimiter is what the first row has most of: commas, semicolons or tabs; or what a line for
    Excel before it says (``sep=;``). A blank line is no row, unless there is one column only.

    Raises:
        TableError: a row has another number of cells than the first, or a quotation mark is not
            closed or closes in the midst of a cell.
    """
    told = _SEPARATOR.match(text)
    delimiter = told[1] if told else _find_delimiter(text)
    cell = _CELLS[delimiter]
    width = 0
    line, at = (2, told.end()) if told else (1, 0)
    while at < len(text):
        first, start = line, at
        cells: list[Span] = []
        quoted: list[bool] = []
        while True:
            match = cell.match(text, at)
            assert match  # a bare cell may be empty
            at = match.end()
            in_quotes = match["quoted"] is not None
            if in_quotes:
                if not match["closed"]:
                    raise TableError(
                        line,
                        "opens a quotation mark that is never closed (CSV doubles those inside)",
                    )
                line += sum(1 for _ in _LINE_END.finditer(text, *match.span("quoted")))
            cells.append(Span(*match.span("quoted" if in_quotes else "bare")))
            quoted.append(in_quotes)
            if text[at : at + 1] != delimiter:
                break
            at += 1
        end = _LINE_END.match(text, at)
        if not end and at < len(text):
            raise TableError(
                line, "goes on after a closing quotation mark (CSV doubles those inside)"
            )
        at = end.end() if end else at
        line += 1
        if len(cells) == 1 and cells[0].start == cells[0].end and width != 1:
            continue
        width = _same_width(width, len(cells), first)
        yield Row(first, start, cells, quoted)


def json_rows(text: str) -> Iterator[Object]:
    """The objects of JSON Lines; blank lines are passed over.

    Raises:
        TableError: a line is no JSON object.
    """
    start = 0
    for line, content in enumerate(text.split("\n"), 1):
        at = start
        start += len(content) + 1
        if not content.strip():
            continue
        try:
            value = json.loads(content)
        except RecursionError:
            raise TableError(line, "is no valid JSON: nested too deeply") from None
        except ValueError as error:
            raise TableError(line, f"is no valid JSON: {_without_line(error)}") from None
        if not isinstance(value, dict):
            raise TableError(line, "must be a JSON object")
        yield Object(line, at, value)


def locate_values(text: str, start: int) -> dict[str, Span]:
    """Where the values of a JSON object stand; of two with one name the last counts.

    Args:
        text: a text that holds a valid object.
        start: the offset at which it begins, or white space before it.
    """
    decode = json.JSONDecoder().raw_decode
    places: dict[str, Span] = {}
    at = _skip(text, _skip(text, start) + 1)  # the brace
    while text[at] != "}":
        name, at = decode(text, at)
        value_start = _skip(text, _skip(text, at) + 1)  # the colon
        _, at = decode(text, value_start)
        places[name] = Span(value_start, at)
        at = _skip(text, at)
        if text[at] == ",":
            at = _skip(text, at + 1)
    return places


def is_header(names: Sequence[str]) -> bool:
    """Whether a first row looks like names of columns: one is a name for the translation."""
    return find_column(names, "translation") is not None


def find_column(names: Sequence[str], role: str) -> int | None:
    """Index of the column that is known by one of the names of ``role``; None: there is none."""
    folded = [name.strip().casefold() for name in names]
    return next((folded.index(name) for name in COLUMN_NAMES[role] if name in folded), None)


def _same_width(width: int, found: int, line: int) -> int:
    if width and found != width:
        columns = "1 column" if found == 1 else f"{found:,} columns"
        raise TableError(line, f"has {columns} where the first row has {width:,}")
    return found


def _find_delimiter(text: str) -> str:
    counts = dict.fromkeys(_DELIMITERS, 0)
    for match in _UNQUOTED.finditer(text):
        if match[2]:
            break
        if match[1]:
            counts[match[1]] += 1
    return max(counts, key=lambda delimiter: counts[delimiter])


def _without_line(error: ValueError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} (column {error.colno})"
    return str(error)


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    assert match
    return match.end()
