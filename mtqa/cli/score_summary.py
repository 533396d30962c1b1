"""What ``mtqa score`` says of whole files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from mtqa.reports.rows import SCHEMA_VERSION, score_value
from mtqa.scoring import Difference, Scoring, Tally, compare_systems, mean_score, measure_all
from mtqa.significance import ROUNDS, SEED
from mtqa.text.estimates import SCORE_DECIMALS
from mtqa.version import __version__

if TYPE_CHECKING:
    from mtqa.qe.models import ModelInfo
    from mtqa.references import Figure

# Decimals of BLEU, chrF++ and TER, as sacrebleu shows them.
_FIGURE_DECIMALS = 1


def summary_lines(scoring: Scoring, info: ModelInfo) -> Iterator[str]:
    """For a terminal: each file, all files, systems side by side, and how it was measured."""
    tallies = scoring.tallies
    for tally in tallies:
        yield f"{tally.path}: {_describe([tally], tally.figures())}"
        yield from _document_table(tally)
    if len(tallies) > 1:
        yield f"all {len(tallies)} files: {_describe(tallies, measure_all(tallies))}"
    for difference in compare_systems(tallies):
        yield _describe_difference(difference)
    if not tallies:
        return
    view = "with source" if tallies[0].source else "translation alone"
    yield f"{info.name}, {view}; 95 % bootstrap intervals ({ROUNDS:,} draws)"
    lines = (line for tally in tallies for line in map(_describe_figure, tally.figures()))
    yield from dict.fromkeys(lines)


def _describe(tallies: list[Tally], figures: tuple[Figure, ...]) -> str:
    segments = sum(tally.segments for tally in tallies)
    scored = sum(tally.scored for tally in tallies)
    truncated = sum(tally.truncated for tally in tallies)
    count = f"{segments:,} segment{'' if segments == 1 else 's'}, {scored:,} scored"
    if truncated:
        count += f", {truncated:,} truncated"
    mean = mean_score(tallies)
    if mean is not None:
        count += f", mean {mean.value:.4f} [{mean.low:.4f}, {mean.high:.4f}]"
    for figure in figures:
        if figure.score is not None:
            count += f", {figure.name} {figure.score:.{_FIGURE_DECIMALS}f}"
    return count


def _describe_figure(figure: Figure) -> str:
    return figure.reason or f"{figure.name}|{figure.signature}"


def _document_table(tally: Tally) -> Iterator[str]:
    """One line for each document, in columns."""
    if not tally.documents:
        return
    rows: list[tuple[str, ...]] = []
    for name, segments in tally.documents.items():
        figures = [figure for figure in tally.figures(name) if figure.score is not None]
        if not rows:
            rows.append(("document", "segments", "mean", *(figure.name for figure in figures)))
        mean = tally.mean(name)
        rows.append(
            (
                name,
                f"{len(segments):,}",
                "" if mean is None else f"{mean:.{SCORE_DECIMALS}f}",
                *(f"{figure.score:.{_FIGURE_DECIMALS}f}" for figure in figures),
            )
        )
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        yield "  " + "  ".join([row[0].ljust(widths[0]), *cells])


def _describe_difference(difference: Difference) -> str:
    decimals = SCORE_DECIMALS if difference.measure == "score" else _FIGURE_DECIMALS
    one, other = (f"{value:.{decimals}f}" for value in difference.values)
    verdict = f"{difference.better} is better" if difference.better else "may be chance"
    return (
        f"{difference.measure}: {difference.baseline} {one}, {difference.system} {other}: "
        f"{verdict} (paired bootstrap, p = {difference.p:.4f})"
    )


def summary_json(scoring: Scoring, info: ModelInfo, unit: str) -> Iterator[str]:
    """For a program: the same, unrounded where it is sacrebleu's."""
    tallies = scoring.tallies
    value = {
        "schema_version": SCHEMA_VERSION,
        "mtqa_version": __version__,
        "model": {"name": info.name, "checksum": info.checksum},
        "unit": unit,
        "bootstrap": {"level": 0.95, "rounds": ROUNDS, "seed": SEED},
        "files": [
            {
                "path": tally.path,
                "source": tally.source,
                "references": list(tally.references),
                **_figures([tally], tally.figures()),
                "documents": [
                    {
                        "document": name,
                        "segments": len(segments),
                        "mean": score_value(tally.mean(name)),
                        "metrics": _metrics(tally.figures(name)),
                    }
                    for name, segments in tally.documents.items()
                ],
            }
            for tally in tallies
        ],
        "all": _figures(tallies, measure_all(tallies)),
        "comparisons": [
            {
                "baseline": difference.baseline,
                "system": difference.system,
                "measure": difference.measure,
                "values": list(difference.values),
                "p": difference.p,
                "better": difference.better,
            }
            for difference in compare_systems(tallies)
        ],
        "errors": [
            {"path": problem.path, "message": problem.message} for problem in scoring.problems
        ],
    }
    yield json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _figures(tallies: list[Tally], figures: tuple[Figure, ...]) -> dict[str, Any]:
    value, low, high = mean_score(tallies) or (None, None, None)
    return {
        "segments": sum(tally.segments for tally in tallies),
        "scored": sum(tally.scored for tally in tallies),
        "truncated": sum(tally.truncated for tally in tallies),
        "mean": score_value(value),
        "low": score_value(low),
        "high": score_value(high),
        "metrics": _metrics(figures),
    }


def _metrics(figures: tuple[Figure, ...]) -> list[dict[str, Any]]:
    """As sacrebleu gives them, to the last digit."""
    return [figure._asdict() for figure in figures]
