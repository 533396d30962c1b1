"""Quotations and brackets over a whole document, and the marks without a partner.

Newspapers quote over paragraphs, nest quotations and use one character as apostrophe, prime and
quotation mark, so the marks are not counted but read: each may open a quotation, reopen one at the
start of a paragraph, close one, stand for something else (an apostrophe, inches) or stand alone.
Every reading has a cost, and the cheapest reading of the document wins (a Viterbi search over the
stack of open quotations). What stands alone in it is unpaired.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import regex

from mtqa.text.document import Span
from mtqa.text.reporting import find_clause, reporting_verbs


class Side(StrEnum):
    """Which half of a pair a mark is."""

    OPENING = "opening"
    CLOSING = "closing"


class Pair(NamedTuple):
    """Two marks and what is between them.

    Attributes:
        start: offset of the opening mark.
        end: end of the closing mark, exclusive.
        opening: the opening mark.
        closing: the closing mark.
        depth: 0 for the outermost, 1 for a pair within it, and so on.
        reopened: offsets where a quotation of several paragraphs repeats its opening mark.
    """

    start: int
    end: int
    opening: Span
    closing: Span
    depth: int
    reopened: tuple[int, ...] = ()


class Unpaired(NamedTuple):
    """A mark without partner."""

    span: Span
    side: Side


@dataclass(frozen=True, slots=True)
class Quotations:
    """Quotations and brackets of a document, each list in order of the text.

    Attributes:
        pairs: quotations, a nested one after the one that holds it.
        outermost: quotations that stand in no other.
        unpaired: quotation marks without partner.
        brackets: pairs of brackets.
        unpaired_brackets: brackets without partner.
    """

    pairs: tuple[Pair, ...]
    outermost: tuple[Pair, ...]
    unpaired: tuple[Unpaired, ...]
    brackets: tuple[Pair, ...]
    unpaired_brackets: tuple[Unpaired, ...]
    _starts: tuple[int, ...]

    def outermost_at(self, offset: int) -> Pair | None:
        """The outermost quotation whose marks or content hold ``offset``."""
        index = bisect_right(self._starts, offset) - 1
        if index >= 0 and offset < self.outermost[index].end:
            return self.outermost[index]
        return None


def find_quotations(text: str, paragraphs: list[Span], lang: str) -> Quotations:
    """Pair the quotation marks and the brackets of a document.

    Args:
        text: the document.
        paragraphs: its paragraphs in order.
        lang: its language; an unknown one is read by the marks of all languages.
    """
    pairs, unpaired = _pair_quotations(text, paragraphs, lang)
    brackets, unpaired_brackets = _pair_brackets(text, paragraphs)
    outermost = tuple(pair for pair in pairs if pair.depth == 0)
    return Quotations(
        pairs=tuple(pairs),
        outermost=outermost,
        unpaired=tuple(unpaired),
        brackets=tuple(brackets),
        unpaired_brackets=tuple(unpaired_brackets),
        _starts=tuple(pair.start for pair in outermost),
    )


def quotations_within(text: str, span: Span, lang: str) -> Quotations:
    """The quotations and brackets of a part of a text, read by itself; offsets are the text's."""
    found = find_quotations(text[slice(*span)], [Span(0, span.end - span.start)], lang)
    pairs = tuple(_moved(pair, span.start) for pair in found.pairs)
    outermost = tuple(pair for pair in pairs if pair.depth == 0)
    return Quotations(
        pairs=pairs,
        outermost=outermost,
        unpaired=tuple(_shifted(mark, span.start) for mark in found.unpaired),
        brackets=tuple(_moved(pair, span.start) for pair in found.brackets),
        unpaired_brackets=tuple(_shifted(mark, span.start) for mark in found.unpaired_brackets),
        _starts=tuple(pair.start for pair in outermost),
    )


def _moved(pair: Pair, by: int) -> Pair:
    return pair._replace(
        start=pair.start + by,
        end=pair.end + by,
        opening=Span(pair.opening.start + by, pair.opening.end + by),
        closing=Span(pair.closing.start + by, pair.closing.end + by),
        reopened=tuple(offset + by for offset in pair.reopened),
    )


def _shifted(mark: Unpaired, by: int) -> Unpaired:
    return mark._replace(span=Span(mark.span.start + by, mark.span.end + by))


