"""The pipeline: documents, analyses, estimates of a model, rules, result."""

from __future__ import annotations

import os
import re
from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from mtqa.baseline import Baseline, compare, explain_stale, read_baseline
from mtqa.config import ConfigError, Settings, find_repository
from mtqa.fingerprints import fingerprint
from mtqa.formats.files import STDIN, find_files, is_report, read_bytes, searched_suffixes
from mtqa.formats.glossary import read_glossary
from mtqa.formats.plain import Unreadable
from mtqa.formats.read import parse_document, read_document
from mtqa.qe.cache import open_scorer
from mtqa.qe.models import ModelError, ModelInfo, Scorer, find_model, find_same_model, portable_name
from mtqa.qe.sentences import estimate
from mtqa.result import (
    DocumentResult,
    Finding,
    Hidden,
    Model,
    Problem,
    Result,
    RuleInfo,
    Severity,
    name_fault,
    relative_path,
)
from mtqa.revisions import Changes, find_changes, keep_changed
from mtqa.rules.catalogue import ESTIMATION, applies_to, matches, select_rules
from mtqa.rules.rule import Hit, Rule
from mtqa.sources import Open, aligner, join_source, pair_sources
from mtqa.text.analysis import Analysis
from mtqa.text.document import Document, Span
from mtqa.text.estimates import SCORE_DECIMALS, SegmentScore

if TYPE_CHECKING:
    from mtqa.cluster import Cluster

_LINE_END = re.compile(r"\r\n?|\n")

# Related places that a finding keeps. No article has more; in a book, a thousand findings that
# each relate a thousand mentions would make the result grow with the square of the text.
_MAX_RELATED = 100

# Sentences that are gathered from several documents before they are scored: enough that batches
# of like length fill up, and few enough that nothing of weight waits in memory.
_SCORED_AT_ONCE = 512

_GO_WITHOUT = "run without scores (--no-qe)"


def check_document(
    document: Document,
    settings: Settings,
    rules: Sequence[Rule] | None = None,
    scorer: Scorer | None = None,
) -> tuple[DocumentResult, list[Problem]]:
    """Run rules over one document.

    Args:
        document: the text and its language.
        settings: what to run and how.
        rules: rules to run instead of those that ``settings`` selects.
        scorer: the model that scores its sentences; None: they have no scores.

    Returns:
        The result with findings in order of the text, and one problem for each rule that failed;
        a rule that fails takes no other rule's findings with it.

    Raises:
        UnknownName: ``settings`` names a rule or family that does not exist.
    """
    settings = with_terms(settings)
    if rules is None:
        path = relative_path(document.path, settings.root)
        rules = applies_to(path, select_rules(settings), settings)
    analysis = Analysis(document)
    if scorer:
        (analysis.estimates,) = estimate([analysis], scorer, settings.thresholds)
    return _check(analysis, settings, rules)


