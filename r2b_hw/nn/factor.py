"""Constants of a trained graph on power-of-two grids: scales, and normalisations as multiplier and bias."""

# pyright: basic
import torch
from torch import Tensor, nn

from r2b_hw.nn.quantisers import constant_quantiser


class FloatFactor(nn.Module):
    """A learned constant of a given shape."""

    def __init__(self, shape: tuple[int, ...], initial: float) -> None:
        super().__init__()
        self.value = nn.Parameter(torch.full(shape, initial))

    def forward(self) -> Tensor:
        return self.value


class QuantisedFactor(nn.Module):
    """mantissa * power: mantissas of ``bits`` bits over [-1, 1), and powers of two that training leaves alone.

    ``per_channel`` gives each index of the first axis a power of its own, so that every factor keeps its precision.
    """

    power: Tensor

    def __init__(self, shape: tuple[int, ...], bits: int, *, per_channel: bool) -> None:
        super().__init__()
        self.mantissa = nn.Parameter(torch.zeros(shape))
        powers = (shape[0], *[1] * (len(shape) - 1)) if per_channel else (1,) * len(shape)
        self.register_buffer("power", torch.ones(powers))
        self.mantissa_quantiser = constant_quantiser(1.0, bits, signed=True)
        self.bits = bits

    def assign(self, value: Tensor) -> None:
        """Take ``value``, of the factor's shape; powers become the smallest under which no mantissa saturates."""
        with torch.no_grad():
            axes = [axis for axis in range(value.dim()) if self.power.shape[axis] == 1]
            largest = value.abs().amax(axes, keepdim=True) if axes else value.abs()
            # Rounding may carry a mantissa to 1, one step above the largest there is.
            limit = 1.0 - 2.0 ** -(self.bits - 1)
            exponent = torch.ceil(torch.log2(largest.clamp_min(2.0**-20) / limit))
            self.power.copy_(torch.exp2(exponent))
            self.mantissa.copy_(value / self.power)

    def forward(self) -> Tensor:
        return self.mantissa_quantiser(self.mantissa) * self.power


class Affine(nn.Module):
    """x * multiplier + bias, one of each a channel, for x (N, C, H, W): a normalisation that meets no sign."""

    def __init__(self, channels: int, bits: int) -> None:
        super().__init__()
        self.multiplier = QuantisedFactor((channels, 1, 1), bits, per_channel=True)
        self.bias = QuantisedFactor((channels, 1, 1), BIAS_BITS, per_channel=False)

    def assign(self, multiplier: Tensor, bias: Tensor) -> None:
        """Take multiplier and bias, (C,) each."""
        self.multiplier.assign(multiplier[:, None, None])
        self.bias.assign(bias[:, None, None])

    def forward(self, x: Tensor) -> Tensor:
        return x * self.multiplier() + self.bias()


BIAS_BITS = 10
"""Bits of an :class:`Affine`'s biases, over the power of two that holds the largest."""
