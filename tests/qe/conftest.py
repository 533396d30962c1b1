"""A model, an encoder with small random weights, and made-up judgements."""

import gzip
import json
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

from mtqa.qe.folder import save_model
from mtqa.qe.model import QEConfig, QEModel
from mtqa.qe.storage import pack4, save_packed
from mtqa.qe.training.data import FROM_ENGLISH, INTO_ENGLISH

TEXTS = (
    "the mayor opened a new bridge on Monday",
    "primarul a deschis un pod nou luni",
    "three people were injured in the crash",
)


def small_tokenizer(path: Path) -> int:
    """Write a Unigram tokenizer of single letters and a few words; its size comes back."""
    letters = [chr(c) for c in range(33, 1200)]
    words = sorted({w for text in TEXTS for w in text.split()})
    pieces = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -2.0)]
    pieces += [("▁" + w, -5.0) for w in words] + [(c, -8.0) for c in letters]
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=3))
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    tokenizer.save(str(path))
    return len(json.loads(path.read_text(encoding="utf-8"))["model"]["vocab"])


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model") / "tiny"
    folder.mkdir()
    size = small_tokenizer(folder / "tokenizer.json")
    torch.manual_seed(0)
    config = QEConfig(
        vocab_size=size,
        hidden_size=64,
        num_hidden_layers=4,
        num_attention_heads=4,
        intermediate_size=128,
        max_position_embeddings=64,
        split=2,
        head_size=32,
    )
    model = QEModel(config)
    model.words.q4.random_(0, 256)
    model.words.s4.fill_(0.05)
    model.correct.weight.data.normal_(0, 0.02)
    save_model(model, folder / "tokenizer.json", folder)
    return folder


def write_table(path: Path, header: str, rows: list[str]) -> None:
    """Write a gzipped TSV file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.write("\n".join([header, *rows, ""]))


@pytest.fixture(scope="session")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Judged translations made up for the tests, in the layout of the real data."""
    folder = tmp_path_factory.mktemp("data")
    for pair in (*INTO_ENGLISH, *FROM_ENGLISH):
        for split, count in (("train", 12), ("dev", 6)):
            scores, words = [], []
            for i in range(count):
                source = f"Primarul a deschis {i} poduri noi luni."
                text = f"The mayor opened {i} new bridges on Monday."
                tokens = text.replace(".", " .").split()
                tags = " ".join(["OK", "BAD" if i % 3 else "OK"] * len(tokens) + ["OK"])
                scores.append(f"{source}\t{text}\t{50 + i}\t{i / 5 - 1}")
                words.append(f"{source}\t{' '.join(tokens)}\t{text}\t0.1\t{tags}")
            mlqe = folder / "mlqe-pe"
            write_table(
                mlqe / "da" / f"{pair}.{split}.tsv.gz",
                "source\ttranslation\tda_mean\tz_mean",
                scores,
            )
            write_table(
                mlqe / "words" / f"{pair}.{split}.tsv.gz",
                "source\tmt_tokens\tpost_edit\thter\ttags",
                words,
            )
    path = folder / "mqm-zh-en" / "newstest2020.jsonl.gz"
    path.parent.mkdir()
    with gzip.open(path, "wt", encoding="utf-8") as file:
        for i in range(40):
            error = {
                "rater": "r1",
                "category": "Accuracy/Mistranslation",
                "severity": "major",
                "start": 4,
                "end": 9,
            }
            file.write(
                json.dumps(
                    {
                        "system": "A",
                        "doc": f"news.{i}",
                        "segment": 1,
                        "source": "市长开了桥。",
                        "target": "The mayor opened a bridge.",
                        "mqm": i % 6,
                        "raters": 2,
                        "annotations": [error] if i % 6 else [],
                    }
                )
                + "\n"
            )
    return folder


@pytest.fixture(scope="session")
def encoder_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small encoder with random weights, named as in BertModel."""
    folder = tmp_path_factory.mktemp("encoder")
    size = small_tokenizer(folder / "tokenizer.json")
    hidden, inner, layers, positions = 64, 128, 4, 64
    config = {
        "vocab_size": size,
        "hidden_size": hidden,
        "num_hidden_layers": layers,
        "num_attention_heads": 4,
        "intermediate_size": inner,
        "max_position_embeddings": positions,
        "layer_norm_eps": 1e-12,
    }
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    torch.manual_seed(0)
    word = "embeddings.word_embeddings.weight"
    state = dict(zip((f"{word}.q4", f"{word}.s4"), pack4(torch.randn(size, hidden)), strict=True))
    state["embeddings.position_embeddings.weight"] = torch.randn(positions, hidden) * 0.02
    state["embeddings.token_type_embeddings.weight"] = torch.randn(2, hidden) * 0.02
    shapes = {
        "attention.self.query": (hidden, hidden),
        "attention.self.key": (hidden, hidden),
        "attention.self.value": (hidden, hidden),
        "attention.output.dense": (hidden, hidden),
        "intermediate.dense": (inner, hidden),
        "output.dense": (hidden, inner),
    }
    norms = ["embeddings.LayerNorm"]
    for i in range(layers):
        base = f"encoder.layer.{i}"
        norms += [f"{base}.attention.output.LayerNorm", f"{base}.output.LayerNorm"]
        for name, shape in shapes.items():
            state[f"{base}.{name}.weight"] = torch.randn(shape) * 0.05
            state[f"{base}.{name}.bias"] = torch.randn(shape[0]) * 0.05
    for norm in norms:
        state[f"{norm}.weight"] = torch.rand(hidden) + 0.5
        state[f"{norm}.bias"] = torch.randn(hidden) * 0.05
    save_packed(state, folder / "model.safetensors", eight_bit=False)
    return folder
