"""Products of matrices of whole numbers, exact to the last bit on every processor.

All take inputs from -127 to 127 and weights from -63 to 63, and give the same result; which one is
fast depends on the processor and on how torch was built.
"""

from __future__ import annotations

from functools import cache
from typing import Protocol

import torch
from torch import Tensor

from mtqa.qe.storage import LARGEST


class Product(Protocol):
    """A way to multiply."""

    def pack(self, weights: Tensor) -> Tensor:
        """Weights, int8 (outputs, inputs), as the product wants them."""

    def __call__(self, whole: Tensor, packed: Tensor, scale: Tensor) -> Tensor:
        """``whole @ weights.T * scale``.

        Args:
            whole: (tokens, inputs), float32 that holds whole numbers.
            packed: what :meth:`pack` gave.
            scale: (outputs,) float32.

        Returns:
            (tokens, outputs), float32.
        """


class FloatProduct:
    """In float32, whose sums are exact as long as they stay below 2 ** 24: 2,096 inputs."""

    def pack(self, weights: Tensor) -> Tensor:
        """Weights as columns."""
        return weights.t().float()

    def __call__(self, whole: Tensor, packed: Tensor, scale: Tensor) -> Tensor:
        """See :class:`Product`."""
        return (whole @ packed).mul_(scale)


# What numbers of tokens are rounded up to. oneDNN makes code for each number that it meets, and
# keeps that of the last 1,024: a quarter of a gigabyte after 40,000 sentences.
_ROWS = 32


class OneDnnProduct:
    """By the operator of oneDNN to which torch compiles quantised linear layers.

    With the dot products of VNNI where a processor has them, else with AVX2. Thousand million
    operations a second of one core, large matrices (`bench/results/qe_ceiling.txt`): AMD EPYC of
    the third generation 144, of the fifth, with VNNI, 712 to 956; in float32 71 and 110.
    """

    def pack(self, weights: Tensor) -> Tensor:
        """Weights in the order of oneDNN."""
        packed: Tensor = torch.ops.onednn.qlinear_prepack(weights, None)
        return packed

    def __call__(self, whole: Tensor, packed: Tensor, scale: Tensor) -> Tensor:
        """See :class:`Product`."""
        tokens, inputs = whole.shape
        rows = torch.empty(-(-tokens // _ROWS) * _ROWS, inputs, dtype=torch.int8)
        rows[:tokens] = whole  # what the others hold does not matter
        shifted = rows.view(torch.uint8).add_(128)  # wraps: 128 stands for zero
        zeros = torch.zeros(len(scale), dtype=torch.int)
        # scale and zero of the inputs; weights; bias; scale, zero and type of the output; what
        # follows the product
        out: Tensor = torch.ops.onednn.qlinear_pointwise(
            *(shifted, 1.0, 128, packed, scale, zeros, None, 1.0, 0, torch.float32, "none", [], "")
        )
        return out[:tokens]


def choose_product(device: torch.device) -> Product:
    """The fastest way to multiply on a device, of those that are exact there."""
    if device.type == "cpu" and torch.cpu._is_avx2_supported() and _onednn_is_exact():
        return OneDnnProduct()
    return FloatProduct()


@cache
def _onednn_is_exact() -> bool:
    """Whether this torch has the operator of oneDNN, and it keeps the largest sums."""
    product, plain = OneDnnProduct(), FloatProduct()
    whole = torch.full((5, 130), 127.0)
    weights = torch.full((17, 130), LARGEST, dtype=torch.int8)
    whole[::3], whole[1, ::2], weights[::2] = -127, -127, -LARGEST
    scale = torch.full((len(weights),), 0.1)
    try:
        found = product(whole, product.pack(weights), scale)
    except (AttributeError, NotImplementedError, RuntimeError):
        return False
    return torch.equal(found, plain(whole, plain.pack(weights), scale))
