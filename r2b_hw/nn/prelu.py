"""PReLU with a slope per channel on a fixed power-of-two grid."""

# pyright: basic
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from r2b_hw.nn.layers import LayerSet

INITIAL_SLOPE = 0.25


class PReLU(nn.Module):
    """max(x, 0) + slope * min(x, 0), one slope a channel, quantised over [-1, 1) with ``bits`` bits."""

    def __init__(self, layers: LayerSet, channels: int, bits: int) -> None:
        super().__init__()
        self.slope = nn.Parameter(torch.full((channels,), INITIAL_SLOPE))
        self.slope_quantiser = layers.constant(1.0, bits, signed=True)

    def forward(self, x: Tensor) -> Tensor:
        return F.prelu(x, self.slope_quantiser(self.slope))
