"""The HTML report: all of the text, nothing but the text, legible, and in a browser usable."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtqa.reports.html import render
from mtqa.reports.html.guide import read_documentation
from mtqa.reports.html.passages import Passages, band_of
from mtqa.reports.html.shown import mark_escapes, one_line
from mtqa.result import Finding, Problem, Result, Severity
from mtqa.text.document import Document, Source, Span
from mtqa.text.estimates import SegmentScore
from tests.reports.test_reports import (
    BORDER,
    HOSTILE,
    RULES,
    check_html,
    finding,
    result_of,
)

# `result` and `hostile` are fixtures.
from tests.reports.test_reports import hostile as hostile
from tests.reports.test_reports import result as result

STYLE = (files("mtqa.reports.html") / "style.css").read_text(encoding="utf-8")
X = {"x": "http://www.w3.org/1999/xhtml"}


def parse(report: str) -> Any:
    return html5lib.parse(check_html(report), treebuilder="lxml")


def texts(page: Any, path: str) -> list[str]:
    return [" ".join("".join(node.itertext()).split()) for node in page.xpath(path, namespaces=X)]


def at(
    document: Document, *spans: tuple[int, int], related: tuple[Span, ...] = ()
) -> list[Finding]:
    return [
        replace(
            finding(document, document.text[:1], "repeated-word", Severity.MINOR, "m"),
            span=Span(*span),
            severity=list(Severity)[number % 3],
            related=related,
            fingerprint=str(number),
        )
        for number, span in enumerate(sorted(spans))
    ]


# The text


def test_every_paragraph_stands_there_as_it_reads(result: Result) -> None:
    page = parse("".join(render(result)))
    shown = texts(page, "//x:article[1]//x:div[@class='par']/x:p")
    lines = [one_line(" ".join(line.split())) for line in BORDER.splitlines() if line.strip()]
    assert shown == lines
    assert shown[-1] == r"He said\x1b[31m\u202e it. Nobody came. Nobody came."


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 20)), max_size=8), st.data())
def test_however_findings_overlap_no_letter_is_lost_and_each_is_marked(
    places: list[tuple[int, int]], data: st.DataObject
) -> None:
    text = "One two, three.  Four five six\n\nSeven <b> eight & nine. Ten eleven \u202e twelve."
    document = Document("a.txt", text, "en")
    spans = sorted({(start, min(start + length, len(text))) for start, length in places})
    related = tuple(Span(*span) for span in data.draw(st.permutations(spans)))[:3]
    found = at(document, *spans, related=related)
    passages = Passages(result_of(document, *found))
    pieces = [
        piece
        for paragraph in passages
        for passage in paragraph.passages
        for piece in passage.pieces
    ]
    assert "".join(piece.text for piece in pieces) == "".join(
        map(mark_escapes, re.split(r"\n\n", text))
    )
    for number, one in enumerate(found, 1):
        visible = text[one.span.start : one.span.end].replace("\n", "")
        marked = "".join(piece.text for piece in pieces if number in piece.findings)
        assert marked == mark_escapes(visible)
        assert (number in passages.anchors) == any(
            number in piece.findings and not piece.text.isspace() for piece in pieces
        )
    for piece in pieces:
        worst = [found[number - 1].severity for number in piece.findings]
        assert piece.severity == max(worst, key=lambda one: one.penalty, default=None)


def test_text_that_two_findings_share_names_both() -> None:
    document = Document("a.txt", "He met the the minister.", "en")
    found = at(document, (3, 14), (7, 14), related=(Span(0, 2),))
    page = parse("".join(render(Result((result_of(document, *found),)))))
    marks = page.xpath("//x:a[@data-f]", namespaces=X)
    assert [(mark.text, mark.get("data-f")) for mark in marks] == [
        ("met ", "1"),
        ("the the", "1 2"),
    ]
    assert [mark.get("class") for mark in marks] == ["minor", "major"]
    (related,) = page.xpath("//*[@data-x='1 2']")
    assert related.text == "He"


def test_a_space_alone_is_no_link() -> None:
    document = Document("a.txt", "One. Two three. Four.", "en")
    found = at(document, (4, 21), (5, 8))
    page = parse("".join(render(Result((result_of(document, *found),)))))
    links = page.xpath("//x:a[@data-f]", namespaces=X)
    assert [(link.text, link.get("data-f"), link.get("id")) for link in links] == [
        ("Two", "1 2", "m0-1"),
        (" three.", "1", None),
        ("Four.", "1", None),
    ]
    blank = page.xpath("//x:span[@data-f]", namespaces=X)
    assert [(span.text, span.get("data-f")) for span in blank] == [(" ", "1"), (" ", "1")]


def test_sentences_without_spaces_between_them_stay_without() -> None:
    text = "東京の新聞は書いた。その後、記者は書いた。"
    page = parse("".join(render(Result((result_of(Document("a.txt", text, "ja")),)))))
    (paragraph,) = page.xpath("//x:div[@class='par']/x:p", namespaces=X)
    assert "".join(paragraph.itertext()) == text
    assert paragraph.getparent().getparent().get("lang") == "ja"


def test_a_finding_between_paragraphs_leads_to_its_sentence() -> None:
    document = Document("a.txt", "One.\n\nTwo.", "en")
    page = parse("".join(render(Result((result_of(document, *at(document, (4, 6))),)))))
    assert page.xpath("//x:li[@id='f0-1']/x:p/x:a[1]/@href", namespaces=X) == ["#s0-0"]


def test_a_finding_has_its_suggestion_its_related_places_its_source_and_its_rule() -> None:
    document = Document(
        "a.txt", "Er geht.\nKhalid goes.\n", "en", source=Source("Chalid.", "de", "b")
    )
    one = replace(
        finding(
            document,
            "Khalid",
            "name-variant",
            Severity.MAJOR,
            "“Khalid” is bad.",
            suggestion="Khaled",
            related=("Er", "geht"),
        ),
        source=Span(0, 6),
    )
    rules = {rule.name: rule for rule in RULES}
    page = parse("".join(render(Result((result_of(document, one),), rules=rules))))
    assert texts(page, "//x:li[@id='f0-1']/x:p") == [
        "2:1 major name-variant",
        "“Khalid” is bad.",
        "Khalid Khaled",
        "1:1 Er 1:4 geht",
    ]
    assert texts(page, "//x:blockquote[@lang='de']") == ["Chalid."]
    assert texts(page, "//x:details[@id='r0']/x:h3") == ["What it finds", "Example"]
    assert texts(page, "//x:p[@class='silent']") == [
        "Nothing was found by repeated-sentence, repeated-word."
    ]


def test_the_head_says_how_good_the_text_is_and_where_the_worst_sentence_stands() -> None:
    document = Document("desk/a.txt", "One. Two. Three is bad.", "en")
    one = finding(document, "bad", "repeated-word", Severity.MAJOR, "m")
    scores = (SegmentScore(0.8), SegmentScore(None), SegmentScore(0.25))
    page = parse("".join(render(Result((result_of(document, one, scores=scores),)))))
    assert texts(page, "//x:h1") == ["desk/a.txt"]
    assert texts(page, "//x:dl[@class='stats']/x:div") == [
        "Mean score 0.53 of 0 to 1, 3 sentences",
        "MQM penalty 1,000.0 per 1,000 words, 5 points in 5",
        "Findings 1 0 critical 1 major 0 minor",
        "Lowest sentence 0.25 Three is bad. line 1",
    ]
    assert page.xpath("//x:div[@class='lowest']//x:a/@href", namespaces=X) == ["#s0-2"]


def test_many_documents_have_an_index_and_totals(result: Result) -> None:
    page = parse("".join(render(result)))
    rows = page.xpath("//x:section[@class='index']//x:tbody/x:tr", namespaces=X)
    links = [row.xpath(".//x:a/@href", namespaces=X)[0] for row in rows]
    assert links == ["#d0", "#d1", "#d2"]
    assert texts(page, "//x:h1") == ["3 documents"]
    assert len(page.xpath("//*[local-name()='circle']")) == 3
    assert "news/c.txt: rule x failed" in texts(page, "//x:section[@class='problems']//x:li")


def test_a_page_has_its_landmarks_and_headings(result: Result) -> None:
    for one in (result, replace(result, documents=result.documents[:1])):
        page = parse("".join(render(one)))
        for landmark in ("main", "header[@class='top']", "footer"):
            assert len(page.xpath(f"//x:{landmark}", namespaces=X)) == 1
        assert len(page.xpath("//x:aside[@aria-labelledby]", namespaces=X)) == len(one.documents)
        levels = [
            int(node.tag[-1])
            for node in page.xpath("//*[self::x:h1 or self::x:h2 or self::x:h3]", namespaces=X)
        ]
        assert levels[0] == 1 and levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))
        for svg in page.xpath("//*[local-name()='svg']"):
            assert svg.get("aria-hidden") == "true" or svg.get("aria-label")


def test_the_same_result_makes_the_same_page(result: Result) -> None:
    assert "".join(render(result)) == "".join(render(result))


# Safety


def test_a_hostile_article_adds_no_element(hostile: Result, result: Result) -> None:
    harmless = parse("".join(render(result)))
    page = parse("".join(render(hostile)))
    tags = {node.tag for node in harmless.iter() if isinstance(node.tag, str)}
    more = {node.tag.rpartition("}")[2] for node in page.iter() if node.tag not in tags}
    assert more <= {"details", "summary", "code", "em"}
    assert len(page.xpath("//x:script", namespaces=X)) == 2
    assert not page.xpath("//comment()")
    shown = "\n".join(texts(page, "//x:div[@class='par']/x:p"))
    assert HOSTILE[0] in shown and HOSTILE[1] in shown
    assert r"\x1b[31mred\x1b[0m\x1b]8;;https://evil.example\x07link" in shown
    assert r"\u202eslavered\u2066 order\u2069" in shown


def test_documentation_marks_up_code_and_emphasis_and_nothing_else() -> None:
    blocks = read_documentation(
        "Summary.\n\nWhat it\n-------\nA `b<i>` and ``c`d``, *e f*, 2 * 3 * 4 <b>x</b>.\n\n* g\n"
    )
    assert [(block.heading, str(block.text)) for block in blocks] == [
        (True, "What it"),
        (
            False,
            "A <code>b&lt;i&gt;</code> and <code>c`d</code>, <em>e f</em>, 2 * 3 * 4 "
            "&lt;b&gt;x&lt;/b&gt;.",
        ),
        (False, "* g"),
    ]


# Legibility


@pytest.mark.parametrize(
    ("score", "band"),
    [(0.0, 0), (0.29, 0), (0.3, 1), (0.45, 2), (0.5, 3), (0.69, 4), (0.7, 5), (0.8, 6), (1.0, 6)],
)
def test_a_score_has_its_band(score: float, band: int) -> None:
    assert band_of(score) == band


def colours(theme: str) -> dict[str, str]:
    light, dark = re.findall(r":root \{(.+?)\}", STYLE, re.S)[:2]
    return dict(re.findall(r"--([\w-]+): (#\w{6})", light if theme == "light" else light + dark))


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_has_the_contrast_of_wcag_aa(theme: str) -> None:
    of = colours(theme)
    for ground in ("bg", "panel"):
        for text in ("ink", "muted", "link", "minor", "major", "critical"):
            assert contrast(of[text], of[ground]) >= 4.5, (theme, text, ground)
    for ground in ("minor-tint", "major-tint", "critical-tint", "related"):
        assert contrast(of["ink"], of[ground]) >= 4.5, (theme, ground)
    # Underlines, bars and the focus are no text: 3 to 1. The pale bands of good scores need none.
    for mark in ("minor", "major", "critical", "focus", "b0", "b1", "b2"):
        assert contrast(of[mark], of["bg"]) >= 3, (theme, mark)


# In a browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    driver = shutil.which("chromedriver")
    if not (chromium and driver):
        pytest.skip("no chromium with chromedriver (Debian: chromium, chromium-driver)")
    webdriver = pytest.importorskip("selenium.webdriver")
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for argument in (
        *("--headless=new", "--disable-gpu", "--disable-background-networking"),
        *("--disable-dev-shm-usage", "--window-size=1280,900", "--force-prefers-reduced-motion"),
        *(("--no-sandbox",) if os.name == "posix" and os.geteuid() == 0 else ()),
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    found = webdriver.Chrome(options=options, service=Service(driver))
    yield found
    found.quit()


class Reader:
    """Someone who has opened a report."""

    def __init__(self, browser: Any, folder: Path, result: Result) -> None:
        self._browser = browser
        path = folder / "report.html"
        path.write_text("".join(render(result)), encoding="utf-8")
        browser.get(path.as_uri())

    def run(self, script: str) -> Any:
        return self._browser.execute_script(f"return {script}")

    def press(self, *keys: str) -> None:
        from selenium.webdriver.common.action_chains import ActionChains

        for key in keys:
            ActionChains(self._browser).send_keys(key).perform()

    def click(self, selector: str, number: int = 0) -> None:
        self.run(f"document.querySelectorAll({selector!r})[{number}].click()")

    @property
    def selected(self) -> str | None:
        selected: str | None = self.run("document.querySelector('[aria-current]')?.id")
        return selected

    @property
    def complaints(self) -> list[Any]:
        complaints: list[Any] = self._browser.get_log("browser")
        return complaints


KEYS = {"Enter": "\ue007", "Esc": "\ue00c", "Left": "\ue012", "Up": "\ue013", "Down": "\ue015"}


@pytest.fixture(scope="module")
def several() -> Result:
    """Two documents with findings of three severities and two families."""
    text = "The ferry is bad.\n\nThe the port is shut. A minister was was here.\n"
    one, two = Document("a.txt", text, "en"), Document("b.txt", text, "en")
    documents = tuple(
        replace(
            result_of(
                document,
                replace(
                    finding(
                        document, "bad", "name-variant", Severity.MAJOR, "m", related=("port",)
                    ),
                    sentence=0,
                ),
                replace(
                    finding(document, "The the", "repeated-word", Severity.MINOR, "m"), sentence=1
                ),
                replace(
                    finding(document, "was was", "repeated-word", Severity.CRITICAL, "m"),
                    sentence=2,
                ),
                scores=(
                    SegmentScore(0.9),
                    SegmentScore(0.4),
                    SegmentScore(None, reason="no words"),
                ),
            )
        )
        for document in (one, two)
    )
    return Result(documents, rules={rule.name: rule for rule in RULES})


def test_keys_go_from_finding_to_finding_and_on_to_the_next_document(
    browser: Any, tmp_path: Path, several: Result
) -> None:
    reader = Reader(browser, tmp_path, several)
    reader.click(".index a")
    reader.press("j")
    assert reader.selected == "f0-1"
    assert reader.run("document.activeElement.id") == "f0-1"
    assert reader.run("document.querySelector('.shown .rel').textContent") == "port"
    assert reader.run("location.hash") == "#f0-1"
    reader.press("j", KEYS["Down"])
    assert reader.selected == "f0-3"
    reader.press("k", KEYS["Up"])
    assert reader.selected == "f0-1"
    reader.press(KEYS["Enter"])
    assert reader.run("document.querySelector('dialog').open")
    assert "name-variant" in reader.run("document.querySelector('dialog').textContent")
    reader.press(KEYS["Esc"])
    assert not reader.run("document.querySelector('dialog').open")
    reader.press(KEYS["Esc"])
    assert reader.selected is None
    assert reader.run("document.activeElement.textContent") == "bad"
    reader.press(*"jjjj")
    assert reader.selected == "f1-1"
    reader.press(KEYS["Left"])
    assert reader.selected == "f0-3"
    assert reader.complaints == []


def test_a_click_on_the_text_selects_what_is_found_there(browser: Any, tmp_path: Path) -> None:
    document = Document("a.txt", "He met the the minister.", "en")
    found = at(document, (3, 14), (7, 14))
    reader = Reader(browser, tmp_path, Result((result_of(document, *found),)))
    reader.click("[data-f]", 1)
    assert reader.selected == "f0-1"
    reader.click("[data-f]", 1)
    assert reader.selected == "f0-2"
    assert reader.run("[...document.querySelectorAll('[data-f].on')].map(m => m.textContent)") == [
        "the the"
    ]


def test_a_click_on_a_sentence_tells_its_place_and_score(
    browser: Any, tmp_path: Path, several: Result
) -> None:
    reader = Reader(browser, tmp_path, replace(several, documents=several.documents[:1]))
    told = "[...document.querySelectorAll('[data-told]')].map(one => one.dataset.told)"
    reader.click("[data-l]", 1)
    assert reader.run(told) == ["3:1, score 0.40"]
    reader.click("[data-l]", 2)
    assert reader.run(told) == ["3:23, no words"]
    reader.click("[data-l]", 2)
    assert reader.run(told) == []


def test_filters_hide_findings_their_marks_and_sentences_that_score_more(
    browser: Any, tmp_path: Path, several: Result
) -> None:
    reader = Reader(browser, tmp_path, several)
    reader.click(".index a")
    shown = "[...document.querySelectorAll('.shown .list > li:not([hidden])')].map(li => li.id)"
    off = "[...document.querySelectorAll('.shown [data-f].off')].map(mark => mark.textContent)"
    reader.click("[value=minor]")
    assert reader.run(shown) == ["f0-1", "f0-3"]
    assert reader.run(off) == ["The the"]
    reader.click("[value=minor]")
    event = ".dispatchEvent(new Event('input', {bubbles: true}))"
    reader.run("document.querySelector('[name=family]').value = 'repetition'")
    reader.run(f"document.querySelector('[name=family]'){event}")
    assert reader.run(shown) == ["f0-2", "f0-3"]
    reader.run("document.querySelector('[name=family]').value = ''")
    reader.run("document.querySelector('[name=most]').value = '0.5'")
    reader.run(f"document.querySelector('[name=most]'){event}")
    assert reader.run(shown) == ["f0-2"]
    assert reader.run("document.querySelectorAll('.shown [data-l].dim').length") == 2
    assert reader.run("document.querySelector('#tools > [role=status]').textContent") == (
        "1 of 3 findings shown"
    )
    assert reader.complaints == []


def test_tables_sort(browser: Any, tmp_path: Path, several: Result) -> None:
    reader = Reader(browser, tmp_path, several)
    rows = "[...document.querySelectorAll('.shown .sentences tbody tr')]"
    column = f"{rows}.map(row => row.cells[2].textContent)"
    reader.click(".index a")
    reader.click("#as-table")
    assert reader.run(column) == ["0.90", "0.40", "no words"]
    reader.click(".sentences th button", 2)
    assert reader.run(column) == ["0.40", "0.90", "no words"]
    flags = "document.querySelector('.shown .sentences tbody tr').cells[3].textContent"
    assert reader.run(flags) == "repeated-word"
    reader.click(".flag")
    assert reader.run("location.hash") == "#f0-2"
    reader.run("location.hash = 'top'")
    reader.click(".index th button")
    names = "[...document.querySelectorAll('.index tbody th')].map(th => th.textContent)"
    assert reader.run(names) == ["a.txt", "b.txt"]
    reader.click(".index th button")
    assert reader.run(names) == ["b.txt", "a.txt"]
    assert reader.run("document.querySelector('[aria-sort]').ariaSort") == "descending"
    assert reader.complaints == []


def test_nothing_of_a_hostile_article_runs_or_is_fetched(
    browser: Any, tmp_path: Path, hostile: Result
) -> None:
    hostile = replace(
        hostile, problems=(*hostile.problems, Problem("javascript:alert(1)", "\x1b]0;x\x07"))
    )
    reader = Reader(browser, tmp_path, hostile)
    reader.press(*"jjjjjjjjjjjjjjj", KEYS["Enter"], KEYS["Esc"])
    reader.click("#as-table")
    assert reader.run("document.scripts.length") == 2
    assert reader.run("performance.getEntriesByType('resource').length") == 0
    assert reader.run("document.querySelectorAll('img, iframe, object, embed, link').length") == 0
    assert reader.complaints == []


@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_is_wider_than_its_screen(
    browser: Any, tmp_path: Path, hostile: Result, several: Result, width: int
) -> None:
    metrics = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    for one in (hostile, several):
        reader = Reader(browser, tmp_path, one)
        reader.press("j")
        assert reader.run("document.documentElement.scrollWidth") <= width
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
