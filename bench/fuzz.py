"""Broken files, strange texts and hostile strings: does anything raise, hang, or point astray?

    python bench/fuzz.py readers rules patterns growth --seed 1 --seconds 120 --log fuzz.jsonl
    python bench/fuzz.py --sum fuzz.jsonl > bench/results/fuzz.txt

*readers*: a valid file of each format of the dispatch table, damaged (bits flipped, bytes cut out,
put in, moved, repeated; files of two formats spliced), is read. It must give a reading whose places
are true, or `Unreadable`. One in `_RULED` readings is also checked by all rules.
*rules*: texts of pieces that rules look at, in any order and several languages, half of them with a
source of the same kind, are checked by all rules; every span must lie in the text.
*patterns*: every regular expression that mtqa compiles is run, by the methods that the code calls
on it, over strings made of its own literals and of one character of many classes, a part of them
repeated. Where one takes long, the string is doubled twice: growth by more than `_STEEP` a doubling
is reported.
*growth*: the same for whole documents made of a repeated piece, all rules together.

A second of processor time for one small input counts as a hang. The inputs of a slice follow from
its seed; a slice ends with its time, so that their number does not.
"""

# Lines are as long as what they quote.
# ruff: noqa: E501

from __future__ import annotations

import argparse
import json
import pkgutil
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any

import regex

from mtqa.config import Settings

HANG = 1.0  # seconds of processor time

_STEEP = 2.9  # times as long for twice the text: n log n stays below 2.3, a square is 4
_SLOW = 0.002  # seconds for `_LENGTH` characters, from which growth is looked at
_LENGTH = 400  # characters
_ENDLESS = 20.0  # seconds after which a pattern is stopped
_RULED = 10
_FIRST = 3_000  # characters of a document whose growth is measured

_PROSE = (
    "Harbour of Port Selim opens again | Daily News\n\n“We have waited,” said Karim Haddad (an "
    "engineer), “for many months.” He said, he said.\n\nThe the ships carry 1,234.5 tonnes of "
    "grain & more to Spin Boldak; Spinboldak’s cafés are open. [Photo: Ann Lee/EPA]\n"
)
_HTML = (
    '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Port</title><script>if (a<b)'
    "{}</script></head><body><nav><a href='/'>Home</a></nav><article><h1>Port &amp; harbour</h1><!--"
    " c --><p>“We <b>have</b> waited,” said K.&nbsp;Haddad<br>twice.</p><ul><li>One&#x2014;two</ul>"
    "<pre> a\n b</pre><table><tr><td>1<td>2</table></article><footer>Share this</footer></body>"
)
_TSV = (
    "id\tsource\ttarget\tref\n1\tDer Hafen\tThe harbour \\t is\tThe port\n2\t„Ja“\t“Yes”\t“Yes”\n"
)
_CSV = 'source,mt,doc\r\n"Der ""Hafen""","The ""harbour"", he\nsaid",a\r\nJa,Yes,b\r\n'
_JSONL = (
    '{"source": "Der Hafen\\u00e9", "target": "The \\"harbour\\" \\ud83d\\ude00", "n": [1, {"a": 2}]}\n'
    '{"source": null, "target": "“Yes,” he said.\\n\\tNo", "doc": 3}\n'
)
_XLIFF = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:'
    'document:1.2"><file source-language="de" target-language="en" original="a" datatype="x"><body>'
    '<trans-unit id="1"><source>Der <g id="1">Hafen</g></source><target>The <g id="1">harbour</g> '
    '&amp; it</target></trans-unit><trans-unit id="2"><source>Ja</source><target/></trans-unit>'
    "</body></file></xliff>\n"
)
_TMX = (
    '<?xml version="1.0"?><tmx version="1.4"><header srclang="de" creationtool="a" '
    'creationtoolversion="1" segtype="sentence" o-tmf="a" adminlang="en" datatype="plaintext"/>'
    '<body><tu tuid="1"><tuv xml:lang="de"><seg>Der Hafen</seg></tuv><tuv xml:lang="en"><seg>The '
    "<bpt i='1'/>harbour<ept i='1'/> opens</seg></tuv></tu></body></tmx>\n"
)
_PO = (
    'msgid ""\nmsgstr ""\n"Language: en\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n#: a.c:1'
    '\n#, fuzzy\nmsgctxt "x"\nmsgid "Der Hafen"\nmsgstr "The \\"harbour\\"\\n"\n"opens"\n\n'
    'msgid "Schiff"\nmsgid_plural "Schiffe"\nmsgstr[0] "ship"\nmsgstr[1] "ships"\n'
)
_SRT = (
    "1\n00:00:01,000 --> 00:00:02,500\n<i>The harbour</i>\nopens.\n\n2\n00:00:03,000 --> 00:00:04,000"
    "\n- “Yes,” he said.\n"
)
_VTT = (
    "WEBVTT\n\nNOTE a\n\nSTYLE\n::cue {}\n\nid\n00:01.000 --> 00:02.500 align:start\n<v Ann>The &amp; "
    "harbour</v>\nopens.\n"
)
_MD = (
    '---\ntitle: Port\n---\n# Harbour *of* Port\n\n“We have **waited**,” said [Karim](http://a.b "c") '
    "&amp; `code`.\n\n- one\n  - two\n\n> quote\n\n```\nx\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
)

