"""Products of whole numbers."""

from __future__ import annotations

import pytest
import torch

from mtqa.qe import products
from mtqa.qe.products import FloatProduct, OneDnnProduct, Product, choose_product

CPU = torch.device("cpu")


@pytest.mark.parametrize("product", [OneDnnProduct(), choose_product(CPU)])
@pytest.mark.parametrize(
    ("tokens", "inputs", "outputs"), [(1, 64, 3), (7, 384, 128), (90, 1536, 9)]
)
def test_every_product_is_exact(product: Product, tokens: int, inputs: int, outputs: int) -> None:
    torch.manual_seed(0)
    whole = torch.randint(-127, 128, (tokens, inputs)).float()
    weights = torch.randint(-63, 64, (outputs, inputs), dtype=torch.int8)
    whole[0], weights[0] = 127, 63  # the largest sums
    scale = torch.linspace(0.001, 0.1, outputs)
    exact = (whole.double() @ weights.double().T).float() * scale
    for one in (FloatProduct(), product):
        assert torch.equal(one(whole.clone(), one.pack(weights), scale), exact)


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """The ways to multiply are tried anew, as by a processor with AVX2."""
    monkeypatch.setattr(products, "_onednn_is_exact", products._onednn_is_exact.__wrapped__)
    monkeypatch.setattr(torch.cpu, "_is_avx2_supported", lambda: True)


@pytest.mark.usefixtures("tried")
def test_a_product_that_is_not_exact_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    def saturate(
        self: OneDnnProduct, whole: torch.Tensor, packed: torch.Tensor, scale: torch.Tensor
    ) -> torch.Tensor:
        return torch.zeros(len(whole), len(scale))

    monkeypatch.setattr(OneDnnProduct, "__call__", saturate)
    assert isinstance(choose_product(CPU), FloatProduct)


@pytest.mark.usefixtures("tried")
def test_a_torch_without_the_operator_does_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(self: OneDnnProduct, weights: torch.Tensor) -> torch.Tensor:
        raise AttributeError("'_OpNamespace' 'onednn' object has no attribute 'qlinear_prepack'")

    monkeypatch.setattr(OneDnnProduct, "pack", missing)
    assert isinstance(choose_product(CPU), FloatProduct)


def test_other_devices_multiply_in_float() -> None:
    assert isinstance(choose_product(torch.device("mps")), FloatProduct)
