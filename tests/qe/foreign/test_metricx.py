"""MetricX-24."""

import json
import random
from pathlib import Path

import pytest
import torch
from transformers import AutoTokenizer, MT5ForConditionalGeneration

from mtqa.qe.foreign import metricx as module
from mtqa.qe.models import ModelError, load_scorer, read_folder
from tests.qe.foreign.conftest import SOURCES, TRANSLATIONS, SaveMetricX, write_tokenizer

TABLES = ("shared.weight", "encoder.embed_tokens.weight", "decoder.embed_tokens.weight")


def published(folder: Path, model: MT5ForConditionalGeneration, tied: bool = False) -> list[float]:
    """Error scores as the published code computes them, one pair at a time.

    google-research/metricx: the input of metricx24/predict.py (_make_input with is_qe,
    _tokenize, _remove_eos), the computation of MT5ForRegression.forward (metricx24/models.py).
    """
    tokenizer = AutoTokenizer.from_pretrained(folder)
    errors = []
    for source, translation in zip(SOURCES, TRANSLATIONS, strict=True):
        text = "source: " + source + " candidate: " + translation
        ids = [*tokenizer(text, add_special_tokens=False)["input_ids"], tokenizer.eos_token_id]
        ids = ids[:-1]
        inputs = torch.tensor([ids])
        mask = torch.ones_like(inputs)
        with torch.no_grad():
            hidden = model.encoder(input_ids=inputs, attention_mask=mask)[0]
            output = model.decoder(
                input_ids=torch.LongTensor([0]).repeat(1).reshape(-1, 1),
                encoder_hidden_states=hidden,
                encoder_attention_mask=mask,
            )[0]
            if tied:
                output = output * (model.config.d_model**-0.5)
            logits = model.lm_head(output)
        errors.append(float(torch.clamp(logits[:, 0, 250089], 0, 25)))
    return errors


def scores(folder: Path, batch_size: int = 8) -> list[float]:
    scorer = load_scorer(read_folder(folder, "google/metricx-24-tiny"), "cpu", batch_size)
    return [s.score or 0.0 for s in scorer.score(TRANSLATIONS, SOURCES)]


@pytest.mark.parametrize("table", TABLES)
def test_a_pair_scores_what_the_published_code_gives(
    save_metricx: SaveMetricX, metricx: MT5ForConditionalGeneration, table: str
) -> None:
    folder = save_metricx(table)
    errors = published(folder, metricx)
    assert sum(0 < error < 25 for error in errors) >= 4
    assert len({round(error, 2) for error in errors}) >= 4
    assert scores(folder) == pytest.approx([1 - error / 25 for error in errors], abs=1e-5)


def test_states_before_a_tied_table_are_scaled(
    save_metricx: SaveMetricX, metricx: MT5ForConditionalGeneration
) -> None:
    folder = save_metricx(tie_word_embeddings=True)
    errors = published(folder, metricx, tied=True)
    assert scores(folder) == pytest.approx([1 - error / 25 for error in errors], abs=1e-5)


def test_neither_batch_nor_order_moves_a_score(save_metricx: SaveMetricX) -> None:
    texts = [(s, t) for s in SOURCES for t in TRANSLATIONS]
    info = read_folder(save_metricx(), "tiny")
    by_pair: dict[tuple[str, str], float] = {}
    for batch_size, seed in ((1, 0), (7, 1), (64, 2)):
        random.Random(seed).shuffle(texts)
        scorer = load_scorer(info, "cpu", batch_size)
        found = scorer.score([t for _, t in texts], [s for s, _ in texts])
        for pair, score in zip(texts, found, strict=True):
            assert score.score is not None
            assert abs(by_pair.setdefault(pair, score.score) - score.score) < 1e-5


def test_a_text_past_1535_tokens_is_cut_and_says_so(save_metricx: SaveMetricX) -> None:
    scorer = load_scorer(read_folder(save_metricx(), "tiny"), "cpu")
    short, cut, same_cut = scorer.score(["z" * 900, "z" * 1600, "z" * 1700], ["Da."] * 3)
    assert (short.truncated, cut.truncated, same_cut.truncated) == (False, True, True)
    assert cut.score == pytest.approx(same_cut.score, abs=1e-6)


def test_an_error_score_outside_0_to_25_is_clamped(
    save_metricx: SaveMetricX, metricx: MT5ForConditionalGeneration
) -> None:
    row = metricx.lm_head.weight[250089]
    kept = row.detach().clone()
    try:
        with torch.no_grad():
            row.mul_(1000)
        errors = published(folder := save_metricx(), metricx)
        assert set(errors) <= {0.0, 25.0}
        assert scores(folder) == [1 - error / 25 for error in errors]
    finally:
        with torch.no_grad():
            row.copy_(kept)


