"""Segments of the files that are to be scored, read in blocks: a corpus may outgrow the memory."""

from __future__ import annotations

import codecs
import os
import re
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import IO, TYPE_CHECKING, Literal, NamedTuple

from mtqa.config import Settings
from mtqa.formats.extract import Reading
from mtqa.formats.files import STDIN, find_files, read_bytes
from mtqa.formats.plain import Unreadable, decode
from mtqa.formats.read import find_format, read_bytes_as
from mtqa.text.document import Span
from mtqa.text.language import detect_language
from mtqa.text.lines import split_lines
from mtqa.text.sentences import find_paragraphs, split_sentences

if TYPE_CHECKING:
    from mtqa.qe.align import Encode

Unit = Literal["line", "sentence"]

# Segments of a block, which are scored at once: some seconds of work, and enough of each length to
# fill batches.
BLOCK = 512

# Up to this size a file is read at once: it takes some ten times as much memory, which is little
# beside the model.
_WHOLE = 1_000_000  # bytes

# Formats in which a line is a segment, so that a part of the file can be read by itself. (A row of
# CSV may run over several lines.)
_BY_LINE = ("text", "tsv", "jsonl")

_AT_ONCE = 1 << 20  # bytes
_MARK = codecs.BOM_UTF8
_LINE_END = re.compile(r"\r\n?|\n")
_LINE_NUMBER = re.compile(r"\Aline ([\d,]+) ")


class Line(NamedTuple):
    """A segment yet to be scored.

    Attributes:
        number: the line, from 1, on which it begins.
        translation: its text.
        source: its source, or None.
        references: its references.
        document: the document that it belongs to, where that is known.
        unit: what its file calls it; None: nothing.
        record: its row of JSON Lines; None: it stands in none.
    """

    number: int
    translation: str
    source: str | None = None
    references: tuple[str, ...] = ()
    document: str | None = None
    unit: str | None = None
    record: str | None = None


@dataclass(frozen=True)
class Lines:
    """The segments of a file.

    Attributes:
        count: how many there are.
        encoding: that of the file.
        sourced: they have sources.
        referenced: they have references.
        documented: they name documents.
        blocks: reads them, `BLOCK` of them at a time, the last block what is left; anew each time.
        declared: what the file says of its encoding, where that is not true.
    """

    count: int
    encoding: str
    sourced: bool
    referenced: bool
    documented: bool
    blocks: Callable[[], Iterator[list[Line]]]
    declared: str | None = None

    def texts(self) -> Iterator[str]:
        """The translations."""
        return (line.translation for block in self.blocks() for line in block)


def open_lines(path: str, settings: Settings, unit: Unit = "line") -> Lines:
    """The segments of a file, or of standard input.

    A large file of lines is gone through once, to see that all of it can be read and how many there
    are; it is kept on the disk, not in memory, and may be larger than ``max_file_size``. So it is
    with UTF-8; other encodings show only in the whole file.

    Args:
        path: a file, or ``-``.
        settings: its format, columns, languages and size.
        unit: what a segment is.

    Raises:
        Unreadable: the file cannot be read, is too large, holds no text, or is not of its format.
    """
    if path != STDIN and not os.path.lexists(path):
        _, missing = find_files([path])  # which knows the nearest name
        raise Unreadable(missing[0].reason if missing else "there is no such file")
    format = find_format(path, settings)
    data = b""
    if unit == "line" and format in _BY_LINE:
        file = _open(path)
        if file is not None:
            streamed = _stream(file, format, settings)
            if streamed:
                return streamed
            limit = settings.max_file_size * 1_000_000
            file.seek(0)
            data = file.read(limit + 1)
            if len(data) > limit:
                raise Unreadable(
                    f"is larger than the {limit / 1e6:g} MB that max-file-size allows for what is "
                    "not lines of UTF-8; convert or split it, or raise max-file-size in the "
                    "configuration"
                )
    data = data or read_bytes(path, settings.max_file_size * 1_000_000)
    reading = read_bytes_as(format, data, settings)
    return _hold(
        reading.encoding,
        _split(reading, settings) if unit == "sentence" else _find_lines(reading),
        reading.declared,
    )


def align_lines(own: Lines, source: Lines, encode: Encode) -> Lines:
    """Sentences with what they render, one segment for each link between them.

    A sentence that stays alone has an empty text beside it. Line breaks within sentences become
    spaces.

    Args:
        own: sentences of a translation.
        source: those of its source.
        encode: gives sentences vectors.
    """
    from mtqa.qe.align import align_sentences

    originals, translations = (
        [
            line._replace(translation=" ".join(line.translation.split()))
            for line in chain.from_iterable(lines.blocks())
        ]
        for lines in (source, own)
    )
    links = align_sentences(
        [line.translation for line in originals],
        [line.translation for line in translations],
        encode,
    )
    found = []
    for link in links:
        at = link.translation.start if link.translation else max(0, link.translation.start - 1)
        found.append(
            translations[at]._replace(
                translation=" ".join(translations[index].translation for index in link.translation),
                source=" ".join(originals[index].translation for index in link.source),
            )
        )
    return _hold(own.encoding, found, own.declared)


