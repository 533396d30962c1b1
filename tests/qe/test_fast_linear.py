"""Training in 8 bits follows training in float32."""

import pytest
import torch
from torch import nn

from mtqa.qe.training import fast_linear
from mtqa.qe.training.fast_linear import speed_up, weights_changed


@pytest.mark.parametrize("gradients", [torch.float32, torch.bfloat16])
def test_it_learns_like_a_plain_layer(
    gradients: torch.dtype, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fast_linear, "_GRADIENT_TYPE", gradients)
    losses = {}
    for fast in (False, True):
        torch.manual_seed(0)
        model = nn.Sequential(nn.Linear(64, 128), nn.GELU(), nn.Linear(128, 8))
        if fast:
            speed_up(model)
        optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3, fused=True)
        x = torch.randn(256, 64)
        y = x[:, :8] * 2 - x[:, 8:16]
        for _ in range(60):
            loss = (model(x) - y).square().mean()
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
            weights_changed(model)
        losses[fast] = float(loss.detach())
    assert losses[True] < 1.15 * losses[False] + 0.01
    assert losses[False] < 1.5