def check_files(
    names: Sequence[str],
    settings: Settings,
    stdin_name: str = "<stdin>",
    sources: Sequence[str] = (),
    suffixes: tuple[str, ...] | None = None,
    outputs: Sequence[str] = (),
    track: Callable[[Sequence[str]], Iterable[str]] = iter,
    complain: Callable[[str], None] = lambda message: None,
    record: Callable[[Baseline], None] | None = None,
    jobs: int = 1,
    cluster: Cluster | None = None,
) -> Result:
    """Check every file that ``names`` lead to, and score its sentences.

    A model that cannot be had or that fails is a problem of the run; the rules that need no
    scores are run all the same.

    Args:
        names: files, folders, patterns, ``-`` (see `mtqa.formats.files.find_files`).
        settings: what to run and how.
        stdin_name: the path that standard input goes by.
        sources: the source of each of ``names``, which are then files, in their order; each line
            (paragraph, unless both are plain text) of a source is rendered by that of the same
            number, or sentences are aligned, as ``settings`` say.
        suffixes: of the files that a search through a folder takes; None: those of all formats,
            of tables only where ``settings`` say which columns to read.
        outputs: files that this run writes: a search leaves out the report that the last run has
            left there.
        track: passes the paths on one by one, and may show how far they are.
        complain: takes a sentence for the user about what changes no finding, such as a damaged
            cache or a baseline that accepts what is no longer there.
        record: takes the baseline with the findings of this run, which are then accepted.
        jobs: processes that share the files; they change nothing in the result.
        cluster: where Ray does the work instead.

    Raises:
        UnknownName: ``settings`` names a rule or family that does not exist.
        ConfigError: ``sources`` do not go with ``names``; one of ``outputs`` is a text to check;
            the glossary cannot be used; or there is no such baseline, no git or no such revision.
    """
    checking = Checking(names, settings, stdin_name, sources, suffixes, outputs, jobs, cluster)
    settings = checking.settings
    accepted = _read_baseline(settings, renew=record is not None)
    changes = find_changes(settings.diff, settings.root) if settings.diff else None
    documents: list[DocumentResult] = []
    ran: dict[str, set[str]] = {}
    for result, names_ran in checking.documents(track, complain):
        documents.append(result)
        ran[result.document.path] = names_ran
    documents.sort(key=lambda result: result.document.path)
    reported, hidden = _leave_out(documents, ran, settings, accepted, changes, complain, record)
    return Result(
        documents=reported,
        problems=checking.problems,
        model=checking.model,
        rules={rule.name: _describe(rule, settings) for rule in checking.rules},
        root=str(find_repository(Path(settings.root or ".").absolute()) or settings.root),
        fail_on=Severity(settings.fail_on),
        max_findings=settings.max_findings,
        min_score=settings.min_score,
        min_sentence_score=settings.min_sentence_score,
        hidden=hidden,
    )