# A valid file for each format; a format that is not here starts from prose and from the others.
SEEDS: Mapping[str, tuple[str, ...]] = {
    "text": (_PROSE, "Москва. Он сказал: «Да».\n", "東京は「北京」だ。\n"),
    "html": (_HTML,),
    "tsv": (_TSV,),
    "csv": (_CSV,),
    "jsonl": (_JSONL,),
    "xliff": (_XLIFF,),
    "tmx": (_TMX,),
    "po": (_PO,),
    "srt": (_SRT,),
    "vtt": (_VTT,),
    "markdown": (_MD,),
    "md": (_MD,),
}

# What stands for something in one format or another.
_TOKENS = (
    b"\0", b"\r", b"\n", b"\r\n", b"\t", b'"', b'""', b"'", b"<", b">", b"</", b"/>", b"<!--", b"-->",
    b"<![CDATA[", b"]]>", b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"&", b"&amp;", b"&#0;", b"&#xD800;",
    b"&#x110000;", b"&b;", b"<p>", b"</p>", b"<script>", b"<pre>", b"<br>", b"\\", b"\\u", b"\\ud800",
    b"{", b"}", b"[", b"]", b",", b":", b"null", b"1e999", b"-->", b"```", b"---", b"msgid \"",
    b"msgstr \"", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xff", b"\xc3", b"\xe2\x80", b"\x80",
    "“”’«»„".encode(), "\u2028\u200b\ufeff".encode(), "😀e\u0301".encode(), b"charset=utf-16",
    b"encoding='latin-1'", b"<?xml version='1.1'?>", b"%s", b"{{a}}", b"PK\x03\x04",
)  # fmt: skip

# Pieces that rules look at, so that chance puts them side by side.
PIECES = (
    "said", "he said", "the", "However,", "Mohamed", "Mohammad", "Spin Boldak", "Spinboldak", "Mr.",
    "Ministry of Interior", "Raz Mohamed", "Source link", "[File: Ann Lee/EPA]", "Read more", "not",
    "“", "”", "‘", "’", '"', "'", "«", "»", "„", "「", "」", "(", ")", "[", "]", ".", "?!", ";", ":",
    ",", "…", " ", " ", " ", "\n", "\n\n", "\r\n", "\r", "\t", "\u00a0", "\u2028", "\u200b", "\ufeff",
    "\ufffd", "\x00", "&amp;", "<b>", "</p>", "{{name}}", "\\u0041", "https://a.b", "1,234.5", "12",
    "ten", "million", "$3", "50%", "5 May 2020", "17:30", "III", "½", "万", "लाख", "٣", "1.234,5",
    "’90s", "6'2\"", "Ã©", "â€œ", "café", "e\u0301", "Москва", "Pусский", "北京", "東京は", "sagte er",
    "ประเทศ", "क्षि", "שלום", "السلام", "😀", "👨\u200d👩\u200d👧", "\U0001d54f", "|", "-", "–", "a",
    "Der Hafen ist offen.", "The port is open.", "told reporters,", "according to", "A.",
)  # fmt: skip
LANGUAGES = ("en", "de", "fr", "ru", "ar", "he", "hi", "zh", "ja", "th", "und", "xx")

