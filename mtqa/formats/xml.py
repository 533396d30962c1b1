"""XML with the place of every character; nothing is fetched and nothing expands.

Parsed by expat, which tells where in the file each event stands and needs no recursion.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Protocol
from xml.parsers import expat

from mtqa.formats.plain import Declared, Unreadable, decode_as

# Attributes of the namespace that every document has.
XML_LANG = "http://www.w3.org/XML/1998/namespace lang"
XML_SPACE = "http://www.w3.org/XML/1998/namespace space"

# Elements within elements: as many as libxml2 lets anyone have (xmlParserMaxDepth, with
# XML_PARSE_HUGE). No format here has more than some dozens.
_DEEPEST = 2048

_DECLARATION = re.compile(rb"""\s*<\?xml[^>]*?\sencoding\s*=\s*["']([^"']*)["']""")
_REFERENCE = re.compile(r"&[^;]{1,40};")


class Handler(Protocol):
    """What takes the events of a document."""

    def begin(self, name: str, attributes: Mapping[str, str], place: int) -> None:
        """An element begins.

        Args:
            name: its namespace, a space and its name; the name alone where there is no namespace.
            attributes: by name, as above.
            place: where in the file its tag begins.
        """

    def end(self, name: str) -> None:
        """An element ends."""

    def characters(self, text: str, start: int, end: int) -> None:
        """Characters, or one that a reference stands for, and where in the file they stand."""


def decode_xml(data: bytes) -> Declared:
    """The characters of an XML document, in the encoding that it declares.

    Raises:
        Unreadable: as `mtqa.formats.plain.decode_as`.
    """
    match = _DECLARATION.match(data[:1000].removeprefix(b"\xef\xbb\xbf"))
    return decode_as(data, match[1].decode("ascii", "replace") if match else None)


def parse_xml(text: str | bytes, handler: Handler) -> None:
    """Go through a document.

    Args:
        text: the decoded file; or what is in no file of its own: all places are then 0.
        handler: takes what is met, in order.

    Raises:
        Unreadable: it is not well-formed, declares entities, uses some that are not declared, or
            is nested too deeply; or the handler has raised it.
    """
    _Parser(text, handler).run()


class _Parser:
    def __init__(self, text: str | bytes, handler: Handler) -> None:
        self._text = text if isinstance(text, str) else None
        self._data = text.encode() if isinstance(text, str) else text
        self._ascii = len(self._data) == len(text)
        self._handler = handler
        self._depth = 0
        self._in_cdata = False
        self._byte = self._place = 0  # of the last event: places are counted on from there
        self._expat = expat.ParserCreate(None if self._text is None else "utf-8", " ")
        self._expat.StartElementHandler = self._begin
        self._expat.EndElementHandler = self._end
        self._expat.CharacterDataHandler = self._characters
        self._expat.StartCdataSectionHandler = lambda: self._set_cdata(True)
        self._expat.EndCdataSectionHandler = lambda: self._set_cdata(False)
        self._expat.StartDoctypeDeclHandler = self._doctype
        self._expat.SkippedEntityHandler = self._entity

    def run(self) -> None:
        try:
            # All at once: expat before 2.6 reads a long token anew for each part of it
            # (CVE-2023-52425).
            self._expat.Parse(self._data, True)
        except expat.ExpatError as error:
            raise Unreadable(
                f"is no well-formed XML: {expat.ErrorString(error.code)} at line "
                f"{error.lineno:,}, column {error.offset + 1:,}; mend it"
            ) from None

    def _where(self) -> int:
        if self._text is None:
            return 0
        byte = self._expat.CurrentByteIndex
        if self._ascii:
            return byte
        self._place += len(self._data[self._byte : byte].decode())
        self._byte = byte
        return self._place

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise Unreadable(f"has elements nested more than {_DEEPEST:,} deep; mend it")
        self._handler.begin(name, attributes, self._where())

    def _end(self, name: str) -> None:
        self._depth -= 1
        self._handler.end(name)

    def _characters(self, text: str) -> None:
        if self._text is None:
            self._handler.characters(text, 0, 0)
            return
        start = self._where()
        first = self._text[start]
        if first == "&" and not self._in_cdata:
            match = _REFERENCE.match(self._text, start)
            end = match.end() if match else start + len(text)
        elif first == "\r":
            end = start + (2 if self._text.startswith("\n", start + 1) else 1)
        else:
            end = start + len(text)
        self._handler.characters(text, start, end)

    def _set_cdata(self, inside: bool) -> None:
        self._in_cdata = inside

    def _doctype(self, name: str, system: str | None, public: str | None, internal: int) -> None:
        # One that only names a DTD is common in TMX and does no harm, for nobody fetches it.
        if internal:
            raise Unreadable("declares entities or elements of its own (DOCTYPE); take them out")

    def _entity(self, name: str, is_parameter: int) -> None:
        raise Unreadable(
            f"uses the entity &{name[:40]};, which is declared nowhere; write the character itself"
        )
