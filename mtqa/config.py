"""One typed settings object, read from ``[tool.mtqa]`` or ``mtqa.toml``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a user can set, with its default.

    Attributes:
        names_same: groups of name forms that are one entity (``[names] same``).
        names_distinct: groups of name forms that are different entities (``[names] distinct``).
    """

    names_same: tuple[tuple[str, ...], ...] = ()
    names_distinct: tuple[tuple[str, ...], ...] = ()
