"""Glossaries: tables (CSV, TSV) and TBX (ISO 30042)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from mtqa.config import Concept, ConfigError, Wording
from mtqa.formats.plain import Unreadable, decode
from mtqa.formats.xml import XML_LANG, decode_xml, parse_xml
from mtqa.text.tables import Row, TableError, csv_rows, tsv_rows

# Names of columns, whatever their case.
_SOURCE = ("source", "term", "source term", "src")
_TARGET = ("target", "translation", "target term", "rendering", "tgt")
_FORBIDDEN = ("forbidden", "not", "deprecated", "do not use")

# A column that is called by its language, as in glossaries of Google and of DeepL: de, pt-BR.
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Z]{2})?")

# Between several renderings in one cell.
_OR = "|"

# Most entries that a glossary may have, far more than any termbase for news.
_MOST = 200_000

# Values of administrativeStatus that say that a term must not be used (TBX-Core, TBX-Min).
_NOT_TO_USE = ("deprecatedTerm-admn-sts", "supersededTerm-admn-sts", "deprecated", "obsolete")


def read_glossary(path: str) -> tuple[Concept, ...]:
    """The entries of a glossary.

    A table has a line of names: ``source``, ``target`` and perhaps ``forbidden``; or codes of
    languages, one column for each. One of two columns may go without: source, then target. Several
    renderings stand between ``|``, or on lines of their own.

    Raises:
        ConfigError: it cannot be read, or has no entries.
    """
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise ConfigError(
            f"{path}: the glossary cannot be read: {error.strerror}; name another with --glossary"
        ) from None
    try:
        if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
            concepts = _read_tbx(data)
        else:
            tabs = path.lower().endswith((".tsv", ".tab"))
            concepts = _read_table(decode(data).text, tabs)
    except Unreadable as error:
        raise ConfigError(f"{path}: the glossary {error.message}") from None
    except TableError as error:
        raise ConfigError(f"{path}:{error.line}: the glossary {error}; mend it") from None
    if not concepts:
        raise ConfigError(f"{path}: the glossary has no entries; fill it or leave it out")
    if len(concepts) > _MOST:
        raise ConfigError(f"{path}: the glossary has more than {_MOST:,} entries; cut it down")
    return concepts


def _read_table(text: str, tabs: bool) -> tuple[Concept, ...]:
    rows = [_cells(text, row) for row in (tsv_rows(text) if tabs else csv_rows(text))]
    names = [cell.casefold() for cell in rows[0]]
    languages = {
        column: cell.partition("-")[0]
        for column, cell in enumerate(rows[0])
        if _LANGUAGE.fullmatch(cell)
    }
    source, target = _column(names, _SOURCE), _column(names, _TARGET)
    if source is not None and target is not None:
        return _pairs(rows[1:], source, target, _column(names, _FORBIDDEN))
    if len(set(languages.values())) > 1:
        return tuple(
            tuple(
                Wording(lang, wording)
                for column, lang in languages.items()
                for wording in _split(row[column])
            )
            for row in rows[1:]
        )
    if len(names) == 2:
        return _pairs(rows, 0, 1, None)
    raise Unreadable(
        "has no line of names; call its columns source, target and forbidden, or by their languages"
    )


def _pairs(
    rows: Sequence[Sequence[str]], source: int, target: int, forbidden: int | None
) -> tuple[Concept, ...]:
    concepts: dict[str, dict[Wording, None]] = {}
    for row in rows:
        for term in _split(row[source]):
            concept = concepts.setdefault(term, {Wording("source", term): None})
            concept.update((Wording("target", text), None) for text in _split(row[target]))
            if forbidden is not None:
                concept.update(
                    (Wording("target", text, forbidden=True), None)
                    for text in _split(row[forbidden])
                )
    return tuple(map(tuple, concepts.values()))


def _cells(text: str, row: Row) -> list[str]:
    return [
        " ".join((text[slice(*span)].replace('""', '"') if quoted else text[slice(*span)]).split())
        for span, quoted in zip(row.cells, row.quoted, strict=True)
    ]


def _column(names: Sequence[str], known: Sequence[str]) -> int | None:
    return next((names.index(name) for name in known if name in names), None)


def _split(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(_OR) if part.strip()]


def _read_tbx(data: bytes) -> tuple[Concept, ...]:
    reader = _Tbx()
    parse_xml(decode_xml(data).text, reader)
    return tuple(reader.concepts)


class _Tbx:
    """Takes the events of a TBX file, of 2008 (martif) or 2019 (tbx)."""

    def __init__(self) -> None:
        self.concepts: list[Concept] = []
        self._wordings: list[Wording] = []
        self._lang = self._term = self._status = ""
        self._text: list[str] | None = None

    def begin(self, name: str, attributes: Mapping[str, str], place: int) -> None:
        local = name.rpartition(" ")[2]
        if local in ("termEntry", "conceptEntry"):
            self._wordings = []
        elif local in ("langSet", "langSec"):
            code = attributes.get(XML_LANG) or attributes.get("xml:lang") or ""
            self._lang = code.replace("_", "-").partition("-")[0].lower()
        elif local in ("tig", "ntig", "termSec"):
            self._term = self._status = ""
        elif local in ("term", "administrativeStatus") or (
            local == "termNote" and attributes.get("type") == "administrativeStatus"
        ):
            self._text = []

    def end(self, name: str) -> None:
        local = name.rpartition(" ")[2]
        if self._text is not None and local in ("term", "administrativeStatus", "termNote"):
            text = " ".join("".join(self._text).split())
            self._text = None
            if local == "term":
                self._term = text
            else:
                self._status = text
        elif local in ("tig", "ntig", "termSec") and self._term and self._lang:
            self._wordings.append(Wording(self._lang, self._term, self._status in _NOT_TO_USE))
        elif local in ("termEntry", "conceptEntry"):
            self.concepts.append(tuple(self._wordings))

    def characters(self, text: str, start: int, end: int) -> None:
        if self._text is not None:
            self._text.append(text)
