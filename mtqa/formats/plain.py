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

# What files call their encodings and Python does not (WHATWG Encoding Standard, 4.2).
_LABELS = {
    label: encoding
    for encoding, labels in {
        "utf-8": "unicode-1-1-utf-8 unicode11utf8 unicode20utf8 x-unicode20utf8",
        "utf-16": "csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff unicodefffe",
        "cp874": "dos-874 iso885911 tis-620 windows-874",
        "cp932": "csshiftjis shift-jis windows-31j x-sjis",
        "cp949": "cseuckr csksc56011987 iso-ir-149 ks_c_5601-1987 ks_c_5601-1989 ksc_5601 "
        "windows-949",
        "cp1250": "x-cp1250",
        "cp1251": "x-cp1251",
        "cp1252": "ansi_x3.4-1968 iso88591 x-cp1252 x-user-defined",
        "cp1253": "x-cp1253",
        "cp1254": "iso88599 x-cp1254",
        "cp1255": "x-cp1255",
        "cp1256": "x-cp1256",
        "cp1257": "x-cp1257",
        "cp1258": "x-cp1258",
        "big5hkscs": "cn-big5 x-x-big5",
        "euc_jp": "cseucpkdfmtjapanese x-euc-jp",
        "gb18030": "csgb2312 gb_2312 gb_2312-80 x-gbk",
        "iso8859-2": "iso88592",
        "iso8859-3": "iso88593",
        "iso8859-4": "iso88594",
        "iso8859-5": "iso88595",
        "iso8859-6": "csiso88596e csiso88596i iso-8859-6-e iso-8859-6-i iso88596",
        "iso8859-7": "iso88597 sun_eu_greek",
        "iso8859-8": "csiso88598e csiso88598i iso-8859-8-e iso-8859-8-i iso88598 logical visual",
        "iso8859-10": "iso885910",
        "iso8859-13": "iso885913",
        "iso8859-14": "iso885914",
        "iso8859-15": "csisolatin9 iso885915",
        "koi8-r": "koi koi8",
        "koi8-u": "koi8-ru",
        "mac-cyrillic": "x-mac-cyrillic x-mac-ukrainian",
        "mac-roman": "csmacintosh mac macintosh x-mac-roman",
    }.items()
    for label in labels.split()
}
# What Python takes more narrowly than everyone who reads such files (the same, 4.2).
_WIDER = {
    "utf-8-sig": "utf-8",
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
}
# Encodings of text that files are in; Python's codecs hold others, of no use here (punycode, hex).
_KNOWN = frozenset(
    "utf-8 utf-16 utf-16-le utf-16-be utf-32 utf-32-le utf-32-be cp437 cp850 cp852 cp866 cp874 "
    "cp932 cp949 koi8-r koi8-u koi8-t gb18030 big5hkscs euc_jp iso2022_jp mac-roman "
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


class Declared(NamedTuple):
    """The characters of a file that may declare its encoding.

    Attributes:
        text: the characters, as in `Decoded`.
        encoding: its name; one that does not begin with ``utf-`` was declared, or else guessed.
        declared: what the file says of its encoding, where that cannot be true.
    """

    text: str
    encoding: str
    declared: str | None = None


def decode(data: bytes) -> Decoded:
    """The text in ``data``: UTF-8, UTF-16 or UTF-32, or else the likeliest legacy encoding.

    Raises:
        Unreadable: ``data`` is empty, blank, binary, or damaged.
    """
    decoded = _decode(data)
    if not decoded.text.strip():
        raise Unreadable("holds no text; fill it or leave it out")
    return decoded


def decode_as(data: bytes, declared: str | None) -> Declared:
    """The text in ``data``, in the encoding that it declares.

    A byte order mark tells better. What cannot be true counts as no declaration, and the text is
    told as in `decode`: an encoding that nobody knows, UTF-16 of what was just read as ASCII (so
    the HTML Standard, 13.2.3.2), UTF-8 of bytes that are none, and any other of bytes that are
    UTF-8, as those of no other encoding happen to be.

    Args:
        data: the file.
        declared: what the file says of its encoding, in letters of ASCII; None: nothing.

    Raises:
        Unreadable: ``data`` is as `decode` refuses it, or is not in that encoding.
    """
    if declared is None or any(data.startswith(mark) for mark, _ in _MARKS):
        return Declared(*decode(data))
    encoding = _find_encoding(declared)
    if encoding is None or not _may_be(data, encoding):
        return Declared(*decode(data), declared)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable(
            f"says that it is {declared} but has bytes that are none at byte {error.start}; "
            "correct that, or save it as UTF-8",
            error.start,
        ) from None
    nul = text.find("\0")
    if nul >= 0:
        raise Unreadable(f"holds a NUL character at character {nul}; save it as text")
    if not text.strip():
        raise Unreadable("holds no text; fill it or leave it out")
    return Declared(text, encoding)


def _find_encoding(declared: str) -> str | None:
    """What Python calls an encoding; None: nobody knows it, or no text is in it."""
    label = declared.strip().lower()
    try:
        name = codecs.lookup(_LABELS.get(label, label)).name
    except (LookupError, ValueError):
        return None
    name = _WIDER.get(name, name)
    return name if name in _KNOWN else None


def _may_be(data: bytes, encoding: str) -> bool:
    """Whether bytes whose ASCII can be read as such may be in an encoding."""
    if encoding.startswith(("utf-16", "utf-32")):
        return False
    return data.isascii() or (encoding == "utf-8") == _is_utf8(data)


def describe_encoding(encoding: str, declared: str | None) -> str | None:
    """What to tell of the encoding that a file was read in; None: nothing.

    Args:
        encoding, declared: as in `Declared`.
    """
    if declared is not None:
        return f"says that its encoding is {declared[:40]} but is not; read as {encoding}"
    return None if encoding.startswith("utf-") else f"is not UTF-8; read as {encoding}"


def _is_utf8(data: bytes) -> bool:
    """Whether bytes form valid UTF-8."""
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
