"""Weights survive being packed."""

from pathlib import Path

import torch

from mtqa.qe.storage import LARGEST, load_packed, pack4, pack8, save_packed, unpack4, unpack8


def test_values_of_the_four_bit_grid_are_kept_exactly() -> None:
    torch.manual_seed(0)
    scale = torch.rand(5, 12).half() * 0.01 + 0.001
    nibbles = torch.randint(0, 16, (5, 12, 32))
    nibbles[:, :, 0] = 0
    weights = ((nibbles.float() - 8) * scale.float().unsqueeze(-1)).reshape(5, 384)
    packed, scales = pack4(weights)
    assert packed.shape == (5, 192)
    assert torch.equal(unpack4(packed, scales), weights)


def test_low_nibbles_hold_the_first_half_of_a_block() -> None:
    packed = torch.zeros(1, 16, dtype=torch.uint8)
    packed[0, 3] = 0x9F
    values = unpack4(packed, torch.ones(1, 1, dtype=torch.float16))
    assert values[0, 3] == 7
    assert values[0, 19] == 1
    assert values[0, 0] == -8


def test_eight_bits_err_by_half_a_step_at_most() -> None:
    weights = torch.randn(16, 64)
    packed, scale = pack8(weights)
    error = (unpack8(packed, scale) - weights).abs()
    assert (error <= 0.51 * weights.abs().amax(1, keepdim=True) / LARGEST + 1e-3).all()


def test_a_file_gives_back_what_was_written(tmp_path: Path) -> None:
    nibbles, scales = pack4(torch.randn(8, 64))
    state = {
        "words.q4": nibbles,
        "words.s4": scales,
        "matrix.weight": torch.randn(128, 256),
        "bias": torch.randn(7).half().float(),
    }
    save_packed(state, tmp_path / "model.safetensors")
    back = load_packed(tmp_path / "model.safetensors")
    assert back.keys() == state.keys()
    assert torch.equal(back["words.q4"], nibbles)
    assert torch.equal(back["bias"], state["bias"])
    assert (back["matrix.weight"] - state["matrix.weight"]).abs().max() < 0.05
