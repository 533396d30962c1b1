"""How well sentences of documents that are not line-aligned find their sources.

    python bench/align.py                              # WMT news, all pairs
    python bench/align.py --handbook DIR               # and the Debian handbook, unseen languages
    pip install galechurch sentweave; python bench/align.py --aligner galechurch --aligner sentweave

Segments that are known to render each other are joined into running paragraphs, some are dropped
from one side or joined into one sentence, and both sides are split into sentences again. A link is
right (P) if all its sentences come from segments that belong together; a group of such sentences
is found (R) if right links hold all of them; alone are the sentences whose counterpart was dropped.
`galechurch` compares lengths (Gale and Church 1993), `sentweave` is the dynamic programme of
Vecalign (Thompson and Koehn 2019), fed with the vectors of our encoder, pooled.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
from material import add_data_option
from numpy.typing import NDArray

from mtqa.qe.align import Floats, align_sentences
from mtqa.qe.encoder import SentenceEncoder
from mtqa.text.document import Span
from mtqa.text.sentences import find_paragraphs, split_sentences

Link = tuple[Sequence[int], Sequence[int]]
Aligner = Callable[[Sequence[str], Sequence[str]], Sequence[Link]]

# Shares of segments that are dropped from either side, and joined with the next in the translation.
DROPPED = 0.04
JOINED = 0.05

_UNSPACED = {"zh", "ja", "th"}
_FULL_STOP = re.compile(r"[.。।]\Z")


@dataclass(frozen=True, slots=True)
class Side:
    """The sentences of one side, and the segments that each has a part of."""

    sentences: list[str]
    segments: list[frozenset[int]]


@dataclass(frozen=True, slots=True)
class Case:
    """A pair of documents with what belongs together."""

    pair: str
    id: str
    source: Side
    translation: Side


@dataclass(slots=True)
class Tally:
    """Counts over some documents."""

    documents: int = 0
    sentences: int = 0
    links: int = 0
    right: int = 0
    groups: int = 0
    found: int = 0
    alone: int = 0  # sentences whose counterpart was dropped
    told: int = 0  # sentences that were left without a link
    told_right: int = 0
    seconds: float = 0.0

    def add(self, other: Tally) -> None:
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def row(self) -> list[str]:
        precision = self.right / self.links if self.links else 0.0
        recall = self.found / self.groups if self.groups else 0.0
        both = precision + recall
        return [
            f"{self.documents:,}",
            f"{self.sentences:,}",
            f"{100 * precision:.1f}",
            f"{100 * recall:.1f}",
            f"{100 * 2 * precision * recall / both if both else 0:.1f}",
            f"{self.alone:,}",
            f"{100 * self.told_right / self.told if self.told else 0:.1f}",
            f"{100 * self.told_right / self.alone if self.alone else 0:.1f}",
            f"{self.seconds:.1f}",
        ]


HEADER = ["docs", "sents", "P", "R", "F1", "alone", "alone P", "alone R", "s"]


def build(
    pair: str, name: str, source: Sequence[str], translation: Sequence[str],
    paragraphs: Sequence[int] | None, seed: int,
) -> Case:  # fmt: skip
    """Damage the segments of a document and split it into sentences anew."""
    draw = random.Random(f"{seed} {pair} {name}")
    lang, target = pair.split("-")
    if paragraphs is None:
        paragraphs, at = [], 0
        while len(paragraphs) < len(source):
            paragraphs += [at] * draw.randint(1, 4)
            at += 1
    kept: tuple[list[int], list[int]] = ([], [])
    for segment in range(len(source)):
        fate = draw.random()
        if fate >= DROPPED:
            kept[0].append(segment)
        if not DROPPED <= fate < 2 * DROPPED:
            kept[1].append(segment)
    joined = {segment for segment in kept[1] if draw.random() < JOINED}
    return Case(
        pair,
        name,
        _side([(i, source[i]) for i in kept[0]], paragraphs, lang, set()),
        _side([(i, translation[i]) for i in kept[1]], paragraphs, target, joined),
    )


def _side(
    segments: Sequence[tuple[int, str]], paragraphs: Sequence[int], lang: str, joined: set[int]
) -> Side:
    text, spans = "", []
    previous = None
    for segment, content in segments:
        content = " ".join(content.split())
        if segment in joined:
            content = _FULL_STOP.sub("," if lang not in _UNSPACED else "，", content)
        if previous is not None:
            same = paragraphs[previous] == paragraphs[segment]
            text += ("" if lang in _UNSPACED else " ") if same else "\n\n"
        spans.append((segment, Span(len(text), len(text) + len(content))))
        text += content
        previous = segment
    sentences = split_sentences(text, find_paragraphs(text), lang)
    owners = [
        frozenset(s for s, span in spans if span.start < end and start < span.end)
        for start, end in sentences
    ]
    return Side([text[start:end] for start, end in sentences], owners)


def judge(case: Case, links: Sequence[Link]) -> Tally:
    """Compare links with what belongs together."""
    group: dict[int, int] = {}

    def root(segment: int) -> int:
        while group.setdefault(segment, segment) != segment:
            group[segment] = segment = group[group[segment]]
        return segment

    sides = (case.source, case.translation)
    for side in sides:
        for first, *others in map(sorted, side.segments):
            for other in others:
                group[root(first)] = root(other)
    members: dict[int, tuple[set[int], set[int]]] = defaultdict(lambda: (set(), set()))
    owner = [[root(min(segments)) for segments in side.segments] for side in sides]
    for which in (0, 1):
        for sentence, its in enumerate(owner[which]):
            members[its][which].add(sentence)
    tally = Tally(documents=1, sentences=len(owner[0]) + len(owner[1]))
    held: tuple[set[int], set[int]] = (set(), set())
    for link in links:
        if not link[0] or not link[1]:
            for which in (0, 1):
                for sentence in link[which]:
                    tally.told += 1
                    tally.told_right += not members[owner[which][sentence]][1 - which]
            continue
        tally.links += 1
        groups = {owner[which][sentence] for which in (0, 1) for sentence in link[which]}
        if len(groups) == 1:
            tally.right += 1
            for which in (0, 1):
                held[which].update(link[which])
    for sources, translations in members.values():
        if sources and translations:
            tally.groups += 1
            tally.found += sources <= held[0] and translations <= held[1]
        else:
            tally.alone += len(sources) + len(translations)
    return tally


def read_wmt(data: Path, least: int) -> Iterator[tuple[str, str, list[str], list[str], list[int]]]:
    for path in sorted((data / "wmt-docs").glob("*.docs.jsonl.gz")):
        year, _, pair = path.name.removesuffix(".docs.jsonl.gz").partition(".")
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                if row["domain"] == "news" and len(row["src"]) >= least:
                    reference = next(iter(row["refs"].values()))
                    name = f"{year}/{row['docid']}"
                    yield pair, name, row["src"], reference, row.get("para")


class _Paragraphs(HTMLParser):
    """The texts of the elements <div class="para"> of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "div":
            if self._depth or ("class", "para") in attrs:
                self._depth += 1
            if self._depth == 1:
                self.texts.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "div" and self._depth:
            self._depth -= 1

    def handle_data(self, data: str) -> None:
        if self._depth:
            self.texts[-1] += data


