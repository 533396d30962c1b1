from __future__ import annotations

import subprocess
import sys

import pytest

from mtqa.text.analysis import Analysis
from mtqa.text.document import Document, Source
from mtqa.text.estimates import Estimates, PieceCoverage
from mtqa.text.gazetteer import is_city, is_country, names_of
from mtqa.text.lines import pair_lines
from mtqa.text.readings import other_readings, read_chinese, read_japanese


def translated(source: str, lang: str, text: str) -> Analysis:
    return Analysis(
        Document(
            "a.txt",
            text,
            "en",
            source=Source(source, lang, "s.txt"),
            segments=pair_lines(text, source),
        )
    )


def test_without_a_source_nothing_is_known_of_its_names() -> None:
    renderings = Analysis(Document("a.txt", "Petrov spoke to Ivanov.", "en")).renderings
    assert not renderings.invented and not renderings.lost


def test_a_name_goes_with_the_word_that_it_sounds_like() -> None:
    analysis = translated("В Мисрате был Халед.", "ru", "Khaled was in Misrata.")
    assert list(analysis.renderings.sources["Misrata"]) == ["мисрате"]


def test_a_segment_as_long_as_a_book_is_not_compared() -> None:
    analysis = translated(
        "Слово и дело. " * 20_000, "ru", "Petrovich and Ivanovich met Sidorovich again. " * 20_000
    )
    assert analysis.renderings.invented == []


@pytest.mark.parametrize(
    ("word", "lang", "name"),
    [
        ("vienna", "ru", "Вена"),
        ("germany", "he", "גרמניה"),
        ("italian", "zh", "意大利"),
        ("american", "ja", "米国"),
        ("finland", "ru", "финский"),
        ("copenhagen", "is", "Kaupmannahöfn"),
    ],
)
def test_places_have_names_of_their_own(word: str, lang: str, name: str) -> None:
    assert name in set(names_of(word, lang))


def test_a_language_that_cldr_does_not_know_has_no_countries() -> None:
    assert not is_country("germany", "und")


def test_cities_are_known_with_their_endings() -> None:
    assert is_city("Москве") and is_city("Афинах") and is_city("москва")
    assert not is_city("Министерстве")


def test_japanese_names_have_readings() -> None:
    tokens = read_japanese("大阪府の吉村洋文知事")
    assert [token.reading for token in tokens if token.kind == "person"] == ["ヨシムラ", "ヒロフミ"]
    assert "ソウスケ" in other_readings("壮亮")


def test_long_japanese_texts_are_read_in_parts() -> None:
    text = "大阪府の吉村洋文知事が話した。" * 4_000
    assert read_japanese(text)[-1].end == len(text)


def test_chinese_names_are_found_between_other_words() -> None:
    text = "记者从局长邱健华处获悉"
    assert "邱健华" in [text[t.start : t.end] for t in read_chinese(text) if t.kind == "person"]


def modules_after(script: str) -> set[str]:
    """Top-level packages loaded after a few lines of Python."""
    out = subprocess.run(
        [sys.executable, "-c", f"{script}\nimport sys; print(*sys.modules)"],
        capture_output=True,
        check=True,
        timeout=900,
        text=True,
    ).stdout
    return {name.split(".")[0] for name in out.split()}


CHECKING = """
from mtqa.config import Settings
from mtqa.rules import RULES
from mtqa.text.analysis import Analysis
from mtqa.text.document import Document, Source
from mtqa.text.estimates import Estimates, PieceCoverage
from mtqa.text.lines import pair_lines
source, text = {source!r}, {text!r}
analysis = Analysis(
    Document("a.txt", text, "en", source=Source(source, {lang!r}, "s.txt"),
             segments=pair_lines(text, source))
    if source else Document("a.txt", text, "en")
)
for rule in RULES:
    if (source or not rule.needs_source) and (rule.preview in (False, {preview})):
        list(rule.check(analysis, Settings()))
"""
DICTIONARIES = {"jieba", "sudachipy", "pypinyin"}


@pytest.mark.parametrize(
    ("lang", "source", "preview", "loaded"),
    [
        ("", "", True, set()),
        ("ru", "Приехал Иванов.", True, set()),
        ("he", "הטיסה מפריז נחתה.", True, set()),
        ("zh", "球员庞尧天射门。", False, {"sudachipy", "pypinyin"}),
        ("zh", "球员庞尧天射门。", True, DICTIONARIES),
        ("ja", "矢野監督が話した。", True, {"sudachipy", "pypinyin"}),
    ],
)
def test_a_dictionary_is_loaded_for_its_language_only(
    lang: str, source: str, preview: bool, loaded: set[str]
) -> None:
    script = CHECKING.format(
        lang=lang, source=source, text="Ivanov came to Paris.", preview=preview
    )
    assert modules_after(script) & DICTIONARIES == loaded


def test_names_without_a_source_load_no_table_of_places() -> None:
    script = CHECKING.format(lang="", source="", text="Ivanov came to Paris.", preview=True)
    script += "from mtqa.text import gazetteer\nassert not gazetteer.cities.cache_info().currsize\n"
    assert not modules_after(script) & {"babel", *DICTIONARIES}


def lost_of(source: str, lang: str, text: str, **likeness: float) -> list[tuple[str, bool]]:
    """Names of the source that are lost, where its words are covered as said (else by 1)."""
    analysis = translated(source, lang, text)
    pieces, start = [], 0
    for word in source.split():
        start = source.index(word, start)
        pieces.append(PieceCoverage(start, start + len(word), likeness.get(word.strip(".,"), 1.0)))
    analysis.estimates = Estimates((), None, None, pieces)
    return [(name.text, name.doubtful) for name in analysis.renderings.lost]


@pytest.mark.parametrize(
    ("source", "lang", "text", "word"),
    [
        ("Трамп заявил, что готов к встрече.", "ru", "He said he was ready to meet.", "Трамп"),
        ("Ο Στουρνάρας προειδοποίησε ξανά.", "el", "He warned again.", "Στουρνάρας"),
        ("Soud v Litomyšli rozhodl.", "cs", "The court ruled.", "Litomyšli"),
        ("قالیباف پیشنهاد را رد کرد.", "fa", "He rejected the proposal.", "قالیباف"),
    ],
)
def test_a_word_that_nothing_covers_may_be_a_name(
    source: str, lang: str, text: str, word: str
) -> None:
    assert (word, True) in lost_of(source, lang, text, **{word: 0.1})
    assert lost_of(source, lang, text) == []


def test_a_common_word_or_one_that_is_covered_is_none() -> None:
    text = "He said he was ready to meet."
    assert lost_of("Трамп заявил, что готов.", "ru", text, заявил=0.1, готов=0.1) == []
    assert lost_of("Трамп заявил, что готов.", "ru", text, Трамп=0.7) == []


def test_a_name_that_sounds_like_nothing_is_no_loss_where_it_is_covered() -> None:
    source, text = "Мэр Москвы открыл участок Большой линии.", "The mayor of Moscow opened it."
    assert lost_of(source, "ru", text, Большой=0.3) != []
    assert lost_of(source, "ru", text, Большой=0.7) == []
