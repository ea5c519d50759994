"""What a checked model computes: operations of the numeric contract, integers and exponents in place of floats.

Weights are (output channels, kernel height, kernel width, channels), vectors (channels,). Exponents are one for all
channels or one a channel: value = integer * 2**-exponent.
"""

from dataclasses import dataclass
from typing import TypeAlias

from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.numeric.rounding import Integers

Floats: TypeAlias = tuple[float, ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class Operation:
    """One step.

    Attributes
    ----------
    node
        Name of the ONNX node it comes from.
    layer
        Module path of that node; empty at the top level.
    input, output
        Tensor names; ``input`` is the data input, further inputs have fields of their own.
    module
        Path of the module whose output this operation's output equals, or None.
    """

    node: str
    layer: str
    input: str
    output: str
    module: str | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Product(Operation):
    """Convolution or fully connected layer without bias; ``binary`` when inputs and weights are +-1.

    ``padding_value`` is None for zero padding, else the integer (the bit, for binary maps) the padding holds.
    """

    weights: Integers
    weight_exponents: tuple[int, ...]
    binary: bool
    stride: tuple[int, int] = (1, 1)
    padding: tuple[int, int] = (0, 0)
    padding_value: int | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class GlobalSum(Operation):
    """Sum over all pixels, times 2**-``shift``."""

    shift: int = 0


@dataclass(frozen=True, eq=False, kw_only=True)
class ChannelSum(Operation):
    """Sum over the channels of a pixel, of magnitudes where ``absolute``, times 2**-``shift``."""

    absolute: bool
    shift: int = 0


@dataclass(frozen=True, eq=False, kw_only=True)
class AveragePool(Operation):
    """Sums of disjoint ``kernel`` tiles, times 2**-``shift``."""

    kernel: tuple[int, int]
    shift: int


@dataclass(frozen=True, eq=False, kw_only=True)
class MaxPool(Operation):
    """Largest value of each ``kernel`` window at ``stride``; the ``padding`` rows and columns a side never win."""

    kernel: tuple[int, int]
    stride: tuple[int, int]
    padding: tuple[int, int]


@dataclass(frozen=True, eq=False, kw_only=True)
class Scale(Operation):
    """Times 2**-``shifts``, one or one a channel."""

    shifts: tuple[int, ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class Multiply(Operation):
    """Times ``multipliers`` (channels,) * 2**-``exponents``; a gate before it lets it through."""

    multipliers: Integers
    exponents: tuple[int, ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class SpatialScale(Operation):
    """Times ``factors`` (height or 1, width or 1, channels or 1) * 2**-``exponent``."""

    factors: Integers
    exponent: int


@dataclass(frozen=True, eq=False, kw_only=True)
class PixelScale(Operation):
    """Times ``factor``: a quantised tensor with one value a pixel."""

    factor: str


@dataclass(frozen=True, eq=False, kw_only=True)
class Bias(Operation):
    """Plus a constant a channel."""

    biases: Integers
    exponents: tuple[int, ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class Gate(Operation):
    """Times ``gate``: a quantised tensor with one value a channel."""

    gate: str


@dataclass(frozen=True, eq=False, kw_only=True)
class Activate(Operation):
    """Negative values times ``slopes`` * 2**-``slope_exponent``; zeros for ReLU."""

    slopes: Integers
    slope_exponent: int


@dataclass(frozen=True, eq=False, kw_only=True)
class Skip(Operation):
    """Plus ``skip``: a quantised tensor of equal shape."""

    skip: str


@dataclass(frozen=True, eq=False, kw_only=True)
class Quantise(Operation):
    """Round half to even onto the grid 2**-``exponent``, saturate to ``integer``."""

    integer: IntegerType
    exponent: int


@dataclass(frozen=True)
class AffineStep:
    """One float operator a channel: ``add`` or ``multiply`` (one operand), or ``normalise``.

    ``normalise`` is batch normalisation with operands gamma, beta, mean, variance and the constant epsilon.
    """

    kind: str
    operands: tuple[Floats, ...]
    epsilon: float = 0.0


@dataclass(frozen=True, eq=False, kw_only=True)
class Binarise(Operation):
    """Sign (+1 at zero) of ``steps`` applied in order to the input."""

    steps: tuple[AffineStep, ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class SigmoidTable(Operation):
    """Quantised sigmoid of a quantised input: ``table[integer - input lo]``."""

    table: Integers
    integer: IntegerType
    exponent: int
