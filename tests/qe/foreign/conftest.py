"""Models of others as folders with small random weights."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import MT5Config, MT5ForConditionalGeneration
from transformers import XLMRobertaConfig as Config
from transformers import XLMRobertaForSequenceClassification as Regressor

SOURCES = (
    "Primarul a deschis un pod nou luni.",
    "Trei persoane au fost rănite în accident.",
    "Da.",
    "Ministerul de Interne a anunțat marți că granița rămâne închisă până la noi ordine.",
    "„Nu știm nimic”, a spus el.",
)
TRANSLATIONS = (
    "The mayor opened a new bridge on Monday.",
    "Three people were injured in the crash.",
    "Yes.",
    "The interior ministry said on Tuesday that the border stays closed until further notice.",
    "“We know nothing,” he said.",
)
MARKS = {
    "xlm-roberta": ("<s>", "<pad>", "</s>", "<unk>"),
    "mt5": ("<pad>", "</s>", "<unk>"),
}


def randomise(model: torch.nn.Module, seed: int) -> None:
    """Weights that are the same in every release of transformers."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim > 1:
                parameter.copy_(torch.randn(parameter.shape, generator=generator) * 0.3)


def write_tokenizer(folder: Path, kind: str) -> int:
    """Write a tokenizer of single letters; its size comes back."""
    marks = MARKS[kind]
    words = sorted({w for text in SOURCES[:2] + TRANSLATIONS[:2] for w in text.split()})
    pieces = [(mark, 0.0) for mark in marks] + [("▁", -2.0)] + [("▁" + w, -5.0) for w in words]
    pieces += [(chr(c), -8.0) for c in [*range(33, 600), *range(0x2010, 0x2030)]]
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=marks.index("<unk>")))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.add_special_tokens(list(marks))
    tokenizer.save(str(folder / "tokenizer.json"))
    special = {"unk_token": "<unk>", "pad_token": "<pad>", "eos_token": "</s>"}
    if kind == "xlm-roberta":
        special |= {"cls_token": "<s>", "sep_token": "</s>", "bos_token": "<s>"}
    settings: dict[str, Any] = {"tokenizer_class": "PreTrainedTokenizerFast", **special}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings), encoding="utf-8")
    return tokenizer.get_vocab_size()


@pytest.fixture(scope="session")
def regressor_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A regressor over XLM-R, as TransQuest saves one."""
    folder = tmp_path_factory.mktemp("foreign") / "monotransquest-da-tiny"
    folder.mkdir()
    settings: dict[str, Any] = {"num_labels": 1}
    config = Config(
        vocab_size=write_tokenizer(folder, "xlm-roberta"),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=202,
        **settings,
    )
    model = Regressor(config)
    randomise(model, 1)
    with torch.no_grad():
        model.classifier.out_proj.weight.mul_(0.1)
        model.classifier.out_proj.bias.fill_(0.5)
    model.save_pretrained(folder)
    (folder / "model_args.json").write_text(json.dumps({"max_seq_length": 80}), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def metricx() -> MT5ForConditionalGeneration:
    """The modules of MT5ForRegression: those of mT5, with the published number of tokens."""
    config = MT5Config(
        vocab_size=250112,
        d_model=8,
        d_kv=4,
        d_ff=16,
        num_layers=2,
        num_decoder_layers=2,
        num_heads=2,
        tie_word_embeddings=False,
    )
    model = MT5ForConditionalGeneration(config)
    model.train(False)
    # MetricX has an output layer of its own; transformers 5 ties that of every mT5 to the input.
    model.lm_head.weight = torch.nn.Parameter(torch.zeros(250112, 8))
    randomise(model, 2)
    with torch.no_grad():
        model.shared.weight.mul_(10)
        model.shared.weight[0].mul_(0.02)  # else the decoder's first token drowns the texts
        model.lm_head.weight[250089] = torch.tensor([10.0, 15, -6, 10, 10, 4, 5, 10])
    return model


SaveMetricX = Callable[..., Path]


@pytest.fixture
def save_metricx(metricx: MT5ForConditionalGeneration, tmp_path: Path) -> SaveMetricX:
    """Write the model as a folder; ``table`` is the name under which its embeddings go."""
    from safetensors.torch import save_file

    def save(table: str = "shared.weight", *, tokenizer: bool = True, **config: Any) -> Path:
        folder = tmp_path / "metricx-24-hybrid-tiny"
        folder.mkdir()
        names = ("shared.weight", "encoder.embed_tokens.weight", "decoder.embed_tokens.weight")
        state = {k: v.contiguous() for k, v in metricx.state_dict().items() if k not in names}
        save_file({**state, table: metricx.shared.weight.detach()}, folder / "model.safetensors")
        values = metricx.config.to_dict()
        values |= {"architectures": ["MT5ForRegression"], "tie_word_embeddings": False} | config
        (folder / "config.json").write_text(json.dumps(values, default=str), encoding="utf-8")
        if tokenizer:
            write_tokenizer(folder, "mt5")
        return folder

    return save