@cache
def quotation_marks(lang: str) -> tuple[str, str, str, str]:
    """Opening and closing mark of a language, then those of a quotation within a quotation.

    Source: CLDR (see ``data/quotation_marks.toml``). An unknown language has the marks of CLDR's
    root, “ ” ‘ ’.
    """
    a, b, c, d = tuple(_all_marks().get(lang, "“”‘’"))
    return a, b, c, d


@cache
def quotes_with_guillemets(lang: str) -> bool:
    """Are « » quotation marks of the language, as its first, second or another accepted style?"""
    return lang in _GUILLEMETS or not {"«", "»"}.isdisjoint(quotation_marks(lang))


# Languages whose printers use « » or » « beside CLDR's marks; chosen by hand, generously, since all
# that hangs on it is which rule reports a mark left alone.
_GUILLEMETS = frozenset(
    "az be bg bs ca cs da de el eo es et eu fi gl hr hu hy it ka kk ky la lt lv mk mn nb nl nn no "
    "pl pt ro sk sl sq sr sv tg tk tr uz vi ar fa he ur".split()
)


@cache
def _all_marks() -> dict[str, str]:
    data = files("mtqa.text").joinpath("data/quotation_marks.toml").read_text("utf-8")
    marks: dict[str, str] = tomllib.loads(data)["marks"]
    return marks


# --- Marks -----------------------------------------------------------------------------------

# Marks of one kind may pair with each other, though not all do so without a cost.
_KINDS = {
    **dict.fromkeys(("“", "”", "„", "‟", '"', "＂", "〝", "〞", "〟", "``", "''", "״"), "double"),
    **dict.fromkeys(("‘", "’", "‚", "‛", "'", "`"), "single"),
    **dict.fromkeys("«»", "guillemet"),
    **dict.fromkeys("‹›", "single guillemet"),
    **dict.fromkeys("「」", "corner"),
    **dict.fromkeys("『』", "white corner"),
    **dict.fromkeys("《》", "title"),
    **dict.fromkeys("〈〉", "single title"),
}
_ONLY_OPEN = frozenset("„‟‚‛〝「『《〈") | {"``"}
_ONLY_CLOSE = frozenset("」』》〉〞〟")
# Styles in use beside those of CLDR: German books print »…«, Polish and Romanian news „…”, and
# typing in ASCII gives ``…'' and `…'.
_MORE_PAIRS = ("»«", "›‹", "„”", "„“", "„\"", "‚'", "‚’", "“”", "‘’", "«»", "‹›", "「」", "『』",
               "《》", "〈〉", '""', "''", "＂＂", "〝〞", "〝〟", "`'", "״״")  # fmt: skip

_MARK = regex.compile(
    r"[“”„‟＂〝〞〟«»‹›「」『』《》〈〉‚‛״]"
    r'|"'
    r"|(?<!')''(?!')(?!\p{L}\p{L}?\b(?<=\p{L}''\p{L}\p{L}?))|``(?!`)"
    # An apostrophe between two letters is part of a word, in every language.
    r"|(?<![\p{L}\p{M}])[‘’'`]|(?<=[\p{L}\p{M}])[‘’'`](?![\p{L}\p{M}])"
)
_QUOTE_CHARACTERS = frozenset("“”„‟＂〝〞〟«»‹›「」『』《》〈〉‚‛‘’'`\"״")
_OPENING_LEFT = frozenset("([{（［【〔<=/+")
_CLOSING_RIGHT = frozenset(")]}）］】〕>.,;:!?…。，、；：！？/=+")
_DASHES = frozenset("-–—―‒‐‑")
# Scripts written without spaces: what stands beside a mark says nothing about its side.
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}ー]")
# Words that drop their first letters in English, and what follows a free apostrophe (by hand).
_ELISION = re.compile(
    r"(?:t(?:is|was|were|will|wasn|isn|aint|il|ill)|em|er|im|cause|cos|coz|cuz|bout|round|fraid"
    r"|nother|neath|gainst|twixt|tween|ere|arf|ow|ave|ello|specially|kay|sup|hood|burbs|flu|phone"
    r"|n|s|d|m|ll|re|ve|t|til)\b",
    re.IGNORECASE,
)
# A mark behind letters that are written together with the next word (and, the, in, like, to, from,
# that), before two letters or more: ה"מומחים".
_HEBREW_PREFIX = regex.compile(
    r"(?<![\u05d0-\u05ea])[\u05d1\u05d4\u05d5\u05db\u05dc\u05de\u05e9]{1,3}"
    r"[\"\u05f4][\u05d0-\u05ea]{2}\Z"
)
_INCHES = regex.compile(
    r"(?<![\d.,+/-])\d{1,3}(?:[.,]\d{1,2}| ?[¼½¾⅛⅜⅝⅞]| \d/\d{1,2})?\Z|[¼½¾⅛⅜⅝⅞]\Z"
)

