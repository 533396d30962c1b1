"""DOCX: the paragraphs of a Word document.

Of the archive only the document itself is inflated, and of that no more than is allowed.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping

from mtqa.config import Settings
from mtqa.formats.extract import Extract, Reading
from mtqa.formats.plain import Unreadable
from mtqa.formats.xml import parse_xml

# Namespaces of the text, transitional and strict, and of content that comes in several forms.
_WORD = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main ",
    "http://purl.oclc.org/ooxml/wordprocessingml/main ",
)
_FALLBACK = "http://schemas.openxmlformats.org/markup-compatibility/2006 Fallback"
# The end of the type of the relation that leads from the archive to its document.
_DOCUMENT = "/officeDocument"
_RELATIONS = "_rels/.rels"
_USUAL = "word/document.xml"

# Parts are no larger than this many times their share of the archive (as in Apache POI, whose
# ZipSecureFile takes 100 with 100 kB of grace); documents are usually below 20 times.
_MOST_INFLATED = 100
_GRACE = 100_000  # bytes
# Entries of an archive: each costs memory, and no document has more than some hundreds.
_MOST_ENTRIES = 10_000
_ENTRY = b"PK\x01\x02"
_MOST_RELATIONS = 1_000_000  # bytes

# What is in the document but is not read: deleted or moved away, the reading aid above a word,
# how it was formatted before.
_REMOVED = frozenset({"del", "moveFrom"})
_PASSED_OVER = _REMOVED | {"rt", "rPrChange"}
# Elements that stand for characters.
_CHARACTERS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_OFF = frozenset({"0", "false", "off"})
# Parts of a document; what ends with one of them goes on in no other.
_PARTS = frozenset({"body", "tc", "txbxContent"})


def read_docx(data: bytes, settings: Settings) -> Reading:
    """The paragraphs of the body, of its tables and text boxes; not headers, footers and notes.

    Raises:
        Unreadable: it is no such document, is damaged, would inflate beyond measure, or holds no
            text.
    """
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable("is encrypted, or of Word before 2007; save it as DOCX without a password")
    if data.count(_ENTRY) > _MOST_ENTRIES:
        raise Unreadable(f"is an archive of more than {_MOST_ENTRIES:,} parts; save it anew")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            part = _inflate(archive, _find_part(archive), settings.max_file_size * 1_000_000)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError):
        raise Unreadable("is no DOCX, or damaged; save it anew") from None
    body = _Body()
    try:
        parse_xml(part, body)
    except Unreadable as error:
        raise Unreadable(f"holds a document that {error.message}") from None
    return body.extract.reading("utf-8")


def _find_part(archive: zipfile.ZipFile) -> str:
    """The name of the part that holds the document."""
    if _RELATIONS not in archive.NameToInfo:
        return _USUAL
    relations = _Relations()
    parse_xml(_inflate(archive, _RELATIONS, _MOST_RELATIONS), relations)
    return relations.document.lstrip("/")


def _inflate(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    info = archive.NameToInfo.get(name)
    if info is None:
        raise Unreadable("is no DOCX: its archive holds no document; save it anew")
    if info.flag_bits & 1:
        raise Unreadable("is encrypted; save it without a password")
    if info.file_size > most:
        raise Unreadable(
            f"holds a document of {info.file_size / 1e6:.1f} MB, more than the {most / 1e6:g} MB "
            "that max-file-size allows; split it"
        )
    if info.file_size > _GRACE + _MOST_INFLATED * info.compress_size:
        raise Unreadable(
            f"inflates to more than {_MOST_INFLATED} times its size, as no text does; save it anew"
        )
    with archive.open(info) as file:
        return file.read(most + 1)  # zipfile itself reads no more than the size that is declared


class _Relations:
    """Takes the relations of an archive.

    Attributes:
        document: the name of the part that holds the document.
    """

    def __init__(self) -> None:
        self.document = _USUAL

    def begin(self, name: str, attributes: Mapping[str, str], place: int) -> None:
        """An element begins."""
        if attributes.get("Type", "").endswith(_DOCUMENT):
            self.document = attributes.get("Target", _USUAL)

    def end(self, name: str) -> None:
        """An element ends."""

    def characters(self, text: str, start: int, end: int) -> None:
        """Characters."""


class _Body:
    """Takes the events of a document.

    Attributes:
        extract: its paragraphs.
    """

    def __init__(self) -> None:
        self.extract = Extract(None)
        self.extract.open()
        self._count = 0  # paragraphs so far
        # Paragraphs that are open, one within another in a text box: number and pieces of text.
        self._open: list[tuple[int, list[str]]] = []
        self._begun = False
        self._in_run = False
        self._hidden = False  # the run is
        self._in_text = False
        self._in_properties = False  # of a paragraph
        self._joined = False  # the mark that ends the paragraph has been deleted
        self._carried: list[str] = []  # pieces of a paragraph that goes on in the next
        self._fields: list[bool] = []  # that are open: we are in the code, not yet in its result
        self._codes = 0  # of these, those in whose code we are
        self._skipped = 0  # depth within an element that is passed over

    def begin(self, name: str, attributes: Mapping[str, str], place: int) -> None:
        """An element begins."""
        word = _local(name)
        if not self._begun:
            if word != "document":
                raise Unreadable("is none of Word; save it as DOCX")
            self._begun = True
        if self._skipped or name == _FALLBACK or word in _PASSED_OVER:
            if self._in_properties and not self._skipped and word in _REMOVED:
                self._joined = True
            self._skipped += 1
        elif word == "p":
            self._count += 1
            self._open.append((self._count, self._carried if not self._open else []))
            if len(self._open) == 1:
                self._carried = []
        elif word == "pPr":
            self._in_properties, self._joined = True, False
        elif word == "fldChar":
            self._change_field(_value(attributes, "fldCharType"))
        elif word == "tbl":
            self._flush()
        elif word == "r":
            self._in_run, self._hidden = True, False
        elif word == "vanish" and self._in_run:
            self._hidden = _value(attributes, "val") not in _OFF
        elif word == "t":
            self._in_text = True
        elif word in _CHARACTERS and self._in_run:
            self._add(_CHARACTERS[word])

    def end(self, name: str) -> None:
        """An element ends."""
        word = _local(name)
        if self._skipped:
            self._skipped -= 1
        elif word == "p":
            number, pieces = self._open.pop()
            if not self._open:  # a code that does not end hides no more
                self._fields.clear()
                self._codes = 0
            if self._joined and not self._open:
                self._carried = pieces
            else:
                self._close(number, pieces)
            self._joined = False
        elif word == "pPr":
            self._in_properties = False
        elif word in _PARTS:
            self._flush()
        elif word == "r":
            self._in_run = False
        elif word == "t":
            self._in_text = False

    def characters(self, text: str, start: int, end: int) -> None:
        """Characters; they count within an element for text."""
        if self._in_text and not self._skipped:
            self._add(text)

    def _change_field(self, kind: str) -> None:
        """Go into the code of a field, on to its result, or out of it."""
        if kind == "begin":
            self._fields.append(True)
            self._codes += 1
        elif self._fields and kind in ("separate", "end"):
            self._codes -= self._fields.pop()
            if kind == "separate":
                self._fields.append(False)

    def _flush(self) -> None:
        """End a paragraph that would go on in the next, but there is none."""
        if self._carried and not self._open:
            pieces, self._carried = self._carried, []
            self._close(self._count, pieces)

    def _close(self, number: int, pieces: list[str]) -> None:
        for piece in pieces:
            self.extract.put(piece)
        self.extract.close(f"paragraph {number}")

    def _add(self, text: str) -> None:
        if self._open and not self._hidden and not self._codes:
            self._open[-1][1].append(text)


def _value(attributes: Mapping[str, str], name: str) -> str:
    """An attribute of Word's own."""
    return next((value for key, value in attributes.items() if key.endswith(f" {name}")), "")


def _local(name: str) -> str | None:
    """The name of an element of Word's own; None: it is of another kind."""
    namespace = next((space for space in _WORD if name.startswith(space)), None)
    return None if namespace is None else name[len(namespace) :]