def _page(path: Path) -> list[str]:
    parser = _Paragraphs()
    parser.feed(path.read_text(encoding="utf-8"))
    return [" ".join(text.split()) for text in parser.texts]


def read_handbook(
    folder: Path, least: int
) -> Iterator[tuple[str, str, list[str], list[str], list[int]]]:
    """Pages of the Debian Administrator's Handbook: paragraph by paragraph, where translated."""
    for book in sorted(folder.iterdir()):
        if book.name == "en-US" or not book.is_dir():
            continue
        for path in sorted((folder / "en-US").glob("*.html")):
            own, other = _page(book / path.name), _page(path)
            if len(own) != len(other):
                continue
            pairs = [(a, b) for a, b in zip(own, other, strict=True) if a != b and a and b]
            if len(pairs) >= least:
                lang = book.name.partition("-")[0]
                yield (
                    f"{lang}-en",
                    path.stem,
                    *map(list, zip(*pairs, strict=True)),
                    [*range(len(pairs))],
                )


class Memory:
    """The encoder, asked once for each sentence."""

    def __init__(self) -> None:
        self._encode = SentenceEncoder("cpu")
        self._known: dict[str, NDArray[np.float16]] = {}

    def __call__(self, sentences: Sequence[str]) -> Iterator[tuple[int, Floats]]:
        new = list(dict.fromkeys(line for line in sentences if line not in self._known))
        for index, states in self._encode(new):
            self._known[new[index]] = states.astype(np.float16)
        for index, line in enumerate(sentences):
            yield index, self._known[line].astype(np.float32)

    def forget(self) -> None:
        self._known.clear()