# Costs of a reading; a mark that stands alone costs 1. The values are ordered, not fitted: they
# say which of two explanations of the same marks is the more likely, and
# tests/text/test_quotations.py holds one document for each choice.
_ALONE = 1.0
_WRONG_FACE = 0.5  # a curly mark that faces the other way: ”text“
_WRONG_SIDE = 0.9  # what stands beside the mark contradicts the reading: word" word
_AFTER_STOP = 0.4  # ," and ." can hardly open anything
_AMBIGUOUS = 0.15
_MIXED = 0.25  # straight and curly in one pair
_NESTED_ALIKE = 0.5  # a quotation within a quotation with the same marks
_CROSSED = 0.5  # a paragraph ends within a quotation and the next does not reopen it
_CROSSED_AGAIN = 0.1
_BLANK = 0.3  # that paragraph is set off by a blank line
_REOPENED_LATE = 0.8  # reopened, though an earlier paragraph of the quotation was not
_FRAGMENT = 0.6  # a title or a few words that run on into the next paragraph
_NARRATED = 1.1  # the paragraph leaves the quotation open after a clause such as: , she said.
_PER_CHARACTER = 1e-5  # of two readings that cost the same, the one with shorter quotations
_BEAM = 2.5
_WIDEST = 10  # readings
_DEEPEST = 3


class _Mark(NamedTuple):
    start: int
    end: int
    form: str
    kind: str
    opens: float  # cost of reading it as an opening mark
    closes: float
    other: float  # cost of reading it as no quotation mark at all, or as one without a partner
    is_mark: bool  # when unpaired: is it a quotation mark (or an apostrophe, a prime)?
    first: bool  # does it stand at the start of a paragraph?
    fragment: bool  # would a quotation that begins here begin within a sentence, as a title does?
    paragraph: int


class _Open(NamedTuple):
    form: str
    kind: str
    fragment: bool
    crossed: int  # 0: one paragraph so far; 1: crossed without reopening; 2: reopened


class _Read(NamedTuple):
    """A step of a reading, linked to the one before it."""

    before: _Read | None
    mark: _Mark
    role: str


_Stack = tuple[_Open, ...]


@cache
def _faces(lang: str) -> dict[str, tuple[float, float]]:
    """Cost of reading each curly mark as opening and as closing in a language."""
    a, b, c, d = quotation_marks(lang)
    opening, closing = {a, c}, {b, d}
    faces: dict[str, tuple[float, float]] = {}
    for mark in "“”‘’«»‹›":
        if (mark in opening) != (mark in closing):
            faces[mark] = (0.0, _WRONG_FACE) if mark in opening else (_WRONG_FACE, 0.0)
        elif mark in opening:
            faces[mark] = (0.0, 0.0)
        else:
            faces[mark] = (0.0, _WRONG_FACE) if mark in "“‘«‹" else (_WRONG_FACE, 0.0)
    for mark in _ONLY_OPEN:
        faces[mark] = (0.0, _WRONG_FACE + _WRONG_SIDE)
    for mark in _ONLY_CLOSE:
        faces[mark] = (_WRONG_FACE + _WRONG_SIDE, 0.0)
    return faces


@cache
def _accepted() -> frozenset[tuple[str, str]]:
    """Pairs of marks that some language uses."""
    pairs = {(pair[0], pair[1]) for pair in _MORE_PAIRS} | {("``", "''"), ("''", "''"), ("״", "״")}
    for marks in _all_marks().values():
        pairs |= {(marks[0], marks[1]), (marks[2], marks[3])}
    return frozenset(pairs)


@cache
def _pair_cost(opening: str, closing: str) -> float:
    if (opening, closing) in _accepted():
        return 0.0
    if (opening in _STRAIGHT) != (closing in _STRAIGHT):
        return _MIXED
    return 0.0 if opening == closing else _MIXED


