"""Damaged twins for the evaluation, partly by failure modes that training has never seen."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from mtqa.qe.training import damage, lexicon
from mtqa.qe.training.damage import Damage, Marked, Pool, make_pool, mark


def _from_table(pairs: Sequence[tuple[str, str]]) -> Damage:
    table: dict[str, str] = {}
    for left, right in pairs:
        table.setdefault(left, right)
        table.setdefault(right, left)

    def change(rng: random.Random, m: Marked, source: str, pool: Pool) -> Marked | None:
        found = [i for i in range(len(m.words)) if m.word(i) in table]
        if not found:
            return None
        start, end, _ = m.words[rng.choice(found)]
        return m.replace(start, end, table[m.text[start:end]])

    return change


SCALES = (
    ("million", "billion"),
    ("thousand", "million"),
    ("hundred", "thousand"),
    ("percent", "million"),
    ("kilometers", "meters"),
    ("km", "m"),
    ("meters", "miles"),
    ("hours", "minutes"),
    ("days", "years"),
    ("weeks", "months"),
    ("euros", "dollars"),
    ("dollars", "pounds"),
    ("years", "months"),
    ("minutes", "days"),
)
MODALS = (
    ("must", "may"),
    ("can", "must"),
    ("will", "might"),
    ("should", "cannot"),
    ("only", "also"),
    ("every", "hardly any"),
    ("most", "few"),
    ("all", "some"),
)


def swap_roles(rng: random.Random, m: Marked, source: str, pool: Pool) -> Marked | None:
    """Two capitalised names in each other's place."""
    names = list(re.finditer(r"(?<=[a-z,] )[A-Z][a-z]{3,}", m.text))
    if len(names) < 2:
        return None
    first, second = names[0], names[-1]
    if first.group() == second.group():
        return None
    m = m.replace(second.start(), second.end(), first.group())
    return m.replace(first.start(), first.end(), second.group())


def shuffle_all(rng: random.Random, m: Marked, source: str, pool: Pool) -> Marked | None:
    """Every word at a random place."""
    words = m.text.split()
    if len(words) < 5:
        return None
    mixed = words[:]
    rng.shuffle(mixed)
    return mark(" ".join(mixed)) if mixed != words else None


def unrelated(rng: random.Random, m: Marked, source: str, pool: Pool) -> Marked | None:
    """The translation of another sentence."""
    return mark(rng.choice(pool.sentences))


def copied(rng: random.Random, m: Marked, source: str, pool: Pool) -> Marked | None:
    """The source itself."""
    return mark(source)


@dataclass(frozen=True)
class Probe:
    """A perturbation of the evaluation.

    Attributes:
        damage: makes the twin.
        kind: critical, minor or benign.
        unseen: whether training knew neither the perturbation nor its words.
        alone: whether it can be seen on the translation alone.
    """

    damage: Damage
    kind: str = "critical"
    unseen: bool = False
    alone: bool = True


PROBES: dict[str, Probe] = {
    "number": Probe(damage.change_number),
    "number-word": Probe(damage.change_number_word),
    "scale-or-unit": Probe(_from_table(SCALES)),
    "month": Probe(damage.another(lexicon.MONTHS)),
    "weekday": Probe(damage.another(lexicon.DAYS)),
    "name": Probe(damage.swap_name),
    "name-respelled": Probe(damage.respell_name),
    "roles-swapped": Probe(swap_roles, unseen=True),
    "negation": Probe(damage.negate),
    "modality": Probe(_from_table(MODALS), unseen=True),
    "antonym": Probe(damage.antonym(True), unseen=True),
    "gender": Probe(damage.gender),
    "omitted-word": Probe(damage.omit_word),
    "omitted-clause": Probe(damage.omit_clause),
    "truncated": Probe(damage.truncate),
    "addition": Probe(damage.add),
    "repetition": Probe(damage.repeat),
    "untranslated": Probe(damage.untranslated),
    "shuffled": Probe(shuffle_all, unseen=True),
    "gibberish": Probe(damage.gibberish),
    "unrelated": Probe(unrelated, alone=False),
    "copied-source": Probe(copied, alone=False),
    "no-stop": Probe(damage.drop_stop, kind="minor"),
    "synonym": Probe(damage.synonym(True), kind="benign", unseen=True),
    "adverb": Probe(damage.move_adverb, kind="benign"),
    "comma": Probe(damage.comma, kind="benign"),
    "contraction": Probe(damage.contract, kind="benign"),
}


@dataclass(frozen=True)
class Twin:
    """A translation and its twin, by index of the translation."""

    probe: str
    row: int
    text: str


def make_twins(
    translations: Sequence[str], sources: Sequence[str], per_probe: int, seed: int = 0
) -> list[Twin]:
    """Twins of English translations, at most ``per_probe`` of each perturbation."""
    pool = make_pool(translations)
    out = []
    for name, probe in PROBES.items():
        rng = random.Random(f"{seed}:{name}")
        order = list(range(len(translations)))
        rng.shuffle(order)
        made = 0
        for row in order:
            if made == per_probe:
                break
            twin = probe.damage(rng, mark(translations[row]), sources[row], pool)
            if twin and twin.text.strip() and twin.text != translations[row]:
                out.append(Twin(name, row, twin.text))
                made += 1
    return out
