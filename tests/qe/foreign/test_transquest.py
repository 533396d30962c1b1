"""Regressors of the MonoTransQuest kind."""

import json
import random
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch

from mtqa.qe.foreign.pairs import read_tokenizer
from mtqa.qe.models import ModelError, load_scorer, read_folder
from tests.qe.foreign.conftest import SOURCES, TRANSLATIONS, randomise, write_tokenizer


def copy(folder: Path, to: Path) -> Path:
    return Path(shutil.copytree(folder, to))


def scores(folder: Path, batch_size: int = 8) -> list[float]:
    scorer = load_scorer(read_folder(folder, str(folder)), "cpu", batch_size)
    return [s.score or 0.0 for s in scorer.score(TRANSLATIONS, SOURCES)]


def test_a_pair_scores_what_transformers_gives_for_it(regressor_folder: Path) -> None:
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(regressor_folder)
    model = AutoModelForSequenceClassification.from_pretrained(regressor_folder).eval()
    expected = []
    for source, translation in zip(SOURCES, TRANSLATIONS, strict=True):
        a, b = (tokenizer(t, add_special_tokens=False)["input_ids"] for t in (source, translation))
        ids = torch.tensor([[0, *a, 2, 2, *b, 2]])
        if ids.shape[1] <= 80:
            with torch.no_grad():
                expected.append(float(model(ids).logits[0, 0]))
    found = scores(regressor_folder)
    assert len(expected) >= 3
    assert len({round(value, 3) for value in found}) > 3
    assert all(0 < value < 1 for value in found)
    for value in expected:
        assert min(abs(value - other) for other in found) < 1e-5


def test_bert_is_told_which_text_is_which(tmp_path: Path) -> None:
    from transformers import BertConfig, BertForSequenceClassification

    one: dict[str, Any] = {"num_labels": 1}
    config = BertConfig(
        vocab_size=write_tokenizer(tmp_path, "xlm-roberta"),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=128,
        pad_token_id=1,
        **one,
    )
    model = BertForSequenceClassification(config)
    randomise(model, 5)
    with torch.no_grad():
        model.classifier.weight.mul_(0.2)
        model.classifier.bias.fill_(0.5)
    model.save_pretrained(tmp_path)
    model.train(False)
    tokenizer = read_tokenizer(tmp_path)
    a, b = (tokenizer(t, add_special_tokens=False)["input_ids"] for t in ("Da.", "Yes."))
    with torch.no_grad():
        kinds = torch.tensor([[0] * (len(a) + 2) + [1] * (len(b) + 1)])
        ids = torch.tensor([[0, *a, 2, *b, 2]])
        expected = float(model(ids, token_type_ids=kinds).logits[0, 0])
        other = float(model(ids).logits[0, 0])
    scorer = load_scorer(read_folder(tmp_path, "bert"), "cpu")
    (found,) = scorer.score(["Yes."], ["Da."])
    assert abs(expected - other) > 1e-3
    assert found.score == pytest.approx(expected, abs=1e-5)


def test_neither_batch_nor_order_moves_a_score(regressor_folder: Path) -> None:
    texts = [(s, t) for s in SOURCES for t in TRANSLATIONS]
    info = read_folder(regressor_folder, "tiny")
    by_pair: dict[tuple[str, str], float] = {}
    for batch_size, seed in ((1, 0), (7, 1), (64, 2)):
        random.Random(seed).shuffle(texts)
        scorer = load_scorer(info, "cpu", batch_size)
        found = scorer.score([t for _, t in texts], [s for s, _ in texts])
        for pair, score in zip(texts, found, strict=True):
            assert score.score is not None
            assert abs(by_pair.setdefault(pair, score.score) - score.score) < 1e-5


def test_a_pair_that_is_too_long_loses_the_end_of_its_longer_text_and_says_so(
    regressor_folder: Path,
) -> None:
    scorer = load_scorer(read_folder(regressor_folder, "tiny"), "cpu")
    long = "z" * 200
    short, cut, same_cut = scorer.score(
        ["The bridge.", "The bridge. " + long, "The bridge. " + long + " and more"],
        ["Podul.", "Podul.", "Podul."],
    )
    assert (short.truncated, cut.truncated, same_cut.truncated) == (False, True, True)
    # (The last bits of a float depend on where in the batch a text stands.)
    assert cut.score == pytest.approx(same_cut.score, abs=1e-6) != short.score


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [(3, 4, (3, 4)), (9, 3, (7, 3)), (3, 9, (3, 7)), (9, 9, (5, 5)), (9, 8, (5, 5))],
)
def test_the_longer_text_loses_tokens_and_the_translation_where_both_are_alike(
    first: int, second: int, kept: tuple[int, int]
) -> None:
    from mtqa.qe.foreign.transquest import _kept

    assert _kept(first, second, 10) == kept


