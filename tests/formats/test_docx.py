"""DOCX."""

from __future__ import annotations

import io
import zipfile
import zlib

import pytest

from mtqa.formats.plain import Unreadable
from tests.formats.article import docx
from tests.formats.readings import paragraphs, read


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(*runs: str) -> str:
    return "<w:p><w:pPr><w:tabs><w:tab/></w:tabs></w:pPr>" + "".join(runs) + "</w:p>"


def test_runs_make_paragraphs_which_are_numbered() -> None:
    body = paragraph(run("He "), run("ca", "<w:b/>"), run("me &amp; left.")) + paragraph()
    table = f"<w:tbl><w:tr><w:tc>{paragraph(run('It rained.'))}</w:tc></w:tr></w:tbl>"
    reading = read("docx", docx(body + table))
    assert paragraphs(reading) == ["He came & left.", "It rained."]
    assert reading.origin is not None
    assert [unit.id for unit in reading.origin.units] == ["paragraph 1", "paragraph 3"]


def test_breaks_and_hyphens_are_characters() -> None:
    body = "<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t><w:noBreakHyphen/></w:r>"
    assert read("docx", docx(paragraph(body, run("d"), "<w:r><w:softHyphen/></w:r>"))).text == (
        "a\tb\nc-d"
    )


def test_what_is_hidden_deleted_or_computed_is_no_text() -> None:
    body = paragraph(
        run("one", '<w:vanish w:val="0"/>'),
        run("no", "<w:vanish/>"),
        f"<w:del>{run('no')}</w:del><w:moveFrom>{run('no')}</w:moveFrom>",
        f"<w:ins>{run('two')}</w:ins>",
        "<w:r><w:delText>no</w:delText><w:instrText>PAGE</w:instrText></w:r>",
        f"<w:ruby><w:rt>{run('no')}</w:rt><w:rubyBase>{run('three')}</w:rubyBase></w:ruby>",
        f"<w:hyperlink>{run('four', '<w:rPrChange><w:rPr><w:vanish/></w:rPr></w:rPrChange>')}"
        "</w:hyperlink>",
    )
    assert read("docx", docx(body)).text == "onetwothreefour"


def field(*parts: str) -> str:
    """A field: what stands between its begin, its separators and its end."""
    kinds = ("begin", "separate", "end")
    return "".join(
        f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>{part}'
        for kind, part in zip(kinds, (*parts, ""), strict=True)
    )


def test_of_a_field_the_result_is_read() -> None:
    link = field("<w:r><w:instrText>HYPERLINK x</w:instrText></w:r>", run("the port"))
    assert read("docx", docx(paragraph(run("To "), link, run(".")))).text == "To the port."
    # The result of a field within the code of another is part of that code.
    nested = field(run("IF ") + field(run("MERGEFIELD x"), run("no")), run("the port"))
    assert read("docx", docx(paragraph(run("To "), nested, run(".")))).text == "To the port."
    # A table of contents ends paragraphs later; a field that does not end hides no more than one.
    begin = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
    end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    body = paragraph(begin, run("no")) + paragraph(run("He came."), end, run(" Why?"))
    assert read("docx", docx(body)).text == "He came. Why?"


def test_a_paragraph_whose_mark_is_deleted_goes_on_in_the_next() -> None:
    mark = "<w:pPr><w:rPr><w:{}/></w:rPr></w:pPr>"
    split, deleted = (f"<w:p>{mark.format(kind)}{{}}</w:p>" for kind in ("ins", "del"))
    body = split.format(run("He came.")) + deleted.format(run("She left ")) + paragraph(run("him."))
    reading = read("docx", docx(body))
    assert paragraphs(reading) == ["He came.", "She left him."]
    assert reading.origin is not None
    assert [unit.id for unit in reading.origin.units] == ["paragraph 1", "paragraph 3"]
    # All of it is deleted; and there is no next one in the cell, nor in the document.
    gone = deleted.format(f"<w:del>{run('no')}</w:del>")
    cell = f"<w:tc>{deleted.format(run('A'))}</w:tc>"
    table = f"<w:tbl><w:tr>{cell}{cell}</w:tr></w:tbl>"
    body = paragraph(run("One.")) + gone + paragraph(run("Two.")) + table
    assert paragraphs(read("docx", docx(body + deleted.format(run("B"))))) == [
        *("One.", "Two.", "A", "A", "B"),
    ]


