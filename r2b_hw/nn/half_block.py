"""The Real-to-Binary half-block (Martinez et al., ICLR 2020, §4.1)."""

# pyright: basic
import math

import torch.nn.functional as F
from torch import Tensor, nn

from r2b_hw.network_options import HalfBlockOptions, NetworkOptions
from r2b_hw.nn.gate import Gate
from r2b_hw.nn.layers import LayerSet
from r2b_hw.nn.prelu import PReLU

GATE_ACTIVATION_BITS = 8
SMALLEST_HIDDEN = 4


class Downsample(nn.Module):
    """The real skip that changes shape: 2x2 average pool (stride 2 only), 1x1 convolution, requantise."""

    def __init__(self, layers: LayerSet, inputs: int, outputs: int, stride: int, bits: int) -> None:
        super().__init__()
        self.stride = stride
        self.conv = layers.convolution(inputs, outputs, 1, 1)
        self.norm = layers.normalisation(outputs)
        self.out = layers.activation(bits)

    def forward(self, x: Tensor) -> Tensor:
        pooled = F.avg_pool2d(x, 2) if self.stride == 2 else x
        return self.out(self.norm(self.conv(pooled)))


class HalfBlock(nn.Module):
    """out(PReLU(conv(sign(bn(x))) * power of two * gate(x)) + skip(x)).

    ``bn`` meets nothing but the sign, so that freezing can replace it by a threshold. The power of two
    follows the fan-in: 2**-round(log2 sqrt(fan-in)), doubled where a gate, whose mean is near one half,
    follows.
    """

    def __init__(
        self, layers: LayerSet, network: NetworkOptions, block: HalfBlockOptions, inputs: int, area: int
    ) -> None:
        super().__init__()
        outputs = block.channels
        self.bn = nn.BatchNorm2d(inputs)
        self.sign = layers.sign()
        self.conv = layers.binary_convolution(inputs, outputs, block.kernel, block.stride)
        fan_in = block.kernel**2 * inputs
        self.gain = 2.0 ** -round(math.log2(math.sqrt(fan_in))) * (2.0 if network.gate else 1.0)
        self.gate_normalises = layers.gate_normalises()
        self.gate = None
        if network.gate:
            self.gate = Gate(
                layers,
                inputs,
                outputs,
                hidden=max(inputs // network.gate_ratio, SMALLEST_HIDDEN),
                area=area,
                activation_bits=GATE_ACTIVATION_BITS,
                bits=network.gate_bits,
            )
        self.prelu = PReLU(layers, outputs, network.slope_bits) if network.prelu else None
        self.downsample = None
        if block.stride != 1 or inputs != outputs:
            self.downsample = Downsample(layers, inputs, outputs, block.stride, network.residual_bits)
        self.out = layers.activation(network.residual_bits)

    def forward(self, x: Tensor) -> Tensor:
        normalised = self.bn(x)
        branch = self.conv(self.sign(normalised)) * self.gain
        if self.gate is not None:
            branch = branch * self.gate(normalised if self.gate_normalises else x)
        if self.prelu is not None:
            branch = self.prelu(branch)
        skip = x if self.downsample is None else self.downsample(x)
        return self.out(branch + skip)
