"""Small Brevitas models with factors that vary over the pixels: XNOR-Net++'s scales, XNOR-Net's K."""

# pyright: basic
from dataclasses import dataclass

import brevitas.nn as qnn
import numpy as np
import torch
from torch import Tensor, nn

from r2b_hw.nn import calibrate
from r2b_hw.nn.quantisers import (
    BinaryActivation,
    BinaryWeight,
    ChannelWeight,
    FixedBias,
    SignedActivation,
    TensorWeight,
    UnsignedActivation,
    constant_quantiser,
    power_of_two_reciprocal,
)


class Constant(nn.Module):
    """A parameter on a power-of-two grid: negative values, and a zero."""

    def __init__(self, *shape: int, maximum: float = 2.0, bits: int = 6) -> None:
        super().__init__()
        self.value = nn.Parameter(torch.randn(shape) * maximum / 2)
        with torch.no_grad():
            self.value.view(-1)[-1] = 0.0
        self.quantiser = constant_quantiser(maximum, bits, signed=True)

    def forward(self) -> Tensor:
        return self.quantiser(self.value)


def signed(bits: int = 8) -> qnn.QuantIdentity:
    return qnn.QuantIdentity(act_quant=SignedActivation, bit_width=bits, collect_stats_steps=2)


def unsigned(bits: int = 8) -> qnn.QuantIdentity:
    return qnn.QuantIdentity(act_quant=UnsignedActivation, bit_width=bits, collect_stats_steps=2)


def binary_convolution(inputs: int, outputs: int, kernel: int, **options) -> qnn.QuantConv2d:
    conv = qnn.QuantConv2d(inputs, outputs, kernel, bias=False, weight_quant=BinaryWeight, **options)
    nn.init.uniform_(conv.weight, -1.0, 1.0)
    return conv


class PixelMagnitude(nn.Module):
    """XNOR-Net's K: mean magnitude over the channels of a normalised map, smoothed by a box filter."""

    def __init__(self, channels: int, stride: int) -> None:
        super().__init__()
        self.factor = Constant(1, channels, 1, 1)
        self.offset = Constant(1, channels, 1, 1, bits=8)
        self.normalised = signed()
        self.mean = unsigned()
        self.box = qnn.QuantConv2d(1, 1, 3, stride=stride, padding=1, bias=False, weight_quant=TensorWeight)
        nn.init.constant_(self.box.weight, 1 / 9)
        self.out = unsigned(6)

    def forward(self, x: Tensor) -> Tensor:
        a = self.normalised(x * self.factor() + self.offset())
        mean = self.mean(torch.abs(a).sum(1, keepdim=True) * power_of_two_reciprocal(a.shape[1]))
        return self.out(self.box(mean))


@dataclass(frozen=True)
class Scaling:
    """How a half-block is scaled: ``factors`` is "pixel", "rows_columns", "dense", "magnitude" or "none"."""

    factors: str
    alpha: bool = True
    quantised: bool = True
    normalised: bool = True
    prelu: bool = True
    gated: bool = False
    stride: int = 1
    padding_value: float = 0.0
    rectified: bool = False


class HalfBlock(nn.Module):
    """sign, ±1 convolution, scales, normalisation, gate, PReLU, skip (with a binary downsample), quantiser."""

    def __init__(self, inputs: int, outputs: int, height: int, width: int, scaling: Scaling) -> None:
        super().__init__()
        self.scaling = scaling
        down = scaling.stride
        rows, columns = -(-height // down), -(-width // down)
        self.sign = qnn.QuantIdentity(act_quant=BinaryActivation)
        padding = 1 if scaling.padding_value == 0 else 0
        self.conv = binary_convolution(inputs, outputs, 3, stride=down, padding=padding)
        self.alpha = Constant(1, outputs, 1, 1) if scaling.alpha else None
        self.scaled = signed() if scaling.quantised else None
        shapes = {
            "none": [],
            "pixel": [(1, 1, rows, columns)],
            "rows_columns": [(1, 1, rows, 1), (1, 1, 1, columns)],
            "dense": [(1, outputs, rows, columns)],
            "magnitude": [],
        }
        self.betas = nn.ModuleList(Constant(*shape, bits=5) for shape in shapes[scaling.factors])
        self.magnitude = PixelMagnitude(inputs, down) if scaling.factors == "magnitude" else None
        self.factor = Constant(1, outputs, 1, 1, bits=4) if scaling.normalised else None
        self.offset = Constant(1, outputs, 1, 1) if scaling.normalised else None
        self.gate = constant_quantiser(4.0, 4, signed=True) if scaling.gated else None
        self.slope = Constant(outputs, maximum=1.0, bits=3) if scaling.prelu else None
        self.skip = down == 1 and inputs == outputs
        self.down = None if self.skip else binary_convolution(inputs, outputs, 1, stride=down)
        self.down_out = None if self.skip else signed()
        self.out = unsigned() if scaling.rectified else signed()

    def forward(self, x: Tensor) -> Tensor:
        bits = self.sign(x)
        value = self.scaling.padding_value
        y = self.conv(nn.functional.pad(bits, (1, 1, 1, 1), value=value) if value else bits)
        if self.alpha is not None:
            y = y * self.alpha()
        if self.scaled is not None:
            y = self.scaled(y)
        for beta in self.betas:
            y = y * beta()
        if self.magnitude is not None:
            y = y * self.magnitude(x)
        if self.factor is not None and self.offset is not None:
            y = y * self.factor() + self.offset()
        if self.gate is not None:
            y = y * self.gate(x.sum((2, 3), keepdim=True) * power_of_two_reciprocal(x.shape[2] * x.shape[3]))
        if self.slope is not None:
            y = nn.functional.prelu(y, self.slope())
        # The binary 1x1 convolution reads the bits of the 3x3 one.
        y = y + (x if self.down is None or self.down_out is None else self.down_out(self.down(bits)))
        return self.out(torch.relu(y) if self.scaling.rectified else y)


class Net(nn.Module):
    """Stem, half-blocks, classifier, on maps of odd sizes."""

    def __init__(self, *scalings: Scaling, size: tuple[int, int] = (7, 5)) -> None:
        super().__init__()
        self.size = size
        height, width = size
        self.input = constant_quantiser(1.0, 8, signed=True)
        weights = {"weight_quant": ChannelWeight, "bias_quant": FixedBias}
        self.stem = qnn.QuantConv2d(3, 8, 3, padding=1, bias=True, **weights)
        self.stem_out = signed(6)
        blocks, channels = [], 8
        for scaling in scalings:
            outputs = 12 if scaling.stride > 1 else channels
            blocks.append(HalfBlock(channels, outputs, height, width, scaling))
            height, width = -(-height // scaling.stride), -(-width // scaling.stride)
            channels = outputs
        self.blocks = nn.Sequential(*blocks)
        self.mean = signed()
        self.classifier = qnn.QuantLinear(channels, 4, bias=False, weight_quant=TensorWeight)

    def forward(self, x: Tensor) -> Tensor:
        x = self.blocks(self.stem_out(self.stem(self.input(x))))
        return self.classifier(self.mean(x.sum((2, 3)) * power_of_two_reciprocal(x.shape[2] * x.shape[3])))


def prepared(*scalings: Scaling, seed: int = 1, size: tuple[int, int] = (7, 5)) -> tuple[Net, np.ndarray]:
    """Return a calibrated network and images."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = Net(*scalings, size=size)
    images = np.random.default_rng(seed).normal(0, 0.5, (8, 3, *size)).astype(np.float32)
    calibrate(model, [torch.from_numpy(images)] * 2)
    return model, images