def test_a_text_box_is_read_once() -> None:
    box = f"<w:txbxContent>{paragraph(run('In the box.'))}</w:txbxContent>"
    mc = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    body = paragraph(
        run("Before"),
        f'<w:r><m:AlternateContent xmlns:m="{mc}"><m:Choice>{box}</m:Choice>'
        f"<m:Fallback>{box}</m:Fallback></m:AlternateContent></w:r>",
        run(" and after."),
    )
    assert paragraphs(read("docx", docx(body))) == ["In the box.", "Before and after."]


def note(kind: str, id: int, *paragraphs: str) -> str:
    return f'<w:{kind} w:id="{id}">{"".join(paragraphs)}</w:{kind}>'


def reference(kind: str, id: int) -> str:
    return f'<w:r><w:{kind}Reference w:id="{id}"/></w:r>'


def test_notes_stand_behind_the_text_in_the_order_of_their_references() -> None:
    footnotes = (
        f'<w:footnote w:type="separator" w:id="-1">{paragraph("<w:r><w:separator/></w:r>")}'
        "</w:footnote>"
        + note("footnote", 2, paragraph("<w:r><w:footnoteRef/></w:r>", run(" The first.")))
        + note("footnote", 3, paragraph(run("The second.")), paragraph(run("It goes on.")))
        + note("footnote", 4, paragraph(run("Nobody refers to it.")))
    )
    endnotes = note("endnote", 2, paragraph(run("At the end.")))
    body = paragraph(
        run("He came"),
        reference("footnote", 3),
        run(" and left"),
        reference("endnote", 2),
        run("."),
        f"<w:del>{reference('footnote', 4)}</w:del>",
    ) + paragraph(run("It rained."), reference("footnote", 2))
    parts = {
        "footnotes": footnotes,
        "endnotes": endnotes,
        "comments": note("comment", 2, paragraph(run("no"))),
        "header1": paragraph(run("no")),
    }
    reading = read("docx", docx(body, parts=parts))
    assert reading.origin is not None
    assert [(unit.id, reading.text[slice(*unit.span)]) for unit in reading.origin.units] == [
        ("paragraph 1", "He came and left."),
        ("paragraph 2", "It rained."),
        ("footnote 1", "The second."),
        ("footnote 1", "It goes on."),
        ("footnote 2", "The first."),
        ("endnote 1", "At the end."),
    ]


def test_notes_count_among_what_a_document_may_hold() -> None:
    long = " ".join(map(str, range(100_000)))  # 0.6 MB
    notes = {"footnotes": note("footnote", 2, paragraph(run(long)))}
    body = paragraph(run("Yes."), reference("footnote", 2))
    assert "99999" in read("docx", docx(body, parts=notes), max_file_size=1).text
    with pytest.raises(Unreadable, match="MB, more than the 1 MB that max-file-size allows"):
        read("docx", docx(body + paragraph(run(long)), parts=notes), max_file_size=1)


def control(properties: str, content: str) -> str:
    return f"<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>"


def test_of_content_controls_what_the_author_has_typed_is_read() -> None:
    contents = '<w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj>'
    body = (
        control(contents, paragraph(run("One 1")))
        + control('<w:showingPlcHdr w:val="0"/>', paragraph(run("One")))
        + paragraph(run("Signed by "), control("<w:showingPlcHdr/>", run("Click here")))
        + paragraph(run("on "), control("<w:date/>", run("Monday")), run("."))
    )
    assert paragraphs(read("docx", docx(body))) == ["One", "Signed by", "on Monday."]


