"""What a rule is, and what it yields."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from mtqa.config import Settings
from mtqa.result import Severity
from mtqa.text.analysis import Analysis
from mtqa.text.document import Span


@dataclass(frozen=True, slots=True)
class Hit:
    """One defect that a rule found in a document.

    Attributes:
        span: the characters that are wrong, not empty.
        message: one sentence for the editor, with a capital and a full stop; words of the text
            stand in “…”.
        severity: where it differs from the rule's own.
        suggestion: text to stand in place of the span, if one is certain enough; ``""`` deletes.
        related: other places that the message speaks of, in order of the text.
        confidence: 0 to 1, the measured or estimated share of such hits that are right.
        source: the characters of the source that the message speaks of.
        safe: the suggestion can be applied without anyone reading it: it takes nothing from the
            text that a reader would miss, and what it writes is what the message says is meant.
    """

    span: Span
    message: str
    severity: Severity | None = None
    suggestion: str | None = None
    related: tuple[Span, ...] = ()
    confidence: float = 0.9
    source: Span | None = None
    safe: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A named check over one document.

    Attributes:
        name: kebab-case, reads well after "allow".
        family: the folder it lives in.
        category: MQM category, ``Dimension/Subtype``.
        severity: MQM severity of its hits unless a hit says otherwise.
        check: yields hits in any order; reads the analysis, writes nothing, never raises.
        documentation: the module's docstring: What it finds / Why it matters / Example /
            Not flagged / Source / Measured.
        preview: not proven yet, so it runs only with ``--preview`` or when selected by name.
        needs_source: runs only over documents that have a source.
        needs_glossary: checks a glossary, and whoever gives one asks for the rule.
    """

    name: str
    family: str
    category: str
    severity: Severity
    check: Callable[[Analysis, Settings], Iterable[Hit]]
    documentation: str
    preview: bool = False
    needs_source: bool = False
    needs_glossary: bool = False

    @property
    def summary(self) -> str:
        """The first sentence of the documentation."""
        return " ".join(self.documentation.strip().split("\n\n")[0].split())