# One character, or a few, of each class that patterns speak of.
_CLASSES = (
    "a", "A", "é", "1", "٣", " ", "\u00a0", "\t", "\n", "\r\n", '"', "“", "”", "'", "’", ".", ",", ";",
    ":", "-", "–", "(", ")", "[", "]", "<", ">", "&", "/", "\\", "_", "я", "北", "ا", "क्", "e\u0301",
    "\u200b", "%", "$", "|", "{", "}", "=", "#", "@", "!", "?", "ab", "Ab", "a.", "A.", "1,", "a ",
    "A ", "1 ", "(a", "“a", "a-", ". ", ", ", "'a",
)  # fmt: skip

_LOCAL_CALL = re.compile(r"\b(?!regex\b|re\b)[a-z_][a-z0-9_]*\.(\w+)\(")
METHODS = ("search", "finditer", "findall", "sub", "subn", "split", "match", "fullmatch")

Report = Callable[[str], None]


def formats() -> tuple[str, ...]:
    """All formats that have a reader."""
    from mtqa.formats import read

    return tuple(read._READERS)


def damage(random: Random, data: bytes, other: bytes) -> bytes:
    """``data`` with one to four wounds."""
    for _ in range(random.choice((1, 1, 2, 4))):
        at, end = sorted(random.randrange(len(data) + 1) for _ in range(2))
        match random.randrange(8):
            case 0 if data:
                at = min(at, len(data) - 1)
                data = data[:at] + bytes([data[at] ^ 1 << random.randrange(8)]) + data[at + 1 :]
            case 1:
                data = data[:at]
            case 2:
                data = data[:at] + data[end:]
            case 3:
                data = data[:end] + data[at:]
            case 4:
                data = data[:at] + random.randbytes(random.randrange(1, 5)) + data[at:]
            case 5:
                data = data[:at] + random.choice(_TOKENS) * random.choice((1, 1, 2, 50)) + data[at:]
            case 6:
                data = data[:at] + other[random.randrange(len(other)) :]
            case _:
                data = data[:at] + random.choice(_TOKENS) + data[end:]
    return data


def valid_file(random: Random, format: str, text: str | None = None) -> bytes:
    """A file of a format, mostly in UTF-8."""
    if format == "docx" and text is None:
        return _docx()
    text = text or random.choice(SEEDS.get(format, (_PROSE, _HTML, _XLIFF)))
    encoding = random.choice(("utf-8",) * 8 + ("utf-8-sig", "utf-16", "utf-16-le", "cp1252"))
    return text.encode(encoding, "ignore")


def _docx() -> bytes:
    """A document of Word with one paragraph, its parts not compressed, so that wounds hit text."""
    import io
    import zipfile

    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/'
        'content-types"><Override PartName="/word/document.xml" ContentType="application/vnd.'
        'openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
        'relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/'
        'officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>'
        "</Relationships>",
        "word/document.xml": f"<w:document {space}><w:body><w:p><w:r><w:t>The harbour</w:t></w:r>"
        "<w:r><w:tab/><w:t> opens.</w:t></w:r></w:p></w:body></w:document>",
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return file.getvalue()


