"""What ``mtqa fix`` shows, writes and returns."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.conftest import Bench
from tests.formats.article import docx

# Each “the the” is a defect of the real rule; the bench has simple rules whose suggestion is none
# that is safe, so this file needs the real ones.


@pytest.fixture
def real(mtqa: Bench, monkeypatch: pytest.MonkeyPatch) -> Bench:
    from mtqa.rules import RULES, catalogue

    monkeypatch.setattr(catalogue, "RULES", RULES)
    catalogue.all_rules.cache_clear()
    return mtqa


TEXT = "He said that the the talks went on.\r\n\r\nShare this article\r\n\r\nShe left"
FIXED = "He said that the talks went on.\r\n\r\nShe left"


def test_files_are_fixed_and_it_is_told_what_was_done(real: Bench) -> None:
    real.write("news/a.txt", TEXT)
    real.write("news/b.txt", "All is well.\n")
    outcome = real("fix", "news")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out == (
        "news/a.txt\n"
        "  1:14 repeated-word “the the” → “the”\n"
        "  3:1 residue-boilerplate “Share this article” deleted\n"
        "Fixes: 2 made in 1 file.\n"
    )
    assert Path("news/a.txt").read_bytes() == FIXED.encode()
    assert real("fix", "news").out == "Fixes: none to make.\n"
    assert real("fix", "news", "--quiet").out == ""


def test_a_diff_shows_what_would_be_done_and_does_nothing(real: Bench) -> None:
    path = real.write("news/a b.txt", TEXT)
    stamp = path.stat().st_mtime_ns
    outcome = real("fix", ".", "--diff")
    assert outcome.code == 1
    assert outcome.err == "mtqa: Fixes: 2 to be made in 1 file.\n"
    assert outcome.out.startswith("--- a/news/a b.txt\n+++ b/news/a b.txt\n@@ -1,5 +1,3 @@\n")
    assert "\\ No newline at end of file\n" in outcome.out
    assert (path.read_bytes(), path.stat().st_mtime_ns) == (TEXT.encode(), stamp)
    assert sorted(one.name for one in path.parent.iterdir()) == ["a b.txt"]
    subprocess.run(("git", "apply", "-"), input=outcome.out.encode(), check=True)
    assert path.read_bytes() == FIXED.encode()
    outcome = real("fix", ".", "--diff")
    assert (outcome.code, outcome.out) == (0, "")


def test_what_is_accepted_is_let_be(real: Bench) -> None:
    real.write("a.txt", TEXT)
    real("check", "a.txt", "--baseline", "base.json", "--update-baseline")
    assert real("fix", "a.txt", "--baseline", "base.json").out == "Fixes: none to make.\n"
    assert Path("a.txt").read_bytes() == TEXT.encode()
    assert real("fix", "a.txt", "--baseline", "none.json").code == 2


def test_rules_are_chosen_as_for_a_check(real: Bench) -> None:
    real.write("mtqa.toml", '[per-file-ignores]\n"wire/*" = ["residue"]')
    for name in ("a.txt", "wire/a.txt"):
        real.write(name, TEXT)
    assert real("fix", ".", "--select", "repetition").code == 0
    assert Path("a.txt").read_bytes() == TEXT.replace("the the", "the").encode()
    assert real("fix", ".").code == 0
    assert Path("a.txt").read_bytes() == FIXED.encode()
    assert b"Share this" in Path("wire/a.txt").read_bytes()
    assert "did you mean residue?" in real("fix", ".", "--ignore", "residu").err


def test_a_link_stays_a_link_and_a_mode_a_mode(real: Bench) -> None:
    target = real.write("store/a.txt", TEXT)
    target.chmod(0o640)
    link = real.folder / "link.txt"
    link.symlink_to(target)
    assert real("fix", "link.txt").code == 0
    assert link.is_symlink()
    assert (target.read_bytes(), target.stat().st_mode & 0o777) == (FIXED.encode(), 0o640)


def test_what_cannot_be_read_is_2_and_the_others_are_fixed(real: Bench) -> None:
    real.write("a.txt", TEXT)
    real.write("b.txt", b"%PDF-1.7")
    outcome = real("fix", "a.txt", "b.txt", "none.txt")
    assert outcome.code == 2
    assert outcome.err.count("\n") == 2 and "b.txt: is a PDF" in outcome.err
    assert Path("a.txt").read_bytes() == FIXED.encode()


def test_standard_input_is_no_file(real: Bench) -> None:
    outcome = real("fix", "-", stdin=TEXT.encode())
    assert outcome.code == 2
    assert outcome.err == "mtqa: fix changes files, and standard input (-) is none; name files\n"


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes all")
def test_a_folder_that_cannot_be_written_is_2_and_the_file_is_whole(real: Bench) -> None:
    path = real.write("news/a.txt", TEXT)
    path.parent.chmod(0o500)
    try:
        outcome = real("fix", "news")
    finally:
        path.parent.chmod(0o700)
    assert outcome.code == 2
    assert path.read_bytes() == TEXT.encode()


def test_the_text_cannot_command_the_terminal(real: Bench) -> None:
    real.write("a.txt", "He said \x1b[31mthe the\u202e talks.\nShare this article\n")
    outcome = real("fix", "a.txt")
    assert not {"\x1b", "\u202e"} & set(outcome.out)


def test_what_the_encoding_lacks_is_told(real: Bench) -> None:
    real.write("a.txt", "Zoë a fermé le café. Voilà M&#322;oda, dit-il à Orléans.".encode("cp1252"))
    outcome = real("fix", "a.txt")
    assert outcome.code == 0
    assert "is left to an editor: Windows-1252 has no such character\n" in outcome.out


def test_other_formats_are_changed_where_they_hold_plain_characters(real: Bench) -> None:
    page = (
        "<html><body><article><p>He said that <b>the the</b> talks &amp; the <i>the</i> rest "
        "went on for a long while.</p>\r\n<p>Share this article</p></article></body></html>"
    )
    real.write("a.html", page)
    outcome = real("fix", "a.html")
    assert outcome.code == 0
    assert Path("a.html").read_bytes() == page.replace("the the", "the").encode()
    assert "left to an editor: the file does not hold it as plain characters" in outcome.out
    assert "left to an editor: nothing else stands in its part of the file" in outcome.out
    table = "id\tmt\n1\tHe said that the the talks went on.\n2\tShare this article\n"
    real.write("a.tsv", table)
    assert real("fix", "a.tsv", "--columns", "translation=mt").code == 0
    assert Path("a.tsv").read_bytes() == table.replace("the the", "the").encode()


def test_of_a_file_that_is_no_text_nothing_is_changed(real: Bench) -> None:
    content = docx("<w:p><w:r><w:t>He said that the the talks went on.</w:t></w:r></w:p>")
    real.write("a.docx", content)
    outcome = real("fix", "a.docx")
    assert (outcome.code, outcome.err) == (0, "")
    assert "left to an editor: the file does not hold it as plain characters" in outcome.out
    assert Path("a.docx").read_bytes() == content


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (
            "a.xlf",
            '<?xml version="1.0" encoding="utf-8"?>\r\n'
            '<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2"><file original="a" '
            'source-language="de" target-language="en" datatype="plaintext"><body><trans-unit '
            'id="1"><source>Er.</source><target>He said that the the talks &amp; <g id="1">the</g> '
            "rest went on.</target></trans-unit></body></file></xliff>",
        ),
        ("a.po", 'msgid "a"\nmsgstr "He said \\"that the the\\" talks went on."\n'),
        ("a.srt", "1\n00:00:01,000 --> 00:00:03,000\nHe said that the the\ntalks went on.\n"),
        ("a.md", "He said that the the **talks** went on.\n\n```\nthe the\n```\n"),
        ("a.jsonl", '{"mt": "He said that the the \\u201ctalks\\u201d went on.", "n": 1.50}\n'),
    ],
)
def test_around_a_fix_the_file_stays_as_it_is(real: Bench, name: str, content: str) -> None:
    real.write(name, content)
    assert real("fix", name).code == 0
    assert Path(name).read_bytes() == content.replace("the the", "the", 1).encode()
    assert real("fix", name, "--diff").code == 0
