"""Files that are made to do harm, or are not what they are called; all are to be refused."""

from __future__ import annotations

import io
import random
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

from tests.formats.article import docx

MOST_SECONDS = 2.0  # of CPU
MOST_MEMORY = 200  # MB

_LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a0 "lol">'
    + "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10))
    + "]>"
)
_HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset={}\n\nmsgid "a"\nmsgstr "b"\n'


def make(name: str) -> bytes:
    """The content of one of `NAMES`."""
    content = _CONTENTS[name]()
    return content if isinstance(content, bytes) else content.encode()


def measure(path: Path) -> tuple[float, float, int]:
    """What a check without scores takes: seconds of CPU, MB of memory at most, and its exit code.

    The process itself tells (on Linux): what its parent learns of it includes the parent's memory.
    """
    script = (
        "import os, re, sys\n"
        "from mtqa.cli import main\n"
        f"sys.argv = ['mtqa', 'check', '--no-qe', {str(path)!r}]\n"
        "code = 0\n"
        "try:\n    main()\nexcept SystemExit as end:\n    code = end.code\n"
        "status = open('/proc/self/status').read()\n"
        "memory = re.search(r'VmHWM:\\s+(\\d+)', status)[1]\n"
        "print('\\0', sum(os.times()[:2]), memory, code)\n"
    )
    out = subprocess.run(
        [sys.executable, "-c", script],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    seconds, memory, code = out.rpartition("\0")[2].split()
    return float(seconds), int(memory) / 1024, int(code)


def _zip(document: bytes, times: int = 1) -> bytes:
    file = io.BytesIO()
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("word/document.xml", "w") as part,
    ):
        for _ in range(times):
            part.write(document)
    return file.getvalue()


def _noise() -> bytes:
    return random.Random(1).randbytes(1_000_000)


_CONTENTS: dict[str, Callable[[], str | bytes]] = {
    "billion-laughs.xlf": lambda: _LAUGHS + "<xliff>&a9;</xliff>",
    "billion-laughs.tmx": lambda: _LAUGHS + "<tmx>&a9;</tmx>",
    "billion-laughs.docx": lambda: _zip((_LAUGHS + "<document>&a9;</document>").encode()),
    "external-entity.xlf": lambda: (
        '<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]><xliff>&a;</xliff>'
    ),
    "external-dtd.xlf": lambda: '<!DOCTYPE a SYSTEM "file:///etc/passwd"><xliff>&a;</xliff>',
    "bomb.docx": lambda: _zip(bytes(10_000_000), 20),
    "bomb-of-paragraphs.docx": lambda: docx("<w:p/>" * 3_000_000),
    "bomb-that-lies.docx": lambda: _zip(b" " * 15_000_000).replace(
        (15_000_000).to_bytes(4, "little"), (1_000).to_bytes(4, "little")
    ),
    "many-parts.docx": lambda: b"PK\x03\x04" + b"PK\x01\x02".ljust(46, b"\0") * 400_000,
    "nested-millions.xlf": lambda: "<xliff>" + "<group>" * 2_500_000,
    "nested-thousand.md": lambda: "> " * 1000 + "He came.",
    "one-token.xlf": lambda: f'<xliff><file original="{"x" * 19_000_000}',
    "missing-column-in-line-40000.tsv": lambda: (
        "source\ttarget\n" + "Er kam.\tHe came at noon.\n" * 39_998 + "Er kam.\n"
    ),
    "open-quotation-mark.csv": lambda: 'id,target\n1,"He came.\n' + "2,x\n" * 2_000_000,
    "broken-in-line-5001.jsonl": lambda: '{"mt": "x"}\n' * 5000 + '{"mt": "x"\n{"mt": "x"}\n',
    "nested-million.jsonl": lambda: '{"mt": "x", "a": ' + "[" * 1_000_000,
    "broken-header.po": lambda: _HEADER.format("UTF-8"),
    "broken-character.po": lambda: (_HEADER.format('UTF-8\\n"') + "# éé\n").encode() + b"\xc3\n",
    "wrong-charset.po": lambda: _HEADER.format('EUC-JP\\n"').encode() + b"# \xff\n",
    "no-xliff.xlf": lambda: "<html><body>He came.</body></html>",
    "no-xml.xlf": lambda: "He came.",
    "wrong-encoding.html": lambda: b"<meta charset=euc-jp><p>Caf\xff</p>",
    "wrong-encoding.xlf": lambda: '<?xml version="1.0" encoding="ISO-8859-1"?><xliff>é</xliff>',
    "picture.html": lambda: b"\x89PNG\r\n\x1a\n" + _noise(),
    "noise.html": _noise,
    "noise.docx": _noise,
    "noise.xlf": _noise,
    "large.html": lambda: b"<p>" + b" " * 100_000_000,
    "large.docx": lambda: b"PK\x03\x04" + bytes(100_000_000),
    "large.jsonl": lambda: b"{}\n" * 33_000_000,
}
for _suffix in "txt md html docx srt vtt tsv csv jsonl xlf tmx po".split():
    _CONTENTS[f"empty.{_suffix}"] = lambda: ""
    _CONTENTS[f"blank.{_suffix}"] = lambda: " \n"
NAMES = tuple(_CONTENTS)
