"""The standard residual network (He et al., 2016), the first teacher of the progressive chain.

It has the widths and strides of a flow's network. Two half-blocks make one residual block, so that the maps of both
networks have equal size at the end of each block.
"""

# pyright: basic
from collections.abc import Iterator

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

    ``options`` has an even number of half-blocks (a flow checks it); what makes it binary means nothing here.
    ``residual_blocks`` are the residual blocks of each stage, (3, 4, 6, 3) for a ResNet-34; without them there is one
    for every two half-blocks.
    """

    def __init__(self, options: NetworkOptions, residual_blocks: tuple[int, ...] | None = None) -> None:
        super().__init__()
        stem = options.stem
        self.stem = nn.Sequential(
            _convolution(options.input_channels, stem.channels, stem.kernel, stem.stride),
            nn.BatchNorm2d(stem.channels),
            nn.ReLU(),
        )
        if stem.max_pool:
            self.stem.append(nn.MaxPool2d(3, 2, 1))
        inputs = stem.channels
        blocks: list[ResidualBlock] = []
        points: list[int | None] = []
        for first, second, point in _pairs(options, residual_blocks):
            blocks.append(ResidualBlock(inputs, first, second))
            points.append(point)
            inputs = second.channels
        self.blocks = nn.Sequential(*blocks)
        self.points = tuple(points)
        self.classifier = nn.Linear(inputs, options.classes)

    def forward(self, x: Tensor) -> Tensor:
        return self.answer(x).logits

    def answer(self, x: Tensor) -> Answer:
        """Logits, and maps under the index of the student's half-block that ends at the same place.

        That is every residual block's map; at another depth than the student's, that of the last block of a stage.
        """
        x = self.stem(x)
        maps: dict[int, Tensor] = {}
        for point, block in zip(self.points, self.blocks, strict=True):
            x = block(x)
            if point is not None:
                maps[point] = x
        return Answer(self.classifier(x.mean((2, 3))), maps)


def _pairs(
    options: NetworkOptions, residual_blocks: tuple[int, ...] | None
) -> Iterator[tuple[HalfBlockOptions, HalfBlockOptions, int | None]]:
    """The two convolutions of each residual block, and the half-block it ends with."""
    if residual_blocks is None:
        for index in range(0, len(options.blocks), 2):
            yield options.blocks[index], options.blocks[index + 1], index + 1
        return
    start = 0
    for count, last in zip(residual_blocks, options.stages(), strict=True):
        opening = options.blocks[start]
        further = opening.model_copy(update={"stride": 1})
        for number in range(count):
            yield opening if number == 0 else further, further, last if number == count - 1 else None
        start = last + 1


def _convolution(inputs: int, outputs: int, kernel: int, stride: int) -> nn.Conv2d:
    layer = nn.Conv2d(inputs, outputs, kernel, stride=stride, padding=kernel // 2, bias=False)
    nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
    return layer
