"""How good the rules are: precision, recall and F0.5 against documents labelled by hand.

`corpora/README.md` documents the label files and how findings are matched to labels.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from random import Random
from statistics import NormalDist, fmean
from typing import Any, NamedTuple

from mtqa.config import ConfigError, Settings, did_you_mean
from mtqa.pipeline import check_files
from mtqa.result import DocumentResult, Finding, Problem, relative_path
from mtqa.rules.catalogue import all_rules, applies_to, select_rules
from mtqa.text.document import Span

LABELS_SUFFIX = ".labels.json"

# Two-sided 95 %.
_CONFIDENCE = 0.95
_Z = NormalDist().inv_cdf((1 + _CONFIDENCE) / 2)
# As in sacrebleu: a seed, and resamples enough for the second digit of an interval to hold still.
_SEED = 12345
_RESAMPLES = 1000


class LabelError(Exception):
    """A label file that cannot be used; the message is one sentence for the user."""


@dataclass(frozen=True, slots=True)
class Label:
    """One defect that an editor has marked.

    Attributes:
        rule: name of the rule that has to find it.
        span: the characters that are wrong, in code points of the document.
        optional: a finding here is right, and none is missed.
    """

    rule: str
    span: Span
    optional: bool = False


class Match(NamedTuple):
    """A finding and the label that it meets."""

    finding: Finding
    label: Label

    @property
    def overlap(self) -> float:
        """Shared characters over all characters of both spans, above 0 up to 1 (exact)."""
        return _overlap(self.finding.span, self.label.span)


@dataclass(frozen=True, slots=True)
class DocumentEvaluation:
    """One document, its labels and its findings, sorted out.

    Attributes:
        result: the document with its findings.
        labels: labels that count: of a rule that ran, not optional.
        not_run: labels of rules that did not run.
        matches: findings that meet a label that counts.
        false_alarms: findings that meet no label, not even an optional one.
        misses: labels that count and that no finding meets.
    """

    result: DocumentResult
    labels: tuple[Label, ...]
    not_run: tuple[Label, ...]
    matches: tuple[Match, ...]
    false_alarms: tuple[Finding, ...]
    misses: tuple[Label, ...]


class Estimate(NamedTuple):
    """A share from 0 to 1 with the bounds of its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Score:
    """Counts and figures of one rule, or of all together (micro average).

    Attributes:
        labels: number of labels that count.
        matched: findings that meet one (true positives).
        false_alarms: findings that meet none (false positives).
        precision: share of the findings that are right (Wilson interval); None without findings.
        recall: share of the labels that are found (Wilson interval); None without labels.
        f05: F0.5, in which precision weighs twice as much as recall (percentile bootstrap over
            documents); None without findings and labels.
        exact: share of the matches whose span is the label's to the character.
        overlap: mean over the matches of shared by all characters of both spans.
    """

    labels: int
    matched: int
    false_alarms: int
    precision: Estimate | None
    recall: Estimate | None
    f05: Estimate | None
    exact: float | None
    overlap: float | None

    @property
    def findings(self) -> int:
        """Findings that were judged."""
        return self.matched + self.false_alarms


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Figures over a labelled corpus.

    Attributes:
        documents: sorted by path.
        rules: by name of rule, in the catalogue's order, the rules that ran.
        total: all rules together.
        problems: what could not be read or checked. A text or label file that cannot be read
            leaves its document out of the figures; a rule that failed does not.
    """

    documents: tuple[DocumentEvaluation, ...]
    rules: Mapping[str, Score]
    total: Score
    problems: tuple[Problem, ...]


def evaluate(names: Sequence[str], settings: Settings) -> Evaluation:
    """Check labelled files and compare the findings with their labels.

    Args:
        names: files, folders, patterns (see `mtqa.formats.files.find_files`); label files that
            a ``*`` has caught are passed over.
        settings: what to run and how.

    Raises:
        ConfigError: ``names`` names label files only.
        UnknownName: ``settings`` names a rule or family that does not exist.
    """
    texts = [name for name in names if not name.endswith(LABELS_SUFFIX)]
    if not texts:
        raise ConfigError("name the labelled texts, or their folder, not the label files")
    exclude = (*settings.exclude, f"*{LABELS_SUFFIX}")
    settings = replace(settings, exclude=exclude, qe=False, baseline=None, diff=None)
    rules = select_rules(settings)
    result = check_files(texts, settings, suffixes=(".txt",))
    documents, problems = [], list(result.problems)
    for document in result.documents:
        path = document.document.path
        try:
            labels = read_labels(labels_path(path), document.document.text)
        except LabelError as error:
            problems.append(Problem(path, str(error)))
            continue
        here = applies_to(relative_path(path, settings.root), rules, settings)
        documents.append(compare(document, labels, {rule.name for rule in here}))
    by_rule, total = score(documents, [rule.name for rule in rules])
    return Evaluation(
        documents=tuple(documents),
        rules=by_rule,
        total=total,
        problems=tuple(sorted(problems, key=lambda problem: (problem.path or "", problem.message))),
    )


def labels_path(path: str) -> Path:
    """The label file of a text: ``fire.labels.json`` beside ``fire.txt``."""
    return Path(path).with_suffix(LABELS_SUFFIX)


def read_labels(path: Path, text: str) -> tuple[Label, ...]:
    """Labels of one document, in order of the text.

    Args:
        path: the label file.
        text: the document that it belongs to.

    Raises:
        LabelError: the file is missing or no valid label file, or a label names an unknown rule
            or does not fit the text.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise LabelError(
            f'has no label file; write {path} (with {{"labels": []}} if nothing is wrong)'
        ) from None
    except OSError as error:
        raise LabelError(f"{path} cannot be read: {error.strerror or error}") from None
    except ValueError as error:  # neither UTF-8 nor JSON
        raise LabelError(f"{path} is no valid JSON: {error}") from None
    try:
        rows = _fields(content, {"labels": list}, required="labels")["labels"]
    except LabelError as error:
        raise LabelError(f"{path}: {error}") from None
    labels = []
    for number, row in enumerate(rows, 1):
        try:
            labels.append(_read_label(row, text))
        except LabelError as error:
            raise LabelError(f"{path}, label {number}: {error}") from None
    labels.sort(key=lambda label: (label.span, label.rule))
    for label, following in pairwise(labels):
        if (label.rule, label.span) == (following.rule, following.span):
            start, end = label.span
            raise LabelError(f"{path}: {label.rule} is labelled twice at {start}:{end}; delete one")
    return tuple(labels)


