"""SubRip (SRT) and WebVTT subtitles.

Sentences run over several cues, so a paragraph does: it ends with the cue that ends a sentence, at
a pause, and where another speaker begins.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import NamedTuple

from mtqa.config import Settings
from mtqa.formats.extract import Extract, Mark, Reading
from mtqa.formats.plain import Unreadable, decode
from mtqa.text.document import Span
from mtqa.text.patterns import compile_possessive

_LINE = re.compile(r"([^\r\n]*+)(?:\r\n?|\n|\Z)")
_TIME = r"(?:([0-9]{1,4}):)?([0-9]{1,2}):([0-9]{2})(?:[.,:]([0-9]{1,3}))?"
_TIMES = re.compile(rf"[ \t]*{_TIME}[ \t]*-->[ \t]*{_TIME}(?![0-9])")
# Blocks of WebVTT that are no cues.
_NO_CUE = re.compile(r"(?:NOTE|STYLE|REGION|WEBVTT)(?:[ \t]|\Z)")

# What stands in a line besides its text: of SubRip the tags and overrides that players know, of
# WebVTT any tag (times, voices, classes), reading aids above a word, and character references.
_SRT_CODE = re.compile(
    r"</?(?:[biusc]|font)(?:[ \t][^<>]*+)?>|\{\\[^{}]*+\}|\{/?[bius]\}", re.IGNORECASE
)
_VTT_CODE = re.compile(
    r"<rt(?:[. \t][^<>]*+)?>[^<]*+|<[^<>]*+>"
    r"|&(?:\#[0-9]{1,7}|\#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{0,31});"
)

# A dash before what another speaker says, or two arrows, as captions for the deaf have it (FCC,
# CEA-608); and the voice of WebVTT.
_DASHED = compile_possessive(
    r"[ \t]*(?:<[^<>]*+>)*+(?:[-‐–—](?:[ \t]+\S|(?:<[^<>]*+>)*+[^\W\d_])|(?:>|&gt;){2})"
)
_VOICE = re.compile(r"[ \t]*<v(?:\.[^ \t<>]*+)?[ \t]++([^<>]*+)>")
# When a word is said, within a line of WebVTT. Captions that are made so (by YouTube, live) roll:
# a line that was said stays on the screen, and so stands in the next cue again.
_WORD_TIME = re.compile(r"<(?:[0-9]+:)?[0-9]{2}:[0-9]{2}\.[0-9]{3}>")
_SENTENCE_END = re.compile(r"[.!?…。！？؟।♪♫][\"'”’»)\]]*\s*\Z")

# A gap between two subtitles is a pause in what is said if it lasts that long (BBC Subtitle
# Guidelines, 4.5; anything shorter is to be closed up).
_PAUSE = 1.0  # seconds


def read_srt(data: bytes, settings: Settings) -> Reading:
    """The cues of a SubRip file.

    Raises:
        Unreadable: it is no such file, or its cues are blank.
    """
    text, encoding = decode(data)
    lines = [Span(*match.span(1)) for match in _lines(text)]
    cues = list(_find_cues(text, lines, webvtt=False))
    if not cues:
        raise Unreadable(
            "is no SubRip file: no line of it has times, such as 00:00:01,000 --> 00:00:02,500; "
            "name its format with --input-format"
        )
    return _extract(text, cues, _SRT_CODE).reading(encoding)


def read_vtt(data: bytes, settings: Settings) -> Reading:
    """The cues of a WebVTT file.

    Raises:
        Unreadable: it is no such file, or its cues are blank.
    """
    text, encoding = decode(data)
    if not re.match(r"WEBVTT(?:\s|\Z)", text):
        raise Unreadable(
            "is no WebVTT file: it does not begin with WEBVTT; name its format with --input-format"
        )
    lines = [Span(*match.span(1)) for match in _lines(text)]
    cues = list(_find_cues(text, lines, webvtt=True))
    return _extract(text, cues, _VTT_CODE).reading(encoding)


class _Cue(NamedTuple):
    """A cue.

    Attributes:
        id: what the file calls it, or its number.
        begin: in seconds.
        end: in seconds.
        lines: those of its text that are not blank.
    """

    id: str
    begin: float
    end: float
    lines: list[Span]


def _lines(text: str) -> Iterator[re.Match[str]]:
    return (match for match in _LINE.finditer(text) if match.start() < len(text))


def _find_cues(text: str, lines: list[Span], *, webvtt: bool) -> Iterator[_Cue]:
    """The cues of a file.

    The text of a cue ends before the next cue, in WebVTT at a blank line; in SubRip a blank line
    may stand in it.
    """
    timed = [index for index, line in enumerate(lines) if _TIMES.match(text, *line)]
    for number, index in enumerate(timed, 1):
        match = _TIMES.match(text, *lines[index])
        assert match
        named = _find_id(text, lines, index, webvtt=webvtt)
        following = timed[number] if number < len(timed) else len(lines)
        if following < len(lines) and _find_id(text, lines, following, webvtt=webvtt):
            following -= 1
        body = lines[index + 1 : following]
        if webvtt:
            # One of spaces is none: captions that roll begin so.
            blank = next((i for i, line in enumerate(body) if line.start == line.end), len(body))
            body = body[:blank]
        yield _Cue(
            f"cue {named or number}",
            _seconds(match.groups()[:4]),
            _seconds(match.groups()[4:]),
            [line for line in body if _shown(text, line)],
        )


def _find_id(text: str, lines: list[Span], timed: int, *, webvtt: bool) -> str | None:
    """The line before the times of a cue, where it names the cue: a number, in WebVTT any."""
    before = _shown(text, lines[timed - 1]) if timed else ""
    if before.isascii() and before.isdigit():
        return before
    first = timed < 2 or not _shown(text, lines[timed - 2])
    return before if webvtt and before and first and not _NO_CUE.match(before) else None


def _shown(text: str, line: Span) -> str:
    return text[line.start : line.end].strip()


def _seconds(fields: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, fraction = (field or "0" for field in fields)
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds) + int(fraction.ljust(3, "0")) / 1000


def _extract(text: str, cues: list[_Cue], code: re.Pattern[str]) -> Extract:
    extract = Extract(text)
    extract.open()
    rolls = code is _VTT_CODE and bool(_WORD_TIME.search(text))
    ended = 0.0
    said = ""  # at the end of the last cue
    voice: str | None = None
    shown: str | None = None
    for cue in cues:
        if cue.begin - ended >= _PAUSE or _SENTENCE_END.search(said):
            extract.close()
        mark = extract.mark()
        for line in cue.lines:
            if rolls:
                before, shown = shown, " ".join(code.sub("", text[slice(*line)]).split()) or shown
                if shown == before:
                    continue
            spoken = _VOICE.match(text, *line) if code is _VTT_CODE else None
            if _DASHED.match(text, *line) or (spoken and voice not in (None, spoken[1])):
                _name(extract, mark, cue)
                extract.close()
                mark = extract.mark()
            voice = spoken[1] if spoken else voice
            extract.part_space()
            _take(extract, text, line, code)
        said = extract.since(mark) or said
        _name(extract, mark, cue)
        ended = cue.end
    extract.close()
    return extract


def _name(extract: Extract, mark: Mark, cue: _Cue) -> None:
    span = extract.span_since(mark)
    if span:
        extract.name(span, cue.id)


def _take(extract: Extract, text: str, line: Span, code: re.Pattern[str]) -> None:
    at, end = line
    for match in code.finditer(text, at, end):
        extract.copy(at, match.start())
        if match[0].startswith("&"):
            extract.put(html.unescape(match[0]), *match.span())
        at = match.end()
    extract.copy(at, end)
