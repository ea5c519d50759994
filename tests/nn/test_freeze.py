"""Freezing keeps the sign of every integer on the grid, whatever the normalisation."""

# pyright: basic
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false
# pyright: reportCallIssue=false, reportOperatorIssue=false
import copy
from pathlib import Path

import numpy as np
import pytest
import torch

from r2b_hw.errors import ContractError, InputError
from r2b_hw.nn import (
    R2BNetwork,
    evaluate,
    export_qonnx,
    float_network,
    freeze,
    is_frozen,
    random_images,
    random_quantised_network,
)
from r2b_hw.nn.freeze import Threshold

from .networks import VARIANTS, small


def grid(model: R2BNetwork, index: int) -> tuple[torch.Tensor, float]:
    """The 8-bit integers that enter a half-block, and their scale."""
    producer = model.stem.out if index == 0 else model.blocks[index - 1].out
    return torch.arange(-128, 128), float(producer.act_quant.scale())


@pytest.mark.parametrize("seed", range(4))
def test_signs_are_kept_on_every_grid_integer(seed: int) -> None:
    model = random_quantised_network(small(), seed)
    frozen = freeze(model).model
    kinds: set[float] = set()
    for index in range(2):
        integers, scale = grid(model, index)
        bn, threshold = model.blocks[index].bn, frozen.blocks[index].bn
        assert bool((bn.weight < 0).any()) and bool((bn.weight == 0).any()) and bool((bn.weight > 0).any())
        x = (integers * scale).float().expand(1, bn.num_features, 1, -1).contiguous()
        with torch.no_grad():
            before, after = bn(x), threshold(x)
        assert torch.equal(before >= 0, after >= 0)
        assert bool((after != 0).all())
        half_steps = threshold.offset / scale * 2
        assert bool((half_steps % 2 == 1).all())
        kinds |= set(threshold.direction.flatten().tolist())
    assert kinds == {-1.0, 0.0, 1.0}


def test_ties_are_counted() -> None:
    model = random_quantised_network(small(), 0)
    integers, scale = grid(model, 0)
    bn = model.blocks[0].bn
    with torch.no_grad():
        for other in model.blocks:
            other.bn.weight.fill_(1.0)
            other.bn.running_mean.fill_(0.5 * scale)
            other.bn.running_var.fill_(1.0)
            other.bn.bias.fill_(0.0)
        bn.running_mean.copy_(integers[::32] * scale)
        integers_1, scale_1 = grid(model, 1)
        model.blocks[1].bn.running_mean.fill_(0.5 * scale_1)
    report = freeze(model)
    assert report.ties == bn.num_features
    assert report.points == len(integers) * 8 + len(integers_1) * 8


def test_freezing_keeps_the_model_and_its_source() -> None:
    options = VARIANTS["six_bit_residual"]
    model = random_quantised_network(options, 7)
    images = random_images(options, 16, seed=8)
    state = copy.deepcopy(model.state_dict())
    frozen = freeze(model).model
    assert isinstance(frozen.blocks[0].bn, Threshold)
    assert all(torch.equal(value, state[key]) for key, value in model.state_dict().items())
    assert np.array_equal(evaluate(frozen, images).outputs, evaluate(model, images).outputs)


def test_a_float_network_is_refused() -> None:
    with pytest.raises(ContractError, match=r"^stem\.out: is Identity, not a quantiser"):
        freeze(float_network(small()))


def test_unknown_exporter_is_refused(tmp_path: Path) -> None:
    model = random_quantised_network(small(), 0)
    with pytest.raises(InputError, match="choose one of torchscript, dynamo"):
        export_qonnx(model, random_images(small(), 1, 0), tmp_path / "m.onnx", "other")


@pytest.mark.parametrize("architecture", ["bnn", "double-skip", "real-to-bin"])
def test_a_sign_of_minus_one_at_zero_freezes_to_half_a_step(architecture: str) -> None:
    """Outputs stay, nothing mirrored is left, and zeros before the sign go down."""
    options = small(architecture=architecture, sign_at_zero=-1, blocks=({"channels": 12}, {"channels": 12}))
    model = random_quantised_network(options, seed=2)
    images = random_images(options, 4, seed=3)
    frozen = freeze(model).model
    assert is_frozen(frozen) and not is_frozen(model)
    assert np.array_equal(evaluate(model, images).outputs, evaluate(frozen, images).outputs)
    block = frozen.blocks[0]
    if architecture == "bnn":
        zeros = torch.zeros((1, 8, 2, 2))
        assert torch.equal(block.sign(block.bn(zeros)), -torch.ones_like(zeros))
