"""How many defects planted into a translation that has its source are found, by kind and language.

    python bench/planted_source.py                     # every kind, 60 of each in each language
    python bench/planted_source.py --kind "number changed" --count 200 --dump misses.tsv
    python bench/planted_source.py --join 3 --kind "sentence dropped within"

Each planting changes one segment of one human translation and leaves its source as it is. It is
found when one of the rules that may find it has a hit in that segment (or, where nothing is left of
it, a hit that speaks of its source) which the unchanged document does not have. The last table
counts the hits of the same rules on the unchanged documents.

What counts as a name: a run of capitalised words, with the particles between them, none of which
stands five times in lower case in the human and machine translations, is a day, a month, a feast, a
people or a language (CLDR), or an initialism; and half of the other translations of the segment
have all its words, or some like them, so that the name is one of the source and not the
translator's. It is removed or replaced as a whole. Of other languages than those of the news, for
names alone: Ukrainian from the general documents, and sentences written for this project, which say
which names they have (`bench/lines/names.tsv`, or those of `--lines`, and then no others).
"""

from __future__ import annotations

import argparse
import re
from calendar import day_name, month_name
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from multiprocessing import Pool
from pathlib import Path
from random import Random

import torch
from babel import Locale
from defects import read_lines, vocabulary_of
from material import Text, add_data_option, read_set
from planted import wilson
from rates import in_context

from mtqa.config import Settings
from mtqa.qe.cache import open_scorer
from mtqa.qe.models import Scorer, find_model
from mtqa.qe.sentences import estimate
from mtqa.result import Severity
from mtqa.rules import RULES
from mtqa.rules.rule import Hit
from mtqa.text.analysis import Analysis
from mtqa.text.document import Span
from mtqa.text.lines import split_lines
from mtqa.text.sentences import split_sentences

_NUMBER = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)*(?![\w])")
_CAPITAL = r"(?:[Aa]l-|[Ee]l-|O['’])?[^\W\d_a-zß-öø-ÿ][^\W\d_]+(?:-[^\W\d_]+)*"
_NAME = re.compile(
    rf"(?<![\w'’-]){_CAPITAL}(?: (?:(?:al|el|bin|de|del|da|di|la|van|von|der|den) )*{_CAPITAL})*"
    r"(?![\w-])"
)
_POSSESSIVE = re.compile(r"['’]s?(?!\w)")
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


_NAMES = "names.tsv"
Plant = Callable[[Random, str, str, "Pools"], str | None]


@dataclass(frozen=True, slots=True)
class Pools:
    """What the names of a line are told by.

    Attributes:
        names: of other documents.
        vocabulary: words that are no names.
        witnesses: words of the other translations of a line, by its source.
        marked: names of a line, by its source, where they are marked.
    """

    names: Sequence[str]
    vocabulary: frozenset[str]
    witnesses: Mapping[str, Sequence[frozenset[str]]]
    marked: Mapping[str, Sequence[str]]


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


# Peoples whose name is no language of CLDR; games and feasts.
_NO_NAMES = frozenset(
    "british american americans swiss austrian belgian brazilian mexican argentine canadian"
    " australian iranian iraqi syrian israeli egyptian indian pakistani afghan european europeans"
    " african asian olympic olympics olympiad easter christmas".split()
)


@cache
def _no_names() -> frozenset[str]:
    """Days, months, languages, and peoples that are called by the same word."""
    locale = Locale("en")
    languages = {str(name).lower() for name in locale.languages.values()}
    languages |= {f"{name}s" for name in languages} - {
        str(name).lower() for name in locale.territories.values()
    }
    return frozenset(
        languages | _NO_NAMES | {word.lower() for word in (*day_name, *month_name) if word}
    )


_ALIKE = 0.6  # share of the letters
_FEWEST = 5  # times that a word stands in lower case, if it is not to be a slip (shen)


