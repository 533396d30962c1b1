"""Readers of judged translations: MLQE-PE, MQM, WMT direct assessment and one's own.

All readers take the folder of the data; nothing of it is kept in this project.
"""

from __future__ import annotations

import csv
import gzip
import json
import math
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, pstdev
from typing import Any, TextIO

from mtqa.config import ConfigError
from mtqa.qe.judgements import Judgement, align_words, missing, read_judgements
from mtqa.qe.segments import word_spans

DIRECT_ASSESSMENT, MQM = 0, 1
INTO_ENGLISH = ("ro-en", "et-en", "ne-en", "si-en", "ru-en")
FROM_ENGLISH = ("en-de", "en-zh")
LANGUAGE_PAIR = re.compile(r"[a-z]{2,3}-[a-z]{2,3}")


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


def open_data(path: Path) -> TextIO:
    """A gzipped file of the data.

    Raises:
        ConfigError: it is missing.
    """
    if not path.is_file():
        raise ConfigError(f"{path}: is missing; docs/model.md lists the files of the data")
    return gzip.open(path, "rt", encoding="utf-8", newline="")


def read_table(path: Path) -> Iterator[dict[str, str]]:
    """Rows of a gzipped TSV file with a header and without quoting."""
    with open_data(path) as file:
        yield from csv.DictReader(
            (line.replace("\r", " ") for line in file), delimiter="\t", quoting=csv.QUOTE_NONE
        )


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
        raise ConfigError(f"{pair}.{split}: {len(scores)} scores but {len(tags)} tagged sentences")
    out = []
    for score, tagged in zip(scores, tags, strict=True):
        text, words = score["translation"], tagged["mt_tokens"].split()
        bad = [float(tag == "BAD") for tag in tagged["tags"].split()[1::2]]
        spans = align_words(text, words)
        if spans is None:
            text = tagged["mt_tokens"]
            spans = align_words(text, words) or []
        if len(bad) != len(words):
            raise ConfigError(f"{pair}.{split}: {len(words)} words but {len(bad)} tags")
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
    with open_data(path) as file:
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


def read_own(path: Path, columns: Mapping[str, str], pair: str, scale: str) -> list[Judged]:
    """One's own judgements; rows without a judgement, a source or a translation are left out.

    Args:
        path: the file (see `mtqa.qe.judgements`).
        columns: its columns by role.
        pair: language pair of rows that name none.
        scale: ``0-100``, ``z`` or ``mqm`` (see `mtqa.qe.training.recipe.Recipe`); ``raw`` keeps
            what was judged, but for z, which says nothing of absolute quality.

    Raises:
        ConfigError: the file cannot be used.
    """
    file = read_judgements(str(path), columns)
    for role in ("source", "score"):
        if role not in file.columns:
            raise ConfigError(missing(file.path, role, role, file.header))
    by_pair: dict[str, list[tuple[Judgement, float]]] = {}
    for row in file.rows:
        if row.score is not None and row.translation.strip() and (row.source or "").strip():
            by_pair.setdefault(row.pair or pair, []).append((row, row.score))
    out = []
    for name, rows in by_pair.items():
        if not LANGUAGE_PAIR.fullmatch(name):
            raise ConfigError(
                f"{path}: its language pair is {name!r}; give one such as 'ru-en' in a column, or "
                "as pair in the recipe"
            )
        scores = standardise([score for _, score in rows], scale, str(path))
        out += [_own(row, name, raw, z, scale) for (row, raw), z in zip(rows, scores, strict=True)]
    if not out:
        raise ConfigError(f"{path}: none of its {len(file.rows)} rows is judged")
    return out


def standardise(scores: Sequence[float], scale: str, path: str) -> list[float]:
    """Judgements on the scale that the model learns, where they lie around 0."""
    low, high = {"0-100": (0.0, 100.0), "z": (-10.0, 10.0), "mqm": (0.0, math.inf)}[scale]
    for score in scores:
        if not low <= score <= high:
            raise ConfigError(
                f"{path}: holds the judgement {score:g}, which is none on the scale {scale!r}; "
                "set scale in the recipe"
            )
    if scale == "z":
        return list(scores)
    if scale == "mqm":
        return [mqm_score(score) for score in scores]
    mean, spread = fmean(scores), pstdev(scores)
    if not spread:
        raise ConfigError(f"{path}: all its judgements are {mean:g}; there is nothing to learn")
    return [(score - mean) / spread for score in scores]


def _own(row: Judgement, pair: str, raw: float, score: float, scale: str) -> Judged:
    return Judged(
        pair,
        row.source or "",
        row.translation,
        score,
        MQM if scale == "mqm" else DIRECT_ASSESSMENT,
        tuple((start, end, float(bad)) for start, end, bad in row.words or ()),
        document=row.document,
        system=row.system,
        raw=math.nan if scale == "z" else raw,
    )


def hold_out(rows: Sequence[Judged], share: float) -> tuple[list[Judged], list[Judged]]:
    """One's own judgements to train on and those held out, the same in every run.

    Whole documents are held out, or, where there are none, all translations of a source.
    """
    kept: list[Judged] = []
    out: list[Judged] = []
    for row in rows:
        place = zlib.crc32((row.document or row.source).encode()) / 2**32
        (out if place < share else kept).append(row)
    return kept, out
