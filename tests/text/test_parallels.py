"""Which sentences render which part of a source, and where a missing one is shown."""

from __future__ import annotations

from mtqa.text.analysis import Analysis
from mtqa.text.document import Document, Source, Span
from mtqa.text.lines import pair_lines


def sourced(translation: str, source: str) -> Analysis:
    return Analysis(
        Document(
            "t.txt",
            translation,
            "en",
            source=Source(source, "de", "s.txt"),
            segments=pair_lines(translation, source),
        )
    )


def rendered(analysis: Analysis) -> list[tuple[list[str], str | None]]:
    assert analysis.source is not None
    return [
        (
            [analysis.text[slice(*span)] for span in analysis.sentences[one.first : one.end]],
            one.source and analysis.source.text[slice(*one.source)],
        )
        for one in analysis.parallels
    ]


def test_sentences_of_a_line_pair_up_where_they_are_as_many() -> None:
    analysis = sourced("He came. She went.\nIt rained.\n", "Er kam. Sie ging.\nEs regnete.\n")
    assert rendered(analysis) == [
        (["He came."], "Er kam."),
        (["She went."], "Sie ging."),
        (["It rained."], "Es regnete."),
    ]


def test_sentences_of_a_line_share_its_source_where_they_are_not() -> None:
    analysis = sourced("He came. She went.\n", "Er kam, und sie ging.\n")
    assert rendered(analysis) == [(["He came.", "She went."], "Er kam, und sie ging.")]


def test_a_line_without_a_source_renders_nothing() -> None:
    analysis = sourced("He came.\nShe went.\n", "Er kam.\n\n")
    assert rendered(analysis) == [(["He came."], "Er kam."), (["She went."], None)]


def test_lines_end_with_lf_or_cr_lf_and_spans_are_trimmed() -> None:
    analysis = sourced(" He came. \r\n\r\nShe went.", "Er kam.\n\n  Sie ging.\n")
    assert [(analysis.text[slice(*t)], s) for t, s in analysis.segments if t] == [
        ("He came.", Span(0, 7)),
        ("She went.", Span(11, 20)),
    ]


def test_a_missing_translation_is_shown_at_the_last_word_before_it() -> None:
    analysis = sourced("\nHe came.\n\n\nShe went.\n", "Eins.\nEr kam.\nZwei.\nDrei.\nSie ging.\n")
    shown = [analysis.anchor(index) for index in range(len(analysis.segments))]
    texts = [span and analysis.text[slice(*span)] for span in shown]
    assert texts == ["He", "He came.", "came", "came", "She went."]


def test_without_a_source_each_sentence_stands_for_itself() -> None:
    analysis = Analysis(Document("t.txt", "He came. She went.", "en"))
    assert [(one.first, one.end, one.source) for one in analysis.parallels] == [
        (0, 1, None),
        (1, 2, None),
    ]
