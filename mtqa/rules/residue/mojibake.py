"""Text is decoded wrongly, or holds characters that nobody sees.

What it finds
-------------
UTF-8 read as a legacy encoding (*cafÃ©*, *donâ€™t*), the replacement character U+FFFD, control
characters, private-use characters (icons of a web font), and invisible characters where they have
no use: zero-width spaces and joiners, soft hyphens, byte order marks and direction marks. The span
is the broken run or the character; the suggestion is the repaired text.

Why it matters
--------------
Broken characters are printed as they are; invisible ones break search, hyphenation and every tool
that compares words.

Example
-------
Bad: The cafÃ© didnâ€™t open.

Good: The café didn’t open.

Not flagged
-----------
Zero-width joiners and non-joiners in scripts that need them (Arabic, Persian, Indic) and in emoji;
zero-width spaces in Thai, Khmer, Lao, Burmese and Tibetan; direction marks near right-to-left
letters; each of these anywhere in a document that is mostly in such a script; no-break spaces;
accented words of any language.

Source
------
MQM, Fluency/Character encoding. Mojibake is found and repaired by ftfy (Speer 2019); invisible
characters by their Unicode properties (Unicode Standard, chapter 23).

Measured
--------
`python bench/rates.py --rule mojibake`: 0.02 and 0.5 hits per 1,000 sentences of machine
translation (WMT21/22 news, MQM newstest2020/21; zero-width spaces above all), 0 and 1.4 of the
human references to them (soft hyphens of two documents), none on the news of GUM and PUD. Of 24
hits read, all were right.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import regex

from mtqa.config import Settings
from mtqa.result import Severity
from mtqa.rules.rule import Hit, Rule
from mtqa.text.analysis import Analysis
from mtqa.text.document import Span

# A character that UTF-8 lead bytes become in Latin-1, Windows-125x or Mac encodings, and one that
# continuation bytes become: mojibake always holds such a pair. ftfy judges the line.
_SUSPICIOUS = regex.compile(
    r"[\u00c2-\u00f4\u0102\u0103\u0110\u0111\u0413\u0420-\u0423\u0432\u0192\u221a\u201a\u00ac\u0393\u03a3\u2022]"
    r"[\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac"
    r"\u2122\u0402-\u040f\u0452-\u045f\u0490\u0491\u2116 ]"
)
_NOT_ASCII = regex.compile(r"[^\x00-\x7f]+(?: [^\x00-\x7f]+)*")
_BROKEN = regex.compile("\ufffd+")
_CONTROL = regex.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]+")
_PRIVATE = regex.compile(r"\p{Co}+")
_INVISIBLE = regex.compile(
    r"[\u00ad\u034f\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
    r"\ufff9-\ufffb]+"
)
# Scripts that are written from right to left, of languages that are alive.
_RIGHT_TO_LEFT = regex.compile(
    r"[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}"
    r"\p{Script=Adlam}\p{Script=Hanifi_Rohingya}\p{Script=Mandaic}\p{Script=Samaritan}]"
)
# Scripts whose letters join or form clusters (Unicode Standard, 9.2 and chapters 12 to 17), and
# what stands in emoji.
_JOINING = regex.compile(
    r"[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Mongolian}\p{Script=Nko}\p{Script=Adlam}"
    r"\p{Script=Hanifi_Rohingya}\p{Script=Mandaic}\p{Script=Phags_Pa}\p{Script=Devanagari}"
    r"\p{Script=Bengali}\p{Script=Gujarati}\p{Script=Gurmukhi}\p{Script=Kannada}"
    r"\p{Script=Malayalam}\p{Script=Oriya}\p{Script=Sinhala}\p{Script=Tamil}\p{Script=Telugu}"
    r"\p{Script=Meetei_Mayek}\p{Script=Newa}\p{Script=Chakma}\p{Script=Tirhuta}\p{Script=Kaithi}"
    r"\p{Script=Syloti_Nagri}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}"
    r"\p{Script=Javanese}\p{Script=Balinese}\p{Script=Sundanese}"
    r"\p{Emoji_Presentation}\p{Extended_Pictographic}\ufe0f]"
)
# Scripts without spaces between words, whose zero-width spaces say where a line may end: those
# whose lines are broken by a dictionary (UAX #14, class SA: Thai, Lao, Khmer, Burmese …), Tibetan
# and others of the region.
_UNSPACED = regex.compile(
    r"[\p{Line_Break=SA}\p{Script=Tibetan}\p{Script=Javanese}\p{Script=Balinese}]"
)
_LETTER = regex.compile(r"[\p{L}\p{M}]")  # vowels are marks in many scripts
_ENOUGH = 20_000  # characters of a document that tell which script it is in
# What else has its place in one script only: the grapheme joiner in pointed Hebrew, the vowel
# separator of Mongolian, the fillers of Hangul (Unicode Standard, 23.2, 13.5 and 18.6).
_OWN_SCRIPT = {
    "\u034f": _RIGHT_TO_LEFT,
    "\u180e": regex.compile(r"\p{Script=Mongolian}"),
    "\u115f": regex.compile(r"\p{Script=Hangul}"),
    "\u1160": regex.compile(r"\p{Script=Hangul}"),
}
_EAST_ASIAN = regex.compile(r"[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]")
_JOINERS = frozenset("\u200c\u200d")
_DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_SOFT_HYPHEN = "\u00ad"
_ZERO_WIDTH_SPACE = "\u200b"


def check(analysis: Analysis, settings: Settings) -> Iterator[Hit]:
    """Mojibake, replacement characters, control and invisible characters."""
    text = analysis.text
    if text.isascii():
        for match in _CONTROL.finditer(text):
            yield _stray(Span(*match.span()), text, "A control character")
        return
    broken = list(_mojibake(analysis))
    yield from broken
    spans = [hit.span for hit in broken]
    for match in _BROKEN.finditer(text):
        yield Hit(
            span=Span(*match.span()),
            message="A character was lost in decoding (U+FFFD): "
            f"“{_around(text, Span(*match.span()))}”.",
            confidence=0.98,
        )
    for pattern, name in ((_CONTROL, "A control character"), (_PRIVATE, "A private-use character")):
        at = 0
        for match in pattern.finditer(text):
            while at < len(spans) and spans[at].end <= match.start():
                at += 1
            if at == len(spans) or spans[at].start > match.start():
                yield _stray(Span(*match.span()), text, name)
    scripts = _Scripts(text)
    for match in _INVISIBLE.finditer(text) if _INVISIBLE.search(analysis.alphabet) else ():
        if _is_stray(scripts, match.start(), match.end()):
            span = Span(*match.span())
            # A zero-width space may be all that parts two words.
            parts = _ZERO_WIDTH_SPACE in match[0] and _parts_words(text, span)
            yield replace(_stray(span, text, "An invisible character"), safe=not parts)


def _mojibake(analysis: Analysis) -> Iterator[Hit]:
    text = analysis.text
    seen = -1
    for match in _SUSPICIOUS.finditer(text):
        if match.start() < seen:
            continue
        start = max(text.rfind("\n", 0, match.start()) + 1, seen)
        end = text.find("\n", match.start())
        end = min(len(text) if end < 0 else end, match.start() + 5000)
        start = max(start, match.start() - 5000)
        seen = end
        yield from _mojibake_of_line(text, start, end)


def _mojibake_of_line(text: str, start: int, end: int) -> Iterator[Hit]:
    from ftfy import fix_encoding
    from ftfy.badness import is_bad

    bad = is_bad(text[start:end])
    for run in _NOT_ASCII.finditer(text, start, end):
        written = run[0]
        if not _SUSPICIOUS.search(written + " ") or not (bad or is_bad(written)):
            continue
        if written.endswith("Ã") and text[run.end() : run.end() + 1] == " ":
            written += " "  # à, whose no-break space has become a plain one
        fixed = fix_encoding(written)
        if fixed == written:
            # One broken letter is too little for ftfy to judge alone.
            fixed = _reread(written) or written.replace("â€\x9d", "”").replace("â€", "”")
        if fixed == written:
            continue
        kept = _common_start(written, fixed)
        left = _common_start(written[kept:][::-1], fixed[kept:][::-1])
        span = Span(run.start() + kept, run.start() + len(written) - left)
        written, fixed = written[kept : len(written) - left], fixed[kept : len(fixed) - left]
        yield Hit(
            span=span,
            message=f"“{written}” is “{fixed}” decoded wrongly.",
            suggestion=fixed,
            confidence=0.95,
            safe=True,
        )


def _common_start(one: str, other: str) -> int:
    """How many characters two texts have in common at their start."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def _reread(written: str) -> str | None:
    """Text that was UTF-8 and read as Windows-1252 or Latin-1, if that works."""
    for encoding in ("sloppy-windows-1252", "latin-1"):  # the former comes with ftfy
        try:
            return written.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
    return None


