"""The standard residual network (He et al., 2016), the first teacher of the progressive chain.

It has the widths and strides of a flow's network. Two half-blocks make one residual block, so that the maps of both
networks have equal size at the end of each block.
"""

# pyright: basic
import torch.nn.functional as F
from torch import Tensor, nn

from r2b_hw.network_options import HalfBlockOptions, NetworkOptions
from r2b_hw.nn.answer import Answer


class ResidualBlock(nn.Module):
    """relu(norm2(conv2(relu(norm1(conv1(x))))) + skip(x)); a skip that changes shape is a 1x1 convolution and norm."""

    def __init__(self, inputs: int, first: HalfBlockOptions, second: HalfBlockOptions) -> None:
        super().__init__()
        self.conv1 = _convolution(inputs, first.channels, first.kernel, first.stride)
        self.norm1 = nn.BatchNorm2d(first.channels)
        self.conv2 = _convolution(first.channels, second.channels, second.kernel, second.stride)
        self.norm2 = nn.BatchNorm2d(second.channels)
        stride = first.stride * second.stride
        self.skip = nn.Sequential()
        if stride != 1 or inputs != second.channels:
            self.skip = nn.Sequential(_convolution(inputs, second.channels, 1, stride), nn.BatchNorm2d(second.channels))

    def forward(self, x: Tensor) -> Tensor:
        branch = self.norm2(self.conv2(F.relu(self.norm1(self.conv1(x)))))
        return F.relu(branch + self.skip(x))


class RealNetwork(nn.Module):
    """(N, channels, height, width) float32 -> (N, classes) float32: stem, residual blocks, mean, classifier.

    ``options`` has an even number of half-blocks (a flow checks it); gate, PReLU and bits mean nothing here.
    """

    def __init__(self, options: NetworkOptions) -> None:
        super().__init__()
        stem = options.stem
        self.stem = nn.Sequential(
            _convolution(options.input_channels, stem.channels, stem.kernel, stem.stride),
            nn.BatchNorm2d(stem.channels),
            nn.ReLU(),
        )
        inputs = stem.channels
        blocks: list[ResidualBlock] = []
        for first, second in zip(options.blocks[::2], options.blocks[1::2], strict=True):
            blocks.append(ResidualBlock(inputs, first, second))
            inputs = second.channels
        self.blocks = nn.Sequential(*blocks)
        self.classifier = nn.Linear(inputs, options.classes)

    def forward(self, x: Tensor) -> Tensor:
        return self.answer(x).logits

    def answer(self, x: Tensor) -> Answer:
        """Logits, and the map after every residual block, under the index of its second half-block."""
        x = self.stem(x)
        maps: dict[int, Tensor] = {}
        for index, block in enumerate(self.blocks):
            x = block(x)
            maps[2 * index + 1] = x
        return Answer(self.classifier(x.mean((2, 3))), maps)


def _convolution(inputs: int, outputs: int, kernel: int, stride: int) -> nn.Conv2d:
    layer = nn.Conv2d(inputs, outputs, kernel, stride=stride, padding=kernel // 2, bias=False)
    nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
    return layer