def read_broken(random: Random, format: str, report: Report, *, rules: bool = False) -> bool:
    """Damage a file of a format and read it. Returns whether there was something to read."""
    from mtqa.formats.plain import Unreadable
    from mtqa.formats.read import parse_document, read_bytes_as
    from mtqa.pipeline import check_document
    from tests.formats.readings import assert_sound

    data = damage(random, valid_file(random, format), valid_file(random, random.choice(formats())))
    settings = Settings(
        input_format=format, target_lang="en", source_lang="de", preview=True, qe=False
    )
    try:
        reading = read_bytes_as(format, data, settings)
        assert_sound(reading)
        reading.text.encode()  # no half of a pair of surrogates
        if rules:
            document = parse_document(data, settings, "a.x")
            result, problems = check_document(document, settings)
            for problem in problems:
                report(f"{format}: {problem.message}: {data!r}")
            for finding in result.findings:
                place = result.place(finding.span)
                if not place.text or result.file_text[place.start : place.end] != place.text:
                    report(f"{format}: {finding.rule} points astray: {data!r}")
    except Unreadable as error:
        if not error.message or "\n" in error.message:
            report(f"{format}: not one sentence: {error.message!r}: {data!r}")
        return False
    except Exception as error:
        report(f"{format}: {type(error).__name__}: {error} ({_place(error)}): {data!r}")
    return True


def _place(error: Exception) -> str:
    import traceback

    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(last.filename).name}:{last.lineno}"


def strange_text(random: Random, pieces: int) -> str:
    """Pieces that rules look at, side by side or with spaces between."""
    chosen = random.choices(PIECES, k=random.randrange(1, pieces))
    if random.random() < 0.2:
        chosen += chosen[: random.randrange(1, 10)] * 2
    return random.choice(("", " ")).join(chosen)


def _one_line(text: str) -> str:
    return text.replace("\r", " ").replace("\n", " ")


def check_strange(random: Random, report: Report, lang: str | None = None) -> bool:
    """Check a text of pieces, with or without a source; see that no rule fails and spans hold."""
    from mtqa.pipeline import check_document
    from mtqa.text.document import Document, Source
    from mtqa.text.lines import pair_lines, split_lines

    text, lang = strange_text(random, 30), lang or random.choice(LANGUAGES)
    source, segments = None, ()
    if random.random() < 0.5:
        lines = (strange_text(random, 10) for _ in split_lines(text))
        source = Source("\n".join(map(_one_line, lines)), random.choice(LANGUAGES), "b.txt")
        segments = pair_lines(text, source.text)
    document = Document("a.txt", text, lang, source=source, segments=segments)
    try:
        result, problems = check_document(document, Settings(preview=True))
    except Exception as error:
        report(f"{type(error).__name__}: {error}: {document!r}")
        return True
    for problem in problems:
        report(f"{problem.message}: {document!r}")
    for finding in result.findings:
        if finding.source and not result.source_text(finding.source):
            report(f"{finding.rule}: a span outside the source: {document!r}")
        if not result.text(finding.span):
            report(f"{finding.rule}: a span outside the text: {document!r}")
    return True


