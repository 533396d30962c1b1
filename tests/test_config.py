"""Where settings come from, and what is said about wrong ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from mtqa.config import ConfigError, Settings, find_settings, load_settings
from mtqa.rules.catalogue import UnknownName, applies_to, matches, select_rules
from tests.conftest import Bench

FULL = """
select = ["name", "quote"]
ignore = ["quote-style"]
extend-select = ["repeated-word"]
preview = true
target-lang = "pt-BR"
fail-on = "minor"
max-findings = 3
min-score = 0.5
min-sentence-score = 1
baseline = "accepted.json"
diff = "origin/main"
max-file-size = 5
format = "json"
qe = false
model = "owner/model"
device = "cpu"
batch-size = 8
cache = false
exclude = ["drafts"]

[thresholds]
low-score = 0.4
suspect-span = 1

[severity]
quote-style = "major"

[per-file-ignores]
"wire/*" = ["residue"]

[names]
same = [["Kyiv", "Kiev"]]
distinct = [["Akhter", "Akhtar"], ["Ann", "Anne"]]
"""


def write(path: Path, content: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


def test_every_key_is_read(tmp_path: Path) -> None:
    settings = load_settings(write(tmp_path / "mtqa.toml", FULL))
    assert settings == Settings(
        select=("name", "quote"),
        ignore=("quote-style",),
        extend_select=("repeated-word",),
        preview=True,
        target_lang="pt",
        fail_on="minor",
        max_findings=3,
        min_score=0.5,
        min_sentence_score=1.0,
        baseline=str(tmp_path / "accepted.json"),
        diff="origin/main",
        max_file_size=5,
        format="json",
        qe=False,
        model="owner/model",
        device="cpu",
        batch_size=8,
        cache=False,
        thresholds={"low-score": 0.4, "suspect-span": 1.0},
        exclude=("drafts",),
        severity={"quote-style": "major"},
        per_file_ignores={"wire/*": ("residue",)},
        names_same=(("Kyiv", "Kiev"),),
        names_distinct=(("Akhter", "Akhtar"), ("Ann", "Anne")),
        root=str(tmp_path),
    )


def test_the_nearest_configuration_upwards_wins(tmp_path: Path) -> None:
    write(tmp_path / "pyproject.toml", "[tool.mtqa]\nmax-findings = 1")
    write(tmp_path / "a/mtqa.toml", "max-findings = 2")
    write(tmp_path / "a/b/pyproject.toml", "[tool.other]\nkey = 1")
    (tmp_path / "c").mkdir()
    assert find_settings(tmp_path / "a" / "b").max_findings == 2
    assert find_settings(tmp_path / "c").max_findings == 1
    assert find_settings(tmp_path / "c").root == str(tmp_path)


def test_mtqa_toml_goes_before_pyproject_toml(tmp_path: Path) -> None:
    write(tmp_path / "pyproject.toml", "[tool.mtqa]\nmax-findings = 1")
    write(tmp_path / "mtqa.toml", "max-findings = 2")
    assert find_settings(tmp_path).max_findings == 2


def test_without_configuration_the_root_is_the_repository(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "deep").mkdir()
    assert find_settings(tmp_path / "deep") == Settings(root=str(tmp_path))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("selct = []", "unknown key selct; did you mean select?"),
        ("[names]\nsme = []", "unknown key names.sme; did you mean same?"),
        ("max_findings = 1", "unknown key max_findings; did you mean max-findings?"),
        ('select = "name"', "select must be a list of strings, not the string 'name'"),
        ("select = [1]", "select must be a list of strings, not a list of something else"),
        ('preview = "yes"', "preview must be true or false, not the string 'yes'"),
        ("max-findings = true", "max-findings must be a whole number, zero or more"),
        ("max-findings = -1", "zero or more, not the number -1"),
        ("max-file-size = 0", "max-file-size must be a whole number of megabytes, one or more"),
        (
            'fail-on = "high"',
            "fail-on must be one of minor, major, critical, not the string 'high'",
        ),
        ("severity = 1", "severity must be a table, not the number 1"),
        ('[severity]\nx = "bad"', "severity.x must be one of minor, major, critical"),
        (
            '[per-file-ignores]\n"*.txt" = "name"',
            "per-file-ignores.*.txt must be a list of strings",
        ),
        ('[names]\nsame = ["a"]', "names.same must be a list of lists of strings"),
        ('target-lang = "english!"', "'english!' is no language code; write it like en"),
        ("select = 1979-05-27", "select must be a list of strings, not a date or time"),
        ("select = [", "is no valid TOML"),
        ("select = []", "select names no rule; name rules or families, or leave it out"),
        ('model = ""', "model must be a string that is not empty"),
        ("batch-size = 0", "batch-size must be a whole number, one or more, not the number 0"),
        ("qe = 1", "qe must be true or false, not the number 1"),
        ("[thresholds]\nlow-score = 1.5", "thresholds.low-score must be a number from 0 to 1"),
        ("[thresholds]\nlow-score = true", "thresholds.low-score must be a number from 0 to 1"),
        (
            "[thresholds]\nlow_score = 0.5",
            "unknown key thresholds.low_score; did you mean low-score",
        ),
    ],
)
def test_a_wrong_setting_is_one_sentence_with_its_key(
    tmp_path: Path, content: str, says: str
) -> None:
    path = write(tmp_path / "mtqa.toml", content)
    with pytest.raises(ConfigError) as error:
        load_settings(path)
    assert str(error.value).startswith(f"{path}: ")
    assert says in str(error.value)


def test_a_model_folder_is_one_wherever_the_user_stands(tmp_path: Path) -> None:
    path = write(tmp_path / "mtqa.toml", 'model = "models/own"')
    assert load_settings(path).model == "models/own"  # an id of the hub
    (tmp_path / "models" / "own").mkdir(parents=True)
    assert load_settings(path).model == str(tmp_path / "models" / "own")


@pytest.mark.parametrize("names", [("estimation",), ("low-score", "suspect-span")])
def test_rules_that_need_scores_do_not_run_without(names: tuple[str, ...]) -> None:
    assert {rule.name for rule in select_rules(Settings(select=names, preview=True))} == {
        "low-score",
        "suspect-span",
    }
    chosen = select_rules(Settings(select=(*names, "repeated-word"), preview=True, qe=False))
    assert [rule.name for rule in chosen] == ["repeated-word"]
    with pytest.raises(ConfigError, match="low-score needs scores; leave out --no-qe"):
        select_rules(Settings(select=names, preview=True, qe=False))


def test_a_wrong_setting_is_2_on_the_command_line(mtqa: Bench) -> None:
    mtqa.write("a.txt", "All is well.\n")
    for content in ("selct = []", 'ignore = ["wrd"]', '[severity]\nwrod = "minor"'):
        mtqa.write("mtqa.toml", content)
        outcome = mtqa("check", "a.txt")
        assert outcome.code == 2
        assert "did you mean" in outcome.err


def test_the_configuration_beside_the_files_holds_wherever_one_stands(mtqa: Bench) -> None:
    mtqa.write("site/mtqa.toml", 'fail-on = "minor"\nformat = "json"')
    mtqa.write("site/news/a.txt", "This is meh.\n")
    mtqa.write("site/sport/b.txt", "All is well.\n")
    outcome = mtqa("check", "site/news/a.txt", "site/sport")
    assert outcome.code == 1
    assert len(outcome.json["documents"]) == 2


def test_the_command_line_goes_before_the_configuration(mtqa: Bench) -> None:
    mtqa.write("mtqa.toml", 'fail-on = "critical"\nignore = ["word-bad"]')
    mtqa.write("a.txt", "This is bad, awful.\n")
    assert mtqa("check", "a.txt", "--format", "json").rules == ["word-awful"]
    assert mtqa("check", "a.txt", "--fail-on", "minor", "--ignore", "word-awful").code == 1
    # --select starts from nothing, so what the file ignores is no longer ignored.
    assert mtqa("check", "a.txt", "--select", "word-bad", "--format", "json").rules == ["word-bad"]


def test_severity_and_per_file_ignores_go_by_rule_and_path(mtqa: Bench) -> None:
    mtqa.write(
        "mtqa.toml",
        '[severity]\nword-meh = "critical"\n[per-file-ignores]\n"wire/*" = ["word"]',
    )
    mtqa.write("a.txt", "This is meh.\n")
    mtqa.write("wire/b.txt", "This is meh.\n")
    findings = [
        (document["path"], finding["severity"])
        for document in mtqa("check", ".", "--format", "json").json["documents"]
        for finding in document["findings"]
    ]
    assert findings == [("a.txt", "critical")]


def test_a_severity_for_a_family_is_refused(simple_rules: None) -> None:
    with pytest.raises(UnknownName, match="'word' is a family"):
        select_rules(Settings(severity={"word": "minor"}))


def test_per_file_ignores_apply_to_the_path_from_the_root(simple_rules: None) -> None:
    settings = Settings(per_file_ignores={"*.wire.txt": ("word",)})
    rules = select_rules(settings)
    assert [rule.name for rule in applies_to("a/b.wire.txt", rules, settings)] == ["crash-test"]
    assert applies_to("a/b.txt", rules, settings) == rules


@pytest.mark.parametrize(
    ("path", "pattern", "expected"),
    [
        ("a/drafts/b.txt", "drafts", True),
        ("a/drafts/b.txt", "drafts/", True),
        ("a/drafts/b.txt", "a/drafts", True),
        ("a/drafts/b.txt", "a/*", True),
        ("a/drafts/b.txt", "*.txt", True),
        ("a/drafts/b.txt", "b.txt", True),
        ("a/drafts/b.txt", "draft", False),
        ("a/drafts/b.txt", "drafts/b.txt", False),
        ("a/B.txt", "b.txt", False),
    ],
)
def test_patterns_read_as_they_look(path: str, pattern: str, expected: bool) -> None:
    assert matches(path, pattern) is expected
