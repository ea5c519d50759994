"""Two sets of elementary layers with one interface: float ones to train with, and quantised ones to export.

The network's modules are written once and get their layers from a set, so both networks have the same module
paths.
"""

# pyright: basic
from abc import ABC, abstractmethod
from typing import Any, ClassVar

import brevitas.nn as qnn
import torch
from torch import Tensor, nn

from r2b_hw.architectures.description import Activation
from r2b_hw.nn import quantisers
from r2b_hw.nn.binarise import BinaryConvolution, Sign, SignGradient
from r2b_hw.nn.factor import Affine, FloatFactor, QuantisedFactor

PERCENTILE = 99.999
"""Brevitas's own."""


class LayerSet(ABC):
    """Factory of elementary layers."""

    quantised: ClassVar[bool]

    def bounded(self, function: Activation, bits: int) -> nn.Module:
        """The requantiser at the end of a half-block, with the activation that its saturation gives."""
        if function is Activation.RELU:
            return self.relu(bits)
        return self.hardtanh(bits) if function is Activation.HARDTANH else self.activation(bits)

    @abstractmethod
    def hardtanh(self, bits: int) -> nn.Module:
        """Clip to [-1, 1), with a constant scale."""

    @abstractmethod
    def activation(self, bits: int) -> nn.Module:
        """Signed activation with a calibrated power-of-two scale."""

    @abstractmethod
    def unsigned(self, bits: int) -> nn.Module:
        """Unsigned activation with a calibrated power-of-two scale, for values that are never negative."""

    @abstractmethod
    def relu(self, bits: int) -> nn.Module:
        """ReLU with an unsigned calibrated activation."""

    @abstractmethod
    def constant(self, maximum: float, bits: int, *, signed: bool) -> nn.Module:
        """Activation with a constant power-of-two scale."""

    @abstractmethod
    def sign(self, at_zero: int, gradient: SignGradient) -> nn.Module:
        """Binarise an activation; ``at_zero`` is sign(0)."""

    @abstractmethod
    def binary_convolution(
        self, inputs: int, outputs: int, kernel: int, stride: int, padding: int, at_zero: int
    ) -> nn.Module:
        """Convolution with weights of +1 and -1, zero padding, no bias; ``at_zero`` is the sign of a weight of 0."""

    @abstractmethod
    def factor(self, shape: tuple[int, ...], initial: float, bits: int, *, per_channel: bool) -> nn.Module:
        """Learned constant, called without arguments; see :class:`r2b_hw.nn.factor.QuantisedFactor`."""

    @abstractmethod
    def output_normalisation(self, channels: int, bits: int) -> nn.Module:
        """Batch normalisation that meets no sign; once quantised, its multipliers have ``bits`` bits."""

    @abstractmethod
    def box_filter(self, kernel: int, stride: int, weight: float) -> nn.Module:
        """Convolution of one channel with a constant weight, zero padding of kernel // 2."""

    @abstractmethod
    def convolution(self, inputs: int, outputs: int, kernel: int, stride: int) -> nn.Module:
        """Real convolution, zero padding of kernel // 2; its normalisation is :meth:`normalisation`."""

    @abstractmethod
    def normalisation(self, channels: int) -> nn.Module:
        """Batch normalisation after a real convolution; the identity once it is folded into the weights."""

    @abstractmethod
    def gate_normalises(self) -> bool:
        """Whether the gate reads the normalised map; when folded it reads the map itself."""

    @abstractmethod
    def linear(self, inputs: int, outputs: int, *, bias: bool = True) -> nn.Module:
        """Fully connected layer."""


