"""The catalogue: every rule that ships, in the order of its family."""

from __future__ import annotations

from mtqa.rules.rule import Rule

RULES: tuple[Rule, ...] = ()
