"""The result of a check: all that a reporter sees."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mtqa.text.document import Document, Span


class Severity(StrEnum):
    """MQM severity; `penalty` is its weight in points (MQM Core: 1, 5, 25)."""

    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"

    @property
    def penalty(self) -> int:
        return {"minor": 1, "major": 5, "critical": 25}[self.value]
