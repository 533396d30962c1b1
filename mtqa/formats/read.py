"""Reading a file of any format: its suffix, or the user, says which."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import PurePath

from mtqa.config import Settings
from mtqa.formats.extract import Reading
from mtqa.formats.files import SUFFIXES, read_bytes
from mtqa.formats.plain import decode
from mtqa.text.document import Document, Source
from mtqa.text.language import detect_language

# The reader of each format: function of a module of this package, imported when it is needed.
_READERS: Mapping[str, str] = {
    "text": "read.read_text",
    "tsv": "tables.read_tsv",
    "csv": "tables.read_csv",
    "jsonl": "tables.read_jsonl",
    "markdown": "markdown.read_markdown",
    "html": "html.read_html",
    "xliff": "xliff.read_xliff",
    "tmx": "tmx.read_tmx",
    "po": "po.read_po",
    "srt": "subtitles.read_srt",
    "vtt": "subtitles.read_vtt",
    "docx": "docx.read_docx",
}


def read_document(path: str, settings: Settings, name: str | None = None) -> Document:
    """The document that a file, or standard input, holds.

    Args:
        path: as `mtqa.formats.files.find_files` gives it.
        settings: its format, columns, languages and size.
        name: what the document is called, where that is not ``path``.

    Raises:
        Unreadable: the file cannot be read, is too large, holds no text, or is not of its format.
    """
    data = read_bytes(path, settings.max_file_size * 1_000_000)
    return parse_document(data, settings, name or path)


def parse_document(data: bytes, settings: Settings, name: str) -> Document:
    """The document that the bytes of a file hold (see `read_document`).

    Raises:
        Unreadable: they hold no text, or are not of their format.
    """
    reading = read_bytes_as(find_format(name, settings), data, settings)
    source = None
    if reading.source is not None:
        lang = settings.source_lang or reading.source_lang or detect_language(reading.source)
        source = Source(reading.source, lang, name, reading.encoding, reading.declared)
    return Document(
        path=name,
        text=reading.text,
        lang=settings.target_lang or reading.target_lang or detect_language(reading.text),
        encoding=reading.encoding,
        declared=reading.declared,
        messages=reading.messages,
        paragraphs=reading.paragraphs,
        origin=reading.origin,
        source=source,
        segments=reading.segments if source else (),
    )


def read_bytes_as(format: str, data: bytes, settings: Settings) -> Reading:
    """What a file of a format holds.

    Raises:
        Unreadable: it is not of that format, or holds no text.
    """
    module, function = _READERS[format].split(".")
    reader: Callable[[bytes, Settings], Reading] = getattr(
        import_module(f"mtqa.formats.{module}"), function
    )
    return reader(data, settings)


def find_format(name: str, settings: Settings) -> str:
    """The format that a file of some name is read as."""
    return settings.input_format or SUFFIXES.get(PurePath(name).suffix.lower(), "text")


def read_text(data: bytes, settings: Settings) -> Reading:
    """Plain text, as it is."""
    text, encoding = decode(data)
    return Reading(text, encoding)
