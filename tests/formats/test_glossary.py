"""Glossaries as people have them."""

from __future__ import annotations

from pathlib import Path

import pytest

from mtqa.config import ConfigError, Wording
from mtqa.formats.glossary import read_glossary

BORDER = (
    Wording("source", "Grenzübergang"),
    Wording("target", "border crossing"),
    Wording("target", "crossing point"),
    Wording("target", "checkpoint", forbidden=True),
)


def write(folder: Path, name: str, content: str | bytes) -> str:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(path)


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        (
            "g.csv",
            [
                "source,target,forbidden",
                "Grenzübergang,border crossing|crossing point,checkpoint",
            ],
        ),
        (
            "g.csv",
            [
                "\ufeffTerm;Note;Translation;Do not use\r",
                "Grenzübergang;x;border crossing | crossing point;checkpoint\r",
            ],
        ),
        (
            "g.tsv",
            [
                "target\tsource\tforbidden",
                "border crossing\tGrenzübergang\tcheckpoint",
                "crossing point\tGrenzübergang\t",
            ],
        ),
        (
            "g.csv",
            [
                "source,target,forbidden",
                '"Grenzübergang","border crossing|crossing point","checkpoint"',
            ],
        ),
    ],
)
def test_tables_with_a_line_of_names(tmp_path: Path, name: str, lines: list[str]) -> None:
    (concept,) = read_glossary(write(tmp_path, name, "\n".join([*lines, ""])))
    assert set(concept) == set(BORDER)


def test_a_table_of_two_columns_needs_no_names(tmp_path: Path) -> None:
    assert read_glossary(write(tmp_path, "g.csv", "Rat,council\nEi,egg\n")) == (
        (Wording("source", "Rat"), Wording("target", "council")),
        (Wording("source", "Ei"), Wording("target", "egg")),
    )


def test_columns_may_be_called_by_their_languages(tmp_path: Path) -> None:
    content = "de,en,pt-BR\nBrücke,bridge,ponte\nRat,council|board,\n"
    assert read_glossary(write(tmp_path, "g.csv", content)) == (
        (Wording("de", "Brücke"), Wording("en", "bridge"), Wording("pt", "ponte")),
        (Wording("de", "Rat"), Wording("en", "council"), Wording("en", "board")),
    )


TBX_2008 = """<?xml version="1.0" encoding="UTF-8"?>
<martif type="TBX" xml:lang="en"><text><body><termEntry id="1">
<langSet xml:lang="de-DE"><tig><term>Grenz&#252;bergang</term></tig></langSet>
<langSet xml:lang="en"><tig><term>border
 crossing</term><termNote type="partOfSpeech">noun</termNote></tig>
<ntig><termGrp><term>checkpoint</term>
<termNote type="administrativeStatus">deprecatedTerm-admn-sts</termNote></termGrp></ntig>
</langSet></termEntry></body></text></martif>
"""
TBX_2019 = """<tbx style="dct" type="TBX-Min" xml:lang="en" xmlns="urn:iso:std:iso:30042:ed-2"
 xmlns:min="http://www.tbxinfo.net/ns/min"><text><body><conceptEntry id="1">
<langSec xml:lang="de"><termSec><term>Grenzübergang</term></termSec></langSec>
<langSec xml:lang="en"><termSec><term>border crossing</term>
<min:administrativeStatus>preferredTerm-admn-sts</min:administrativeStatus></termSec>
<termSec><term>checkpoint</term>
<min:administrativeStatus>supersededTerm-admn-sts</min:administrativeStatus></termSec>
</langSec></conceptEntry></body></text></tbx>
"""


@pytest.mark.parametrize("content", [TBX_2008, TBX_2019])
def test_tbx_of_either_edition(tmp_path: Path, content: str) -> None:
    assert read_glossary(write(tmp_path, "g.tbx", content)) == (
        (
            Wording("de", "Grenzübergang"),
            Wording("en", "border crossing"),
            Wording("en", "checkpoint", forbidden=True),
        ),
    )


LAUGHS = """<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>
<martif><termEntry><langSet xml:lang="de"><tig><term>&b;</term></tig></langSet></termEntry></martif>
"""


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("g.csv", "", "fill it or leave it out"),
        ("g.csv", "source,target\n", "has no entries"),
        ("g.csv", "a,b,c\nd,e,f\n", "has no line of names; call its columns"),
        ("g.csv", 'source,target\n"a,b\n', ":2: the glossary opens a quotation mark"),
        ("g.tsv", "source\ttarget\nBrücke\n", ":2: the glossary has 1 column where"),
        ("g.tbx", LAUGHS, "declares entities"),
        ("g.tbx", "<martif><termEntry>", "is no well-formed XML"),
        ("g.tbx", "<html><p>no</p></html>", "has no entries"),
    ],
)
def test_what_is_no_glossary_is_one_sentence(
    tmp_path: Path, name: str, content: str, says: str
) -> None:
    path = write(tmp_path, name, content)
    with pytest.raises(ConfigError) as error:
        read_glossary(path)
    assert says in str(error.value)
    assert str(error.value).startswith(path)
    assert "\n" not in str(error.value)


def test_a_missing_glossary_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        read_glossary(str(tmp_path / "none.csv"))
