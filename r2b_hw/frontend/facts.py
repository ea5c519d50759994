"""What the front end knows of every tensor: its form within the grammar, shape, range and exponents."""

from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np

from r2b_hw.frontend.operations import AffineStep
from r2b_hw.numeric.rounding import Integers


class Form(IntEnum):
    """How far a tensor is along accumulator -> bias -> gate -> activation -> skip; the order is the grammar's."""

    QUANTISED = 0
    POOLED = 1
    ACCUMULATOR = 2
    BIASED = 3
    GATED = 4
    ACTIVATED = 5
    SUMMED = 6
    AFFINE = 7
    SIGMOID = 8
    ABSOLUTE = 9

    @property
    def words(self) -> str:
        """The form in words."""
        return _WORDS[self]


_WORDS = {
    Form.QUANTISED: "a quantised tensor",
    Form.POOLED: "an unquantised sum over pixels or channels",
    Form.ACCUMULATOR: "an unquantised product",
    Form.BIASED: "an unquantised product with a bias",
    Form.GATED: "an unquantised gated product",
    Form.ACTIVATED: "an unquantised activation",
    Form.SUMMED: "an unquantised sum with a skip",
    Form.AFFINE: "the result of a float affine or batch normalisation",
    Form.SIGMOID: "an unquantised sigmoid",
    Form.ABSOLUTE: "an unquantised magnitude",
}


@dataclass(frozen=True, eq=False)
class TensorFacts:
    """Facts about one tensor.

    Attributes
    ----------
    form
        Place in the grammar.
    shape
        Channels, height, width; vectors have height and width 1.
    lo, hi
        Smallest and largest reachable integer, (C,).
    exponents
        Exponents (C,): value = integer * 2**-exponent.
    binary
        Whether the values are -1 and +1; ``lo`` and ``hi`` then say so.
    scalable
        Whether a power of two can still be taken into the exponents: not once a quantised tensor started the chain.
    steps, base
        For AFFINE: the float operators since tensor ``base``. For SIGMOID and ABSOLUTE: its quantised input.
    padding, padding_value
        Padding put around the map by an operator of its own: rows and columns a side, and the integer it holds.
    """

    form: Form
    shape: tuple[int, int, int]
    lo: Integers
    hi: Integers
    exponents: Integers
    binary: bool = False
    scalable: bool = True
    steps: tuple[AffineStep, ...] = ()
    base: str = ""
    padding: tuple[int, int] = (0, 0)
    padding_value: int | None = None

    @property
    def channels(self) -> int:
        """Channels."""
        return self.shape[0]

    @property
    def magnitude(self) -> Integers:
        """Largest magnitude (C,)."""
        return np.maximum(np.abs(self.lo), np.abs(self.hi))

    @property
    def exponent(self) -> int | None:
        """The exponent where all channels share one, else None."""
        return int(self.exponents[0]) if bool((self.exponents == self.exponents[0]).all()) else None

    def aligned(self, exponents: Integers) -> "TensorFacts":
        """Return the same values on finer grids (C,)."""
        shifts = exponents - self.exponents
        return replace(self, lo=self.lo << shifts, hi=self.hi << shifts, exponents=exponents)


def per_channel(value: int, channels: int) -> Integers:
    """Return ``value`` for each channel."""
    return np.full(channels, value, dtype=np.int64)
