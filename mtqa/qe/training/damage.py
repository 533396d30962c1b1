"""Synthetic failure modes: damaged twins of good translations, with the wrong words known.

In the manner of MetricX (Juraska et al. 2024), which turns the known failure modes of learnt
metrics into training examples. A damage takes a marked translation and gives the damaged one,
or None where it does not apply. Benign changes are made the same way.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from mtqa.qe.segments import word_spans
from mtqa.qe.training import lexicon

UNKNOWN = -1.0
Words = tuple[tuple[int, int, float], ...]


@dataclass(frozen=True)
class Marked:
    """A translation with its words.

    Attributes:
        text: the translation.
        words: (start, end, badness in [0, 1], or -1 where it is not known).
    """

    text: str
    words: Words

    def word(self, index: int) -> str:
        """The text of a word."""
        start, end, _ = self.words[index]
        return self.text[start:end]

    def replace(self, start: int, end: int, new: str, badness: float = 1.0) -> Marked:
        """Put ``new`` in place of [start, end); its words get the badness given."""
        text = self.text[:start] + new + self.text[end:]
        shift = len(new) - (end - start)
        kept_before = [w for w in self.words if w[1] <= start]
        kept_after = [(s + shift, e + shift, b) for s, e, b in self.words if s >= end]
        fresh = [(start + s, start + e, badness) for s, e in word_spans(new)]
        return Marked(text, (*kept_before, *fresh, *kept_after))

    def remove(self, start: int, end: int) -> Marked:
        """Take [start, end) out, with the space that would be doubled."""
        if (
            start > 0
            and self.text[start - 1] == " "
            and (end == len(self.text) or self.text[end] in " .,;:!?")
        ):
            start -= 1
        elif start == 0 and end < len(self.text) and self.text[end] == " ":
            end += 1
        return self.replace(start, end, "")


def mark(text: str, words: Words = ()) -> Marked:
    """A translation with the words given, or with its own words of unknown badness."""
    return Marked(text, words or tuple((s, e, UNKNOWN) for s, e in word_spans(text)))


@dataclass(frozen=True)
class Pool:
    """Material for damages: what other translations of the same target language say.

    Attributes:
        names: capitalised words from inside sentences.
        content: lower-case words of four letters and more.
        sentences: whole translations.
        opposites: words with and without a prefix that negates, each to the other (English).
    """

    names: Sequence[str]
    content: Sequence[str]
    sentences: Sequence[str]
    opposites: Mapping[str, str]


def make_pool(translations: Sequence[str]) -> Pool:
    """Collect the material from translations."""
    names: list[str] = []
    content: list[str] = []
    for text in translations:
        for start, end in word_spans(text):
            word = text[start:end]
            if not word.isalpha() or len(word) < 4:
                continue
            if word[0].isupper() and word[1:].islower() and start > 0 and text[start - 1] == " ":
                names.append(word)
            elif word.islower() and word not in lexicon.FUNCTION_WORDS:
                content.append(word)
    return Pool(names, content, translations, _opposites(set(content)))


def _opposites(words: set[str]) -> dict[str, str]:
    """Words with a prefix that negates and without it, each to the other.

    Some that only look so (order, disorder) are among them; they are wrong words all the same.
    Words of the evaluation are left out.
    """
    held_out = {word for pair in lexicon.split(lexicon.ANTONYMS, True) for word in pair}
    out = {}
    for word in sorted(words - held_out):
        for prefix in ("un", "in", "im", "il", "ir", "dis", "non", "anti"):
            rest = word.removeprefix(prefix)
            if rest != word and rest in words and rest not in held_out:
                out[word], out[rest] = rest, word
    return out


Damage = Callable[[random.Random, Marked, str, Pool], Marked | None]


def _like(old: str, new: str) -> str:
    return new[:1].upper() + new[1:] if old[:1].isupper() else new


def _pick(rng: random.Random, m: Marked, fits: Callable[[str], bool]) -> int | None:
    found = [i for i in range(len(m.words)) if fits(m.word(i))]
    return rng.choice(found) if found else None


def _swap(rng: random.Random, m: Marked, table: Mapping[str, str], badness: float) -> Marked | None:
    """What a table has for a word in its place."""
    i = _pick(rng, m, lambda w: w.lower() in table)
    if i is None:
        return None
    start, end, _ = m.words[i]
    old = m.text[start:end]
    return m.replace(start, end, _like(old, table[old.lower()]), badness)


def change_number(rng: random.Random, m: Marked, source: str, pool: Pool) -> Marked | None:
    """Another digit, a digit more or less, or another small number word."""
    i = _pick(rng, m, lambda w: any(c.isdigit() for c in w))
    if i is None:
        return None
    start, end, _ = m.words[i]
    old = m.text[start:end]
    places = [k for k, c in enumerate(old) if c.isdigit()]
    k = rng.choice(places)
    way = rng.random()
    if way < 0.2:
        new = old[:k] + rng.choice("0123456789") + old[k:]
    elif way < 0.3 and len(places) > 1:
        new = old[:k] + old[k + 1 :]
    elif way < 0.5:
        new = "".join(rng.choice("123456789") if c.isdigit() else c for c in old)
    else:
        new = old[:k] + rng.choice([d for d in "123456789" if d != old[k]]) + old[k + 1 :]
    return m.replace(start, end, new) if new != old else None


_NUMBER_WORDS = tuple(
    "one two three four five six seven eight nine ten eleven twelve twenty thirty".split()
)


def change_number_word(rng: random.Random, m: Marked, source: str, pool: Pool) -> Marked | None:
    """Another number word."""
    i = _pick(rng, m, lambda w: w.lower() in _NUMBER_WORDS)
    if i is None:
        return None
    start, end, _ = m.words[i]
    old = m.text[start:end]
    new = rng.choice([w for w in _NUMBER_WORDS if w != old.lower()])
    return m.replace(start, end, _like(old, new))


def another(words: Sequence[str]) -> Damage:
    """Another word of a list in place of one of them."""

    def damage(rng: random.Random, m: Marked, source: str, pool: Pool) -> Marked | None:
        i = _pick(rng, m, lambda w: w in words)
        if i is None:
            return None
        start, end, _ = m.words[i]
        return m.replace(start, end, rng.choice([w for w in words if w != m.text[start:end]]))

    return damage


def change_unit(rng: random.Random, m: Marked, source: str, pool: Pool) -> Marked | None:
    """Another unit, scale, fraction or ordinal."""
    return _swap(rng, m, _UNITS, 1.0)


_UNITS = dict(lexicon.UNITS)


def _names(m: Marked) -> list[int]:
    """Words that look like names: capitalised, not at the start of a sentence."""
    found = []
    for i, (start, _, _) in enumerate(m.words):
        word = m.word(i)
        if len(word) > 2 and word[0].isupper() and word[1:].islower() and i > 0:
            before = m.text[:start].rstrip()
            if before and before[-1] not in '.!?:"“':
                found.append(i)
    return found


def swap_name(rng: random.Random, m: Marked, source: str, pool: Pool) -> Marked | None:
    """Another name in place of a name."""
    found = _names(m)
    if not found or not pool.names:
        return None
    start, end, _ = m.words[rng.choice(found)]
    new = rng.choice(pool.names)
    return m.replace(start, end, new) if new != m.text[start:end] else None


def respell_name(rng: random.Random, m: Marked, source: str, pool: Pool) -> Marked | None:
    """Two or three letters of a name changed, dropped or exchanged."""
    found = [i for i in _names(m) if len(m.word(i)) > 3]
    if not found:
        return None
    start, end, _ = m.words[rng.choice(found)]
    letters = list(m.text[start:end])
    for _ in range(rng.choice((2, 2, 3))):
        k = rng.randrange(1, len(letters))
        way = rng.random()
        if way < 0.6:
            letters[k] = rng.choice("bcdfgklmnprstvz" if letters[k] not in "aeiou" else "aeiou")
        elif way < 0.8 and len(letters) > 4:
            del letters[k]
        elif k + 1 < len(letters):
            letters[k], letters[k + 1] = letters[k + 1], letters[k]
    new = "".join(letters)
    return m.replace(start, end, new) if new != m.text[start:end] else None


def negate(rng: random.Random, m: Marked, source: str, pool: Pool) -> Marked | None:
    """A negation dropped, or one put in."""
    i = _pick(rng, m, lambda w: w.lower() == "not" or w.lower() in lexicon.NEGATED)
    if i is not None:
        start, end, _ = m.words[i]
        old = m.text[start:end]
        if old.lower() == "not":
            return m.remove(start, end)
        return m.replace(start, end, _like(old, lexicon.NEGATED[old.lower()]))
    i = _pick(rng, m, lambda w: w in lexicon.AUXILIARIES and w not in ("been", "be", "am"))
    if i is None:
        return None
    end = m.words[i][1]
    if rng.random() < 0.25:
        return m.replace(end, end, " never")
    return m.replace(end, end, " not")


def antonym(held_out: bool) -> Damage:
    """The opposite of a word."""
    pairs = lexicon.split(lexicon.ANTONYMS, held_out)
    table = dict(pairs + tuple((b, a) for a, b in pairs))

    def damage(rng: random.Random, m: Marked, source: str, pool: Pool) -> Marked | None:
        return _swap(rng, m, table if held_out else {**pool.opposites, **table}, 1.0)

    return damage


def gender(rng: random.Random, m: Marked, source: str, pool: Pool) -> Marked | None:
    """The gender of every pronoun, or of one noun, changed."""
    table = dict(lexicon.GENDER)
    found = [i for i in range(len(m.words)) if m.word(i).lower() in table]
    if not found:
        return None
    chosen = found if rng.random() < 0.5 else [rng.choice(found)]
    for i in reversed(chosen):
        start, end, _ = m.words[i]
        m = m.replace(start, end, _like(m.text[start:end], table[m.text[start:end].lower()]))
    return m


def _is_content(word: str) -> bool:
    return len(word) > 3 and word.isalpha() and word.lower() not in lexicon.FUNCTION_WORDS


def omit_word(rng: random.Random, m: Marked, source: str, pool: Pool) -> Marked | None:
    """A content word left out."""
    fits = _is_content if any(c.isascii() and c.isalpha() for c in m.text) else str.isalpha
    i = _pick(rng, m, fits)
    if i is None or len(m.words) < 5:
        return None
    start, end, _ = m.words[i]
    return m.remove(start, end)


def omit_clause(rng: random.Random, m: Marked, source: str, pool: Pool) -> Marked | None:
    """A run of words left out: between two marks where there are any, or a third of the text."""
    count = len(m.words)
    if count < 8:
        return None
    marks = [i for i in range(count) if m.word(i) in {",", ";", ":", "，", "；", "、"}]
    bounds = [0, *marks, count - 1]
    clauses = [(a, b) for a, b in pairwise(bounds) if 3 <= b - a < count - 3]
    if clauses and rng.random() < 0.6:
        first, last = rng.choice(clauses)
    else:
        length = rng.randint(3, max(3, count // 2))
        first = rng.randint(0, count - 1 - length)
        last = first + length
    return m.remove(m.words[first][0], m.words[last][0] if last < count else len(m.text))


def truncate(rng: random.Random, m: Marked, source: str, pool: Pool) -> Marked | None:
    """The end of the translation is missing."""
    count = len(m.words)
    if count < 7:
        return None
    keep = rng.randint(max(2, count // 3), count - 3)
    return m.remove(m.words[keep][0], len(m.text))


def add(rng: random.Random, m: Marked, source: str, pool: Pool) -> Marked | None:
    """A phrase of another translation put in."""
    other = rng.choice(pool.sentences)
    spans = word_spans(other)
    length = rng.randint(2, 8)
    if len(spans) <= length + 2 or not m.words:
        return None
    first = rng.randint(0, len(spans) - length - 1)
    phrase = other[spans[first][0] : spans[first + length - 1][1]]
    at = m.words[rng.randrange(len(m.words))][0]
    glue = " " if " " in m.text else ""
    return m.replace(at, at, phrase + glue)


def repeat(rng: random.Random, m: Marked, source: str, pool: Pool) -> Marked | None:
    """A run of words said twice or three times."""
    count = len(m.words)
    if count < 4:
        return None
    length = rng.randint(1, min(7, count - 2))
    first = rng.randint(0, count - 1 - length)
    start, end = m.words[first][0], m.words[first + length - 1][1]
    phrase = m.text[start:end]
    glue = " " if " " in m.text else ""
    times = 2 if rng.random() < 0.2 else 1
    return m.replace(end, end, (glue + phrase) * times)


def untranslated(rng: random.Random, m: Marked, source: str, pool: Pool) -> Marked | None:
    """Words of the source in place of words at about the same place."""
    spans = [s for s in word_spans(source) if source[s[0] : s[1]].isalpha() or s[1] - s[0] > 3]
    if len(spans) < 3 or len(m.words) < 4:
        return None
    run = 4 if spans[0][1] - spans[0][0] == 1 else 1
    length = run * rng.choice((1, 1, 2, 3))
    first = rng.randint(0, max(0, len(spans) - length))
    words = spans[first : first + length]
    foreign = source[words[0][0] : words[-1][1]]
    at = int(first / len(spans) * len(m.words))
    taken = max(1, round(len(words) / len(spans) * len(m.words)))
    at = min(at, len(m.words) - 1)
    last = min(at + taken - 1, len(m.words) - 1)
    start, end = m.words[at][0], m.words[last][1]
    if m.text[start:end] == foreign:
        return None
    return m.replace(start, end, foreign)


def shuffle(rng: random.Random, m: Marked, source: str, pool: Pool) -> Marked | None:
    """The words of a window, or of the whole translation, in random order."""
    count = len(m.words)
    if count < 6:
        return None
    length = count if rng.random() < 0.3 else rng.randint(4, count)
    first = rng.randint(0, count - length)
    start, end = m.words[first][0], m.words[first + length - 1][1]
    glue = " " if " " in m.text else ""
    words = [m.word(i) for i in range(first, first + length)]
    mixed = words[:]
    rng.shuffle(mixed)
    return m.replace(start, end, glue.join(mixed)) if mixed != words else None


def exchange(rng: random.Random, m: Marked, source: str, pool: Pool) -> Marked | None:
    """Two content words in each other's place."""
    found = [i for i in range(len(m.words)) if _is_content(m.word(i))]
    if len(found) < 2:
        return None
    i, k = sorted(rng.sample(found, 2))
    first, second = m.word(i), m.word(k)
    if first == second:
        return None
    m = m.replace(m.words[k][0], m.words[k][1], first)
    return m.replace(m.words[i][0], m.words[i][1], second)


