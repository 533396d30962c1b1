"""Page furniture stands in the text.

What it finds
-------------
Lines that belong to the page and not to the article: links and their labels (*Source link*, *Read
more*, *Related articles*), buttons (*Share this*, *Print*, *Subscribe to our newsletter*), cookie
and copyright lines, lines on the translation of the page (*Translated by Google*), credits of the
desk (*Reporting by ...; Editing by ...*), advertisement marks, comment counters, breadcrumbs
(*Home > News > World*), time stamps of the page (*Updated 3 hours ago*, *4 min read*); and the
name of a section or a site glued to the headline (*... | Taliban News*, *... - BBC News*). The
span is the whole line, or what is glued together with its bar; the suggestion deletes it.

Why it matters
--------------
What a scraper leaves in the text is translated with it and published as if the newsroom had
written it.

Example
-------
Bad: Troops retake border town | World News

Good: Troops retake border town

Not flagged
-----------
The same words within prose (*he read more books*; *Read more than once, the letter ...*); lines
that end a sentence, unless they are known formulas; bylines with a place (*Additional report by
Jane Doe in Lund*); lists of results with bars; a dash before anything but the name or domain of an
outlet, and before an agency or portal outside the headline; messages of a program (PO). A single
word is minor.

Source
------
MQM, Accuracy/Addition. The word lists in `furniture.toml` name their sources.

Measured
--------
`python bench/rates.py --rule residue-boilerplate`: 10.9 and 3.8 hits per 1,000 sentences of
machine translation (WMT21/22 news, MQM newstest2020/21), 6.4 and 5.7 of the human references to
them (names of sites and agencies glued to scraped headlines, which the translators kept), 2.6 of
GUM news, 0 of PUD. Of 82 different hits on human text read, all but 4 were right,
and those 4 are gone. Of 146 lines of
furniture and 27 glued headlines written without a look at the lists, 84 and 74 % were found at
first, and 99 and 100 % after what was missed had been generalised.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import groupby, islice

import regex

from mtqa.config import Settings
from mtqa.result import Severity
from mtqa.rules.rule import Hit, Rule
from mtqa.text.analysis import Analysis
from mtqa.text.document import Span
from mtqa.text.lines import shorten

_SHOWN = 60  # characters in a message
# Furniture is short; cookie notices are the longest of it.
_LONGEST = 220  # code points
_LONGEST_REST = 8  # words after a known beginning, when that is one or two words
_LONG_BEGINNING = 3  # words from which on a known beginning may end a sentence
_LONGEST_TITLE = 24  # words after Read more: and the like
_SHORTEST_PROSE = 8  # words from which on a title does not end in a full stop
# Lines of furniture vocabulary that is in no list of phrases.
_LONGEST_VOCABULARY = 12
_UNKNOWN_SHARE = 0.2

# What decorates a line on its left and on its right; a number sign stands for a number here.
_LEFT = " •·►▶▸▹»›→➡➜↓↑★☆■▪◆●○✓✔✉☰|>*+_[(<{【〔-–—~="
_RIGHT = " »›→➡➜↓↑▼▲▾|>*+_])}】〕-–—~=…:.!。！："
_NUMBER = regex.compile(r"\p{N}+(?:[.,:]\p{N}+)*")
_STOP = re.compile(r"[.!?。！？۔؟।]['’\"”»)\]]*\Z")
_PROSE = re.compile(r"""[.。۔।][’”»"')\]]*\Z|[.!?][’”»"']+\s""")
_PIECES = regex.compile(
    r"(?:(?<!\s)\s++)?+[|｜•·/]\s*+|(?<!\s)\s++[-–—]\s++|(?<=[.!?…])\s++|(?<=[。！？])"
)
# What every line has that _PIECES cuts in two: spares most of them.
_CUT = re.compile(r"[|｜•·/。！？]|\s[-–—]\s|[.!?…]\s")
_UNSPACED = regex.compile(r"[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]")
_TOKEN = regex.compile(r"[\p{L}\p{M}\p{N}][\p{L}\p{M}\p{N}'’\-/]*|[&+]")

# What a page says to its reader, and what it wants followed by name.
_SPOKEN_TO = frozenset({"our", "your", "us", "here", "below"})
_ADDRESSED = frozenset(
    "we you our your please let tell write send call text reach click here then don't do why "
    "how help support become just simply use press find".split()
)
_FOLLOWED = frozenset({"follow", "download", "like", "join", "get", "visit"})

# What follows a label: Read more: …
_COLONS = re.compile(r"[:：|]\s*(?=\S)")
# What each breadcrumb has.
_ARROW = re.compile(r"[>»›→/|]|::")

# 14 Jul 2021, 10:32 am
_TIME_STAMP = re.compile(
    r"(?=.*\b(?:19|20)\d\d\b)(?=.*\b\d{1,2}:\d\d\b)"
    r"(?:[\s\d.,:/|·•@+\-–—()]|\b(?:on|at|by|am|pm|a\.m|p\.m|st|nd|rd|th|utc|gmt|bst|est|edt|cst|cdt|pst|"
    r"pdt|cet|cest|msk|ist|jst|kst|z|t|"
    r"mon(?:day)?|tues?(?:day)?|wed(?:nesday)?|thu(?:rs)?(?:day)?|fri(?:day)?|sat(?:urday)?|"
    r"sun(?:day)?|jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b)++",
    re.IGNORECASE,
)
# Home > News > World
_BREADCRUMB = re.compile(
    r"(?:home|homepage|start|startseite|accueil|inicio|início|home page|strona główna|ana sayfa|"
    r"главная|головна|الرئيسية|דף הבית|首页|首頁|ホーム|홈|news|world|you are here|sie sind hier)"
    r"\s*+:?(?:\s*+(?:>>?|»|›|→|/|::|\|)\s*+(?:[^>»›→|/:]|:(?!:)){1,60}+){1,6}",
    re.IGNORECASE,
)
_BREADCRUMB_ARROWS = regex.compile(
    r"[\p{Lu}\p{Lo}][^>»›→.!?]{0,30}(?:\s+(?:>|»|›|→)\s+[\p{Lu}\p{Lo}][^>»›→.!?]{0,40}){2,6}"
)

# What is glued to a headline: after a bar anything short, after a dash a publisher.
_GLUED_BAR = re.compile(
    r"(?<=\S)\s*(?P<bar>[|｜¦]|(?<=\s)[»›](?=\s))\s*(?P<name>[^|｜¦»›«‹]{2,60})\Z"
)
_GLUED_DASH = re.compile(r"(?<=\S)\s+(?P<bar>[-–—•·:])\s*(?P<name>[^-–—|•·:]{2,40})\Z")
# The headline alone: Court fines bank – DW – 03/05/2022, Court fines bank :: Example.ru
_SEPARATOR = re.compile(r"(?<=\S)\s+(?:::?|//?|[-–—•·»~])\s+(?=\S)")
_LONGEST_SUFFIX = 60  # code points; an outlet and a date
_LONGEST_HEADLINE = 25  # words
_DATE = regex.compile(
    r"\p{N}{1,4}[./-]\p{N}{1,2}[./-]\p{N}{2,4}(?:,?\s\p{N}{1,2}:\p{N}\p{N})?"
    r"|(?:\p{L}+,?\s)?\p{N}{1,2}\.?\s\p{L}+\.?,?\s(?:19|20)\p{N}\p{N}"
    r"|\p{L}+\.?\s\p{N}{1,2},?\s(?:19|20)\p{N}\p{N}"
    r"|(?:19|20)\p{N}\p{N}年\p{N}{1,2}月\p{N}{1,2}日"
)
_DOMAIN = regex.compile(r"(?:www\.)?[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*\.\p{L}{2,6}")
_HEADLINE_WORDS = 4  # at least, before the bar
_NAME_WORDS = 6  # at most, after it
_PUBLISHER = re.compile(
    # Words that only a publication has in its name, then sites with names of other kinds. Agencies
    # and portals are left out: only on the headline are they sure to be the page's.
    r"\b(?:news|newspaper|times|post|herald|tribune|gazette|chronicle|guardian|telegraph|observer|"
    r"magazine|online|broadcasting|\w+\.(?:com|net|org|co\.uk|info|tv|news|de|fr|es|it|ua|in)|"
    r"al jazeera(?: english)?|deutsche welle|npr|euronews|france 24|politico|axios|vox|the hill|"
    r"the independent|le monde|le figaro|spiegel|faz|die zeit|die welt|süddeutsche|tagesschau|"
    r"el país|el mundo|la repubblica|corriere|haaretz|ynet|dawn|ndtv|the hindu|nachrichten|zeitung|"
    r"noticias|notícias|notizie|nieuws|nyheter|haber(?:leri|ler)?|новости|известия|новини|أخبار|"
    r"الجزيرة|חדשות|新闻|新聞|ニュース|뉴스)\b",
    re.IGNORECASE,
)
_AGENCY = re.compile(
    r"\b(?:news agency|press agency|xinhua|chinanews|china news|ecns|cctv|cgtn|reuters|afp|ap news|"
    r"tass|interfax|kyodo|yonhap|ria novosti|anadolu|bloomberg|yahoo|msn|google)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Furniture:
    """The word lists, normalised as `_normalise` does lines.

    Attributes:
        lines: whole lines.
        beginnings: a line may go on after them; by their first two letters.
        endings: a line may lead up to them.
        patterns: lines with a gap in the middle.
        labels: words that a colon and a title may follow.
        classes: whole lines by their make, in regular expressions, by language.
        outlets: names of news outlets, lower case.
        verbs: imperatives of the web, English.
        nouns: things that only a page has, English.
        fillers: words between them, English.
    """

    lines: frozenset[str]
    beginnings: Mapping[str, tuple[str, ...]]
    endings: tuple[str, ...]
    patterns: re.Pattern[str]
    labels: frozenset[str]
    classes: Mapping[str, Sequence[str]]
    outlets: frozenset[str]
    verbs: frozenset[str]
    nouns: frozenset[str]
    fillers: frozenset[str]


def check(analysis: Analysis, settings: Settings) -> Iterator[Hit]:
    """Page furniture, and names of sections and sites glued to the headline."""
    if analysis.document.messages:
        return
    text = analysis.text
    classes = _classes(_languages(analysis))
    for index, paragraph in enumerate(analysis.paragraphs):
        line = text[slice(*paragraph)]
        if len(line) <= _LONGEST and _is_furniture(line, classes):
            yield _hit(text, paragraph, whole=True)
            continue
        glued = _find_glued(line, headline=index == 0)
        if glued and (index == 0 or not _in_table(analysis, index)):
            start = paragraph.start + glued.start
            name = text[start : paragraph.end].lstrip("|｜¦»›•·:-–— ")
            yield Hit(
                span=Span(start, paragraph.end),
                message=f"“{name}” is the name of a section or site, glued to the headline.",
                severity=Severity.MINOR,
                suggestion="",
                confidence=0.9,
                safe=True,
            )
            continue
        tail = _tail(analysis, index)
        if tail and _is_formula(text[slice(*tail)], classes):
            yield _hit(text, tail)


def _hit(text: str, span: Span, *, whole: bool = False) -> Hit:
    """A piece of furniture; ``whole``: it is a line of its own."""
    words = shorten(text[slice(*span)], _SHOWN)
    return Hit(
        span=span,
        message=f"“{words}” belongs to the page, not to the article.",
        severity=Severity.MAJOR if " " in words or not words.isascii() else Severity.MINOR,
        suggestion="",
        confidence=0.9,
        safe=whole,
    )


def _tail(analysis: Analysis, index: int) -> Span | None:
    """The last sentence of a paragraph that has more than one."""
    paragraph = analysis.paragraphs[index]
    last = analysis.sentences[analysis.sentence_at(paragraph.end - 1)]
    if last.start <= paragraph.start or last.end - last.start > _LONGEST:
        return None
    return last


def _languages(analysis: Analysis) -> frozenset[str]:
    """The languages that furniture of the page may be in."""
    langs = {"en", analysis.lang}
    if analysis.source is not None:
        langs.add(analysis.source.lang)
    return frozenset(langs)


def _is_furniture(line: str, classes: re.Pattern[str]) -> bool:
    if (
        _is_formula(line, classes)
        or (
            _ARROW.search(line)
            and (_BREADCRUMB.fullmatch(line) or _BREADCRUMB_ARROWS.fullmatch(line))
        )
        or (":" in line and _TIME_STAMP.fullmatch(line))
        or _is_vocabulary(line)
    ):
        return True
    if not _CUT.search(line):
        return False
    # Already a subscriber? Log in; About us | Contact | Advertise with us
    pieces = 0
    for piece in _PIECES.splititer(line):
        if _TOKEN.search(piece):
            pieces += 1
            if not (_is_formula(piece, classes) or _is_vocabulary(piece)):
                return False
    return pieces > 1


def _is_formula(line: str, classes: re.Pattern[str]) -> bool:
    """Whether a line is, or begins as, a known piece of furniture, or is of one of ``classes``."""
    furniture = _furniture()
    plain = _normalise(line)
    if plain in furniture.lines:
        return True
    if len(plain) <= _LONGEST and classes.fullmatch(plain):
        return True
    beginnings = furniture.beginnings.get(plain[:2], ())
    if plain.startswith(beginnings):
        stopped = bool(_STOP.search(line))
        for beginning in beginnings:
            if plain.startswith(beginning) and _goes_on_well(plain, beginning, stopped):
                return True
    if plain.endswith(furniture.endings) or furniture.patterns.fullmatch(plain):
        return len(plain.split()) <= _LONGEST_TITLE
    colon = _COLONS.search(plain)
    if colon is None or plain[: colon.start()].rstrip() not in furniture.labels:
        return False
    if line[0] in "([（":  # (Source: Reuters) is a credit
        return False
    title = plain[colon.end() :]
    if len(title.split()) >= _SHORTEST_PROSE and _PROSE.search(line):
        return False  # More on this: Ms Doe, who has written nine books, travels light.
    return len(title.split()) <= _LONGEST_TITLE


def _goes_on_well(plain: str, beginning: str, stopped: bool) -> bool:
    rest = plain[len(beginning) :]
    if rest and rest[0].isalnum() and beginning[-1].isalnum() and not _UNSPACED.match(rest):
        return False  # subscribe, but not subscribed
    question, mark, answer = plain.partition("?")
    if mark and len(question) <= len(beginning) + _LONGEST_REST:
        # Got a tip? Write to us; but: Got a tip? Doe has: “Buy a map.”
        word = _TOKEN.search(answer)
        return word is None or word[0] in _furniture().verbs | _ADDRESSED
    if len(beginning.split()) >= _LONG_BEGINNING:
        return True
    return not stopped and len(rest.split()) <= _LONGEST_REST and len(rest) <= 8 * _LONGEST_REST


def _is_vocabulary(line: str) -> bool:
    """Whether a line is made of the vocabulary of web pages: Get our app, View gallery (12)."""
    furniture = _furniture()
    tokens = [match[0] for match in islice(_TOKEN.finditer(line), _LONGEST_VOCABULARY + 1)]
    if not 1 <= len(tokens) <= _LONGEST_VOCABULARY:
        return False
    words = [token.lower().replace("’", "'") for token in tokens]
    nouns = sum(word in furniture.nouns for word in words)
    known = sum(
        word in furniture.nouns
        or word in furniture.fillers
        or word in furniture.verbs
        or word[0].isdigit()
        or (place > 0 and words[0] in _FOLLOWED and tokens[place][0].isupper())
        for place, word in enumerate(words)
    )
    if len(words) - known > _UNKNOWN_SHARE * len(words):
        return False
    orders = words[0] in furniture.verbs or (
        len(words) > 1 and words[0] == "please" and words[1] in furniture.verbs
    )
    spoken_to = not _SPOKEN_TO.isdisjoint(words)
    if _STOP.search(line):
        return orders and known == len(words) and (nouns > 1 or (nouns > 0 and spoken_to))
    if known == len(words) and (nouns > 1 or (orders and spoken_to)):
        return True
    return orders and nouns > 0


def _find_glued(line: str, *, headline: bool) -> Span | None:
    """What is glued to the end of a headline, from its bar on."""
    if _STOP.search(line) or len(line) > 2 * _LONGEST:
        return None
    start: int | None = None
    end = len(line)
    while match := _GLUED_BAR.search(line, 0, end):
        if len(match["name"].split()) > _NAME_WORDS:
            break
        start = end = match.start("bar")
        end = len(line[:end].rstrip())
    if start is None:
        match = _GLUED_DASH.search(line)
        if match and _is_publisher(match["name"]):
            start = match.start("bar")
    if headline:
        outlet = _find_outlet(line[:end].rstrip())
        start = start if outlet is None else outlet
    if start is None or len(_TOKEN.findall(line[:start])) < _HEADLINE_WORDS:
        return None
    return Span(start, len(line))


def _find_outlet(headline: str) -> int | None:
    """Where an outlet begins that ends a headline after a dash, with a date or not."""
    if len(headline.split()) > _LONGEST_HEADLINE:
        return None
    end = len(headline)
    found: int | None = None
    first = max(0, end - _LONGEST_SUFFIX)
    for mark in reversed(list(_SEPARATOR.finditer(headline, first))):
        name = headline[mark.end() : end].strip()
        if _is_outlet(name):
            found = mark.start() + len(mark[0]) - len(mark[0].lstrip())
        elif not _DATE.fullmatch(name):
            break
        end = mark.start()
    return found


def _is_outlet(name: str) -> bool:
    plain = name.casefold().strip(" .!()[]")
    outlets = _furniture().outlets
    known = plain in outlets or plain.removeprefix("the ") in outlets
    return (known and not name[0].islower()) or bool(_DOMAIN.fullmatch(name)) or _is_publisher(name)


def _is_publisher(name: str) -> bool:
    """Whether a short capitalised name is that of a publication."""
    words = name.split()
    return (
        len(words) <= 4
        and bool(_PUBLISHER.search(name))
        and not _AGENCY.search(name)
        and all(not word[0].islower() or word in ("of", "the", "and") for word in words)
    )


def _in_table(analysis: Analysis, index: int) -> bool:
    """Whether the lines about a line have bars too, as tables and lists of results do."""
    around = (
        analysis.paragraphs[max(0, index - 2) : index] + analysis.paragraphs[index + 1 : index + 3]
    )
    return any(
        analysis.text.find(bar, *paragraph) >= 0 for paragraph in around for bar in ("|", "｜")
    )


def _normalise(line: str) -> str:
    """Lower case, numbers as #, no decoration, single spaces."""
    plain = " ".join(line.replace("’", "'").lower().split())
    return _undecorated(_NUMBER.sub("#", plain))


def _undecorated(line: str) -> str:
    return line.lstrip(_LEFT).rstrip(_RIGHT)


@cache
def _furniture() -> _Furniture:
    table = tomllib.loads(
        (files("mtqa.rules.residue") / "furniture.toml").read_text(encoding="utf-8")
    )
    lines: set[str] = set()
    beginnings: set[str] = set()
    endings: set[str] = set()
    patterns: set[str] = set()
    labels: set[str] = set()
    outlets = table.pop("outlets")
    for language in table.values():
        for phrase in language["lines"]:
            fixed = phrase.strip("*")
            if "*" in fixed:
                patterns.add(r".{1,60}".join(map(re.escape, phrase.split("*"))))
            elif phrase.startswith("*"):
                endings.add(fixed)
            elif phrase.endswith("*"):
                stem = fixed.rstrip()
                lines.add(_undecorated(stem))
                beginnings.add(stem)
            else:
                lines.add(_undecorated(phrase))
        labels.update(language["labels"])
    english = table["en"]
    return _Furniture(
        lines=frozenset(lines),
        beginnings={
            start: tuple(group) for start, group in groupby(sorted(beginnings), lambda one: one[:2])
        },
        endings=tuple(sorted(endings)),
        patterns=re.compile("|".join(sorted(patterns))),
        labels=frozenset(labels),
        classes={lang: language.get("classes", ()) for lang, language in table.items()},
        outlets=frozenset(name for names in outlets.values() for name in names),
        verbs=frozenset(english["verbs"].split()),
        nouns=frozenset(english["nouns"].split()),
        fillers=frozenset(english["fillers"].split()),
    )


@cache
def _classes(langs: frozenset[str]) -> re.Pattern[str]:
    """What `_Furniture.classes` holds for some languages.

    For these re takes a third of the time that regex takes, to compile and to match.
    """
    classes = _furniture().classes
    return re.compile("|".join(sorted(one for lang in langs for one in classes.get(lang, ()))))


RULE = Rule(
    name="residue-boilerplate",
    family="residue",
    category="Accuracy/Addition",
    severity=Severity.MAJOR,
    check=check,
    documentation=__doc__,
)
