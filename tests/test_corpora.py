"""The sample articles: every one can be read, and its labels say what the text says."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from mtqa.evaluate import labels_path, read_labels
from mtqa.formats.plain import decode
from mtqa.rules.catalogue import all_rules
from mtqa.text.language import detect_language

CORPORA = Path(__file__).parent.parent / "corpora"
DEFECTS = sorted(CORPORA.glob("defects/*.txt"))
CLEAN = sorted(CORPORA.glob("clean/*.txt"))
ARTICLES = DEFECTS + CLEAN

# All others are in English.
LANGUAGES = {
    "ar-nakheel": "ar",
    "bahnhof-uhren": "de",
    "bremen-hafenkran": "de",
    "campanero-burgos": "es",
    "marseille-oursins": "fr",
    "murmansk-kit": "ru",
    "phare-gardienne": "fr",
    "quibdo-puente": "es",
    "tramvai-kot": "ru",
    "zh-bridge": "zh",
}


def text_of(article: Path) -> str:
    return decode(article.read_bytes()).text


def test_there_are_enough_articles() -> None:
    assert len(DEFECTS) >= 16
    assert len(CLEAN) >= 16


def test_every_label_file_belongs_to_an_article() -> None:
    assert sorted(CORPORA.rglob("*.labels.json")) == sorted(
        labels_path(str(article)) for article in ARTICLES
    )


@pytest.mark.parametrize("article", ARTICLES, ids=lambda path: path.stem)
def test_the_article_is_plain_utf_8_of_the_length_of_a_news_story(article: Path) -> None:
    decoded = decode(article.read_bytes())
    assert decoded.encoding == "utf-8"
    assert "\r" not in decoded.text
    assert 1000 < len(decoded.text.encode()) < 5000


@pytest.mark.parametrize("article", ARTICLES, ids=lambda path: path.stem)
def test_the_language_of_the_article_is_detected(article: Path) -> None:
    assert detect_language(text_of(article)) == LANGUAGES.get(article.stem, "en")


@pytest.mark.parametrize("article", DEFECTS, ids=lambda path: path.stem)
def test_a_defective_article_carries_labels_that_slice_exactly(article: Path) -> None:
    text = text_of(article)
    path = labels_path(str(article))
    rows = json.loads(path.read_text(encoding="utf-8"))["labels"]
    for row in rows:
        for place in (row, *row.get("related", ())):
            assert text[place["start"] : place["end"]] == place["text"]
            assert place["text"] == place["text"].strip()
    labels = read_labels(path, text)
    assert len(labels) == len(rows)
    assert sum(not label.optional for label in labels) >= 5


@pytest.mark.parametrize("article", CLEAN, ids=lambda path: path.stem)
def test_a_clean_article_carries_no_label(article: Path) -> None:
    assert read_labels(labels_path(str(article)), text_of(article)) == ()


def test_every_proven_rule_has_labels() -> None:
    labels = Counter(
        label.rule
        for article in DEFECTS
        for label in read_labels(labels_path(str(article)), text_of(article))
        if not label.optional
    )
    # What a model says is held against human judgements instead, and what needs the source is
    # planted into translations that have one (bench/planted_source.py): these have none.
    proven = {
        rule.name
        for rule in all_rules()
        if not (rule.preview or rule.needs_source or rule.family == "estimation")
    }
    assert proven <= set(labels)
