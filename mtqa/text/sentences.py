"""Paragraphs and sentences with exact offsets.

Sentences are split by sentencex (Wikimedia, MIT), which is lossless and linear but treats a
quotation, a bracket and what follows a bullet as one unbreakable piece. News quotes whole
paragraphs, so these marks are hidden from it (replaced by spaces, one for one) and given back to
the sentence that they close.
`bench/splitters.py` compares this with sentencex as it is, pysbd, syntok and blingfire.
"""

from __future__ import annotations

import re

import sentencex

from mtqa.text.document import Span

_LINE = re.compile(r"[^\r\n\v\f\x85\u2028\u2029]+")
_LINE_BREAKS = re.compile(r"\r\n|[\r\n\v\f\x85\u2028\u2029]")
_TERMINATED = re.compile(r"[.!?…。！？:;][\"”’'»)\]]*\Z")
_HIDDEN = re.compile("[“”„‟‘’'\"״«»「」『』()•●■\r\n\v\f\x85\u2028\u2029\u00a0\u202f]")
# Closing marks that belong to the sentence before them. A French » may stand off by a space; “ and
# ‘ close in German.
_CLOSERS = re.compile(r"(?:[”\"״’'»」』)\]]|[“‘](?=[\s,.;:]|\Z))*(?:[ \u00a0\u202f]»(?=\s|\Z))?")
# “Is it so?” he asked; 12. mars, 20. yüzyılda. (Sentences in Georgian begin with small letters.)
_GOES_ON = re.compile(r"(?:(?<=[?!…][”\"’'»」』“])|(?<=\d\.))[ \u00a0]+[^\W\d_A-Zა-ჿ]")
_WORDLIKE = re.compile(r"\w")
# What does not end a sentence though sentencex says so: titles that its list lacks (CLDR 46,
# English segmentation suppressions), and the number of an item before the item.
_UNFINISHED = re.compile(
    r"(?:\A|.*\s)(?:Ms|Mx|Messrs|Mmes)\.|[(\[]?(?:\d{1,3}|[A-Za-z])[.)\]]", re.S
)

# A block is hard-wrapped when most of its inner lines are about as long as a terminal is wide and
# break off in mid-sentence.
_WRAPPED_WIDTH = range(40, 121)
_WRAPPED_SHARE = 0.6


def find_paragraphs(text: str) -> list[Span]:
    """Paragraphs of ``text``: lines, or blocks between blank lines where lines are hard-wrapped.

    Returns:
        Spans in order, trimmed of white space, none empty.
    """
    lines: list[Span] = []
    continues: list[bool] = []  # does the line follow the one before without a blank line?
    previous_end = 0
    for match in _LINE.finditer(text):
        line = _trim(text, match.start(), match.end())
        if line.start == line.end:
            continue
        gap = text[previous_end : line.start]
        continues.append(bool(lines) and len(_LINE_BREAKS.findall(gap)) == 1)
        lines.append(line)
        previous_end = line.end
    inner = [line for line, follows in zip(lines, continues[1:], strict=False) if follows]
    wrapped = [
        line
        for line in inner
        if line.end - line.start in _WRAPPED_WIDTH
        and not _TERMINATED.search(text, max(line.start, line.end - 4), line.end)
    ]
    if len(inner) < 2 or len(wrapped) < _WRAPPED_SHARE * len(inner):
        return lines
    blocks: list[Span] = []
    for line, follows in zip(lines, continues, strict=True):
        if follows:
            blocks[-1] = Span(blocks[-1].start, line.end)
        else:
            blocks.append(line)
    return blocks


def split_sentences(text: str, paragraphs: list[Span], lang: str) -> list[Span]:
    """Sentences of ``text``, paragraph by paragraph.

    Args:
        text: the document.
        paragraphs: spans as `find_paragraphs` gives them.
        lang: language code; an unknown one falls back to sentencex's general rules.

    Returns:
        Spans in order, trimmed; what lies between two of them is white space only.
    """
    sentences: list[Span] = []
    for paragraph in paragraphs:
        hidden = _HIDDEN.sub(" ", text[paragraph.start : paragraph.end])
        start = position = paragraph.start
        first = len(sentences)
        for piece in sentencex.segment(lang, hidden):
            position += len(piece)
            end = position - (len(piece) - len(piece.rstrip()))
            if end <= start:
                continue
            end = min(_CLOSERS.match(text, end, paragraph.end).end(), paragraph.end)  # type: ignore[union-attr]
            sentence = _trim(text, start, end)
            if end < paragraph.end and (
                _UNFINISHED.fullmatch(text, *sentence) or _goes_on(text, end)
            ):
                continue
            if len(sentences) > first and not _WORDLIKE.search(text, sentence.start, sentence.end):
                sentences[-1] = Span(sentences[-1].start, sentence.end)
            elif sentence.start < sentence.end:
                sentences.append(sentence)
            start = max(start, end)
        rest = _trim(text, start, paragraph.end)
        if rest.start < rest.end:
            if len(sentences) > first:
                sentences[-1] = Span(sentences[-1].start, rest.end)
            else:
                sentences.append(rest)
    return sentences


def _goes_on(text: str, end: int) -> bool:
    match = _GOES_ON.match(text, end)
    return match is not None and match.group()[-1].islower()


def _trim(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end)
