"""How long and how large the reports of 500 documents with 20,000 findings are.

The documents are made up of a few hundred words, seeded, and so are the findings: the reports are
what is measured, no rule and no model.
"""

from __future__ import annotations

import argparse
import gc
import gzip
import random
import shutil
import tempfile
import time
from pathlib import Path

from mtqa.cli.output import find_render
from mtqa.config import FORMATS
from mtqa.pipeline import find_line_starts
from mtqa.result import DocumentResult, Finding, Model, Result, RuleInfo, Severity
from mtqa.rules.catalogue import all_rules
from mtqa.text.document import Document, Span
from mtqa.text.estimates import SegmentScore
from mtqa.text.sentences import find_paragraphs, split_sentences

SECONDS, HTML_BYTES = 10.0, 15_000_000  # what all formats may take, and how large HTML may be

_RUNS = 5  # the fastest counts: what else the machine does can but slow them

_WORDS = (
    "the of and in to that officials said government border city minister province port statement "
    "Misrata Misurata Khaled Khalid ferry engine quay coast guard passengers tickets company week "
    "Monday Tuesday evening after before under which their could would had been was were a an for"
).split()
_SEVERITIES = 5 * [Severity.MINOR] + 4 * [Severity.MAJOR] + [Severity.CRITICAL]


def make_result(documents: int, findings: int, seed: int = 1) -> Result:
    """A result with so many documents of some 660 words, and findings spread over them."""
    draw = random.Random(seed)
    rules = all_rules()
    return Result(
        documents=tuple(
            _document(
                number,
                findings * (number + 1) // documents - findings * number // documents,
                rules,
                draw,
            )
            for number in range(documents)
        ),
        model=Model("mtqa-qe-small", "0" * 64),
        rules={
            rule.name: RuleInfo(
                rule.name,
                rule.family,
                rule.category,
                rule.severity,
                rule.summary,
                rule.documentation.strip(),
                rule.preview,
            )
            for rule in rules
        },
    )


def _document(number: int, findings: int, rules: tuple, draw: random.Random) -> DocumentResult:
    text = "\n\n".join(
        " ".join(
            " ".join(draw.choices(_WORDS, k=draw.randint(8, 30))).capitalize() + "."
            for _ in range(draw.randint(1, 4))
        )
        for _ in range(14)
    )
    document = Document(f"content/2026/desk-{number % 7}/story-{number:04}.txt", text, "en")
    sentences = split_sentences(text, find_paragraphs(text), "en")
    words = [Span(at, at + len(word)) for at, word in zip(_starts(text), text.split(), strict=True)]
    found = []
    for nth, place in enumerate(sorted(draw.choices(words, k=findings))):
        rule = draw.choice(rules)
        word = text[slice(*place)]
        related = tuple(sorted(draw.sample(words, draw.choice((0, 0, 1, 1, 2, 3, 5)))))
        found.append(
            Finding(
                rule=rule.name,
                severity=draw.choice(_SEVERITIES),
                category=rule.category,
                message=f"“{word}” is also spelled “{word}h” in this document (transliteration).",
                span=place,
                sentence=next(
                    index for index, span in enumerate(sentences) if span.end > place.start
                ),
                suggestion=draw.choice((None, "", f"{word}h")),
                related=related,
                confidence=0.9,
                fingerprint=f"{number:08x}{nth:08x}",
            )
        )
    return DocumentResult(
        document=document,
        sentences=sentences,
        findings=tuple(found),
        words=len(words),
        line_starts=find_line_starts(text),
        scores=[SegmentScore(min(1.0, max(0.0, draw.gauss(0.66, 0.12)))) for _ in sentences],
    )


def _starts(text: str) -> list[int]:
    starts, at = [], 0
    for word in text.split():
        at = text.index(word, at)
        starts.append(at)
        at += len(word)
    return starts


def _write(path: Path, name: str, result: Result) -> float:
    """Write a report; the CPU seconds that it took."""
    begin = time.process_time()
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.writelines(find_render(name)(result))
    return time.process_time() - begin


def _open(page: Path) -> str:
    """What a reader waits for in Chromium, which chromedriver steers."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or "chromium-browser"
    for argument in ("--headless=new", "--disable-gpu", "--no-sandbox", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    browser = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    try:
        begin = time.perf_counter()
        browser.get(page.resolve().as_uri())
        opened = time.perf_counter()
        first = (
            "document.querySelector('.index tbody a').click(); return document.body.offsetHeight"
        )
        browser.execute_script(first)
        shown = time.perf_counter()
    finally:
        browser.quit()
    return f"in Chromium: opens in {opened - begin:.1f} s, a document in {shown - opened:.1f} s"


def main() -> None:
    """The command line."""
    assert __doc__
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=int, default=500)
    parser.add_argument("--findings", type=int, default=20_000)
    parser.add_argument("--browser", action="store_true", help="open the HTML in Chromium, too")
    parser.add_argument("--keep", type=Path, help="folder to leave the reports in")
    options = parser.parse_args()
    result = make_result(options.documents, options.findings)
    gc.freeze()  # as `mtqa.cli.checking` does once all is checked
    sentences = sum(len(document.sentences) for document in result.documents)
    words = sum(document.words for document in result.documents)
    print(
        f"{options.documents:,} documents, {words:,} words, {sentences:,} sentences, "
        f"{options.findings:,} findings"
    )
    print(f"{'format':<12} {'CPU s':>8} {'MB':>8} {'MB gzip':>8}")
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        total = 0.0
        html_bytes = 0
        for name in FORMATS:
            path = folder / f"report.{name}"
            seconds = min(_write(path, name, result) for _ in range(_RUNS))
            total += seconds
            content = path.read_bytes()
            if name == "html":
                html_bytes = len(content)
            print(
                f"{name:<12} {seconds:>8.2f} {len(content) / 1e6:>8.2f} "
                f"{len(gzip.compress(content, 6)) / 1e6:>8.2f}",
                flush=True,
            )
        if options.browser:
            print(_open(folder / "report.html"))
    fast = "meets" if total < SECONDS else "MISSES"
    small = "meets" if html_bytes < HTML_BYTES else "MISSES"
    print(
        f"all {total:.1f} s ({fast} {SECONDS:g} s); "
        f"HTML {html_bytes / 1e6:.1f} MB ({small} {HTML_BYTES / 1e6:g} MB)"
    )


if __name__ == "__main__":
    main()
