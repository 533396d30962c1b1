"""Weights on disk: 4-bit and 8-bit tensors inside a safetensors file.

The embedding table of the encoder was published in 4 bits, so it is stored in the same 4 bits
and nothing is lost; matrices are stored in 8 bits with one scale per row, everything else in
16-bit floats. A packed tensor ``name`` stands in the file as two tensors:

* ``name.q4`` (uint8, rows x columns/2) and ``name.s4`` (float16, rows x columns/32): blocks of 32
  weights, the low nibbles hold weights 0-15 and the high nibbles weights 16-31 of the block,
  value = (nibble - 8) * scale;
* ``name.q8`` (int8, rows x columns, -63 to 63) and ``name.s8`` (float16, rows): value = q * scale.
"""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

BLOCK = 32
# Of the 8 bits 7 are used: the sum of two products of a weight and an input of 8 bits then fits
# into 16 bits, in which processors add them that have no VNNI.
LARGEST = 63


def pack4(weights: Tensor) -> tuple[Tensor, Tensor]:
    """Pack a float matrix into 4-bit blocks.

    Args:
        weights: float tensor, rows x columns, columns divisible by 32.

    Returns:
        nibbles (uint8, rows x columns/2) and scales (float16, rows x columns/32).
    """
    rows, columns = weights.shape
    blocks = weights.float().reshape(rows, columns // BLOCK, BLOCK)
    extreme = blocks.gather(2, blocks.abs().argmax(2, keepdim=True)).squeeze(2)
    scale = (extreme / -8).half()
    divisor = torch.where(scale == 0, torch.ones_like(scale), scale).float().unsqueeze(2)
    nibbles = (torch.round(blocks / divisor) + 8).clamp(0, 15).to(torch.uint8)
    packed = nibbles[..., :16] | (nibbles[..., 16:] << 4)
    return packed.reshape(rows, columns // 2), scale


def unpack4(packed: Tensor, scale: Tensor) -> Tensor:
    """Unpack rows of 4-bit blocks.

    Args:
        packed: uint8, (..., columns/2).
        scale: float16, (..., columns/32).

    Returns:
        float32, (..., columns).
    """
    shape = packed.shape[:-1]
    halves = packed.reshape(*shape, -1, BLOCK // 2)
    nibbles = torch.cat([halves & 15, halves >> 4], dim=-1)
    values = (nibbles.float() - 8) * scale.float().unsqueeze(-1)
    return values.reshape(*shape, -1)


def pack8(weights: Tensor) -> tuple[Tensor, Tensor]:
    """Pack a float matrix into whole numbers up to `LARGEST`, with one float16 scale per row."""
    scale = (weights.float().abs().amax(1) / LARGEST).clamp(min=1e-7).half()
    whole = torch.round(weights.float() / scale.float()[:, None]).clamp(-LARGEST, LARGEST)
    return whole.to(torch.int8), scale


def unpack8(packed: Tensor, scale: Tensor) -> Tensor:
    """Unpack a matrix packed by :func:`pack8` into float32."""
    return packed.float() * scale.float()[:, None]


def save_packed(state: dict[str, Tensor], path: Path, *, eight_bit: bool = True) -> None:
    """Write a state dict: ``.q4``/``.s4`` tensors as they are, matrices in 8 bits, rest in f16.

    Args:
        state: tensors by name.
        path: the safetensors file to write.
        eight_bit: pack matrices in 8 bits; otherwise they are written in float16.
    """
    out: dict[str, Tensor] = {}
    for name, tensor in state.items():
        if name.endswith((".q4", ".s4")):
            out[name] = tensor.contiguous()
        elif eight_bit and tensor.ndim == 2 and tensor.numel() >= 1 << 14:
            out[f"{name}.q8"], out[f"{name}.s8"] = pack8(tensor)
        else:
            out[name] = tensor.half().contiguous()
    save_file(out, path, metadata={"format": "pt"})
    path.chmod(0o644)


def load_packed(path: Path) -> dict[str, Tensor]:
    """Read a file written by :func:`save_packed`; 4-bit tensors stay packed, the rest is f32."""
    stored = load_file(path)
    state: dict[str, Tensor] = {}
    for name, tensor in stored.items():
        if name.endswith((".q4", ".s4")):
            state[name] = tensor
        elif name.endswith(".q8"):
            base = name.removesuffix(".q8")
            state[base] = unpack8(tensor, stored[f"{base}.s8"])
        elif not name.endswith(".s8"):
            state[name] = tensor.float()
    return state
