"""Who said what."""

from __future__ import annotations

import pytest

from mtqa.text.analysis import Analysis
from mtqa.text.attributions import Attribution, SpeakerKind
from mtqa.text.document import Document
from mtqa.text.reporting import find_clause, reporting_verbs


def attributions(text: str, lang: str = "en") -> list[Attribution]:
    return Analysis(Document("case.txt", text, lang)).attributions


@pytest.mark.parametrize(
    ("text", "clause", "speaker", "verb", "kind"),
    [
        ("“Go,” said Ann Lee.", "said Ann Lee", "Ann Lee", "said", "name"),
        ("“Go,” Ann Lee, a nurse, told AFP.", None, "Ann Lee", "told", "name"),
        ("“Go,” she added.", "she added", "she", "added", "pronoun"),
        ("“Go,” the old miner said on Monday.", "the old miner said", "the old miner", "said", "noun"),
        ("“Go,” said U.S. President Jo Hill.", None, "U.S. President Jo Hill", "said", "name"),
        ("“Go,” local official Ana Diaz said.", None, "local official Ana Diaz", "said", "name"),
        ("Ann Lee told reporters: “Go.”", "Ann Lee told reporters", "Ann Lee", "told", "name"),
        ("According to Ann Lee, it is late.", "According to Ann Lee", "Ann Lee", "According", "name"),
        ("It is late, Ann Lee said.", "Ann Lee said", "Ann Lee", "said", "name"),
    ],
)  # fmt: skip
def test_one_attribution(text: str, clause: str | None, speaker: str, verb: str, kind: str) -> None:
    (attribution,) = attributions(text)
    assert clause is None or text[slice(*attribution.span)] == clause
    assert text[slice(*attribution.speaker)] == speaker
    assert text[slice(*attribution.verb)] == verb
    assert attribution.kind is SpeakerKind(kind)


@pytest.mark.parametrize(
    "text",
    [
        "“Go” is what we heard on the bridge.",
        "The “peace” plan failed.",
        "She reported the theft.",
        "",
    ],
)
def test_no_attribution(text: str) -> None:
    assert [a for a in attributions(text) if a.quotation is not None] == []


def test_a_clause_that_introduces_something_is_not_closed() -> None:
    text = "“Go,” Ann Lee said. She said that it was late."
    first, second = attributions(text)
    assert first.closed and not second.closed


def test_telling_somebody_that_something_is_so_is_not_closed() -> None:
    (attribution,) = attributions("The governor told reporters the road was closed.")
    assert not attribution.closed


def test_a_clause_that_is_a_sentence_stands_alone() -> None:
    text = "“Go,” said Ann Lee, a nurse. Lee) said."
    first, second = attributions(text)
    assert (first.alone, second.alone) == (False, True)
    assert first.quotation == second.quotation


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("de", "„Los“, sagte Anna Berg."),
        ("fr", "« Allez », dit-elle."),
        ("es", "«Vamos», dijo Ana Ruiz."),
        ("ru", "«Идём», — сказала Анна Берг."),
    ],
)
def test_other_languages(lang: str, text: str) -> None:
    assert len(attributions(text, lang)) == 1


@pytest.mark.parametrize("lang", ["zh", "ja", "ar", "he", "hi", "th", "und"])
def test_a_language_without_verbs_has_no_attributions(lang: str) -> None:
    assert attributions("“Go,” said Ann Lee.", lang) == []


def test_verbs_are_inflected() -> None:
    assert {"said", "says", "told", "wrote", "insisted", "replies"} <= reporting_verbs("en")
    assert "claim" not in reporting_verbs("en")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We go, he said.", True),
        ("We go, said Ann Lee.", True),
        ("We go, Ann Lee, a nurse, told us", False),
        ("We go now.", False),
    ],
)
def test_clauses_of_saying(text: str, expected: bool) -> None:
    assert find_clause(text, 0, len(text), "en") is expected
