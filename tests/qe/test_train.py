"""A training run, and one that is stopped and taken up."""

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest
import torch

import mtqa.qe.training.train as training
from mtqa.qe.batching import PieceEncoder
from mtqa.qe.folder import load_model, save_model
from mtqa.qe.predict import predict
from mtqa.qe.training.damage import make_pool
from mtqa.qe.training.data import read_mlqe, read_mqm
from mtqa.qe.training.finish import load_checkpoint
from mtqa.qe.training.train import Recipe, make_step, new_model, step_loss, train

RECIPE = Recipe(
    seed=3,
    split=2,
    batch=4,
    passes={"into_english": 1.0, "from_english": 1.0, "mqm": 0.5},
    warmup=2,
    frozen=1,
    limit=64,
)


def test_a_stopped_run_ends_where_an_unbroken_one_does(
    data_folder: Path, encoder_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    train(RECIPE, data_folder, encoder_folder, whole, None, 6, 3, 100)

    calls = 0
    plain = training.step_loss

    def stop_at_third(*args: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 3:
            os.kill(os.getpid(), signal.SIGTERM)
        return plain(*args)

    monkeypatch.setattr(training, "step_loss", stop_at_third)
    train(RECIPE, data_folder, encoder_folder, broken, None, 6, 3, 100)
    assert torch.load(broken / "checkpoint.pt", weights_only=True)["step"] == 3
    train(RECIPE, data_folder, encoder_folder, broken, None, 6, 3, 100)
    left = torch.load(whole / "checkpoint.pt", weights_only=True)
    right = torch.load(broken / "checkpoint.pt", weights_only=True)
    assert left["step"] == right["step"] == 6
    for name, tensor in left["model"].items():
        assert torch.allclose(tensor, right["model"][name], atol=1e-5), name
    last = json.loads((whole / "log.jsonl").read_text().splitlines()[-1])
    assert last["final"]
    model = load_checkpoint(whole / "checkpoint.pt", encoder_folder)
    save_model(model, encoder_folder / "tokenizer.json", tmp_path / "model")
    again, _ = load_model(tmp_path / "model")
    encoder = PieceEncoder(encoder_folder / "tokenizer.json", 64)
    texts = ["The mayor opened the bridge."]
    assert predict(again, encoder, texts)[0].score == pytest.approx(
        predict(model, encoder, texts)[0].score, abs=0.05
    )


def test_a_step_trains_all_but_the_frozen_layers(data_folder: Path, encoder_folder: Path) -> None:
    rows = read_mlqe(data_folder / "mlqe-pe", "ro-en", "train")
    rows += read_mqm(data_folder / "mqm-zh-en" / "newstest2020.jsonl.gz")[:4]
    pools = {"en": make_pool([r.translation for r in rows])}
    step = make_step(rows, pools, RECIPE, 0)
    again = make_step(rows, pools, RECIPE, 0)
    assert [t.text for t in step.targets] == [t.text for t in again.targets]
    model = new_model(encoder_folder, 2)
    training.rate_groups(model, RECIPE)
    loss, parts = step_loss(model, PieceEncoder(encoder_folder / "tokenizer.json", 64), step, {})
    loss.backward()  # type: ignore[no-untyped-call]
    assert {"score_joint", "score_alone", "words_joint", "words_alone", "apart"} <= parts.keys()
    still = {
        n.split(".")[1]
        for n, p in model.named_parameters()
        if n.startswith("layers.") and p.grad is None
    }
    assert still == {"0"}
    assert model.literals.weight.grad is not None


def test_a_recipe_with_an_unknown_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "recipe.toml").write_text("sed = 1\n", encoding="utf-8")
    with pytest.raises(TypeError, match="sed"):
        Recipe.read(tmp_path / "recipe.toml")


def test_the_encoder_equals_transformers_bert(encoder_folder: Path) -> None:
    transformers = pytest.importorskip("transformers")
    from mtqa.qe.storage import load_packed, unpack4

    values = json.loads((encoder_folder / "config.json").read_text(encoding="utf-8"))
    ours = new_model(encoder_folder, values["num_hidden_layers"]).eval()
    state = load_packed(encoder_folder / "model.safetensors")
    word = "embeddings.word_embeddings.weight"
    state[word] = unpack4(state.pop(f"{word}.q4"), state.pop(f"{word}.s4"))
    bert = transformers.BertModel(transformers.BertConfig(**values), add_pooling_layer=False)
    bert.load_state_dict(state)
    bert.eval()
    ids = torch.randint(4, 500, (3, 11))
    mask = torch.ones(3, 11, dtype=torch.bool)
    mask[1, 6:] = False
    with torch.no_grad():
        expected = bert(ids, attention_mask=mask.long()).last_hidden_state
        found = ours.lower(ids, mask).states
    assert torch.allclose(found[mask], expected[mask], atol=1e-4)