class Checking:
    """A check that gives its documents one by one, whatever the number of files.

    Args:
        names, settings, stdin_name, sources, suffixes, outputs, jobs, cluster: as in
            `check_files`.

    Attributes:
        settings: with the terms of their glossary.
        rules: those that they select.
        paths: the files, in order.
        sources: the files that hold their sources.

    Raises:
        UnknownName: ``settings`` names a rule or family that does not exist.
        ConfigError: ``sources`` do not go with ``names``; one of ``outputs`` is a text to check;
            or the glossary cannot be used.
    """

    def __init__(
        self,
        names: Sequence[str],
        settings: Settings,
        stdin_name: str = "<stdin>",
        sources: Sequence[str] = (),
        suffixes: tuple[str, ...] | None = None,
        outputs: Sequence[str] = (),
        jobs: int = 1,
        cluster: Cluster | None = None,
    ) -> None:
        self.settings = with_terms(settings)
        self.rules = select_rules(self.settings)
        self._source_of = pair_sources(names, sources)
        self._stdin_name = stdin_name
        written = {os.path.realpath(name) for name in outputs}
        self.paths, missing = find_files(
            names,
            lambda path: is_excluded(path, settings) or _is_output(path, written),
            suffixes or searched_suffixes(tables=bool(settings.columns)),
        )
        self.sources = tuple(self._source_of.values())
        alone = STDIN in (*self.paths, *self.sources)
        self._cluster = None if alone else cluster
        if cluster:
            jobs = cluster.jobs or os.cpu_count() or 1
        self._jobs = 1 if alone else min(jobs, len(self.paths))
        # Files that a process checks at once; None: there is one process.
        self._size: int | None = None
        if self._jobs > 1 or self._cluster:
            self._size = max(1, min(_FILES_AT_ONCE, len(self.paths) // max(1, self._jobs)))
        self._problems = {Problem(item.path, item.reason): None for item in missing}
        self._model: Model | None = None

    def documents(
        self,
        track: Callable[[Sequence[str]], Iterable[str]] = iter,
        complain: Callable[[str], None] = lambda message: None,
        known: Collection[str] = (),
    ) -> Iterator[tuple[DocumentResult, set[str]]]:
        """Check the files, in order.

        Args:
            track, complain: as in `check_files`.
            known: paths of files that need not be checked again (see `count_settled`).

        Yields:
            A document and the names of the rules that ran on it.
        """
        given = (self.settings, self._source_of, self._stdin_name)
        size = self._size or len(self.paths) or 1
        groups = [
            [path for path in self.paths[at : at + size] if path not in known]
            for at in range(0, len(self.paths), size)
        ]
        groups = [group for group in groups if group]
        if self._cluster:
            batches = _check_on_cluster(groups, given, self._cluster, track)
        elif self._size is None:
            batches = _Checker(*given).check(track(groups[0] if groups else ()))
        else:
            batches = _check_apart(groups, given, self._jobs, track)
        for batch in batches:
            for message in batch.notes:
                complain(message)
            self._problems |= dict.fromkeys(batch.problems)
            self._model = self._model or batch.model
            yield from batch.checked

    def count_settled(self, checked: Sequence[tuple[str, int]]) -> int:
        """How many documents of an earlier run can be left out so that all others stay as they are.

        With some models (``--model``) sentences that are scored together move each other's scores
        by some millionths, which may show in the last decimal; so documents are settled by the
        group.

        Args:
            checked: path and number of sentences of the first documents, in order.
        """
        if self._size is not None:
            number = {path: index for index, path in enumerate(self.paths)}
            groups = [number[path] // self._size for path, _ in checked if path in number]
            return sum(group < groups[-1] for group in groups)
        if not self.settings.qe:
            return len(checked)
        settled = waiting = 0
        for count, (_, sentences) in enumerate(checked, 1):
            waiting += sentences
            if waiting >= _SCORED_AT_ONCE:
                settled, waiting = count, 0
        return settled

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What went wrong so far, sorted by path, that of the whole run first."""
        return tuple(sorted(self._problems, key=lambda item: (item.path or "", item.message)))

    @property
    def model(self) -> Model | None:
        """What has given scores so far."""
        return self._model


def with_terms(settings: Settings) -> Settings:
    """``settings`` with what stands in their glossary.

    Raises:
        ConfigError: it cannot be used.
    """
    if settings.glossary is None or settings.terms:
        return settings
    return replace(settings, terms=read_glossary(settings.glossary))


@dataclass
class _Batch:
    """Documents that were checked together.

    Attributes:
        checked: results, with the names of the rules that ran.
        problems: what went wrong.
        notes: what changes no finding.
        model: the model, if it scored any of them.
    """

    checked: list[tuple[DocumentResult, set[str]]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    model: Model | None = None


class _Checker:
    """Checks files one after the other; a model that fails is not asked again."""

    def __init__(self, settings: Settings, source_of: Mapping[str, str], stdin_name: str) -> None:
        self._settings = settings
        self._source_of = source_of
        self._stdin_name = stdin_name
        self._rules = select_rules(settings)
        self._scored = settings.qe
        self._info: ModelInfo | None = None
        self._scorer: Scorer | None = None
        self._notes: list[str] = []

    def check(self, paths: Iterable[str], open: Open = read_document) -> Iterator[_Batch]:
        """Check files, in groups that are scored together."""
        problems: list[Problem] = []
        read = _read(paths, self._source_of, self._settings, self._stdin_name, problems, open)
        for analyses in _gather(read, self._scored):
            batch = _Batch(problems=problems[:])
            problems.clear()
            if self._scored:
                self._estimate(analyses, batch)
            for analysis in analyses:
                self._check(analysis, batch)
            batch.notes, self._notes = self._notes, []
            if self._scorer and any(result.scores is not None for result, _ in batch.checked):
                batch.model = Model(self._scorer.info.name, self._scorer.info.checksum)
            yield batch
        if problems:
            yield _Batch(problems=problems)

    def _estimate(self, analyses: Sequence[Analysis], batch: _Batch) -> None:
        try:
            settings = self._settings
            info = self._info = self._info or find_model(settings.model)
            chosen = [one for one in analyses if one.source is not None or not info.needs_source]
            batch.problems += [
                Problem(one.document.path, explain_need(info))
                for one in analyses
                if one not in chosen
            ]
            if not chosen:
                return
            self._scorer = self._scorer or open_scorer(
                info,
                settings.device,
                settings.batch_size,
                cached=settings.cache,
                complain=lambda message: self._notes.append(message),
            )
            estimates = estimate(chosen, self._scorer, settings.thresholds)
            for analysis, found in zip(chosen, estimates, strict=True):
                analysis.estimates = found
        except Exception as error:  # whatever befalls the model, the rules go on
            batch.problems.append(Problem(None, _explain(error)))
            self._scored = False

    def _check(self, analysis: Analysis, batch: _Batch) -> None:
        name = analysis.document.path
        path = relative_path(name, self._settings.root)
        here = applies_to(path, self._rules, self._settings)
        try:
            result, failures = _check(analysis, self._settings, here)
        except Exception as error:  # a fault of ours, which other files need not suffer for
            batch.problems.append(Problem(name, f"{name_fault(error)}; please report it"))
            return
        batch.checked.append((result, _ran(analysis, self._rules, failures)))
        batch.problems += failures


# Files that a process checks before it gives their results back: enough that their sentences are
# scored in full batches, and few enough that all processes have some to the end.
_FILES_AT_ONCE = 16

_checker: _Checker | None = None  # of a process that works for another one


def _check_apart(
    groups: Sequence[Sequence[str]],
    given: tuple[Settings, Mapping[str, str], str],
    jobs: int,
    track: Callable[[Sequence[str]], Iterable[str]],
) -> Iterator[_Batch]:
    """Check files in several processes, a group at once; the results are those of one."""
    from mtqa.workers import in_order  # what it imports takes a while

    return _track(groups, in_order(groups, _check_group, jobs, _prepare, given), track)


def _check_on_cluster(
    groups: Sequence[Sequence[str]],
    given: tuple[Settings, Mapping[str, str], str],
    cluster: Cluster,
    track: Callable[[Sequence[str]], Iterable[str]],
) -> Iterator[_Batch]:
    """The same by workers of Ray, which get what the files hold."""
    from mtqa.cluster import in_order

    settings, source_of, _ = given
    info = None
    if settings.qe:
        with suppress(ModelError):  # the workers say it, and go on without
            info = find_model(settings.model)
    model = (portable_name(info), info.checksum) if info else None
    work = (_hold(group, source_of, settings) for group in groups if group)
    done = in_order(work, _check_held, cluster, _prepare_same, (*given, model))
    for batch in _track(groups, done, track):
        if batch.model and info:
            batch.model = Model(info.name, info.checksum)
        yield batch


def _track(
    groups: Sequence[Sequence[str]],
    checked: Iterable[list[_Batch]],
    track: Callable[[Sequence[str]], Iterable[str]],
) -> Iterator[_Batch]:
    done = iter(track([path for group in groups for path in group]))
    for group, batches in zip(groups, checked, strict=True):
        for _ in group:
            next(done)
        yield from batches
    next(done, None)


def _prepare(settings: Settings, source_of: Mapping[str, str], stdin_name: str) -> None:
    global _checker
    _checker = _Checker(settings, source_of, stdin_name)


def _check_group(paths: Sequence[str]) -> list[_Batch]:
    assert _checker is not None
    return list(_checker.check(paths))


class _Held(NamedTuple):
    """Files and what they hold.

    Attributes:
        paths: those to be checked.
        contents: of these and of their sources; or why one cannot be read.
    """

    paths: list[str]
    contents: dict[str, bytes | str]

    def open(self, path: str, settings: Settings, name: str) -> Document:
        """As `mtqa.formats.read.read_document`."""
        content = self.contents[path]
        if isinstance(content, str):
            raise Unreadable(content)
        return parse_document(content, settings, name)


def _hold(paths: Sequence[str], source_of: Mapping[str, str], settings: Settings) -> _Held:
    contents: dict[str, bytes | str] = {}
    for path in (*paths, *(source_of[path] for path in paths if path in source_of)):
        try:
            contents[path] = read_bytes(path, settings.max_file_size * 1_000_000)
        except Unreadable as error:
            contents[path] = error.message
    return _Held([*paths], contents)


def _prepare_same(
    settings: Settings,
    source_of: Mapping[str, str],
    stdin_name: str,
    model: tuple[str, str] | None,
) -> None:
    if model:
        find_same_model(*model)
        settings = replace(settings, model=model[0])
    _prepare(settings, source_of, stdin_name)


def _check_held(held: _Held) -> list[_Batch]:
    assert _checker is not None
    return list(_checker.check(held.paths, held.open))


def _leave_out(
    documents: Sequence[DocumentResult],
    ran: Mapping[str, Collection[str]],
    settings: Settings,
    accepted: Baseline | None,
    changes: Changes | None,
    complain: Callable[[str], None],
    record: Callable[[Baseline], None] | None,
) -> tuple[tuple[DocumentResult, ...], Hidden]:
    """The documents without the findings that are accepted, or outside of what has changed."""
    reported, hidden = tuple(documents), Hidden()
    if accepted is not None:
        compared = compare(accepted, reported, settings.root, ran)
        if record:
            record(compared.renewed)
            compared = compare(compared.renewed, reported, settings.root, ran)
        elif compared.stale:
            complain(explain_stale(compared.stale))
        reported, hidden = compared.documents, Hidden(baseline=compared.accepted)
    if changes:
        reported, outside = keep_changed(reported, changes)
        hidden = hidden._replace(unchanged=outside)
    return reported, hidden


def require_scores(settings: Settings) -> None:
    """See that scores are there to be judged where a bar is set for them.

    Raises:
        ConfigError: they are not.
    """
    for name, bar in (
        ("min-score", settings.min_score),
        ("min-sentence-score", settings.min_sentence_score),
    ):
        if bar and not settings.qe:
            raise ConfigError(
                f"{name} needs scores; leave out --no-qe (or qe = false), or set --{name} 0"
            )


def _read_baseline(settings: Settings, *, renew: bool) -> Baseline | None:
    """The baseline of ``settings``; one that is to be renewed may not be there yet."""
    if settings.baseline is None:
        if renew:
            raise ConfigError("--update-baseline needs a file; name it with --baseline FILE")
        return None
    path = Path(settings.baseline)
    return Baseline() if renew and not path.exists() else read_baseline(path)


def _ran(analysis: Analysis, rules: Sequence[Rule], failures: Sequence[Problem]) -> set[str]:
    """Those of ``rules`` that would have found what is there, or are told to let it be."""
    ran = {
        rule.name
        for rule in rules
        if (analysis.document.source or not rule.needs_source)
        and (analysis.estimates or rule.family != ESTIMATION)
    }
    return ran - {failure.rule for failure in failures if failure.rule}


def _describe(rule: Rule, settings: Settings) -> RuleInfo:
    """What reports tell of a rule."""
    return RuleInfo(
        name=rule.name,
        family=rule.family,
        category=rule.category,
        severity=Severity(settings.severity.get(rule.name, rule.severity)),
        summary=rule.summary,
        documentation=rule.documentation.strip(),
        preview=rule.preview,
    )


def explain_need(info: ModelInfo) -> str:
    """Why a model gives a document without a source no scores, and what to do."""
    return (
        f"the model {info.name} scores nothing without a source; name another with --model, or "
        f"{_GO_WITHOUT}"
    )


def _explain(error: Exception) -> str:
    """What befell the model, and what to do."""
    if isinstance(error, ModelError):
        return str(error)
    if isinstance(error, ImportError):
        return f"the model needs {error.name}, which is not installed; install it, or {_GO_WITHOUT}"
    return f"{name_fault(error)}; please report it, and {_GO_WITHOUT}"


def _read(
    paths: Iterable[str],
    source_of: Mapping[str, str],
    settings: Settings,
    stdin_name: str,
    problems: list[Problem],
    open: Open,
) -> Iterator[Analysis]:
    """The documents of ``paths``; what cannot be read is added to ``problems``."""
    align = aligner(settings) if settings.align == "sentence" else None
    for path in paths:
        name = stdin_name if path == STDIN else path
        try:
            document = open(path, settings, name)
            if path in source_of:
                document = join_source(document, source_of[path], settings, align, open)
        except Unreadable as error:
            problems.append(Problem(error.path or name, error.message, byte=error.byte))
            continue
        analysis = Analysis(document)
        try:
            _ = analysis.sentences
        except Exception as error:  # a fault of ours, which other files need not suffer for
            problems.append(Problem(name, f"{name_fault(error)}; please report it"))
            continue
        yield analysis


def _gather(analyses: Iterable[Analysis], scored: bool) -> Iterator[list[Analysis]]:
    """Documents in groups that are scored together; one by one where nothing is scored."""
    group: list[Analysis] = []
    for analysis in analyses:
        group.append(analysis)
        if not scored or sum(len(one.sentences) for one in group) >= _SCORED_AT_ONCE:
            yield group
            group = []
    if group:
        yield group


def _check(
    analysis: Analysis, settings: Settings, rules: Sequence[Rule]
) -> tuple[DocumentResult, list[Problem]]:
    document = analysis.document
    hits: list[tuple[Rule, Hit]] = []
    problems: list[Problem] = []
    for rule in rules:
        if rule.needs_source and document.source is None:
            continue
        try:
            hits += [(rule, hit) for hit in _valid(rule.check(analysis, settings), document.text)]
        except Exception as error:  # any fault of a rule, our own or a plug-in's
            message = f"rule {rule.name}: {name_fault(error)}; please report it"
            problems.append(Problem(document.path, message, rule=rule.name))
    path = relative_path(document.path, settings.root)
    estimates = analysis.estimates
    origin = document.origin
    result = DocumentResult(
        document=document,
        sentences=analysis.sentences,
        findings=_findings(hits, analysis, settings, path),
        words=len(analysis.words),
        line_starts=find_line_starts(
            document.text if origin is None or origin.file is None else origin.file
        ),
        scores=tuple(map(_shown, estimates.segments)) if estimates else None,
        sources=_sources(analysis),
    )
    return result, problems


def _shown(estimate: SegmentScore) -> SegmentScore:
    """An estimate as the result has it."""
    score = None if estimate.score is None else round(estimate.score, SCORE_DECIMALS)
    return replace(estimate, words=(), score=score)


def _sources(analysis: Analysis) -> tuple[Span | None, ...]:
    if analysis.source is None:
        return ()
    return tuple(one.source for one in analysis.parallels for _ in range(one.first, one.end))


def find_line_starts(text: str) -> array[int]:
    """Offsets at which the lines of ``text`` begin; a line ends with LF, CR LF or CR."""
    starts = array("l", [0])
    starts.extend(match.end() for match in _LINE_END.finditer(text))
    return starts


def is_excluded(path: str, settings: Settings) -> bool:
    """Is ``path`` left out of a search through folders?"""
    relative = relative_path(path, settings.root)
    return any(matches(relative, pattern) for pattern in settings.exclude)


def _is_output(path: str, written: Collection[str]) -> bool:
    """Is ``path`` a report of an earlier run, which this one writes anew?

    Raises:
        ConfigError: it is to be written but is no report.
    """
    if os.path.realpath(path) not in written or os.path.isdir(path):
        return False
    if not is_report(path):
        raise ConfigError(
            f"{path}: is one of the texts to check, and the report would overwrite it; name another"
            " file, or exclude this one in the configuration"
        )
    return True


def _valid(hits: Iterable[Hit], text: str) -> list[Hit]:
    """The hits of one rule, one per span, after a look at their spans."""
    by_span: dict[tuple[int, int], Hit] = {}
    for hit in hits:
        for start, end in (hit.span, *hit.related[:_MAX_RELATED]):
            if not 0 <= start < end <= len(text):
                raise ValueError(f"span {start}:{end} lies outside the text or is empty")
        by_span.setdefault(hit.span, hit)
    return list(by_span.values())


def _findings(
    hits: list[tuple[Rule, Hit]], analysis: Analysis, settings: Settings, path: str
) -> tuple[Finding, ...]:
    hits.sort(key=lambda pair: (pair[1].span, pair[0].name))
    seen: Counter[str] = Counter()
    findings = []
    for rule, hit in hits:
        text = analysis.text[slice(*hit.span)]
        key = fingerprint(rule.name, path, text)
        nth = seen[key]
        seen[key] += 1
        findings.append(
            Finding(
                rule=rule.name,
                severity=Severity(
                    settings.severity.get(rule.name) or hit.severity or rule.severity
                ),
                category=rule.category,
                message=hit.message,
                span=hit.span,
                sentence=analysis.sentence_at(hit.span.start),
                suggestion=hit.suggestion,
                related=hit.related[:_MAX_RELATED],
                confidence=hit.confidence,
                fingerprint=fingerprint(rule.name, path, text, nth) if nth else key,
                source=hit.source,
                safe=hit.safe,
            )
        )
    return tuple(findings)