def collect_patterns() -> dict[str, tuple[Any, tuple[str, ...]]]:
    """Every pattern of mtqa, by where it stands, with the methods that the code calls on it.

    Those that stand in modules, and those that are compiled while a text is checked.
    """
    found: dict[str, tuple[Any, tuple[str, ...]]] = {}
    sources: dict[str, str] = {}

    def record(library: Any) -> None:
        compile_ = library.compile

        def compile(pattern: Any, *arguments: Any, **options: Any) -> Any:
            compiled = compile_(pattern, *arguments, **options)
            frame = sys._getframe(1)
            where = frame.f_globals.get("__name__", "")
            if where.startswith("mtqa") and hasattr(compiled, "pattern"):
                found[f"{where}:{frame.f_lineno}:{hash_of(compiled.pattern)}"] = (compiled, ())
            return compiled

        library.compile = compile

    import mtqa

    for name in [name for name in sys.modules if name.startswith("mtqa.")]:
        del sys.modules[name]  # to be imported anew, under our eyes
    originals = re.compile, regex.compile
    record(re)
    record(regex)
    try:
        for module in pkgutil.walk_packages(mtqa.__path__, "mtqa."):
            if module.name.startswith(("mtqa.qe.training", "mtqa.qe.foreign", "mtqa.__main__")):
                continue
            loaded = import_module(module.name)
            if loaded.__file__ and loaded.__file__.endswith(".py"):
                sources[module.name] = Path(loaded.__file__).read_text(encoding="utf-8")
        random = Random(0)
        for _ in range(2):
            for lang in LANGUAGES:
                check_strange(random, lambda message: None, lang)
        for format in formats():
            for _ in range(20):
                read_broken(random, format, lambda message: None)
    finally:
        re.compile, regex.compile = originals
    everything = "\n".join(sources.values())
    names: dict[int, set[str]] = {}
    for name, module_ in list(sys.modules.items()):
        if name.startswith("mtqa."):
            for attribute, value in vars(module_).items():
                if hasattr(value, "finditer"):
                    names.setdefault(id(value), set()).add(attribute)
    for where, (compiled, _) in list(found.items()):
        called: set[str] = set()
        for attribute in names.get(id(compiled), ()):
            called |= set(re.findall(rf"\b{re.escape(attribute)}\.(\w+)\b", everything))
        if not names.get(id(compiled)):  # made in a function, where it goes by a local name
            called = set(_LOCAL_CALL.findall(sources[where.split(":")[0]])) - {"split", "sub"}
        methods = tuple(sorted(called & set(METHODS))) or ("search",)
        found[where] = (compiled, methods)
    return found


def hash_of(pattern: str | bytes) -> str:
    """A short name of a pattern that is the same in every process."""
    import zlib

    data = pattern if isinstance(pattern, bytes) else pattern.encode("utf-8", "surrogatepass")
    return f"{zlib.crc32(data):08x}"


_LITERAL = re.compile(r"\\[a-zA-Z](?:\{[^}]*\})?|[^\W\d_]{1,12}|[^\w\s\\?*+^$(){}|\[\]]")


def literals(pattern: str | bytes) -> list[str]:
    """Words and signs that a pattern names, as far as its text tells."""
    text = pattern.decode("latin-1") if isinstance(pattern, bytes) else pattern
    return sorted({piece for piece in _LITERAL.findall(text) if not piece.startswith("\\")})[:400]


