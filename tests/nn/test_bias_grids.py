"""Bias grids: as fine as the worst case allows, kept in the state, untouched where 2**-12 is within the budget."""

import brevitas.nn as qnn
import numpy as np
import pytest
import torch
from torch import Tensor, nn

from r2b_hw.nn import random_frozen_network, random_quantised_network
from r2b_hw.nn.bias_grids import choose_bias_grids
from r2b_hw.nn.quantisers import FixedBias, TensorWeight, constant_quantiser
from tests.nn.networks import small

FINEST = 2.0**-12


class OneLayer(nn.Module):
    """An 8-bit input over [0, maximum) and a fully connected layer with large weights."""

    def __init__(self, maximum: float) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.input = constant_quantiser(maximum, 8, signed=False)
        self.layer = qnn.QuantLinear(64, 5, bias=True, weight_quant=TensorWeight, bias_quant=FixedBias)
        nn.init.uniform_(self.layer.weight, -3.0, 3.0)
        nn.init.uniform_(self.layer.bias, -2.0, 2.0)

    def forward(self, x: Tensor) -> Tensor:
        return self.layer(self.input(x))


def worst_case(model: OneLayer) -> int:
    """Largest magnitude over the common grid of products and bias, by plain integers."""
    weights = model.layer.quant_weight()
    input_step = float(model.input.act_quant.scale())
    weight_step, bias_step = float(weights.scale), float(model.layer.bias_quant.scale())
    step = min(input_step * weight_step, bias_step)
    rows = (weights.value.detach().double().abs().sum(1) * 255 * input_step / step).numpy()
    bias = (model.layer.quant_bias().value.detach().double().abs() / step).numpy()
    assert np.array_equal(rows, np.rint(rows))
    assert np.array_equal(bias, np.rint(bias))
    return int((rows + bias).max())


@pytest.mark.parametrize("maximum", [1.0, 16.0, 64.0, 256.0])
def test_the_finest_grid_within_the_budget_is_chosen(maximum: float) -> None:
    model = OneLayer(maximum).eval()
    choose_bias_grids(model, torch.rand(4, 64) * maximum)
    step = float(model.layer.bias_quant.scale())
    assert worst_case(model) < 2**23
    if step == FINEST:
        return
    model.layer.bias_quant.tensor_quant.scaling_impl.value.div_(2.0)
    assert worst_case(model) >= 2**23


def test_a_coarse_input_coarsens_the_bias() -> None:
    steps: list[float] = []
    for maximum in (1.0, 256.0):
        model = OneLayer(maximum).eval()
        choose_bias_grids(model, torch.rand(4, 64) * maximum)
        steps.append(float(model.layer.bias_quant.scale()))
    assert steps[0] == FINEST < steps[1]


def test_the_grid_is_part_of_the_state() -> None:
    model = OneLayer(256.0).eval()
    choose_bias_grids(model, torch.rand(4, 64) * 256)
    other = OneLayer(256.0).eval()
    other.load_state_dict(model.state_dict())
    assert float(other.layer.bias_quant.scale()) == float(model.layer.bias_quant.scale()) > FINEST


def test_small_networks_keep_the_finest_grid() -> None:
    model = random_quantised_network(small(), 0)
    values = [tensor for name, tensor in model.state_dict().items() if "bias_quant" in name]
    assert values
    assert all(float(value) * 2.0**-15 == FINEST for value in values)


def test_frozen_networks_keep_their_grids() -> None:
    state = random_frozen_network(small(), 0).state_dict()
    assert any("bias_quant" in name for name in state)
