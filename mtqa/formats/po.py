"""PO (gettext): messages and their translations.

The scanner is ours, after the gettext manual ("The Format of PO Files"): polib, which the tests
compare it with, tells the line of an entry, but not where its characters stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from mtqa.config import Settings
from mtqa.formats.extract import Bitext, Extract, Reading, primary_subtag
from mtqa.formats.plain import Unreadable, decode_as
from mtqa.text.document import Span
from mtqa.text.patterns import compile_possessive

# One line: blank, a comment, or strings with or without the keyword that they belong to, and a
# comment behind them.
_LINE = compile_possessive(
    r"""[ \t\f\v]*+
    (?: (?P<comment>\#[^\n]*+)
      | (?P<keyword>msgctxt|msgid_plural|msgid|msgstr(?:\[[0-9]{1,3}\])?|domain)?[ \t]*+
        (?P<strings>(?:"(?:[^"\\\n]|\\.)*+"[ \t]*+)++)(?:\#[^\n]*+)?
    )?
    \r?(?:\n|\Z)""",
    re.VERBOSE,
)
_STRING = re.compile(r'"((?:[^"\\\n]|\\.)*+)"')
_ESCAPE = re.compile(r"\\(?:[0-7]{1,3}|x[0-9a-fA-F]{1,2}|.)")
# The escapes of C that stand for one character.
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "a": "\a"}

# Fields of the header, as they are written.
_CHARSET = re.compile(
    rb'^(?:msgstr[ \t]*)?"(?:[^"\n]*\\n)?Content-Type:[^"\n]*?charset=([^\s"\\;]+)',
    re.IGNORECASE | re.MULTILINE,
)
_LANGUAGE = re.compile(r"^Language:[ \t]*(\S+)", re.MULTILINE)
# What stands for the charset in the template of a header.
_NO_CHARSET = b"CHARSET"

_QUOTED = 30  # characters of a line that an error quotes


def read_po(data: bytes, settings: Settings) -> Reading:
    """The entries of a PO file, those that are obsolete left out.

    A fuzzy translation is none, as for gettext. Each form of a plural is a unit.

    Raises:
        Unreadable: it is no PO file, or holds no translation.
    """
    match = _CHARSET.search(data)
    charset = match[1].decode("ascii", "replace") if match and match[1] != _NO_CHARSET else None
    text, encoding, declared = decode_as(data, charset)
    bitext = Bitext(text)
    language = None
    number = 0
    for entry in _entries(text):
        if entry.is_header():
            header = _LANGUAGE.search(_plain(text, entry.translations.get(0, ())))
            language = primary_subtag(header[1]) if header else None
            continue
        number += 1
        for form, strings in entry.translations.items():  # in the order of the file
            source = entry.plural if form and entry.plural else entry.message
            _take(bitext.source, text, source)
            if not entry.fuzzy:
                _take(bitext.translation, text, strings)
            which = f"[{form}]" if entry.plural else ""
            bitext.end_unit(entry.place, f"entry {number}{which}")
    return bitext.reading(encoding, declared=declared, messages=True, target_lang=language)


@dataclass(slots=True)
class _Entry:
    """An entry.

    Attributes:
        place: where in the file it begins.
        fuzzy: its translation is a guess that nobody has confirmed.
        message: the strings of the message: what stands between their quotation marks.
        plural: those of its plural.
        translations: those of each form of the translation; of a message without plural, form 0.
    """

    place: int
    fuzzy: bool
    message: list[Span] = field(default_factory=list)
    plural: list[Span] = field(default_factory=list)
    translations: dict[int, list[Span]] = field(default_factory=dict)

    def is_header(self) -> bool:
        """Whether it is no message but tells of the file."""
        return all(start == end for start, end in self.message)


def _entries(text: str) -> Iterator[_Entry]:
    """The entries of a file, the header among them."""
    entry: _Entry | None = None
    strings: list[Span] | None = None  # those that a further string belongs to
    fuzzy = False
    line, at = 0, 0
    while at < len(text):
        line += 1
        match = _LINE.match(text, at)
        if not match:
            raise _refuse(text, at, line)
        start, at = at, match.end()
        comment, keyword = match["comment"], match["keyword"]
        if comment:  # one of an obsolete entry, #~, ends it
            is_flag = comment.startswith("#,") and "fuzzy" in comment
            fuzzy = (fuzzy or is_flag) and not comment.startswith("#~")
            continue
        if match["strings"] is None:
            continue
        if keyword in ("msgctxt", "msgid", "domain") and (entry is None or entry.translations):
            if entry:
                yield entry
            entry, fuzzy = _Entry(start, fuzzy), False
        if keyword:
            strings = _strings_of(keyword, entry)
        if strings is None:
            raise _refuse(text, start, line)
        for string in _STRING.finditer(text, *match.span("strings")):
            strings.append(Span(*string.span(1)))
    if entry:
        if not entry.translations:
            raise Unreadable(f"ends in line {line:,} within an entry: a msgstr is missing; mend it")
        yield entry


def _strings_of(keyword: str, entry: _Entry | None) -> list[Span] | None:
    """The strings that a keyword opens; None: it must not stand here."""
    if entry is None:
        return None
    if keyword in ("msgctxt", "domain"):
        return []
    if keyword == "msgid":
        return None if entry.message else entry.message
    if keyword == "msgid_plural":
        fits = entry.message and not entry.plural and not entry.translations
        return entry.plural if fits else None
    form = int(keyword[7:-1]) if keyword.endswith("]") else 0
    if not entry.message or form in entry.translations:
        return None
    return entry.translations.setdefault(form, [])


def _refuse(text: str, at: int, line: int) -> Unreadable:
    written = text[at : at + 200].split("\n")[0].strip()
    shown = written if len(written) <= _QUOTED else written[:_QUOTED] + "…"
    return Unreadable(f"line {line:,} does not belong into a PO file ({shown}); mend it")


def _take(extract: Extract, text: str, strings: Sequence[Span]) -> None:
    for at, end in strings:
        for match in _ESCAPE.finditer(text, at, end):
            extract.copy(at, match.start())
            extract.put(_unescape(match[0]), *match.span())
            at = match.end()
        extract.copy(at, end)


def _plain(text: str, strings: Sequence[Span]) -> str:
    return "".join(
        _ESCAPE.sub(lambda match: _unescape(match[0]), text[start:end]) for start, end in strings
    )


def _unescape(escape: str) -> str:
    letter = escape[1]
    if letter in "01234567":
        return chr(int(escape[1:], 8))
    if letter == "x" and len(escape) > 2:
        return chr(int(escape[2:], 16))
    return _ESCAPED.get(letter, letter)
