"""One name in two spellings, and how well print knows a spelling."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mtqa.result import Severity
from mtqa.text.document import Span
from mtqa.text.frequency import zipf

MIN_LETTERS = 4  # shorter names differ too easily: Lee, Li, Le
# Zipf frequency (wordfreq: log10 of the uses per billion words) from which a name is established in
# print: two such names are two names unless something ties them.
ESTABLISHED = 2.5
# Below this a form is as good as unknown; the large English list ends there.
UNHEARD = 1.0
REPEATED = 2  # mentions that make a spelling the document's own


@dataclass(frozen=True, slots=True)
class Variant:
    """A rarer spelling, the agreed one, and where both stand.

    Attributes:
        rare: the rarer spelling.
        agreed: the spelling that the document agrees on.
        rare_spans: mentions of the rarer spelling, in order.
        agreed_spans: mentions of the agreed one, in order.
        how: what sets them apart, a word or two for the message.
        severity: minor where no reader takes them for two names.
        confidence: 0 to 1.
        certain: the two are one entity for sure, and most mentions of it have the agreed spelling.
    """

    rare: str
    agreed: str
    rare_spans: tuple[Span, ...]
    agreed_spans: tuple[Span, ...]
    how: str
    severity: Severity
    confidence: float
    certain: bool = False


def fame(form: str, lang: str) -> float:
    """How often print uses the form: Zipf frequency, 0 for a form it does not know."""
    return zipf(form, lang, "large")


def same_letters(one: str, other: str) -> bool:
    """Whether two forms differ in nothing but capitals and the kind of apostrophe."""
    return _plain(one) == _plain(other)


def _plain(form: str) -> str:
    return form.casefold().replace("’", "'").replace("ʼ", "'")


def in_groups(one: str, other: str, groups: Iterable[tuple[str, ...]]) -> bool:
    """Whether the user's settings name both forms in one group."""
    return any(one in group and other in group for group in groups)
