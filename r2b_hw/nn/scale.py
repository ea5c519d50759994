"""What multiplies the integers of a binary convolution: see :class:`r2b_hw.architectures.description.Scale`."""

# pyright: basic
# pyright: reportCallIssue=false
from torch import Tensor, nn

from r2b_hw.architectures.description import Normalisation, Scale
from r2b_hw.network_options import NetworkOptions
from r2b_hw.network_options.options import SCALED_BITS
from r2b_hw.nn.input_magnitude import InputMagnitude
from r2b_hw.nn.layers import LayerSet

_WITH_CHANNEL = (Scale.CHANNEL, Scale.CHANNEL_AND_PIXEL, Scale.CHANNEL_ROW_COLUMN)
_ANALYTIC = (Scale.ANALYTIC, Scale.ANALYTIC_AND_K)


class ChannelScale(nn.Module):
    """y * alpha(o), then K or the learned factors of pixels, rows and columns, then a normalisation behind them.

    Parameters
    ----------
    layers, network, index
        Where the elementary layers come from, the network, and which half-block this stands in.
    size
        (height, width) of the convolution's output.
    gain
        A power of two that brings the integers near one: the initial value of the learned factors, and the factor
        itself where there is neither scale nor normalisation.
    """

    def __init__(
        self, layers: LayerSet, network: NetworkOptions, index: int, size: tuple[int, int], gain: float
    ) -> None:
        super().__init__()
        kind, block = network.scale, network.blocks[index]
        channels, (height, width) = block.channels, size
        bits, pixel_bits = network.scale_bits, network.pixel_scale_bits
        after = network.normalisation is Normalisation.AFTER
        self.gain = gain if kind is Scale.NONE and not after else 1.0
        self.analytic = kind in _ANALYTIC and not layers.quantised
        self.alpha = None
        if network.quantised_channel_factor if layers.quantised else kind in _WITH_CHANNEL:
            self.alpha = layers.factor((channels, 1, 1), gain, bits, per_channel=True)
        self.scaled = layers.activation(SCALED_BITS) if network.quantises_scaled(index) else None
        self.magnitude = None
        if kind is Scale.ANALYTIC_AND_K:
            self.magnitude = InputMagnitude(layers, network.inputs_of(index), block.kernel, block.stride, bits)
        shapes = {
            Scale.DENSE: [(channels, height, width)],
            Scale.CHANNEL_AND_PIXEL: [(1, height, width)],
            Scale.CHANNEL_ROW_COLUMN: [(1, height, 1), (1, 1, width)],
        }.get(kind, [])
        dense = kind is Scale.DENSE
        self.factors = nn.ModuleList(
            layers.factor(shape, gain if dense else 1.0, bits if dense else pixel_bits, per_channel=False)
            for shape in shapes
        )
        self.norm = layers.output_normalisation(channels, bits) if after else None

    def forward(self, y: Tensor, convolution: nn.Module, x: Tensor, normalised: Tensor) -> Tensor:
        """Scale ``y`` (N, C, H, W), the ``convolution`` of the signs of ``normalised``; ``x`` is not normalised yet."""
        if self.gain != 1.0:
            y = y * self.gain
        if self.analytic:
            y = y * convolution.weight.abs().mean((1, 2, 3))[:, None, None]
        if self.alpha is not None:
            y = y * self.alpha()
        if self.scaled is not None:
            y = self.scaled(y)
        if self.magnitude is not None:
            y = y * self.magnitude(x, normalised)
        for factor in self.factors:
            y = y * factor()
        return y if self.norm is None else self.norm(y)
