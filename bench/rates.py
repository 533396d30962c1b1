"""How often each rule fires on machine translations and on human writing.

    python bench/rates.py                          # every rule, every set
    python bench/rates.py --rule name-variant --set machine --systems 1 --dump hits.tsv
    python bench/rates.py --qe --rule estimation --systems 1   # the rules that need scores
    python bench/rates.py --source --systems 1                 # the rules that need the source
    python bench/rates.py --source --set mlqe-machine --set mlqe-edited   # in other languages

The dump holds one hit a row in a seeded random order, so that its first rows are a fair sample to
read and judge.
"""

from __future__ import annotations

import argparse
import random
import sys
import traceback
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import partial
from importlib import import_module
from multiprocessing import Pool
from pathlib import Path

from material import ALIASES, GENERAL, HUMAN_NEWS, SETS, Text, add_data_option, read_set

from mtqa.config import Settings
from mtqa.qe.cache import open_scorer
from mtqa.qe.models import Scorer, find_model
from mtqa.qe.sentences import estimate
from mtqa.result import Severity
from mtqa.rules import RULES
from mtqa.rules.rule import Rule
from mtqa.text.analysis import Analysis
from mtqa.text.document import Span

# The project's budget on human-written English news, findings per 1,000 sentences.
BUDGET_MAJOR = 5.0
BUDGET_ANY = 15.0

_CONTEXT = 110


@dataclass(frozen=True, slots=True)
class Fired:
    """One hit, as a row of the dump."""

    set: str
    id: str
    system: str
    rule: str
    severity: str
    message: str
    context: str
    related: str
    suggestion: str
    safe: str  # "safe", or nothing


@dataclass(frozen=True, slots=True)
class Checked:
    """One document after all rules."""

    set: str
    sentences: int
    words: int
    fired: list[Fired]
    errors: list[str] = field(default_factory=list)


def in_context(text: str, span: Span, width: int = _CONTEXT) -> str:
    """The span between ⟦ and ⟧ with ``width`` code points either side, on one line."""
    before = text[max(0, span.start - width) : span.start]
    after = text[span.end : span.end + width]
    marked = f"{before}⟦{text[span.start : span.end]}⟧{after}"
    return marked.replace("\r", "").replace("\n", "⏎").replace("\t", " ")


def check(
    text: Text, rules: Sequence[Rule], scorer: Scorer | None = None, sourced: bool = False
) -> Checked:
    """Runs ``rules`` on one document; a rule that raises is an error, not a stop.

    With its source, what is counted as its sentences are its segments.
    """
    document = text.document(sourced=sourced)
    analysis = Analysis(document)
    if scorer:
        (analysis.estimates,) = estimate([analysis], scorer, {})
    fired: list[Fired] = []
    errors: list[str] = []
    for rule in rules:
        try:
            for hit in rule.check(analysis, Settings()):
                related = " · ".join(text.text[span.start : span.end] for span in hit.related)
                if hit.source and document.source:
                    related += " ← " + in_context(document.source.text, hit.source)
                fired.append(
                    Fired(
                        set=text.set,
                        id=text.id,
                        system=text.system,
                        rule=rule.name,
                        severity=str(hit.severity or rule.severity),
                        message=hit.message,
                        context=in_context(text.text, hit.span),
                        related=" ".join(related.split()),
                        suggestion="" if hit.suggestion is None else repr(hit.suggestion),
                        safe="safe" if hit.safe else "",
                    )
                )
        except Exception:
            errors.append(f"{rule.name} on {text.set} {text.id} {text.system}\n" + _last_trace())
    units = len(document.segments) if sourced else len(analysis.sentences)
    return Checked(text.set, units, len(analysis.words), fired, errors)


def _last_trace() -> str:
    return "".join(traceback.format_exc().splitlines(keepends=True)[-7:])


def _check_all(
    texts: list[Text], rules: Sequence[Rule], jobs: int, scorer: Scorer | None, sourced: bool
) -> Iterator[Checked]:
    if jobs == 1 or scorer:  # a model computes on all cores by itself
        yield from map(partial(check, rules=rules, scorer=scorer, sourced=sourced), texts)
        return
    with Pool(jobs) as pool:
        yield from pool.imap(partial(check, rules=rules, sourced=sourced), texts, chunksize=16)


