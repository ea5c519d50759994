"""Brevitas quantisers of the numeric contract: power-of-two scales only."""

# pyright: basic
# pyright: reportAssignmentType=false
import math

import brevitas.nn as qnn
import torch
from brevitas.inject.enum import ScalingImplType
from brevitas.quant.binary import SignedBinaryActPerTensorConst, SignedBinaryWeightPerTensorConst
from brevitas.quant.fixed_point import (
    Int8ActPerTensorFixedPoint,
    Int8BiasPerTensorFixedPointInternalScaling,
    Int8WeightPerChannelFixedPoint,
    Int8WeightPerTensorFixedPoint,
    Uint8ActPerTensorFixedPoint,
)
from torch import Tensor, nn

SMALLEST_SCALE = 2.0**-10
"""Lower bound of learned activation scales: a dead gate would otherwise export a scale near 1e-10."""

BIAS_BITS = 16
BIAS_MAXIMUM = 8.0
"""Biases are 16-bit integers, at first over [-8, 8): grid 2**-12."""


class BinaryActivation(SignedBinaryActPerTensorConst):
    """sign with sign(0) = +1 and scale 1."""

    scaling_const = 1.0


class BinaryWeight(SignedBinaryWeightPerTensorConst):
    """sign of latent weights in [-1, 1]; scale 1, so that qonnx infers BIPOLAR."""

    scaling_const = 1.0


class ChannelWeight(Int8WeightPerChannelFixedPoint):
    """int8 weights, one power-of-two scale per output channel: normalisations are folded into them."""


class TensorWeight(Int8WeightPerTensorFixedPoint):
    """int8 weights with one power-of-two scale: fully connected layers."""


class StoredMaximum(nn.Module):
    """A quantiser's end of range, a power of two: constant in training, part of the state, set by ``bias_grids``."""

    value: Tensor

    def __init__(self, scaling_init: float) -> None:
        super().__init__()
        self.register_buffer("value", torch.tensor(float(scaling_init)))

    def forward(self, placeholder: Tensor, threshold: Tensor | None = None) -> Tensor:
        return self.value if threshold is None else self.value / threshold


class FixedBias(Int8BiasPerTensorFixedPointInternalScaling):
    """16-bit bias on a power-of-two grid: 2**-12 until :func:`r2b_hw.nn.bias_grids.choose_bias_grids` coarsens it."""

    bit_width = BIAS_BITS
    scaling_impl = StoredMaximum
    scaling_init = BIAS_MAXIMUM


class SignedActivation(Int8ActPerTensorFixedPoint):
    """Signed activation; its exponent is found by calibration."""

    scaling_min_val = SMALLEST_SCALE


class UnsignedActivation(Uint8ActPerTensorFixedPoint):
    """Unsigned activation; its exponent is found by calibration."""

    scaling_min_val = SMALLEST_SCALE


class SignedConstant(Int8ActPerTensorFixedPoint):
    """Signed activation with a constant power-of-two scale."""

    scaling_impl_type = ScalingImplType.CONST


class UnsignedConstant(Uint8ActPerTensorFixedPoint):
    """Unsigned activation with a constant power-of-two scale."""

    scaling_impl_type = ScalingImplType.CONST


def constant_quantiser(maximum: float, bits: int, *, signed: bool) -> qnn.QuantIdentity:
    """A quantiser over [-maximum, maximum), or [0, maximum) when unsigned; a power of two."""
    quantiser = SignedConstant if signed else UnsignedConstant
    return qnn.QuantIdentity(act_quant=quantiser, bit_width=bits, scaling_init=maximum)


def power_of_two_reciprocal(count: int) -> float:
    """2**-ceil(log2(count)): the power of two that replaces the division in a mean over ``count`` pixels."""
    return 2.0 ** -math.ceil(math.log2(count))
