"""What holds for every text, whatever the rules find in it."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from mtqa.config import Settings
from mtqa.pipeline import check_document, check_files, find_line_starts
from mtqa.qe.segments import word_spans
from mtqa.qe.sentences import estimate
from mtqa.reports.json import render
from mtqa.result import DocumentResult, Severity, relative_path
from mtqa.rules.rule import Hit, Rule
from mtqa.text.analysis import Analysis
from mtqa.text.document import Document, Span
from tests.conftest import RULES, FakeScorer

# Pieces that rules look at, so that chance puts them side by side.
PIECES = st.sampled_from(
    [
        "said", "he said", "the", "However,", "Mohamed", "Mohammad", "Spin Boldak", "Spinboldak",
        "Ministry of Interior", "Raz Mohamed", "Source link", "[File: Ann Lee/EPA]", "Read more",
        "“", "”", "‘", "’", '"', "'", "«", "»", "„", "「", "」", "(", ")", "[", "]", ".", "?!",
        ",", "…", " ", "\n", "\n\n", "\r\n", "\r", "\t", "\u00a0", "\u2028", "\u200b", "\ufeff",
        "\ufffd", "\x00", "&amp;", "<b>", "</p>", "{{name}}", "\\u0041", "https://a.b", "1,234.5",
        "’90s", "6'2\"", "Ã©", "â€œ", "café", "e\u0301", "Москва", "Pусский", "北京", "東京は",
        "ประเทศ", "क्षि", "שלום", "السلام", "😀", "👨\u200d👩\u200d👧", "\U0001d54f", "|", "-", "–",
    ]
)  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=200),
    st.lists(st.one_of(PIECES, st.text(max_size=3)), max_size=60).map("".join),
    st.lists(PIECES, max_size=60).map(" ".join),
)
LANGUAGES = st.sampled_from(
    ["en", "de", "fr", "ru", "ar", "he", "hi", "zh", "ja", "th", "und", "xx"]
)


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS, LANGUAGES)
@example("", "en")
@example("“", "en")
def test_any_text_is_checked_to_the_letter(text: str, lang: str) -> None:
    result, problems = check_document(Document("a.txt", text, lang), Settings(preview=True))
    assert problems == []
    for finding in result.findings:
        assert result.text(finding.span)
        assert all(result.text(span) for span in finding.related)
        assert 0 <= finding.confidence <= 1
        assert finding.message
    assert list(result.findings) == sorted(
        result.findings, key=lambda finding: (finding.span, finding.rule)
    )
    assert len({finding.fingerprint for finding in result.findings}) == len(result.findings)
    # Sentences tile the text: between them there is nothing but white space.
    ends = [0, *(span.end for span in result.sentences)]
    starts = [*(span.start for span in result.sentences), len(text)]
    assert all(not text[end:start].strip() for end, start in zip(ends, starts, strict=True))
    assert all(result.text(span).strip() == result.text(span) != "" for span in result.sentences)
    assert all(one.end <= next_.start for one, next_ in pairwise(result.sentences))


def test_the_sample_articles_give_a_report_that_keeps_to_the_schema() -> None:
    corpora = Path(__file__).parent.parent / "corpora"
    result = check_files([str(corpora)], Settings(preview=True, root=str(corpora), qe=False))
    assert result.problems == ()
    report = json.loads("".join(render(result)))
    Draft202012Validator(
        json.loads((files("mtqa.reports") / "schema-1.json").read_text(encoding="utf-8"))
    ).validate(report)
    for row in report["documents"]:
        text = Path(row["path"]).read_bytes().decode()
        for item in (*row["sentences"], *row["findings"]):
            assert text[item["start"] : item["end"]] == item["text"]
            line = text[: item["start"]].split("\n")
            assert (item["line"], item["column"]) == (len(line), len(line[-1]) + 1)
        for sentence in row["sentences"]:
            for number in sentence["findings"]:
                assert row["findings"][number]["sentence"] == sentence["index"]


def document(text: str, path: str = "a.txt") -> Document:
    return Document(path, text, "en")


def fingerprints(text: str, path: str = "a.txt", root: str = "") -> list[str]:
    result, _ = check_document(document(text, path), Settings(root=root), RULES)
    return [finding.fingerprint for finding in result.findings]


def test_a_fingerprint_outlives_edits_elsewhere() -> None:
    before = fingerprints("This is bad. That is awful.\n")
    after = fingerprints("A new paragraph.\n\nThis is, now,   bad. That is awful.\n")
    assert before == after
    assert len(set(before)) == 2


def test_the_same_words_twice_have_two_fingerprints() -> None:
    once, twice = fingerprints("bad"), fingerprints("bad bad")
    assert len(set(twice)) == 2
    assert twice[0] == once[0]


def test_a_fingerprint_knows_the_path_from_the_root_only() -> None:
    assert fingerprints("bad", "/x/news/a.txt", "/x") == fingerprints("bad", "/y/news/a.txt", "/y")
    assert fingerprints("bad", "a.txt") != fingerprints("bad", "b.txt")


def test_standard_input_is_nobodys_path() -> None:
    assert relative_path("<stdin>", "/x") == "<stdin>"


def test_two_hits_of_a_rule_at_one_span_are_one_and_two_rules_are_two() -> None:
    def twice(analysis: object, settings: object) -> list[Hit]:
        return [Hit(Span(0, 3), "once"), Hit(Span(0, 3), "again")]

    rules = [
        Rule(name, "x", "Other", Severity.MINOR, twice, "Doc.") for name in ("rule-b", "rule-a")
    ]
    result, _ = check_document(document("bad"), Settings(), rules)
    assert [(finding.rule, finding.message) for finding in result.findings] == [
        ("rule-a", "once"),
        ("rule-b", "once"),
    ]


@pytest.mark.parametrize("span", [Span(0, 0), Span(2, 1), Span(-1, 2), Span(0, 4)])
def test_a_span_outside_the_text_is_a_fault_of_the_rule(span: Span) -> None:
    rule = Rule("wild", "x", "Other", Severity.MINOR, lambda *_: [Hit(span, "wild")], "Doc.")
    result, problems = check_document(document("bad"), Settings(), [rule, *RULES])
    assert [problem.rule for problem in problems] == ["wild"]
    assert [finding.rule for finding in result.findings] == ["word-bad"]


def test_a_finding_keeps_a_hundred_related_places() -> None:
    related = tuple(Span(start, start + 1) for start in range(500))
    rule = Rule(
        "many",
        "x",
        "Other",
        Severity.MINOR,
        lambda *_: [Hit(Span(0, 3), "m", related=related)],
        "D.",
    )
    result, _ = check_document(document("bad" * 200), Settings(), [rule])
    assert result.findings[0].related == related[:100]


def scored(
    folder: Path, texts: dict[str, str], scorer: FakeScorer, **options: Any
) -> dict[str, DocumentResult]:
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
    result = check_files([str(folder)], Settings(target_lang="en", root=str(folder), **options))
    assert result.problems == ()
    return {Path(found.document.path).name: found for found in result.documents}


def test_documents_are_scored_together_and_each_keeps_its_own(
    tmp_path: Path, scorer: FakeScorer
) -> None:
    found = scored(
        tmp_path,
        {"a.txt": "One came. Two left.\n", "b.txt": "* * *\n\nThree stayed.\n"},
        scorer,
        select=("repeated-word",),
    )
    assert scorer.asked == [["One came.", "Two left.", "Three stayed."]]
    scores = {name: [one.score for one in found[name].scores or ()] for name in found}
    assert scores == {"a.txt": [0.75, 0.25], "b.txt": [None, 0.9]}
    reasons = [one.reason for one in found["b.txt"].scores or ()]
    assert reasons == ["no words", None]


def test_a_model_reads_many_documents_in_parts(
    tmp_path: Path, scorer: FakeScorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mtqa.pipeline._SCORED_AT_ONCE", 4)
    texts = {f"{name}.txt": f"{name} came. {name} left. {name} slept.\n" for name in "ABCDE"}
    found = scored(tmp_path, texts, scorer)
    assert [len(part) for part in scorer.asked] == [6, 6, 3]
    assert all(len(document.scores or ()) == 3 for document in found.values())


def test_a_sentence_over_two_lines_is_scored_as_one_line(
    tmp_path: Path, scorer: FakeScorer
) -> None:
    text = (
        "The harbour of the town was closed on Monday because of the high and\r\n"
        "  bad waves, and the ferries that were to sail in the morning  stayed\r\n"
        "in port. They had 1\u00a0234 bad passengers who wanted to sail to the big\r\n"
        "islands.\r\n"
    )
    options = {"select": ("suspect-span",), "thresholds": {"suspect-span": 0.6}}
    document = scored(tmp_path, {"a.txt": text}, scorer, **options)["a.txt"]
    assert scorer.asked == [
        [
            "The harbour of the town was closed on Monday because of the high and bad waves, and "
            "the ferries that were to sail in the morning stayed in port.",
            "They had 1\u00a0234 bad passengers who wanted to sail to the big islands.",
        ]
    ]
    starts = [match.start() for match in re.finditer("bad", text)]
    assert [finding.span for finding in document.findings] == [Span(s, s + 3) for s in starts]


@settings(deadline=None, max_examples=200)
@given(TEXTS)
def test_every_word_of_a_model_is_found_in_the_text(text: str) -> None:
    analysis = Analysis(Document("a.txt", text, "en"))
    scorer = FakeScorer()
    (estimates,) = estimate([analysis], scorer, {})
    assert len(estimates.segments) == len(analysis.sentences)
    asked = iter(scorer.asked[0] if scorer.asked else [])
    for span, segment in zip(analysis.sentences, estimates.segments, strict=True):
        sentence = text[slice(*span)]
        if segment.score is None:
            assert not re.search(r"[^\W_]", sentence)
            continue
        line = next(asked)
        assert line.split() == sentence.split()
        words = [sentence[word.start : word.end] for word in segment.words]
        assert words == [line[start:end] for start, end in word_spans(line)]


def test_lines_end_as_editors_end_them() -> None:
    assert find_line_starts("a\nb\r\nc\rd\u2028e").tolist() == [0, 2, 5, 7]


@pytest.mark.usefixtures("simple_rules")
def test_the_result_tells_of_the_rules_that_were_run(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("All is well.\n", encoding="utf-8")
    settings = Settings(
        ignore=("crash",), severity={"word-meh": "critical"}, qe=False, root=str(tmp_path)
    )
    result = check_files([str(tmp_path / "a.txt")], settings)
    assert list(result.rules) == ["word-meh", "word-bad", "word-awful"]
    meh = result.rules["word-meh"]
    assert (meh.family, meh.severity, meh.preview) == ("word", Severity.CRITICAL, False)
    assert meh.summary == "The word meh."
    assert meh.documentation.startswith("The word meh.\n\nWhat it finds\n")
