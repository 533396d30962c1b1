"""One typed settings object, read from ``[tool.mtqa]`` or ``mtqa.toml``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

SEVERITIES = ("minor", "major", "critical")
# Output formats: each is the module of its name in mtqa.reports.
FORMATS = (
    "text",
    "json",
    "jsonl",
    "html",
    "md",
    "csv",
    "sarif",
    "github",
    "gitlab",
    "junit",
    "checkstyle",
    "rdjson",
)
# Those that tell of every sentence, for people: the formats of mtqa report.
REPORTS = ("html", "md", "csv", "jsonl", "json")
# Formats of what is read; `mtqa.formats.read` has their readers.
INPUT_FORMATS = (
    *("text", "markdown", "html", "docx", "srt", "vtt"),
    *("tsv", "csv", "jsonl", "xliff", "tmx", "po"),
)
ALIGNMENTS = ("line", "sentence")
# What a column of a table may hold.
COLUMN_ROLES = ("translation", "source", "reference", "document")
THRESHOLDS = ("low-score", "suspect-span")

_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]+)*")


class ConfigError(Exception):
    """A setting that cannot be used; the message is one sentence for the user."""


class Wording(NamedTuple):
    """A term in one language.

    Attributes:
        lang: code of the language; or ``source`` or ``target``, whichever they are.
        text: as it stands in a dictionary.
        forbidden: not to be used in translations.
    """

    lang: str
    text: str
    forbidden: bool = False


# What goes by different words in different languages: one entry of a glossary.
Concept = tuple[Wording, ...]


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a user can set, with its default.

    Attributes:
        select: rules or families to run; empty: every rule that is not preview.
        ignore: rules or families not to run; wins over ``select`` and ``extend_select``.
        extend_select: rules or families to run besides ``select``.
        preview: run preview rules too.
        target_lang: language code of the texts; None: detected for each.
        source_lang: language code of their sources; None: detected for each.
        align: what of a text and its source pairs up, ``line`` or ``sentence``.
        fail_on: the mildest severity that fails a check.
        max_findings: number of findings at or above ``fail_on`` that a check forgives.
        min_score: mean score under which a document fails a check; 0: no bar.
        min_sentence_score: score under which any sentence fails a check; 0: no bar.
        baseline: file of the findings that are accepted; None: none are.
        diff: git revision; only findings on lines changed since then are reported; None: all are.
        max_file_size: size in MB (1,000,000 bytes) above which a file is refused. The default
            is some three million words, which take about three minutes.
        format: output format.
        input_format: format that every file is read as; None: as its suffix says.
        columns: name, or number from 1, of the column that holds what (see `COLUMN_ROLES`) in
            tables; those of JSON Lines are named.
        qe: score each sentence with a quality-estimation model.
        model: the model, by name, folder or id; None: the one that ships.
        device: torch device to score on; None: CUDA or MPS where present, else the CPU.
        batch_size: sentences that the model reads at once.
        cache: keep scores on disk, and take them from there.
        thresholds: bar of a rule of the family estimation, by its name, in place of the model's
            own: the score at or below which a sentence is reported (``low-score``), the
            probability from which a word is (``suspect-span``).
        exclude: patterns of paths that a search through folders leaves out.
        severity: severity of all findings of a rule, by rule name.
        per_file_ignores: rules or families not to run, by path pattern.
        names_same: groups of name forms that are one entity (``[names] same``).
        names_distinct: groups of name forms that are different entities (``[names] distinct``).
        glossary: file of the terms that translations must use; None: there is none.
        terms: what stands in that file, once it has been read.
        root: folder that patterns and fingerprints are relative to, absolute; "" is the working
            folder.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    preview: bool = False
    target_lang: str | None = None
    source_lang: str | None = None
    align: str = "line"
    fail_on: str = "major"
    max_findings: int = 0
    min_score: float = 0.0
    min_sentence_score: float = 0.0
    baseline: str | None = None
    diff: str | None = None
    max_file_size: int = 20
    format: str = "text"
    input_format: str | None = None
    columns: Mapping[str, str | int] = field(default_factory=lambda: MappingProxyType({}))
    qe: bool = True
    model: str | None = None
    device: str | None = None
    batch_size: int = 32
    cache: bool = True
    thresholds: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    exclude: tuple[str, ...] = ()
    severity: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    names_same: tuple[tuple[str, ...], ...] = ()
    names_distinct: tuple[tuple[str, ...], ...] = ()
    glossary: str | None = None
    terms: tuple[Concept, ...] = ()
    root: str = ""

    def __reduce__(self) -> tuple[type[Settings], tuple[Any, ...]]:
        """For pickling, which views of mappings do not go through.

        (Before Python 3.11.4 a dataclass with slots has its own way with ``__getstate__``.)
        """
        values = (getattr(self, each.name) for each in fields(self))
        return Settings, tuple(
            dict(value) if isinstance(value, MappingProxyType) else value for value in values
        )


def find_settings(folder: Path) -> Settings:
    """The settings that hold in ``folder``: those of the nearest configuration upwards.

    Without any, the defaults; the root is then the nearest folder that holds ``.git``, or else
    the working folder.

    Raises:
        ConfigError: the configuration cannot be used.
    """
    for candidate in (folder.absolute(), *folder.absolute().parents):
        for name in ("mtqa.toml", "pyproject.toml"):
            path = candidate / name
            if path.is_file() and (name == "mtqa.toml" or "mtqa" in _tools(_parse(path), path)):
                return load_settings(path)
    return Settings(root=str(find_repository(folder.absolute()) or Path.cwd()))


def load_settings(path: Path) -> Settings:
    """Settings of one file: ``[tool.mtqa]`` of a ``pyproject.toml``, the whole of any other.

    Raises:
        ConfigError: the file cannot be read or parsed, or a key or value is wrong.
    """
    table = _parse(path)
    if path.name == "pyproject.toml":
        table = _tools(table, path).get("mtqa", {})
    try:
        values = _read_table(table, _KEYS, "")
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from None
    names = values.pop("names", {})
    terms = values.pop("terms", {})
    root = path.absolute().parent
    if "model" in values and (root / values["model"]).is_dir():  # wherever one stands
        values["model"] = str(root / values["model"])
    if "baseline" in values:
        values["baseline"] = str(root / values["baseline"])
    return Settings(
        **values,
        **{f"names_{key}": groups for key, groups in names.items()},
        glossary=str(root / terms["glossary"]) if "glossary" in terms else None,
        root=str(root),
    )


def parse_language(code: str) -> str:
    """Primary subtag of a language code, lower-case: ``en`` of ``en-GB``.

    Raises:
        ConfigError: ``code`` is no language code.
    """
    match = _LANGUAGE.fullmatch(code)
    if not match:
        raise ConfigError(f"{code!r} is no language code; write it like en, de or pt-BR")
    return match[1].lower()


def parse_format(name: str, formats: Iterable[str] = FORMATS) -> str:
    """An output format, as it is named; one of ``formats``.

    Raises:
        ConfigError: there is none of that name.
    """
    if name not in formats:
        raise ConfigError(f"there is no format {name!r}{did_you_mean(name, formats)}")
    return name


def find_repository(folder: Path) -> Path | None:
    """The nearest folder upwards that holds ``.git``; None: there is none."""
    return next((path for path in (folder, *folder.parents) if (path / ".git").exists()), None)


def parse_input_format(name: str) -> str:
    """A format of what is read, as it is named.

    Raises:
        ConfigError: there is none of that name.
    """
    if name not in INPUT_FORMATS:
        raise ConfigError(f"there is no input format {name!r}{did_you_mean(name, INPUT_FORMATS)}")
    return name


def parse_columns(pairs: Iterable[str]) -> Mapping[str, str | int]:
    """Columns by what they hold, each given as ``ROLE=NAME`` or ``ROLE=NUMBER``.

    Raises:
        ConfigError: one is written otherwise, or there is no such role.
    """
    columns: dict[str, str | int] = {}
    for pair in pairs:
        role, _, name = pair.partition("=")
        if not name:
            raise ConfigError(f"--columns must be ROLE=NAME, such as translation=mt, not {pair!r}")
        if role not in COLUMN_ROLES:
            raise ConfigError(f"no column holds a {role!r}{did_you_mean(role, COLUMN_ROLES)}")
        columns[role] = int(name) if name.isascii() and name.isdigit() else name
    return _columns(columns, "--columns")


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """``; did you mean …?`` with the known name nearest to ``name``."""
    nearest = get_close_matches(name, known, n=1, cutoff=0.0)
    return f"; did you mean {nearest[0]}?" if nearest else ""


def _parse(path: Path) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: is no valid TOML: {error}") from None


def _tools(table: dict[str, Any], path: Path) -> dict[str, Any]:
    tools = table.get("tool", {})
    if not isinstance(tools, dict):
        raise ConfigError(f"{path}: tool must be a table, not {_kind(tools)}")
    return tools


# Readers of one value: each gives it back typed, or says what it must be.


def _strings(value: object, key: str) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    raise _wrong(key, "a list of strings", value)


def _groups(value: object, key: str) -> tuple[tuple[str, ...], ...]:
    if isinstance(value, list) and all(
        isinstance(group, list) and all(isinstance(item, str) for item in group) for group in value
    ):
        return tuple(map(tuple, value))
    raise _wrong(key, "a list of lists of strings", value)


def _flag(value: object, key: str) -> bool:
    if isinstance(value, bool):
        return value
    raise _wrong(key, "true or false", value)


def _count(value: object, key: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    raise _wrong(key, "a whole number, zero or more", value)


def _one_or_more(what: str) -> Callable[[object, str], int]:
    def read(value: object, key: str) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return value
        raise _wrong(key, f"{what}, one or more", value)

    return read


def _share(value: object, key: str) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1:
        return float(value)
    raise _wrong(key, "a number from 0 to 1", value)


def _string(value: object, key: str) -> str:
    if isinstance(value, str) and value:
        return value
    raise _wrong(key, "a string that is not empty", value)


def _selection(value: object, key: str) -> tuple[str, ...]:
    names = _strings(value, key)
    if not names:
        raise ConfigError(f"{key} names no rule; name rules or families, or leave it out")
    return names


def _language(value: object, key: str) -> str:
    if not isinstance(value, str):
        raise _wrong(key, "a language code", value)
    return parse_language(value)


def _one_of(*choices: str) -> Callable[[object, str], str]:
    def read(value: object, key: str) -> str:
        if isinstance(value, str) and value in choices:
            return value
        raise _wrong(key, "one of " + ", ".join(choices), value)

    return read


def _table_of(read: Callable[[object, str], Any]) -> Callable[[object, str], Mapping[str, Any]]:
    def read_all(value: object, key: str) -> Mapping[str, Any]:
        if not isinstance(value, dict):
            raise _wrong(key, "a table", value)
        return MappingProxyType({name: read(item, f"{key}.{name}") for name, item in value.items()})

    return read_all


def _names(value: object, key: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _wrong(key, "a table", value)
    return _read_table(value, {"same": _groups, "distinct": _groups}, f"{key}.")


def _terms(value: object, key: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _wrong(key, "a table", value)
    return _read_table(value, {"glossary": _string}, f"{key}.")


def _thresholds(value: object, key: str) -> Mapping[str, float]:
    bars: Mapping[str, float] = _table_of(_share)(value, key)
    for name in bars:
        if name not in THRESHOLDS:
            raise ConfigError(f"unknown key {key}.{name}{did_you_mean(name, THRESHOLDS)}")
    return bars


def _columns(value: object, key: str) -> Mapping[str, str | int]:
    if not isinstance(value, dict):
        raise _wrong(key, "a table", value)
    for role, column in value.items():
        if role not in COLUMN_ROLES:
            raise ConfigError(f"unknown key {key}.{role}{did_you_mean(role, COLUMN_ROLES)}")
        number = isinstance(column, int) and not isinstance(column, bool) and column > 0
        if not number and not (isinstance(column, str) and column):
            raise _wrong(f"{key}.{role}", "the name of a column, or its number from 1", column)
    return MappingProxyType(value)


_KEYS: Mapping[str, Callable[[object, str], Any]] = {
    "select": _selection,
    "ignore": _strings,
    "extend-select": _strings,
    "preview": _flag,
    "target-lang": _language,
    "source-lang": _language,
    "align": _one_of(*ALIGNMENTS),
    "fail-on": _one_of(*SEVERITIES),
    "max-findings": _count,
    "min-score": _share,
    "min-sentence-score": _share,
    "baseline": _string,
    "diff": _string,
    "max-file-size": _one_or_more("a whole number of megabytes"),
    "format": _one_of(*FORMATS),
    "input-format": _one_of(*INPUT_FORMATS),
    "columns": _columns,
    "qe": _flag,
    "model": _string,
    "device": _string,
    "batch-size": _one_or_more("a whole number"),
    "cache": _flag,
    "thresholds": _thresholds,
    "exclude": _strings,
    "severity": _table_of(_one_of(*SEVERITIES)),
    "per-file-ignores": _table_of(_strings),
    "names": _names,
    "terms": _terms,
}


def _read_table(
    table: dict[str, Any], keys: Mapping[str, Callable[[object, str], Any]], prefix: str
) -> dict[str, Any]:
    values = {}
    for key, value in table.items():
        if key not in keys:
            raise ConfigError(f"unknown key {prefix}{key}{did_you_mean(key, keys)}")
        values[key.replace("-", "_")] = keys[key](value, prefix + key)
    return values


def _wrong(key: str, expected: str, value: object) -> ConfigError:
    shown = f" {value!r}" if isinstance(value, str | int | float) else ""
    return ConfigError(f"{key} must be {expected}, not {_kind(value)}{shown}")


def _kind(value: object) -> str:
    return {
        bool: "the boolean",
        int: "the number",
        float: "the number",
        str: "the string",
        list: "a list of something else",
        dict: "a table",
    }.get(type(value), "a date or time")