def attack(random: Random, own: list[str], length: int) -> str:
    """A string of a repeated part, with something before and after it that may break a match."""

    def some(most: int) -> str:
        return "".join(
            random.choice(own if own and random.random() < 0.5 else _CLASSES)
            for _ in range(random.randint(1, most))
        )

    pump = some(4)
    return some(2) + pump * max(1, length // len(pump)) + some(2)


def run_pattern(compiled: Any, method: str, text: str | bytes) -> float:
    """Seconds of processor time that a method takes over a whole text; `_ENDLESS` at most."""
    # The standard library's patterns cannot be stopped.
    limit = {"timeout": _ENDLESS} if isinstance(compiled, regex.Pattern) else {}
    began = time.process_time()
    try:
        if method in ("finditer", "split"):
            for _ in getattr(compiled, method)(text, **limit):
                pass
        elif method in ("sub", "subn"):
            compiled.sub(lambda match: "" if isinstance(text, str) else b"", text, **limit)
        else:
            getattr(compiled, method)(text, **limit)
    except TimeoutError:
        return _ENDLESS
    return time.process_time() - began


def try_pattern(
    random: Random, where: str, compiled: Any, methods: tuple[str, ...], report: Report
) -> bool:
    """One string against one pattern; a slow one is doubled twice."""
    if isinstance(compiled.pattern, bytes):
        own = literals(compiled.pattern)
    else:
        own = _own(where, compiled.pattern)
    method = random.choice(methods)
    state = random.getstate()

    def measure(length: int) -> float:
        random.setstate(state)
        text: str | bytes = attack(random, own, length)
        if isinstance(compiled.pattern, bytes):
            text = str(text).encode()
        return run_pattern(compiled, method, text)

    first = measure(_LENGTH)
    if first >= _ENDLESS:
        random.setstate(state)
        report(f"{where} {method}: no end for {attack(random, own, 12)!r} and so on")
    elif first > _SLOW:
        times = [min(measure(_LENGTH * n) for _ in range(2)) for n in (1, 2, 4)]
        if times[0] > _SLOW and times[1] > _STEEP * times[0] and times[2] > _STEEP * times[1]:
            random.setstate(state)
            text = attack(random, own, 12)
            shown = ", ".join(f"{value * 1000:.1f}" for value in times)
            report(f"{where} {method}: {shown} ms at 1, 2, 4 times {_LENGTH:,}: {text!r}")
    return True


_OWN: dict[str, list[str]] = {}


def _own(where: str, pattern: str) -> list[str]:
    if where not in _OWN:
        _OWN[where] = literals(pattern)
    return _OWN[where]


def try_growth(random: Random, report: Report) -> bool:
    """A document of one repeated piece, checked by all rules; a slow one is doubled twice."""
    from mtqa.pipeline import check_document
    from mtqa.text.document import Document, Source
    from mtqa.text.lines import pair_lines

    lang = random.choice(LANGUAGES)
    pump = random.choice(("", " ")).join(random.choices(PIECES, k=random.randint(1, 5)))
    pump += random.choice(("", " ", "\n", ". "))
    pump = pump or "a"
    sourced = random.random() < 0.3
    settings = Settings(preview=True)

    def measure(length: int) -> float:
        text = "A " + pump * (length // len(pump)) + " b"
        document = Document("a.txt", text, lang)
        if sourced:
            document = Document(
                "a.txt", text, lang, source=Source(text, "de", "b"),
                segments=pair_lines(text, text),
            )  # fmt: skip
        began = time.process_time()
        _, problems = check_document(document, settings)
        for problem in problems:
            report(f"{problem.message}: {length:,} characters of {pump!r}, {lang}")
        return time.process_time() - began

    times = [measure(_FIRST * n) for n in (1, 4)]
    # Four times the text: n log n stays below 5.
    if times[1] > 8 * times[0] and times[1] > 0.4:
        times.append(measure(_FIRST * 16))
        if times[2] > 8 * times[1]:
            shown = ", ".join(f"{value:.2f}" for value in times)
            report(f"growth: {shown} s at 1, 4, 16 times {_FIRST:,} of {pump!r}, {lang}, {sourced}")
    return True


def fuzz(kind: str, seed: int, seconds: float, most: int | None = None) -> dict[str, Any]:
    """Run one kind for some time.

    Returns:
        ``inputs``, ``accepted`` (those that were text), ``slowest`` (seconds of processor time),
        ``faults`` (what was wrong, each once by its beginning), and the counts ``by`` target.
    """
    random = Random(f"{kind} {seed}")
    faults: dict[str, str] = {}
    counts: Counter[str] = Counter()
    accepted, slowest, number = 0, 0.0, 0

    def report(message: str) -> None:
        faults.setdefault(message[:80], message)

    targets: list[tuple[str, Callable[[], bool]]]
    if kind == "readers":
        targets = [
            (format, lambda f=format: read_broken(random, f, report, rules=number % _RULED == 0))  # type: ignore[misc]
            for format in formats()
        ]
    elif kind == "rules":
        targets = [("texts", lambda: check_strange(random, report))]
    elif kind == "growth":
        targets = [("documents", lambda: try_growth(random, report))]
    else:
        targets = [
            (where, lambda w=where, c=c, m=m: try_pattern(random, w, c, m, report))  # type: ignore[misc]
            for where, (c, m) in sorted(collect_patterns().items())
        ]
    ends = time.monotonic() + seconds
    while time.monotonic() < ends and (most is None or number < most):
        name, target = targets[number % len(targets)]
        state = random.getstate()
        began = time.process_time()
        accepted += target()
        took = time.process_time() - began
        if took > HANG and kind in ("readers", "rules"):
            after = random.getstate()
            random.setstate(state)
            began = time.process_time()
            target()  # once more: the first time it may have loaded a list of words
            took = time.process_time() - began
            random.setstate(after)
        if took > HANG and kind in ("readers", "rules"):
            report(f"{name}: hangs for {took:.1f} s (input {number} of seed {seed})")
        slowest = max(slowest, took)
        counts[name if kind != "patterns" else "patterns"] += 1
        number += 1
    return {
        "kind": kind,
        "seed": seed,
        "inputs": number,
        "targets": len(targets),
        "accepted": accepted,
        "slowest": round(slowest, 3),
        "by": dict(counts),
        "faults": list(faults.values()),
    }


def sum_up(lines: Iterator[str]) -> Iterator[str]:
    """What slices of a run come to."""
    slices = [json.loads(line) for line in lines if line.strip()]
    commits = sorted({str(one.get("commit")) for one in slices})
    yield f"commits: {', '.join(commits)}\n\n"
    yield f"{'kind':10}{'slices':>8}{'inputs':>12}{'accepted':>12}{'slowest s':>11}{'faults':>8}\n"
    for kind in ("readers", "rules", "patterns", "growth"):
        own = [one for one in slices if one["kind"] == kind]
        if not own:
            continue
        faults = len({fault[:80] for one in own for fault in one["faults"]})
        yield (
            f"{kind:10}{len(own):8,}{sum(one['inputs'] for one in own):12,}"
            f"{sum(one['accepted'] for one in own):12,}"
            f"{max(one['slowest'] for one in own):11.3f}{faults:8,}\n"
        )
    yield f"{'all':10}{len(slices):8,}{sum(one['inputs'] for one in slices):12,}\n"
    counts: Counter[str] = Counter()
    for one in slices:
        if one["kind"] == "readers":
            counts.update(one["by"])
    yield "\nfiles by format: " + ", ".join(f"{k} {v:,}" for k, v in sorted(counts.items())) + "\n"
    targets = {one["targets"] for one in slices if one["kind"] == "patterns"}
    yield f"patterns: {', '.join(map(str, sorted(targets)))}\n"


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("kinds", nargs="*", default=[], metavar="KIND")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=60, help="for each kind")
    parser.add_argument("--most", type=int, help="inputs of each kind")
    parser.add_argument("--log", type=Path, help="add a line for each kind to this file")
    parser.add_argument("--sum", type=Path, metavar="LOG", help="tell what a log comes to")
    given = parser.parse_args()
    if given.sum:
        with open(given.sum, encoding="utf-8") as log:
            sys.stdout.writelines(sum_up(log))
        return
    import subprocess

    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True
    ).stdout.strip()
    failed = False
    for kind in given.kinds or ["readers", "rules", "patterns", "growth"]:
        result = {"commit": commit, **fuzz(kind, given.seed, given.seconds, given.most)}
        failed |= bool(result["faults"])
        print(json.dumps({k: v for k, v in result.items() if k != "faults"}, ensure_ascii=True))
        for fault in result["faults"]:
            print("  ", fault[:1500].encode("ascii", "backslashreplace").decode())
        if given.log:
            with open(given.log, "a", encoding="utf-8") as log:
                log.write(json.dumps(result) + "\n")
    sys.exit(failed)


if __name__ == "__main__":
    main()
