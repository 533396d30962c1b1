"""The rules that ship, family by family; `mtqa.rules.catalogue` adds those of other packages."""

from __future__ import annotations

from mtqa.rules.attribution import (
    attribution_duplicated,
    attribution_missing,
    attribution_orphan,
)
from mtqa.rules.estimation import low_score, suspect_span
from mtqa.rules.fidelity import addition, omission
from mtqa.rules.language import mixed_script, untranslated
from mtqa.rules.name import name_mismatch, name_repeated, name_variant
from mtqa.rules.number import number_mismatch
from mtqa.rules.quote import (
    bracket_unbalanced,
    quote_broken,
    quote_mismatch,
    quote_style,
    quote_unbalanced,
)
from mtqa.rules.repetition import (
    repeated_opener,
    repeated_phrase,
    repeated_sentence,
    repeated_word,
)
from mtqa.rules.residue import mojibake, residue_boilerplate, residue_caption, residue_markup
from mtqa.rules.rule import Rule
from mtqa.rules.term import term_glossary, term_inconsistent

RULES: tuple[Rule, ...] = (
    name_variant.RULE,
    name_repeated.RULE,
    name_mismatch.RULE,
    quote_unbalanced.RULE,
    quote_broken.RULE,
    quote_style.RULE,
    quote_mismatch.RULE,
    bracket_unbalanced.RULE,
    attribution_duplicated.RULE,
    attribution_orphan.RULE,
    attribution_missing.RULE,
    repeated_word.RULE,
    repeated_phrase.RULE,
    repeated_sentence.RULE,
    repeated_opener.RULE,
    residue_boilerplate.RULE,
    residue_caption.RULE,
    residue_markup.RULE,
    mojibake.RULE,
    untranslated.RULE,
    mixed_script.RULE,
    number_mismatch.RULE,
    omission.RULE,
    addition.RULE,
    term_glossary.RULE,
    term_inconsistent.RULE,
    low_score.RULE,
    suspect_span.RULE,
)
