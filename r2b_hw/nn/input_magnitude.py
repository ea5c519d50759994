"""XNOR-Net's K: the magnitudes of a binary convolution's input (Rastegari et al., ECCV 2016, §3.2)."""

# pyright: basic
import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from r2b_hw.network_options.options import MAGNITUDE_BITS
from r2b_hw.nn.layers import LayerSet


class InputMagnitude(nn.Module):
    """(N, C, H, W) -> (N, 1, H', W'): the mean of abs(x) over the channels, averaged over each window of the kernel.

    x is the normalised map; zeros pad it, and count. Quantised, the normalisation is a multiplier and a bias of its
    own, the mean over channels is sum * 2**-ceil(log2 C), and the window's weights make up for the rest.
    """

    def __init__(self, layers: LayerSet, channels: int, kernel: int, stride: int, bits: int) -> None:
        super().__init__()
        self.kernel, self.stride, self.quantised = kernel, stride, layers.quantised
        if not layers.quantised:
            return
        self.norm = layers.output_normalisation(channels, bits)
        self.input = layers.activation(MAGNITUDE_BITS)
        self.reciprocal = 2.0 ** -math.ceil(math.log2(channels))
        self.mean = layers.unsigned(MAGNITUDE_BITS)
        self.box = layers.box_filter(kernel, stride, 1.0 / (channels * self.reciprocal * kernel**2))
        self.out = layers.unsigned(MAGNITUDE_BITS)

    def forward(self, x: Tensor, normalised: Tensor) -> Tensor:
        if not self.quantised:
            mean = normalised.abs().mean(1, keepdim=True)
            return F.avg_pool2d(mean, self.kernel, self.stride, self.kernel // 2)
        mean = torch.abs(self.input(self.norm(x))).sum(1, keepdim=True) * self.reciprocal
        return self.out(self.box(self.mean(mean)))