def compare(
    result: DocumentResult, labels: Iterable[Label], rules: Iterable[str]
) -> DocumentEvaluation:
    """Match the findings of one document to its labels.

    A finding meets a label of its rule with which it shares a character. Each finding meets at
    most one label and each label one finding: labels that count go before optional ones, then the
    pair that overlaps most goes first.

    Args:
        result: the findings.
        labels: all labels of the document.
        rules: names of the rules that ran.
    """
    ran = set(rules)
    marked = [label for label in labels if label.rule in ran]
    taken: set[Finding] = set()
    met: dict[Label, Finding] = {}
    for match in sorted(
        _candidates(result.findings, marked),
        key=lambda match: (
            match.label.optional,
            -match.overlap,
            match.label.span,
            match.finding.span,
        ),
    ):
        if match.finding not in taken and match.label not in met:
            taken.add(match.finding)
            met[match.label] = match.finding
    counted = tuple(label for label in marked if not label.optional)
    return DocumentEvaluation(
        result=result,
        labels=counted,
        not_run=tuple(label for label in labels if label.rule not in ran),
        matches=tuple(Match(met[label], label) for label in counted if label in met),
        false_alarms=tuple(finding for finding in result.findings if finding not in taken),
        misses=tuple(label for label in counted if label not in met),
    )


