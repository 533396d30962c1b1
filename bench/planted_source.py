"""How many defects planted into a translation that has its source are found, by kind and language.

    python bench/planted_source.py                     # every kind, 60 of each in each language
    python bench/planted_source.py --kind number --count 200 --dump misses.tsv

Each planting changes one segment of one human translation and leaves its source as it is. It is
found when one of the rules that may find it has a hit in that segment (or, where nothing is left of
it, a hit that speaks of its source) which the unchanged document does not have. The last table
counts the hits of the same rules on the unchanged documents.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from multiprocessing import Pool
from pathlib import Path
from random import Random

from defects import vocabulary_of
from material import Text, add_data_option, read_set
from planted import wilson
from rates import in_context

from mtqa.config import Settings
from mtqa.result import Severity
from mtqa.rules import RULES
from mtqa.rules.rule import Hit
from mtqa.text.analysis import Analysis
from mtqa.text.document import Span
from mtqa.text.lines import split_lines
from mtqa.text.sentences import split_sentences

_NUMBER = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)*(?![\w])")
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-zà-ÿ]{3,}(?: [A-Z][a-zà-ÿ]{2,})*\b(?!-)")
_QUOTED = re.compile(r"[“\"]([^“”\"]{12,}?)[”\"]")
_SENTENCE_END = re.compile(r"[。！？]+[」』”]*|[.!?…]+[\"”»’)]*(?=\s|\Z)")
_SOURCE_QUOTE = re.compile(r"[“”\"„«»「」『』]")


@dataclass(frozen=True, slots=True)
class Planted:
    """A changed line.

    Attributes:
        kind: of the defect.
        line: its number, from 0.
        old, new: the line before and after.
    """

    kind: str
    line: int
    old: str
    new: str


Plant = Callable[[Random, str, str, "Pools"], str | None]


@dataclass(frozen=True, slots=True)
class Pools:
    """Names of other documents, and words that are no names."""

    names: Sequence[str]
    vocabulary: frozenset[str]


def _change_number(draw: Random, line: str, source: str, pools: Pools) -> str | None:
    found = list(_NUMBER.finditer(line))
    if not found:
        return None
    match = draw.choice(found)
    old = match[0]
    places = [k for k, c in enumerate(old) if c.isdigit()]
    k = draw.choice(places)
    new = old[:k] + draw.choice([d for d in "123456789" if d != old[k]]) + old[k + 1 :]
    return line[: match.start()] + new + line[match.end() :]


_NUMBER_WORDS = (
    "three four five six seven eight nine ten eleven twelve fifteen twenty thirty".split()
)
_MONTHS = (
    "January February March April June July August September October November December".split()
)


def _change_word(draw: Random, line: str, words: Sequence[str]) -> str | None:
    found = list(re.finditer(rf"\b(?:{'|'.join(words)})\b", line))
    if not found:
        return None
    match = draw.choice(found)
    new = draw.choice([word for word in words if word != match[0]])
    return line[: match.start()] + new + line[match.end() :]


def _change_number_word(draw: Random, line: str, source: str, pools: Pools) -> str | None:
    return _change_word(draw, line, _NUMBER_WORDS)


def _change_month(draw: Random, line: str, source: str, pools: Pools) -> str | None:
    return _change_word(draw, line, _MONTHS)


def _names_of(line: str, vocabulary: frozenset[str]) -> list[re.Match[str]]:
    return [
        m
        for m in _NAME.finditer(line)
        if all(word.lower() not in vocabulary for word in m[0].split())
    ]


def _replace_name(draw: Random, line: str, source: str, pools: Pools) -> str | None:
    found = _names_of(line, pools.vocabulary)
    if not found:
        return None
    match = draw.choice(found)
    new = draw.choice(pools.names)
    if set(new.split()) & set(line.split()):
        return None
    return line[: match.start()] + new + line[match.end() :]


def _remove_name(draw: Random, line: str, source: str, pools: Pools) -> str | None:
    found = _names_of(line, pools.vocabulary)
    if not found or len(line.split()) < 8:
        return None
    match = draw.choice(found)
    if len(re.findall(re.escape(match[0]), line)) > 1:
        return None
    return (line[: match.start()].rstrip() + line[match.end() :]).strip()


def _drop(draw: Random, line: str, source: str, pools: Pools) -> str | None:
    return "" if len(line.split()) >= 5 else None


def _drop_part(draw: Random, line: str, source: str, pools: Pools) -> str | None:
    sentences = split_sentences(line, [Span(0, len(line))], "en")
    if len(sentences) < 2 or len(_SENTENCE_END.findall(source)) != len(sentences):
        return None  # what people told in several sentences may be one in the source
    start, end = draw.choice(sentences)
    if len(line[start:end].split()) < 5:
        return None
    return " ".join((line[:start].strip() + " " + line[end:].strip()).split())


def _copy(draw: Random, line: str, source: str, pools: Pools) -> str | None:
    return source if len(line.split()) >= 5 and source else None


def _unquote(draw: Random, line: str, source: str, pools: Pools) -> str | None:
    found = list(_QUOTED.finditer(line))
    if len(found) != 1 or len(_SOURCE_QUOTE.findall(source)) < 2:
        return None
    match = found[0]
    return line[: match.start()] + match[1] + line[match.end() :]


KINDS: dict[str, tuple[Plant, tuple[str, ...]]] = {
    "number changed": (_change_number, ("number-mismatch",)),
    "number word changed": (_change_number_word, ("number-mismatch",)),
    "month changed": (_change_month, ("number-mismatch",)),
    "name replaced": (_replace_name, ("name-mismatch",)),
    "name removed": (_remove_name, ("name-mismatch",)),
    "segment dropped": (_drop, ("omission",)),
    "sentence dropped within": (_drop_part, ("omission",)),
    "copied from the source": (_copy, ("untranslated",)),
    "quotation marks removed": (_unquote, ("quote-mismatch",)),
}


def plant(text: Text, kind: str, draw: Random, pools: Pools) -> Planted | None:
    """One defect in a line drawn at random, or None where no line has a place for it."""
    lines, sources = split_lines(text.text), split_lines(text.source_text)
    order = [i for i, line in enumerate(lines) if line.strip() and sources[i].strip()]
    draw.shuffle(order)
    for i in order:
        new = KINDS[kind][0](draw, lines[i], sources[i], pools)
        if new is not None and new != lines[i]:
            return Planted(kind, i, lines[i], new)
    return None


def hits_of(text: Text, rules: Sequence[str]) -> Iterator[tuple[str, Hit]]:
    analysis = Analysis(text.document(sourced=True))
    for rule in RULES:
        if rule.name in rules:
            for hit in rule.check(analysis, Settings()):
                yield rule.name, hit


def judge(task: tuple[Text, Planted]) -> tuple[str, str, bool, str]:
    """(kind, source language, found, what was planted)."""
    text, planted = task
    rules = KINDS[planted.kind][1]
    lines, sources = split_lines(text.text), split_lines(text.source_text)
    before = Counter(
        (rule, hit.message, text.text[slice(*hit.span)]) for rule, hit in hits_of(text, rules)
    )
    lines[planted.line] = planted.new
    changed = replace(text, text="\n".join(lines) + "\n", source_text="\n".join(sources) + "\n")
    at = len("\n".join(lines[: planted.line])) + (planted.line > 0)
    place = Span(at, at + len(planted.new))
    source_at = len("\n".join(sources[: planted.line])) + (planted.line > 0)
    source_place = Span(source_at, source_at + len(sources[planted.line]))
    found = False
    for rule, hit in hits_of(changed, rules):
        key = rule, hit.message, changed.text[slice(*hit.span)]
        if before[key] > 0:
            before[key] -= 1
            continue
        here = hit.span.start < place.end and place.start < hit.span.end
        spoken = hit.source is not None and (
            hit.source.start < source_place.end and source_place.start < hit.source.end
        )
        found = found or here or spoken
    shown = f"{planted.old}\t{planted.new}\t{sources[planted.line]}"
    return planted.kind, text.source_lang, found, shown


def count_clean(text: Text) -> tuple[str, int, list[tuple[str, str, str]]]:
    """(source language, segments, (rule, severity, context) of every hit) of a clean document."""
    document = text.document(sourced=True)
    severity = {rule.name: rule.severity for rule in RULES}
    names = [rule.name for rule in RULES if rule.needs_source]
    fired = [
        (rule, str(hit.severity or severity[rule]), in_context(text.text, hit.span))
        for rule, hit in hits_of(text, names)
    ]
    return text.source_lang, len(document.segments), fired


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_data_option(parser)
    parser.add_argument("--kind", action="append", default=[], choices=list(KINDS))
    parser.add_argument("--count", type=int, default=60, help="plantings a kind and language")
    parser.add_argument("--lang", action="append", default=[], help="source languages")
    parser.add_argument("--dump", type=Path, help="write what was missed to this TSV file")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()

    texts = [
        text
        for text in read_set(options.data, "wmt-human", systems=1, seed=options.seed)
        if not options.lang or text.source_lang in options.lang
    ]
    vocabulary = vocabulary_of(texts)
    names = sorted(
        {m[0] for text in texts for m in _names_of(text.text.replace("\n", " "), vocabulary)}
    )
    pools = Pools(names, vocabulary)
    draw = Random(options.seed)
    tasks: list[tuple[Text, Planted]] = []
    by_lang: defaultdict[str, list[Text]] = defaultdict(list)
    for text in texts:
        by_lang[text.source_lang].append(text)
    for kind in options.kind or KINDS:
        for group in by_lang.values():
            made = 0
            for attempt in range(4 * options.count):
                text = group[attempt % len(group)] if attempt < len(group) else draw.choice(group)
                planted = plant(text, kind, draw, pools)
                if planted is not None:
                    tasks.append((text, planted))
                    made += 1
                if made == options.count:
                    break
    with Pool(options.jobs) as pool:
        judged = list(pool.imap(judge, tasks, chunksize=8))
        clean = list(pool.imap(count_clean, texts, chunksize=8))

    languages = sorted(by_lang)
    total, good = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for kind, lang, found, _ in judged:
        for key in ((kind, lang), (kind, "all")):
            total[key] += 1
            good[key] += found
    print("Planted and found, %")
    print("kind".ljust(26), *(lang.rjust(6) for lang in (*languages, "all")), " 95 % interval")
    for kind in dict.fromkeys(kind for kind, *_ in judged):
        cells = [
            f"{100 * good[kind, lang] / total[kind, lang]:.0f}" if total[kind, lang] else "-"
            for lang in (*languages, "all")
        ]
        low, high = wilson(good[kind, "all"], total[kind, "all"])
        print(
            kind.ljust(26),
            *(cell.rjust(6) for cell in cells),
            f" {100 * low:.0f}-{100 * high:.0f} of {total[kind, 'all']}",
        )
    segments = Counter[str]()
    fired: Counter[tuple[str, str, str]] = Counter()
    for lang, count, hits in clean:
        segments[lang] += count
        fired.update((rule, severity, lang) for rule, severity, _ in hits)
    print("\nHits on the unchanged documents, per 1,000 segments (major or worse / minor)")
    print("rule".ljust(26), *(lang.rjust(11) for lang in (*languages, "all")))
    rules = [rule for rule in RULES if rule.needs_source]
    everything = sum(segments.values())
    for name, members in [
        *((rule.name, [rule.name]) for rule in rules),
        ("all but preview", [rule.name for rule in rules if not rule.preview]),
    ]:
        cells = []
        for lang in (*languages, "all"):
            count = everything if lang == "all" else segments[lang]
            major, minor = (
                sum(
                    number
                    for (rule, severity, where), number in fired.items()
                    if rule in members
                    and lang in (where, "all")
                    and (severity == Severity.MINOR) is mild
                )
                for mild in (False, True)
            )
            cells.append(f"{1000 * major / count:.1f} / {1000 * minor / count:.1f}")
        print(name.ljust(26), *(cell.rjust(11) for cell in cells))
    if options.dump:
        with options.dump.open("w", encoding="utf-8") as file:
            for kind, lang, found, shown in judged:
                if not found:
                    file.write(f"{kind}\t{lang}\t{shown}\n")


if __name__ == "__main__":
    main()
