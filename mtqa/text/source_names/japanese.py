"""Words and names in Japanese, by their readings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import regex

from mtqa.text.document import Span
from mtqa.text.readings import Token, other_readings, read_japanese
from mtqa.text.source_names.words import LETTERS, SourceWord, is_katakana, script_of
from mtqa.text.transliteration import BOUNDARY

_HAN = regex.compile(r"\p{Han}{2,}")


def find_japanese_words(text: str, tokens: Sequence[Token]) -> list[SourceWord]:
    """Runs of words of a Japanese text as they are read, and its words in other scripts."""
    found: list[SourceWord] = []
    run: list[Token] = []
    for token in [*tokens, Token(-1, -1, "")]:
        written = text[token.start : token.end]
        script = script_of(written) if token.start >= 0 else ""
        if script in ("Han", "Hiragana", "Katakana"):
            if run and run[-1].end != token.start:
                found += _read_run(text, run)
                run = []
            run.append(token)
            continue
        if run:
            found += _read_run(text, run)
            run = []
        if script:
            found.append(SourceWord(Span(token.start, token.end), written, script))
    # Chinese names are read as in Chinese.
    found += [
        SourceWord(Span(*match.span()), match.group(), "Han") for match in _HAN.finditer(text)
    ]
    return sorted(found)


def _read_run(text: str, run: Sequence[Token]) -> Iterator[SourceWord]:
    reading = _joined(run)
    yield SourceWord(Span(run[0].start, run[-1].end), reading, "Katakana")
    for token in run:
        if token.kind:
            for other in other_readings(text[token.start : token.end]):
                if other != token.reading:
                    yield SourceWord(Span(token.start, token.end), other, "Katakana")


def _joined(tokens: Sequence[Token]) -> str:
    return BOUNDARY.join(token.reading for token in tokens)


def read_as_japanese(words: Sequence[SourceWord]) -> list[SourceWord]:
    """Runs of Chinese characters as Japanese reads them: names of Japan in a Chinese text."""
    return [
        SourceWord(word.span, _joined(read_japanese(word.text)), "Katakana")
        for word in words
        if word.script == "Han"
    ]


def find_japanese_names(text: str, tokens: Sequence[Token]) -> Iterator[SourceWord]:
    """Names of persons and places that the dictionary knows or guesses, and foreign ones."""
    for token in tokens:
        written = text[token.start : token.end]
        if token.kind not in ("person", "place") or len(written) < 2:
            foreign = token.kind == "other" or not token.known
            if not (foreign and len(written) >= LETTERS and is_katakana(written)):
                continue
        script = script_of(written)
        if script in ("Han", "Katakana") and len(token.reading) >= LETTERS - (script == "Han"):
            span = Span(token.start, token.end)
            yield SourceWord(span, token.reading or written, "Katakana", other_readings(written))
