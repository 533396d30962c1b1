"""Lines as segments, and two texts whose lines pair up."""

from __future__ import annotations

import math
from collections.abc import Sequence

from mtqa.text.document import Segment, Span

# How sure one must be that two files part at a line before it is named: logarithm of how much
# likelier that is than that they do not part, and lines on either side.
_CLEAR = 6.0
_FEWEST = 3


def split_lines(text: str) -> list[str]:
    r"""Lines as everywhere in machine translation: an empty one counts, and only LF ends one.

    The CR of a CR LF belongs to neither line; no other separator that Unicode has, nor a lone CR,
    parts two segments; a final LF opens no further one.
    """
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    return [line.removesuffix("\r") for line in lines]


def shorten(text: str, most: int) -> str:
    """A text on one line of at most ``most`` characters, cut behind a word where one ends there."""
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    end = line.rfind(" ", most // 2, most)
    return line[: most - 1 if end < 0 else end] + "…"


def find_parting(translations: Sequence[str], sources: Sequence[str]) -> int | None:
    """The line, from 1, from which translations and sources of unequal number do not pair up.

    Lines that pair up are of like length, up to a factor that all share. How far they are off is
    taken as drawn from one exponential distribution before the line and from a wider one from
    there on; the line is the likeliest.

    Returns:
        The line, give or take a few; None where the lengths do not tell.
    """
    ratios = [
        math.log((len(translation) + 1) / (len(source) + 1))
        for translation, source in zip(translations, sources, strict=False)
    ]
    count = len(ratios)
    usual = sorted(ratios)[count // 2] if ratios else 0.0
    off = [abs(ratio - usual) + 0.02 for ratio in ratios]  # a few letters are no difference
    total, before = sum(off), 0.0
    best, parting = _CLEAR, None
    for line in range(1, count):
        before += off[line - 1]
        near, far = before / line, (total - before) / (count - line)
        if near >= far or min(line, count - line) < _FEWEST:
            continue
        clear = (
            count * math.log(total / count) - line * math.log(near) - (count - line) * math.log(far)
        )
        if clear > best:
            best, parting = clear, line + 1
    return parting


def explain_mismatch(
    translations: Sequence[str],
    others: Sequence[str],
    path: str,
    kind: str = "source",
    advice: str = "give two files whose lines pair up",
) -> str:
    """One sentence for the user about files whose numbers of lines differ.

    Args:
        translations: the lines of the file that the sentence is about.
        others: the lines of the file ``path``.
        kind: what that file is to the translations.
        advice: what to do.
    """
    message = f"has {_count(len(translations))} but its {kind} {path} has {len(others):,}"
    parting = find_parting(translations, others)
    if parting:
        message += f" (their lengths part at about line {parting:,})"
    return f"{message}; {advice}"


def pair_lines(translation: str, source: str) -> tuple[Segment, ...]:
    """Segments of two texts of which each line renders the line of the same number.

    Lines that are blank on both sides are none; of a line that is blank on one side, that side is
    missing. Spans are trimmed of white space.

    Args:
        translation, source: texts with the same number of lines (see `split_lines`).
    """
    pairs = zip(_line_spans(translation), _line_spans(source), strict=True)
    return tuple(Segment(own, other) for own, other in pairs if own or other)


def _line_spans(text: str) -> list[Span | None]:
    spans: list[Span | None] = []
    start = 0
    for line in split_lines(text):
        inner = line.strip()
        at = start + len(line) - len(line.lstrip())
        spans.append(Span(at, at + len(inner)) if inner else None)
        start += len(line) + (2 if text.startswith("\r\n", start + len(line)) else 1)
    return spans


def _count(number: int) -> str:
    return f"{number:,} line" if number == 1 else f"{number:,} lines"
