"""Linear layers that compute in 8 bits while they are trained.

The forward product and the gradient of the input are computed in 8 bits, with one scale per
token and one per row or column of the weights; the gradient of the weights in bfloat16 where the
processor has it, else in float32 (SwitchBack, Wortsman et al. 2023). On processors with 8-bit dot
products this is far faster, and the model learns under nearly the arithmetic in which it is later
run, with weights of 7 bits.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn


def _round_rows(x: Tensor) -> tuple[Tensor, Tensor]:
    step = x.abs().amax(1, keepdim=True).clamp(min=1e-20) / 127
    return torch.round(x / step).to(torch.int8), step


def _scale(product: Tensor, step: Tensor, scale: Tensor) -> Tensor:
    return product.float() * step * scale


def _scale_shift(product: Tensor, step: Tensor, scale: Tensor, bias: Tensor) -> Tensor:
    return product.float() * step * scale + bias


# What enters and leaves the product that gives the gradient of the weights; its sums are float32.
_GRADIENT_TYPE = torch.bfloat16 if torch.cpu._is_avx512_bf16_supported() else torch.float32

torch._dynamo.config.recompile_limit = 64
round_rows = torch.compile(_round_rows, dynamic=True)
scale_only = torch.compile(_scale, dynamic=True)
scale_shift = torch.compile(_scale_shift, dynamic=True)


class _Product(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        x: Tensor,
        weight: Tensor,
        bias: Tensor,
        rows: tuple[Tensor, Tensor],
        columns: tuple[Tensor, Tensor],
    ) -> Tensor:
        ctx.save_for_backward(x, *columns)
        rounded, step = round_rows(x.detach())
        product = torch._int_mm(rounded, rows[0].t())
        out: Tensor = scale_shift(product, step, rows[1].t(), bias.detach())
        return out

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Any:
        x, packed, scale = ctx.saved_tensors
        gradient = gradient.contiguous()
        to_input = None
        if ctx.needs_input_grad[0]:
            rounded, step = round_rows(gradient.detach())
            to_input = scale_only(torch._int_mm(rounded, packed.t()), step, scale.t())
        to_weight = None
        if ctx.needs_input_grad[1]:
            to_weight = (gradient.t().to(_GRADIENT_TYPE) @ x.to(_GRADIENT_TYPE)).float()
        return to_input, to_weight, gradient.sum(0), None, None


class FastLinear(nn.Linear):
    """``nn.Linear`` for (tokens, inputs), in 8 bits forward and backward to the input."""

    _packed: tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]] | None = None

    def forward(self, input: Tensor) -> Tensor:
        """Input (tokens, inputs) → (tokens, outputs)."""
        if self._packed is None:
            with torch.inference_mode(False), torch.no_grad():
                weight = self.weight.detach()
                self._packed = (round_rows(weight), round_rows(weight.t().contiguous()))
        out: Tensor = _Product.apply(  # type: ignore[no-untyped-call]
            input, self.weight, self.bias, *self._packed
        )
        return out

    def forget(self) -> None:
        """Round the weights anew at the next use; to be called whenever they have changed.

        The version counter of the weights does not tell: fused optimizers leave it alone.
        """
        if self.weight.requires_grad:
            self._packed = None


def speed_up(module: nn.Module) -> None:
    """Turn the linear layers below a module into :class:`FastLinear`, in place."""
    for child in module.modules():
        if type(child) is nn.Linear:
            child.__class__ = FastLinear


def weights_changed(module: nn.Module) -> None:
    """Tell every :class:`FastLinear` below a module that its weights have changed."""
    for child in module.modules():
        if isinstance(child, FastLinear):
            child.forget()
