"""Readers of judged translations: MLQE-PE, MQM and WMT direct assessment.

All readers take the folder of the data; nothing of it is kept in this project.
"""

from __future__ import annotations

import csv
import gzip
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mtqa.qe.segments import word_spans

DIRECT_ASSESSMENT, MQM = 0, 1
INTO_ENGLISH = ("ro-en", "et-en", "ne-en", "si-en", "ru-en")
FROM_ENGLISH = ("en-de", "en-zh")


@dataclass(frozen=True)
class Judged:
    """A translation with its human judgement.

    Attributes:
        pair: language pair, such as ``ro-en``.
        source: source segment.
        translation: translated segment.
        score: judgement, higher is better; standardised (z) for training and evaluation.
        domain: 0 direct assessment, 1 MQM.
        words: (start, end, badness in [0, 1]) of the words of the translation; empty when
            words were not judged.
        document: identifier of the document, empty for lone sentences.
        system: the system that translated, empty when unknown.
        raw: judgement on its own scale (direct assessment 0-100, MQM penalty), NaN if none.
        reference: human reference, empty when there is none.
    """

    pair: str
    source: str
    translation: str
    score: float
    domain: int = DIRECT_ASSESSMENT
    words: tuple[tuple[int, int, float], ...] = ()
    document: str = ""
    system: str = ""
    raw: float = math.nan
    reference: str = ""


def read_table(path: Path) -> Iterator[dict[str, str]]:
    """Rows of a gzipped TSV file with a header and without quoting."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(
            (line.replace("\r", " ") for line in file), delimiter="\t", quoting=csv.QUOTE_NONE
        )


def align_words(text: str, words: list[str]) -> list[tuple[int, int]] | None:
    """Offsets of tokenised words in the text they came from; None where they do not fit."""
    spans, at = [], 0
    for word in words:
        while at < len(text) and text[at].isspace():
            at += 1
        start = at
        for letter in word:
            while at < len(text) and text[at].isspace():
                at += 1
            if at >= len(text) or text[at] != letter:
                return None
            at += 1
        spans.append((start, at))
    return spans


def read_mlqe(folder: Path, pair: str, split: str) -> list[Judged]:
    """MLQE-PE (CC0): z_mean and word tags; where words do not align, the tokenised text stands.

    Args:
        folder: folder that holds ``da`` and ``words``.
        pair: language pair.
        split: train, dev or test20.
    """
    scores = list(read_table(folder / "da" / f"{pair}.{split}.tsv.gz"))
    tags = list(read_table(folder / "words" / f"{pair}.{split}.tsv.gz"))
    if len(scores) != len(tags):
        raise ValueError(f"{pair}.{split}: {len(scores)} scores but {len(tags)} tagged sentences")
    out = []
    for score, tagged in zip(scores, tags, strict=True):
        text, words = score["translation"], tagged["mt_tokens"].split()
        bad = [float(tag == "BAD") for tag in tagged["tags"].split()[1::2]]
        spans = align_words(text, words)
        if spans is None:
            text = tagged["mt_tokens"]
            spans = align_words(text, words) or []
        if len(bad) != len(words):
            raise ValueError(f"{pair}.{split}: {len(words)} words but {len(bad)} tags")
        marked = tuple((s, e, b) for (s, e), b in zip(spans, bad, strict=True))
        out.append(
            Judged(
                pair,
                score["source"],
                text,
                float(score["z_mean"]),
                DIRECT_ASSESSMENT,
                marked,
                raw=float(score["da_mean"]),
            )
        )
    return out


def mqm_score(penalty: float) -> float:
    """MQM penalty of a segment (0 perfect, 25 worst) on a scale like standardised scores."""
    return 1.0 - math.log1p(min(max(penalty, 0.0), 25.0))


def read_mqm(path: Path) -> list[Judged]:
    """MQM zh-en (Apache-2.0): penalties of segments, error spans as word badness.

    A word's badness is the mean over raters of the worst error on it: major 1, minor 0.5,
    errors that mark nearly the whole segment are left out.
    """
    out = []
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            row: dict[str, Any] = json.loads(line)
            text = row["target"]
            spans = word_spans(text)
            worst: dict[str, list[float]] = {}
            for error in row["annotations"]:
                if error["start"] is None or error["end"] - error["start"] > 0.7 * len(text):
                    continue
                weight = 1.0 if error["severity"] == "major" else 0.5
                marks = worst.setdefault(error["rater"], [0.0] * len(spans))
                for i, (start, end) in enumerate(spans):
                    if start < error["end"] and error["start"] < end:
                        marks[i] = max(marks[i], weight)
            raters = max(1, row["raters"])
            badness = [sum(m[i] for m in worst.values()) / raters for i in range(len(spans))]
            out.append(
                Judged(
                    "zh-en",
                    row["source"],
                    text,
                    mqm_score(row["mqm"]),
                    MQM,
                    tuple((s, e, min(1.0, b)) for (s, e), b in zip(spans, badness, strict=True)),
                    document=row["doc"],
                    system=row["system"],
                    raw=row["mqm"],
                )
            )
    return out


def read_wmt(path: Path, year: str, domain: str | None = "news") -> list[Judged]:
    """WMT direct assessment into English of one year; ``raw`` is 0-100, ``score`` is z.

    Args:
        path: the table.
        year: ``21`` or ``22``.
        domain: only segments of this domain; all when None.
    """
    out = []
    for row in read_table(path):
        if row["year"] != year or (domain and row["domain"] != domain):
            continue
        out.append(
            Judged(
                row["lp"],
                row["src"],
                row["mt"],
                float(row["z"] or "nan"),
                DIRECT_ASSESSMENT,
                document=f"{row['lp']}:{row['docid']}",
                system=row["system"],
                raw=float(row["raw"]),
                reference=row["ref"],
            )
        )
    return out