def wrong_word(rng: random.Random, m: Marked, source: str, pool: Pool) -> Marked | None:
    """Another word in place of one to three content words."""
    if not pool.content:
        return None
    changed = False
    for _ in range(rng.choice((1, 1, 2, 3))):
        i = _pick(rng, m, lambda w: _is_content(w) and w.islower())
        if i is not None:
            changed = True
            m = m.replace(m.words[i][0], m.words[i][1], rng.choice(pool.content))
    return m if changed else None


def gibberish(rng: random.Random, m: Marked, source: str, pool: Pool) -> Marked | None:
    """The letters of words in random order, in a part or in all of the translation."""
    share = rng.choice((0.2, 0.5, 1.0))
    changed = False
    for i in reversed(range(len(m.words))):
        word = m.word(i)
        if len(word) > 3 and word.isalpha() and rng.random() < share:
            letters = list(word.lower())
            rng.shuffle(letters)
            m = m.replace(m.words[i][0], m.words[i][1], "".join(letters))
            changed = True
    return m if changed else None


def drop_stop(rng: random.Random, m: Marked, source: str, pool: Pool) -> Marked | None:
    """The final full stop left out."""
    if not m.text.endswith((".", "。", "!", "?")) or len(m.words) < 4:
        return None
    return m.replace(len(m.text) - 1, len(m.text), "")


