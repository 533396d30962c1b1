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