class _Scripts:
    """A text, and which kind of script most of its letters are of.

    Attributes:
        text: the text.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._told: dict[regex.Pattern[str], bool] = {}

    def are_mostly(self, kind: regex.Pattern[str]) -> bool:
        """Whether most letters of the text are of a kind."""
        if kind not in self._told:
            letters = _LETTER.findall(self.text, 0, _ENOUGH)
            own = sum(1 for letter in letters if kind.match(letter))
            self._told[kind] = 2 * own > len(letters)
        return self._told[kind]


def _is_stray(scripts: _Scripts, start: int, end: int) -> bool:
    """Whether a run of invisible characters has no use where it stands, or one of them has none."""
    text = scripts.text
    beside = text[max(0, start - 1) : start] + text[end : end + 1]

    def belongs(character: str) -> bool:
        if character in _JOINERS:
            return bool(_JOINING.search(beside)) or scripts.are_mostly(_JOINING)
        if character in _DIRECTION:
            return _is_near(text, _RIGHT_TO_LEFT, start, end) or scripts.are_mostly(_RIGHT_TO_LEFT)
        if character == _ZERO_WIDTH_SPACE:
            return bool(_UNSPACED.search(beside) or _EAST_ASIAN.search(beside)) or (
                scripts.are_mostly(_UNSPACED)
            )
        own = _OWN_SCRIPT.get(character)
        return bool(own and own.search(beside)) or (character == "\ufeff" and start == 0)

    return not all(belongs(character) for character in set(text[start:end]))


def _is_near(text: str, kind: regex.Pattern[str], start: int, end: int) -> bool:
    """Whether a character of a kind stands on the same line."""
    line_start = max(text.rfind("\n", 0, start) + 1, start - 1000)
    line_end = text.find("\n", end)
    line_end = min(len(text) if line_end < 0 else line_end, end + 1000)
    return bool(kind.search(text, line_start, line_end))


def _parts_words(text: str, span: Span) -> bool:
    return (
        text[max(0, span.start - 1) : span.start].isalnum()
        and text[span.end : span.end + 1].isalnum()
    )


def _around(text: str, span: Span) -> str:
    """A span with a few characters about it, on one line."""
    before = text[max(0, span.start - 12) : span.start].rpartition("\n")[2]
    after = text[span.end : span.end + 12].partition("\n")[0]
    return (before + text[slice(*span)] + after).strip()


def _stray(span: Span, text: str, name: str) -> Hit:
    codes = " ".join(f"U+{ord(character):04X}" for character in text[slice(*span)][:4])
    soft = set(text[slice(*span)]) == {_SOFT_HYPHEN}
    word = _around(text, span)
    return Hit(
        span=span,
        message=f"{'A soft hyphen' if soft else name} ({codes}) stands in “{word}”.",
        severity=Severity.MINOR,
        suggestion="",
        confidence=0.9,
    )


RULE = Rule(
    name="mojibake",
    family="residue",
    category="Fluency/Character encoding",
    severity=Severity.MAJOR,
    check=check,
    documentation=__doc__,
)
