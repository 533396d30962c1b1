"""The same weights score the same in mtqa and in the packages of the models' authors.

These packages need older releases of what mtqa runs on, so the tests run where they are
installed and are skipped elsewhere. In an environment of their own (Python 3.11 or 3.12):

    pip install -e '.[dev,comet]' && pip install --no-deps transquest==1.1.1
    pytest tests/qe/foreign/test_upstream.py
"""

import importlib
import io
import sys
import types
from pathlib import Path
from typing import Any

import pytest
import torch

from mtqa.qe.models import ModelError, find_model, load_scorer, read_folder
from tests.qe.foreign.conftest import SOURCES, TRANSLATIONS, write_tokenizer

LONG = "and so on, until further notice, as the ministry said on Tuesday " * 12
PAIRS = [
    *zip(SOURCES, TRANSLATIONS, strict=True),
    (SOURCES[0], LONG),
    (LONG, TRANSLATIONS[3]),
    (LONG, LONG),
]


def mtqa_scores(
    folder: Path, batch_size: int, name: str = "tiny"
) -> tuple[list[float], list[bool]]:
    scorer = load_scorer(read_folder(folder, name), "cpu", batch_size)
    found = scorer.score([t for _, t in PAIRS], [s for s, _ in PAIRS])
    return [s.score or 0.0 for s in found], [s.truncated for s in found]


def settings(**values: Any) -> dict[str, Any]:
    return values


# transquest


# What transquest imports for training, or for other encoders, and what a later release of
# transformers has dropped: prediction with XLM-R uses none of it.
_ONLY = "transquest.algo.sentence_level.monotransquest.models"
_ARCHIVES = "{}_PRETRAINED_MODEL_ARCHIVE_LIST"
UNUSED = {
    "sklearn": (),
    "sklearn.metrics": (
        "confusion_matrix",
        "label_ranking_average_precision_score",
        "matthews_corrcoef",
    ),
    "tensorboardX": ("SummaryWriter",),
    "transformers.convert_graph_to_onnx": ("convert", "quantize"),
    "transformers.optimization": ("AdamW",),
    "transformers.models.roberta.modeling_roberta": (_ARCHIVES.format("ROBERTA"),),
    "transformers.models.xlm_roberta.modeling_xlm_roberta": (_ARCHIVES.format("XLM_ROBERTA"),),
    f"{_ONLY}.bert_model": ("BertForSequenceClassification",),
    f"{_ONLY}.distilbert_model": ("DistilBertForSequenceClassification",),
    f"{_ONLY}.xlm_model": ("XLMForSequenceClassification",),
}


@pytest.fixture
def transquest(monkeypatch: pytest.MonkeyPatch) -> Any:
    for package in ("transquest", "sentencepiece", "pandas"):
        pytest.importorskip(package, reason=f"needs {package}; see the head of this file")
    import transformers

    if int(transformers.__version__.split(".")[0]) > 4:
        pytest.skip("transquest 1.1.1 needs transformers 4")
    for module, names in UNUSED.items():
        try:
            importlib.import_module(module)
        except ImportError:
            monkeypatch.setitem(sys.modules, module, types.ModuleType(module))
        for name in names:
            if not hasattr(sys.modules[module], name):
                monkeypatch.setattr(sys.modules[module], name, None, raising=False)
    return importlib.import_module("transquest.algo.sentence_level.monotransquest.run_model")


@pytest.mark.parametrize("limit", [40, 128])
def test_monotransquest(transquest: Any, tmp_path: Path, limit: int) -> None:
    import json

    from transformers import XLMRobertaConfig, XLMRobertaForSequenceClassification

    folder = tmp_path / "monotransquest-da-tiny"
    folder.mkdir()
    vocabulary = io.BytesIO()
    importlib.import_module("sentencepiece").SentencePieceTrainer.train(
        sentence_iterator=iter([*SOURCES, *TRANSLATIONS, LONG] * 20),
        model_writer=vocabulary,
        vocab_size=150,
        hard_vocab_limit=False,
    )
    (folder / "sentencepiece.bpe.model").write_bytes(vocabulary.getvalue())
    (folder / "tokenizer_config.json").write_text(
        json.dumps({"tokenizer_class": "XLMRobertaTokenizer"}), encoding="utf-8"
    )
    torch.manual_seed(3)
    config = XLMRobertaConfig(
        vocab_size=200,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=202,
        initializer_range=0.3,
        pad_token_id=1,
        **settings(num_labels=1),
    )
    model = XLMRobertaForSequenceClassification(config)
    with torch.no_grad():
        model.classifier.out_proj.weight.mul_(0.2)
        model.classifier.out_proj.bias.fill_(0.5)
    model.save_pretrained(folder)
    arguments = {"max_seq_length": limit, "silent": True, "fp16": False}
    (folder / "model_args.json").write_text(json.dumps(arguments), encoding="utf-8")

    upstream = transquest.MonoTransQuestModel(
        "xlmroberta", str(folder), num_labels=1, use_cuda=False
    )
    expected, _ = upstream.predict([[source, translation] for source, translation in PAIRS])
    found, cut = mtqa_scores(folder, 3)
    assert len({round(value, 2) for value in found}) > 3
    assert cut[-3:] == [True, True, True]
    print("largest difference", max(abs(a - b) for a, b in zip(found, expected, strict=True)))
    assert found == pytest.approx([min(1, max(0, float(v))) for v in expected], abs=1e-5)