def test_an_odd_room_leaves_the_source_one_token_more() -> None:
    from mtqa.qe.foreign.transquest import _kept

    assert _kept(9, 9, 9) == (5, 4)


def test_a_model_that_was_not_trained_by_transquest_reads_all_it_has_positions_for(
    regressor_folder: Path, tmp_path: Path
) -> None:
    folder = copy(regressor_folder, tmp_path / "own")
    (folder / "model_args.json").unlink()
    scorer = load_scorer(read_folder(folder, "own"), "cpu")
    fits, cut = scorer.score(["y" * 180, "y" * 210], ["Da.", "Da."])
    assert (fits.truncated, cut.truncated) == (False, True)


def test_a_model_of_edit_rates_is_turned_round(regressor_folder: Path, tmp_path: Path) -> None:
    folder = copy(regressor_folder, tmp_path / "monotransquest-hter-tiny")
    for plain, turned in zip(scores(regressor_folder), scores(folder), strict=True):
        assert plain == pytest.approx(1 - turned, abs=1e-6)


def test_empty_texts_are_named_and_no_source_is_refused(regressor_folder: Path) -> None:
    scorer = load_scorer(read_folder(regressor_folder, "tiny"), "cpu")
    found = scorer.score(["", "Yes.", " "], ["Da.", " ", ""])
    assert [s.score for s in found] == [0.0, None, None]
    assert [s.reason for s in found] == [
        "empty translation",
        "empty source",
        "source and translation are empty",
    ]
    assert scorer.score([], []) == []
    with pytest.raises(ModelError, match="without the source"):
        scorer.score(["Yes."])
    with pytest.raises(ValueError, match="1 translations but 2 sources"):
        scorer.score(["Yes."], ["Da.", "Nu."])


def test_a_score_outside_0_to_1_is_clipped(regressor_folder: Path, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    for shift, limit in ((50.0, 1.0), (-50.0, 0.0)):
        folder = copy(regressor_folder, tmp_path / str(limit))
        state = load_file(folder / "model.safetensors")
        state["classifier.out_proj.bias"] += shift
        save_file(state, folder / "model.safetensors", {"format": "pt"})
        assert set(scores(folder)) == {limit}


def damage(folder: Path, what: str) -> None:
    from safetensors.torch import load_file, save_file

    path = folder / "model.safetensors"
    if what == "cut":
        path.write_bytes(path.read_bytes()[:5000])
    elif what == "no numbers":
        state = load_file(path)
        state["classifier.out_proj.bias"].fill_(torch.nan)
        save_file(state, path, {"format": "pt"})
    elif what == "a tensor is missing":
        state = load_file(path)
        del state["classifier.out_proj.weight"]
        save_file(state, path, {"format": "pt"})
    elif what == "a tensor has another shape":
        state = load_file(path)
        state["classifier.out_proj.weight"] = torch.zeros(1, 5)
        save_file(state, path, {"format": "pt"})


@pytest.mark.parametrize(
    "what", ["cut", "no numbers", "a tensor is missing", "a tensor has another shape"]
)
def test_damaged_weights_are_one_sentence(
    regressor_folder: Path, tmp_path: Path, what: str, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = copy(regressor_folder, tmp_path / "broken")
    damage(folder, what)
    with pytest.raises(ModelError, match=r"model\.safetensors: the weights are damaged") as caught:
        scores(folder)
    assert "\n" not in str(caught.value)
    assert capfd.readouterr() == ("", "")


def test_a_tokenizer_that_is_missing_or_damaged_is_one_sentence(
    regressor_folder: Path, tmp_path: Path
) -> None:
    folder = copy(regressor_folder, tmp_path / "broken")
    (folder / "tokenizer.json").write_text("{", encoding="utf-8")
    with pytest.raises(ModelError, match="the tokenizer cannot be read"):
        scores(folder)
    (folder / "tokenizer.json").unlink()
    with pytest.raises(ModelError, match="holds no tokenizer"):
        scores(folder)


def test_a_classifier_is_no_regressor(regressor_folder: Path, tmp_path: Path) -> None:
    folder = copy(regressor_folder, tmp_path / "sentiment")
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config["id2label"] = {"0": "NEGATIVE", "1": "POSITIVE"}
    config["label2id"] = {"NEGATIVE": 0, "POSITIVE": 1}
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(ModelError, match="sorts texts into 2 classes"):
        scores(folder)


def test_a_device_that_does_not_exist_is_one_sentence(regressor_folder: Path) -> None:
    for device in ("abacus", "cuda:99"):
        with pytest.raises(ModelError, match=f"there is no device '{device}'"):
            load_scorer(read_folder(regressor_folder, "tiny"), device)
