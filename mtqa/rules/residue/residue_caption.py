"""A picture caption or credit stands in the body of the article.

What it finds
-------------
Captions and credits that stand in the text without their picture: *[File: Name/EPA]*, *(Photo:
Name)*, *Image: Getty Images*, *Photograph by Name*, *(AP Photo/Name)*, *© Reuters*, *Bild: dpa*;
and a caption that stands twice. The span is the whole line when the line is a caption (words that
end in a credit without a full stop before it), else the credit alone. Where one credit stands more
than once, the message says so and the other places are related.

Why it matters
--------------
The picture is lost on the way to the translation, its caption is not: it cuts the story in two,
and the same picture of an agency often brings the same caption twice.

Example
-------
Bad: Lorries wait at the border post [File: Jane Doe/EPA]
Good: (the line deleted, or put under its picture)

Not flagged
-----------
Agencies in datelines and attributions (*KABUL (Reuters) -*, *told AFP*); credits of writers
(*Reporting by ...*); prose about pictures; *Image:* followed by anything but a picture agency.

Source
------
MQM, Accuracy/Addition. Agencies: the members of MINDS and EANA and the picture agencies of
Wikipedia's "List of news agencies" and "Stock photography" (read July 2021).

Measured
--------
``python bench/rates.py --rule residue-caption``: 0.05 and 0.6 hits per 1,000 sentences of machine
translation (WMT21/22 news, MQM newstest2020/21), 0.3 and 0.5 of the human references to them,
none on the news of GUM and PUD. Of 25 hits read, all were captions or credits.
Of 41 captions written without a look at the lists 68 % were found at first, and all after what was
missed had been generalised.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import regex

from mtqa.config import Settings
from mtqa.result import Severity
from mtqa.rules.rule import Hit, Rule
from mtqa.text.analysis import Analysis
from mtqa.text.document import Span
from mtqa.text.lines import shorten

# So many other places are related at most: a report must not grow with the square of the repeats.
_MAX_RELATED = 20
_SHOWN = 60  # characters of a line in a message
# A caption is at most a long sentence or two.
_LONGEST = 600  # code points
_CREDIT = 90  # code points; names and agencies
# A line with fewer words may be a subheading that comes back; captions are longer.
_SHORTEST_TWICE = 8

_AGENCY = (
    r"(?:AAP|AA|ABACA(?: ?Press)?|ADN|AFP|Agerpres|Alamy|Anadolu(?: Agency| "
    r"Ajans[ıi])?|ANI|ANP|ANSA|"
    r"AP|APA|APTN|Associated Press|Avalon|Belga|Bloomberg|BTA|Canadian Press|Corbis|"
    r"CTK|ČTK|dpa|EFE|"
    r"EPA(?:-EFE)?|EPN|Europa ?Press|Flash ?90|Flickr|Folhapress|Getty(?: Images?)?|HINA|Imago|"
    r"Imaginechina|Interfax|iStock(?:photo)?|Keystone|Kyodo(?: News)?|LaPresse|"
    r"Lehtikuva|LightRocket|"
    r"Lusa|Magnum(?: Photos)?|MAXPPP|MTI|NurPhoto|NTB|PA(?: Wire| Media| Images)?|PAP|Pexels|"
    r"[Pp]icture[ -]?[Aa]lliance|Pixabay|Pool|Press Association|PTI|Reuters|REX(?: "
    r"Features)?|RIA Novosti|"
    r"Ritzau|Rossiya Segodnya|Scanpix|Shutterstock|SIPA(?: USA| Press)?|SOPA(?: Images)?|Sputnik|"
    r"STA|Tanjug|TASS|TT|Ukrinform|ullstein|UNIAN|Unsplash|UPI|USA Today Sports|VCG|"
    r"Wikimedia(?: Commons)?|Xinhua|Yonhap|ZUMA(?: ?Press| ?Wire)?|AP Photo|AFP Photo|"
    r"Reuters Photo|"
    r"РИА Новости|ТАСС|Рейтер|Reuters Connect|"
    r"新华社|新華社|中新社|共同|時事|ロイター|路透社|法新社|"
    r"رويترز|فرانس برس|أ ف ب)"
)
# Labels of a credit, by how sure they are. A sure one needs only a colon and a name, the others a
# picture agency after it.
_SURE = (
    r"(?:file(?: photo(?:graph)?| image| picture| pic)?|(?:photo|image|picture|pic|photograph)s?"
    r"[ -](?:credits?|copyright|source|courtesy(?: of)?|by)|photo(?:graph)?s?|handout|courtesy|"
    r"fotos?|archivfoto|archivbild|symbolfoto|symbolbild|agenturfoto|crédits? photos?|crédits?|"
    r"crédito|créditos|foto de archivo|foto de|foto di|imagen de archivo|fotografía|fot\.|zdjęcie|"
    r"fotoğraf|beeld|фото|фотография|світлина|الصورة|صورة|תמונה|צילום|图片来源|图源|图片|摄影|"
    r"圖片來源|圖片|攝影|写真提供|写真|撮影|画像提供|사진)"
)
_UNSURE = (
    r"(?:images?|pictures?|pic|video|credits?|bild(?:er)?|imagen|imagem|immagine|reprodução|画像)"
)
_COLON = r"\s*[:：/／]\s*"
_NAME = r"[^\[\]()【】（）\n]"

# Credits, each from its first to its last character; all end a line.
_BRACKETED = (
    rf"[\[(【（]\s*(?:(?i:{_SURE}){_COLON}{_NAME}{{2,{_CREDIT}}}"
    rf"|(?i:(?:photo|image|picture|photograph)s?\s+(?:by|courtesy of|"
    rf"from))\s+{_NAME}{{2,{_CREDIT}}}"
    rf"|(?i:{_UNSURE}){_COLON}{_NAME}{{0,{_CREDIT}}}?\b{_AGENCY}\b{_NAME}{{0,20}}"
    rf"|{_NAME}{{2,60}}?\s?/\s?{_AGENCY}(?:\s?/\s?{_NAME}{{2,30}})?"
    rf"|{_AGENCY}(?:\s(?:Photo|Images?|Pool))?\s?/\s?{_NAME}{{2,60}}"
    # [Jane Doe/The Daily Herald]: square brackets and two names are a credit at any paper
    r"|(?<=\[)\p{Lu}[^\s/\]]*(?:\s\p{Lu}[^\s/\]]*){1,3}\s?/\s?\p{Lu}[^/\]]{1,40}(?=\])"
    rf"|{_NAME}{{2,60}}\svia\s{_AGENCY}|Getty(?: Images)?|AP Photo|Shutterstock|iStock|Alamy)"
    r"\s*[\])】）][.。]?\Z"
)
_BARE = (
    rf"(?:(?<=\A|\s)(?i:{_UNSURE}){_COLON}(?:{_NAME}{{2,40}}?\s?/\s?)?{_AGENCY}"
    rf"(?:\s?/\s?{_NAME}{{2,40}})?"
    rf"|(?<=\A)(?i:{_SURE}){_COLON}[^\s.!?]++(?:\s[^\s.!?]++){{0,4}}\s?"
    rf"|(?<=\A|[\p{{Ll}}\p{{N}}.,]\s)(?:Photo|Photos|Photograph|Photographs|Image|Picture)"
    rf"\s(?:by|courtesy of|courtesy):?(?:\s\p{{Lu}}[^\s.!?]*){{1,6}}"
    r"|(?<=\A|\s)(?:AFP|AP Photo|EPA|REUTERS|Reuters|Xinhua|TASS|dpa|"
    r"Anadolu)(?:/\p{Lu}[^/.!?]{1,40}){1,2}"
    rf"|(?<=\A|\s)(?:©|\(c\)|Copyright)\s?(?:\d{{4}}\s)?(?:{_NAME}{{2,40}}?\s?/\s?)?{_AGENCY}"
    rf"(?:\s?/\s?{_NAME}{{2,40}})?)[.]?\Z"
)
# FILE PHOTO: A tanker leaves the port
_OPENED = regex.compile(
    r"(?:FILE PHOTO|File photo|FILE|PHOTO|IN PICTURES)\s*[:–—-]\s+\S"
    r"|(?:Image|Media|Video|Photo|Picture) (?:caption|source|credit)[,:]?\s+\S"
    r"|(?:Caption|Pictured|Pictured above): \S"
)
# Credits after a sentence, and lines that are nothing but a credit (_ALONE).
_NAMES = r"\p{Lu}[^\s.!?,;]*(?:[ -](?:of|the|de|van|von|\p{Lu}[^\s.!?,;]*)){0,5}"
# What every credit has that _TAIL finds: spares most paragraphs.
_HINT = regex.compile(r"[/©]|\(c\)|[:：]\s?\p{Lu}|[Pp]hoto|[Ii]mages?\s|Pictures?\s|\)[.]?\Z")
_SHORT = 40  # code points
# The same for _BRACKETED and for _BARE.
_CLOSED = tuple(bracket + stop for bracket in "])】）" for stop in ("", ".", "。"))
_MARKED = regex.compile(r"[:：/／©]|\(c\)|Copyright|Photo|Image|Picture")
_TAIL = (
    rf"(?<=\A|[.!?…。\d|]['’\"”»)]?\s)(?:\|\s*)?"
    rf"(?:(?:Photo|Photos|Photograph|Foto|Fotos|Фото|Світлина|Video|Видео|Відео)"
    rf"(?:\s(?:[Cc]redit|[Ss]ource))?\s?[:：]\s?{_NAMES}(?:\s?/\s?{_NAMES}){{0,2}}"
    rf"|(?:Photo|Photos|Image|Picture)s?\s(?:by|courtesy of|from)\s(?:the\s|an?\s)?"
    rf"(?:{_NAMES}(?:\s?/\s?{_NAMES}){{0,2}}|family|author|open sources|archive|social media)"
    rf"|(?:©|\(c\))\s?{_NAMES}(?:\s?/\s?{_NAMES}){{1,2}}"
    rf"|{_AGENCY}\s?/\s?{_NAMES}|\({_AGENCY}\))[.]?\Z"
)
_ALONE = regex.compile(
    r"(?:\[(?:Al Jazeera|Screengrab|Screenshot|Handout|Courtesy|Reuters|AP|AFP|EPA|Getty)\]"
    r"|(?:Getty Images|Reuters|AFP|EPA(?:-EFE)?|AP Photo|Shutterstock|iStock|Alamy|Xinhua|TASS)"
    r"|(?:Illustrative|Illustration|Archive|Stock|Symbolic|Representative|Representational) "
    r"(?:photo|image|picture))[.]?"
)
_STOP = regex.compile(r"[.!?…。！？]['’\"”»)]*\s*\Z")
_WORD = regex.compile(r"\p{L}[\p{L}\p{M}]*")


@cache
def _compiled(pattern: str) -> regex.Pattern[str]:
    """Most texts need none of the large patterns, which take 0.03 s."""
    return regex.compile(pattern)


@dataclass(frozen=True, slots=True)
class _Caption:
    span: Span
    credit: Span


def check(analysis: Analysis, settings: Settings) -> Iterator[Hit]:
    """Captions and credits, and captions that stand twice."""
    text = analysis.text
    captions: list[_Caption] = []
    lines: defaultdict[str, list[Span]] = defaultdict(list)
    for index, paragraph in enumerate(analysis.paragraphs):
        if paragraph.end - paragraph.start > _LONGEST:
            continue
        caption = _find(text, paragraph)
        if caption:
            captions.append(caption)
        elif index and not _STOP.search(text, paragraph.end - 3, paragraph.end):
            line = " ".join(text[slice(*paragraph)].split())
            if len(_WORD.findall(line)) >= _SHORTEST_TWICE:
                lines[line].append(paragraph)
    by_credit: defaultdict[str, list[_Caption]] = defaultdict(list)
    for caption in captions:
        by_credit[_plain(text[slice(*caption.credit)])].append(caption)
    for caption in captions:
        credit = _plain(text[slice(*caption.credit)])
        same = by_credit[credit]
        others = tuple(other.credit for other in same[: _MAX_RELATED + 1] if other is not caption)
        kind = "A picture credit" if caption.span == caption.credit else "A picture caption"
        yield Hit(
            span=caption.span,
            message=f"{kind} stands in the text"
            + (f"; the credit “{credit}” stands {_times(len(same))}." if others else "."),
            suggestion="",
            related=others,
            confidence=0.95,
            safe=True,
        )
    for line, places in lines.items():
        for place in places[1:]:
            yield Hit(
                span=place,
                message=f"The line “{shorten(line, _SHOWN)}” stands {_times(len(places))}, as "
                "captions do.",
                suggestion="",
                related=tuple(other for other in places[: _MAX_RELATED + 1] if other is not place),
                confidence=0.85,
            )


def _find(text: str, paragraph: Span) -> _Caption | None:
    """The caption or credit that ends a paragraph."""
    opened = _OPENED.match(text, paragraph.start, paragraph.end)
    if opened:
        return _Caption(paragraph, Span(paragraph.start, opened.end() - 1))
    start = max(paragraph.start, paragraph.end - _CREDIT - 40)
    tail = text[start : paragraph.end]
    match = None
    if tail.endswith(_CLOSED):
        match = _compiled(_BRACKETED).search(tail)
    if match is None and _MARKED.search(tail):
        match = _compiled(_BARE).search(tail)
    if match is None and len(tail) <= _SHORT:
        match = _ALONE.fullmatch(tail)
    if match is None and _HINT.search(tail):
        match = _compiled(_TAIL).search(tail)
    if match is None or (start > paragraph.start and match.start() == 0):
        return None
    credit = Span(start + match.start(), paragraph.end)
    before = text[paragraph.start : credit.start].rstrip()
    if before and match[0][-2:] in (").", "].", "）。", "】。"):  # the sentence goes on after it
        credit = Span(credit.start, credit.end - 1)
        return _Caption(credit, credit)
    if not before or _STOP.search(before) or before[-1] in ":;,-–—":
        return _Caption(credit, credit)
    return _Caption(paragraph, credit)


def _plain(credit: str) -> str:
    return " ".join(credit.strip("[]()【】（）.。:–—- ").split())


def _times(count: int) -> str:
    return "twice" if count == 2 else f"{count} times"


RULE = Rule(
    name="residue-caption",
    family="residue",
    category="Accuracy/Addition",
    severity=Severity.MINOR,
    check=check,
    documentation=__doc__,
)
