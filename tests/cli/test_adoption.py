"""A text with old defects can be checked for new ones: baseline, revisions, bars for scores."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Bench, FakeScorer

BASE = ("--baseline", "base.json")


def entries() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(Path("base.json").read_text())["findings"]
    return rows


def record(mtqa: Bench, *options: str) -> None:
    assert mtqa("check", ".", *BASE, "--update-baseline", *options).code == 0


# The baseline


def test_what_is_recorded_is_not_reported_and_what_is_new_is(mtqa: Bench) -> None:
    mtqa.write("a.txt", "This is bad.\n")
    outcome = mtqa("check", "a.txt", *BASE, "--update-baseline")
    assert outcome.code == 0
    assert outcome.err == (
        "mtqa: base.json: findings recorded: 1\nmtqa: findings that the baseline accepts: 1\n"
    )
    assert mtqa("check", "a.txt", *BASE, "--update-baseline", "--quiet").err == ""
    outcome = mtqa("check", "a.txt", *BASE)
    assert (outcome.code, outcome.err) == (0, "mtqa: findings that the baseline accepts: 1\n")
    mtqa.write("a.txt", "This is bad.\n\nThis is awful.\n")
    outcome = mtqa("check", "a.txt", *BASE, "--format", "json")
    assert (outcome.code, outcome.rules) == (1, ["word-awful"])
    assert outcome.json["summary"]["hidden"] == {"baseline": 1, "unchanged": 0}


def test_a_baseline_holds_where_lines_move(mtqa: Bench) -> None:
    mtqa.write("a.txt", "This is bad.\n")
    record(mtqa)
    mtqa.write("a.txt", "A headline\r\n\r\nA paragraph. This is bad.\r\n")
    assert mtqa("check", ".", *BASE).code == 0


def test_a_second_defect_like_a_recorded_one_is_reported(mtqa: Bench) -> None:
    mtqa.write("a.txt", "This is bad. It was bad.\n")
    record(mtqa)
    assert [entry["count"] for entry in entries()] == [2]
    mtqa.write("a.txt", "This is bad. It was bad. It will be bad.\n")
    outcome = mtqa("check", ".", *BASE, "--format", "json")
    assert (outcome.code, outcome.rules) == (1, ["word-bad"])
    assert mtqa("check", ".", *BASE, "--max-findings", "1").code == 0
    assert mtqa("check", ".", *BASE, "--exit-zero").code == 0


def test_the_same_defect_in_another_file_is_reported(mtqa: Bench) -> None:
    mtqa.write("a.txt", "This is bad.\n")
    record(mtqa)
    mtqa.write("b.txt", "This is bad.\n")
    outcome = mtqa("check", ".", *BASE, "--format", "json")
    assert [document["path"] for document in outcome.json["documents"] if document["findings"]] == [
        "b.txt"
    ]


def test_an_entry_that_nothing_answers_is_told_and_pruned(mtqa: Bench) -> None:
    mtqa.write("a.txt", "This is bad. It was bad. How awful.\n")
    record(mtqa)
    mtqa.write("a.txt", "This is bad. It was good.\n")
    outcome = mtqa("check", ".", *BASE)
    assert outcome.code == 0
    assert outcome.err.splitlines()[0] == (
        "mtqa: the baseline accepts 2 findings that are no longer there "
        "(a.txt: word-awful “awful”, …); --update-baseline takes them out"
    )
    assert mtqa("check", ".", *BASE, "--quiet").err == ""
    record(mtqa)
    assert [(entry["rule"], entry["count"]) for entry in entries()] == [("word-bad", 1)]
    assert "no longer" not in mtqa("check", ".", *BASE).err


def test_what_was_not_looked_for_is_neither_stale_nor_pruned(mtqa: Bench) -> None:
    mtqa.write("a.txt", "This is bad. How awful.\n")
    mtqa.write("b.txt", "This is bad.\n")
    record(mtqa)
    before = Path("base.json").read_bytes()
    for run in (["a.txt"], [".", "--select", "word-bad"], ["b.txt", "--ignore", "word"]):
        assert mtqa("check", *run, *BASE).code == 0
        assert "no longer" not in mtqa("check", *run, *BASE).err
        assert mtqa("check", *run, *BASE, "--update-baseline").code == 0
        assert Path("base.json").read_bytes() == before


def test_the_entries_of_a_file_that_is_gone_are_stale(mtqa: Bench) -> None:
    mtqa.write("a.txt", "This is bad.\n")
    mtqa.write("b.txt", "All is well.\n")
    record(mtqa)
    (mtqa.folder / "a.txt").unlink()
    assert (
        "1 finding that is no longer there (a.txt: word-bad “bad”);"
        in mtqa("check", ".", *BASE).err
    )
    record(mtqa)
    assert entries() == []


def test_a_file_that_cannot_be_read_or_checked_keeps_its_entries(mtqa: Bench) -> None:
    mtqa.write("a.txt", "This is bad.\n")
    mtqa.write("b.txt", "This is bad.\n")
    record(mtqa)
    before = Path("base.json").read_bytes()
    mtqa.write("a.txt", b"%PDF-1.7")
    outcome = mtqa("check", ".", *BASE, "--update-baseline")
    assert outcome.code == 2
    assert Path("base.json").read_bytes() == before


def test_a_baseline_reads_well_in_a_review(mtqa: Bench) -> None:
    mtqa.write("news/b.txt", "A bad “thing”.\n")
    mtqa.write("news/a.txt", "Meh. How awful, how awful.\n")
    assert mtqa("check", "news", *BASE, "--update-baseline").code == 0
    lines = Path("base.json").read_text(encoding="utf-8").splitlines()
    assert lines[0] == '{"version": 1,' and lines[-1] == " ]}"
    assert [line.strip().split(', "fingerprint')[0] for line in lines[2:-1]] == [
        '{"path": "news/a.txt", "rule": "word-awful", "text": "awful"',
        '{"path": "news/b.txt", "rule": "word-bad", "text": "bad"',
    ]


def test_the_baseline_of_the_configuration_stands_beside_it(
    mtqa: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    mtqa.write("mtqa.toml", 'baseline = "base.json"')
    mtqa.write("news/a.txt", "This is bad.\n")
    monkeypatch.chdir(mtqa.folder / "news")
    assert mtqa("check", "a.txt", "--update-baseline").code == 0
    assert (mtqa.folder / "base.json").exists()
    assert mtqa("check", "a.txt").code == 0


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "base.json: there is no such baseline; record one with --update-baseline"),
        ("", "base.json: is no baseline of mtqa, or damaged"),
        ("[]", "base.json: is no baseline of mtqa, or damaged"),
        ('{"version": 1}', "base.json: is no baseline of mtqa, or damaged"),
        ('{"version": 1, "findings": [{}]}', "base.json: is no baseline of mtqa, or damaged"),
        ('{"version": 2, "findings": []}', "base.json: is a baseline of version 2"),
        ("[" * 100_000, "base.json: is no baseline of mtqa, or damaged"),
    ],
)
def test_a_baseline_that_cannot_be_used_is_2(mtqa: Bench, content: str | None, says: str) -> None:
    mtqa.write("a.txt", "This is bad.\n")
    if content is not None:
        mtqa.write("base.json", content)
    outcome = mtqa("check", "a.txt", *BASE)
    assert (outcome.code, outcome.out) == (2, "")
    assert says in outcome.err and outcome.err.count("\n") == 1


def test_a_baseline_is_recorded_where_it_is_told(mtqa: Bench) -> None:
    mtqa.write("a.txt", "This is bad.\n")
    for format in ("text", "jsonl"):
        outcome = mtqa("check", ".", "--update-baseline", "--format", format)
        assert outcome.code == 2 and "--update-baseline needs a file" in outcome.err
    outcome = mtqa("check", "a.txt", "--baseline", "a.txt", "--update-baseline")
    assert outcome.code == 2 and "would be overwritten" in outcome.err
    assert Path("a.txt").read_text() == "This is bad.\n"


def test_what_was_read_from_standard_input_is_not_gone(mtqa: Bench) -> None:
    """A system that pipes its stories through has none of them on the disk."""
    bad = b"This is bad.\n"
    for name in ("a.txt", "b.txt"):
        story = ("check", "-", "--stdin-filename", name, *BASE)
        assert mtqa(*story, "--update-baseline", stdin=bad).code == 0
    for name in ("a.txt", "b.txt"):
        outcome = mtqa("check", "-", "--stdin-filename", name, *BASE, stdin=bad)
        assert (outcome.code, outcome.err.count("no longer there")) == (0, 0)


def test_a_conflict_of_two_branches_resolved_by_keeping_both_is_a_baseline(mtqa: Bench) -> None:
    mtqa.write("a.txt", "This is bad. It was bad.\n")
    record(mtqa)
    content = json.loads(Path("base.json").read_text())
    content["findings"].append({**content["findings"][0], "count": 1})
    mtqa.write("base.json", json.dumps(content))
    assert mtqa("check", ".", *BASE).code == 0


# Revisions


def git(*arguments: str) -> str:
    identity = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    for role in ("AUTHOR", "COMMITTER"):
        identity |= {f"GIT_{role}_NAME": "A", f"GIT_{role}_EMAIL": "a@b.c"}
    done = subprocess.run(
        ("git", *arguments), check=True, capture_output=True, env={**os.environ, **identity}
    )
    return done.stdout.decode()


@pytest.fixture
def repository(mtqa: Bench) -> Bench:
    """A repository whose main has three old defects, on lines 1, 3 and 5."""
    git("init", "-q", "-b", "main")
    mtqa.write("news/a b.txt", "This is bad.\n\nThis is bad.\n\nThis is bad.\n")
    mtqa.write("news/é.txt", "This is awful.\n")
    git("add", ".")
    git("commit", "-qm", "old")
    return mtqa


def places(outcome: Any) -> list[tuple[str, int]]:
    return [
        (document["path"], finding["line"])
        for document in outcome.json["documents"]
        for finding in document["findings"]
    ]


def test_findings_on_changed_lines_are_reported_and_the_others_counted(repository: Bench) -> None:
    outcome = repository("check", ".", "--diff", "main")
    assert outcome.code == 0
    assert outcome.err == "mtqa: findings on lines that have not changed: 4\n"
    repository.write("news/a b.txt", "This is bad.\n\nThat is bad.\n\nThis is bad.\nHow awful.\n")
    outcome = repository("check", ".", "--diff", "main", "--format", "json")
    assert outcome.code == 1
    assert places(outcome) == [("news/a b.txt", 3), ("news/a b.txt", 6)]
    assert outcome.json["summary"]["hidden"] == {"baseline": 0, "unchanged": 3}
    assert "not changed" not in repository("check", ".", "--diff", "main", "--quiet").err


def test_staged_new_and_untracked_files_are_changes(repository: Bench) -> None:
    repository.write("news/é.txt", "That is awful.\n")
    repository.write('staged "quoted"\t.txt', "This is bad.\n")
    git("add", ".")
    repository.write("untracked.txt", "This is bad.\n")
    outcome = repository("check", ".", "--diff", "HEAD", "--format", "json")
    assert [path for path, _ in places(outcome)] == [
        "news/é.txt",
        'staged "quoted"\t.txt',
        "untracked.txt",
    ]


def test_a_file_that_moved_has_changed_where_its_lines_have(repository: Bench) -> None:
    git("mv", "news/a b.txt", "moved.txt")
    assert repository("check", ".", "--diff", "HEAD").code == 0
    text = "This is bad.\n\nThis is bad.\n\nThis is awful.\n"
    repository.write("moved.txt", text)
    outcome = repository("check", ".", "--diff", "HEAD", "--format", "json")
    assert places(outcome) == [("moved.txt", 5)]


def test_what_others_have_done_since_is_no_change_of_mine(repository: Bench) -> None:
    git("checkout", "-qb", "mine")
    repository.write("news/é.txt", "This is awful.\n\nThis is bad.\n")
    git("commit", "-qam", "mine")
    git("checkout", "-q", "main")
    repository.write("news/a b.txt", "All is well.\n")
    git("commit", "-qam", "theirs")
    git("checkout", "-q", "mine")
    outcome = repository("check", ".", "--diff", "main", "--format", "json")
    assert places(outcome) == [("news/é.txt", 3)]


def test_lines_that_look_like_a_diff_are_lines(repository: Bench) -> None:
    lines = "++ b/news/é.txt\n@@ -1 +1 @@\n-- x\nThis is bad."
    repository.write("news/a b.txt", lines)
    outcome = repository("check", ".", "--diff", "HEAD", "--format", "json")
    assert places(outcome) == [("news/a b.txt", 4)]


def test_a_user_who_set_git_up_otherwise_gets_the_same(repository: Bench) -> None:
    for key, value in (
        ("diff.noprefix", "true"),
        ("diff.mnemonicPrefix", "true"),
        ("color.ui", "always"),
        ("core.quotePath", "false"),
        ("diff.context", "9"),
        ("diff.external", "false"),
        ("diff.renames", "false"),
        ("diff.relative", "true"),
    ):
        git("config", key, value)
    repository.write("news/é.txt", "That is awful.\n")
    outcome = repository("check", "news", "--diff", "HEAD", "--format", "json")
    assert places(outcome) == [("news/é.txt", 1)]


def test_lines_are_counted_as_git_counts_them(repository: Bench) -> None:
    repository.write("mac.txt", "One.\rTwo.\rThree.\nThis is bad.\r\nAll is well.\n")
    git("add", ".")
    git("commit", "-qm", "mac")
    repository.write("mac.txt", "One.\rTwo.\rThree.\nThat is bad.\r\nAll is well.\n")
    outcome = repository("check", "mac.txt", "--diff", "HEAD", "--format", "json")
    assert places(outcome) == [("mac.txt", 4)]
    repository.write("mac.txt", "One.\rTwo.\rThree.\nThis is bad.\r\nAll was well.\n")
    assert repository("check", "mac.txt", "--diff", "HEAD").code == 0


def test_a_file_that_git_takes_for_binary_has_changed_as_a_whole(repository: Bench) -> None:
    repository.write("wide.txt", "This is bad.\n".encode("utf-16"))
    git("add", ".")
    git("commit", "-qm", "wide")
    assert repository("check", "wide.txt", "--diff", "HEAD").code == 0
    repository.write("wide.txt", "This is bad.\n\nAll is well.\n".encode("utf-16"))
    assert repository("check", "wide.txt", "--diff", "HEAD").code == 1


def test_standard_input_has_changed_as_a_whole(repository: Bench) -> None:
    assert repository("check", "-", "--diff", "HEAD", stdin=b"This is bad.\n").code == 1


def test_a_revision_and_a_baseline_hide_together(repository: Bench) -> None:
    repository.write("news/é.txt", "This is awful.\n\nThis is bad.\n")
    outcome = repository("check", ".", "--diff", "HEAD", *BASE, "--update-baseline")
    assert outcome.code == 0
    assert sum(entry["count"] for entry in entries()) == 5
    repository.write("news/é.txt", "This is awful.\n\nThis is bad. How bad.\n")
    outcome = repository("check", ".", "--diff", "HEAD", *BASE, "--format", "json")
    assert places(outcome) == [("news/é.txt", 3)]


def test_the_revision_of_the_configuration_can_be_set_aside(repository: Bench) -> None:
    repository.write("mtqa.toml", 'diff = "main"')
    assert repository("check", ".").code == 0
    assert repository("check", ".", "--diff", "").code == 1


@pytest.mark.parametrize("revision", ["no-such-branch", "--output=x", "HEAD:news", ""])
def test_a_revision_that_is_none_is_2(repository: Bench, revision: str) -> None:
    outcome = repository("check", ".", f"--diff={revision}")
    if revision:
        assert (outcome.code, outcome.out) == (2, "")
        assert outcome.err == (
            f"mtqa: {revision!r} is no revision that git knows here; fetch it, or name another\n"
        )
    assert not Path("x").exists()


def test_histories_that_have_nothing_in_common_are_2(repository: Bench) -> None:
    git("checkout", "-q", "--orphan", "other")
    git("commit", "-qm", "other")
    outcome = repository("check", ".", "--diff", "main")
    assert outcome.code == 2
    assert "fetch the whole history (fetch-depth: 0)" in outcome.err


def test_without_a_repository_or_git_a_revision_is_2(
    mtqa: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    mtqa.write("a.txt", "This is bad.\n")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(mtqa.folder.parent))
    outcome = mtqa("check", "a.txt", "--diff", "HEAD")
    assert (outcome.code, outcome.out) == (2, "")
    assert "is in no git repository" in outcome.err and outcome.err.count("\n") == 1
    monkeypatch.setenv("PATH", str(mtqa.folder))
    outcome = mtqa("check", "a.txt", "--diff", "HEAD")
    assert outcome.code == 2
    assert outcome.err == "mtqa: --diff needs git, which is not installed; leave --diff out\n"


# Bars for scores


@pytest.mark.parametrize(
    ("options", "code", "says"),
    [
        ([], 0, ""),
        (["--min-score", "0.5"], 0, ""),
        (["--min-score", "0.51"], 1, "mtqa: a.txt: its mean score 0.50 is under 0.51\n"),
        (["--min-score", "0.51", "--exit-zero"], 0, "mtqa: a.txt: its mean score 0.50 is under"),
        (["--min-score", "0.51", "--quiet"], 1, "mtqa: a.txt: its mean score 0.50 is under"),
        (["--min-sentence-score", "0.25"], 0, ""),
        (
            ["--min-sentence-score", "0.3"],
            1,
            "mtqa: a.txt:1:14: the score 0.25 of the sentence is under 0.3\n",
        ),
    ],
)
def test_a_score_under_the_bar_fails_the_check(
    mtqa: Bench, scorer: FakeScorer, options: list[str], code: int, says: str
) -> None:
    mtqa.write("a.txt", "All is well. All was well.\n")  # 0.75 and 0.25
    outcome = mtqa("check", "a.txt", "--qe", *options)
    assert outcome.code == code
    assert outcome.err.startswith(says) if says else outcome.err == ""


def test_what_has_no_score_fails_no_bar(mtqa: Bench, scorer: FakeScorer) -> None:
    mtqa.write("a.txt", "* * *\n")
    assert mtqa("check", "a.txt", "--qe", "--min-score", "1", "--min-sentence-score", "1").code == 0


def test_of_many_sentences_under_the_bar_the_lowest_are_named(
    mtqa: Bench, scorer: FakeScorer
) -> None:
    mtqa.write("a.txt", "All is well.\n\n" * 14)
    outcome = mtqa("check", "a.txt", "--qe", "--min-sentence-score", "0.95")
    lines = outcome.err.splitlines()
    assert len(lines) == 11
    assert lines[0].startswith("mtqa: a.txt:3:1: the score 0.25")
    assert lines[-1] == "mtqa: 4 more scores are under their bar"


def test_with_a_revision_the_scores_of_changed_lines_are_judged(
    repository: Bench, scorer: FakeScorer
) -> None:
    repository.write("news/a b.txt", "All is well.\n\nAll was well.\n\nAll will be well.\n")
    git("add", ".")
    git("commit", "-qm", "scored")
    bars = ("--min-score", "0.99", "--min-sentence-score", "0.95", "--no-cache")
    assert repository("check", "news/a b.txt", "--qe", "--diff", "HEAD", *bars).code == 0
    repository.write("news/a b.txt", "All is well.\n\nAll was well.\n\nAll would be well.\n")
    outcome = repository("check", "news/a b.txt", "--qe", "--diff", "HEAD", *bars)
    assert outcome.code == 1
    assert [line.split(": ")[1] for line in outcome.err.splitlines()] == [
        "news/a b.txt",
        "news/a b.txt:5:1",
    ]


@pytest.mark.parametrize("name", ["min-score", "min-sentence-score"])
def test_a_bar_for_scores_without_scores_is_2(mtqa: Bench, name: str) -> None:
    mtqa.write("a.txt", "All is well.\n")
    mtqa.write("mtqa.toml", f"{name} = 0.5")
    outcome = mtqa("check", "a.txt")
    assert (outcome.code, outcome.out) == (2, "")
    assert f"{name} needs scores; leave out --no-qe" in outcome.err
    assert mtqa("check", "a.txt", f"--{name}", "0").code == 0


# The summary of a job


def test_a_job_of_github_gets_a_summary(mtqa: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    mtqa.write("a.txt", "This is bad.\n")
    summary = mtqa.write("summary.md", "# Before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    assert mtqa("check", "a.txt", "--format", "github").out.startswith("::error file=a.txt,line=1,")
    text = summary.read_text(encoding="utf-8")
    assert text.startswith("# Before\n## Translation quality (mtqa)\n")
    assert "| major | a.txt&#58;1:9 |" not in text and "| major | a.txt:1:9 | word-bad |" in text
    mtqa("check", "a.txt")
    assert summary.read_text(encoding="utf-8") == text
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(mtqa.folder / "none" / "x"))
    assert mtqa("check", "a.txt", "--format", "github").code == 1
