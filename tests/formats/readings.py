"""What holds of every reader."""

from __future__ import annotations

import re

from mtqa.config import Settings
from mtqa.formats.extract import Reading
from mtqa.formats.read import read_bytes_as
from mtqa.text.document import Span


def read(
    format: str, content: str | bytes, *, encoding: str = "utf-8", **settings: object
) -> Reading:
    """Read ``content`` as a file of some format, and see that its places are sound."""
    data = content.encode(encoding) if isinstance(content, str) else content
    reading = read_bytes_as(format, data, Settings(**settings))  # type: ignore[arg-type]
    assert_sound(reading)
    return reading


def assert_sound(reading: Reading) -> None:
    """What is copied stands in the file; places ascend; white space alone is in no paragraph."""
    text, origin, paragraphs = reading.text, reading.origin, reading.paragraphs
    if origin is None or paragraphs is None:
        assert (origin, paragraphs) == (None, None)
        return
    end = 0
    for start, after in paragraphs:
        assert not text[end:start].strip()
        assert text[start:after].strip() == text[start:after] != ""
        end = after
    assert not text[end:].strip()
    for segment in reading.segments:
        assert segment.translation is None or text[slice(*segment.translation)].strip()
    if origin.file is None:
        return
    end = file_end = 0
    pieces = zip(origin.starts, origin.ends, origin.file_starts, origin.file_ends, strict=True)
    for start, after, file_start, file_after in pieces:
        assert text[end:start].strip(" \n\ufffc") == ""
        assert start < after
        assert file_end <= file_start < file_after
        written = origin.file[file_start:file_after]
        if len(written) == after - start and not text[start:after].isspace():
            assert re.sub(r"\s", " ", written) == re.sub(r"\s", " ", text[start:after])
        end, file_end = after, file_after
    assert text[end:].strip(" \n\ufffc") == ""
    assert list(reading.places) == sorted(reading.places)


def found(reading: Reading, text: str) -> str:
    """What stands in the file where ``text`` stands in the reading."""
    assert reading.origin is not None and reading.origin.file is not None
    start = reading.text.index(text)
    place = reading.origin.locate(Span(start, start + len(text)))
    return reading.origin.file[slice(*place)]


def paragraphs(reading: Reading) -> list[str]:
    """The paragraphs of a reading."""
    assert reading.paragraphs is not None
    return [reading.text[slice(*span)] for span in reading.paragraphs]


def pairs(reading: Reading) -> list[tuple[str | None, str | None]]:
    """Translations and sources of the segments."""
    return [
        (
            segment.translation and reading.text[slice(*segment.translation)],
            segment.source and (reading.source or "")[slice(*segment.source)],
        )
        for segment in reading.segments
    ]
