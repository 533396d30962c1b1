"""Verbs that report speech, and the clauses built around them."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

import regex


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(
        files("mtqa.text").joinpath("data/reporting_verbs.toml").read_text("utf-8")
    )


@cache
def reporting_verbs(lang: str) -> frozenset[str]:
    """Finite forms (past and present) of the verbs of saying; empty for a language without data."""
    entry = _data().get(lang)
    if entry is None:
        return frozenset()
    if "forms" in entry:
        return frozenset(entry["forms"].split())
    forms: set[str] = set()
    for verb in entry["verbs"].split():
        if verb in entry["irregular"]:
            forms.update(entry["irregular"][verb].split())
        else:
            forms.add(verb + ("d" if verb.endswith("e") else "ed"))
            forms.add(verb + ("es" if verb.endswith(("s", "sh", "ch", "x", "z")) else "s"))
    # Other base forms are too often nouns: claims, reports, comments.
    return frozenset(forms | {"say", "tell"})


@cache
def speaker_pronouns(lang: str) -> frozenset[str]:
    """Pronouns that stand as subject of such a verb."""
    entry = _data().get(lang)
    return frozenset(entry["pronouns"].split()) if entry else frozenset()


@cache
def recipient_verbs(lang: str) -> frozenset[str]:
    """Forms of the verbs whose object is the hearer: told the media."""
    entry = _data().get(lang)
    return frozenset(entry.get("recipient", "").split()) if entry else frozenset()


@cache
def determiners(lang: str) -> frozenset[str]:
    """Words that open a noun phrase: the minister, another witness."""
    entry = _data().get(lang)
    return frozenset(entry.get("determiners", "").split()) if entry else frozenset()


def alternation(words: frozenset[str]) -> str:
    """A regular expression for any of the words, the longest first."""
    return "|".join(sorted(map(regex.escape, words), key=lambda word: (-len(word), word)))


@cache
def _clause(lang: str) -> regex.Pattern[str] | None:
    verbs, pronouns = reporting_verbs(lang), speaker_pronouns(lang)
    if not verbs:
        return None
    verb, pronoun = alternation(verbs), alternation(pronouns)
    if lang == "en":
        # , said Anna Berg / , he said / , the minister told / , Anna Berg, the minister, says
        name = r"(?:\p{Lu}[\p{L}\p{M}.'’-]*+ ){1,5}"
        noun = r"(?:the|a|an|one|another|his|her|their) (?:[\p{L}-]++ ){1,4}?"
        finite = (
            r"(?:said|says|told|added|adds|explained|noted|stated|wrote|asked|replied|stressed)"
        )
        return regex.compile(
            rf"[,?!…—–] ?(?:(?:{verb}) (?:{pronoun}|the|an?|one|\p{{Lu}}[\p{{L}}]+)\b"
            rf"|(?:(?:{pronoun}) |{name}|{noun})(?:also |then |later |has |had )?{finite}\b"
            rf"|, {finite}\.)"
        )
    return regex.compile(rf"[,?!…—–»] ?[—–-]? ?(?:(?:{pronoun}|a|ha|se) )?(?:{verb})\b")


def find_clause(text: str, start: int, end: int, lang: str) -> bool:
    """Does a clause such as ``, she said`` or ``, said Anna Berg`` stand in ``text[start:end]``?"""
    pattern = _clause(lang)
    return pattern is not None and pattern.search(text, start, end) is not None
