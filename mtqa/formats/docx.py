"""DOCX: the paragraphs of a Word document, and its notes.

Of the archive only these are inflated, and of them no more than is allowed.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Callable, Mapping
from typing import NamedTuple

from mtqa.config import Settings
from mtqa.formats.extract import OBJECT, Extract, Reading
from mtqa.formats.plain import Unreadable
from mtqa.formats.xml import parse_xml

# Namespaces of the text, transitional and strict, and of content that comes in several forms.
_WORD = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main ",
    "http://purl.oclc.org/ooxml/wordprocessingml/main ",
)
_FALLBACK = "http://schemas.openxmlformats.org/markup-compatibility/2006 Fallback"
_FORMULAS = (
    "http://schemas.openxmlformats.org/officeDocument/2006/math oMath",
    "http://purl.oclc.org/ooxml/officeDocument/math oMath",
)
# The end of the type of the relation that leads from the archive to its document, and of those
# from there to its notes; what a note is called there, and where it is referred to.
_DOCUMENT = "/officeDocument"
_NOTES = {"/footnotes": "footnote", "/endnotes": "endnote"}
_REFERENCES = {"footnoteReference": "footnote", "endnoteReference": "endnote"}
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
_CHARACTERS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_OFF = frozenset({"0", "false", "off"})
# Parts of a document; what ends with one of them goes on in no other.
_PARTS = frozenset({"body", "tc", "txbxContent", *_NOTES.values()})
# Content that Word makes of the rest of the document (ECMA-376, 17.5.2.12, docPartGallery).
_MADE_BY_WORD = "Table of Contents"


def read_docx(data: bytes, settings: Settings) -> Reading:
    """The paragraphs of the body, of its tables and text boxes, and the notes that it refers to.

    Not headers, footers and comments.

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
            most = settings.max_file_size * 1_000_000
            document = _find_document(archive)
            part = _inflate(archive, document, most)
            notes: dict[str, bytes] = {}
            size = len(part)
            for kind, name in _find_notes(archive, document).items():
                notes[kind] = _inflate(archive, name, most, size)
                size += len(notes[kind])
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError):
        raise Unreadable("is no DOCX, or damaged; save it anew") from None
    extract = Extract(None)
    extract.open()
    body = _Paragraphs(
        "document", lambda number, pieces: _add(extract, pieces, "paragraph", number)
    )
    try:
        parse_xml(part, body)
        for kind, content in notes.items():
            reader = _Notes(kind)
            parse_xml(content, reader)
            for number, id in enumerate(dict.fromkeys(body.references[kind]), 1):
                for pieces in reader.notes.get(id, ()):
                    _add(extract, pieces, kind, number)
    except Unreadable as error:
        raise Unreadable(f"holds a document that {error.message}") from None
    return extract.reading("utf-8")


def _add(extract: Extract, pieces: list[str], kind: str, number: int) -> None:
    for piece in pieces:
        if piece == OBJECT:
            extract.stand_in()
        else:
            extract.put(piece)
    extract.settle()
    extract.close(f"{kind} {number}")


def _find_document(archive: zipfile.ZipFile) -> str:
    """The name of the part that holds the document."""
    relations = _read_relations(archive, _RELATIONS)
    target = next((to for kind, to in relations if kind.endswith(_DOCUMENT)), _USUAL)
    return target.lstrip("/")


def _find_notes(archive: zipfile.ZipFile, document: str) -> dict[str, str]:
    """The names of the parts that hold notes, by what a note is called."""
    folder, name = posixpath.split(document)
    relations = _read_relations(archive, posixpath.join(folder, "_rels", f"{name}.rels"))
    found = {}
    for end, kind in _NOTES.items():
        target = next((to for type, to in relations if type.endswith(end)), None)
        part = posixpath.normpath(posixpath.join("/", folder, target)) if target else ""
        if part[1:] in archive.NameToInfo:
            found[kind] = part[1:]
    return found


def _read_relations(archive: zipfile.ZipFile, name: str) -> list[_Relation]:
    if name not in archive.NameToInfo:
        return []
    relations = _Relations()
    parse_xml(_inflate(archive, name, _MOST_RELATIONS), relations)
    return relations.found


def _inflate(archive: zipfile.ZipFile, name: str, most: int, before: int = 0) -> bytes:
    info = archive.NameToInfo.get(name)
    if info is None:
        raise Unreadable("is no DOCX: its archive holds no document; save it anew")
    if info.flag_bits & 1:
        raise Unreadable("is encrypted; save it without a password")
    size = before + info.file_size
    if size > most:
        raise Unreadable(
            f"holds a document of {size / 1e6:.1f} MB, more than the {most / 1e6:g} MB "
            "that max-file-size allows; split it"
        )
    if info.file_size > _GRACE + _MOST_INFLATED * info.compress_size:
        raise Unreadable(
            f"inflates to more than {_MOST_INFLATED} times its size, as no text does; save it anew"
        )
    with archive.open(info) as file:
        return file.read(most + 1)  # zipfile itself reads no more than the size that is declared


