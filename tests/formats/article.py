"""One article, with what machine translation leaves behind, in every format that is read."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from xml.sax.saxutils import escape

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

Pairs = Sequence[tuple[str, str]]


def write_all(pairs: Pairs = PARAGRAPHS) -> dict[str, bytes]:
    """An article by file name, one of each format (XLIFF: both versions)."""
    return {
        name: content if isinstance(content, bytes) else content.encode()
        for name, content in ((name, write(pairs)) for name, write in WRITERS.items())
    }


def docx(body: str, relations: str | None = None, parts: Mapping[str, str] | None = None) -> bytes:
    """A Word document with some body, and parts that belong to it, by their names."""
    relations = relations or (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Target="word/document.xml" Type="http://schemas.openxmlformats'
        '.org/officeDocument/2006/relationships/officeDocument"/></Relationships>'
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("_rels/.rels", relations)
        archive.writestr(
            "word/document.xml",
            '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:document '
            'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
            f"<w:body>{body}</w:body></w:document>",
        )
        if parts:
            types = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
            listed = "".join(
                f'<Relationship Id="r{name}" Target="{name}.xml" Type="{types}/{name}"/>'
                for name in parts
            )
            archive.writestr(
                "word/_rels/document.xml.rels",
                f'<Relationships xmlns="x">{listed}</Relationships>',
            )
            for name, part in parts.items():
                archive.writestr(
                    f"word/{name}.xml",
                    f'<w:{name} xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/'
                    f'main">{part}</w:{name}>',
                )
    return file.getvalue()


def _text(pairs: Pairs) -> str:
    return "".join(f"{translation}\n" for translation, _ in pairs)


def _docx(pairs: Pairs) -> bytes:
    return docx("".join(f"<w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p>" for text, _ in pairs))


def _html(pairs: Pairs) -> str:
    title, *others = [translation for translation, _ in pairs]
    blocks = "\n".join(
        f"<p>\n  {html.escape(text).replace(' of ', ' <em>of</em>' + chr(10))}\n</p>"
        for text in others
    )
    return (
        "<!DOCTYPE html><html><head><title>Strike | the the Daily</title>"
        "<script>document.write('the the')</script></head><body><nav>News the the</nav>"
        f"<article><h1>{title}</h1>{blocks}</article></body></html>"
    )


def _markdown(pairs: Pairs) -> str:
    escaped = [re.sub(r"([\\<&*_\[\]`])", r"\\\1", text) for text, _ in pairs]
    blocks = [re.sub(r" (\w+) of ", r" *\1*\nof ", text) for text in escaped]
    return f"# {escaped[0]}\n\n" + "\n\n".join(blocks[1:]) + "\n\n```\nthe the code\n```\n"


def _tsv(pairs: Pairs) -> str:
    return "src\tmt\n" + "".join(f"{source}\t{text}\n" for text, source in pairs)


def _csv(pairs: Pairs) -> str:
    file = io.StringIO()
    rows = [("Source", "Target"), *((source, text) for text, source in pairs)]
    csv.writer(file, quoting=csv.QUOTE_ALL).writerows(rows)
    return file.getvalue()


def _jsonl(pairs: Pairs) -> str:
    rows = ({"id": i, "target": t, "source": s} for i, (t, s) in enumerate(pairs))
    return "".join(json.dumps(row) + "\n" for row in rows)


def _xliff1(pairs: Pairs) -> str:
    units = "".join(
        f'<trans-unit id="p{i}"><source>{escape(source)}</source><target>'
        + escape(text).replace("nine", '<g id="1">nine</g><x id="2"/>')
        + "</target><note>the the</note></trans-unit>\n"
        for i, (text, source) in enumerate(pairs)
    )
    return (
        '<?xml version="1.0"?>\n<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2">'
        '<file original="a" source-language="uk-UA" target-language="en-GB" datatype="html"><body>'
        f"{units}</body></file></xliff>"
    )


def _xliff2(pairs: Pairs) -> str:
    units = "".join(
        f'<unit id="p{i}">'
        + "".join(
            f"<segment><source>{escape(s)}</source><target>{escape(t)}</target></segment>"
            "<ignorable><source> </source></ignorable>"
            for t, s in zip(_sentences(text), _sentences(source), strict=True)
        )
        + "</unit>\n"
        for i, (text, source) in enumerate(pairs)
    )
    return (
        '<xliff version="2.0" srcLang="uk" trgLang="en" '
        f'xmlns="urn:oasis:names:tc:xliff:document:2.0"><file id="f">{units}</file></xliff>'
    )


def _sentences(text: str) -> list[str]:
    return re.split(r"(?<=[a-zа-яіїє]\.) ", text)


def _tmx(pairs: Pairs) -> str:
    units = "".join(
        f'<tu><tuv xml:lang="uk"><seg>{escape(source)}</seg></tuv><tuv xml:lang="en-GB"><seg>'
        + escape(text).replace("nine", '<bpt i="1">&lt;b></bpt>nine<ept i="1">&lt;/b></ept>')
        + "</seg></tuv></tu>\n"
        for text, source in pairs
    )
    return (
        '<?xml version="1.0"?>\n<!DOCTYPE tmx SYSTEM "tmx14.dtd">\n<tmx version="1.4">'
        f'<header srclang="uk"/><body>{units}</body></tmx>'
    )


def _po(pairs: Pairs) -> str:
    header = (
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Language: en\\n"\n'
    )
    entries = (f"\n#: a.c\nmsgid {_c(source)}\nmsgstr {_c(text)}\n" for text, source in pairs)
    return header + "".join(entries)


def _c(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    parts = re.findall(r".{1,50}(?<!\\)(?:\\\\)*(?: |\Z)|.+", escaped)
    return '""\n' + "\n".join(f'"{part}"' for part in parts)


def _srt(pairs: Pairs, point: str = ",", write: Callable[[str], str] = str) -> str:
    cues = []
    for number, (text, _) in enumerate(pairs, 1):
        lines = map(write, re.findall(r"\S.{0,36}(?= |\Z)", text))
        begin, end = (_time(5 * number + seconds, point) for seconds in (0, 3))
        cues.append(f"{number}\n{begin} --> {end}\n" + "\n".join(lines))
    return "\n\n".join(cues) + "\n"


def _time(seconds: int, point: str) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{point}000"


def _vtt(pairs: Pairs) -> str:
    return "WEBVTT\n\n" + _srt(pairs, ".", lambda line: html.escape(line, quote=False))


WRITERS: dict[str, Callable[[Pairs], str | bytes]] = {
    "article.txt": _text,
    "article.md": _markdown,
    "article.html": _html,
    "article.docx": _docx,
    "article.srt": _srt,
    "article.vtt": _vtt,
    "article.tsv": _tsv,
    "article.csv": _csv,
    "article.jsonl": _jsonl,
    "article-1.xlf": _xliff1,
    "article-2.xliff": _xliff2,
    "article.tmx": _tmx,
    "article.po": _po,
}