def accepts_pair(opening: str, closing: str) -> bool:
    """Do the two marks enclose a quotation in some language or house style?"""
    return (opening, closing) in _accepted()


def is_straight(mark: str) -> bool:
    """Is it a mark of the typewriter?"""
    return mark in _STRAIGHT


_STRAIGHT = frozenset({'"', "'", "''", "``", "`", "＂"})


def _marks(text: str, paragraphs: list[Span], lang: str) -> Iterator[_Mark]:
    faces = _faces(lang)
    starts = [paragraph.start for paragraph in paragraphs]
    last_end, last_first = -1, False
    for match in _MARK.finditer(text):
        start, end = match.span()
        form = match.group()
        index = max(0, bisect_right(starts, start) - 1)
        first = start == starts[index] or (last_first and last_end == start)
        if not first and start - starts[index] <= 3:
            # After a bullet or a dash of dialogue.
            first = not any(c.isalnum() for c in text[starts[index] : start])
        mark = _weigh(text, start, end, form, first, index, faces, lang)
        if mark is None:
            continue
        last_end, last_first = end, first
        yield mark


def _neighbour(text: str, position: int, step: int) -> str:
    """The character beside a run of quotation marks; a space at the ends of the text."""
    for _ in range(4):
        if not 0 <= position < len(text):
            return " "
        if text[position] not in _QUOTE_CHARACTERS:
            return text[position]
        position += step
    return " "


def _weigh(
    text: str,
    start: int,
    end: int,
    form: str,
    first: bool,
    paragraph: int,
    faces: dict[str, tuple[float, float]],
    lang: str,
) -> _Mark | None:
    kind = _KINDS[form]
    left = _neighbour(text, start - 1, -1)
    right = _neighbour(text, end, 1)
    gershayim = form in '"״' and "\u0590" <= left <= "\u05ea" and "\u0590" <= right <= "\u05ea"
    if gershayim and not _HEBREW_PREFIX.search(text, max(0, start - 8), end + 2):
        return None  # in an acronym, they stand before its last letter: צה"ל
    opens, closes = faces.get(form, (0.0, 0.0))
    left_edge = left.isspace() or left in _OPENING_LEFT or left in _DASHES or first
    right_edge = right.isspace() or right in _CLOSING_RIGHT or right in _DASHES
    if right == "…" or (right == "." and text[end : end + 2] == ".."):
        right_edge = not left_edge
    if (
        kind in ("corner", "white corner", "title", "single title")
        or _UNSPACED.match(left)
        or _UNSPACED.match(right)
    ):
        pass
    elif kind in ("guillemet", "single guillemet") and left.isspace() and right.isspace():
        pass  # French sets « text » with inner spaces
    elif left_edge and not right_edge:
        closes += _WRONG_SIDE
    elif right_edge and not left_edge:
        opens += _WRONG_SIDE
        if left in ",.!?…" and right.isspace():
            opens += _AFTER_STOP
    elif first:
        closes += _WRONG_SIDE
    elif left_edge and right_edge:
        if left in _DASHES and not right.isspace() and right not in _DASHES:
            opens += _AMBIGUOUS
        elif right in _DASHES and not left.isspace():
            closes += _AMBIGUOUS
        elif right in _CLOSING_RIGHT:
            opens += _AMBIGUOUS
    elif left in ",.!?…":
        opens += _AMBIGUOUS
    elif left == ":":
        closes += _AMBIGUOUS
    other = _ALONE
    is_mark = True
    if kind == "single":
        other, is_mark = _apostrophe(text, start, end, form)
        if start and text[start - 1].isdigit():
            opens += _WRONG_SIDE  # 6'2", 40'
        if form == "’":
            opens += _AMBIGUOUS if opens == 0.0 else 0.3
    elif (
        form in {'"', "''", "”"}
        and not left.isspace()
        and _INCHES.search(text, max(0, start - 8), start)
    ) or gershayim:
        other, is_mark = 0.2, False
    fragment = not first and (right.islower() or _is_fragment(text, start, lang))
    return _Mark(start, end, form, kind, opens, closes, other, is_mark, first, fragment, paragraph)


def _is_fragment(text: str, start: int, lang: str) -> bool:
    """Does a word other than a verb of saying lead up to the mark?"""
    before = text[max(0, start - 24) : start].split()
    if not before or not before[-1][-1].isalnum():
        return False
    return before[-1].lower() not in reporting_verbs(lang)


