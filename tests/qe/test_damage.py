"""Every synthetic failure mode keeps its promise."""

import random

import pytest

from mtqa.qe.training import lexicon, probes
from mtqa.qe.training.damage import MODES, Pool, make_pool, mark
from mtqa.qe.training.probes import PROBES, make_twins

GOOD = (
    "On Monday, 12 June, he said twice that the new bridge in London was not often opened by Queen "
    "Elizabeth, and that three people usually wanted to help because it is important."
)
SOURCE = "Pe 12 mai, el a spus că podul nou din Londra nu a fost deschis des de regina Elisabeta."
POOL = make_pool(
    [
        "The minister arrived in Warsaw with several boxes of apples.",
        "They visited Madrid and Lisbon during their holidays in August.",
    ]
)


@pytest.mark.parametrize("name", MODES)
def test_words_stay_in_place(name: str) -> None:
    changed = 0
    for seed in range(30):
        good = mark(GOOD, tuple((s, e, 0.0) for s, e, _ in mark(GOOD).words))
        twin = MODES[name].damage(random.Random(seed), good, SOURCE, POOL)
        if twin is None:
            continue
        changed += twin.text != GOOD
        assert list(twin.words) == sorted(twin.words)
        assert all(0 <= s < e <= len(twin.text) for s, e, _ in twin.words)
        assert all(not twin.word(i).isspace() for i in range(len(twin.words)))
        if MODES[name].benign:
            assert all(b == 0.0 for _, _, b in twin.words)
    if name not in ("contraction", "adverb"):
        assert changed


def test_the_changed_word_is_marked_wrong() -> None:
    good = mark("The bill passed.", ((0, 3, 0.0), (4, 8, 0.0), (9, 15, 0.0), (15, 16, 0.0)))
    twin = good.replace(9, 15, "was thrown out")
    assert twin.text == "The bill was thrown out."
    assert [twin.word(i) for i, w in enumerate(twin.words) if w[2] == 1.0] == [
        "was",
        "thrown",
        "out",
    ]
    assert twin.word(len(twin.words) - 1) == "."


def test_a_word_taken_out_takes_its_space_along() -> None:
    assert mark("He did not go.").remove(7, 10).text == "He did go."
    assert mark("He left early.").remove(8, 13).text == "He left."


def test_one_seed_gives_one_twin() -> None:
    twins = [MODES["name"].damage(random.Random(5), mark(GOOD), SOURCE, POOL) for _ in range(2)]
    assert twins[0] == twins[1]


def test_held_out_words_are_not_trained_on() -> None:
    for pairs in (lexicon.ANTONYMS, lexicon.SYNONYMS):
        trained, kept = lexicon.split(pairs, False), lexicon.split(pairs, True)
        assert kept
        assert not set(trained) & set(kept)
        assert len(trained) + len(kept) == len(pairs)


def test_a_mode_without_material_gives_nothing() -> None:
    empty = Pool([], [], ["a"], {})
    assert MODES["number"].damage(random.Random(0), mark("No digits here."), "", empty) is None
    assert MODES["name"].damage(random.Random(0), mark("all lower case"), "", empty) is None


def test_probes_differ_from_the_translation() -> None:
    twins = make_twins([GOOD] * 3, [SOURCE] * 3, 2)
    assert {t.probe for t in twins} > {"number", "negation", "month", "shuffled", "antonym"}
    assert all(t.text != GOOD for t in twins)
    assert {p.kind for p in PROBES.values()} == {"critical", "minor", "benign"}


def test_a_word_loses_or_gets_a_prefix_that_negates() -> None:
    pool = make_pool(["a comfortable chair", "an uncomfortable silence", "unkind words", "lessons"])
    assert pool.opposites == {"comfortable": "uncomfortable", "uncomfortable": "comfortable"}
    twin = MODES["antonym"].damage(random.Random(0), mark("a comfortable bed"), "", pool)
    assert twin is not None
    assert twin.text == "a uncomfortable bed"


def test_words_of_the_evaluation_are_no_opposites() -> None:
    held_out = {word for pair in lexicon.split(lexicon.ANTONYMS, True) for word in pair}
    texts = [f"{word} un{word} in{word}" for word in sorted(held_out)]
    assert not held_out & make_pool(texts).opposites.keys()


def test_every_pair_of_a_list_is_used() -> None:
    for pairs in (lexicon.UNITS, lexicon.GENDER, lexicon.CONTRACTIONS):
        assert len(dict(pairs)) == len(pairs)


def test_pairs_of_units_are_not_those_of_the_evaluation() -> None:
    evaluated = {frozenset(pair) for pair in probes.SCALES}
    assert not evaluated & {frozenset(pair) for pair in lexicon.UNITS}
