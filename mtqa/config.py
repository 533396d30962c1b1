"""One typed settings object, read from ``[tool.mtqa]`` or ``mtqa.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


class ConfigError(Exception):
    """A setting that cannot be used; the message is one sentence for the user."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a user can set, with its default.

    Attributes:
        select: rules or families to run; empty: every rule that is not preview.
        ignore: rules or families not to run; wins over ``select`` and ``extend_select``.
        extend_select: rules or families to run besides ``select``.
        preview: run preview rules too.
        severity: severity of all findings of a rule, by rule name.
        per_file_ignores: rules or families not to run, by path pattern.
        names_same: groups of name forms that are one entity (``[names] same``).
        names_distinct: groups of name forms that are different entities (``[names] distinct``).
        root: folder that patterns and fingerprints are relative to, absolute; "" is the working
            folder.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    preview: bool = False
    severity: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    names_same: tuple[tuple[str, ...], ...] = ()
    names_distinct: tuple[tuple[str, ...], ...] = ()
    root: str = ""
