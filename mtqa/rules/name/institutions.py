"""Institutions that are named with an article here and without it there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from mtqa.result import Severity
from mtqa.rules.name.variant import Variant
from mtqa.text.analysis import Analysis
from mtqa.text.document import Span
from mtqa.text.names import is_no_name

_LINKS = ("of", "for")
_HEAD_LETTERS = 4  # Claudia Mo of Civic Party is no institution
_CONTENT_WORDS = 2  # with more, the article may belong to another word (the Kashima Chamber of …)


def find_lost_articles(analysis: Analysis) -> Iterator[Variant]:
    """Institutions such as the Ministry of (the) Interior, in both ways; English only."""
    if analysis.lang != "en":
        return
    text = analysis.text
    found: dict[tuple[str, str, str], dict[bool, list[Span]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for mention in analysis.names.mentions:
        for link in _LINKS:
            head, _, tail = text[mention.start : mention.end].partition(f" {link} ")
            if not tail:
                continue
            head = head.rsplit(" ", 1)[-1]
            content = tail.removeprefix("the ")
            if (
                len(head) < _HEAD_LETTERS
                or not is_no_name(head, analysis.lang)
                or content.count(" ") >= _CONTENT_WORDS
            ):
                break
            start = mention.end - len(tail) - len(link) - 2 - len(head)
            found[head, link, content][content != tail].append(Span(start, mention.end))
            break
    for (head, link, content), spans in found.items():
        if len(spans) < 2:
            continue
        # A name that has lost its article is the more likely slip where both are as frequent.
        agreed_has_article = len(spans[True]) >= len(spans[False])
        with_article = f"{head} {link} the {content}"
        without = f"{head} {link} {content}"
        agreed, rare = (with_article, without) if agreed_has_article else (without, with_article)
        yield Variant(
            rare,
            agreed,
            tuple(spans[not agreed_has_article]),
            tuple(spans[agreed_has_article]),
            "article",
            Severity.MINOR,
            0.9,
        )