def score(
    documents: Sequence[DocumentEvaluation], rules: Sequence[str]
) -> tuple[dict[str, Score], Score]:
    """Figures for each of ``rules``, and for all of them together."""
    tables = {rule: [_count(document, rule) for document in documents] for rule in rules}
    total = [_sum(tables[rule][index] for rule in rules) for index in range(len(documents))]
    overlaps: dict[str, list[float]] = {rule: [] for rule in rules}
    for document in documents:
        for match in document.matches:
            overlaps[match.label.rule].append(match.overlap)
    *intervals, interval = _bootstrap([*tables.values(), total])
    return {
        rule: _score(_sum(tables[rule]), overlaps[rule], interval)
        for rule, interval in zip(rules, intervals, strict=True)
    }, _score(_sum(total), [value for values in overlaps.values() for value in values], interval)


class _Counts(NamedTuple):
    matched: int
    false_alarms: int
    missed: int

    @property
    def f05(self) -> float | None:
        weighted = 1.25 * self.matched
        whole = weighted + self.false_alarms + 0.25 * self.missed
        return weighted / whole if whole else None


def _count(document: DocumentEvaluation, rule: str) -> _Counts:
    return _Counts(
        matched=sum(match.label.rule == rule for match in document.matches),
        false_alarms=sum(finding.rule == rule for finding in document.false_alarms),
        missed=sum(label.rule == rule for label in document.misses),
    )


def _sum(table: Iterable[_Counts]) -> _Counts:
    rows = list(table)
    return _Counts(*(sum(column) for column in zip(*rows, strict=True))) if rows else _NOTHING


_NOTHING = _Counts(0, 0, 0)


def _score(
    counts: _Counts, overlaps: Sequence[float], interval: tuple[float, float] | None
) -> Score:
    matched, false_alarms, missed = counts
    return Score(
        labels=matched + missed,
        matched=matched,
        false_alarms=false_alarms,
        precision=_wilson(matched, matched + false_alarms),
        recall=_wilson(matched, matched + missed),
        f05=Estimate(counts.f05, *interval) if counts.f05 is not None and interval else None,
        exact=fmean(overlap == 1 for overlap in overlaps) if overlaps else None,
        overlap=fmean(overlaps) if overlaps else None,
    )


def _wilson(successes: int, trials: int) -> Estimate | None:
    """A share with its Wilson score interval (Wilson 1927; Brown, Cai and DasGupta 2001)."""
    if not trials:
        return None
    share = successes / trials
    spread = 1 + _Z**2 / trials
    centre = (share + _Z**2 / (2 * trials)) / spread
    half = _Z * math.sqrt(share * (1 - share) / trials + _Z**2 / (4 * trials**2)) / spread
    # At 0 and 1 rounding would put the bound a hair beyond the share.
    return Estimate(share, max(0.0, min(share, centre - half)), min(1.0, max(share, centre + half)))


def _bootstrap(tables: Sequence[Sequence[_Counts]]) -> list[tuple[float, float] | None]:
    """Percentile intervals of F0.5 over documents drawn with replacement, one for each table.

    All tables have one row per document and see the same draws. A draw that holds neither
    finding nor label has no F0.5 and is left out; None where no draw has one.
    """
    size = len(tables[0])
    occupied = [
        [(index, counts) for index, counts in enumerate(table) if counts != _NOTHING]
        for table in tables
    ]
    values: list[list[float]] = [[] for _ in tables]
    random = Random(_SEED)
    for _ in range(_RESAMPLES):
        drawn = Counter(random.choices(range(size), k=size)) if size else Counter()
        for table, found in zip(occupied, values, strict=True):
            f05 = _Counts(
                *(
                    sum(drawn[index] * counts[field] for index, counts in table)
                    for field in range(3)
                )
            ).f05
            if f05 is not None:
                found.append(f05)
    return [_percentiles(sorted(found)) for found in values]