def test_a_folder_in_shards_scores_as_one_in_a_file(save_metricx: SaveMetricX) -> None:
    from safetensors.torch import load_file, save_file

    folder = save_metricx()
    expected = scores(folder)
    state = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    names = sorted(state)
    parts = {"model-00001-of-00002.safetensors": names[:20]}
    parts["model-00002-of-00002.safetensors"] = names[20:]
    for file, keys in parts.items():
        save_file({key: state[key] for key in keys}, folder / file)
    index = {"weight_map": {key: file for file, keys in parts.items() for key in keys}}
    path = folder / "model.safetensors.index.json"
    path.write_text(json.dumps(index), encoding="utf-8")
    assert scores(folder) == expected
    checksum = read_folder(folder, "tiny").checksum
    assert checksum == read_folder(folder, "tiny").checksum
    state["lm_head.weight"][250089] += 0.01
    save_file({key: state[key] for key in names[20:]}, folder / "model-00002-of-00002.safetensors")
    save_file({key: state[key] for key in names[:20]}, folder / "model-00001-of-00002.safetensors")
    assert read_folder(folder, "tiny").checksum != checksum
    (folder / "model-00002-of-00002.safetensors").unlink()
    with pytest.raises(ModelError, match="the weights are damaged"):
        scores(folder)


def test_the_tokenizer_comes_from_the_folder_or_from_the_cache_of_the_hub(
    save_metricx: SaveMetricX, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import huggingface_hub.constants

    cache = tmp_path / "hub"
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(cache))
    folder = save_metricx(tokenizer=False)
    with pytest.raises(ModelError, match=r"holds no tokenizer; put that of mT5 there \(spiece"):
        scores(folder)
    snapshot = cache / "models--google--mt5-large" / "snapshots" / "abc"
    snapshot.mkdir(parents=True)
    write_tokenizer(snapshot, "mt5")
    from_cache = scores(folder)
    write_tokenizer(folder, "mt5")
    assert from_cache == scores(folder)


def test_a_vocabulary_of_sentencepiece_needs_its_package(
    save_metricx: SaveMetricX, monkeypatch: pytest.MonkeyPatch
) -> None:
    import importlib.util

    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda n: None if n == "sentencepiece" else find(n)
    )
    folder = save_metricx()
    (folder / "tokenizer.json").rename(folder / "spiece.model")
    with pytest.raises(ModelError, match="pip install sentencepiece protobuf"):
        scores(folder)


def test_a_token_that_the_model_does_not_know_is_unknown(save_metricx: SaveMetricX) -> None:
    folder = save_metricx()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    tokenizer.add_tokens([f"<t{i}>" for i in range(3)])
    from mtqa.qe.foreign.pairs import piece_ids

    known = len(tokenizer) - 2
    ids = piece_ids(tokenizer, "<t0><t1><t2>", known)
    assert max(ids) < known
    assert ids.count(tokenizer.unk_token_id) == 2


def test_another_mt5_is_no_metricx(save_metricx: SaveMetricX) -> None:
    folder = save_metricx(architectures=["MT5ForConditionalGeneration"])
    with pytest.raises(ModelError, match="is an mT5 but no MetricX"):
        scores(folder)


def test_metricx_23_reads_another_form(save_metricx: SaveMetricX) -> None:
    info = read_folder(save_metricx(), "google/metricx-23-qe-large-v2p0")
    with pytest.raises(ModelError, match="use MetricX-24"):
        load_scorer(info, "cpu")


@pytest.mark.parametrize(
    ("key", "problem"),
    [
        ("lm_head.weight", "lm_head.weight is missing"),
        ("shared.weight", "shared.weight is missing"),
        ("encoder.final_layer_norm.weight", "encoder.final_layer_norm.weight is missing"),
    ],
)
def test_weights_that_lack_a_tensor_are_one_sentence(
    save_metricx: SaveMetricX, key: str, problem: str, capfd: pytest.CaptureFixture[str]
) -> None:
    from safetensors.torch import load_file, save_file

    folder = save_metricx()
    state = load_file(folder / "model.safetensors")
    del state[key]
    save_file(state, folder / "model.safetensors")
    with pytest.raises(ModelError, match=rf"the weights are damaged .*: {problem}$"):
        scores(folder)
    assert capfd.readouterr() == ("", "")


def test_weights_of_another_size_or_cut_off_are_one_sentence(save_metricx: SaveMetricX) -> None:
    folder = save_metricx(d_ff=32)
    with pytest.raises(ModelError, match=r"is \(16, 8\), not \(32, 8\)"):
        scores(folder)
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(ModelError, match=r"model\.safetensors: the weights are damaged"):
        scores(folder)


def test_the_score_is_the_logit_of_the_published_token() -> None:
    assert module.SCORE_TOKEN == 250089
    assert module.WORST == 25
