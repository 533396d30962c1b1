"""SARIF 2.1.0 (OASIS), within the limits of GitHub's code scanning.

The limits, by GitHub's "SARIF support for code scanning": 25,000 results a run, of which the 5,000
gravest are shown; 10 MB, compressed by gzip; 100 locations shown with a result; 1,024 characters
of a rule's descriptions; 20 tags of a rule. What goes beyond is left out, the mildest first, and
the report says so in a notification.

There is no ``informationUri`` and no ``helpUri``: all of a rule's documentation stands under
``help``, which code scanning shows, and no address that may one day be another's is given.
"""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from mtqa.reports.ranking import (
    MAX_RELATED,
    Level,
    Notice,
    Ranked,
    advise,
    level_of,
    list_notices,
    rank,
    shorten,
)
from mtqa.reports.rows import dump
from mtqa.result import DocumentResult, Place, Result, RuleInfo
from mtqa.text.document import Span
from mtqa.version import __version__

_MAX_RESULTS = 25_000
_MAX_COMPRESSED = 9_500_000  # bytes; leaves room for what the compressor holds back
_MAX_DESCRIPTION = 1024  # characters

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_ROOT = "SRCROOT"
_LINE_ENDS = ["\r\n", "\n", "\r"]  # those that lines are counted by

# What would make a link of a plain message: [text](target).
_LINK = re.compile(r"\](?=\()")
_MARKDOWN = re.compile(r"[\\*\[\]<>&#|]")
_CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)", re.S)


def render(result: Result) -> Iterator[str]:
    """Pieces of the report, in order."""
    rules = list(result.rules.values())
    driver = {
        "name": "mtqa",
        "fullName": f"mtqa {__version__}",
        "semanticVersion": __version__,
        "shortDescription": {"text": "A quality checker for machine-translated news."},
        "rules": [_rule(rule, level_of(result, rule.severity)) for rule in rules],
    }
    root = {_ROOT: {"description": {"text": "The root of the repository."}}}
    yield f'{{"$schema": {dump(_SCHEMA)},\n "version": "2.1.0",\n "runs": [{{\n'
    yield f'  "tool": {{"driver": {dump(driver)}}},\n'
    yield f'  "columnKind": "unicodeCodePoints",\n  "newlineSequences": {dump(_LINE_ENDS)},\n'
    yield f'  "originalUriBaseIds": {dump(root)},\n  "results": ['
    indices = {rule.name: index for index, rule in enumerate(rules)}
    artifacts = {
        path: _artifact(path, result.root)
        for path in (result.relative(one.document.path) for one in result.documents)
    }
    ranked = rank(result)
    compressor = zlib.compressobj(level=1)  # fast, and never smaller than what is uploaded
    written, size = 0, 0
    for one in ranked[:_MAX_RESULTS]:
        piece = (
            ("," if written else "") + "\n   " + dump(_result(one, indices, artifacts[one.path]))
        )
        size += len(compressor.compress(piece.encode()))
        if size > _MAX_COMPRESSED:
            break
        yield piece
        written += 1
    yield f'],\n  "invocations": [{dump(_invocation(result, len(ranked) - written))}]\n}}]}}\n'


def _rule(rule: RuleInfo, level: Level) -> dict[str, Any]:
    sections = rule.documentation.split("\n\n")
    about = " ".join(" ".join(sections[:1] + _body(sections[1:2])).split())
    return {
        "id": rule.name,
        "shortDescription": {"text": rule.summary[:_MAX_DESCRIPTION]},
        "fullDescription": {"text": about[:_MAX_DESCRIPTION]},
        "help": {"text": rule.documentation, "markdown": _markdown(rule.documentation)},
        "defaultConfiguration": {"level": level.value},
        "properties": {
            "tags": [rule.family, rule.category, *(["preview"] if rule.preview else [])],
            "problem.severity": {"note": "recommendation"}.get(level.value, level.value),
        },
    }


def _body(sections: list[str]) -> list[str]:
    """Sections without their headings."""
    return [re.sub(r"\A[^\n]*\n-+\n", "", section) for section in sections]


def _markdown(documentation: str) -> str:
    """The documentation as Markdown, which its headings are already; nothing else is markup."""
    pieces = []
    end = 0
    for code in _CODE.finditer(documentation):
        pieces += [_escape(documentation[end : code.start()]), code[0]]
        end = code.end()
    return "".join((*pieces, _escape(documentation[end:])))


