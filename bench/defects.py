"""Defects planted into clean documents, one to a copy: what is changed, and where it must be found.

A planter takes a document and a random generator and gives one `Planting`, or None where the
document has no place for its kind of defect. None of them looks at a rule or its word lists.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import day_name, month_name
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from random import Random

from material import Text

from mtqa.text.analysis import Analysis
from mtqa.text.document import Document, Span

_LINES = Path(__file__).parent / "lines"


def read_lines(name: str) -> list[list[str]]:
    """Rows of a file in `lines`, split at tabs, without comments."""
    text = (_LINES / name).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("# ")]


@dataclass(frozen=True, slots=True)
class Planting:
    """One defect in one copy of a document.

    Attributes:
        kind: family of defects.
        variant: the way it was made.
        tag: the circumstances, for a second breakdown.
        start, end, new: ``text[start:end]`` of the clean document gives way to ``new``.
        places: spans of the changed text where a hit counts as found.
        exact: the spans that a hit should have, to the character.
        rules: the rules that may find it.
    """

    kind: str
    variant: str
    tag: str
    start: int
    end: int
    new: str
    places: tuple[Span, ...]
    exact: tuple[Span, ...]
    rules: tuple[str, ...]

    def apply(self, text: str) -> str:
        """The changed copy of ``text``."""
        return text[: self.start] + self.new + text[self.end :]

    def moved(self, span: Span) -> Span:
        """A span of the clean text in the changed copy; one that was edited grows or shrinks."""
        delta = len(self.new) - (self.end - self.start)
        if span.end <= self.start:
            return span
        if span.start >= self.end:
            return Span(span.start + delta, span.end + delta)
        return Span(span.start, span.end + delta)


class Clean:
    """A clean document and what the planters ask of it, found by simple means of their own."""

    def __init__(self, text: Text, vocabulary: frozenset[str]) -> None:
        """``vocabulary``: the words that are no names, see `vocabulary_of`."""
        self.source = text
        self.text = text.text
        self.vocabulary = vocabulary
        self.analysis = Analysis(Document(text.id, text.text, text.lang))

    @property
    def sentences(self) -> list[Span]:
        """Sentences, as mtqa splits them."""
        return self.analysis.sentences

    @property
    def paragraphs(self) -> list[Span]:
        """Paragraphs, as mtqa finds them."""
        return self.analysis.paragraphs

    @cached_property
    def words(self) -> list[Span]:
        """Runs of letters."""
        return [Span(*match.span()) for match in re.finditer(r"[^\W\d_]+", self.text)]

    @cached_property
    def names(self) -> dict[str, list[int]]:
        """Names in two places or more, by form: indices of their words.

        A name is a capitalised word of four letters or more that stands in mid-sentence somewhere
        and that no document of the material has in lower case.
        """
        places: dict[str, list[int]] = {}
        inside = set()
        for index, (start, end) in enumerate(self.words):
            word = self.text[start:end]
            if len(word) < 4 or not (word[0].isupper() and word[1:].islower()):
                continue
            if word.lower() in self.vocabulary or word in _CALENDAR:
                continue
            places.setdefault(word, []).append(index)
            before = self.text[max(0, start - 2) : start]
            if re.fullmatch(r"[\w,;] |.-", before):
                inside.add(word)
        return {
            word: indices
            for word, indices in places.items()
            if word in inside and len(indices) >= 2
        }

    def capitalised(self, index: int) -> bool:
        """Does the word ``index`` exist and begin with a capital letter?"""
        if not 0 <= index < len(self.words):
            return False
        start, end = self.words[index]
        return end - start > 1 and self.text[start].isupper()

    def in_longer_name(self, index: int) -> bool:
        """Does another capitalised word stand directly beside the word ``index``?"""
        start, end = self.words[index]
        left = self.text[max(0, start - 1) : start] in (" ", "-") and self.capitalised(index - 1)
        right = self.text[end : end + 1] in (" ", "-") and self.capitalised(index + 1)
        if left and self.words[index - 1].end != start - 1:
            left = False
        return left or (right and self.words[index + 1].start == end + 1)

    @cached_property
    def pairs(self) -> list[Span]:
        """Two capitalised words side by side that are no common words."""
        pairs = []
        for one, two in pairwise(self.words):
            first, second = self.text[one.start : one.end], self.text[two.start : two.end]
            if self.text[one.end : two.start] != " " or len(first) < 3 or len(second) < 3:
                continue
            if not all(w[0].isupper() and w[1:].islower() for w in (first, second)):
                continue
            if {first.lower(), second.lower()} & self.vocabulary or {first, second} & _CALENDAR:
                continue
            pairs.append(Span(one.start, two.end))
        return pairs

    def is_part(self, span: Span) -> bool:
        """Does another capitalised word stand directly beside ``span``?"""
        before = self.text[max(0, span.start - 30) : span.start]
        after = self.text[span.end : span.end + 2]
        return bool(re.search(r"\b[A-Z][\w’'-]*[ -]$", before) or re.match(r"[ -][A-Z]", after))

    def knows(self, word: str) -> bool:
        """Is ``word`` in the document already, or a common word?"""
        return word.lower() in self.vocabulary or word in self.text


_CALENDAR = frozenset({*day_name, *month_name, "Christmas", "Easter"})


def vocabulary_of(texts: Sequence[Text], least: int = 1) -> frozenset[str]:
    """Words that stand in lower case ``least`` times in ``texts``."""
    words: Counter[str] = Counter()
    for text in texts:
        words.update(match[0] for match in re.finditer(r"\b[^\W\d_]{2,}\b", text.text))
    return frozenset(word for word, count in words.items() if count >= least and word.islower())


Planter = Callable[[Clean, Random], Planting | None]


# --- names respelled -----------------------------------------------------------------------------

# What transliteration tables of Arabic, Cyrillic, Chinese and Indian scripts confuse: a pattern and
# what takes its place, away from the first letter.
_V, _C = "[aeiouy]", "[bcdfghjklmnpqrstvwxz]"
_ALONE = rf"(?<={_C}){{}}(?={_C})"  # a vowel between two consonants
_SWAPS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "vowel": tuple((_ALONE.format(old), new) for old, new in ("ae", "ea", "ou", "uo", "ie", "ei")),
    "kh/h": (("kh", "h"), ("kh", "k"), (rf"(?<={_V})h(?={_V})", "kh")),
    "q/k": (("q", "k"), ("q", "g"), ("(?<!c)k(?!h)", "q")),
    "ou/u": (
        ("ou", "u"), ("oo", "u"), ("ou", "oo"),
        (_ALONE.format("u"), "ou"), (_ALONE.format("u"), "oo"),
    ),
    "ee/i": (("ee", "i"), (_ALONE.format("i"), "ee")),
    "y/i": (
        ("iy$", "y"), ("ii$", "i"), ("y$", "i"), (rf"(?<={_C})i$", "y"),
        (_ALONE.format("y"), "i"), (rf"(?<={_C})i(?={_V})", "y"),
    ),
    "-ov/-off": (
        ("ov$", "off"), ("ev$", "eff"), ("ov$", "ow"), ("off$", "ov"),
        ("sky$", "ski"), ("ski$", "sky"), ("skiy$", "sky"),
    ),
    "zh/j": (("zh", "j"), (rf"j(?={_V})", "zh"), (rf"(?<={_V})j(?={_V})", "dj"), ("dj", "j")),
    "ts/c": (
        ("ts", "c"), ("tz", "ts"), ("ts", "tz"), (rf"(?<={_V})ch", "tch"), ("c(?=[ei])", "ts"),
    ),
    "w/v": (("w", "v"), ("v", "w")),
    "c/k": (("c(?=[aou])", "k"), ("(?<!c)k(?=[aou])", "c"), ("ck", "k")),
    "ph/f": (("ph", "f"), ("f", "ph")),
    "sh/ch": (("(?<!c)sh", "ch"), ("(?<!s)ch", "sh"), ("sh", "s"), ("sch", "sh")),
    "ai/ay": (("ai", "ay"), ("ay", "ai"), ("ei", "ey"), ("ey", "ei"), ("ai", "ei")),
    "h": (
        (rf"(?<={_V})h(?={_C}|$)", ""), ("(?<=[bdgkt])h", ""),
        (rf"(?<=[bdgkt])(?={_V})", "h"), ("(?<=[ae])$", "h"),
    ),
}  # fmt: skip
_LOWER = "abcdefghijklmnopqrstuvwxyz"
_ACCENTS = {
    "a": "áàâä",
    "e": "éèêë",
    "i": "íï",
    "o": "óôö",
    "u": "úü",
    "c": "çč",
    "s": "š",
    "n": "ñ",
    "z": "ž",
}


def _swap(pairs: Sequence[tuple[str, str]]) -> Callable[[str, Random], str | None]:
    def respell(word: str, draw: Random) -> str | None:
        options = [
            word[: match.start()] + new + word[match.end() :]
            for pattern, new in pairs
            for match in re.finditer(pattern, word)
            if match.start() > 0
        ]
        return draw.choice(options) if options else None

    return respell


def _double(word: str, draw: Random) -> str | None:
    doubled = [i for i in range(1, len(word) - 1) if word[i] == word[i + 1]]
    if doubled and draw.random() < 0.5:
        at = draw.choice(doubled)
        return word[:at] + word[at + 1 :]
    single = [
        i
        for i in range(1, len(word))
        if word[i] in "bdfglmnprstz" and word[i - 1] != word[i] and word[i : i + 2] != word[i] * 2
    ]
    if not single:
        return None
    at = draw.choice(single)
    return word[:at] + word[at] + word[at:]


def _diacritic(word: str, draw: Random) -> str | None:
    bare = "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
    if bare != word:
        return bare
    places = [i for i in range(1, len(word)) if word[i] in _ACCENTS]
    if not places:
        return None
    at = draw.choice(places)
    return word[:at] + draw.choice(_ACCENTS[word[at]]) + word[at + 1 :]


def _substitute(word: str, draw: Random) -> str | None:
    at = draw.randrange(1, len(word))
    return word[:at] + draw.choice(_LOWER.replace(word[at], "")) + word[at + 1 :]


def _insert(word: str, draw: Random) -> str | None:
    at = draw.randrange(1, len(word) + 1)
    return word[:at] + draw.choice(_LOWER) + word[at:]


def _delete(word: str, draw: Random) -> str | None:
    at = draw.randrange(1, len(word))
    return word[:at] + word[at + 1 :]


def _transpose(word: str, draw: Random) -> str | None:
    places = [i for i in range(1, len(word) - 1) if word[i] != word[i + 1]]
    if not places:
        return None
    at = draw.choice(places)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


RESPELLINGS: Mapping[str, Callable[[str, Random], str | None]] = {
    **{name: _swap(pairs) for name, pairs in _SWAPS.items()},
    "doubled letter": _double,
    "diacritic": _diacritic,
}
MISSPELLINGS: Mapping[str, Callable[[str, Random], str | None]] = {
    "letter changed": _substitute,
    "letter added": _insert,
    "letter dropped": _delete,
    "letters transposed": _transpose,
}


def _variant_of_name(
    kind: str, variant: str, tag: str, span: Span, new: str, mentions: Sequence[Span]
) -> Planting:
    exact = Span(span.start, span.start + len(new))
    places = [exact]
    if len(mentions) == 2:  # then either form may be the wrong one
        (other,) = (mention for mention in mentions if mention != span)
        delta = len(new) - (span.end - span.start) if other.start > span.start else 0
        places.append(Span(other.start + delta, other.end + delta))
    return Planting(
        kind, variant, tag, span.start, span.end, new, tuple(places), (exact,), ("name-variant",)
    )


def _respelled(kind: str, variant: str) -> Planter:
    respell = (RESPELLINGS | MISSPELLINGS)[variant]
    # An edit of one letter tells something of a long name only.
    shortest = 5 if variant in MISSPELLINGS else 4

    def plant(document: Clean, draw: Random) -> Planting | None:
        names = [name for name in document.names if len(name) >= shortest]
        draw.shuffle(names)
        for name in names:
            new = respell(name, draw)
            if new is None or new == name or document.knows(new):
                continue
            indices = document.names[name]
            index = draw.choice(indices)
            start, end = document.words[index]
            long = document.in_longer_name(index)
            others = any(document.in_longer_name(other) for other in indices if other != index)
            tag = "in a longer name" if long else ("surname alone" if others else "single word")
            if len(indices) == 2:
                tag += ", twice"
            mentions = [document.words[i] for i in indices]
            return _variant_of_name(kind, variant, tag, Span(start, end), new, mentions)
        return None

    return plant


def _two_part_names(document: Clean) -> list[list[Span]]:
    """Mentions of names of two capitalised words that stand twice or more, name by name."""
    pairs: dict[str, list[Span]] = {}
    for span in document.pairs:
        pairs.setdefault(document.text[span.start : span.end], []).append(span)
    return [mentions for mentions in pairs.values() if len(mentions) >= 2]


def _joined(variant: str) -> Planter:
    def plant(document: Clean, draw: Random) -> Planting | None:
        names = _two_part_names(document)
        if not names:
            return None
        mentions = draw.choice(names)
        span = draw.choice(mentions)
        first, second = document.text[span.start : span.end].split()
        new = {
            "joined": first + second.lower(),
            "joined, capital kept": first + second,
            "hyphen for the space": f"{first}-{second}",
        }[variant]
        if document.knows(new):
            return None
        tag = "within a longer name" if document.is_part(span) else "two-part name"
        return _variant_of_name("name joined or split", variant, tag, span, new, mentions)

    return plant


def _split(variant: str) -> Planter:
    def plant(document: Clean, draw: Random) -> Planting | None:
        names = [name for name in document.names if len(name) >= 7]
        if not names:
            return None
        name = draw.choice(names)
        mentions = [document.words[index] for index in document.names[name]]
        at = draw.randrange(3, len(name) - 2)
        head, tail = name[:at], name[at:]
        new = {
            "split": f"{head} {tail.capitalize()}",
            "split, small letter": f"{head} {tail}",
            "split by hyphen": f"{head}-{tail}",
        }[variant]
        span = draw.choice(mentions)
        return _variant_of_name("name joined or split", variant, "one word", span, new, mentions)

    return plant


# --- marks removed -------------------------------------------------------------------------------

_CURLY = re.compile(r"“[^“”\n]{3,}”")
_STRAIGHT = re.compile(r'(?<!\w)"[^"\n]{3,}"')
_BRACKETS = re.compile(r"\([^()\n]{3,}\)|\[[^\[\]\n]{3,}\]")


def _quotation_unclosed(style: str, side: str) -> Planter:
    pattern = _CURLY if style == "curly" else _STRAIGHT

    def plant(document: Clean, draw: Random) -> Planting | None:
        text = document.text
        found = []
        for paragraph, following in pairwise([*document.paragraphs, Span(len(text), len(text))]):
            piece = text[paragraph.start : paragraph.end]
            if style == "straight" and (piece.count('"') % 2 or "“" in piece):
                continue
            if style == "curly" and (piece.count("“") != piece.count("”") or '"' in piece):
                continue
            # A quotation that the next paragraph takes up may stand open at the end of this one.
            if side == "close" and text[following.start : following.start + 1] in ("“", '"'):
                continue
            found += [
                Span(paragraph.start + m.start(), paragraph.start + m.end())
                for m in pattern.finditer(piece)
            ]
        if not found:
            return None
        quotation = draw.choice(found)
        place = Span(quotation.start, quotation.end - 1)
        if side == "close":
            at, exact = quotation.end - 1, Span(quotation.start, quotation.start + 1)
        else:
            at, exact = quotation.start, Span(quotation.end - 2, quotation.end - 1)
        return Planting(
            "quotation mark removed", f"{style}, {side}", "", at, at + 1, "",
            (place,), (exact,), ("quote-unbalanced", "quote-style"),
        )  # fmt: skip

    return plant


def _bracket_dropped(side: str) -> Planter:
    def plant(document: Clean, draw: Random) -> Planting | None:
        found = [Span(*m.span()) for m in _BRACKETS.finditer(document.text)]
        if not found:
            return None
        pair = draw.choice(found)
        if side == "close":
            at, exact = pair.end - 1, Span(pair.start, pair.start + 1)
        else:
            at, exact = pair.start, Span(pair.end - 2, pair.end - 1)
        return Planting(
            "bracket dropped", side, document.text[pair.start], at, at + 1, "",
            (Span(pair.start, pair.end - 1),), (exact,), ("bracket-unbalanced",),
        )  # fmt: skip

    return plant


def _stop_and_bracket(document: Clean, draw: Random) -> Planting | None:
    """A full stop and a bracketed word fall into a quotation."""
    found = []
    for match in _CURLY.finditer(document.text):
        inner = [m.start() + match.start() for m in re.finditer(r"(?<=[a-z]) (?=[a-z])", match[0])]
        found += inner[3:-3]
    if not found:
        return None
    at = draw.choice(found)
    new = f". [{draw.choice(('government', 'the group', 'country', 'the people', 'officials'))}] "
    new += document.text[at + 1].upper()
    whole = Span(at, at + len(new))
    before, after = (
        next(span for span in document.words if span.end == at),
        next(span for span in document.words if span.start == at + 1),
    )
    delta = len(new) - 2
    bracket = Span(at + 2, at + len(new) - 2)
    exact = (Span(before.start, after.end + delta), whole, Span(at, whole.end - 2), bracket)
    return Planting(
        "quotation broken", "stop and bracket", new[2:-2], at, at + 2, new,
        (whole,), exact, ("quote-broken",),
    )  # fmt: skip


def _style(document: Clean, draw: Random) -> Planting | None:
    found = [Span(*m.span()) for m in _CURLY.finditer(document.text)]
    if not found:
        return None
    pair = draw.choice(found)
    at = draw.choice((pair.start, pair.end - 1))
    return Planting(
        "quotation mark of another style", "one curly mark made straight", "", at, at + 1, '"',
        (pair,), (Span(pair.start, pair.start + 1), Span(pair.end - 1, pair.end), pair),
        ("quote-style", "quote-unbalanced"),
    )  # fmt: skip


# --- attributions --------------------------------------------------------------------------------

_VERB = r"(?:said|says|told|added|explained|noted|stated|stressed|announced|wrote|warned|insisted)"
_NAME = r"(?:[A-Z][\w’'-]*\w)(?: (?:al-|bin |de |von )?[A-Z][\w’'-]*\w){0,3}"
_ATTRIBUTED = re.compile(
    rf"[“\"](?P<quotation>[^“”\"\n]{{15,}}[,?!])[”\"]"
    rf"(?P<attribution> (?:{_VERB} (?P<after>{_NAME})|(?P<before>{_NAME}) {_VERB}\b)[^“”\"\n.]*)\."
)
_NO_NAMES = frozenset({"He", "She", "They", "I", "We", "It", "The", "A", "Ms", "Mr", "Mrs", "Dr"})


def _begins(text: str, at: int) -> bool:
    return not text[:at].rstrip() or bool(
        re.search(r"(\n|[.!?][”\"]?) ?$", text[max(0, at - 4) : at])
    )


def _attribution_doubled(variant: str) -> Planter:
    def plant(document: Clean, draw: Random) -> Planting | None:
        text = document.text
        found = [
            match
            for match in _ATTRIBUTED.finditer(text)
            if not _NO_NAMES & set((match["after"] or match["before"]).split())
            # In front there is room for another attribution only where a sentence begins.
            and (not variant.startswith("before") or _begins(text, match.start()))
        ]
        if not found:
            return None
        match = draw.choice(found)
        name = match["after"] or match["before"]
        surname = name.split()[-1].removesuffix("’s").removesuffix("'s")
        attribution = Span(*match.span("attribution"))
        stop, begin = match.end() - 1, match.start()
        if variant == "other spelling":
            respell = RESPELLINGS[draw.choice(("vowel", "doubled letter", "h"))]
            other = respell(surname, draw) if len(surname) > 3 else None
            if other is None:
                return None
            surname = other
        at, new = {
            "after, surname": (stop + 1, f" {surname} said."),
            "after, full name": (stop + 1, f" {name} said."),
            "after, said first": (stop + 1, f" said {surname}."),
            "inline": (stop, f", {surname} said"),
            "inline, pronoun": (stop, ", he said"),
            "after, pronoun": (stop + 1, " He said."),
            "before": (begin, f"{name} said, "),
            "before, colon": (begin, f"{surname} said: "),
            "before, told": (begin, f"{surname} told the media, "),
            "before, pronoun": (begin, draw.choice(("He said, ", "She added: "))),
            "appositive": (stop, f", a local official, {surname} said"),
            "appositive, after": (stop + 1, f" {surname}, who lives in the area, said."),
            "other spelling": (stop + 1, f" {surname} said."),
            "stray bracket": (stop + 1, f" {surname}) said."),
        }[variant]
        added = Span(at, at + len(new))
        old = (
            attribution
            if at >= attribution.end
            else Span(attribution.start + len(new), attribution.end + len(new))
        )
        head = len(new) - len(new.lstrip(" ,"))
        tail = len(new) - len(new.rstrip(" ,:"))
        trimmed = Span(added.start + head, added.end - tail)
        exact = [trimmed, Span(trimmed.start, trimmed.end - new.endswith("."))]
        if variant == "appositive":  # the second clause alone
            exact.append(Span(added.start + new.index(surname), added.end))
        # Either of the two may be called the doubled one.
        clause = re.match(rf" (?:{_VERB} {_NAME}|{_NAME} {_VERB})", match["attribution"])
        assert clause
        exact += [Span(old.start + 1, old.start + clause.end()), Span(old.start + 1, old.end)]
        return Planting(
            "attribution doubled", variant, "", at, at, new, (added, old), tuple(exact),
            ("attribution-duplicated", "attribution-orphan"),
        )  # fmt: skip

    return plant


# --- repetition ----------------------------------------------------------------------------------

_SYNONYMS = dict(read_lines("synonyms.tsv"))
_ADVERBS = ("recently", "reportedly", "again", "clearly", "already", "finally", "once more", "now")
_TAILS = (
    " according to local media",
    " as the situation continues to develop",
    " despite earlier promises",
    " since the beginning of the year",
    " which has drawn much attention",
)


def _swap_words(words: list[str], draw: Random, share: float) -> bool:
    places = [i for i, word in enumerate(words) if word in _SYNONYMS and i]
    if len(places) < 1:
        return False
    for i in draw.sample(places, max(1, min(len(places), round(share * len(words))))):
        words[i] = _SYNONYMS[words[i]]
    return True


def _paraphrase(sentence: str, variant: str, document: Clean, draw: Random) -> str | None:
    """The sentence with small changes; None where it does not lend itself to them."""
    words = sentence.split(" ")
    if variant.startswith("synonyms"):
        if not _swap_words(words, draw, 0.12):
            return None
    elif variant == "a word dropped":
        places = [i for i in range(2, len(words) - 1) if words[i].islower() and words[i].isalpha()]
        if not places:
            return None
        del words[draw.choice(places)]
    elif variant == "an adverb added":
        words.insert(draw.randrange(2, len(words) - 1), draw.choice(_ADVERBS))
    elif variant == "a word changed":
        places = [i for i in range(1, len(words) - 1) if words[i].islower() and len(words[i]) > 4]
        others = re.findall(r"\b[a-z]{5,}\b", document.text)
        if not places or not others:
            return None
        words[draw.choice(places)] = draw.choice(others)
    elif variant == "tail cut":
        words = words[: -max(2, round(0.2 * len(words)))]
        words[-1] = words[-1].rstrip(",;:") + "."
    elif variant == "tail added":
        words[-1] = words[-1].rstrip(".") + draw.choice(_TAILS) + "."
    elif variant == "several":
        if not _swap_words(words, draw, 0.08):
            return None
        words.insert(draw.randrange(2, len(words) - 1), draw.choice(_ADVERBS))
        words[-1] = words[-1].rstrip(".") + draw.choice(_TAILS) + "."
    changed = " ".join(words)
    return changed if variant == "unchanged" or changed != sentence else None


def _sentence_repeated(variant: str, place: str) -> Planter:
    def plant(document: Clean, draw: Random) -> Planting | None:
        text, sentences = document.text, document.sentences
        candidates = [
            i
            for i, (start, end) in enumerate(sentences)
            if 10 <= len(text[start:end].split()) <= 45
            and text[end - 1] == "."
            and not set('“”"()') & set(text[start:end])
        ]
        if not candidates or len(sentences) < 4:
            return None
        index = draw.choice(candidates)
        span = sentences[index]
        changed = _paraphrase(text[span.start : span.end], variant, document, draw)
        if changed is None:
            return None
        ends = [paragraph.end for paragraph in document.paragraphs]
        if place == "next":
            at, new = span.end, " " + changed
        elif place == "next paragraph":
            at, new = ends[document.analysis.paragraph_at(span.start)], "\n\n" + changed
        else:
            own = document.analysis.paragraph_at(span.start)
            far = [end for i, end in enumerate(ends) if abs(i - own) >= 3]
            if not far:
                return None
            at, new = draw.choice(far), "\n\n" + changed
        copy = Span(at + len(new) - len(changed), at + len(new))
        original = span if at >= span.end else Span(span.start + len(new), span.end + len(new))
        return Planting(
            "sentence repeated", variant, place, at, at, new,
            (copy, original), (copy, original), ("repeated-sentence",),
        )  # fmt: skip

    return plant


_LEGIT_DOUBLE = frozenset(
    {"had", "that", "very", "bye", "so", "no", "is", "his", "her", "really", "many", "much", "long"}
)


def _word_doubled(document: Clean, draw: Random) -> Planting | None:
    places = [
        span
        for span in document.words
        if span.end - span.start >= 2
        and document.text[span.start : span.end].islower()
        and document.text[span.start : span.end] not in _LEGIT_DOUBLE
        and document.text[span.end : span.end + 1] == " "
    ]
    if not places:
        return None
    start, end = draw.choice(places)
    new = " " + document.text[start:end]
    whole, second = Span(start, end + len(new)), Span(end + 1, end + len(new))
    return Planting(
        "word doubled", "word doubled", "", end, end, new,
        (whole,), (whole, second, Span(end, end + len(new))), ("repeated-word", "repeated-phrase"),
    )  # fmt: skip


def _phrase_looped(joint: str, times: int) -> Planter:
    def plant(document: Clean, draw: Random) -> Planting | None:
        text = document.text
        length = draw.randrange(3, 7)
        places = []
        for i in range(len(document.words) - length):
            start, end = document.words[i].start, document.words[i + length - 1].end
            piece = text[start:end]
            plain = re.fullmatch(r"[\w’' -]+", piece) and len(piece.split()) == length
            if plain and piece[0].islower() and text[end : end + 1] in " .,":
                places.append(Span(start, end))
        if not places:
            return None
        start, end = draw.choice(places)
        new = (joint + text[start:end]) * times
        whole = Span(start, end + len(new))
        return Planting(
            "phrase looped", f"{joint!r} ×{times + 1}", f"{length} words", end, end, new,
            (whole,), (whole, Span(end + len(joint), whole.end), Span(end, whole.end)),
            ("repeated-phrase", "repeated-word"),
        )  # fmt: skip

    return plant


def _word_at(text: str, at: int) -> str:
    match = re.compile(r"[^\W\d_]+").match(text, at)
    return match[0] if match else ""


def _opener(document: Clean, draw: Random) -> Planting | None:
    text = document.text
    connective = draw.choice(("However", "Moreover", "In addition", "Therefore", "Meanwhile"))
    places = [
        (one, two)
        for one, two in pairwise(document.sentences)
        if text[one.start : one.start + 1].isupper()
        and text[two.start : two.start + 1].isupper()
        and two.end - two.start > 30
        and one.end - one.start > 30
        and text[one.end - 1] == "."
        and not set('“”"') & set(text[one.start : two.end])
    ]
    if not places:
        return None
    one, two = draw.choice(places)
    head = f"{connective}, "
    first, second = (
        text[at : at + 1].lower() if _word_at(text, at).lower() in document.vocabulary else text[at]
        for at in (one.start, two.start)
    )
    new = head + first + text[one.start + 1 : two.start] + head + second
    again = one.start + len(new) - 1 - len(head)
    return Planting(
        "opener repeated", connective, "", one.start, two.start + 1, new,
        (Span(one.start, one.start + len(connective)), Span(again, again + len(connective))),
        (Span(again, again + len(connective)), Span(again, again + len(connective) + 1)),
        ("repeated-opener",),
    )  # fmt: skip


# --- residue -------------------------------------------------------------------------------------


def _line_at(document: Clean, draw: Random, where: str, line: str) -> tuple[int, str, Span]:
    if where == "end":
        at, new = len(document.text.rstrip()), "\n\n" + line
    elif where == "start":
        at, new = 0, line + "\n\n"
    else:
        at, new = draw.choice(document.paragraphs[:-1]).end, "\n\n" + line
    offset = at + new.index(line)
    return at, new, Span(offset, offset + len(line))


def _furniture(where: str) -> Planter:
    lines = read_lines("furniture.tsv")

    def plant(document: Clean, draw: Random) -> Planting | None:
        if len(document.paragraphs) < 3:
            return None
        lang, line = draw.choice(lines)
        at, new, span = _line_at(document, draw, where, line)
        return Planting(
            "page furniture", where, f"{'en' if lang == 'en' else 'other languages'}", at, at, new,
            (span,), (span,), ("residue-boilerplate", "residue-caption"),
        )  # fmt: skip

    return plant


_SECTIONS = (
    " | Taliban News",
    " | World News",
    " | Coronavirus pandemic News",
    " | Football News | Sky Sports",
    " - BBC News",
    " – The Daily Herald",
    " | Reuters",
    " | Politics",
    " - Xinhua | English.news.cn",
    " | The Guardian",
    " | AP News",
    " » Kyiv Post",
)


def _headline_section(document: Clean, draw: Random) -> Planting | None:
    first = document.paragraphs[0]
    if len(document.paragraphs) < 3 or first.end - first.start > 130:
        return None
    if document.text[first.end - 1] in '.”"':
        return None
    new = draw.choice(_SECTIONS)
    span = Span(first.end, first.end + len(new))
    bare = Span(span.start + 1, span.end)
    return Planting(
        "page furniture", "section on the headline", new, first.end, first.end, new,
        (span,), (span, bare, Span(span.start + 3, span.end)), ("residue-boilerplate",),
    )  # fmt: skip


def _caption(document: Clean, draw: Random) -> Planting | None:
    (line,) = draw.choice(read_lines("captions.txt"))
    if len(document.paragraphs) < 3:
        return None
    at, new, span = _line_at(document, draw, "middle", line)
    return Planting(
        "caption", "caption or credit", line, at, at, new,
        (span,), (span,), ("residue-caption", "residue-boilerplate"),
    )  # fmt: skip


_MARKUP = (
    "<br>", "<br />", "<p>", "</p>", "<b>", "</strong>", "</s>", "<unk>", "<!-- ad -->",
    '<a href="/news/world">', '<div class="text">', '<ph id="1"/>', "<0x0A>",
    "&nbsp;", "&quot;", "&amp;", "&#39;", "&#8217;", "&lt;p&gt;", "\\u2019", "\\u00e9", "\\n",
    "{0}", "{1}", "%s", "%1$s", "{{name}}", "${name}", "{% endif %}", "__PH_1__",
    "[/b]", "[url=]", '[caption id="1"]', "@@", "@-@", "\u2581the",
)  # fmt: skip


def _markup(document: Clean, draw: Random) -> Planting | None:
    places = [m.start() for m in re.finditer(r"(?<=[a-z]) (?=[a-z])", document.text)]
    if not places:
        return None
    at, piece = draw.choice(places), draw.choice(_MARKUP)
    span = Span(at + 1, at + 1 + len(piece))
    return Planting(
        "markup", piece, "", at, at, " " + piece,
        (span,), (span,), ("residue-markup", "mojibake"),
    )  # fmt: skip


def _mojibake(codec: str) -> Planter:
    def plant(document: Clean, draw: Random) -> Planting | None:
        text = document.text
        places = [
            Span(*m.span())
            for m in re.finditer(r"(?<=[A-Za-z])['’](?=[a-z])|[–—“”…]|[à-öø-ÿ]", text)
        ]
        if not places:
            return None
        start, end = draw.choice(places)
        char = text[start:end].replace("'", "’")
        try:
            new = char.encode().decode(codec)
        except UnicodeDecodeError:  # cp1252 leaves five bytes undefined; programs skip them
            new = char.encode().decode(codec, errors="ignore")
        if any(ord(c) < 0xA0 for c in new) and codec == "latin-1":
            new = "".join(c for c in new if ord(c) >= 0xA0 or draw.random() < 0.5) or new
        span = Span(start, start + len(new))
        return Planting(
            "mojibake", f"UTF-8 read as {codec}", char, start, end, new,
            (span,), (span,), ("mojibake",),
        )  # fmt: skip

    return plant


_STRAY = {
    "replacement character": "\ufffd",
    "zero-width space": "\u200b",
    "soft hyphen": "\u00ad",
    "byte order mark": "\ufeff",
    "control character": "\x08",
    "private use": "\ue000",
}


def _stray(variant: str) -> Planter:
    def plant(document: Clean, draw: Random) -> Planting | None:
        words = [s for s in document.words if s.end - s.start > 4]
        if not words:
            return None
        word = draw.choice(words)
        at = draw.randrange(word.start + 1, word.end)
        span = Span(at, at + 1)
        return Planting(
            "stray character", variant, "", at, at, _STRAY[variant],
            (span,), (span,), ("mojibake", "residue-markup"),
        )  # fmt: skip

    return plant


# Cyrillic and Greek letters that look like Latin ones (Unicode confusables).
_HOMOGLYPHS = {
    "a": "\u0430", "c": "\u0441", "e": "\u0435", "i": "\u0456", "o": "\u043e\u03bf",
    "p": "\u0440", "x": "\u0445", "y": "\u0443", "A": "\u0410\u0391", "B": "\u0412\u0392",
    "E": "\u0415\u0395", "H": "\u041d\u0397", "K": "\u041a\u039a", "M": "\u041c\u039c",
    "O": "\u041e\u039f", "P": "\u0420\u03a1", "T": "\u0422\u03a4",
}  # fmt: skip


def _homoglyph(document: Clean, draw: Random) -> Planting | None:
    places = [
        (word, at)
        for word in document.words
        if word.end - word.start > 2
        for at in range(word.start, word.end)
        if document.text[at] in _HOMOGLYPHS
    ]
    if not places:
        return None
    word, at = draw.choice(places)
    new = draw.choice(_HOMOGLYPHS[document.text[at]])
    return Planting(
        "homoglyph", f"{unicodedata.name(new).split()[0].title()} letter", "", at, at + 1, new,
        (word,), (word, Span(at, at + 1)), ("mixed-script",),
    )  # fmt: skip


def _name_glossed(kind: str, variant: str) -> Planter:
    def plant(document: Clean, draw: Random) -> Planting | None:
        text = document.text
        places = [
            span
            for span in document.pairs
            if not document.is_part(span)
            and text[span.end : span.end + 1] not in (",", "-", "’", "'")
            and text[span.end : span.end + 2] != " ("
        ]
        if not places:
            return None
        start, end = draw.choice(places)
        name = text[start:end]
        gloss = name
        if variant == "in brackets, respelled":
            first, second = name.split()
            other = RESPELLINGS[draw.choice(("vowel", "doubled letter", "h"))](second, draw)
            if other is None:
                return None
            gloss = f"{first} {other}"
        elif variant == "surname in brackets":
            gloss = name.split()[1]
        new = f", {gloss}," if variant == "between commas" else f" ({gloss})"
        inner = Span(end + 2, end + 2 + len(gloss))
        rules = ("name-repeated", "name-variant", "repeated-word", "repeated-phrase")
        return Planting(
            kind, variant, "", end, end, new,
            (Span(start, end + len(new)),),
            (Span(end + 1, end + len(new)), Span(end, end + len(new)), inner), rules,
        )  # fmt: skip

    return plant


# --- language ------------------------------------------------------------------------------------


def _untranslated(lang: str, foreign: Sequence[str], how: str) -> Planter:
    def plant(document: Clean, draw: Random) -> Planting | None:
        sentence = draw.choice(foreign).strip()
        text = document.text
        if how == "run of words":
            places = [m.start() for m in re.finditer(r"(?<=[a-z]) (?=[a-z])", text)]
            if not places:
                return None
            if lang in ("zh", "ja"):
                piece = sentence[: draw.randrange(6, 15)]
            else:
                piece = " ".join(sentence.split()[: draw.randrange(5, 9)])
            at = draw.choice(places)
            span = Span(at + 1, at + 1 + len(piece))
            return Planting(
                "run of words in another language", lang, "", at, at, " " + piece,
                (span,), (span,), ("untranslated", "mixed-script"),
            )  # fmt: skip
        candidates = [s for s in document.sentences if s.end - s.start > 25]
        # In a text of a few sentences no language is the foreign one.
        if len(candidates) < 5:
            return None
        start, end = draw.choice(candidates)
        span = Span(start, start + len(sentence))
        return Planting(
            "sentence left untranslated", lang, "", start, end, sentence,
            (span,), (span,), ("untranslated",),
        )  # fmt: skip

    return plant


def planters(foreign: Mapping[str, Sequence[str]]) -> dict[str, list[Planter]]:
    """Planters by kind, to be taken in turn.

    Args:
        foreign: sentences by language, for the defects of family language.
    """
    places = ("next", "next paragraph", "far")
    changes = (
        "unchanged", "synonyms", "a word dropped", "an adverb added", "a word changed",
        "tail cut", "tail added", "several",
    )  # fmt: skip
    joined = ("joined", "joined, capital kept", "hyphen for the space")
    split = ("split", "split, small letter", "split by hyphen")
    doubled = (
        "after, surname", "after, full name", "after, said first", "inline", "inline, pronoun",
        "after, pronoun", "before", "before, colon", "before, told", "before, pronoun",
        "appositive", "appositive, after", "other spelling", "stray bracket",
    )  # fmt: skip
    glosses = ("in brackets", "surname in brackets", "in brackets, respelled")
    return {
        "name respelled": [_respelled("name respelled", v) for v in RESPELLINGS],
        "name misspelled": [_respelled("name misspelled", v) for v in MISSPELLINGS],
        "name joined or split": [_joined(v) for v in joined] + [_split(v) for v in split],
        "name glossed with itself": [_name_glossed("name glossed with itself", v) for v in glosses],
        "name said twice": [_name_glossed("name said twice", "between commas")],
        "quotation mark removed": [
            _quotation_unclosed(style, side)
            for style in ("curly", "straight")
            for side in ("close", "open")
        ],
        "quotation broken": [_stop_and_bracket],
        "quotation mark of another style": [_style],
        "bracket dropped": [_bracket_dropped("close"), _bracket_dropped("open")],
        "attribution doubled": [_attribution_doubled(v) for v in doubled],
        "sentence repeated": [_sentence_repeated(c, p) for c in changes for p in places],
        "word doubled": [_word_doubled],
        "phrase looped": [_phrase_looped(j, n) for j, n in ((" ", 1), (", ", 1), (", ", 3))],
        "opener repeated": [_opener],
        "page furniture": [*(_furniture(w) for w in ("end", "start", "middle")), _headline_section],
        "caption": [_caption],
        "markup": [_markup],
        "mojibake": [_mojibake("cp1252"), _mojibake("latin-1")],
        "stray character": [_stray(v) for v in _STRAY],
        "homoglyph": [_homoglyph],
        "sentence left untranslated": [_untranslated(k, v, "sentence") for k, v in foreign.items()],
        "run of words in another language": [
            _untranslated(k, v, "run of words") for k, v in foreign.items()
        ],
    }
