"""A training run, and one that is stopped and taken up."""

import json
import os
import signal
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import torch
from typer.testing import CliRunner

import mtqa.qe.training.train as training
from mtqa.cli import app
from mtqa.cli.train import _next
from mtqa.config import ConfigError
from mtqa.qe.batching import PieceEncoder
from mtqa.qe.folder import load_model, save_model
from mtqa.qe.model import Layer
from mtqa.qe.models import find_model, load_scorer
from mtqa.qe.predict import predict
from mtqa.qe.scorer import NativeScorer
from mtqa.qe.training import finish
from mtqa.qe.training.correct import draw_twins
from mtqa.qe.training.damage import make_pool
from mtqa.qe.training.data import read_mlqe, read_mqm
from mtqa.qe.training.finish import load_checkpoint
from mtqa.qe.training.recipe import Recipe
from mtqa.qe.training.train import (
    make_step,
    new_model,
    prepare,
    read_checkpoint,
    step_loss,
    train,
)

RECIPE = Recipe(
    seed=3,
    split=2,
    batch=4,
    passes={"into_english": 1.0, "from_english": 1.0, "mqm": 0.5},
    warmup=2,
    frozen=1,
    limit=64,
)


def stop_at(monkeypatch: pytest.MonkeyPatch, step: int, number: int) -> None:
    """Send this process a signal while the loss of a step is computed."""
    calls = 0
    plain = training.step_loss

    def counted(*args: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == step:
            os.kill(os.getpid(), number)
        return plain(*args)

    monkeypatch.setattr(training, "step_loss", counted)


def assert_same_weights(left: dict[str, Any], right: dict[str, Any]) -> None:
    assert left["model"].keys() == right["model"].keys()
    for name, tensor in left["model"].items():
        assert torch.allclose(tensor, right["model"][name], atol=1e-5), name


def test_a_model_is_made_ready_for_training(model_folder: Path) -> None:
    model = load_model(model_folder)[0]
    assert model.correct.weight.any()
    prepare(model, replace(OWN, dropout=0.2, frozen=1))
    assert model.correct.weight.any()
    dropped = [layer.dropout.p for layer in model.layers if isinstance(layer, Layer)]
    assert dropped == [0.0, 0.2, 0.2, 0.2]
    prepare(model, replace(RECIPE, eight_bit=False))
    assert not model.correct.weight.any()


def test_a_stopped_run_ends_where_an_unbroken_one_does(
    data_folder: Path, encoder_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    run = train(RECIPE, data_folder, encoder_folder, whole, steps=6, dev_rows=3)
    assert (run.step, run.total, run.stopped) == (6, 6, None)

    stop_at(monkeypatch, 3, signal.SIGTERM)
    run = train(RECIPE, data_folder, encoder_folder, broken, steps=6, dev_rows=3)
    assert (run.step, run.stopped) == (3, signal.SIGTERM)
    assert torch.load(broken / "checkpoint.pt", weights_only=True)["step"] == 3
    train(RECIPE, data_folder, encoder_folder, broken, steps=6, dev_rows=3)
    left = torch.load(whole / "checkpoint.pt", weights_only=True)
    right = torch.load(broken / "checkpoint.pt", weights_only=True)
    assert left["step"] == right["step"] == 6
    assert_same_weights(left, right)
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
    rows = [torch.randint(4, 500, (length,)).tolist() for length in (11, 6, 9)]
    with torch.no_grad():
        found = ours.lower(rows).states
        expected = [bert(torch.tensor([row])).last_hidden_state[0] for row in rows]
    assert torch.allclose(found, torch.cat(expected), atol=1e-4)


@pytest.fixture
def own_folder(tmp_path: Path) -> Path:
    """Judgements of one's own: 4 documents of 6 sentences, direct assessment, word tags."""
    folder = tmp_path / "own"
    folder.mkdir()
    rows = ["source\ttranslation\tda\ttags\tdocument"]
    for i in range(24):
        tags = " ".join(["BAD" if i % 4 == 0 else "OK"] * 7)
        rows.append(
            f"Primarul a deschis {i} poduri noi.\tThe mayor opened {i} new bridges there.\t"
            f"{90 - 30 * (i % 4 == 0) - i / 10}\t{tags}\tnews.{i // 6}"
        )
    (folder / "mine.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder


OWN = Recipe(
    seed=5,
    batch=4,
    judgements=("mine.tsv",),
    columns={"score": "da"},
    pair="ro-en",
    passes={"judgements": 2.0},
    held_out=0.5,
    warmup=2,
    limit=64,
)


def test_a_model_is_fitted_to_ones_own_judgements(
    own_folder: Path, model_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, held = training.read_judged(own_folder, OWN)
    assert {r.document for r in kept}.isdisjoint(r.document for r in held)
    assert len(kept) >= 12
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    run = train(OWN, own_folder, model_folder, whole, steps=4)
    assert (run.step, run.total, run.stopped) == (4, 4, None)
    stop_at(monkeypatch, 2, signal.SIGINT)
    assert train(OWN, own_folder, model_folder, broken, steps=4).stopped == signal.SIGINT
    train(OWN, own_folder, model_folder, broken, steps=4)
    left, right = (read_checkpoint(f / "checkpoint.pt") for f in (whole, broken))
    assert_same_weights(left, right)
    assert left["recipe"]["split"] == 2  # that of the model it started from
    before, after = (
        load_model(model_folder)[0],
        load_checkpoint(whole / "checkpoint.pt", model_folder),
    )
    start, end = before.state_dict(), after.state_dict()
    assert torch.equal(start["words.q4"], end["words.q4"])
    assert not torch.equal(start["layers.3.qkv.weight"], end["layers.3.qkv.weight"])
    assert torch.allclose(start["layers.3.qkv.weight"], end["layers.3.qkv.weight"], atol=0.01)


def test_a_killed_run_keeps_a_checkpoint_through_the_cooldown(
    own_folder: Path, model_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "SAVE_EVERY", 0)
    plain = training.make_step

    def killed(*args: Any) -> Any:
        if args[-1] == 5:
            raise MemoryError  # stands for a kill: nothing is saved on the way out
        return plain(*args)

    monkeypatch.setattr(training, "make_step", killed)
    handler = signal.getsignal(signal.SIGTERM)
    with pytest.raises(MemoryError):
        train(OWN, own_folder, model_folder, tmp_path / "run", steps=6)
    assert read_checkpoint(tmp_path / "run" / "checkpoint.pt")["step"] == 5
    assert read_checkpoint(tmp_path / "run" / "trunk.pt")["factor"] == 1.0
    assert signal.getsignal(signal.SIGTERM) == handler


def test_what_cannot_be_used_is_one_sentence(
    own_folder: Path, model_folder: Path, encoder_folder: Path, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match="there is no folder"):
        train(OWN, tmp_path / "none", model_folder, tmp_path / "run")
    with pytest.raises(ConfigError, match=r"da/ro-en\.train\.tsv\.gz: is missing"):
        train(RECIPE, own_folder, encoder_folder, tmp_path / "run")
    with pytest.raises(ConfigError, match="is no folder of an encoder or a model"):
        train(OWN, own_folder, tmp_path, tmp_path / "run")
    with pytest.raises(ConfigError, match="fewer than one batch of 64"):
        train(replace(OWN, batch=64), own_folder, model_folder, tmp_path / "run")
    run = tmp_path / "run"
    train(OWN, own_folder, model_folder, run, steps=1)
    whole = (run / "checkpoint.pt").read_bytes()
    (run / "checkpoint.pt").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ConfigError, match=r"checkpoint\.pt: is damaged"):
        train(OWN, own_folder, model_folder, run, steps=2)
    torch.save({"model": {}}, run / "checkpoint.pt")
    with pytest.raises(ConfigError, match=r"is no checkpoint; it lacks factor"):
        train(OWN, own_folder, model_folder, run, steps=2)
    (run / "checkpoint.pt").write_bytes(whole)
    with pytest.raises(ConfigError, match="is of another model or recipe"):
        train(replace(OWN, frozen=2), own_folder, model_folder, run, steps=2)


def test_eight_bits_need_a_compiler(
    own_folder: Path, model_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(ConfigError, match=r"eight_bit needs a C\+\+ compiler"):
        train(replace(OWN, eight_bit=True), own_folder, model_folder, tmp_path / "run")


class TestFinish:
    @pytest.fixture
    def data(self, own_folder: Path) -> Path:
        path = own_folder / "mine.tsv"
        header, *rows = path.read_text(encoding="utf-8").splitlines()
        many = [row.replace("news.", f"news.{i}.") for i in range(10) for row in rows]
        path.write_text("\n".join([header, *many]) + "\n", encoding="utf-8")
        return own_folder

    def run(self, recipe: Recipe, data: Path, start: Path, out: Path) -> dict[str, Any]:
        train(recipe, data, start, out, steps=2)
        folder = out / "mine"
        finish.main([str(out / "checkpoint.pt"), "--data", str(data), "--out", str(folder)])
        config: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        return config

    def test_ones_own_held_out_judgements_calibrate_the_model(
        self, data: Path, model_folder: Path, tmp_path: Path
    ) -> None:
        recipe = replace(OWN, start=str(model_folder))
        config = self.run(recipe, data, model_folder, tmp_path / "run")
        before = json.loads((model_folder / "config.json").read_text(encoding="utf-8"))
        assert config["name"] == "mine"
        for key in ("calibration", "word_calibration"):
            assert config[key] != before[key]
        info = find_model(str(tmp_path / "run" / "mine"))
        held = training.read_judged(data, recipe)[1]
        scores = load_scorer(info, "cpu").score(
            [r.translation for r in held], [r.source for r in held]
        )
        mean = sum(s.score or 0 for s in scores) / len(scores)
        assert mean == pytest.approx(sum(r.raw for r in held) / len(held) / 100, abs=0.05)

    def test_what_judgements_do_not_tell_stays_as_it_was(
        self, data: Path, model_folder: Path, tmp_path: Path
    ) -> None:
        path = data / "mine.tsv"
        path.write_text(path.read_text(encoding="utf-8").replace("tags", "other", 1))
        recipe = replace(OWN, start=str(model_folder), scale="mqm")
        config = self.run(recipe, data, model_folder, tmp_path / "run")
        before = json.loads((model_folder / "config.json").read_text(encoding="utf-8"))
        for key in ("calibration", "word_calibration", "low_score", "suspect_word"):
            assert config[key] == before[key]

    def test_too_few_held_out_make_no_model(
        self, own_folder: Path, model_folder: Path, tmp_path: Path, capsys: Any
    ) -> None:
        with pytest.raises(SystemExit) as stop:
            self.run(replace(OWN, start=str(model_folder)), own_folder, model_folder, tmp_path)
        assert stop.value.code == 2
        assert "judgements were held out and 60 are needed" in capsys.readouterr().err
        assert not (tmp_path / "mine").exists()

    def test_the_shipped_way_still_finds_its_material(
        self, data_folder: Path, encoder_folder: Path, tmp_path: Path
    ) -> None:
        train(RECIPE, data_folder, encoder_folder, tmp_path, steps=1, dev_rows=3)
        checkpoint = tmp_path / "checkpoint.pt"
        with pytest.raises(ConfigError, match="name its folder with --encoder"):
            finish.finish(checkpoint, data_folder, tmp_path / "m")
        with pytest.raises(ConfigError, match=r"da_to_english.*is missing"):
            finish.finish(checkpoint, data_folder, tmp_path / "m", encoder_folder)

    def test_a_folder_is_corrected_by_what_training_has_not_seen(
        self,
        data_folder: Path,
        model_folder: Path,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        unseen = read_mlqe(data_folder / "mlqe-pe", "ro-en", "dev") * 200
        material = finish.Material([], unseen, twins=draw_twins(data_folder, 3))
        monkeypatch.setattr(finish, "shipped_material", lambda *given: material)
        finish.finish(model_folder, data_folder, tmp_path / "m")
        before, after = (
            load_scorer(find_model(str(f)), "cpu") for f in (model_folder, tmp_path / "m")
        )
        assert isinstance(before, NativeScorer)
        assert isinstance(after, NativeScorer)
        texts, sources = [r.translation for r in unseen[:6]], [r.source for r in unseen[:6]]
        errors = [
            sum(
                (p.score - row.score) ** 2
                for p, row in zip(
                    predict(s.model, s.encoder, texts, sources), unseen[:6], strict=True
                )
            )
            for s in (before, after)
        ]
        assert errors[1] < errors[0]


class TestCommand:
    @pytest.fixture
    def recipe(self, tmp_path: Path, model_folder: Path) -> Path:
        path = tmp_path / "mine.toml"
        path.write_text(
            f'start = "{model_folder}"\njudgements = ["mine.tsv"]\ncolumns = {{ score = "da" }}\n'
            'pair = "ro-en"\nbatch = 4\nlimit = 64\npasses = { judgements = 1 }\n',
            encoding="utf-8",
        )
        return path

    def test_a_run_and_its_taking_up(
        self, recipe: Path, own_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        arguments = ["train", str(recipe), "--data", str(own_folder), "--out", str(tmp_path / "r")]
        arguments += ["--steps", "3"]
        stop_at(monkeypatch, 2, signal.SIGTERM)
        stopped = CliRunner().invoke(app, arguments)
        assert stopped.exit_code == 143
        assert "stopped after step 2 of 3; the same command goes on" in stopped.stderr
        done = CliRunner().invoke(app, arguments, catch_exceptions=False)
        assert done.exit_code == 0
        assert done.stdout.endswith("checkpoint.pt: 3 of 3 steps\n")

    def test_wrong_use_is_one_sentence(
        self, recipe: Path, own_folder: Path, encoder_folder: Path, tmp_path: Path
    ) -> None:
        def refused(*arguments: str) -> str:
            rest = ["--data", str(own_folder), "--out", str(tmp_path / "r"), *arguments]
            with pytest.raises(ConfigError) as error:
                CliRunner().invoke(app, ["train", str(recipe), *rest], catch_exceptions=False)
            return str(error.value)

        assert "leave out --encoder" in refused("--encoder", str(encoder_folder))
        assert "--finish-by must be a time such as 18:30" in refused("--finish-by", "25:00")
        recipe.write_text('start = "nowhere/at/all"\nseed = 1\npasses = { mqm = 1 }\n')
        assert "there is no model" in refused()
        recipe.write_text("passes = { mqm = 1 }\n")
        assert "nothing to start from" in refused()
        recipe.write_text("sed = 1\n")
        assert "mine.toml: unknown key sed; did you mean seed?" in refused()
        recipe.unlink()
        assert "there is no recipe" in refused()


def test_the_end_of_a_run_is_the_next_time_of_the_clock() -> None:
    now = datetime(2024, 2, 28, 18, 0)
    assert _next("18:30", now) == datetime(2024, 2, 28, 18, 30)
    assert _next("7:05", now) == datetime(2024, 2, 29, 7, 5)
