"""What a residual network at full scale is made of: frozen descriptions, one for each choice a paper makes."""

from dataclasses import dataclass
from enum import StrEnum


class Activation(StrEnum):
    """The function between layers; HARDTANH is BNN's clip to [-1, 1]."""

    NONE = "none"
    RELU = "relu"
    PRELU = "prelu"
    HARDTANH = "hardtanh"


class Scale(StrEnum):
    """What multiplies the integers of a binary convolution, o output channels, h x w output pixels.

    ANALYTIC is XNOR-Net's mean of abs(W) for each output channel; ANALYTIC_AND_K multiplies by K as well, the
    box-filtered channel mean of abs(x) (Rastegari et al., ECCV 2016, §3.2). The others are learned, the four cases
    of XNOR-Net++'s Gamma (Bulat & Tzimiropoulos, BMVC 2019): a factor an output channel; o x h x w factors; o and
    h x w; o, h and w.
    """

    NONE = "none"
    ANALYTIC = "analytic"
    ANALYTIC_AND_K = "analytic-k"
    CHANNEL = "channel"
    DENSE = "dense"
    CHANNEL_AND_PIXEL = "channel-pixel"
    CHANNEL_ROW_COLUMN = "channel-row-column"


class Normalisation(StrEnum):
    """Where batch normalisation stands: before the (sign and) convolution, or after it."""

    BEFORE = "before"
    AFTER = "after"


class Skip(StrEnum):
    """How many convolutions a shortcut spans: the two of a block (ResNet), or one (Bi-Real's double skip)."""

    BLOCK = "block"
    CONVOLUTION = "convolution"


class GateHidden(StrEnum):
    """Which width a gate's hidden layer is a fraction of, where a convolution changes the width."""

    INPUTS = "inputs"
    OUTPUTS = "outputs"


@dataclass(frozen=True)
class Gate:
    """Mean, FC to 1/ratio, ReLU, FC, sigmoid (Martinez et al., ICLR 2020, §4.3; ratio from §4.4)."""

    ratio: int = 8
    bias: bool = False
    hidden_from: GateHidden = GateHidden.INPUTS


@dataclass(frozen=True)
class Stem:
    """Real convolution without bias, batch normalisation, activation and, with ``max_pool``, a 3x3/2 max pool."""

    channels: int = 64
    kernel: int = 7
    stride: int = 2
    activation: Activation = Activation.PRELU
    max_pool: bool = True


@dataclass(frozen=True)
class Downsample:
    """The 1x1 convolution of a shortcut that changes shape; batch normalisation follows it.

    With ``average_pool``, a 2x2/2 average pool reduces the map first; otherwise the convolution has the stride. A
    binary one without the pool reads the bits that the branch's first convolution reads; after a pool the sign is
    taken anew. It has no scale: one for each channel would be absorbed by the normalisation.
    """

    binary: bool
    average_pool: bool


@dataclass(frozen=True)
class HalfBlock:
    """A 3x3 convolution and what stands around it; two make a residual block.

    With ``Skip.CONVOLUTION`` the activation comes before the addition and nothing after it. With ``Skip.BLOCK`` the
    first half ends with its activation, and the second has it after the addition.
    """

    binary: bool
    normalisation: Normalisation
    skip: Skip
    activation: Activation
    scale: Scale = Scale.NONE
    gate: Gate | None = None


@dataclass(frozen=True)
class Architecture:
    """A residual network from image to class scores.

    Attributes
    ----------
    name
        What the command line calls it.
    title, source
        For people: what it is, and where the definition comes from.
    channels, height, width
        Shape of an image.
    stages
        (residual blocks, channels) of each stage; every stage but the first halves the map.
    """

    name: str
    title: str
    source: str
    half_block: HalfBlock
    downsample: Downsample
    stem: Stem = Stem()
    stages: tuple[tuple[int, int], ...] = ((2, 64), (2, 128), (2, 256), (2, 512))
    channels: int = 3
    height: int = 224
    width: int = 224
    classes: int = 1000
