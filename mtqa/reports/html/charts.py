"""The shapes of charts: numbers and paths of SVG. Words stand in HTML around them.

Shapes are drawn in a box of their own units that is stretched to its place on the page, so nothing
in them may depend on its proportions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from mtqa.reports.html.passages import band_of, sentence_at
from mtqa.result import DocumentResult, Result, Severity

# Columns of the chart along a document: of more sentences, several share one, and the lowest of
# them is shown. Two pixels each on a wide screen.
_MAX_COLUMNS = 400

_BINS = 20  # of the histogram: steps of 0.05


class Shape(NamedTuple):
    """A path with what it stands for: a band of scores, or a severity."""

    name: str
    path: str


class Course(NamedTuple):
    """Scores and findings along a document, in a box of 1000 by 100 (findings: 1000 by 10).

    Attributes:
        scores: lines from the bottom, by band.
        findings: lines, by severity, the worst last.
        lowest: x of the sentence with the lowest score.
        together: sentences in one column.
        width: of a bar.
    """

    scores: list[Shape]
    findings: list[Shape]
    lowest: int | None
    together: int
    width: int


class Histogram(NamedTuple):
    """How many sentences have which score, in a box of 20 by 100.

    Attributes:
        bars: from the bottom, by band.
        most: sentences in the highest bar.
        low: share of the sentences that score under 0.5.
    """

    bars: list[Shape]
    most: int
    low: float


class Bar(NamedTuple):
    """A part of a bar, in per cent of the longest; x is where it begins."""

    severity: Severity
    x: float
    width: float


class FamilyBar(NamedTuple):
    """Findings of a family of rules, by severity, the worst first."""

    family: str
    total: int
    bars: list[Bar]


class Dot(NamedTuple):
    """A document in the comparison, in a box of 400 by 200; y counts from the top."""

    document: int
    x: int
    y: int


class Comparison(NamedTuple):
    """Documents by penalty and score; without scores, by penalty and length.

    Attributes:
        dots: one for each document with words.
        scored: is the x axis the score?
        left: value at the left edge.
        right: value at the right edge.
        top: penalty per 1,000 words at the top; the bottom is 0.
    """

    dots: list[Dot]
    scored: bool
    left: float
    right: float
    top: float


def draw_course(document: DocumentResult) -> Course | None:
    """Scores and findings along ``document``; None: it has neither."""
    count = len(document.sentences)
    scores = [one.score for one in document.scores or ()]
    if not count or not (document.findings or any(score is not None for score in scores)):
        return None
    together = -(-count // _MAX_COLUMNS)
    columns = -(-count // together)
    bars: dict[int, list[str]] = {}
    for column in range(columns):
        known = [
            score
            for score in scores[column * together : (column + 1) * together]
            if score is not None
        ]
        if known:
            top = 100 - max(1, round(100 * min(known)))
            path = f"M{_middle(column, columns)} {top}V100"
            bars.setdefault(band_of(min(known)), []).append(path)
    ticks: dict[Severity, dict[int, None]] = {}
    for finding in document.findings:
        ticks.setdefault(finding.severity, {})[
            sentence_at(document, finding.span.start) // together
        ] = None
    lowest = min(
        ((score, index) for index, score in enumerate(scores) if score is not None), default=None
    )
    return Course(
        [Shape(f"b{band}", "".join(paths)) for band, paths in sorted(bars.items())],
        [
            Shape(
                severity.value,
                "".join(f"M{_middle(column, columns)} 0V10" for column in ticks[severity]),
            )
            for severity in Severity
            if severity in ticks
        ],
        None if lowest is None else _middle(lowest[1] // together, columns),
        together,
        _width(columns),
    )


def _middle(column: int, columns: int) -> int:
    return 1000 * (2 * column + 1) // (2 * columns)


def _width(columns: int) -> int:
    """Of a bar, with a gap beside it where there is room for one."""
    width = 1000 // columns
    return max(1, width - (1 if width > 3 else 0) - (1 if width > 12 else 0))


def draw_histogram(documents: Iterable[DocumentResult]) -> Histogram | None:
    """How the scores of all sentences are spread; None: there is no score."""
    scores = [
        one.score
        for document in documents
        for one in document.scores or ()
        if one.score is not None
    ]
    if not scores:
        return None
    bins = Counter(min(_BINS - 1, int(score * _BINS)) for score in scores)
    most = max(bins.values())
    bars = [
        Shape(
            f"b{band_of((number + 0.5) / _BINS)}",
            f"M{number}.06 {100 - max(1, round(100 * bins[number] / most))}h.88V100h-.88Z",
        )
        for number in sorted(bins)
    ]
    return Histogram(bars, most, sum(score < 0.5 for score in scores) / len(scores))


def draw_families(counts: Counter[tuple[str, Severity]]) -> list[FamilyBar]:
    """Findings of each family, the one with most first."""
    totals: Counter[str] = Counter()
    for (family, _), count in counts.items():
        totals[family] += count
    longest = max(totals.values(), default=1)
    families = []
    for family, total in sorted(totals.items(), key=lambda item: (-item[1], item[0])):
        x = 0.0
        bars = []
        for severity in reversed(Severity):
            width = 100 * counts[family, severity] / longest
            if width:
                bars.append(Bar(severity, round(x, 2), round(width, 2)))
            x += width
        families.append(FamilyBar(family, total, bars))
    return families


def draw_comparison(result: Result) -> Comparison | None:
    """Documents beside each other; None: there are not two to compare."""
    scored = all(document.score is not None for document in result.documents if document.words)
    points = [
        (index, document.score if scored else float(document.words), document)
        for index, document in enumerate(result.documents)
        if document.words
    ]
    if len(points) < 2:
        return None
    values = [value for _, value, _ in points if value is not None]
    left, right = _frame(values, scored)
    top = max(document.penalty_per_1000_words or 0.0 for _, _, document in points) or 1.0
    dots = [
        Dot(
            index,
            8 + round(384 * ((value or 0.0) - left) / (right - left)),
            192 - round(184 * (document.penalty_per_1000_words or 0.0) / top),
        )
        for index, value, document in points
    ]
    return Comparison(dots, scored, left, right, top)


def _frame(values: Sequence[float], scored: bool) -> tuple[float, float]:
    """Edges of the x axis: tenths around the scores, or none and the longest."""
    if not scored:
        return 0.0, max(values)
    left = int(10 * min(values)) / 10
    return left, max(left + 0.1, -int(-10 * max(values) // 1) / 10)