def _percentiles(values: Sequence[float]) -> tuple[float, float] | None:
    if not values:
        return None
    tail = math.floor(len(values) * (1 - _CONFIDENCE) / 2)
    return values[tail], values[-1 - tail]


def _candidates(findings: Sequence[Finding], labels: Sequence[Label]) -> Iterator[Match]:
    """Every pair of one rule whose spans share a character."""
    by_rule: dict[str, list[Finding]] = {}
    for finding in findings:
        by_rule.setdefault(finding.rule, []).append(finding)
    for label in labels:
        for finding in by_rule.get(label.rule, ()):
            if _overlap(finding.span, label.span):
                yield Match(finding, label)


def _overlap(first: Span, second: Span) -> float:
    """Jaccard index of two spans: 0 where they do not touch, 1 where they are the same."""
    shared = min(first.end, second.end) - max(first.start, second.start)
    whole = max(first.end, second.end) - min(first.start, second.start)
    return max(0, shared) / whole


def _read_label(row: object, text: str) -> Label:
    fields = _fields(row, _LABEL_FIELDS, required="rule")
    known = {rule.name: rule for rule in all_rules()}
    if fields["rule"] not in known:
        raise LabelError(
            f"there is no rule named {fields['rule']!r}{did_you_mean(fields['rule'], known)}"
        )
    for place in fields.get("related", ()):
        _locate(_fields(place, _PLACE_FIELDS, required="text"), text)
    return Label(fields["rule"], _locate(fields, text), fields.get("optional", False))


def _locate(fields: Mapping[str, Any], text: str) -> Span:
    """Where the ``text`` of a label stands, by ``start`` or by ``nth`` (both may be left out)."""
    wanted = fields.get("text")
    if not wanted:
        raise LabelError("text is missing or empty; give the characters that are wrong")
    start, nth = fields.get("start"), fields.get("nth")
    if start is not None:
        end = fields.get("end", start + len(wanted))
        if not 0 <= start <= end or text[start:end] != wanted:
            raise LabelError(
                f"the text at {start}:{end} is {text[max(0, start) : max(0, end)]!r}, "
                f"not {wanted!r}" + _somewhere(text, wanted)
            )
        return Span(start, end)
    if "end" in fields:
        raise LabelError("end is given without start")
    starts = [match.start() for match in re.finditer(re.escape(wanted), text)]
    if not starts:
        raise LabelError(f"the text does not hold {wanted!r}")
    if nth is None and len(starts) > 1:
        raise LabelError(
            f"{wanted!r} occurs {len(starts)} times; say which by nth (counted from 1) or start"
        )
    which = 1 if nth is None else nth
    if not 1 <= which <= len(starts):
        raise LabelError(f"nth is {which}, and {wanted!r} occurs {len(starts)} times")
    start = starts[which - 1]
    return Span(start, start + len(wanted))


def _somewhere(text: str, wanted: str) -> str:
    found = text.find(wanted)
    return f", which first stands at {found}" if found >= 0 else ", which it holds nowhere"


_PLACE_FIELDS: Mapping[str, type] = {"text": str, "start": int, "end": int, "nth": int}
_LABEL_FIELDS: Mapping[str, type] = {
    "rule": str,
    **_PLACE_FIELDS,
    "related": list,
    "optional": bool,
    "note": str,
}
_KINDS = {str: "a string", int: "a whole number", bool: "true or false", list: "a list"}


def _fields(value: object, kinds: Mapping[str, type], required: str) -> dict[str, Any]:
    """A JSON object after a look at its keys and the types of their values."""
    if not isinstance(value, dict):
        raise LabelError(f"must be an object with the key {required!r}")
    for key, item in value.items():
        if key not in kinds:
            raise LabelError(f"unknown key {key!r}{did_you_mean(key, kinds)}")
        if type(item) is not kinds[key]:  # a bool is no whole number here
            raise LabelError(f"{key} must be {_KINDS[kinds[key]]}, not {json.dumps(item)}")
    if required not in value:
        raise LabelError(f"the key {required!r} is missing")
    return value
