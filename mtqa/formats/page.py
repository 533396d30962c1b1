"""Which part of a page is its article, told by where its prose stands.

After Readability (Arc90; Mozilla's is under the Apache License 2.0), which readers' views of
browsers use: names of classes that say what is no article, and shares of text that is linked.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from operator import sub
from typing import NamedTuple

# Words in classes and ids of what is no article: `unlikelyCandidates` and `negative` of
# Readability, those of them that are words (a header may hold the headline, extra and remark are
# too vague), their other forms, and the notices that the law has asked for since.
_FURNITURE = frozenset(
    "banner breadcrumb breadcrumbs combx comment comments community consent cookie cookies disqus "
    "footer gdpr menu meta nav navbar navigation newsletter outbrain pager pagination popup promo "
    "recommended related replies rss share sharing shoutbox skyscraper social sponsor "
    "sponsored tags toolbar widget".split()
)
# Words beside which those say nothing: `okMaybeItsACandidate` and `positive` of Readability.
_ARTICLE = frozenset("article body column content entry hentry main post story text".split())
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")

# A paragraph of prose has that many characters, at most a quarter of them linked (Readability
# takes such for part of an article wherever they stand). Those of East Asia count twice.
_PROSE = 80
_LINKED_PROSE = 0.25
_WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")

# A list or group of links of which more is linked leads elsewhere (Readability,
# `_cleanConditionally`); with a heading of the page it does not.
_LINKED = 0.5
_GROUPS = frozenset("div dl form header ol section table ul".split())

# Shares of a page's prose that an element must hold to be the article: one that says that it is,
# and any other. Measured on the pages of trafilatura's and htmldate's tests.
_SAYS_SO = 0.5
_HOLDS_IT = 0.9
# Share of its text, links apart, that it must hold, too: else the page is no article but tables or
# lists, in which there is some prose.
_MOST = 0.5
# Below so much prose one cannot tell (Readability, `DEFAULT_CHAR_THRESHOLD`).
_TELLING = 500
# Blocks that may hold an article; what holds all of a shorter text may be one of its paragraphs.
_CONTAINERS = frozenset(
    "article blockquote body center div form html main section table td".split()
)


class Choice(NamedTuple):
    """What of a page is read.

    Attributes:
        roots: numbers of the elements that are; empty: all are.
        left_out: numbers of those within them that are not.
    """

    roots: frozenset[int] = frozenset()
    left_out: frozenset[int] = frozenset()


ALL = Choice()


class Outline:
    """The blocks of a page, and how much text stands in each.

    Blocks are numbered as they begin.
    """

    def __init__(self) -> None:
        self._names: list[str] = []
        self._parents = array("l")
        self._furniture = bytearray()
        self._shown = array("l")
        self._linked = array("l")
        self._prose = array("l")
        self._links = array("l")
        self._titles = array("l")
        # The paragraph that is open: its block, its characters, those of them that are linked.
        self._at = self._length = self._link = 0

    def begin(self, name: str, parent: int, labels: str) -> None:
        """A block begins.

        Args:
            name: of the element.
            parent: number of the block it stands in; -1: of none.
            labels: its class and id.
        """
        self._names.append(name)
        self._parents.append(parent)
        words = {word.lower() for word in _WORD.findall(labels)}
        self._furniture.append(
            name not in ("html", "body", "main", "article")
            and not words.isdisjoint(_FURNITURE)
            and words.isdisjoint(_ARTICLE)
        )
        self._titles.append(name == "h1")
        for amounts in (self._shown, self._linked, self._prose, self._links):
            amounts.append(0)

    def link(self, block: int) -> None:
        """A link begins in a block."""
        if block >= 0:
            self._links[block] += 1

    def add(self, block: int, text: str, *, linked: bool) -> None:
        """Text that is shown in a block."""
        if block < 0:
            return
        length = len(text) - text.count(" ")
        if not text.isascii():
            length += len(_WIDE.findall(text))
        self._at = block
        self._length += length
        if linked:
            self._link += length

    def end_paragraph(self) -> None:
        """What follows belongs to another paragraph."""
        if self._length:
            self._shown[self._at] += self._length
            self._linked[self._at] += self._link
            if self._length >= _PROSE and self._link <= _LINKED_PROSE * self._length:
                self._prose[self._at] += self._length
        self._length = self._link = 0

    def choose(self) -> Choice:
        """The article: what says that it is and holds most of the prose, else what holds it."""
        outside = bytearray(len(self._names))
        left_out = [block for block, is_out in enumerate(self._find_furniture()) if is_out]
        for block in left_out:
            outside[block] = 1
        kept = self._prose[:]
        plain = array("l", map(sub, self._shown, self._linked))
        for block, parent in enumerate(self._parents):
            if parent >= 0 and outside[parent]:
                outside[block] = 1
            if outside[block]:
                kept[block] = plain[block] = 0
        if sum(kept):
            root = self._find_root(self._total(kept), sum(kept), outside)
            if root is None or self._total(plain)[root] < _MOST * sum(plain):
                roots: tuple[int, ...] = ()
            else:
                roots = (root, *self._find_headline(root, outside))
        else:
            roots = tuple(self._find_named())
        return Choice(frozenset(roots), frozenset(left_out))

    def _total(self, own: array[int]) -> array[int]:
        """What stands in each block and in those within it."""
        total = own[:]
        for block in range(len(total) - 1, 0, -1):
            if self._parents[block] >= 0:
                total[self._parents[block]] += total[block]
        return total

    def _find_furniture(self) -> Iterator[bool]:
        """Of each block, whether it is none of the article."""
        most = sum(self._prose) / 2
        columns = (self._shown, self._linked, self._prose, self._links, self._titles)
        totals = zip(*map(self._total, columns), strict=True)
        for block, (shown, linked, prose, links, titles) in enumerate(totals):
            leads_elsewhere = (
                self._names[block] in _GROUPS
                and not prose
                and not titles
                and links > 1
                and linked > _LINKED * shown
            )
            yield leads_elsewhere or (bool(self._furniture[block]) and prose <= most)

    def _find_root(self, kept: array[int], whole: int, outside: bytearray) -> int | None:
        """The element that is the article.

        Args:
            kept: the prose in each block and those within it.
            whole: that of the page.
            outside: whether each block is furniture, or within it.
        """
        for name in ("article", "main"):
            own = [block for block, its in enumerate(self._names) if its == name]
            root = max(own, key=lambda block: (kept[block], -block), default=None)
            if root is not None and kept[root] >= _SAYS_SO * whole:
                return root
        if whole < _TELLING or not any(outside):
            return None
        holding = (
            block
            for block, name in enumerate(self._names)
            if name in _CONTAINERS and kept[block] >= _HOLDS_IT * whole
        )
        return max(holding, default=None)  # the last is the innermost

    def _find_named(self) -> list[int]:
        """The elements that say that they are the article, of a page without prose."""
        for name in ("article", "main"):
            own = [block for block, its in enumerate(self._names) if its == name]
            if own:
                return own
        return []

    def _find_headline(self, root: int, outside: bytearray) -> tuple[int, ...]:
        """The heading of the page, where it stands before the article and that has none."""
        shown = [
            block
            for block, name in enumerate(self._names)
            if name == "h1" and self._shown[block] and not outside[block]
        ]
        end = next(
            (b for b in range(root + 1, len(self._parents)) if self._parents[b] < root),
            len(self._parents),
        )  # blocks are numbered as they begin, so those within the article follow on it
        if any(root <= block < end for block in shown):
            return ()
        return tuple([block for block in shown if block < root][-1:])
