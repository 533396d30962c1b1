"""A quotation is torn by a misplaced stop, bracket or mark.

What it finds
-------------
- A stop before an editor's insertion, with a new sentence behind it, within a quotation.
- A quotation with nothing in it, doubled marks, a comma or stop on both sides of a closing mark,
  a comma directly behind an opening mark.

Why it matters
--------------
The speaker's sentence falls apart into two that nobody said. It happens when a translation system
takes a bracket for the end of a segment.

Example
-------
Bad: “There is no bread. [imported] The flour comes too late,” the baker said.

Good: “There is no bread, [imported] flour comes too late,” the baker said.

Not flagged
-----------
- Stage directions between sentences: [laughs], [applause], [pause].
- An insertion that begins a sentence: [The] council voted.
- Stop or comma inside or outside a closing mark: both are house styles.

Source
------
Insertions in quotations: The Chicago Manual of Style, chapter 13.

Measured
--------
Hits per 1,000 sentences (`python bench/rates.py --rule quote-broken`): 0.6 and 0.1 on machine
translations (WMT21/22 and MQM 2020/21 news), none on 13,936 sentences of human news and PUD. All 35
machine hits were read and are right: all are marks in a heap, minor. No quotation in the sets is
torn by an insertion, so that part is measured by planting alone: of stops and brackets put into
quotations of clean human documents, 100 % are found (95 % interval 98.7 to 100), 98.7 % at
exactly the right characters (`python bench/planted.py --kind "quotation broken"`).
"""

from __future__ import annotations

from collections.abc import Iterator

import regex

from mtqa.config import Settings
from mtqa.result import Severity
from mtqa.rules.rule import Hit, Rule
from mtqa.text.analysis import Analysis
from mtqa.text.document import Span

# A stop, an insertion in brackets, and the word that follows.
_INSERTION = regex.compile(
    r"(?<=(?P<word>(?<![\p{L}\p{M}\p{N}'’-])[\p{L}\p{M}\p{N}'’-]+))[.!?]\s"
    r"(?P<bracket>\[(?P<inside>\p{L}[^\[\]()\n.!?]{0,40})\]"
    r"|\((?P<aside>\p{L}[^\[\]()\n.!?]{0,40})\))\s"
    r"(?P<next>\p{L}[\p{L}\p{M}'’-]*+)"
)
# What a transcript notes between two sentences: an event, in the present tense, as -ing or as a
# noun. (Chosen by hand: the expressions and gestures that transcripts of interviews and press
# conferences note.)
_DIRECTION = regex.compile(
    r"(?:\p{Ll}+ly )?(?:\p{L}{3,}ing"
    r"|(?:beam|blink|bow|breathe|cackle|chortle|chuckle|clap|clear|cough|crie|cry|frown|gasp|gesture"
    r"|giggle|grimace|grin|groan|growl|grunt|guffaw|hesitate|hold|howl|hug|hum|imitate|interrupt"
    r"|jeer|kiss|laugh|lean|lift|look|mime|moan|mumble|murmur|nod|open|pause|pick|play|point|pound"
    r"|pull|put|raise|read|roll|rub|scoff|scratch|scream|shake|shiver|shout|show|shrug|shudder|sigh"
    r"|sing|sit|smile|smirk|snap|sneeze|snicker|sniff|snort|sob|speak|stand|stop|swallow|switch|take"
    r"|tap|tear|throw|thump|touch|turn|walk|wave|weep|whisper|whistle|wink|wipe|yawn|yell)s"
    r"|applause|laughter|laugh|pause|silence|sic|inaudible|unintelligible|unclear|crosstalk|expletive"
    r"|cheers|boos|tears|break|music|gap|cough|sigh|smile|chuckle|translation|emphasis"
    r"|(?:redact|delet|edit|translat|continu|interrupt|omitt|censor|bleep|remov|cross)ed"
    r"|in \p{Lu}\p{L}+|(?:to|from|via) the \p{L}+)\b"
)
# Words that a sentence does not end with, and words that open one: after a bracket that begins in
# lower case, neither can be meant. (The closed classes of English.)
_NOT_LAST = frozenset(
    """
    a an the and or but nor of to in on at by for from with as than that which who whose if because
    is are was were be been am has have had do does did will would shall should can could may might
    must my your his its our their this these those we they i he she it very not no
    """.split()
)
_FIRST = frozenset(
    """
    The A An And But Or So If When While Because Since Although In On At By For From With As After
    Before This That These Those There Here It He She We They I You My Your His Her Its Our Their
    What Who How Why Where Not No Nobody Nothing Everyone Everybody All Some Many Most Every Each Is
    Are Was Were Will Would Can Could Do Does Did Have Has Had Now Then Today Yesterday Also Only
    """.split()
)
# Words that are no aside by themselves.
_NOT_ASIDE = frozenset(
    "me him her us them you only also already just even still again now here there too "
    "more most many much some few any other such enough".split()
)
_PREPOSITIONS = frozenset(
    "Between Under Over Behind Against During Through Without Among Across Into About Near Beside "
    "Inside Outside Above Below Until Despite".split()
)
# Editors name a group (Iranians, The Taliban fighters); a speaker's label is one person.
_PLURAL = regex.compile(r"(?:The )?(?:\p{L}+ )?\p{L}{3,}s")
# Words that can stand in brackets before a name at the start of a sentence: [the] President.
_BEFORE_NAME = frozenset(
    """
    the a an and but or so our my your his her their its this that these those in on at of to from
    by for with as when if while because since after before then former
    """.split()
)
_ABBREVIATION = regex.compile(
    r"(?-i:\p{Lu}\p{L}{1,2}|\p{L}{1,2}(?<!\b(?:it|us|me|up|so|go|do|ok|he|we)))|approx|etc|dept|univ|assoc|corp|inc|ltd|gov|sen|rep|gen|col|capt|prof|min"
    r"|max|mph|kph|feb|jan|mar|apr|aug|sept|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun|avg|est|fig|vol|vs",
    regex.IGNORECASE,
)
# Two stops of which only one can be right. (?!” and !”, are house styles, .”, is German.)
_COLLISION = regex.compile(r"(?:,[”\"],|,[”\"]\.(?!\.)|(?<!\.)\.[”\"]\.(?!\.))(?=\s|\Z)")
_ABBREVIATED = regex.compile(
    r"(?<!\p{L})(?:\p{L}\.)?\p{L}\.\Z|\b(?:Inc|Ltd|Corp|Co|Jr|Sr|etc|al|No|vs)\.\Z"
)
_DOUBLED = regex.compile(r"““|””|„„|««|»»")
_OPENS_ON_STOP = regex.compile(r"[“„](?:[,;]|\.(?=\s))")
_EMPTY = regex.compile(r"[\s,.;]*\Z")
_LAST_WORD = regex.compile(r"\p{Ll}[\p{L}\p{M}'’-]*\Z")
_FIRST_WORD = regex.compile(r"\p{Ll}[\p{L}\p{M}'’-]*")