def _apostrophe(text: str, start: int, end: int, form: str) -> tuple[float, bool]:
    """Cost of reading a single mark as an apostrophe, a prime or a stray character."""
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    if before.isdigit():
        return 0.05, False  # feet, minutes, or the plural of a figure
    if before.isalpha():
        # James’ car, the dogs’ bowls, singin’, Sana’, le temps d’: but also the end of ‘nested’.
        return (0.05 if before in "sSxzXZ" else 0.2), False
    if after.isdigit():
        return 0.05, False  # ’90s
    if after.isalpha():
        if _ELISION.match(text, end):
            return 0.05, False
        if form == "‘":
            return _ALONE, True
        return 0.3, False  # ’Abd al-Rahman, 'Eid, and dialect without end
    if form == "‘":
        return _ALONE, True
    if before in ".,!?…" and not after.isalnum() and form != "`":
        return _ALONE, True
    return 0.3, False


# --- Reading ---------------------------------------------------------------------------------


def _pair_quotations(
    text: str, paragraphs: list[Span], lang: str
) -> tuple[list[Pair], list[Unpaired]]:
    pairs: list[Pair] = []
    unpaired: list[Unpaired] = []
    readings: _Readings = {(): (0.0, None)}
    previous: _Mark | None = None
    for mark in _marks(text, paragraphs, lang):
        gap = _NO_GAP
        if previous is not None and (len(readings) > 1 or () not in readings):
            gap = _between(previous, mark, text, paragraphs, lang)
        readings = _read(readings, mark, gap)
        previous = mark
        if len(readings) == 1 and () in readings:
            _resolve(readings[()][1], pairs, unpaired)
            readings = {(): (0.0, None)}
    cheapest = min(readings.items(), key=lambda item: item[1][0] + _ALONE * len(item[0]))
    _resolve(cheapest[1][1], pairs, unpaired)
    pairs.sort()
    unpaired.sort()
    return pairs, unpaired


class _Gap(NamedTuple):
    """What lies between two marks."""

    length: float  # cost of its characters to a quotation that holds them
    boundaries: int  # how many paragraphs end in it
    blank: bool  # is one of them set off by a blank line, so surely a paragraph, not a segment?
    narrated: float  # cost to a quotation that holds the narrator's clause


_NO_GAP = _Gap(0.0, 0, False, 0.0)
_BLANK_LINE = re.compile(r"\n[ \t\r\u3000]*\n")
_Readings = dict[_Stack, tuple[float, _Read | None]]


def _between(previous: _Mark, mark: _Mark, text: str, paragraphs: list[Span], lang: str) -> _Gap:
    boundaries = mark.paragraph - previous.paragraph
    narrated, blank = 0.0, False
    if boundaries:
        end = paragraphs[mark.paragraph].start
        blank = _BLANK_LINE.search(text, previous.end, mark.start) is not None
        narrated = _NARRATED if find_clause(text, previous.end, end, lang) else 0.0
    return _Gap((mark.start - previous.end) * _PER_CHARACTER, boundaries, blank, narrated)


def _read(readings: _Readings, mark: _Mark, gap: _Gap) -> _Readings:
    """Extend every reading by one mark and keep the likely ones."""
    successors: _Readings = {}
    for stack, (cost, read) in readings.items():
        for role, successor, extra in _roles(stack, mark, gap):
            total = cost + extra
            known = successors.get(successor)
            if known is None or total < known[0]:
                successors[successor] = (total, _Read(read, mark, role))
    best = min(cost for cost, _ in successors.values())
    likely = [
        (cost - best, stack, read)
        for stack, (cost, read) in successors.items()
        if cost - best <= _BEAM
    ]
    if len(likely) > _WIDEST:
        likely = sorted(likely, key=lambda reading: reading[:2])[:_WIDEST]
    return {stack: (cost, read) for cost, stack, read in likely}


