"""One layer of a network at full scale: its shapes and its parameters."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Shape(NamedTuple):
    """A map of one image; a vector has height = width = 1."""

    channels: int
    height: int
    width: int

    @property
    def elements(self) -> int:
        """Values in the map."""
        return self.channels * self.height * self.width

    @property
    def pixels(self) -> int:
        """Positions in the map."""
        return self.height * self.width


class Kind(StrEnum):
    """What a layer does. SCALE multiplies by a scale, a gate's output or their product: one multiplication."""

    CONVOLUTION = "convolution"
    FULLY_CONNECTED = "fully connected"
    BATCH_NORMALISATION = "batch normalisation"
    ACTIVATION = "activation"
    SIGN = "sign"
    MAX_POOL = "max pool"
    AVERAGE_POOL = "average pool"
    GLOBAL_MEAN = "global mean"
    SCALE = "scale"
    INPUT_MAGNITUDE = "input magnitude"
    SIGMOID = "sigmoid"
    ADDITION = "addition"


@dataclass(frozen=True)
class Parameters:
    """Numbers a layer stores.

    Attributes
    ----------
    binary
        Weights of one bit.
    learned
        Real weights, biases, slopes, scales, and gamma and beta of batch normalisation.
    statistics
        Mean and variance of batch normalisation.
    derived
        Computed from other parameters and stored with them (XNOR-Net's mean of abs(W)); not in ``total``.
    """

    binary: int = 0
    learned: int = 0
    statistics: int = 0
    derived: int = 0

    @property
    def real(self) -> int:
        """Learned real numbers and statistics."""
        return self.learned + self.statistics

    @property
    def total(self) -> int:
        """Binary and real parameters; a normalised channel has four numbers, statistics included (Keras counts so)."""
        return self.binary + self.real

    @property
    def bytes(self) -> float:
        """Memory with one bit a binary weight and 32 bits for everything else."""
        return self.binary / 8 + 4 * (self.real + self.derived)

    def __add__(self, other: "Parameters") -> "Parameters":
        return Parameters(
            self.binary + other.binary,
            self.learned + other.learned,
            self.statistics + other.statistics,
            self.derived + other.derived,
        )


@dataclass(frozen=True)
class Layer:
    """A layer.

    Attributes
    ----------
    name
        PyTorch module path; half-blocks are numbered through.
    binary
        Weights and inputs are of one bit.
    at_fork
        Of a sign: the map it reads is where branch and shortcut part, so it is computed beside a map that is kept.
    """

    name: str
    kind: Kind
    inputs: Shape
    outputs: Shape
    kernel: int = 1
    stride: int = 1
    binary: bool = False
    bias: bool = False
    at_fork: bool = False
    parameters: Parameters = Parameters()

    @property
    def macs(self) -> int:
        """Multiply-accumulates of an image, padding included; zero for anything but a matrix product."""
        if self.kind not in (Kind.CONVOLUTION, Kind.FULLY_CONNECTED):
            return 0
        return self.kernel**2 * self.inputs.channels * self.outputs.elements
