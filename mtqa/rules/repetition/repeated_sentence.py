"""A sentence that says again what an earlier sentence has said.

What it finds
-------------
Two sentences of one document that are the same or nearly so: a few words swapped for synonyms, a
word dropped or added, an article changed, a clause moved, or a standfirst and a lead that differ in
little but their tails. The span is the later sentence; the earlier one is related, so that an
editor can keep whichever says more.

Why it matters
--------------
Segments are translated one by one, so what the source says twice on purpose (a standfirst that
becomes the lead, a text block that the page shows twice) comes out as two slightly different
translations of one sentence, and decoders at times repeat a whole sentence.

Example
-------
Bad: The group said it had taken the crossing. ... The movement said that it had taken the crossing.

Good: The group said it had taken the crossing.

Not flagged
-----------
Headlines, captions and other lines without a final stop, which repeat the lead by their nature;
sentences of fewer than five words (*No injuries were reported.*), of five unless they are a copy
with a word more or less; turns of a transcript (*Q. Did you see him?*, *Judge: …* where two
speakers have several); sentences that state different facts: each with a number or a name that the
other lacks (results, prices, medal lists); a quotation and the report of it; a quotation repeated
word for word (a pull quote, a refrain); messages of a program (PO), many of which differ in a word.

Source
------
MQM, Fluency/Duplication. Similarity is chrF by sacrebleu (Popović 2015), computed only for pairs
that share their rarest words and most of their words in order.

Measured
--------
`python bench/rates.py --rule repeated-sentence`: 1.8 and 5.5 hits per 1,000 sentences of machine
translation (WMT21/22 news, MQM newstest2020/21), 1.8 and 4.0 of the human references to them, 3.9
of GUM news (none of them major), 0 of PUD (2.9 on all human news, 1.2 of them major). Of 36
machine hits read 86 % were right, and of the 38 on human news 82 %: what is repeated in the source
is repeated there too. The
four of them with moved clauses are all right. Of 500 sentences of human news repeated with up to a
fifth of the words replaced by words of other meaning, and one dropped, added or an article changed,
99 % were found. Found with chrF at 60 / 63 / 65 / 70: 98 / 98 / 97 / 92 %; hits on human news by
the same bars, before names, numbers and quotation marks are looked at: 40 / 39 / 39 / 38.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache, cached_property
from itertools import chain, pairwise
from typing import TYPE_CHECKING

import regex

from mtqa.config import Settings
from mtqa.result import Severity
from mtqa.rules.rule import Hit, Rule
from mtqa.text.analysis import Analysis
from mtqa.text.document import Span
from mtqa.text.language import function_words
from mtqa.text.lines import shorten

if TYPE_CHECKING:
    from sacrebleu.metrics import CHRF

_SHOWN = 60  # characters of the earlier sentence in a message
# Sentences with fewer words repeat for good reason.
_SHORTEST = 6
# One word fewer, if the sentences are the same but for an article or the like.
_SHORTEST_SAME = 5
# Words by which a sentence looks for its like: the rarest of it that other sentences hold too.
_KEYS = 12
_SHARED_KEYS = 2
_SHARED_SHARE = 0.35  # of those words
# Latest sentences remembered for a word, and candidates compared for a sentence: both bound the
# work on a document that says the same thing thousands of times.
_REMEMBERED = 16
_CANDIDATES = 4
# So many near copies of one sentence are looked up for further ones.
_COPIES = 8
# With more code points it is no sentence, and comparing it would take long.
_LONGEST = 2000

# Two sentences repeat each other when chrF (0 to 100; the better of both directions), the words in
# common order as a share of both sentences (Dice) and of the shorter one reach these bars. The
# first row is for sentences alike from end to end, the second for one that goes on where the other
# stops. The curve over planted repeats and human news is under "Measured".
_BARS = (
    # chrF, share of both, share of the shorter
    (63.0, 0.72, 0.0),
    (70.0, 0.65, 0.78),
)
# Moved clauses: the words that carry meaning, order aside, as a share of both sentences, if each
# has so many of them.
_MOVED_SHARE = 0.8
_MOVED_WORDS = 8
_ALL_MOVED_WORDS = 5  # if they are all the same
_MOVED_CHRF = 55.0
# A speaker's turn in a transcript of a court: Q. Did you see him? A. I did. So are turns under a
# name or an office, where several have more than one: Prosecutor: Did you see him?
_TURN = regex.compile(r"(?:[QA][.:]|(\p{Lu}[\p{L}\p{M}.'’-]*(?: [\p{L}\p{M}.'’-]+){0,3}):)\s")
# From here on two sentences are the same but for a word, which is worse than a paraphrase.
_SAME = 85.0
# The very same sentence is often a pull quote or a refrain, so it weighs less than a near copy.
_IDENTICAL = 99.5

_ENDED = regex.compile(r"[.!?…。！？؟।։።]['’\"”»」』)\]]*\Z")
_QUOTATION_MARK = regex.compile('["“”„‟«»「」『』]')
_NUMBER = regex.compile(r"\p{N}+(?:[.,:]\p{N}+)*")
# A capitalised word in mid-sentence: a name, except in languages that capitalise every noun.
_NAME = regex.compile(r"(?<=[\p{Ll}\p{M}\p{N},;’')] )\p{Lu}[\p{L}\p{M}]+")
_FIRST_WORD = regex.compile(r"\P{L}*(\p{Lu}[\p{L}\p{M}]+)")
_CAPITALISED_NOUNS = frozenset({"de", "lb"})
# Scripts without spaces are compared character by character.
_UNSPACED = regex.compile(
    r"[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}"
    r"\p{Script=Khmer}\p{Script=Myanmar}]"
)


def check(analysis: Analysis, settings: Settings) -> Iterator[Hit]:
    """Sentences that say again what an earlier sentence has said."""
    if analysis.document.messages:
        return
    text, sentences = analysis.text, analysis.sentences
    tokens = _Tokens(analysis)
    # In how many sentences does a word stand?
    spread = Counter(chain.from_iterable(map(tokens.keys, sentences)))
    turns = (_TURN.match(text, paragraph.start) for paragraph in analysis.paragraphs)
    told = Counter(turn[1] for turn in turns if turn and turn[1])
    speakers = {who for who, count in told.items() if count > 1}
    seen: dict[str, list[int]] = {}
    firsts: dict[int, int] = {}  # sentences by the hash of their words
    copies: Counter[int] = Counter()
    for index, sentence in enumerate(sentences):
        if sentence.end - sentence.start > _LONGEST:
            continue
        if not _ENDED.search(text, max(sentence.start, sentence.end - 4), sentence.end):
            continue
        turn = _TURN.match(text, sentence.start)
        if turn and (turn[1] is None or (len(speakers) > 1 and turn[1] in speakers)):
            continue
        keys = tokens.keys(sentence)
        if len(keys) < _SHORTEST - 1:
            continue
        first = firsts.setdefault(hash(" ".join(text[slice(*sentence)].split())), index)
        if first != index:
            if len(tokens.of(sentence)) >= _SHORTEST and not _are_quoted(
                analysis, sentences[first], sentence
            ):
                yield _hit(analysis, sentences[first], sentence, 100.0)
            continue
        shared = sorted((count, key) for key in keys if (count := spread[key]) > 1)[:_KEYS]
        enough = max(_SHARED_KEYS, _SHARED_SHARE * len(shared))
        votes = Counter(chain.from_iterable(seen.get(key, ()) for _, key in shared))
        posted = True
        likely = [(count, other) for other, count in votes.items() if count >= enough]
        for _, other in sorted(likely, reverse=True)[:_CANDIDATES]:
            score = _similarity(analysis, tokens, sentences[other], sentence)
            if score:
                copies[other] += 1
                posted = copies[other] <= _COPIES
                yield _hit(analysis, sentences[other], sentence, score)
                break
        if not posted:
            continue
        for _, key in shared:
            postings = seen.setdefault(key, [])
            postings.append(index)
            if len(postings) > _REMEMBERED:
                del postings[0]


def _hit(analysis: Analysis, earlier: Span, later: Span, score: float) -> Hit:
    worse = _SAME <= score < _IDENTICAL and not (
        _is_quoted(analysis, earlier) or _is_quoted(analysis, later)
    )
    return Hit(
        span=later,
        message=f"The sentence says again what “{shorten(analysis.text[slice(*earlier)], _SHOWN)}” "
        f"has said (chrF {score:.0f}).",
        related=(earlier,),
        severity=Severity.MAJOR if worse else Severity.MINOR,
        confidence=0.95 if score >= _SAME else 0.85,
    )


def _is_quoted(analysis: Analysis, sentence: Span) -> bool:
    """Whether a sentence begins or ends in a quotation: it may be a pull quote, or its source."""
    at = analysis.quotations.outermost_at
    return at(sentence.start) is not None or at(sentence.end - 1) is not None


def _are_quoted(analysis: Analysis, earlier: Span, later: Span) -> bool:
    """Whether two like sentences are a pull quote and its source, or a refrain."""
    at = analysis.quotations.outermost_at
    return at(earlier.start) is not None and at(later.start) is not None


class _Tokens:
    """Lower-case words of a document, by sentence; characters where there are no spaces."""

    def __init__(self, analysis: Analysis) -> None:
        self._words = analysis.words
        self._spaced = not _UNSPACED.search(analysis.alphabet)

    @cached_property
    def names(self) -> frozenset[str]:
        """Names of the document, lower-case."""
        return frozenset(name.lower() for name in _NAME.findall(self._words.text))

    def of(self, sentence: Span) -> list[str]:
        indexes = self._words.within(*sentence)
        words = self._words.lower[indexes.start : indexes.stop]
        if self._spaced:
            return words
        tokens: list[str] = []
        for word in words:
            if _UNSPACED.match(word):
                tokens.extend(word)
            else:
                tokens.append(word)
        return tokens

    def keys(self, sentence: Span) -> set[str]:
        """The tokens; pairs of them where there are no spaces."""
        tokens = self.of(sentence)
        if tokens and not self._spaced and _UNSPACED.match(tokens[0]):
            return {first + second for first, second in pairwise(tokens)}
        return set(tokens)


def _similarity(analysis: Analysis, tokens: _Tokens, earlier: Span, later: Span) -> float | None:
    """chrF of two sentences, or None if they do not repeat each other."""
    from rapidfuzz.distance import LCSseq

    first, second = tokens.of(earlier), tokens.of(later)
    shortest = min(len(first), len(second))
    if shortest < _SHORTEST_SAME:
        return None
    common = LCSseq.similarity(first, second)
    both = 2 * common / (len(first) + len(second))
    shorter = common / min(len(first), len(second))
    bars = [bar for bar, of_both, of_shorter in _BARS if both >= of_both and shorter >= of_shorter]
    if shortest < _SHORTEST:
        bars = [_SAME] if bars and len(first) != len(second) and first[0] == second[0] else []
    elif not bars and _is_moved(first, second, analysis.lang):
        bars.append(_MOVED_CHRF)
    if not bars or _state_different_facts(analysis, earlier, later, tokens.names):
        return None
    one, other = analysis.text[slice(*earlier)], analysis.text[slice(*later)]
    # chrF weighs recall more, so the better direction has the shorter sentence as its reference.
    short, long = sorted((one, other), key=len)
    score: float = _chrf().sentence_score(long, [short]).score
    if score < min(bars):
        return None
    if bool(_QUOTATION_MARK.search(one)) != bool(_QUOTATION_MARK.search(other)):
        return None  # a quotation and the report of it
    if first == second and _are_quoted(analysis, earlier, later):
        return None  # a pull quote, a refrain
    return score


def _is_moved(first: list[str], second: list[str], lang: str) -> bool:
    """Whether two sentences say the same words, clauses in another order."""
    common = function_words(lang)
    if len(set(first) & set(second) - common) < _ALL_MOVED_WORDS - 1:
        return False
    one = Counter(word for word in first if word not in common)
    other = Counter(word for word in second if word not in common)
    total, fewest = one.total() + other.total(), min(one.total(), other.total())
    if fewest >= _ALL_MOVED_WORDS and one == other:
        return True
    return fewest >= _MOVED_WORDS and 2 * (one & other).total() >= _MOVED_SHARE * total


@cache
def _chrf() -> CHRF:
    from sacrebleu.metrics import CHRF

    return CHRF()


def _state_different_facts(
    analysis: Analysis, earlier: Span, later: Span, known: frozenset[str]
) -> bool:
    """Whether each of two sentences has a number or a name that the other lacks."""
    one, other = analysis.text[slice(*earlier)], analysis.text[slice(*later)]
    numbers, other_numbers = set(_NUMBER.findall(one)), set(_NUMBER.findall(other))
    if numbers - other_numbers and other_numbers - numbers:
        return True
    if analysis.lang in _CAPITALISED_NOUNS:
        return False
    letters, other_letters = _letters(one), _letters(other)
    return any(name not in other_letters for name in _names(one, known)) and any(
        name not in letters for name in _names(other, known)
    )


def _names(sentence: str, known: frozenset[str]) -> list[str]:
    """Letters of the names of a sentence; of its first word too if it is a name elsewhere."""
    names = [_letters(name) for name in _NAME.findall(sentence)]
    first = _FIRST_WORD.match(sentence)
    if first and first[1].lower() in known:
        names.append(_letters(first[1]))
    return names


def _letters(sentence: str) -> str:
    """The letters of a text, lower-case, so that Spin Boldak is found in Spinboldak."""
    return "".join(character for character in sentence.lower() if character.isalpha())


RULE = Rule(
    name="repeated-sentence",
    family="repetition",
    category="Fluency/Duplication",
    severity=Severity.MAJOR,
    check=check,
    documentation=__doc__,
)