class _Relation(NamedTuple):
    """A relation of an archive, or of a part of it.

    Attributes:
        type: what the target is to it: an address.
        target: the name of another part.
    """

    type: str
    target: str


class _Relations:
    """Takes the relations of an archive, or of a part of it.

    Attributes:
        found: the relations.
    """

    def __init__(self) -> None:
        self.found: list[_Relation] = []

    def begin(self, name: str, attributes: Mapping[str, str], place: int) -> None:
        """An element begins."""
        if "Type" in attributes and "Target" in attributes:
            self.found.append(_Relation(attributes["Type"], attributes["Target"]))

    def end(self, name: str) -> None:
        """An element ends."""

    def characters(self, text: str, start: int, end: int) -> None:
        """Characters."""


class _Notes:
    """Takes the events of the footnotes, or the endnotes.

    Attributes:
        notes: the paragraphs of each, by its id: pieces of text.
    """

    def __init__(self, kind: str) -> None:
        self.notes: dict[str, list[list[str]]] = {}
        self._kind = kind
        self._id = ""
        self._paragraphs = _Paragraphs(f"{kind}s", self._take)

    def begin(self, name: str, attributes: Mapping[str, str], place: int) -> None:
        """An element begins."""
        if _local(name) == self._kind:
            self._id = _value(attributes, "id")
        self._paragraphs.begin(name, attributes, place)

    def end(self, name: str) -> None:
        """An element ends."""
        self._paragraphs.end(name)

    def characters(self, text: str, start: int, end: int) -> None:
        """Characters."""
        self._paragraphs.characters(text, start, end)

    def _take(self, number: int, pieces: list[str]) -> None:
        self.notes.setdefault(self._id, []).append(pieces)


class _Paragraphs:
    """Takes the events of a document, or of its notes.

    Attributes:
        references: ids of the notes that it refers to, by what they are called, in order.

    Args:
        root: its first element.
        take: is given each paragraph: its number, and pieces of its text, of which `OBJECT` is a
            symbol or a formula.
    """

    def __init__(self, root: str, take: Callable[[int, list[str]], None]) -> None:
        self.references: dict[str, list[str]] = {kind: [] for kind in _NOTES.values()}
        self._root = root
        self._take = take
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
        # Content controls that are open: what is in them is no text of the author.
        self._controls: list[bool] = []
        self._skipped = 0  # depth within an element that is passed over

    def begin(self, name: str, attributes: Mapping[str, str], place: int) -> None:
        """An element begins."""
        word = _local(name)
        if not self._begun:
            if word != self._root:
                raise Unreadable("is none of Word; save it as DOCX")
            self._begun = True
        if self._skipped or name == _FALLBACK or word in _PASSED_OVER:
            if self._in_properties and not self._skipped and word in _REMOVED:
                self._joined = True
            self._skipped += 1
        elif name in _FORMULAS:
            self._put(OBJECT)
            self._skipped = 1
        elif word == "sdt":
            self._controls.append(False)
        elif word == "sdtContent" and self._controls and self._controls[-1]:
            self._skipped = 1
        elif self._controls and (
            (word == "showingPlcHdr" and _value(attributes, "val") not in _OFF)
            or (word == "docPartGallery" and _value(attributes, "val") == _MADE_BY_WORD)
        ):
            self._controls[-1] = True
        elif word in _REFERENCES:
            if not self._hidden and not self._codes:
                self.references[_REFERENCES[word]].append(_value(attributes, "id"))
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
            self._put(_CHARACTERS[word])
        elif word == "sym":
            self._put_symbol(_value(attributes, "char"))

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
                self._take(number, pieces)
            self._joined = False
        elif word == "pPr":
            self._in_properties = False
        elif word == "sdt":
            self._controls.pop()
        elif word in _PARTS:
            self._flush()
        elif word == "r":
            self._in_run = False
        elif word == "t":
            self._in_text = False

    def characters(self, text: str, start: int, end: int) -> None:
        """Characters; they count within an element for text."""
        if self._in_text and not self._skipped:
            self._put(text)

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
            self._take(self._count, pieces)

    def _put(self, text: str) -> None:
        if self._open and not self._hidden and not self._codes:
            self._open[-1][1].append(text)

    def _put_symbol(self, code: str) -> None:
        """Add a symbol: a character, or where it is one of its font only, an object."""
        try:
            character = chr(int(code, 16))
        except (ValueError, OverflowError):
            return
        is_own = "\ue000" <= character <= "\uf8ff"  # private use; fonts of symbols: U+F000 on
        if not is_own and character.isprintable():
            self._put(character)
        elif is_own and self._open and "".join(self._open[-1][1]).strip():  # else it is a bullet
            self._put(OBJECT)


def _value(attributes: Mapping[str, str], name: str) -> str:
    """An attribute of Word's own."""
    return next((value for key, value in attributes.items() if key.endswith(f" {name}")), "")


def _local(name: str) -> str | None:
    """The name of an element of Word's own; None: it is of another kind."""
    namespace = next((space for space in _WORD if name.startswith(space)), None)
    return None if namespace is None else name[len(namespace) :]