def _stands_in(words: frozenset[str], name: str) -> bool:
    from rapidfuzz.distance import Levenshtein

    return name in words or any(
        Levenshtein.normalized_similarity(name.lower(), word.lower()) >= _ALIKE
        for word in words
        if word[0].isupper()
    )


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text)


def _names_of(line: str, source: str, pools: Pools) -> list[tuple[int, int]]:
    """Where a line has names (see the head of this file)."""
    if source in pools.marked:
        return [(line.index(name), line.index(name) + len(name)) for name in pools.marked[source]]
    found = []
    witnesses = pools.witnesses.get(source, ())
    for match in _NAME.finditer(line):
        parts = [part for part in re.finditer(r"[^\W\d_][^\s]*", match[0]) if not part[0].islower()]
        while parts and not _is_name(parts[0][0], pools):  # President Xi Jinping
            parts.pop(0)
        if not parts or not all(_is_name(part[0], pools) for part in parts):
            continue
        name = match[0][parts[0].start() :]
        words = [word for word in _words(name) if not word.islower()]
        having = sum(all(_stands_in(other, word) for word in words) for other in witnesses)
        if len(name) >= 4 and 2 * having >= max(1, len(witnesses)):
            found.append((match.start() + parts[0].start(), match.end()))
    return found


def _is_name(part: str, pools: Pools) -> bool:
    return not part.isupper() and all(
        word.lower() not in pools.vocabulary and word.lower() not in _no_names()
        for word in _words(part)
        if not word.islower()
    )


def _replace_name(draw: Random, line: str, source: str, pools: Pools) -> str | None:
    found = _names_of(line, source, pools)
    if not found:
        return None
    start, end = draw.choice(found)
    new = draw.choice(pools.names)
    if set(_words(new)) & set(_words(line)):
        return None
    return line[:start] + new + line[end:]


def _remove_name(draw: Random, line: str, source: str, pools: Pools) -> str | None:
    found = _names_of(line, source, pools)
    if not found or (len(line.split()) < 8 and source not in pools.marked):
        return None
    start, end = draw.choice(found)
    rest = line[:start].rstrip() + _POSSESSIVE.sub("", line[end : end + 2], 1) + line[end + 2 :]
    if any(re.search(rf"\b{re.escape(word)}", rest) for word in _words(line[start:end])):
        return None
    return re.sub(r",\s*([,.])", r"\1", rest).lstrip(" ,.’'")


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


def join_segments(text: Text, count: int) -> Text:
    """The document with ``count`` neighbouring segments in each line."""
    pairs = [
        (line.strip(), source.strip())
        for line, source in zip(split_lines(text.text), split_lines(text.source_text), strict=True)
        if line.strip() and source.strip()
    ]
    groups = [pairs[at : at + count] for at in range(0, len(pairs), count)]
    between = "" if text.source_lang in ("ja", "zh") else " "
    return replace(
        text,
        text="".join(" ".join(line for line, _ in group) + "\n" for group in groups),
        source_text="".join(between.join(line for _, line in group) + "\n" for group in groups),
    )


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


_scorer: Scorer | None = None  # of this process, where sentences are scored


def _score_sentences(asked: bool) -> None:
    """Have a process score sentences."""
    global _scorer
    if asked:
        torch.set_num_threads(1)
        _scorer = open_scorer(find_model())


def hits_of(text: Text, rules: Sequence[str]) -> Iterator[tuple[str, Hit]]:
    analysis = Analysis(text.document(sourced=True))
    if _scorer is not None:
        (analysis.estimates,) = estimate([analysis], _scorer, {})
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


def marked_texts(name: str) -> list[Text]:
    """The sentences of a file in `bench/lines`, a document for each language."""
    rows: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for lang, source, translation in read_lines(name):
        rows[lang].append((source, re.sub("[⟦⟧]", "", translation)))
    return [
        Text(
            "names", lang, "", "".join(f"{new}\n" for _, new in pairs), tuple(s for s, _ in pairs),
            "en", "".join(f"{old}\n" for old, _ in pairs), lang,
        )
        for lang, pairs in rows.items()
    ]  # fmt: skip


