"""One article, with what machine translation leaves behind, in every format that is read."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import zipfile
from xml.sax.saxutils import escape, quoteattr

# Translation and source of each paragraph. Defects: a name spelled two ways, a repeated word, a
# quotation that is not closed, an attribution said twice; beside them an ampersand, straight and
# curly quotation marks, a tag and an entity that are part of the text.
PARAGRAPHS = (
    ("Strike closes the port of Rostovka", "Страйк зачинив порт Ростовка"),
    (
        "Dockers of Marlow & Sons in Rostovka laid down their work on Tuesday, said the the head "
        "of the union, Oleksiy Hrytsenko. “We have waited for nine months,” Hrytsenko said, "
        "Hrytsenko said.",
        "Докери фірми «Марлоу і сини» в Ростовці припинили роботу у вівторок, сказав голова "
        "профспілки Олексій Гриценко. «Ми чекали дев'ять місяців», — сказав Гриценко.",
    ),
    (
        'The company called the demands "impossible": wages would rise by 12% to <x id="1"/>€1,900 '
        "a month. Oleksiy Grytsenko rejected that.",
        "Компанія назвала вимоги «неможливими»: зарплата зросла б на 12%, до 1900 євро на місяць. "
        "Олексій Гриценко відкинув це.",
    ),
    (
        "However, talks go on. However, nobody in Rostovka expects ships before Friday. “The "
        "cranes stand still, and so do we, said a crane operator of R&amp;D Cargo\\Lines.",
        "Однак переговори тривають. Проте ніхто в Ростовці не чекає суден до п'ятниці. «Крани "
        "стоять, і ми теж», — сказав кранівник.",
    ),
)
TRANSLATIONS = [translation for translation, _ in PARAGRAPHS]


def formats() -> dict[str, str | bytes]:
    """The article by file name."""
    return {
        "article.txt": "\n".join(TRANSLATIONS) + "\n",
        "article.html": _html(),
        "article.md": _markdown(),
        "article.tsv": "src\tmt\n" + "".join(f"{s}\t{t}\n" for t, s in PARAGRAPHS),
        "article.csv": _csv(),
        "article.jsonl": "".join(
            json.dumps({"id": i, "target": t, "source": s}) + "\n"
            for i, (t, s) in enumerate(PARAGRAPHS)
        ),
        "article-1.xlf": _xliff1(),
        "article-2.xliff": _xliff2(),
        "article.tmx": _tmx(),
        "article.po": _po(),
        "article.srt": _srt(),
        "article.vtt": "WEBVTT\n\n" + _srt(html.escape).replace(",000 -->", ".000 -->"),
        "article.docx": docx(
            "".join(f"<w:p><w:r><w:t>{escape(part)}</w:t></w:r></w:p>" for part in TRANSLATIONS)
        ),
    }


def docx(body: str, **parts: str) -> bytes:
    """A Word document with some body."""
    namespace = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Target="word/document.xml" Type="http://schemas.openxmlformats'
        '.org/officeDocument/2006/relationships/officeDocument"/></Relationships>'
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("_rels/.rels", parts.get("relations", relations))
        archive.writestr(
            "word/document.xml",
            f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:document {namespace}>'
            f"<w:body>{body}</w:body></w:document>",
        )
    return file.getvalue()


def _html() -> str:
    blocks = "\n".join(
        f"<p>\n  {html.escape(text).replace(' of ', ' <em>of</em>' + chr(10))}\n</p>"
        for text in TRANSLATIONS[1:]
    )
    return (
        "<!DOCTYPE html><html><head><title>Strike | the the Daily</title>"
        "<script>document.write('the the')</script></head><body><nav>News the the</nav>"
        f"<article><h1>{TRANSLATIONS[0]}</h1>{blocks}</article></body></html>"
    )


def _markdown() -> str:
    escaped = [re.sub(r"([\\<&*_\[\]`])", r"\\\1", text) for text in TRANSLATIONS]
    blocks = [re.sub(r" (\w+) of ", r" *\1*\nof ", text) for text in escaped]
    return f"# {escaped[0]}\n\n" + "\n\n".join(blocks[1:]) + "\n\n```\nthe the code\n```\n"


def _csv() -> str:
    file = io.StringIO()
    csv.writer(file, quoting=csv.QUOTE_ALL).writerows(
        [("Source", "Target"), *((s, t) for t, s in PARAGRAPHS)]
    )
    return file.getvalue()


def _xliff1() -> str:
    units = "".join(
        f'<trans-unit id="p{i}"><source>{escape(s)}</source><target>'
        + escape(t).replace("nine", '<g id="1">nine</g><x id="2"/>')
        + "</target><note>the the</note></trans-unit>\n"
        for i, (t, s) in enumerate(PARAGRAPHS)
    )
    return (
        '<?xml version="1.0"?>\n<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2">'
        '<file original="a" source-language="uk-UA" target-language="en-GB" datatype="html"><body>'
        f"{units}</body></file></xliff>"
    )


def _xliff2() -> str:
    units = "".join(
        f'<unit id="p{i}">'
        + "".join(
            f"<segment><source>{escape(s)}</source><target>{escape(t)}</target></segment>"
            "<ignorable><source> </source></ignorable>"
            for t, s in zip(_sentences(t), _sentences(s), strict=True)
        )
        + "</unit>\n"
        for i, (t, s) in enumerate(PARAGRAPHS)
    )
    return (
        '<xliff version="2.0" srcLang="uk" trgLang="en" '
        f'xmlns="urn:oasis:names:tc:xliff:document:2.0"><file id="f">{units}</file></xliff>'
    )


def _sentences(text: str) -> list[str]:
    return re.split(r"(?<=[a-zа-яіїє]\.) ", text)


def _tmx() -> str:
    units = "".join(
        f'<tu><tuv xml:lang="uk"><seg>{escape(s)}</seg></tuv><tuv xml:lang="en-GB"><seg>'
        + escape(t).replace("nine", '<bpt i="1">&lt;b></bpt>nine<ept i="1">&lt;/b></ept>')
        + "</seg></tuv></tu>\n"
        for t, s in PARAGRAPHS
    )
    return (
        '<?xml version="1.0"?>\n<!DOCTYPE tmx SYSTEM "tmx14.dtd">\n<tmx version="1.4">'
        f"<header srclang={quoteattr('uk')}/><body>{units}</body></tmx>"
    )


def _po() -> str:
    header = (
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Language: en\\n"\n'
    )
    return header + "".join(f"\n#: a.c\nmsgid {_c(s)}\nmsgstr {_c(t)}\n" for t, s in PARAGRAPHS)


def _c(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    parts = re.findall(r".{1,50}(?<!\\)(?:\\\\)*(?: |\Z)|.+", escaped)
    return '""\n' + "\n".join(f'"{part}"' for part in parts)


def _srt(write: object = None) -> str:
    cues = []
    time = 0
    for number, text in enumerate(TRANSLATIONS, 1):
        lines = re.findall(r"\S.{0,36}(?= |\Z)", text)
        shown = [html.escape(line, quote=False) if write else line for line in lines]
        cues.append(
            f"{number}\n00:00:{time:02},000 --> 00:00:{time + 3:02},000\n" + "\n".join(shown)
        )
        time += 5
    return "\n\n".join(cues) + "\n"
