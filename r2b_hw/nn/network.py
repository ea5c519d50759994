"""The Real-to-Binary network: stem, half-blocks, classifier."""

# pyright: basic
from torch import Tensor, nn

from r2b_hw.architectures.description import Activation
from r2b_hw.network_options import NetworkOptions
from r2b_hw.nn.answer import Answer
from r2b_hw.nn.half_block import HalfBlock
from r2b_hw.nn.layers import PERCENTILE, FloatLayers, LayerSet, QuantisedLayers
from r2b_hw.nn.prelu import PReLU
from r2b_hw.nn.quantisers import power_of_two_reciprocal

CLASSIFIER_INPUT_BITS = 8


class Stem(nn.Module):
    """Real convolution with bias, activation, requantised to the residual grid; then a 3x3/2 max pool, if any."""

    def __init__(self, layers: LayerSet, network: NetworkOptions) -> None:
        super().__init__()
        stem = network.stem
        self.conv = layers.convolution(network.input_channels, stem.channels, stem.kernel, stem.stride)
        self.norm = layers.normalisation(stem.channels)
        self.prelu = PReLU(layers, stem.channels, network.slope_bits) if stem.activation is Activation.PRELU else None
        self.out = layers.bounded(stem.activation, network.residual_bits)
        self.pool = nn.MaxPool2d(3, 2, 1) if stem.max_pool else None

    def forward(self, x: Tensor) -> Tensor:
        x = self.norm(self.conv(x))
        x = self.out(x if self.prelu is None else self.prelu(x))
        return x if self.pool is None else self.pool(x)


class R2BNetwork(nn.Module):
    """(N, channels, height, width) float32 -> (N, classes) float32.

    Parameters
    ----------
    options
        The architecture.
    layers
        The set its elementary layers come from: float ones to train with, quantised ones to export.
    """

    def __init__(self, options: NetworkOptions, layers: LayerSet) -> None:
        super().__init__()
        self.options = options
        self.input = layers.constant(options.input_maximum, options.input_bits, signed=options.input_signed)
        self.stem = Stem(layers, options)
        self.blocks = nn.ModuleList(HalfBlock(layers, options, index) for index in range(len(options.blocks)))
        height, width = options.final_size()
        self.reciprocal = power_of_two_reciprocal(height * width)
        self.mean = layers.activation(CLASSIFIER_INPUT_BITS)
        self.classifier = layers.linear(options.blocks[-1].channels, options.classes)

    def forward(self, x: Tensor) -> Tensor:
        return self.answer(x).logits

    def answer(self, x: Tensor) -> Answer:
        """Logits, and the map after every half-block."""
        x, shortcut = self.stem(self.input(x)), None
        maps: dict[int, Tensor] = {}
        for index, block in enumerate(self.blocks):
            x, shortcut = block(x, shortcut)
            maps[index] = x
        return Answer(self._head(x), maps)

    def _head(self, x: Tensor) -> Tensor:
        return self.classifier(self.mean(x.sum((2, 3)) * self.reciprocal))


def float_network(options: NetworkOptions) -> R2BNetwork:
    """The network without quantisers, for the stages before calibration."""
    return R2BNetwork(options, FloatLayers())


def quantised_network(
    options: NetworkOptions, calibration_steps: int = 40, percentile: float = PERCENTILE
) -> R2BNetwork:
    """The Brevitas network with initial weights, to be calibrated over ``calibration_steps`` batches."""
    return R2BNetwork(options, QuantisedLayers(calibration_steps, percentile))