def _escape(text: str) -> str:
    return _MARKDOWN.sub(lambda match: "\\" + match[0], text)


def _result(one: Ranked, indices: Mapping[str, int], artifact: Mapping[str, str]) -> dict[str, Any]:
    document, _, finding, level = one
    message = {"text": _text(advise(finding))}
    row: dict[str, Any] = {
        "ruleId": finding.rule,
        "level": level,
        "message": message,
        "locations": [_location(document, artifact, finding.span)],
        "partialFingerprints": {"mtqaFingerprint/v1": finding.fingerprint},
        "properties": {
            "severity": finding.severity,
            "category": finding.category,
            "confidence": round(finding.confidence, 3),
        },
    }
    if finding.rule in indices:
        row["ruleIndex"] = indices[finding.rule]
    if finding.related:
        row["relatedLocations"] = [
            {
                "id": number,
                **_location(document, artifact, span),
                "message": {"text": _text(shorten(document.text(span)))},
            }
            for number, span in enumerate(finding.related[:MAX_RELATED], 1)
        ]
    suggested = finding.suggestion
    edit = None if suggested is None else document.edit(finding.span, suggested)
    if edit:
        change: dict[str, Any] = {"deletedRegion": _region(edit.place)}
        if edit.text:
            change["insertedContent"] = {"text": edit.text}
        row["fixes"] = [
            {
                "description": message,
                "artifactChanges": [{"artifactLocation": artifact, "replacements": [change]}],
            }
        ]
    return row


def _text(message: str) -> str:
    """The text of a message object, in which nothing is a link or a placeholder (3.11.5, 3.11.6).

    Descriptions of rules are none: they have no arguments that a placeholder could stand for.
    """
    if "]" in message:
        message = _LINK.sub(r"\\]", message)
    if "{" in message or "}" in message:
        message = message.replace("{", "{{").replace("}", "}}")
    return message


def _location(document: DocumentResult, artifact: Mapping[str, str], span: Span) -> dict[str, Any]:
    """A place in the file; in one that is no text, the unit alone."""
    physical: dict[str, Any] = {"artifactLocation": artifact}
    origin = document.document.origin
    if origin is None or origin.file is not None:
        physical["region"] = _region(document.place(span))
    location: dict[str, Any] = {"physicalLocation": physical}
    unit = document.unit(span)
    if unit is not None:
        location["logicalLocations"] = [{"name": unit}]
    return location


def _region(place: Place) -> dict[str, int]:
    _, _, (line, column), (end_line, end_column), _ = place
    return {
        "startLine": line,
        "startColumn": column,
        "endLine": end_line,
        "endColumn": end_column,
    }


def _artifact(path: str, root: str) -> dict[str, str]:
    """A file of the repository by its path from there, any other by its full address."""
    if path.startswith("../"):
        return {"uri": Path(os.path.abspath(os.path.join(root, path))).as_uri()}
    return {"uri": quote(os.fsencode(path)), "uriBaseId": _ROOT}


def _invocation(result: Result, left_out: int) -> dict[str, Any]:
    notes = [_notification(result, notice) for notice in list_notices(result)]
    if left_out:
        words = (
            f"{left_out:,} findings, the mildest, are left out: code scanning takes no more than "
            f"{_MAX_RESULTS:,} and 10 MB."
        )
        notes.append({"level": "warning", "message": {"text": words}})
    row: dict[str, Any] = {"executionSuccessful": not result.problems}
    if notes:
        row["toolExecutionNotifications"] = notes
    return row


def _notification(result: Result, notice: Notice) -> dict[str, Any]:
    row: dict[str, Any] = {
        "descriptor": {"id": notice.name},
        "level": "error",
        "message": {"text": _text(notice.message)},
    }
    if notice.rule in result.rules:
        row["associatedRule"] = {"id": notice.rule}
    if notice.path is not None:
        place: dict[str, Any] = {"artifactLocation": _artifact(notice.path, result.root)}
        if notice.name == "min-sentence-score":
            place["region"] = {"startLine": notice.position.line}
        row["locations"] = [{"physicalLocation": place}]
    return row
