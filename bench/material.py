"""The documents that the benchmarks measure on: machine translations and human writing, by set.

Read from the data folder (``--data``, else the environment variable ``MTQA_DATA``, else
``../shared/data``), never copied from it. A document is its segments joined by newlines, with a
blank line between paragraphs where the data gives paragraphs.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import os
import random
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from mtqa.text.document import Document, Source
from mtqa.text.lines import pair_lines


@dataclass(frozen=True, slots=True)
class Text:
    """One document of a set.

    Attributes:
        set: name of the set, a key of `SETS` or `GENERAL`.
        id: the document's name in the data, unique within its set and system.
        system: the translation system or human translator; empty for original writing.
        text: the document.
        source: the segments it was translated from; empty for original writing.
        lang: language of ``text``.
        source_text: the source in as many lines as ``text``; empty for original writing.
        source_lang: its language.
    """

    set: str
    id: str
    system: str
    text: str
    source: tuple[str, ...] = ()
    lang: str = "en"
    source_text: str = ""
    source_lang: str = ""

    def document(self, *, sourced: bool = False) -> Document:
        """The document to check, with its source line by line if it is to have one."""
        if not sourced:
            return Document(self.id, self.text, self.lang)
        return Document(
            self.id,
            self.text,
            self.lang,
            source=Source(self.source_text, self.source_lang, self.id),
            segments=pair_lines(self.text, self.source_text),
        )


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with (
        gzip.open(path, "rt", encoding="utf-8")
        if path.suffix == ".gz"
        else path.open(encoding="utf-8") as lines
    ):
        for line in lines:
            yield json.loads(line)


def _join(segments: Iterable[str], paragraphs: Iterable[int] | None, within: str = "\n") -> str:
    """Segments as one text: ``within`` a paragraph, a blank line between two."""
    if paragraphs is None:
        return within.join(segments)
    pairs = groupby(zip(paragraphs, segments, strict=True), key=lambda pair: pair[0])
    return "\n\n".join(within.join(segment for _, segment in group) for _, group in pairs)


def _wmt(data: Path, domain: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted((data / "wmt-docs").glob("*.docs.jsonl.gz")):
        pair = path.name.removesuffix(".docs.jsonl.gz")
        for row in _rows(path):
            if row["domain"] == domain:
                yield f"{pair}/{row['docid']}", row


def _wmt_machine(data: Path, set_name: str, domain: str) -> Iterator[Text]:
    for name, row in _wmt(data, domain):
        for system, segments in row["hyps"].items():
            text = _join(segments, row.get("para"))
            yield _translation(set_name, name, system, row, text)


def _wmt_human(data: Path, set_name: str, domain: str) -> Iterator[Text]:
    for name, row in _wmt(data, domain):
        for translator, segments in row["refs"].items():
            text = _join(segments, row.get("para"))
            yield _translation(set_name, name, f"ref-{translator}", row, text)


def _translation(set_name: str, name: str, system: str, row: dict[str, Any], text: str) -> Text:
    source = _join((" ".join(segment.split()) for segment in row["src"]), row.get("para"))
    lang = name.split(".")[1][:2]
    return Text(set_name, name, system, text, tuple(row["src"]), "en", source, lang)


def _mqm(data: Path, set_name: str, human: bool) -> Iterator[Text]:
    for path in sorted((data / "mqm-zh-en").glob("*.jsonl.gz")):
        year = path.name.split(".")[0]
        documents: dict[tuple[str, str], list[tuple[int, str, str]]] = {}
        for row in _rows(path):
            if row["system"].startswith(("Human", "ref")) is human:
                documents.setdefault((row["system"], row["doc"]), []).append(
                    (row["segment"], row["source"], row["target"])
                )
        for (system, name), segments in sorted(documents.items()):
            segments.sort()
            text = _join((target for _, _, target in segments), None)
            source = tuple(source for _, source, _ in segments)
            yield Text(
                set_name, f"{year}/{name}", system, text, source, "en", _join(source, None), "zh"
            )


def _gum(data: Path, set_name: str, news: bool, within: str = "\n") -> Iterator[Text]:
    for row in _rows(data / "english" / "gum_news.jsonl"):
        if (row["genre"] == "news") is news:
            yield Text(set_name, row["docid"], "", _join(row["sents"], row["para"], within))


def _pud(data: Path) -> Iterator[Text]:
    for row in _rows(data / "english" / "ud_pud.jsonl"):
        yield Text("pud", row["docid"], "", _join(row["sents"], None))


# Tokenised text: marks that cling to the word before them, and to the one behind.
_CLOSING = re.compile(r" ([,.;:!?%)\]}…’”»])")
_OPENING = re.compile(r"([(\[{“«]) ")


def _mlqe(data: Path, set_name: str, human: bool) -> Iterator[Text]:
    folder = data / "mlqe-pe"
    for path in sorted((folder / "words").glob("*.dev.tsv.gz")):
        pair = path.name.split(".")[0]
        source_lang, lang = pair.split("-")
        if lang == "zh":  # where the spaces of its tokenisation stood is not known
            continue
        both = zip(_table(folder / "da" / path.name), _table(path), strict=True)
        for number, (row, words) in enumerate(both, 1):
            edited = _OPENING.sub(r"\1", _CLOSING.sub(r"\1", words["post_edit"]))
            text = edited if human else row["translation"]
            if text.strip():
                source = row["source"]
                yield Text(
                    set_name, f"{pair}/{number}", "", text, (source,), lang, source, source_lang
                )


def _table(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)


# Readers by set. gum-prose is gum-news with the sentences of a paragraph on one line, as the
# article was published.
SETS: dict[str, Callable[[Path], Iterator[Text]]] = {
    "wmt-machine": lambda data: _wmt_machine(data, "wmt-machine", "news"),
    "mqm-machine": lambda data: _mqm(data, "mqm-machine", human=False),
    "wmt-human": lambda data: _wmt_human(data, "wmt-human", "news"),
    "mqm-human": lambda data: _mqm(data, "mqm-human", human=True),
    "gum-news": lambda data: _gum(data, "gum-news", news=True),
    "gum-prose": lambda data: _gum(data, "gum-prose", news=True, within=" "),
    "pud": _pud,
    "gum-other": lambda data: _gum(data, "gum-other", news=False),
}
# Beside the news, for languages that have none there: Ukrainian, of two segments mostly; single
# sentences of Wikipedia and the like from Estonian, Nepali, Romanian, Russian and Sinhala, and into
# German, as they were translated by machine, and as people corrected that.
GENERAL: dict[str, Callable[[Path], Iterator[Text]]] = {
    "wmt-machine-general": lambda data: _wmt_machine(data, "wmt-machine-general", "general"),
    "wmt-general": lambda data: _wmt_human(data, "wmt-general", "general"),
    "mlqe-machine": lambda data: _mlqe(data, "mlqe-machine", human=False),
    "mlqe-edited": lambda data: _mlqe(data, "mlqe-edited", human=True),
}
MACHINE = ("wmt-machine", "mqm-machine")
HUMAN_NEWS = ("wmt-human", "mqm-human", "gum-news", "pud")
ALIASES = {"machine": MACHINE, "human": HUMAN_NEWS, "gum": ("gum-news", "gum-prose", "gum-other")}


def add_data_option(parser: argparse.ArgumentParser) -> None:
    """``--data DIR``, the data folder."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    parser.add_argument(
        "--data",
        type=Path,
        default=Path(os.environ.get("MTQA_DATA", beside)),
        help="data folder (default: $MTQA_DATA, else ../shared/data)",
    )


def read_set(
    data: Path,
    name: str,
    *,
    limit: int | None = None,
    systems: int | None = None,
    seed: int = 0,
) -> list[Text]:
    """Documents of one set.

    Args:
        data: the data folder.
        name: a key of `SETS` or `GENERAL`.
        limit: keep this many documents, drawn at random.
        systems: keep this many systems of each source document, drawn at random (the systems of
            one source repeat each other's defects).
        seed: of the draws.
    """
    texts = list((SETS | GENERAL)[name](data))
    draw = random.Random(f"{seed} {name}")
    if systems is not None:
        by_source: dict[str, list[Text]] = {}
        for text in texts:
            by_source.setdefault(text.id, []).append(text)
        texts = [
            text
            for group in by_source.values()
            for text in draw.sample(group, min(systems, len(group)))
        ]
    if limit is not None and limit < len(texts):
        texts = draw.sample(texts, limit)
    return texts
