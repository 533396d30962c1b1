"""Sentence splitters compared on English with sentence boundaries marked by hand.

    python bench/splitters.py
    python bench/splitters.py --article FILE --errors mtqa

The marked texts are the paragraphs of UD English-GUM, by genre, and the extracts of UD
English-PUD, each with its sentences joined by spaces. A boundary is the end of a sentence within a
paragraph. Splitters that are not installed are left out: ``pip install pysbd syntok blingfire``.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

from material import add_data_option, read_set

from mtqa.text.sentences import find_paragraphs, split_sentences

Splitter = Callable[[str], set[int]]


@dataclass(slots=True)
class Score:
    """Boundaries found right, found wrong and missed, and the time it took."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    words: int = 0
    seconds: float = 0.0
    errors: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong or 1)

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed or 1)

    @property
    def f1(self) -> float:
        return 2 * self.right / (2 * self.right + self.wrong + self.missed or 1)


def _ends(text: str, pieces: list[str]) -> set[int]:
    """Offsets where pieces end in ``text``, however a splitter treats the white space."""
    ends, position = set(), 0
    for piece in pieces:
        for word in piece.split():
            found = text.find(word, position)
            position = found + len(word) if found >= 0 else position
        ends.add(position)
    return ends - {0, len(text.rstrip())}


def _mtqa(text: str) -> set[int]:
    spans = split_sentences(text, find_paragraphs(text), "en")
    return {span.end for span in spans[:-1]}


def splitters() -> dict[str, Splitter]:
    """Those that are installed, by name and version."""

    def sentencex(text: str) -> set[int]:
        return _ends(text, list(import_module("sentencex").segment("en", text)))

    def pysbd(text: str) -> set[int]:
        segmenter = import_module("pysbd").Segmenter(language="en", clean=False)
        return _ends(text, segmenter.segment(text))

    def syntok(text: str) -> set[int]:
        tokens = [
            sentence[-1]
            for paragraph in import_module("syntok.segmenter").analyze(text)
            for sentence in paragraph
        ]
        return {token.offset + len(token.value) for token in tokens[:-1]}

    def blingfire(text: str) -> set[int]:
        return _ends(text, import_module("blingfire").text_to_sentences(text).split("\n"))

    found: dict[str, Splitter] = {"mtqa": _mtqa}
    for splitter in (sentencex, pysbd, syntok, blingfire):
        try:
            import_module(splitter.__name__)
        except ImportError:
            continue
        found[f"{splitter.__name__} {version(splitter.__name__)}"] = splitter
    return found


def _paragraphs(data: Path) -> dict[str, list[list[str]]]:
    """Paragraphs as lists of sentences: gum by genre, and pud."""
    groups: dict[str, list[list[str]]] = {}
    for set_name in ("gum-news", "gum-other", "pud"):
        for text in read_set(data, set_name):
            label = f"gum {text.id.split('_')[1]}" if set_name != "pud" else "pud"
            for paragraph in text.text.split("\n\n"):
                groups.setdefault(label, []).append(paragraph.split("\n"))
    return groups


def _score(splitter: Splitter, paragraphs: list[list[str]]) -> Score:
    score = Score()
    for sentences in paragraphs:
        text = " ".join(sentences)
        truth, position = set(), 0
        for sentence in sentences[:-1]:
            position += len(sentence) + 1
            truth.add(position - 1)
        begin = time.process_time()
        found = splitter(text)
        score.seconds += time.process_time() - begin
        score.words += len(text.split())
        score.right += len(truth & found)
        score.wrong += len(found - truth)
        score.missed += len(truth - found)
        for kind, offsets in (("split", found - truth), ("joined", truth - found)):
            for at in sorted(offsets):
                score.errors.append(f"{kind:<7}{text[max(0, at - 60) : at]} | {text[at : at + 50]}")
    return score


def main() -> None:
    """The command line."""
    assert __doc__
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_data_option(parser)
    parser.add_argument("--article", type=Path, help="a text file to split as well")
    parser.add_argument("--errors", help="print the errors of this splitter")
    options = parser.parse_args()
    groups = _paragraphs(options.data)
    total = [paragraph for paragraphs in groups.values() for paragraph in paragraphs]
    groups = dict(sorted(groups.items())) | {"all": total}
    found = splitters()
    print(f"{'splitter':<18} {'on':<15} {'precision':>9} {'recall':>7} {'F1':>7} {'words/s':>10}")
    for name, splitter in found.items():
        splitter("A warm-up. It loads what it needs.")
        for group, paragraphs in groups.items():
            score = _score(splitter, paragraphs)
            print(
                f"{name:<18} {group:<15} {score.precision:>9.3f} {score.recall:>7.3f} "
                f"{score.f1:>7.3f} {score.words / score.seconds:>10,.0f}"
            )
            if options.errors and group != "all" and name.split()[0] == options.errors:
                random.Random(0).shuffle(score.errors)
                for error in score.errors[:40]:
                    print("   ", error)
    if options.article:
        text = options.article.read_text(encoding="utf-8")
        for name, splitter in found.items():
            ends = sorted({*splitter(text), len(text.rstrip())})
            print(f"\n{name}: {len(ends)} sentences; those that differ from mtqa’s:")
            for end in sorted(set(ends) ^ {*_mtqa(text), len(text.rstrip())}):
                mark = "more" if end in ends else "none"
                context = f"{text[max(0, end - 50) : end]} | {text[end : end + 30]}"
                print(f"    {mark}: " + context.replace("\n", "⏎"))


if __name__ == "__main__":
    main()