def _roles(stack: _Stack, mark: _Mark, gap: _Gap) -> Iterator[tuple[str, _Stack, float]]:
    """What a mark can be to a reading: role, the quotations then open, and the cost."""
    if not stack:
        yield "alone", stack, mark.other
        yield "open", (_Open(mark.form, mark.kind, mark.fragment, 0),), mark.opens
        return
    base = gap.length * len(stack)
    if mark.first and (gap.boundaries or stack[0].crossed == 2):
        for depth, level in enumerate(stack):
            if level.kind == mark.kind:
                reopened = (*stack[:depth], level._replace(crossed=2), *stack[depth + 1 :])
                late = _REOPENED_LATE if level.crossed == 1 or gap.boundaries > 1 else 0.0
                if gap.boundaries > 1 and gap.blank and level.crossed != 1:
                    late += _CROSSED
                if level.fragment and not level.crossed:
                    late += 2 * _FRAGMENT
                again = _CROSSED_AGAIN * max(0, gap.boundaries - 1)
                yield "reopen", reopened, base + mark.opens + gap.narrated + late + again
    if gap.boundaries:
        base += gap.narrated + _CROSSED_AGAIN * (gap.boundaries - 1)
        base += _CROSSED_AGAIN if stack[0].crossed == 1 else _CROSSED
        if stack[0].fragment and not stack[0].crossed:
            base += _FRAGMENT
        if gap.blank and stack[0].crossed != 1:
            base += _BLANK
        if stack[-1].kind == "single":
            base += _CROSSED
        stack = (stack[0]._replace(crossed=1), *stack[1:])
    yield "alone", stack, base + mark.other
    top = stack[-1]
    if top.kind == mark.kind:
        # „ is closed by the mark that opens a quotation in English.
        closes = mark.closes
        if (top.form, mark.form) in _accepted() and top.form in _ONLY_OPEN | {"»", "›", "”", "’"}:
            closes = max(0.0, closes - _WRONG_FACE)
        pair = _pair_cost(top.form, mark.form)
        if pair and not mark.is_mark and mark.kind == "double":
            pair += _ALONE  # “a 12" screen
        yield "close", stack[:-1], base + closes + pair
    if len(stack) < _DEEPEST:
        nested = _NESTED_ALIKE if any(level.kind == mark.kind for level in stack) else 0.0
        yield (
            "open",
            (*stack, _Open(mark.form, mark.kind, mark.fragment, 0)),
            base + mark.opens + nested,
        )


def _resolve(read: _Read | None, pairs: list[Pair], unpaired: list[Unpaired]) -> None:
    """Turn a reading into pairs and marks without partner."""
    steps: list[_Read] = []
    while read is not None:
        steps.append(read)
        read = read.before
    stack: list[tuple[_Mark, list[int]]] = []
    for step in reversed(steps):
        mark = step.mark
        if step.role == "open":
            stack.append((mark, []))
        elif step.role == "close":
            opening, reopened = stack.pop()
            pairs.append(
                Pair(
                    opening.start,
                    mark.end,
                    Span(opening.start, opening.end),
                    Span(mark.start, mark.end),
                    len(stack),
                    tuple(reopened),
                )
            )
        elif step.role == "reopen":
            for opening, reopened in stack:
                if opening.kind == mark.kind:
                    reopened.append(mark.start)
                    break
        elif mark.is_mark:
            side = Side.OPENING if mark.opens < mark.closes else Side.CLOSING
            unpaired.append(Unpaired(Span(mark.start, mark.end), side))
    for opening, reopened in stack:
        if opening.is_mark:
            unpaired.append(Unpaired(Span(opening.start, opening.end), Side.OPENING))
        del reopened


# --- Brackets --------------------------------------------------------------------------------

_BRACKET = regex.compile(r"[()\[\]{}（）［］｛｝【】〔〕]")
_PARTNER = dict(zip("([{（［｛【〔", ")]}）］｝】〕", strict=True))
_ALIKE = str.maketrans("（）［］｛｝", "()[]{}")
# The commoner emoticons of Western and Japanese chat, and none that prose can form: 8) X) are not.
_EMOTICON = regex.compile(
    r"(?<![\p{L}\p{N}])(?:[:;=][-'^o]?[()\[\]{}]+|\((?:[-'^o]?[:;=])(?!\S)|\^_?\^[()])"
)
_INTERVAL = regex.compile(
    r"[\[(\]]\s?[-−+]?[\p{N}.∞a-z]{1,8}\s?[,;]\s?[-−+]?[\p{N}.∞a-z]{1,8}\s?[\])\[]"
)
# The number of a list item: 1) a) iv) (2 12.
_ALNUM = regex.compile(r"[\p{L}\p{N}]")
_NUMERAL = regex.compile(r"(?:\p{Nd}{1,3}(?:\.\p{Nd}{1,2})*|[\p{L}]|[ivx]{1,5}|[IVX]{1,5})\Z")
_BRACKET_REACH = 5  # paragraphs; sentence-per-line files cut a bracket over a few lines