def _hold(encoding: str, lines: list[Line], declared: str | None) -> Lines:
    return Lines(
        len(lines),
        encoding,
        any(line.source is not None for line in lines),
        any(line.references for line in lines),
        any(line.document is not None for line in lines),
        lambda: (lines[at : at + BLOCK] for at in range(0, len(lines), BLOCK)),
        declared,
    )


def _open(path: str) -> IO[bytes] | None:
    """A large file to be read more than once; None for a small one, or one that cannot be read.

    Standard input and pipes are put on the disk first.
    """
    try:
        if path == STDIN:
            if sys.stdin is None:
                return None
            return _spool(sys.stdin.buffer)
        mode = os.stat(path)
        if stat.S_ISREG(mode.st_mode):
            return open(path, "rb") if mode.st_size > _WHOLE else None
        if stat.S_ISFIFO(mode.st_mode):
            with open(path, "rb") as pipe:
                return _spool(pipe)
    except OSError as error:
        raise Unreadable(f"cannot be read: {error.strerror or error}") from None
    return None


def _spool(pipe: IO[bytes]) -> IO[bytes] | None:
    file = tempfile.TemporaryFile()  # noqa: SIM115
    shutil.copyfileobj(pipe, file, _AT_ONCE)
    if not file.tell():
        raise Unreadable("is empty; fill it or leave it out")
    return file


def _stream(file: IO[bytes], format: str, settings: Settings) -> Lines | None:
    """The segments of a file of lines; None where the file has to be looked at as a whole."""
    file.seek(0)
    start = len(_MARK) if file.read(len(_MARK)) == _MARK else 0
    file.seek(start)
    count = _count_lines(file)
    if count is None:
        return None

    def rows() -> Iterator[bytes]:
        place, rest = start, [b""]
        while True:
            file.seek(place)  # for several may read the file at once
            data = file.read(_AT_ONCE)
            place += len(data)
            if not data:
                break
            *whole, last = data.split(b"\n")
            if whole:
                whole[0] = b"".join([*rest, whole[0]])
                yield from (row + b"\n" for row in whole)
                rest = []
            rest.append(last)
        if any(rest):
            yield b"".join(rest)

    if format == "text":
        return Lines(count, "utf-8", False, False, False, lambda: _text_blocks(rows()))
    return _stream_table(rows, format, settings)


