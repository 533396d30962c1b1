"""How many planted defects are found, at the right span, by kind.

    python bench/planted.py                        # every kind
    python bench/planted.py --kind "name respelled" --count 400 --dump misses.tsv

Each planting is one defect in one copy of a clean human document. It is found when a rule that may
find it has a hit that overlaps the planted place and was not there before. Exact is the share of
plantings with such a hit on exactly the right characters. New elsewhere counts the other hits that
the planting caused. Last comes the mirror test: texts about different things with similar names,
where no name rule may fire.
"""

from __future__ import annotations

import argparse
import gzip
import math
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from multiprocessing import Pool
from pathlib import Path
from random import Random

from defects import Clean, Planter, Planting, planters, read_lines, vocabulary_of
from material import HUMAN_NEWS, Text, add_data_option, read_set
from rates import in_context

from mtqa.config import Settings
from mtqa.rules import RULES
from mtqa.rules.rule import Hit, Rule
from mtqa.text.analysis import Analysis
from mtqa.text.document import Document, Span

# The planted documents: human writing and human translations, with prose of whole paragraphs.
SETS = ("wmt-human", "mqm-human", "gum-prose", "pud")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one planting."""

    planting: Planting
    found: bool
    exact: bool
    context: str
    wrong_span: str  # hits of the right rule at the wrong place
    elsewhere: tuple[str, ...]


def wilson(found: int, planted: int) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927)."""
    if not planted:
        return 0.0, 1.0
    z = 1.959964
    share = found / planted
    middle = share + z * z / (2 * planted)
    spread = z * math.sqrt(share * (1 - share) / planted + z * z / (4 * planted**2))
    low = (middle - spread) / (1 + z * z / planted)
    return max(0.0, low), min(1.0, (middle + spread) / (1 + z * z / planted))


def _hits(document: Document, rules: Iterable[Rule]) -> Iterator[tuple[str, Hit]]:
    analysis = Analysis(document)
    for rule in rules:
        for hit in rule.check(analysis, Settings()):
            yield rule.name, hit