def _pair_brackets(text: str, paragraphs: list[Span]) -> tuple[list[Pair], list[Unpaired]]:
    pairs: list[Pair] = []
    alone: list[Unpaired] = []
    stack: list[tuple[str, int, int]] = []  # bracket, offset, paragraph
    open_of_kind: Counter[str] = Counter()  # by closing bracket
    starts = [paragraph.start for paragraph in paragraphs]
    skip_to = -1
    for match in _BRACKET.finditer(text):
        position = match.start()
        if position < skip_to:
            continue
        interval = _INTERVAL.match(text, position)
        if interval is not None and _PARTNER.get(text[position]) != text[interval.end() - 1]:
            skip_to = interval.end()  # [0, 1)
            continue
        bracket = match.group().translate(_ALIKE)
        index = max(0, bisect_right(starts, position) - 1)
        while stack and index - stack[-1][2] > _BRACKET_REACH:
            opening, start, _ = stack.pop()
            open_of_kind[_PARTNER[opening]] -= 1
            alone.append(Unpaired(Span(start, start + 1), Side.OPENING))
        if bracket in _PARTNER:
            stack.append((bracket, position, index))
            open_of_kind[_PARTNER[bracket]] += 1
            continue
        if not open_of_kind[bracket]:
            alone.append(Unpaired(Span(position, position + 1), Side.CLOSING))
            continue
        while True:
            opening, start, _ = stack.pop()
            open_of_kind[_PARTNER[opening]] -= 1
            if _PARTNER[opening] == bracket:
                break
            alone.append(Unpaired(Span(start, start + 1), Side.OPENING))
        pairs.append(
            Pair(
                start,
                position + 1,
                Span(start, start + 1),
                Span(position, position + 1),
                len(stack),
            )
        )
    alone.extend(Unpaired(Span(offset, offset + 1), Side.OPENING) for _, offset, _ in stack)
    pairs.sort()
    alone.sort()
    return pairs, [
        bracket
        for bracket in alone
        if not _is_list_numeral(text, bracket, starts) and not _is_emoticon(text, bracket)
    ]


def _is_emoticon(text: str, bracket: Unpaired) -> bool:
    position = bracket.span.start
    for start in range(max(0, position - 3), position + 1):
        match = _EMOTICON.match(text, start)
        if match is not None and position < match.end():
            return not text[match.end() : match.end() + 1].isalnum()
    # Russian writes its smile as brackets without eyes: Спасибо))
    return text[position - 1 : position + 1] == "))" or text[position : position + 2] == "))"


def _is_list_numeral(text: str, bracket: Unpaired, starts: list[int]) -> bool:
    """Is it the bracket of ``1)``, ``a)`` or ``(1`` at the start of a paragraph or in a series?"""
    if bracket.side is Side.CLOSING:
        match = _NUMERAL.search(text, max(0, bracket.span.start - 8), bracket.span.start)
        if match is None:
            return False
        start, numeral = match.start(), match.group()
    else:
        match = regex.compile(_NUMERAL.pattern[:-2] + r"(?=[\s.])").match(text, bracket.span.end)
        if match is None:
            return False
        start, numeral = bracket.span.start, match.group()
    before = text[max(0, start - 1) : start]
    if before and not (before.isspace() or before in "([*•·-–—"):
        return False
    index = max(0, bisect_right(starts, start) - 1)
    if not _ALNUM.search(text, starts[index], start):
        return True
    # In running text only as one of a series.
    siblings = _siblings(numeral)
    around = text[max(0, start - 2000) : start + 2000]
    return any(
        regex.search(rf"(?<![\p{{L}}\p{{N}}(]){regex.escape(s)}\)", around) for s in siblings
    )


def _siblings(numeral: str) -> list[str]:
    if numeral.isdecimal():
        number = int(numeral)
        return [str(number - 1), str(number + 1)]
    if len(numeral) == 1:
        return [chr(ord(numeral) - 1), chr(ord(numeral) + 1)]
    return ["i", "ii", "iii", "iv", "v", "vi", "I", "II", "III"]