class FloatLayers(LayerSet):
    """Layers without quantisers, with batch normalisation: for training before calibration."""

    quantised = False

    def hardtanh(self, bits: int) -> nn.Module:
        return nn.Hardtanh()

    def activation(self, bits: int) -> nn.Module:
        return nn.Identity()

    def unsigned(self, bits: int) -> nn.Module:
        return nn.Identity()

    def relu(self, bits: int) -> nn.Module:
        return nn.ReLU()

    def constant(self, maximum: float, bits: int, *, signed: bool) -> nn.Module:
        return nn.Identity()

    def sign(self, at_zero: int, gradient: SignGradient) -> nn.Module:
        return Sign(at_zero, gradient)

    def binary_convolution(
        self, inputs: int, outputs: int, kernel: int, stride: int, padding: int, at_zero: int
    ) -> nn.Module:
        return BinaryConvolution(inputs, outputs, kernel, stride, padding, at_zero)

    def factor(self, shape: tuple[int, ...], initial: float, bits: int, *, per_channel: bool) -> nn.Module:
        return FloatFactor(shape, initial)

    def output_normalisation(self, channels: int, bits: int) -> nn.Module:
        return nn.BatchNorm2d(channels)

    def box_filter(self, kernel: int, stride: int, weight: float) -> nn.Module:
        layer = nn.Conv2d(1, 1, kernel, stride=stride, padding=kernel // 2, bias=False)
        return _constant_weight(layer, weight)

    def convolution(self, inputs: int, outputs: int, kernel: int, stride: int) -> nn.Module:
        return nn.Conv2d(inputs, outputs, kernel, stride=stride, padding=kernel // 2, bias=False)

    def normalisation(self, channels: int) -> nn.Module:
        return nn.BatchNorm2d(channels)

    def gate_normalises(self) -> bool:
        return True

    def linear(self, inputs: int, outputs: int, *, bias: bool = True) -> nn.Module:
        return nn.Linear(inputs, outputs, bias=bias)


class QuantisedLayers(LayerSet):
    """Brevitas layers of the numeric contract.

    Parameters
    ----------
    calibration_steps
        Forward passes in training mode over which an activation collects its scale before it is frozen.
    percentile
        Share of the magnitudes, in percent, that a calibrated scale holds without saturating.
    """

    quantised = True

    def __init__(self, calibration_steps: int = 40, percentile: float = PERCENTILE) -> None:
        self.calibrated: dict[str, Any] = {"collect_stats_steps": calibration_steps, "high_percentile_q": percentile}

    def hardtanh(self, bits: int) -> nn.Module:
        return quantisers.constant_quantiser(1.0, bits, signed=True)

    def activation(self, bits: int) -> nn.Module:
        return qnn.QuantIdentity(act_quant=quantisers.SignedActivation, bit_width=bits, **self.calibrated)

    def unsigned(self, bits: int) -> nn.Module:
        return qnn.QuantIdentity(act_quant=quantisers.UnsignedActivation, bit_width=bits, **self.calibrated)

    def relu(self, bits: int) -> nn.Module:
        return qnn.QuantReLU(act_quant=quantisers.UnsignedActivation, bit_width=bits, **self.calibrated)

    def constant(self, maximum: float, bits: int, *, signed: bool) -> nn.Module:
        return quantisers.constant_quantiser(maximum, bits, signed=signed)

    def sign(self, at_zero: int, gradient: SignGradient) -> nn.Module:
        sign = qnn.QuantIdentity(act_quant=quantisers.BinaryActivation)
        return sign if at_zero == 1 else Mirrored(sign)

    def binary_convolution(
        self, inputs: int, outputs: int, kernel: int, stride: int, padding: int, at_zero: int
    ) -> nn.Module:
        layer = qnn.QuantConv2d(
            inputs, outputs, kernel, stride=stride, padding=padding, bias=False, weight_quant=quantisers.BinaryWeight
        )
        nn.init.uniform_(layer.weight, -1.0, 1.0)
        return layer

    def factor(self, shape: tuple[int, ...], initial: float, bits: int, *, per_channel: bool) -> nn.Module:
        factor = QuantisedFactor(shape, bits, per_channel=per_channel)
        factor.assign(torch.full(shape, initial))
        return factor

    def output_normalisation(self, channels: int, bits: int) -> nn.Module:
        return Affine(channels, bits)

    def box_filter(self, kernel: int, stride: int, weight: float) -> nn.Module:
        layer = qnn.QuantConv2d(
            1, 1, kernel, stride=stride, padding=kernel // 2, bias=False, weight_quant=quantisers.TensorWeight
        )
        return _constant_weight(layer, weight)

    def convolution(self, inputs: int, outputs: int, kernel: int, stride: int) -> nn.Module:
        return qnn.QuantConv2d(
            inputs,
            outputs,
            kernel,
            stride=stride,
            padding=kernel // 2,
            bias=True,
            weight_quant=quantisers.ChannelWeight,
            bias_quant=quantisers.FixedBias,
        )

    def normalisation(self, channels: int) -> nn.Module:
        return nn.Identity()

    def gate_normalises(self) -> bool:
        return False

    def linear(self, inputs: int, outputs: int, *, bias: bool = True) -> nn.Module:
        return qnn.QuantLinear(
            inputs,
            outputs,
            bias=bias,
            weight_quant=quantisers.TensorWeight,
            bias_quant=quantisers.FixedBias if bias else None,
        )


class Mirrored(nn.Module):
    """-sign(-x): the sign whose value at zero is -1, while it is not yet frozen."""

    def __init__(self, sign: nn.Module) -> None:
        super().__init__()
        self.sign = sign

    def forward(self, x: Tensor) -> Tensor:
        return -self.sign(-x)


def _constant_weight(layer: nn.Conv2d, weight: float) -> nn.Conv2d:
    nn.init.constant_(layer.weight, weight)
    layer.weight.requires_grad_(False)
    return layer