def _overlaps(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def judge(clean: Text, plantings: Sequence[Planting]) -> list[Outcome]:
    """Checks each planted copy of ``clean`` against the unplanted document."""
    before = Counter(
        (rule, hit.span) for rule, hit in _hits(Document(clean.id, clean.text, clean.lang), RULES)
    )
    outcomes = []
    for planting in plantings:
        text = planting.apply(clean.text)
        known = Counter({(rule, planting.moved(span)): n for (rule, span), n in before.items()})
        found = exact = False
        wrong: list[str] = []
        elsewhere: list[str] = []
        for rule, hit in _hits(Document(clean.id, text, clean.lang), RULES):
            if known[rule, hit.span] > 0:
                known[rule, hit.span] -= 1
                continue
            here = any(_overlaps(hit.span, place) for place in planting.places)
            if rule in planting.rules and here:
                found = True
                exact = exact or hit.span in planting.exact
            elif not here:
                elsewhere.append(f"{rule}: {in_context(text, hit.span, 60)}")
            if rule in planting.rules and hit.span not in planting.exact:
                wrong.append(f"{rule}: {in_context(text, hit.span, 10)}")
        outcomes.append(
            Outcome(
                planting,
                found,
                exact,
                in_context(text, planting.exact[0]),
                " · ".join(wrong),
                tuple(elsewhere),
            )
        )
    return outcomes


def foreign_sentences(data: Path, texts: Sequence[Text]) -> dict[str, list[str]]:
    """Sentences of eight words (thirty characters) or more by language."""
    sentences: dict[str, list[str]] = {}
    for text in texts:
        if text.set == "wmt-human":
            lang = text.id.split(".")[1][:2]
            sentences.setdefault(lang, []).extend(text.source)
    for pair, column in (
        ("ro-en", 0), ("et-en", 0), ("ne-en", 0), ("si-en", 0), ("en-de", 1), ("en-zh", 1),
    ):  # fmt: skip
        lang = pair.replace("en", "").strip("-")
        with gzip.open(
            data / "mlqe-pe" / "da" / f"{pair}.dev.tsv.gz", "rt", encoding="utf-8"
        ) as rows:
            next(rows)
            sentences.setdefault(lang, []).extend(row.split("\t")[column] for row in rows)
    long = {
        lang: [s for s in group if len(s) >= 30 and (lang in ("zh", "ja") or len(s.split()) >= 8)]
        for lang, group in sorted(sentences.items())
    }
    return {lang: group for lang, group in long.items() if group}


def plant(
    documents: Sequence[Clean], kind: Sequence[Planter], count: int, seed: str
) -> list[tuple[Clean, Planting]]:
    """``count`` plantings of a kind or as many as the documents bear, the planters in turn."""
    share = math.ceil(count / len(kind))
    planted: list[tuple[Clean, Planting]] = []
    for number, planter in enumerate(kind):
        draw = Random(f"{seed} {number}")
        order = draw.sample(documents, len(documents))
        seen: set[tuple[str, str, int, int, str]] = set()
        # Four rounds through the documents, then they bear no more.
        for document, _ in zip(cycle(order), range(4 * len(order)), strict=False):
            if len(seen) == share:
                break
            planting = planter(document, draw)
            if planting is None:
                continue
            source = document.source
            key = (source.id, source.system, planting.start, planting.end, planting.new)
            if key not in seen:
                seen.add(key)
                planted.append((document, planting))
    return planted


def _row(label: str, outcomes: Sequence[Outcome]) -> str:
    planted, found = len(outcomes), sum(o.found for o in outcomes)
    low, high = wilson(found, planted)
    exact = sum(o.exact for o in outcomes)
    elsewhere = sum(len(o.elsewhere) for o in outcomes)
    return (
        f"{label[:44]:<44} {planted:>7} {found:>6} {100 * found / planted:>7.1f} "
        f"{100 * low:>6.1f}–{100 * high:<5.1f} {100 * exact / planted:>6.1f} {elsewhere:>9}"
    )


def report(outcomes: Sequence[Outcome]) -> None:
    """Prints recall by kind, by variant and by circumstance."""
    head = (
        f"{'kind':<44} {'planted':>7} {'found':>6} {'recall %':>8} {'95 %':>8} {'exact %':>9} "
        f"{'elsewhere':>9}"
    )
    kinds: defaultdict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        kinds[outcome.planting.kind].append(outcome)
    print(head)
    for kind, group in kinds.items():
        print(_row(kind, group))
    print("\nBy variant\n" + head)
    for kind, group in kinds.items():
        by_variant: defaultdict[str, list[Outcome]] = defaultdict(list)
        by_tag: defaultdict[str, list[Outcome]] = defaultdict(list)
        for outcome in group:
            by_variant[outcome.planting.variant].append(outcome)
            by_tag[outcome.planting.tag].append(outcome)
        print(kind)
        for breakdown in (by_variant, by_tag):
            if 1 < len(breakdown) <= 40:
                for label, part in sorted(breakdown.items()):
                    print(_row(f"    {label}", part))


# --- the mirror test -----------------------------------------------------------------------------

_FRAMES = {
    "office": (
        "The {A} met reporters on Monday. A spokesman for the {B} praised the talks.\n"
        "Later the {A} was asked about the budget. According to the {B}, the {A} had no objection, "
        "and the {B} would publish the figures next week.",
    ),
    "people": (
        "Two engineers were honoured on Friday: {A} of the harbour office and {B} of the railways. "
        "“We had no idea,” {A} said.\nFor {B} it was the second prize in a year. While {A} thanked "
        "the city, {B} spoke about the strike. Both {A} and {B} will retire in the autumn.",
        "Peter {A} won the first set, but Sergei {B} came back in the second.\n{A} then lost two "
        "points, and {B} took the match. Peter {A} had beaten Sergei {B} in spring.",
    ),
    "places": (
        "Heavy rain fell in {A} on Tuesday, while it stayed dry in {B}.\nOfficials from {A} asked "
        "their neighbours in {B} for pumps. The road from {A} to {B} was closed, and trains to {B} "
        "were late. People in {A} waited for hours.",
        "Exports from {A} grew by 4 percent last year; those from {B} fell.\nEconomists expect {B} "
        "to recover before {A} does, the report said. In {A}, prices rose.",
    ),
    "demonym": (
        "Voters in the capital of the country spoke about {A} on Sunday. Many {B} people had not "
        "slept.\nThe debate about {A} goes on, a {B} writer said, and the talks on {A} will resume "
        "after the {B} holidays. What {A} needs is time, said another {B} writer.",
        "The delegation spoke of {A} at length. Some of the {B} in the hall left early.\nFor the "
        "{B} who stayed, {A} was the only subject. Nobody spoke for {A} as the {B} did.",
    ),
}  # fmt: skip


def mirror() -> Iterator[tuple[str, str, str, list[str]]]:
    """Kind, the two names, and what the name rules say of texts with both; it should be nothing."""
    rules = [rule for rule in RULES if rule.family == "name"]
    for kind, *names in read_lines("distinct.tsv"):
        for frame in _FRAMES[kind]:
            for one, two in (names, reversed(names)):
                text = frame.format(A=one, B=two)
                hits = [
                    f"{rule}: {in_context(text, hit.span, 30)}"
                    for rule, hit in _hits(Document("mirror", text, "en"), rules)
                ]
                yield kind, names[0], names[1], hits


def _report_mirror() -> None:
    results = list(mirror())
    fired = [(kind, one, two, hits) for kind, one, two, hits in results if hits]
    pairs = {(kind, one, two) for kind, one, two, _ in results}
    wrong = {(kind, one, two): hits for kind, one, two, hits in fired}
    print(
        f"\nDifferent things with similar names: {len(pairs)} pairs in {len(results)} texts, "
        f"{len(wrong)} pairs ({len(fired)} texts) taken for one"
    )
    for (kind, one, two), hits in wrong.items():
        print(f"    {kind:<8} {one} / {two}: {hits[0]}")


def main() -> None:
    """The command line."""
    assert __doc__
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_data_option(parser)
    parser.add_argument("--kind", action="append", default=[], help="repeatable")
    parser.add_argument("--count", type=int, default=300, help="plantings of each kind")
    parser.add_argument("--limit", type=int, help="random documents of each set")
    parser.add_argument("--dump", type=Path, help="write the misses to this TSV file")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()

    texts = [
        text
        for name in SETS
        for text in read_set(options.data, name, limit=options.limit, seed=options.seed)
    ]
    everything = [
        text for name in (*HUMAN_NEWS, "gum-other") for text in read_set(options.data, name)
    ]
    vocabulary = vocabulary_of(everything)
    documents = [Clean(text, vocabulary) for text in texts]
    kinds = planters(foreign_sentences(options.data, everything))
    for kind in options.kind:
        if kind not in kinds:
            sys.exit(f"no kind {kind!r}; there are: {', '.join(kinds)}")
    grouped: defaultdict[int, list[Planting]] = defaultdict(list)
    index = {id(document): number for number, document in enumerate(documents)}
    for kind, ways in kinds.items():
        if not options.kind or kind in options.kind:
            # Each spelling change on its own is a figure worth having.
            count = options.count * (2 if kind == "name respelled" else 1)
            for document, planting in plant(documents, ways, count, f"{options.seed} {kind}"):
                grouped[index[id(document)]].append(planting)
    with Pool(options.jobs) as pool:
        work = [(texts[number], plantings) for number, plantings in grouped.items()]
        outcomes = [o for part in pool.starmap(judge, work, chunksize=4) for o in part]
    order = {kind: number for number, kind in enumerate(kinds)}
    outcomes.sort(key=lambda o: order[o.planting.kind])
    report(outcomes)
    if not options.kind or any(kind.startswith("name") for kind in options.kind):
        _report_mirror()
    elsewhere = Counter(hit.split(":")[0] for o in outcomes for hit in o.elsewhere)
    print("\nNew hits elsewhere by rule:", dict(elsewhere.most_common()) or "none")
    if options.dump:
        with options.dump.open("w", encoding="utf-8") as file:
            file.write("outcome\tkind\tvariant\ttag\tcontext\tother hits\n")
            for o in outcomes:
                state = "missed" if not o.found else ("inexact" if not o.exact else "")
                rest = o.wrong_span
                if not state and o.elsewhere:
                    state, rest = "elsewhere", " · ".join(o.elsewhere)
                if state:
                    p = o.planting
                    row = (state, p.kind, p.variant, p.tag, o.context, rest)
                    file.write("\t".join(" ".join(cell.split()) for cell in row) + "\n")
        print(f"misses in {options.dump}")


if __name__ == "__main__":
    main()
