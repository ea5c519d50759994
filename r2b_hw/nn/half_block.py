"""The binary half-block: one binary convolution, what scales it, its activation, its skip (ICLR 2020, §4.1)."""

# pyright: basic
import math

import torch.nn.functional as F
from torch import Tensor, nn

from r2b_hw.architectures.description import Activation, Normalisation, Skip
from r2b_hw.network_options import NetworkOptions
from r2b_hw.nn.downsample import make_downsample
from r2b_hw.nn.gate import Gate
from r2b_hw.nn.layers import LayerSet
from r2b_hw.nn.prelu import PReLU
from r2b_hw.nn.scale import ChannelScale

GATE_ACTIVATION_BITS = 8


class HalfBlock(nn.Module):
    """out(activation(scale(conv(sign(bn(x)))) * gate(x)) + skip(x)), or with the skip of two half-blocks.

    ``bn`` meets nothing but the sign, so that freezing can replace it by a threshold; where the network normalises
    after the convolution it is the identity. The power of two that brings a convolution's integers near one follows
    the fan-in: 2**-round(log2 sqrt(fan-in)), doubled where a gate, whose mean is near one half, follows.

    A skip over one convolution joins after the activation. One over two starts at the first half, and joins in the
    second before the activation, which then is the requantiser's saturation.
    """

    def __init__(self, layers: LayerSet, network: NetworkOptions, index: int) -> None:
        super().__init__()
        block, inputs = network.blocks[index], network.inputs_of(index)
        outputs, (height, width) = block.channels, network.block_sizes()[index]
        over_two = network.skip is Skip.BLOCK
        self.opens, self.closes = not over_two or index % 2 == 0, not over_two or index % 2 == 1
        before = network.normalisation is Normalisation.BEFORE
        self.bn = nn.BatchNorm2d(inputs) if before else nn.Identity()
        self.sign = layers.sign(network.sign_at_zero, network.sign_gradient)
        # Padding with a value other than zero is a step of its own.
        self.padding, self.padding_value = block.kernel // 2, network.padding_value
        padding = self.padding if network.padding_value == 0 else 0
        self.conv = layers.binary_convolution(
            inputs, outputs, block.kernel, block.stride, padding, network.sign_at_zero
        )
        gain = 2.0 ** -round(math.log2(math.sqrt(block.kernel**2 * inputs))) * (2.0 if network.gate else 1.0)
        size = (-(-height // block.stride), -(-width // block.stride))
        self.scale = ChannelScale(layers, network, index, size, gain)
        self.gate_normalises = layers.gate_normalises()
        self.gate = None
        if network.gate:
            self.gate = Gate(
                layers,
                inputs,
                outputs,
                hidden=network.hidden_of(index),
                area=height * width,
                bias=network.gate_bias,
                activation_bits=GATE_ACTIVATION_BITS,
                bits=network.gate_bits,
            )
        self.prelu = PReLU(layers, outputs, network.slope_bits) if network.activation is Activation.PRELU else None
        self.rectifies = network.activation is Activation.RELU and not over_two
        self.downsample = None
        if self.opens and (block.stride != 1 or inputs != outputs):
            self.downsample = make_downsample(layers, network, index)
        bits = network.residual_bits
        self.out = layers.bounded(network.activation, bits) if over_two else layers.activation(bits)

    def forward(self, x: Tensor, shortcut: Tensor | None = None) -> tuple[Tensor, Tensor | None]:
        """(N, inputs, H, W) and the skip that an earlier half-block opened, to the output and the skip left open."""
        normalised = self.bn(x)
        bits = self.sign(normalised)
        branch = self.scale(self.conv(self._padded(bits)), self.conv, x, normalised)
        if self.gate is not None:
            branch = branch * self.gate(normalised if self.gate_normalises else x)
        if self.prelu is not None:
            branch = self.prelu(branch)
        elif self.rectifies:
            branch = F.relu(branch)
        if self.opens:
            shortcut = x if self.downsample is None else self.downsample(x, bits)
        if not self.closes:
            return self.out(branch), shortcut
        return self.out(branch if shortcut is None else branch + shortcut), None

    def _padded(self, bits: Tensor) -> Tensor:
        if self.padding_value == 0 or self.padding == 0:
            return bits
        return F.pad(bits, (self.padding,) * 4, value=float(self.padding_value))
