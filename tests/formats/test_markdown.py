"""Markdown."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from selectolax.lexbor import LexborHTMLParser

from mtqa.formats.plain import Unreadable
from tests.formats.readings import found, paragraphs, read


def shown(text: str) -> list[str]:
    return paragraphs(read("markdown", text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# Fire in *Split* ##\n\nIt\nrained.\n", ["Fire in Split", "It rained."]),
        ("Fire\n====\nIt rained.\nAll day.", ["Fire", "It rained. All day."]),
        ("- One\n  two\n- Three\n\n1. Four\n", ["One two", "Three", "Four"]),
        ("> It **rained.**\n> All day.\n>\n> > Yes.\n", ["It rained. All day.", "Yes."]),
        ("| a | b \\| c |\n|--|--|\n| a | *a* |\n", ["a", "b | c", "a", "a"]),
        ("A line\\\nbreak.  \nAnother.", ["A line\nbreak.\nAnother."]),
        ("Not ~~no~~ `a  b` ``c`d``.", ["Not no a b c`d."]),
        (
            "Set `a=1` and `<b>` (`x()`), not `Save`, in `f.js`.\n\n`x = 1`\n\n`{}`s",
            ["Set \ufffc and \ufffc (\ufffc), not Save, in \ufffc.", "s"],
        ),
        ("---\ntitle: no\n---\nIt rained.", ["It rained."]),
        ("+++\ntitle = 'no'\n+++\nIt rained.", ["It rained."]),
        ("---\n\nIt rained.\n\n---\n\nYes.", ["It rained.", "Yes."]),
        ("One.\n\n```\nno\n```\n\n    no\n\nTwo.", ["One.", "Two."]),
        ("![no](a.png) One [two][x] <http://a.b>.\n\n[x]: http://no", ["One two http://a.b."]),
        ("<div>\nIn &amp;\nHTML\n</div>\n\nOne.", ["In & HTML", "One."]),
        ("<nav>\n\nno\n\n</nav>\n\nOne <b>t</b>wo<br>three.", ["One two\nthree."]),
        ("One <span hidden>no\n\nTwo.", ["One", "Two."]),
        ("One <script>no</script> two.", ["One two."]),
        ("a * b 2*3 snake_case_name **", ["a * b 2*3 snake_case_name **"]),
    ],
)
def test_what_is_shown_is_read(text: str, expected: list[str]) -> None:
    for newline in ("\n", "\r\n", "\r"):
        if newline == "\n" or not text.startswith(("---", "+++")):
            assert [" ".join(p.split("\r")) for p in shown(text.replace("\n", newline))] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "He[^1] came.[^b]\n\n[^1]: One.\n\n    Two, *a*\n    pause.\n[^b]: Three\nlazy.\n\nX",
            ["He came.", "One.", "Two, a pause.", "Three lazy.", "X"],
        ),
        ("A[^1] and [^2].\n\n[^1]: Split", ["A and [^2].", "Split"]),
        ("> [^1]: One.\n\nA[^1]", ["One.", "A"]),
    ],
)
def test_footnotes_are_paragraphs_where_they_stand(text: str, expected: list[str]) -> None:
    assert shown(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- [ ] Open\n- [x] Closed [x]\n", ["Open", "Closed [x]"]),
        ("> [!NOTE]\n> It rained.\n", ["It rained."]),
        ("It rained. [x] [!NOTE]", ["It rained. [x] [!NOTE]"]),
        (":::warning[No]\nIt rained.\n:::\n", ["It rained."]),
        ("## Fire {#fire .big}\n\nIt rained.\n{: .x y='z'}", ["Fire", "It rained."]),
        ("The set {#1, b} and {a} stay.", ["The set {#1, b} and {a} stay."]),
        ('It rained.\n\n{{< figure src="a.jpg" >}}\n\n{% endif %}', ["It rained."]),
        ('See {{% ref "a" %}} and {% link a %}.', ["See \ufffc and \ufffc."]),
        ("Dear {{ name }}, {{<}} {% no", ["Dear {{ name }}, {{<}} {% no"]),
    ],
)
def test_marks_of_those_who_make_sites_are_no_text(text: str, expected: list[str]) -> None:
    assert shown(text) == expected


def test_places_hold_beside_such_marks() -> None:
    reading = read(
        "markdown", "- [ ] The port[^1] of *Split* was\n  closed.\n\n[^1]: It *rained*.\n"
    )
    assert found(reading, "port of Split") == "port[^1] of *Split"
    assert found(reading, "closed") == "closed"
    assert found(reading, "rained") == "rained"


def test_footnotes_within_footnotes_take_no_depth() -> None:
    assert len(read("markdown", "[^a]: " * 3000 + "x").text) > 3000


def test_places_are_those_of_the_file() -> None:
    text = '> [a](b "x b") **b** R&amp;D \\*c\\*\n> - `x`\td\n'
    reading = read("markdown", text)
    assert paragraphs(reading) == ["a b R&D *c*", "x d"]
    assert found(reading, "a b") == 'a](b "x b") **b'
    assert found(reading, "R&D *c") == "R&amp;D \\*c"
    assert found(reading, "x d") == "x`\td"


def test_a_file_without_text_is_refused() -> None:
    with pytest.raises(Unreadable, match="holds no text to check"):
        read("markdown", "```\ncode\n```\n")


@pytest.mark.parametrize("mark", ["> ", "- "])
def test_what_is_nested_too_deeply_is_refused(mark: str) -> None:
    assert shown(mark * 40 + "It rained.") == ["It rained."]
    with pytest.raises(Unreadable, match="has quotations or lists nested 100 deep"):
        read("markdown", mark * 1000 + "It rained.")


PIECES = st.sampled_from(
    [
        *("a", "b ", "* ", "**", "*", "_", "__", "`", "``", "~~", "[", "](x)", "](x 'b')", "!["),
        *("\\", "&amp;", "&", "<b>", "</b>", "<br>", "<!-- -->", "\n", "\n\n", "\n> ", "\n- "),
        *("\n    ", "\n# ", " #", "\n===\n", "\n---\n", "\t", "  ", "|", "\n|-|-|\n", "1. ", "é"),
        *("<http://a.b>", "\\*", "\n```\n", "[b]: c", "😀", "\u00a0", "\\|"),
    ]
)


CODE = set("<>()[]\\'=|&*#")  # of the pieces: what makes a code span code


@settings(deadline=None)
@given(st.lists(PIECES, max_size=20).map("".join))
def test_any_text_is_read_as_it_is_rendered(text: str) -> None:
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    body = LexborHTMLParser("<body>" + parser.render(text)).body
    assert body is not None
    for element in body.css("pre"):
        element.decompose()
    for element in body.css("code"):
        if CODE & set(element.text()):
            element.decompose()
    expected = re.sub(r"\s", "", body.text())
    try:
        own = re.sub(r"[\s\ufffc]", "", read("markdown", text).text)
    except Unreadable:
        own = ""
    assert own == expected