def check(analysis: Analysis, settings: Settings) -> Iterator[Hit]:
    """Quotations torn in two, and marks and stops in a heap."""
    yield from _torn_by_insertion(analysis)
    yield from _torn_by_paragraph(analysis)
    yield from _marks_in_a_heap(analysis)


def _torn_by_insertion(analysis: Analysis) -> Iterator[Hit]:
    if analysis.lang != "en":
        return  # German capitals say nothing, and the word lists are English
    for match in _INSERTION.finditer(analysis.text):
        start = match.start("word")
        if _is_torn(match) and analysis.quotations.outermost_at(start) is not None:
            yield Hit(
                span=Span(start, match.end()),
                message=f"The stop before “{match['bracket']}” tears the quotation in two.",
            )


def _is_torn(match: regex.Match[str]) -> bool:
    inside = match["inside"] or match["aside"]
    if _ABBREVIATION.fullmatch(match["word"]) and match["word"].lower() not in _NOT_LAST:
        return False
    if match["word"].lower() in _NOT_LAST:
        return True
    if match["next"][0].islower():
        return match["inside"] is None or inside[0].islower()
    if _DIRECTION.match(inside) or _DIRECTION.match(inside.lower()):
        return False
    if inside[0].isupper():
        # [The] Council voted, [Tom] Smith left, but not [Iranians] Between light and breath.
        return (
            match["inside"] is not None
            and _PLURAL.fullmatch(inside) is not None
            and match["next"] in _FIRST | _PREPOSITIONS
        )
    if match["inside"] is None and not _is_insertion(inside, match["next"]):
        return False  # (round brackets) hold asides
    return match["next"] in _FIRST or inside.lower() not in _BEFORE_NAME


def _is_insertion(inside: str, following: str) -> bool:
    """Whether round brackets hold a piece of the sentence: (only) It, (people) The."""
    words = inside.split()
    if len(words) == 2 and words[0] in ("she", "he", "they", "it", "we"):
        return False  # she smiles
    if len(words) < 3 and words[0] in _NOT_ASIDE | _NOT_LAST:
        return True
    return len(words) == 1 and not inside.endswith("ly") and following in _FIRST


def _torn_by_paragraph(analysis: Analysis) -> Iterator[Hit]:
    """A paragraph ends in the middle of a quoted sentence."""
    text, paragraphs = analysis.text, analysis.paragraphs
    for quotation in analysis.quotations.outermost:
        first = analysis.paragraph_at(quotation.start)
        last = analysis.paragraph_at(quotation.end - 1)
        if last - first != 1:
            continue  # several such lines are verse
        end = paragraphs[first].end
        before = _LAST_WORD.search(text, max(quotation.start, end - 30), end)
        after = _FIRST_WORD.match(text, paragraphs[last].start, quotation.end)
        if before is not None and after is not None and before.start() > paragraphs[first].start:
            yield Hit(
                span=Span(before.start(), after.end()),
                message="The paragraph ends in the middle of a quoted sentence.",
            )


def _marks_in_a_heap(analysis: Analysis) -> Iterator[Hit]:
    text, quotations = analysis.text, analysis.quotations
    paired = {pair.closing.start for pair in quotations.pairs}
    paired |= {pair.opening.start for pair in quotations.pairs}
    for pair in quotations.pairs:
        inside = text[pair.opening.end : pair.closing.start]
        if len(inside) < 4 and _EMPTY.match(inside) and "..." not in inside:
            yield _minor(Span(pair.start, pair.end), "The quotation is empty.")
    for match in _DOUBLED.finditer(text):
        if not (match.start() in paired and match.start() + 1 in paired):
            yield _minor(Span(*match.span()), "The quotation mark stands twice.")
    if analysis.lang != "en":
        return
    for match in _COLLISION.finditer(text):
        if match.start() + 1 in paired and not _ABBREVIATED.search(
            text, max(0, match.start() - 6), match.start() + 1
        ):
            yield _minor(
                Span(*match.span()),
                "Only one of the two stops around the closing mark can be right.",
            )
    for match in _OPENS_ON_STOP.finditer(text):
        yield _minor(Span(*match.span()), "A stop follows directly on the opening mark.")


def _minor(span: Span, message: str) -> Hit:
    return Hit(span=span, message=message, severity=Severity.MINOR)


RULE = Rule(
    name="quote-broken",
    family="quote",
    category="Fluency/Punctuation",
    severity=Severity.MAJOR,
    check=check,
    documentation=__doc__,
)
