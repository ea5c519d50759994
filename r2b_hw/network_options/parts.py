"""The parts of a network: stem, half-block, downsample."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from r2b_hw.architectures.description import Activation
from r2b_hw.settings import Section

ActivationOption: TypeAlias = Annotated[Activation, Field(strict=False)]


class StemOptions(Section):
    """The real first convolution with bias, its activation, requantised to the residual grid; then a 3x3/2 max pool."""

    channels: int = Field(default=32, ge=1)
    kernel: Literal[1, 3, 5, 7] = 3
    stride: Literal[1, 2] = 1
    activation: ActivationOption = Activation.PRELU
    max_pool: bool = False


class HalfBlockOptions(Section):
    """Width, stride and kernel of one half-block: a binary convolution and what stands around it."""

    channels: int = Field(ge=1)
    stride: Literal[1, 2] = 1
    kernel: Literal[1, 3, 5] = 3


class DownsampleOptions(Section):
    """The 1x1 convolution of a skip that changes shape, real or binary; normalisation follows it.

    With ``average_pool`` a 2x2 average pool reduces the map first, and a binary convolution takes the sign of its
    result. Otherwise the convolution has the stride, and a binary one reads the bits the half-block's own convolution
    reads.
    """

    binary: bool = False
    average_pool: bool = True