def find_aligner(name: str, encode: Memory) -> Aligner:
    """An aligner by its name."""
    if name == "mtqa":
        return lambda source, translation: align_sentences(source, translation, encode)
    if name == "galechurch":
        import galechurch

        return lambda source, translation: [
            (range(b.source_start, b.source_end), range(b.target_start, b.target_end))
            for b in galechurch.align(list(source), list(translation)).beads
        ]
    import sentweave

    def vecalign(source: Sequence[str], translation: Sequence[str]) -> list[Link]:
        def vectors(lines: Sequence[str]) -> NDArray[np.float32]:
            found = dict(encode(lines))
            return np.stack([found[index].mean(0) for index in range(len(lines))])

        sides = [list(source), list(translation)]
        means = [vectors(side).mean(0) for side in sides]
        turn = iter([means[0]] * 4 + [means[1]] * 4)  # it asks for one side after the other

        found = sentweave.align(
            *sides, lambda lines: vectors(lines) - next(turn), alignment_max_size=4
        )
        return [(link.src_indices, link.tgt_indices) for link in found.alignments]

    return vecalign


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_data_option(parser)
    parser.add_argument("--handbook", type=Path, help="html folder of the package debian-handbook")
    parser.add_argument("--aligner", action="append", choices=["mtqa", "galechurch", "sentweave"])
    parser.add_argument("--pair", action="append", help="only these, such as ja-en; repeatable")
    parser.add_argument("--limit", type=int, default=30, help="documents of each pair")
    parser.add_argument("--least", type=int, default=6, help="segments that a document must have")
    parser.add_argument(
        "--joined", action="store_true", help="all documents of a pair as one, a tenth of it lost"
    )
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    documents = defaultdict(list)
    for row in read_wmt(options.data, options.least):
        documents[f"{row[1].partition('/')[0]} {row[0]}"].append(row)
    if options.handbook:
        for row in read_handbook(options.handbook, options.least):
            documents[f"handbook {row[0]}"].append(row)
    encode = Memory()
    aligners = {name: find_aligner(name, encode) for name in options.aligner or ["mtqa"]}
    sums: dict[str, Tally] = defaultdict(Tally)
    rows = []
    for name, its in documents.items():
        if options.pair and its[0][0] not in options.pair:
            continue
        random.Random(f"{options.seed} {name}").shuffle(its)
        cases = [build(*row, seed=options.seed) for row in its[: options.limit]]
        if options.joined:
            cases = [join(cases)]
        for side in (side for case in cases for side in (case.source, case.translation)):
            deque(encode(side.sentences), maxlen=0)
        for aligner, align in aligners.items():
            tally = Tally()
            for case in cases:
                start = time.perf_counter()
                links = align(case.source.sentences, case.translation.sentences)
                seconds = time.perf_counter() - start
                tally.add(judge(case, links))
                tally.seconds += seconds
            sums[aligner].add(tally)
            rows.append([name, aligner, *tally.row()])
        encode.forget()
    rows += [["all", aligner, *tally.row()] for aligner, tally in sums.items()]
    print(__doc__.split("\n\n")[2])
    print()
    table = [["", "aligner", *HEADER], *rows]
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    for row in table:
        cells = [cell.rjust(width) for cell, width in zip(row[2:], widths[2:], strict=True)]
        print("  ".join([row[0].ljust(widths[0]), row[1].ljust(widths[1]), *cells]))


def join(cases: Sequence[Case]) -> Case:
    """One document of all, without a tenth of its translation, in one piece."""
    sides = (Side([], []), Side([], []))
    at = 0
    for case in cases:
        for whole, part in zip(sides, (case.source, case.translation), strict=True):
            whole.sentences.extend(part.sentences)
            whole.segments.extend(frozenset(at + s for s in its) for its in part.segments)
        at += 1 + max(
            s for side in (case.source, case.translation) for o in side.segments for s in o
        )
    first = len(sides[1].sentences) * 4 // 10
    lost = slice(first, first + len(sides[1].sentences) // 10)
    del sides[1].sentences[lost], sides[1].segments[lost]
    return Case(cases[0].pair, "joined", *sides)


if __name__ == "__main__":
    main()
