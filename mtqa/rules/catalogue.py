"""Which rules exist, by name, and which of them a run selects."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from functools import cache

from mtqa.config import ConfigError, Settings, did_you_mean
from mtqa.rules import RULES
from mtqa.rules.rule import Rule

# The family whose rules read what a model says.
ESTIMATION = "estimation"


class UnknownName(ConfigError):
    """A rule or family that does not exist."""


@cache
def all_rules() -> tuple[Rule, ...]:
    """Rules that ship, then those of the entry-point group ``mtqa.rules``, in order of name.

    An entry point is a `Rule` or an iterable of them.

    Raises:
        ConfigError: an entry point cannot be loaded, is no rule, or takes a name that is taken.
    """
    from importlib.metadata import entry_points

    rules = {rule.name: rule for rule in RULES}
    for entry in sorted(entry_points(group="mtqa.rules"), key=lambda entry: entry.name):
        try:
            loaded = entry.load()
        except Exception as error:  # whatever a third party's module raises on import
            raise ConfigError(
                f"the rule package {entry.value} cannot be loaded: {error}; repair or uninstall it"
            ) from error
        for rule in loaded if isinstance(loaded, Iterable) else (loaded,):
            if not isinstance(rule, Rule):
                raise ConfigError(
                    f"the entry point {entry.value} is no mtqa.rules.rule.Rule; "
                    "repair or uninstall its package"
                )
            if rule.name in rules:
                raise ConfigError(
                    f"the rule package {entry.value} brings a second rule named {rule.name}; "
                    "rename it or uninstall its package"
                )
            rules[rule.name] = rule
    return tuple(rules.values())


def find_rules(name: str) -> tuple[Rule, ...]:
    """The rule, or the rules of the family, called ``name``.

    Raises:
        UnknownName: there is none.
    """
    rules = all_rules()
    found = tuple(rule for rule in rules if name in (rule.name, rule.family))
    if not found:
        known = dict.fromkeys(known for rule in rules for known in (rule.name, rule.family))
        raise UnknownName(f"there is no rule or family named {name!r}{did_you_mean(name, known)}")
    return found


def select_rules(settings: Settings) -> tuple[Rule, ...]:
    """The rules that ``settings`` asks for, in the catalogue's order.

    A preview rule runs when its own name is given, with ``preview``, or if it is for glossaries and
    there is one; a rule of the family estimation runs where sentences are scored.

    Raises:
        UnknownName: a name in ``settings`` is neither rule nor family.
        ConfigError: ``select`` names only rules that need scores, without ``qe``, or a glossary,
            without one.
    """
    rules = all_rules()
    for name in settings.severity:
        if find_rules(name)[0].name != name:
            raise UnknownName(f"severity is set per rule, and {name!r} is a family")
    for names in settings.per_file_ignores.values():
        _expand(names)
    asked = settings.select + settings.extend_select
    chosen = _expand(asked) if settings.select else _expand(asked) | {rule.name for rule in rules}
    ignored = _expand(settings.ignore)
    has_glossary = bool(settings.glossary or settings.terms)
    selected = tuple(
        rule
        for rule in rules
        if rule.name in chosen
        and rule.name not in ignored
        and (
            not rule.preview
            or settings.preview
            or rule.name in asked
            or (rule.needs_glossary and has_glossary)
        )
    )
    runnable = tuple(rule for rule in selected if settings.qe or rule.family != ESTIMATION)
    if selected and not runnable:
        raise ConfigError(
            f"{selected[0].name} needs scores; leave out --no-qe (or qe = false), "
            "or select other rules"
        )
    if runnable and not has_glossary and all(rule.needs_glossary for rule in runnable):
        raise ConfigError(
            f"{runnable[0].name} needs a glossary; give --glossary FILE, or select other rules"
        )
    return runnable


def applies_to(path: str, rules: Sequence[Rule], settings: Settings) -> tuple[Rule, ...]:
    """Those of ``rules`` that ``per-file-ignores`` leaves for ``path`` (relative to the root)."""
    ignored = {
        name
        for pattern, names in settings.per_file_ignores.items()
        if matches(path, pattern)
        for name in _expand(names)
    }
    return tuple(rule for rule in rules if rule.name not in ignored)


def matches(path: str, pattern: str) -> bool:
    """Does ``pattern`` name the path, one of its folders, or the end of either?

    ``*`` stands for any characters, ``/`` too: ``drafts``, ``*.wire.txt`` and ``archive/*`` work
    as they read.
    """
    parts = path.split("/")
    return any(
        fnmatchcase("/".join(parts[first:last]), pattern.rstrip("/"))
        for last in range(1, len(parts) + 1)
        for first in {0, last - 1}
    )


def _expand(names: Iterable[str]) -> set[str]:
    return {rule.name for name in names for rule in find_rules(name)}
