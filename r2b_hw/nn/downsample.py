"""Skips that change shape: a 1x1 convolution, real or binary, with normalisation."""

# pyright: basic
import torch.nn.functional as F
from torch import Tensor, nn

from r2b_hw.network_options import NetworkOptions
from r2b_hw.nn.layers import LayerSet


class Downsample(nn.Module):
    """2x2 average pool or stride, real 1x1 convolution, requantise."""

    def __init__(self, layers: LayerSet, network: NetworkOptions, index: int) -> None:
        super().__init__()
        block = network.blocks[index]
        self.pools = network.downsample.average_pool and block.stride == 2
        stride = 1 if self.pools else block.stride
        self.conv = layers.convolution(network.inputs_of(index), block.channels, 1, stride)
        self.norm = layers.normalisation(block.channels)
        self.out = layers.activation(network.residual_bits)

    def forward(self, x: Tensor, bits: Tensor) -> Tensor:
        pooled = F.avg_pool2d(x, 2) if self.pools else x
        return self.out(self.norm(self.conv(pooled)))


class BinaryDownsample(nn.Module):
    """2x2 average pool and sign, or the branch's bits and a stride; binary 1x1 convolution, normalise, requantise."""

    def __init__(self, layers: LayerSet, network: NetworkOptions, index: int) -> None:
        super().__init__()
        block, at_zero = network.blocks[index], network.sign_at_zero
        self.pools = network.downsample.average_pool and block.stride == 2
        self.sign = layers.sign(at_zero, network.sign_gradient) if self.pools else None
        stride = 1 if self.pools else block.stride
        self.conv = layers.binary_convolution(network.inputs_of(index), block.channels, 1, stride, 0, at_zero)
        self.norm = layers.output_normalisation(block.channels, network.scale_bits)
        self.out = layers.activation(network.residual_bits)

    def forward(self, x: Tensor, bits: Tensor) -> Tensor:
        read = bits if self.sign is None else self.sign(F.avg_pool2d(x, 2))
        return self.out(self.norm(self.conv(read)))


def make_downsample(layers: LayerSet, network: NetworkOptions, index: int) -> Downsample | BinaryDownsample:
    """The downsample of half-block ``index``."""
    make = BinaryDownsample if network.downsample.binary else Downsample
    return make(layers, network, index)
