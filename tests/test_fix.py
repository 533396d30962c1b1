"""What ``mtqa fix`` does to a text, and what it leaves alone."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from mtqa.config import Settings
from mtqa.fix import Fixed, fix_file
from mtqa.formats.plain import Unreadable, decode
from mtqa.rules import catalogue
from mtqa.rules.rule import Hit, Rule
from mtqa.text.analysis import Analysis
from mtqa.text.document import Document, Origin, Span
from tests.conftest import RULES
from tests.test_check import TEXTS

CORPORA = Path(__file__).parent.parent / "corpora"
PLAIN = Settings(target_lang="en", qe=False)


def read(data: bytes, lang: str = "en") -> Document:
    text, encoding = decode(data)
    return Document("a.txt", text, lang, encoding)


def fix(text: str | bytes, lang: str = "en", settings: Settings = PLAIN) -> Fixed:
    data = text.encode() if isinstance(text, str) else text
    return fix_file(data, partial(read, lang=lang), settings)


def fixed(text: str, lang: str = "en") -> str:
    return fix(text, lang).data.decode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # a rarer form of a name gives way to the agreed one
        (
            "Wadi Salim fell. Wadi Salim is quiet. In Karwan-Wadisalim nobody slept.",
            "Wadi Salim fell. Wadi Salim is quiet. In Karwan-Wadi Salim nobody slept.",
        ),
        # a mark of a quotation takes after its partner
        (
            '“We wait,” she said. “We can", he said. “We must,” said the boy.',
            "“We wait,” she said. “We can”, he said. “We must,” said the boy.",
        ),
        # lines of residue go, with one of the blank lines about them
        ("He left.\n\nShare this article\n\nShe stayed.\n", "He left.\n\nShe stayed.\n"),
        ("He left.\n\nShare this article\n", "He left.\n"),
        ("He left.\n\nShare this article", "He left.\n"),
        ("Home > News > World\n\nHe left.\n", "He left.\n"),
        ("He left.\nShare this article\nShe stayed.\n", "He left.\nShe stayed.\n"),
        (
            "He left.\r\n\r\nShare this article\r\n\r\nShe stayed.",
            "He left.\r\n\r\nShe stayed.",
        ),
        ("He left.\r\rShare this article\r\rShe stayed.", "He left.\r\rShe stayed."),
        (
            "He left.\n\nShare this article\n\nLeave a comment\n\nShe stayed.\n",
            "He left.\n\nShe stayed.\n",
        ),
        # within a line the space goes that would be left over
        (
            "Rebels claim to hold key border bridge | Ruritania News\n\nHe left.\n",
            "Rebels claim to hold key border bridge\n\nHe left.\n",
        ),
        ("He said <b> no </b> to it.", "He said no to it."),
        ("He left <i>, then</i>.", "He left, then."),
        # a word stands twice, a letter of another script, a text decoded wrongly, an entity
        ("He said that the the talks went on.", "He said that the talks went on."),
        ("They will attеnd.", "They will attend."),
        ("The cafÃ© didnâ€™t open.", "The café didn’t open."),
        ("It rained&hellip; and rained.", "It rained… and rained."),
    ],
)
def test_what_needs_no_editor_is_done(before: str, after: str) -> None:
    assert fixed(before) == after
    assert fixed(after) == after


@pytest.mark.parametrize(
    "text",
    [
        "“It was loud,” said Raz Mohamed, a baker. Two days later Mohammad left the town.",
        "Sales &lt; 3 % are bad, sales &amp;lt; 3 % too.",
        "He left.<br>She stayed.",
        "All 11 were hurt, all 11 were hurt.",
        "The <0>old</0> bridge fell.",
        "Share this article\n",  # nothing would be left
    ],
)
def test_what_an_editor_has_to_see_is_left(text: str) -> None:
    assert fixed(text) == text


def test_the_users_words_are_obeyed() -> None:
    text = "Odesa was calm. Odesa slept. Trains to Odyssa ran late."
    same = Settings(names_same=(("Odesa", "Odyssa"),))
    assert fix(text, settings=same).after == text.replace("Odyssa", "Odesa")
    text = "Wadi Salim fell. Wadi Salim is quiet. Wadisalim is not."
    assert fix(text).after != text
    distinct = Settings(names_distinct=(("Wadi Salim", "Wadisalim"),))
    assert fix(text, settings=distinct).after == text
    assert fix(text, settings=Settings(ignore=("name",))).after == text


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (b"", "cp1252"),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028\n\x0b\n"])
def test_encoding_mark_and_line_ends_stay(mark: bytes, encoding: str, end: str) -> None:
    if encoding == "cp1252":
        end = end.replace("\u2028", "")
    text = f" Zoë dîne à Orléans.  {end}{end}The the\tcafé is fermé… {end}Fin"
    data = mark + text.encode(encoding)
    assert fix(data).data == mark + text.replace("The the", "The").encode(encoding)


def test_a_file_with_nothing_to_do_keeps_its_bytes() -> None:
    for data in (b"All is well.", codecs.BOM_UTF8 + b"All\r is\r\n well.\n\n\n"):
        assert fix(data).data == data


def test_what_the_encoding_has_no_character_for_is_left() -> None:
    text = "«Réponse», dit-il. L’été fut beau, l’hiver aussi. Café fermé&hellip; Voilà M&#322;oda."
    result = fix(text.encode("cp1252"), lang="fr")
    assert "fermé… Voilà M&#322;oda" in result.after
    assert [left.reason for left in result.left] == ["Windows-1252 has no such character"]
    assert result.data.decode("cp1252") == result.after


def test_bytes_that_do_not_come_back_are_not_touched() -> None:
    def lossy(data: bytes) -> Document:
        return Document("a.txt", data.decode().replace("x", "y"), "en")

    with pytest.raises(Unreadable, match="cannot be written back byte for byte as utf-8"):
        fix_file(b"The the box.", lossy, PLAIN)


def test_what_was_done_and_what_is_left_is_told() -> None:
    result = fix("One.\n\nHe said the the word. However, he left. However, she stayed.\n")
    (change,) = result.changes
    assert (change.rule, change.position, change.old, change.new) == (
        "repeated-word",
        (3, 9),
        "the the",
        "the",
    )
    assert result.left == ()
    assert result.findings == 1  # repeated-opener, which suggests nothing


# Rules that would do harm


def rule_of(find: dict[str, str | None], name: str = "made-up", **options: Any) -> Rule:
    """A rule that marks words and suggests others, safely as it says."""

    def check(analysis: Analysis, settings: Settings) -> Iterator[Hit]:
        for word, suggestion in find.items():
            start = analysis.text.find(word)
            while start >= 0:
                span = Span(start, start + len(word))
                hit = Hit(span, "M.", suggestion=suggestion, safe=True, confidence=0.95)
                yield replace(hit, **options)
                start = analysis.text.find(word, span.end)

    return Rule(name, "x", "Other", RULES[0].severity, check, "D.")


def fix_with(monkeypatch: pytest.MonkeyPatch, text: str, *rules: Rule) -> Fixed:
    monkeypatch.setattr(catalogue, "RULES", rules)
    catalogue.all_rules.cache_clear()
    try:
        return fix(text)
    finally:
        monkeypatch.undo()
        catalogue.all_rules.cache_clear()


def test_a_fix_that_only_moves_a_defect_is_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    swap = rule_of({"ping": "pong", "pong": "ping"})
    result = fix_with(monkeypatch, "ping good pong", swap)
    assert result.after == "ping good pong"
    assert {left.reason for left in result.left} == {"a rule would find more than before"}


def test_a_fix_after_which_another_rule_finds_more_is_not_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one, other = rule_of({"a1": "b2", "c3": "d4"}), rule_of({"b2": None}, "another")
    assert fix_with(monkeypatch, "a1 c3 a1 c3", one, other).after == "a1 d4 a1 d4"


def test_a_fix_that_makes_room_for_another_is_followed_by_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rule = rule_of({"ab": "a", "aa": "a"})
    result = fix_with(monkeypatch, "aab end", rule)
    assert result.after == "a end"
    assert fix_with(monkeypatch, "a end", rule).changes == ()


def test_fixes_that_overlap_are_made_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = rule_of({"one two": "1 two"}), rule_of({"two three": "two 3"}, "another")
    assert fix_with(monkeypatch, "one two three", *rules).after == "1 two 3"


@pytest.mark.parametrize(
    ("options", "made"),
    [
        ({}, True),
        ({"safe": False}, False),
        ({"confidence": 0.9}, True),
        ({"confidence": 0.89}, False),
    ],
)
def test_only_what_is_safe_and_sure_is_done(
    monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], made: bool
) -> None:
    result = fix_with(monkeypatch, "so bad", rule_of({"bad": "good"}, **options))
    assert result.after == ("so good" if made else "so bad")


# Files that are no plain text


def markup(data: bytes) -> Document:
    """The text between tags: each letter stands for itself, &amp; for an ampersand."""
    file = data.decode()
    origin = Origin(file)
    text = ""
    at = 0
    while at < len(file):
        if file[at] == "<":
            at = file.index(">", at) + 1
            continue
        end = file.index(";", at) + 1 if file[at] == "&" else at + 1
        for places, offset in zip(
            (origin.starts, origin.ends, origin.file_starts, origin.file_ends),
            (len(text), len(text) + 1, at, end),
            strict=True,
        ):
            places.append(offset)
        text += "&" if file[at] == "&" else file[at]
        at = end
    return Document("a.xml", text, "en", origin=origin)


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("<p>so bad &amp; so</p>", "<p>so good &amp; so</p>", None),
        ("<p>so b<i>a</i>d</p>", None, "the file does not hold it as plain characters"),
        ("<p>so rough</p>", None, "the file does not hold it as plain characters"),
        ("<p>so um, ok</p>", "<p>so, ok</p>", None),
        ("<p>um</p>", None, "nothing else stands in its part of the file"),
        ("<p>so &amp; so</p>", None, "the file does not hold it as plain characters"),
    ],
)
def test_in_other_formats_plain_characters_are_changed_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, before: str, after: str | None, reason: str | None
) -> None:
    rule = rule_of({"bad": "good", "rough": "<b>rough</b>", "um": "", "&": "and"})
    if after is not None:
        rule = rule_of({"bad": "good", "um": ""})
    monkeypatch.setattr(catalogue, "RULES", (rule,))
    catalogue.all_rules.cache_clear()
    try:
        result = fix_file(before.encode(), markup, PLAIN)
    finally:
        monkeypatch.undo()
        catalogue.all_rules.cache_clear()
    assert result.data.decode() == (after or before)
    assert [left.reason for left in result.left] == ([reason] if reason else [])


# Whatever the text


@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS, st.sampled_from(["en", "de", "ru", "ja"]))
@example("the the the", "en")
@example("&amp;amp;nbsp;", "en")
def test_a_second_run_changes_nothing(text: str, lang: str) -> None:
    data = text.encode("utf-8", "replace")
    reader = partial(read, lang=lang)
    try:
        once = fix_file(data, reader, PLAIN)
    except Unreadable:
        return
    twice = fix_file(once.data, reader, PLAIN)
    assert twice.data == once.data
    assert twice.changes == ()
    assert (once.data == data) == (once.changes == ())


@pytest.mark.parametrize("path", sorted(CORPORA.glob("*/*.txt")), ids=lambda path: path.stem)
def test_a_second_run_over_an_article_changes_nothing(path: Path) -> None:
    def reader(data: bytes) -> Document:
        from mtqa.text.language import detect_language

        text, encoding = decode(data)
        return Document(path.name, text, detect_language(text), encoding)

    once = fix_file(path.read_bytes(), reader, Settings(qe=False))
    assert bool(once.changes) == (path.parent.name == "defects")
    assert fix_file(once.data, reader, Settings(qe=False)).data == once.data
