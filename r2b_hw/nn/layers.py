"""Two sets of elementary layers with one interface: float ones to train with, and quantised ones to export.

The network's modules are written once and get their layers from a set, so both networks have the same module
paths.
"""

# pyright: basic
from abc import ABC, abstractmethod
from typing import Any, cast

import brevitas.nn as qnn
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from r2b_hw.nn import quantisers


class LayerSet(ABC):
    """Factory of elementary layers."""

    @abstractmethod
    def activation(self, bits: int) -> nn.Module:
        """Signed activation with a calibrated power-of-two scale."""

    @abstractmethod
    def relu(self, bits: int) -> nn.Module:
        """ReLU with an unsigned calibrated activation."""

    @abstractmethod
    def constant(self, maximum: float, bits: int, *, signed: bool) -> nn.Module:
        """Activation with a constant power-of-two scale."""

    @abstractmethod
    def sign(self) -> nn.Module:
        """Binarise an activation."""

    @abstractmethod
    def binary_convolution(self, inputs: int, outputs: int, kernel: int, stride: int) -> nn.Module:
        """Convolution with weights of +1 and -1, zero padding of kernel // 2, no bias."""

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
    def linear(self, inputs: int, outputs: int) -> nn.Module:
        """Fully connected layer with bias."""


class Sign(nn.Module):
    """sign(0) = +1; straight-through gradient inside [-1, 1]; tanh while ``binary`` is False."""

    def __init__(self) -> None:
        super().__init__()
        self.binary = True

    def forward(self, x: Tensor) -> Tensor:
        return _binarise(x) if self.binary else torch.tanh(x)


class BinaryConvolution(nn.Conv2d):
    """Convolution with the signs of its weights, or with the weights while ``binary`` is False."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int) -> None:
        super().__init__(inputs, outputs, kernel, stride=stride, padding=kernel // 2, bias=False)
        self.binary = True
        nn.init.uniform_(self.weight, -1.0, 1.0)

    def forward(self, x: Tensor) -> Tensor:
        weight = _binarise(self.weight) if self.binary else self.weight
        return F.conv2d(x, weight, None, self.stride, self.padding)


class _StraightThrough(torch.autograd.Function):
    """sign forward, the gradient of a clip to [-1, 1] backward."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        ctx.save_for_backward(x.abs() <= 1.0)
        return (x >= 0).to(x.dtype) * 2.0 - 1.0

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        (inside,) = ctx.saved_tensors
        return gradients[0] * inside


def _binarise(x: Tensor) -> Tensor:
    return cast(Tensor, _StraightThrough.apply(x))


class FloatLayers(LayerSet):
    """Layers without quantisers, with batch normalisation: for training before calibration."""

    def activation(self, bits: int) -> nn.Module:
        return nn.Identity()

    def relu(self, bits: int) -> nn.Module:
        return nn.ReLU()

    def constant(self, maximum: float, bits: int, *, signed: bool) -> nn.Module:
        return nn.Identity()

    def sign(self) -> nn.Module:
        return Sign()

    def binary_convolution(self, inputs: int, outputs: int, kernel: int, stride: int) -> nn.Module:
        return BinaryConvolution(inputs, outputs, kernel, stride)

    def convolution(self, inputs: int, outputs: int, kernel: int, stride: int) -> nn.Module:
        return nn.Conv2d(inputs, outputs, kernel, stride=stride, padding=kernel // 2, bias=False)

    def normalisation(self, channels: int) -> nn.Module:
        return nn.BatchNorm2d(channels)

    def gate_normalises(self) -> bool:
        return True

    def linear(self, inputs: int, outputs: int) -> nn.Module:
        return nn.Linear(inputs, outputs)


class QuantisedLayers(LayerSet):
    """Brevitas layers of the numeric contract.

    Parameters
    ----------
    calibration_steps
        Forward passes in training mode over which an activation collects its scale before it is frozen.
    """

    def __init__(self, calibration_steps: int = 40) -> None:
        self.calibration_steps = calibration_steps

    def activation(self, bits: int) -> nn.Module:
        return qnn.QuantIdentity(
            act_quant=quantisers.SignedActivation, bit_width=bits, collect_stats_steps=self.calibration_steps
        )

    def relu(self, bits: int) -> nn.Module:
        return qnn.QuantReLU(
            act_quant=quantisers.UnsignedActivation,
            bit_width=bits,
            collect_stats_steps=self.calibration_steps,
        )

    def constant(self, maximum: float, bits: int, *, signed: bool) -> nn.Module:
        return quantisers.constant_quantiser(maximum, bits, signed=signed)

    def sign(self) -> nn.Module:
        return qnn.QuantIdentity(act_quant=quantisers.BinaryActivation)

    def binary_convolution(self, inputs: int, outputs: int, kernel: int, stride: int) -> nn.Module:
        layer = qnn.QuantConv2d(
            inputs,
            outputs,
            kernel,
            stride=stride,
            padding=kernel // 2,
            bias=False,
            weight_quant=quantisers.BinaryWeight,
        )
        nn.init.uniform_(layer.weight, -1.0, 1.0)
        return layer

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

    def linear(self, inputs: int, outputs: int) -> nn.Module:
        return qnn.QuantLinear(
            inputs, outputs, bias=True, weight_quant=quantisers.TensorWeight, bias_quant=quantisers.FixedBias
        )