def _table(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    widths = [max(len(row[column]) for row in (header, *rows)) for column in range(len(header))]
    print(f"\n{title}")
    for row in (header, *rows):
        cells = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        print("  ".join([row[0].ljust(widths[0]), *cells]).rstrip())


def _per_thousand(count: int, sentences: int) -> str:
    return f"{1000 * count / sentences:.2f}" if sentences else "-"


def report(checked: Sequence[Checked], rules: Sequence[Rule]) -> None:
    """Prints hits by rule and set, and the totals on human writing against the budget."""
    sets = [name for name in SETS | GENERAL if any(document.set == name for document in checked)]
    documents = Counter(document.set for document in checked)
    sentences, words = Counter[str](), Counter[str]()
    hits: Counter[tuple[str, str, str]] = Counter()  # rule, set, severity
    touched: Counter[tuple[str, str]] = Counter()  # rule, set: documents with a hit
    for document in checked:
        sentences[document.set] += document.sentences
        words[document.set] += document.words
        hits.update((fired.rule, document.set, fired.severity) for fired in document.fired)
        touched.update({(fired.rule, document.set) for fired in document.fired})

    _table(
        "Material",
        ["", *sets],
        [
            [label, *(f"{counts[name]:,}" for name in sets)]
            for label, counts in (
                ("documents", documents),
                ("sentences", sentences),
                ("words", words),
            )
        ],
    )

    def count(rule: str, name: str) -> int:
        return sum(hits[rule, name, severity] for severity in Severity)

    names = [rule.name for rule in rules]
    _table(
        "Hits (critical+major / minor)",
        ["rule", *sets],
        [
            [rule]
            + [
                f"{count(rule, name) - hits[rule, name, 'minor']} / {hits[rule, name, 'minor']}"
                for name in sets
            ]
            for rule in names
        ],
    )

    def ratio(rule: str) -> str:
        machine = count(rule, "wmt-machine") * sentences["wmt-human"]
        human = count(rule, "wmt-human") * sentences["wmt-machine"]
        return f"{machine / human:.1f}" if human else ("inf" if machine else "-")

    compared = {"wmt-machine", "wmt-human"} <= set(sets)
    _table(
        "Hits per 1,000 sentences"
        + ("; machine/human is wmt-machine over wmt-human" if compared else ""),
        ["rule", *sets, *(["machine/human"] if compared else [])],
        [
            [
                rule,
                *(_per_thousand(count(rule, name), sentences[name]) for name in sets),
                *([ratio(rule)] if compared else []),
            ]
            for rule in names
        ],
    )
    _table(
        "Documents with a hit, %",
        ["rule", *sets],
        [
            [rule, *(f"{100 * touched[rule, name] / documents[name]:.2f}" for name in sets)]
            for rule in names
        ],
    )

    preview = {rule.name for rule in rules if rule.preview}
    groups: list[tuple[str, tuple[str, ...]]] = [(name, (name,)) for name in sets]
    human = tuple(name for name in HUMAN_NEWS if name in sets)
    if len(human) > 1:
        groups.append(("all human news", human))
    rows = []
    for label, members in groups:
        total = sum(sentences[name] for name in members)
        default = [
            (severity, number)
            for (rule, name, severity), number in hits.items()
            if name in members and rule not in preview
        ]
        major = sum(number for severity, number in default if severity != "minor")
        whole = sum(number for _, number in default)
        bound = set(members) <= set(HUMAN_NEWS)
        within = 1000 * major <= BUDGET_MAJOR * total and 1000 * whole <= BUDGET_ANY * total
        rows.append(
            [
                label,
                _per_thousand(major, total),
                _per_thousand(whole, total),
                ("within" if within else "OVER") if bound else "",
            ]
        )
    _table(
        f"All rules but preview, per 1,000 sentences (budget on human news: {BUDGET_MAJOR:g} major "
        f"or worse, {BUDGET_ANY:g} of any severity)",
        ["set", "major", "any", "budget"],
        rows,
    )


def _dump(path: Path, checked: Sequence[Checked], seed: int) -> None:
    rows = [fired for document in checked for fired in document.fired]
    random.Random(seed).shuffle(rows)
    with path.open("w", encoding="utf-8") as file:
        file.write("\t".join(Fired.__slots__) + "\n")
        for row in rows:
            values = (getattr(row, column) for column in Fired.__slots__)
            file.write("\t".join(" ".join(value.split()) for value in values) + "\n")
    print(f"\n{len(rows)} hits in {path}")


def _select(names: Sequence[str]) -> list[Rule]:
    if not names:
        return list(RULES)
    selected: dict[str, Rule] = {}
    for name in names:
        if "." in name:  # a rule at work, not registered yet
            module: Rule = import_module(name).RULE
            selected[module.name] = module
            continue
        found = {rule.name: rule for rule in RULES if name in (rule.name, rule.family)}
        if not found:
            near = get_close_matches(name, [rule.name for rule in RULES], 1)
            sys.exit(f"no rule {name}" + (f"; did you mean {near[0]}?" if near else ""))
        selected |= found
    return list(selected.values())


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_data_option(parser)
    parser.add_argument(
        "--rule",
        action="append",
        default=[],
        help="rule, family, or module with a RULE (mtqa.rules.name.name_variant); repeatable",
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        choices=[*SETS, *GENERAL, *ALIASES],
        help="repeatable; by default the news",
    )
    parser.add_argument("--systems", type=int, help="random systems for each source document")
    parser.add_argument("--limit", type=int, help="random documents of each set")
    parser.add_argument("--dump", type=Path, help="write every hit to this TSV file")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--qe", action="store_true", help="score the sentences, in one process")
    parser.add_argument(
        "--source",
        action="store_true",
        help="give the documents their sources, run the rules that need one (and those named), "
        "and count by 1,000 segments",
    )
    parser.add_argument("--model", help="model for --qe; by default the one that ships")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()

    rules = [
        rule
        for rule in _select(options.rule)
        if (options.qe or rule.family != "estimation")
        and (rule.needs_source <= options.source)
        and (options.rule or rule.needs_source or not options.source)
    ] or sys.exit("the rules of the family estimation need --qe, others --source")
    scorer = open_scorer(find_model(options.model)) if options.qe else None
    wanted = {name for choice in options.set for name in ALIASES.get(choice, (choice,))}
    texts = [
        text
        for name in SETS | GENERAL
        if (
            not wanted and name in SETS and not (options.source and name.startswith(("gum", "pud")))
        )
        or name in wanted
        for text in read_set(
            options.data, name, limit=options.limit, systems=options.systems, seed=options.seed
        )
    ]
    checked = list(_check_all(texts, rules, options.jobs, scorer, options.source))
    report(checked, rules)
    errors: defaultdict[str, list[str]] = defaultdict(list)
    for document in checked:
        for error in document.errors:
            errors[error.split(" ", 1)[0]].append(error)
    for name, raised in errors.items():
        print(f"\n{name} raised {len(raised)} times, first:\n{raised[0]}")
    if options.dump:
        _dump(options.dump, checked, options.seed)
    if errors:
        sys.exit(1)


if __name__ == "__main__":
    main()
