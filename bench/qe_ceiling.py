"""How near the encoder comes to what the machine can do.

    python bench/qe_ceiling.py

One thread, seconds of CPU. The ceiling is the product of two large matrices by what multiplies in
the encoder (`mtqa.qe.products`: whole numbers of 8 and 7 bits); beside it a product of the shape
that the encoder has, and the large one in float32. Of the encoder only the operations of matrices
count; attention, norms, activations and rounding to 8 bits are its overhead.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import torch
from qe_speed import sentences
from torch.profiler import ProfilerActivity, profile

from mtqa.qe.models import find_model, load_scorer
from mtqa.qe.products import choose_product
from mtqa.qe.scorer import NativeScorer

_LARGE = 2048
_BATCH = 30  # sentences
_ROUNDS = 15


def pace(run: Callable[[], object], operations: float) -> float:
    """1,000 million operations a second of CPU."""
    begin = time.process_time()
    run()
    return operations / (time.process_time() - begin) / 1e9


def multiply(tokens: int, inputs: int, outputs: int) -> Callable[[], object]:
    """A product of the kind that the encoder computes."""
    product = choose_product(torch.device("cpu"))
    packed = product.pack(torch.randint(-63, 64, (outputs, inputs), dtype=torch.int8))
    whole, scale = torch.randint(-127, 128, (tokens, inputs)).float(), torch.rand(outputs)
    return lambda: product(whole, packed, scale)


def shares(run: Callable[[], object]) -> dict[str, float]:
    """Of the time of what is run, that of products of matrices and that of attention."""
    with profile(activities=[ProfilerActivity.CPU]) as seen:
        run()
    kinds = {"products": ("onednn::qlinear", "aten::mm"), "attention": ("aten::_scaled_dot",)}
    events = seen.key_averages()
    total = sum(event.self_cpu_time_total for event in events)
    return {
        kind: sum(e.self_cpu_time_total for e in events if e.key.startswith(names)) / total
        for kind, names in kinds.items()
    }


def main() -> None:
    """Print a table."""
    torch.set_num_threads(1)
    scorer = load_scorer(find_model(None), "cpu")
    assert isinstance(scorer, NativeScorer)
    config = scorer.model.config
    size, inner = config.hidden_size, config.intermediate_size
    batch = sorted((piece.ids for piece in scorer.encoder(sentences(_BATCH, 22, 1))), key=len)
    tokens = sum(map(len, batch))
    each = 2 * (4 * size * size + 2 * size * inner) * config.split
    plain = torch.randn(_LARGE, _LARGE)
    large, one = multiply(_LARGE, _LARGE, _LARGE), multiply(tokens, size, inner)
    found: dict[str, list[float]] = {}
    with torch.inference_mode():
        for _ in range(_ROUNDS):
            for name, run, operations in (
                ("large product", large, 2 * _LARGE**3),
                ("large product, float32", lambda: plain @ plain, 2 * _LARGE**3),
                (
                    f"product of {tokens} x {size} x {inner}, 8 times",
                    lambda: [one() for _ in range(8)],
                    16 * tokens * size * inner,
                ),
                ("encoder, lower half", lambda: scorer.model.lower(batch), tokens * each),
            ):
                found.setdefault(name, []).append(pace(run, operations))
        parts = shares(lambda: [scorer.model.lower(batch) for _ in range(_ROUNDS)])
    ceiling, *_, encoder = found.values()
    for name, values in found.items():
        print(f"{name:<40} {statistics.median(values):6.1f} G/s, best {max(values):.1f}")
    share = statistics.median(own / top for own, top in zip(encoder, ceiling, strict=True))
    print(f"the encoder runs at {100 * share:.0f} % of the ceiling (median of {_ROUNDS} pairs)")
    print(f"products take {100 * parts['products']:.0f} % of its time, and run at ", end="")
    print(f"{100 * share / parts['products']:.0f} % of the ceiling")
    print(f"attention takes {100 * parts['attention']:.0f} %")


if __name__ == "__main__":
    main()
