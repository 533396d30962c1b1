"""Scores of translations, with a small random model."""

import random
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import torch

from mtqa.qe.models import SHIPPED, SUMS, ModelError, find_model, load_scorer, read_folder, verify
from mtqa.qe.products import FloatProduct
from mtqa.qe.scorer import EMPTY, NO_SOURCE, NOTHING, NativeScorer

TRANSLATIONS = [
    "The mayor opened a new bridge on Monday.",
    "Three people were injured.",
    "Bridge!",
    "On Monday, the mayor said that 1,250 people had crossed it — more than in 2019.",
    "No.",
    "The crash on the new bridge injured three people, the mayor said on Monday.",
] * 3
SOURCES = [
    "Primarul a deschis luni un pod nou.",
    "Trei oameni au fost răniți.",
    "Podul!",
    "Luni, primarul a spus că 1.250 de oameni l-au trecut, mai mulți decât în 2019.",
    "Nu.",
    "Accidentul de pe podul nou a rănit trei oameni, a spus luni primarul.",
] * 3


def load(folder: Path, batch_size: int = 32) -> NativeScorer:
    return NativeScorer.load(read_folder(folder, folder.name), "cpu", batch_size)


@pytest.mark.parametrize("sourced", [True, False])
def test_scores_do_not_depend_on_batch_size_or_order(model_folder: Path, sourced: bool) -> None:
    sources = SOURCES if sourced else None
    scores = {}
    for size in (1, 7, 64):
        scorer = load(model_folder, size)
        scores[size] = [s.score or 0.0 for s in scorer.score(TRANSLATIONS, sources)]
    for size in (7, 64):
        assert scores[size] == pytest.approx(scores[1], abs=0.001)
    order = list(range(len(TRANSLATIONS)))
    random.Random(1).shuffle(order)
    shuffled = load(model_folder).score(
        [TRANSLATIONS[i] for i in order], [SOURCES[i] for i in order] if sourced else None
    )
    for place, i in enumerate(order):
        assert shuffled[place].score == pytest.approx(scores[1][i], abs=0.001)


@pytest.mark.parametrize("sourced", [True, False])
def test_scores_are_the_same_to_the_last_bit_whatever_else_is_in_the_batch(sourced: bool) -> None:
    """A run that is taken up again has other batches, and must write the same bytes."""
    translations = [
        text.rstrip(".") + f", of which {i} were told."
        for i in range(4)
        for text in dict.fromkeys(TRANSLATIONS)
    ]
    sources = [f"{text} {i}" for i in range(4) for text in dict.fromkeys(SOURCES)]
    found = []
    for size in (1, 7, 64):
        scorer = load_scorer(find_model(), "cpu", size)
        found.append(scorer.score(translations, sources if sourced else None))
    assert found[1] == found[0]
    assert found[2] == found[0]


def test_scores_do_not_depend_on_the_number_of_threads() -> None:
    """In single precision, from three threads on, these two move by .0007 and .0004."""
    translations = [
        "He said the museum had bought two paintings from a private collection in Cluj for "
        "80,000 lei."
    ] * 2
    sources = [
        "El a spus că muzeul a cumpărat două tablouri dintr-o colecție privată din Cluj cu "
        "80.000 de lei.",
        "他说，博物馆以8万列伊从克卢日的一个私人收藏中购买了两幅画。",
    ]
    scorer = load_scorer(find_model(), "cpu")
    before = torch.get_num_threads()
    try:
        scores = []
        for threads in (1, 4):
            torch.set_num_threads(threads)
            scores.append([s.score or 0.0 for s in scorer.score(translations, sources)])
    finally:
        torch.set_num_threads(before)
    assert scores[1] == pytest.approx(scores[0], abs=1e-6)


def test_threads_that_take_a_batch_each_give_the_scores_of_one(model_folder: Path) -> None:
    scorer = load(model_folder, 2)
    before = torch.get_num_threads()
    found, new_threads = [], []
    try:
        for threads in (1, 3):
            torch.set_num_threads(threads)
            found.append(scorer.score(TRANSLATIONS, SOURCES))
            with ThreadPoolExecutor(1) as pool:
                new_threads.append(pool.submit(torch.get_num_threads).result())
            assert torch.get_num_threads() == threads
    finally:
        torch.set_num_threads(before)
    assert found[1] == found[0]
    assert new_threads == [1, 3]  # what others compute in this process is not slowed down


def test_an_empty_translation_scores_zero_and_says_so(model_folder: Path) -> None:
    scorer = load(model_folder)
    found = scorer.score(["", " \t", "Bridge."], ["Podul.", "Podul.", "Podul."])
    assert [s.score for s in found[:2]] == [0.0, 0.0]
    assert [s.reason for s in found] == [EMPTY, EMPTY, None]
    assert scorer.score([""])[0].score == 0.0


def test_without_a_source_line_nothing_is_made_up(model_folder: Path) -> None:
    scorer = load(model_folder)
    found = scorer.score(["Bridge.", ""], ["", ""])
    assert [s.score for s in found] == [None, None]
    assert [s.reason for s in found] == [NO_SOURCE, NOTHING]