def _count_lines(file: IO[bytes]) -> int | None:
    """Lines from here to the end; None where they are not plain UTF-8 with something in them."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    count, blank, last = 0, True, b"\n"
    try:
        for block in iter(lambda: file.read(_AT_ONCE), b""):
            if b"\0" in block:
                return None
            text = decoder.decode(block)
            if blank and not count:
                decode(block[: block.rfind(b"\n") + 1] or block)  # knows the signs of other formats
            blank = blank and not text.strip()
            count += block.count(b"\n")
            last = block[-1:]
        decoder.decode(b"", final=True)
    except (UnicodeDecodeError, Unreadable):
        return None
    return None if blank else count + (last != b"\n")


def _text_blocks(rows: Iterator[bytes]) -> Iterator[list[Line]]:
    number = 1
    while some := list(islice(rows, BLOCK)):
        yield [
            Line(at, row.decode().removesuffix("\n").removesuffix("\r"))
            for at, row in enumerate(some, number)
        ]
        number += len(some)


def _stream_table(
    rows: Callable[[], Iterator[bytes]], format: str, settings: Settings
) -> Lines | None:
    """The rows of a table; None where its first row does not tell what columns there are."""
    head = next(rows())
    try:
        first = read_bytes_as(format, head + next(islice(rows(), 1, None), b""), settings)
        alone = read_bytes_as(format, head, settings) if format == "jsonl" else first
    except Unreadable:
        return None
    if not first.segments:
        return None
    # The first row goes before each block, and says what its columns are.
    kept = int(first.places[0] < len(head.decode()))
    referenced, documented = bool(alone.references), bool(alone.documents)
    sourced, count = alone.source is not None, 0

    def readings() -> Iterator[tuple[Reading, int]]:
        """Each block with the line before it; line 1 is the first row again."""
        lines, at = rows(), 0
        while some := list(islice(lines, BLOCK)):
            shift = max(0, at - 1)
            try:
                yield read_bytes_as(format, b"".join([head] * bool(at) + some), settings), shift
            except Unreadable as error:
                raise Unreadable(_shift(error.message, shift)) from None
            at += len(some)

    for number, (reading, _) in enumerate(readings()):
        count += len(reading.segments) - (kept if number else 0)
        if (bool(reading.references), bool(reading.documents)) != (referenced, documented):
            return None
        if reading.source is not None and not sourced:
            if format == "jsonl":
                return None
            sourced = True

    def lines() -> Iterator[Line]:
        for number, (reading, shift) in enumerate(readings()):
            for line in _find_lines(reading)[kept if number else 0 :]:
                source = (line.source or "") if sourced else None
                yield line._replace(number=line.number + shift, source=source)

    def blocks() -> Iterator[list[Line]]:
        every = lines()
        while some := list(islice(every, BLOCK)):
            yield some

    return Lines(count, "utf-8", sourced, referenced, documented, blocks)


def _shift(message: str, lines: int) -> str:
    return _LINE_NUMBER.sub(
        lambda match: f"line {int(match[1].replace(',', '')) + lines:,} ", message
    )


def _split(reading: Reading, settings: Settings) -> list[Line]:
    """The sentences of a file that holds nothing beside its text.

    Raises:
        Unreadable: it holds a source or references.
    """
    if reading.source is not None or reading.references:
        raise Unreadable(
            "holds a source or a reference for each segment, which its sentences do not have; "
            "leave --unit sentence out"
        )
    text, told = reading.text, reading.paragraphs
    lang = settings.target_lang or reading.target_lang or detect_language(text)
    sentences = split_sentences(text, find_paragraphs(text) if told is None else [*told], lang)
    return _number(reading, sentences)


def _find_lines(reading: Reading) -> list[Line]:
    """The segments of a file: lines of plain text, rows, units, or else paragraphs."""
    if reading.paragraphs is None:
        return [Line(number, line) for number, line in enumerate(split_lines(reading.text), 1)]
    if not reading.segments:
        return _number(reading, reading.paragraphs)
    lines = []
    numbers = _line_numbers(reading.file, reading.places)
    source = reading.source
    for index, (segment, place) in enumerate(zip(reading.segments, reading.places, strict=True)):
        record = None
        if reading.records:
            end = reading.file.find("\n", place)
            record = reading.file[place:] if end < 0 else reading.file[place:end]
        lines.append(
            Line(
                next(numbers),
                _cut(reading.text, segment.translation),
                None if source is None else _cut(source, segment.source),
                reading.references[index : index + 1],
                reading.documents[index] if reading.documents else None,
                reading.ids[index] if reading.ids else None,
                record,
            )
        )
    return lines


def _number(reading: Reading, spans: Sequence[Span]) -> list[Line]:
    """Parts of the text of a file, with the lines of the file on which they begin."""
    origin = reading.origin
    places = [
        origin.locate(Span(start, start + 1)).start if origin else start for start, _ in spans
    ]
    numbers = _line_numbers(reading.file, places)
    return [
        Line(number, reading.text[slice(*span)], unit=origin.unit(span.start) if origin else None)
        for number, span in zip(numbers, spans, strict=True)
    ]


def _line_numbers(text: str, places: Iterable[int]) -> Iterator[int]:
    """The lines, from 1, on which ascending offsets stand."""
    line, at = 1, 0
    for place in places:
        line += sum(1 for _ in _LINE_END.finditer(text, at, place))
        at = place
        yield line


def _cut(text: str, span: Span | None) -> str:
    return text[slice(*span)] if span else ""


def join_lines(own: Lines, others: Sequence[tuple[str, Lines]]) -> Lines:
    """Segments with what stands on the same lines of other files.

    Args:
        own: the segments.
        others: as many of each other file, and what they are to them: ``source``, ``reference`` or
            ``list of documents``.
    """
    kinds = [kind for kind, _ in others]

    def blocks() -> Iterator[list[Line]]:
        texts = [other.texts() for _, other in others]
        for block in own.blocks():
            for kind, lines in zip(kinds, texts, strict=True):
                beside = islice(lines, len(block))
                block = [_join(line, kind, text) for line, text in zip(block, beside, strict=True)]
            yield block

    return Lines(
        own.count,
        own.encoding,
        own.sourced or "source" in kinds,
        own.referenced or "reference" in kinds,
        own.documented or "list of documents" in kinds,
        blocks,
        own.declared,
    )


def _join(line: Line, kind: str, text: str) -> Line:
    if kind == "source":
        return line._replace(source=text)
    if kind == "reference":
        return line._replace(references=(*line.references, text))
    return line._replace(document=text)


def first_references(lines: Lines, most: int = 2 * BLOCK) -> str:
    """The first reference of each of the first segments, one a line: shows its language."""
    every = chain.from_iterable(lines.blocks())
    return "\n".join(line.references[0] for line in islice(every, most))