# unbabel-comet


COMET = {
    "referenceless_regression_metric": settings(
        layer="mix", layer_norm=True, final_activation="Sigmoid", pool="avg"
    ),
    "unified_metric": settings(
        sent_layer="mix",
        layer_norm=False,
        layer_transformation="sparsemax",
        input_segments=["mt", "src"],
    ),
    "xcomet_metric": settings(sent_layer="mix", layer_transformation="softmax", word_layer=1),
}


@pytest.fixture
def save_comet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    pytest.importorskip("comet", reason="needs unbabel-comet; see the head of this file")
    import yaml
    from transformers import XLMRobertaConfig

    monkeypatch.setenv("MTQA_ALLOW_PICKLE", "1")
    comet = importlib.import_module("comet.models")

    def save(identifier: str, **changed: Any) -> Path:
        folder, encoder = tmp_path / identifier, tmp_path / "encoder"
        (folder / "checkpoints").mkdir(parents=True)
        encoder.mkdir(exist_ok=True)
        XLMRobertaConfig(
            vocab_size=write_tokenizer(encoder, "xlm-roberta") + 5,
            hidden_size=32,
            num_hidden_layers=2,
            num_attention_heads=4,
            intermediate_size=64,
            max_position_embeddings=202,
            initializer_range=0.3,
        ).save_pretrained(encoder)
        (encoder / "tokenizer_config.json").write_text("{}", encoding="utf-8")
        torch.manual_seed(4)
        values = COMET.get(identifier, {}) | {
            "encoder_model": "XLM-RoBERTa",
            "pretrained_model": str(encoder),
            "hidden_sizes": [16],
            **changed,
        }
        model = comet.str2model[identifier](
            load_pretrained_weights=False, local_files_only=True, **values
        )
        with torch.no_grad():
            for parameter in model.estimator.parameters():
                parameter.mul_(0.5)
            list(model.estimator.parameters())[-1].fill_(0.5)
        saved = {
            "state_dict": model.state_dict(),
            "hyper_parameters": dict(model.hparams),
            "pytorch-lightning_version": "2.0.0",
            "epoch": 0,
            "global_step": 0,
        }
        torch.save(saved, folder / "checkpoints" / "model.ckpt")
        hparams = values | {"class_identifier": identifier}
        (folder / "hparams.yaml").write_text(yaml.safe_dump(hparams), encoding="utf-8")
        return folder

    return save


@pytest.mark.parametrize("identifier", COMET)
def test_comet(save_comet: Any, identifier: str) -> None:
    comet = importlib.import_module("comet")
    folder = save_comet(identifier)
    upstream = comet.load_from_checkpoint(
        str(folder / "checkpoints" / "model.ckpt"), local_files_only=True
    )
    samples = [{"src": source, "mt": translation} for source, translation in PAIRS]
    expected = upstream.predict(samples, batch_size=1, gpus=0, progress_bar=False).scores
    for batch_size in (1, 3):
        found, cut = mtqa_scores(folder, batch_size)
        difference = max(abs(a - b) for a, b in zip(found, expected, strict=True))
        print("largest difference", identifier, difference)
        assert found == pytest.approx([min(1, max(0, v)) for v in expected], abs=1e-5)
        assert cut[:5] == [False] * 5
        assert cut[-1]
    assert len({round(value, 3) for value in found}) > 3


def test_comet_needs_permission(save_comet: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = save_comet("unified_metric")
    monkeypatch.delenv("MTQA_ALLOW_PICKLE")
    with pytest.raises(ModelError, match="set MTQA_ALLOW_PICKLE=1"):
        load_scorer(find_model(str(folder)), "cpu")


def test_comet_that_needs_a_reference_is_refused(save_comet: Any) -> None:
    folder = save_comet("regression_metric")
    with pytest.raises(ModelError, match="needs a reference translation"):
        load_scorer(find_model(str(folder)), "cpu")


def test_comet_without_bounds_is_refused(save_comet: Any) -> None:
    folder = save_comet("referenceless_regression_metric", final_activation=None)
    with pytest.raises(ModelError, match="standardised scores, which have no bounds"):
        load_scorer(find_model(str(folder)), "cpu")


def test_a_damaged_checkpoint_and_a_missing_encoder_are_one_sentence(save_comet: Any) -> None:
    folder = save_comet("unified_metric")
    encoder = folder.parent / "encoder"
    encoder.rename(folder.parent / "moved")
    with pytest.raises(ModelError, match="the tokenizer of its encoder"):
        load_scorer(find_model(str(folder)), "cpu")
    (folder.parent / "moved").rename(encoder)
    checkpoint = folder / "checkpoints" / "model.ckpt"
    checkpoint.write_bytes(checkpoint.read_bytes()[:4000])
    with pytest.raises(ModelError, match=r"model\.ckpt: the checkpoint is damaged"):
        load_scorer(find_model(str(folder)), "cpu")