def synonym(held_out: bool) -> Damage:
    """Benign: another word that says the same."""
    table = dict(lexicon.split(lexicon.SYNONYMS, held_out))

    def change(rng: random.Random, m: Marked, source: str, pool: Pool) -> Marked | None:
        return _swap(rng, m, table, 0.0)

    return change


def move_adverb(rng: random.Random, m: Marked, source: str, pool: Pool) -> Marked | None:
    """Benign: an adverb before its verb group moved to the end of the clause."""
    i = _pick(rng, m, lambda w: w in lexicon.ADVERBS)
    if i is None or i + 1 >= len(m.words):
        return None
    word = m.word(i)
    stop = len(m.text) - 1 if m.text.endswith((".", "!", "?")) else len(m.text)
    start, end, _ = m.words[i]
    if end >= stop - 1 or "," in m.text[max(0, start - 2) : end + 1] or start == 0:
        return None
    moved = m.replace(stop, stop, f" {word}", 0.0)
    return moved.remove(m.words[i][0], m.words[i][1])


def comma(rng: random.Random, m: Marked, source: str, pool: Pool) -> Marked | None:
    """Benign: a comma put before a conjunction, or left out there."""
    hits = list(re.finditer(r",? (and|but|or|which|while|because) ", m.text))
    if not hits:
        return None
    hit = rng.choice(hits)
    if hit.group().startswith(","):
        return m.replace(hit.start(), hit.start() + 1, "", 0.0)
    return m.replace(hit.start(), hit.start(), ",", 0.0)