def test_words_are_exact_slices_of_the_translation(model_folder: Path) -> None:
    scorer = load(model_folder)
    text = "  On Monday, “three” people  crossed 1,250.5 km."
    found = scorer.score([text], ["Luni trei oameni."])[0]
    assert [text[w.start : w.end] for w in found.words] == [
        "On",
        "Monday",
        ",",
        "“",
        "three",
        "”",
        "people",
        "crossed",
        "1,250.5",
        "km",
        ".",
    ]
    assert all(0 <= w.probability <= 1 for w in found.words)


def test_pieces_of_the_source_are_slices_of_it_and_say_how_well_they_are_covered() -> None:
    scorer = NativeScorer.load(find_model(None), "cpu")
    source = "Мишустин поручил отремонтировать мост через Амур в Хабаровске."
    whole, without = scorer.score(
        [
            "Mishustin ordered repairs to the bridge over the Amur in Khabarovsk.",
            "Mishustin ordered repairs to the bridge over the Amur.",
        ],
        [source] * 2,
    )
    place = source.index("Хабаровске")
    for score in whole, without:
        spans = [(piece.start, piece.end) for piece in score.coverage]
        assert spans == sorted(spans) and spans[-1][1] == len(source)
        assert all(-1 <= piece.likeness <= 1 for piece in score.coverage)
    covered, left_out = (
        max(piece.likeness for piece in score.coverage if place < piece.end <= place + 10)
        for score in (whole, without)
    )
    assert covered > left_out + 0.15
    assert scorer.score(["The bridge is open."])[0].coverage == ()


def test_words_may_be_given(model_folder: Path) -> None:
    scorer = load(model_folder)
    found = scorer.score(["three people"], None, [[(0, 12)]])[0]
    assert [(w.start, w.end) for w in found.words] == [(0, 12)]


def test_a_long_text_is_read_to_its_end_in_windows(model_folder: Path) -> None:
    scorer = load(model_folder)
    start, end = "people " * 100 + "crossed", "people " * 100 + "injured"
    first, second = scorer.score([start, end], ["oameni " * 90, "oameni " * 90])
    assert first.score != second.score
    assert not first.truncated
    assert len(first.words) == 101
    assert [w.probability for w in first.words[-1:]] != [w.probability for w in second.words[-1:]]
    assert scorer.score(["people"], ["oameni " * 100])[0].score is not None


def test_lists_of_different_length_are_refused(model_folder: Path) -> None:
    scorer = load(model_folder)
    with pytest.raises(ValueError, match="2 translations but 1 sources"):
        scorer.score(["a", "b"], ["c"])


def test_scores_do_not_hang_on_how_the_processor_multiplies(
    model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = [s.score for s in load(model_folder).score(TRANSLATIONS, SOURCES)]
    monkeypatch.setattr("mtqa.qe.folder.choose_product", lambda device: FloatProduct())
    plain = load(model_folder)
    assert isinstance(plain.model.align.product, FloatProduct)
    assert [s.score for s in plain.score(TRANSLATIONS, SOURCES)] == here


def test_eight_bits_stay_close_to_float(
    model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounded = [s.score for s in load(model_folder).score(TRANSLATIONS, SOURCES)]
    monkeypatch.setattr("mtqa.qe.scorer.quantise", lambda model: model)
    assert [s.score for s in load(model_folder).score(TRANSLATIONS, SOURCES)] == pytest.approx(
        rounded, abs=0.05
    )


def test_another_kind_of_model_is_named(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "bert"}', encoding="utf-8")
    with pytest.raises(ModelError, match="is no model that scores translations"):
        read_folder(tmp_path, "other")


def test_damaged_weights_are_one_sentence(model_folder: Path, tmp_path: Path) -> None:
    for file in model_folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    weights = tmp_path / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1000])
    with pytest.raises(ModelError, match="cannot be loaded, its files seem damaged"):
        load(tmp_path)


def test_a_device_that_is_not_there(model_folder: Path) -> None:
    with pytest.raises(ModelError, match="there is no device 'toaster'"):
        load_scorer(read_folder(model_folder, "tiny"), "toaster")


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json"])
def test_a_file_that_was_cut_short_or_changed_is_refused(
    model_folder: Path, tmp_path: Path, name: str
) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(model_folder, folder)
    assert load_scorer(read_folder(folder, "copy"), "cpu")
    data = (folder / name).read_bytes()
    for wrong in (data[: len(data) // 2], data[:-9] + bytes([data[-9] ^ 1]) + data[-8:]):
        (folder / name).write_bytes(wrong)
        with pytest.raises(ModelError, match=rf"{name}: is not the file that SHA256SUMS"):
            load_scorer(read_folder(folder, "copy"), "cpu")


def test_the_shipped_model_is_the_one_whose_checksums_are_recorded() -> None:
    shipped = Path(__file__).parents[2] / "models" / SHIPPED
    names = [line.split()[1] for line in (shipped / SUMS).read_text("utf-8").splitlines()]
    assert names == ["model.safetensors", "tokenizer.json"]
    verify(read_folder(shipped, SHIPPED))