def read_pools(data: Path, texts: Sequence[Text], lines: str) -> Pools:
    """What tells names from other words in ``texts``; in the sentences of ``lines`` the marks."""
    machine = [
        text for name in ("wmt-machine", "wmt-machine-general") for text in read_set(data, name)
    ]
    systems = {(text.id, text.system) for text in texts}
    witnesses: defaultdict[str, list[frozenset[str]]] = defaultdict(list)
    for text in [*machine, *(t for n in ("wmt-human", "wmt-general") for t in read_set(data, n))]:
        if (text.id, text.system) not in systems:
            pairs = zip(split_lines(text.source_text), split_lines(text.text), strict=True)
            for source, line in pairs:
                witnesses[source].append(frozenset(_words(line)))
    marked = {
        source: re.findall("⟦(.*?)⟧", translation) for _, source, translation in read_lines(lines)
    }
    pools = Pools([], vocabulary_of([*texts, *machine], least=_FEWEST), witnesses, marked)
    names = {
        line[start:end]
        for text in texts
        for source, line in zip(split_lines(text.source_text), split_lines(text.text), strict=True)
        for start, end in _names_of(line, source, pools)
    }
    return replace(pools, names=sorted(names))


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_data_option(parser)
    parser.add_argument("--kind", action="append", default=[], choices=list(KINDS))
    parser.add_argument("--count", type=int, default=60, help="plantings a kind and language")
    parser.add_argument("--lang", action="append", default=[], help="source languages")
    parser.add_argument("--dump", type=Path, help="write what was missed to this TSV file")
    parser.add_argument("--join", type=int, default=1, help="put so many segments in a line")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--qe", action="store_true", help="score the sentences first, as check does by itself"
    )
    parser.add_argument("--lines", help="plant names into the sentences of this file of lines/")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()

    kinds = options.kind or list(KINDS)
    texts = [
        text
        for name in ("wmt-human", "wmt-general")
        for text in read_set(options.data, name, systems=1, seed=options.seed)
        if name == "wmt-human" or text.source_lang == "uk"
    ]
    pools = read_pools(options.data, texts, options.lines or _NAMES)
    texts = marked_texts(options.lines) if options.lines else [*texts, *marked_texts(_NAMES)]
    texts = [
        text
        for text in texts
        if (not options.lang or text.source_lang in options.lang)
        # Of the other languages there are names only.
        and (text.set == "wmt-human" or all(kind.startswith("name") for kind in kinds))
    ]
    if options.join > 1:
        texts = [join_segments(text, options.join) for text in texts]
    tasks: list[tuple[Text, Planted]] = []
    by_lang: defaultdict[str, list[Text]] = defaultdict(list)
    for text in texts:
        by_lang[text.source_lang].append(text)
    for kind in kinds:
        for lang, group in by_lang.items():
            draw = Random(f"{options.seed} {kind} {lang}")  # what else is asked for changes nothing
            made: set[tuple[str, str, Planted]] = set()
            for attempt in range(4 * options.count):
                text = group[attempt % len(group)] if attempt < len(group) else draw.choice(group)
                planted = plant(text, kind, draw, pools)
                if planted is not None and (text.id, text.system, planted) not in made:
                    tasks.append((text, planted))
                    made.add((text.id, text.system, planted))
                if len(made) == options.count:
                    break
    with Pool(options.jobs, _score_sentences, (options.qe,)) as pool:
        judged = list(pool.imap(judge, tasks, chunksize=8))
        told = [text for text in texts if options.lines or text.set != "names"]
        clean = list(pool.imap(count_clean, told, chunksize=8))

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
            count = max(1, everything if lang == "all" else segments[lang])
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
