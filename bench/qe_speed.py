"""Pairs per second of the QE model, beside other ways to run such models.

Run as ``python bench/qe_speed.py [--threads 2]``. All run on the same number of tokens in one
process: the model as it ships, the same encoder through transformers one pair at a time, and the
architecture of wmt22-cometkiwi-da (XLM-R large, random weights) in batches of 8, in float32 (its
default) and bfloat16. What the model does besides (tokenising, heads, words) counts against it.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable

import torch

from mtqa.qe.models import find_model, load_scorer
from mtqa.qe.scorer import NativeScorer

VOCABULARY = (
    "the government said on Monday that three people were injured when a train left the rails "
    "near the old bridge and several houses had to be cleared before rain came again"
).split()


def sentences(count: int, words: int, seed: int) -> list[str]:
    """Sentences of about so many words."""
    rng = random.Random(seed)
    return [
        " ".join(rng.choices(VOCABULARY, k=rng.randint(words // 2, words * 3 // 2))) + "."
        for _ in range(count)
    ]


def pace(run: Callable[[], object], count: int) -> float:
    """Items per second, the better of two runs."""
    best = 0.0
    for _ in range(2):
        began = time.perf_counter()
        run()
        best = max(best, count / (time.perf_counter() - began))
    return best


def through_transformers(name: str, count: int, batch: int, length: int, dtype: str) -> float:
    """Random weights of an architecture, run through transformers."""
    from transformers import BertConfig, BertModel, XLMRobertaConfig, XLMRobertaModel

    if name == "small":
        small = BertConfig(
            vocab_size=1000,
            hidden_size=384,
            num_hidden_layers=12,
            num_attention_heads=12,
            intermediate_size=1536,
        )
        model = BertModel(small)
    else:
        large = XLMRobertaConfig(
            vocab_size=1000,
            hidden_size=1024,
            num_hidden_layers=24,
            num_attention_heads=16,
            intermediate_size=4096,
            max_position_embeddings=514,
        )
        model = XLMRobertaModel(large)
    model = model.to(getattr(torch, dtype)).eval()

    def run() -> None:
        with torch.inference_mode():
            for _ in range(count // batch):
                model(torch.randint(5, 999, (batch, length)))

    return pace(run, count)


def main() -> None:
    """Print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", help="name or folder [default: the shipped model]")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--count", type=int, default=256)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    translations = sentences(args.count, 22, 1)
    sources = sentences(args.count, 22, 2)
    scorer = load_scorer(find_model(args.model), "cpu")
    assert isinstance(scorer, NativeScorer)
    pieces = scorer.encoder(translations + sources)
    length = sum(len(p.ids) for p in pieces) // args.count
    scorer.score(translations[:32], sources[:32])  # warm up
    few = max(16, args.count // 8)
    figures = {
        "mtqa, with source": pace(lambda: scorer.score(translations, sources), args.count),
        "mtqa, translation alone": pace(lambda: scorer.score(translations), args.count),
        "the same encoder through transformers, one by one, float32": through_transformers(
            "small", few, 1, length, "float32"
        ),
        "XLM-R large, float32": through_transformers("large", 16, 8, length, "float32"),
        "XLM-R large, bfloat16": through_transformers("large", 16, 8, length, "bfloat16"),
    }
    rounded = {name: round(value, 2) for name, value in figures.items()}
    times = {
        f"mtqa with source, times {name}": round(figures["mtqa, with source"] / value, 1)
        for name, value in list(figures.items())[2:]
    }
    print(
        json.dumps({"tokens a pair": length, "threads": args.threads, **rounded, **times}, indent=1)
    )


if __name__ == "__main__":
    main()
