"""Plain text: bytes to characters, exactly."""

from __future__ import annotations

import codecs
import re
import unicodedata
from typing import NamedTuple

import regex

# Longest first: the UTF-32 mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# Formats that people take for text files, by their first bytes.
_SIGNATURES = (
    (b"%PDF-", "a PDF"),
    (b"{\\rtf", "an RTF document"),
    (b"PK\x03\x04", "a ZIP archive or office document"),
    (b"\xd0\xcf\x11\xe0", "an office document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
)

# What an encoding is told by: the bytes that are not ASCII, with some text around them. More than
# a few pages of them add nothing.
_NON_ASCII = re.compile(rb"[\x80-\xff]++")
_AROUND = 60  # bytes
_SAMPLE = 65_536  # bytes

# Control characters that no text in a legacy encoding has: all but BS, TAB to CR, SUB and ESC.
_CONTROL = re.compile(rb"[\x00-\x07\x0e-\x19\x1c-\x1f\x7f]")

# What a wrong guess makes of a word: Latin with letters of another alphabet, a sign between two
# letters (Přílią ľlu»oučký), presentation forms of Arabic; C1 controls, private and unassigned.
_GARBLED = regex.compile(
    r"""\p{Latin}[\p{Cyrillic}\p{Greek}\p{Arabic}\p{Hebrew}]
      | [\p{Cyrillic}\p{Greek}\p{Arabic}\p{Hebrew}]\p{Latin}
      | \p{Latin}[[\p{S}\p{No}«»]--[\x00-\x7f]]\p{Latin}
      | [\ufb50-\ufdff\ufe70-\ufeff\x80-\x9f\p{Co}\p{Cn}]""",
    regex.VERSION1 | regex.VERBOSE,
)

# What files call their encodings and Python does not, or takes more narrowly than everyone who
# reads such files (WHATWG Encoding Standard).
_LABELS = {
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "windows-874": "cp874",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "x-euc-jp": "euc_jp",
    "macintosh": "mac-roman",
    "x-mac-cyrillic": "mac-cyrillic",
    "iso-8859-8-i": "iso8859-8",
}
# Encodings of text that files are in; Python's codecs hold others, of no use here (punycode, hex).
_KNOWN = frozenset(
    "utf-8 utf-16 utf-16-le utf-16-be utf-32 utf-32-le utf-32-be cp437 cp850 cp852 cp866 cp874 "
    "cp932 cp949 koi8-r koi8-u koi8-t gb18030 big5 big5hkscs euc_jp euc_kr iso2022_jp mac-roman "
    "mac-cyrillic ptcp154 kz1048".split()
    + [f"cp125{number}" for number in range(9)]
    + [f"iso8859-{number}" for number in range(2, 17)]
)


class Unreadable(Exception):
    """A file that cannot be checked.

    Attributes:
        message: one sentence: what is wrong and what to do.
        byte: where in the file, counted from 0, or None.
        path: the file, where it is another than the one that was asked for.
    """

    def __init__(self, message: str, byte: int | None = None, path: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.byte = byte
        self.path = path


class Decoded(NamedTuple):
    """The characters of a file, without byte order mark, otherwise unchanged.

    Attributes:
        text: the characters.
        encoding: its name; one that does not begin with ``utf-`` was guessed.
    """

    text: str
    encoding: str


def decode(data: bytes) -> Decoded:
    """The text in ``data``: UTF-8, UTF-16 or UTF-32, or else the likeliest legacy encoding.

    Raises:
        Unreadable: ``data`` is empty, blank, binary, or damaged.
    """
    decoded = _decode(data)
    if not decoded.text.strip():
        raise Unreadable("holds no text; fill it or leave it out")
    return decoded


def decode_as(data: bytes, declared: str | None) -> Decoded:
    """The text in ``data``, in the encoding that it declares.

    A byte order mark tells better, and without a declaration it is as in `decode`.

    Args:
        data: the file.
        declared: what the file says of its encoding, in letters of ASCII; None: nothing.

    Raises:
        Unreadable: ``data`` is as `decode` refuses it, or is not in that encoding.
    """
    if declared is None or any(data.startswith(mark) for mark, _ in _MARKS):
        return decode(data)
    label = declared.strip().lower()
    try:
        encoding = codecs.lookup(_LABELS.get(label, label)).name
    except (LookupError, ValueError):
        encoding = ""
    if encoding not in _KNOWN:
        raise Unreadable(
            f"says that its encoding is {declared[:40]!r}, which nobody knows; correct that"
        )
    wrong = f"says that it is {declared if declared.isprintable() else repr(declared[:40])} but "
    if encoding.startswith(("utf-16", "utf-32")):  # in which nobody could have read that
        raise Unreadable(f"{wrong}is not; correct that")
    if encoding != "utf-8" and _is_utf8(data):
        raise Unreadable(f"{wrong}is UTF-8; correct that")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable(
            f"{wrong}has bytes that are none at byte {error.start}; correct that, or save it as "
            "UTF-8",
            error.start,
        ) from None
    nul = text.find("\0")
    if nul >= 0:
        raise Unreadable(f"holds a NUL character at character {nul}; save it as text")
    if not text.strip():
        raise Unreadable("holds no text; fill it or leave it out")
    return Decoded(text, encoding)


def _is_utf8(data: bytes) -> bool:
    """Whether bytes that are not ASCII form valid UTF-8, as those of no other encoding do."""
    if data.isascii():
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _decode(data: bytes) -> Decoded:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return Decoded(_decode_strictly(data[len(mark) :], encoding, len(mark)), encoding)
    for signature, kind in _SIGNATURES:
        if data.startswith(signature):
            raise Unreadable(f"is {kind}, not plain text; save it as text first", 0)
    nul = data.find(b"\0")
    if nul >= 0:
        wide = _decode_unmarked_utf16(data)
        if wide:
            return wide
        raise Unreadable(
            f"holds a NUL byte at byte {nul}, so it is not plain text; save it as UTF-8 text", nul
        )
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError as error:
        return _decode_legacy(data, error)


def _decode_strictly(data: bytes, encoding: str, skipped: int) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        byte = error.start + skipped
        raise Unreadable(
            f"begins as {encoding.upper()} but has bytes that are none at byte {byte}; "
            "repair it or save it as UTF-8",
            byte,
        ) from None
    nul = text.find("\0")
    if nul >= 0:
        byte = len(text[:nul].encode(encoding)) + skipped
        raise Unreadable(
            f"holds a NUL character at byte {byte}, so it is not plain text; save it as UTF-8 text",
            byte,
        )
    return text


def _decode_unmarked_utf16(data: bytes) -> Decoded | None:
    """UTF-16 without a mark: NUL bytes in one half of each pair only, and a sane text."""
    for encoding, high, low in (("utf-16-le", 1, 0), ("utf-16-be", 0, 1)):
        if len(data) % 2 or 0 in data[low::2]:
            continue
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        # Any pair of bytes is some character, but chance gives unassigned and private ones.
        if data[high::2].count(0) and not any(
            unicodedata.category(character) in ("Cn", "Co")
            or (unicodedata.category(character) == "Cc" and not character.isspace())
            for character in set(text)
        ):
            return Decoded(text, encoding)
    return None


def _decode_legacy(data: bytes, error: UnicodeDecodeError) -> Decoded:
    control = _CONTROL.search(data)
    if control:
        byte = control.start()
        raise Unreadable(
            f"is neither UTF-8 nor text in another encoding (control byte 0x{data[byte]:02X} at "
            f"byte {byte}); save it as UTF-8 text",
            byte,
        )
    # Text in a legacy encoding hardly ever forms valid UTF-8 sequences; a text that has more
    # valid ones than broken bytes is UTF-8 with a wound, and a guess would spoil all of it.
    mended = data.decode("utf-8", "replace")
    broken = mended.count("\ufffd") - data.count(b"\xef\xbf\xbd")
    valid = sum(1 for character in mended if character > "\x7f") - broken
    if valid > broken:
        raise Unreadable(
            f"is UTF-8 but for byte 0x{data[error.start]:02X} at byte {error.start}; "
            "repair that character",
            error.start,
        )
    encoding = _detect(data)
    if encoding:
        try:
            return Decoded(data.decode(encoding), encoding)
        except (UnicodeDecodeError, LookupError):
            pass
    raise Unreadable(
        f"is not UTF-8 (byte 0x{data[error.start]:02X} at byte {error.start}) and its encoding "
        "cannot be told; save it as UTF-8",
        error.start,
    )


def _detect(data: bytes) -> str | None:
    """The likeliest encoding, by chardet.

    A guess of chardet that makes no words is passed over for its next one. So 33 of 34 sentences
    in 17 legacy encodings are read right (not the one of two words); by chardet alone 31, by
    charset-normalizer 20, which reads French in Latin-1 as Baltic and Shift JIS as Korean.
    """
    import chardet

    sample = bytearray()
    seen = 0
    for match in _NON_ASCII.finditer(data):
        start = max(seen, match.start() - _AROUND)
        seen = match.end() + _AROUND
        sample += data[start:seen]
        if len(sample) >= _SAMPLE:
            break
    guesses = chardet.detect_all(
        bytes(sample[:_SAMPLE]),
        ignore_threshold=True,
        encoding_era=chardet.EncodingEra.MODERN_WEB | chardet.EncodingEra.LEGACY_ISO,
    )
    encodings = [guess["encoding"] for guess in guesses if guess["encoding"]]
    for encoding in encodings:
        if not _GARBLED.search(sample.decode(encoding, "ignore")):
            return encoding
    return encodings[0] if encodings else None