def test_symbols_are_characters_and_what_is_drawn_is_an_object() -> None:
    symbol = '<w:r><w:sym w:font="Wingdings" w:char="{}"/></w:r>'.format
    formula = (
        '<m:oMath xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"><m:r>'
        "<m:t>no</m:t></m:r></m:oMath>"
    )
    body = (
        paragraph(symbol("F0B7"), run(" The price is 5 "), symbol("20AC"), run("."))
        + paragraph(run("The arrow "), symbol("F0E0"), run(" leads to "), formula, run("."))
        + paragraph(symbol("FFFFFFFF"), run("so"), symbol("zz"))
        + paragraph(formula)
    )
    assert paragraphs(read("docx", docx(body))) == [
        "The price is 5 €.",
        "The arrow \ufffc leads to \ufffc.",
        "so",
    ]


def test_smart_tags_simple_fields_and_links_are_transparent() -> None:
    body = paragraph(
        f"<w:smartTag w:element='place'>{run('Split')}</w:smartTag>",
        f"<w:fldSimple w:instr='PAGE'>{run(' lies')}</w:fldSimple>",
        f"<w:hyperlink><w:customXml>{run(' here')}</w:customXml></w:hyperlink>",
    )
    assert read("docx", docx(body)).text == "Split lies here"


def test_the_archive_says_where_the_document_is() -> None:
    relations = (
        '<Relationships xmlns="x"><Relationship Target="/word/document.xml" '
        'Type="http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument"/>'
        "</Relationships>"
    )
    assert read("docx", docx(paragraph(run("He came.")), relations=relations)).text == "He came."
    missing = relations.replace("document.xml", "other.xml")
    with pytest.raises(Unreadable, match="its archive holds no document"):
        read("docx", docx(paragraph(run("He came.")), relations=missing))


def bomb(size: int, declared: int | None = None) -> bytes:
    """A document of so many bytes that deflate to a thousandth."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"<w>" + b" " * size)
    data = file.getvalue()
    if declared is not None:
        data = data.replace((size + 3).to_bytes(4, "little"), declared.to_bytes(4, "little"))
    return data


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (bomb(50_000_000), "holds a document of 50.0 MB, more than the 20 MB that max-file-size"),
        (bomb(15_000_000), "inflates to more than 100 times its size, as no text does"),
        (bomb(15_000_000, declared=1_000), "is no DOCX, or damaged; save it anew"),
        (b"PK\x01\x02" * 10_001, "is an archive of more than 10,000 parts"),
        (b"PK\x03\x04 and nothing else", "is no DOCX, or damaged"),
        (docx(paragraph(run("He came.")))[:-30], "is no DOCX, or damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "is encrypted, or of Word before 2007"),
        (docx(paragraph()), "holds no text to check"),
        (docx("<w:p>"), "holds a document that is no well-formed XML: mismatched tag"),
        (docx("<w:p>" * 3000), "holds a document that has elements nested more than 2,048 deep"),
        (docx("&nbsp;"), "holds a document that is no well-formed XML: undefined entity"),
    ],
)
def test_what_is_no_sound_document_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        read("docx", data)


def test_a_document_whose_bytes_are_damaged_is_refused() -> None:
    data = bytearray(docx(paragraph(run("He came. " * 500))))
    data[-400] ^= 0xFF
    try:
        read("docx", bytes(data))
    except Unreadable as error:
        assert "damaged" in error.message or "holds a document that" in error.message
    except (zipfile.BadZipFile, zlib.error) as error:
        pytest.fail(f"not refused: {error}")


def test_another_archive_of_office_is_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", "<workbook/>")
    with pytest.raises(Unreadable, match="holds a document that is none of Word"):
        read("docx", file.getvalue())