def contract(rng: random.Random, m: Marked, source: str, pool: Pool) -> Marked | None:
    """Benign: do not for don't and the reverse."""
    for old, new in rng.sample(lexicon.CONTRACTIONS, len(lexicon.CONTRACTIONS)):
        hit = re.search(rf"\b{re.escape(old)}\b", m.text)
        if hit:
            return m.replace(hit.start(), hit.end(), new, 0.0)
    return None


@dataclass(frozen=True)
class Mode:
    """A failure mode as trained on.

    Attributes:
        damage: makes the twin.
        weight: how often it is drawn.
        joint: by how much the twin's score must lie below, with source (standardised units).
        alone: the same on the translation alone; 0 where it cannot be seen there.
        english: only for English translations.
        benign: the twin must not lie further below than the margin.
    """

    damage: Damage
    weight: float
    joint: float
    alone: float
    english: bool = False
    benign: bool = False


MODES: dict[str, Mode] = {
    "number": Mode(change_number, 4.0, 0.9, 0.3),
    "number-word": Mode(change_number_word, 1.5, 0.8, 0.2, english=True),
    "month": Mode(another(lexicon.MONTHS), 6.0, 0.8, 0.1, english=True),
    "weekday": Mode(another(lexicon.DAYS), 8.0, 0.8, 0.1, english=True),
    "unit": Mode(change_unit, 2.5, 0.8, 0.2, english=True),
    "name": Mode(swap_name, 1.6, 0.9, 0.3, english=True),
    "name-respelled": Mode(respell_name, 1.0, 0.6, 0.4, english=True),
    "negation": Mode(negate, 1.8, 0.9, 0.4, english=True),
    "antonym": Mode(antonym(False), 2.2, 0.9, 0.4, english=True),
    "gender": Mode(gender, 4.0, 0.7, 0.4, english=True),
    "omitted-word": Mode(omit_word, 1.4, 0.5, 0.3),
    "omitted-clause": Mode(omit_clause, 1.0, 1.0, 0.4),
    "truncated": Mode(truncate, 0.6, 1.0, 0.4),
    "addition": Mode(add, 1.0, 0.9, 0.4),
    "repetition": Mode(repeat, 0.8, 0.8, 0.7),
    "untranslated": Mode(untranslated, 1.2, 0.8, 0.5),
    "shuffled": Mode(shuffle, 0.7, 1.0, 0.8),
    "exchanged": Mode(exchange, 0.7, 0.8, 0.5, english=True),
    "wrong-word": Mode(wrong_word, 1.2, 0.9, 0.5, english=True),
    "gibberish": Mode(gibberish, 0.4, 1.2, 1.0, english=True),
    "no-stop": Mode(drop_stop, 0.3, 0.05, 0.05),
    "synonym": Mode(synonym(False), 2.4, 0.1, 0.1, english=True, benign=True),
    "adverb": Mode(move_adverb, 1.0, 0.15, 0.15, english=True, benign=True),
    "comma": Mode(comma, 0.4, 0.1, 0.1, english=True, benign=True),
    "contraction": Mode(contract, 1.2, 0.1, 0.1, english=True, benign=True),
}


def draw_twin(
    rng: random.Random, m: Marked, source: str, pool: Pool, english: bool, tries: int = 4
) -> tuple[str, Marked] | None:
    """A twin by a failure mode drawn at random among those that apply.

    Returns:
        name of the mode and the twin; None when none of the tries applies.
    """
    names = [name for name, mode in MODES.items() if english or not mode.english]
    weights = [MODES[name].weight for name in names]
    for name in rng.choices(names, weights, k=tries):
        twin = MODES[name].damage(rng, m, source, pool)
        if twin is not None and twin.text.strip() and twin.text != m.text:
            return name, twin
    return None
