"""The data-driven channel gate (Martinez et al., ICLR 2020, §4.3): mean, FC, ReLU, FC, sigmoid."""

# pyright: basic
import torch
from torch import Tensor, nn

from r2b_hw.nn.layers import LayerSet
from r2b_hw.nn.quantisers import power_of_two_reciprocal

SIGMOID_RANGE = 8.0
SIGMOID_BITS = 8


class Gate(nn.Module):
    """(N, inputs, H, W) -> (N, outputs, 1, 1), in [0, 1).

    The mean is sum * 2**-ceil(log2 area). The sigmoid stands between two fixed quantisers: 8 bits over [-8,
    8) before, ``bits`` bits over [0, 1) after.
    """

    def __init__(
        self,
        layers: LayerSet,
        inputs: int,
        outputs: int,
        *,
        hidden: int,
        area: int,
        bias: bool,
        activation_bits: int,
        bits: int,
    ) -> None:
        super().__init__()
        self.area = area
        self.reciprocal = power_of_two_reciprocal(area)
        self.mean = layers.activation(activation_bits)
        # Quantised, the first layer takes the normalisation's offset for its bias.
        self.fc1 = layers.linear(inputs, hidden, bias=bias or layers.quantised)
        self.relu = layers.relu(activation_bits)
        self.fc2 = layers.linear(hidden, outputs, bias=bias)
        self.pre_sigmoid = layers.constant(SIGMOID_RANGE, SIGMOID_BITS, signed=True)
        self.out = layers.constant(1.0, bits, signed=False)

    def forward(self, x: Tensor) -> Tensor:
        mean = self.mean(x.sum((2, 3)) * self.reciprocal)
        logits = self.fc2(self.relu(self.fc1(mean)))
        return self.out(torch.sigmoid(self.pre_sigmoid(logits)))[:, :, None, None]
