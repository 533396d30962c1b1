"""Text as it comes: encodings, marks, line ends, and what is no text."""

from __future__ import annotations

import codecs

import pytest

from mtqa.formats.plain import Unreadable, decode

ENGLISH = "“Nothing,” the minister said in Besançon, “has been signed.”\r\nHe left at noon.\r\n"

# One news sentence in the language of each legacy encoding.
LEGACY = {
    "cp1252": "L’élève a été reçu à l’école de Besançon, où il a déjà étudié.",
    "latin-1": "Der Bürgermeister möchte über die Straßen und Brücken der Stadt reden.",
    "cp1251": "Министр обороны заявил в четверг, что войска покинут город.",
    "iso8859-2": "Premiér řekl, že vláda návrh zákona ve středu schválila, uvedla agentura ČTK.",
    "koi8-r": "Министр обороны заявил в четверг, что войска покинут город.",
    "cp1250": "Zażółć gęślą jaźń. Prezydent powiedział, że będzie w Łodzi.",
    "cp1253": "Ο υπουργός δήλωσε την Πέμπτη ότι τα στρατεύματα θα φύγουν.",
    "cp1254": "İstanbul Büyükşehir Belediyesi'nin açıklamasına göre, şehirde yağmur yağıyor.",
    "cp1255": "שר הביטחון אמר ביום חמישי כי הכוחות יעזבו את העיר.",
    "cp1256": "قال وزير الدفاع يوم الخميس إن القوات ستغادر المدينة.",
    "cp932": "国防相は木曜日、部隊が街を離れると述べた。これはテストです。",
    "euc-jp": "国防相は木曜日、部隊が街を離れると述べた。これはテストです。",
    "gb18030": "国防部长周四表示，部队将离开这座城市。这是一个测试。",
    "big5": "國防部長週四表示，部隊將離開這座城市。這是一個測試。",
    "euc-kr": "국방부 장관은 목요일 군대가 도시를 떠날 것이라고 말했다.",
    "cp874": "รัฐมนตรีกล่าวเมื่อวันพฤหัสบดีว่ากองทัพจะออกจากเมือง",
}


def test_utf8_is_taken_as_it_is() -> None:
    assert decode(ENGLISH.encode()) == (ENGLISH, "utf-8")


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_a_byte_order_mark_tells_the_encoding_and_is_no_part_of_the_text(
    mark: bytes, encoding: str
) -> None:
    assert decode(mark + ENGLISH.encode(encoding)) == (ENGLISH, encoding)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [ENGLISH, LEGACY["cp1251"], "国防相は木曜日。 12\r\nテスト\r\n"])
def test_utf16_is_told_without_a_mark(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == (text, encoding)


@pytest.mark.parametrize("encoding", LEGACY)
def test_a_legacy_encoding_is_detected(encoding: str) -> None:
    text = LEGACY[encoding] + "\r\n"
    assert decode(text.encode(encoding)).text == text


def test_a_late_letter_is_enough_to_be_detected() -> None:
    text = "Nothing has been signed.\n" * 100_000 + "Das Café in Besançon, Élysée.\n"
    assert decode(text.encode("cp1252")).text == text


@pytest.mark.parametrize(
    ("data", "says", "byte"),
    [
        (b"", "holds no text", None),
        (b" \r\n\t", "holds no text", None),
        ("\u3000\u00a0\n".encode(), "holds no text", None),
        (b"One\0two", "NUL byte at byte 3", 3),
        (b"\xff\xfeA\0\0\0B\0", "NUL character at byte 4", 4),
        (b"\xff\xfeA\0\x00\xd8B\0", "UTF-16-LE but has bytes that are none at byte 4", 4),
        (b"\xef\xbb\xbfcaf\xe9!", "UTF-8 but has bytes that are none at byte 6", 6),
        ("déjà vu à ".encode() + b"Besan\xe7on", "is UTF-8 but for byte 0xE7 at byte 18", 18),
        (b"caf\xe9 \x01\x02", "control byte 0x01 at byte 5", 5),
        (b"\x89PNG\r\n\x1a\n", "is a picture", 0),
        (b"\x1f\x8b\x08", "is a gzip archive", 0),
        (b"{\\rtf1\\ansi", "is an RTF document", 0),
    ],
)
def test_what_is_no_text_is_refused_at_its_byte(data: bytes, says: str, byte: int | None) -> None:
    with pytest.raises(Unreadable) as refusal:
        decode(data)
    assert says in refusal.value.message
    assert refusal.value.byte == byte
