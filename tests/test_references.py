"""BLEU, chrF++ and TER are those of sacrebleu, to the last digit; so is the paired bootstrap."""

from __future__ import annotations

import gzip
import json
import os
import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sacrebleu.metrics import BLEU, CHRF, TER
from sacrebleu.significance import PairedTest

from mtqa.references import Comparison, Figure, measure
from mtqa.significance import paired_bootstrap

DATA = Path(os.environ.get("MTQA_DATA", Path(__file__).parents[2] / "shared" / "data"))


def compare(lang: str, translations: Sequence[str], *references: Sequence[str]) -> Comparison:
    """Segments added in two portions."""
    comparison = Comparison(lang)
    half = len(translations) // 2
    for part in (slice(half), slice(half, None)):
        comparison.add(translations[part], [texts[part] for texts in references])
    return comparison


def sacrebleu_figures(
    lang: str, translations: Sequence[str], *references: Sequence[str]
) -> tuple[Figure, ...]:
    found = []
    for metric in (BLEU(trg_lang=lang), CHRF(word_order=2), TER()):
        score = metric.corpus_score(translations, references)
        found.append(Figure(score.name, score.score, str(metric.get_signature())))
    return tuple(found)


def wmt(name: str, segments: int) -> tuple[list[str], list[str], list[str]]:
    """A reference and two systems of a WMT test set."""
    path = DATA / "wmt-docs" / f"{name}.docs.jsonl.gz"
    if not path.exists():
        pytest.skip("needs the WMT test sets (MTQA_DATA)")
    reference: list[str] = []
    systems: tuple[list[str], list[str]] = ([], [])
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            reference += next(iter(row["refs"].values()))
            for texts, system in zip(systems, sorted(row["hyps"]), strict=False):
                texts += row["hyps"][system]
            if len(reference) >= segments:
                break
    return reference, *systems


TEXT = st.text(st.sampled_from("ab ,.AE“”ß中文字 \u00a0\u2028\t\r&1"), max_size=40)


@given(st.lists(st.tuples(TEXT, TEXT, TEXT), min_size=1, max_size=6), st.sampled_from(["en", "zh"]))
@settings(max_examples=60, deadline=None)
def test_figures_are_those_of_sacrebleu_on_any_text(
    rows: list[tuple[str, str, str]], lang: str
) -> None:
    translations, *references = ([row[i] for row in rows] for i in range(3))
    comparison = compare(lang, translations, *references)
    assert measure([comparison]) == sacrebleu_figures(lang, translations, *references)
    for index, row in enumerate(rows):
        assert comparison.chrf(index) == (
            CHRF(word_order=2).sentence_score(row[0], [row[1], row[2]]).score
        )


def test_figures_are_those_of_sacrebleu_on_a_test_set() -> None:
    reference, system, _ = wmt("wmt22.uk-en", 150)
    comparison = compare("en", system, reference)
    figures = measure([comparison])
    assert figures == sacrebleu_figures("en", system, reference)
    assert [figure.name for figure in figures] == ["BLEU", "chrF2++", "TER"]
    assert figures[0].signature.startswith("nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:")
    few = [3, 4, 40]
    assert measure([comparison], few) == sacrebleu_figures(
        "en", [system[i] for i in few], [reference[i] for i in few]
    )


def test_several_files_are_measured_as_one() -> None:
    first = (["The cat sat.", "It rained all day."], ["A cat sat.", "It rained the whole day."])
    second = (["Nobody came to the town."], ["No one came to town."])
    together = [*first[0], *second[0]], [*first[1], *second[1]]
    found = measure([compare("en", *first), compare("en", *second)])
    assert found == sacrebleu_figures("en", *together)
    assert measure([compare("en", *first), compare("zh", *second)]) == ()


def test_the_paired_bootstrap_is_that_of_sacrebleu() -> None:
    draw = random.Random(5)
    words = "the mayor opened a new bridge over river in town on Monday".split()
    reference = [" ".join(draw.choices(words, k=draw.randint(3, 14))) for _ in range(61)]

    def damage(share: float) -> list[str]:
        return [
            " ".join(draw.choice(words) if draw.random() < share else word for word in line.split())
            for line in reference
        ]

    one, other = damage(0.30), damage(0.33)
    metrics = {"BLEU": BLEU(), "CHRF": CHRF(word_order=2), "TER": TER()}
    _, tests = PairedTest([("one", one), ("other", other)], metrics, [reference], "bs")()
    expected = {
        name: getattr(tests[name][1], "p_value", None) for name in ("BLEU", "chrF2++", "TER")
    }
    pairs = zip(
        compare("en", one, reference).statistics(),
        compare("en", other, reference).statistics(),
        strict=True,
    )
    found = {a.name: paired_bootstrap(a.rows, b.rows, a.score) for a, b in pairs}
    assert found == expected
    assert 0 < min(found.values()) <= max(found.values()) < 1


def test_a_missing_tokenizer_is_said_and_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mtqa.references.importlib.util.find_spec", lambda name: None)
    first, *others = measure([compare("ja", ["猫が座った。"], ["猫がすわった。"])])
    assert first == Figure(
        "BLEU",
        None,
        "",
        "BLEU of Japanese needs a tokenizer that is not installed: pip install 'sacrebleu[ja]'",
    )
    assert [figure.name for figure in others] == ["chrF2++", "TER"]
