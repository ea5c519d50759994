"""Calibration's choices of scale, against an exhaustive search over powers of two."""

# pyright: basic
# pyright: reportArgumentType=false, reportCallIssue=false, reportAttributeAccessIssue=false
import brevitas.nn as qnn
import pytest
import torch
from torch import nn

from r2b_hw.nn import calibrate, fit_scales
from r2b_hw.nn.freeze import integer_grid
from r2b_hw.nn.layers import QuantisedLayers


class Quantisers(nn.Module):
    """A signed, an unsigned and a rectifying quantiser of one map each."""

    def __init__(self, layers: QuantisedLayers, bits: int) -> None:
        super().__init__()
        self.kinds = nn.ModuleList([layers.activation(bits), layers.unsigned(bits), layers.relu(bits)])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        signed, unsigned, rectified = self.kinds
        return signed(x) + unsigned(x.abs()) + rectified(x)


def maps(seed: int) -> torch.Tensor:
    """Heavy tails: a scale that holds every value rounds most of them away."""
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn((4, 3, 16, 16), generator=generator)
    return x * torch.exp(1.2 * torch.randn(x.shape, generator=generator))


@pytest.mark.parametrize("bits", [2, 4, 6, 8])
def test_fitted_scales_have_the_least_squared_error(bits: int) -> None:
    model = Quantisers(QuantisedLayers(3, percentile=100.0), bits)
    batches = [maps(seed) for seed in range(3)]
    calibrate(model, batches)
    before = [integer_grid(quantiser, "q")[1] for quantiser in model.kinds]
    fit_scales(model, batches)
    values = torch.cat(batches).double()
    for quantiser, calibrated, x in zip(model.kinds, before, (values, values.abs(), values.relu()), strict=True):
        integers, scale = integer_grid(quantiser, "q")
        low, high = float(integers[0]), float(integers[-1])

        def error(candidate: float, x: torch.Tensor = x, low: float = low, high: float = high) -> float:
            return float(((x / candidate).round().clamp(low, high) * candidate - x).square().sum())

        assert scale == min((calibrated * 2.0**-halvings for halvings in range(5)), key=error)
    if bits <= 4:
        assert integer_grid(model.kinds[0], "q")[1] < before[0]


@pytest.mark.parametrize(("percentile", "held"), [(100.0, 1.0), (90.0, 0.9)])
def test_the_percentile_is_what_a_scale_holds(percentile: float, held: float) -> None:
    quantiser = QuantisedLayers(1, percentile=percentile).activation(8)
    assert isinstance(quantiser, qnn.QuantIdentity)
    x = maps(5)
    calibrate(quantiser, [x])
    integers, scale = integer_grid(quantiser, "q")
    share = float((x.abs() <= -float(integers[0]) * scale).double().mean())
    half = float((x.abs() <= -float(integers[0]) * scale / 2).double().mean())
    assert share >= held > half
