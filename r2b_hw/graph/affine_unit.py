"""Base of the units that end an accumulator: each channel times its multiplier plus its bias comes first."""

from dataclasses import dataclass, field

import numpy as np

from r2b_hw.graph.map_unit import MapUnit
from r2b_hw.graph.widths import signed_bits
from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.numeric.rounding import Integers


def _absent() -> Integers:
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, eq=False, kw_only=True)
class AffineUnit(MapUnit):
    """Begins with x * multiplier + bias, exactly, one of each a channel.

    Attributes
    ----------
    integer, exponents
        Type of the input, one exponent or one a channel.
    multipliers, multiplier_exponents
        Integers (C,) and their exponents, one or one a channel. An empty array stands for ones, which cost nothing.
    biases, bias_exponents
        Integers (C,) and their exponents, one or one a channel; the sum is formed on the finer grid. An empty array
        stands for none.
    """

    integer: IntegerType
    exponents: tuple[int, ...]
    multipliers: Integers = field(default_factory=_absent)
    multiplier_exponents: tuple[int, ...] = (0,)
    biases: Integers = field(default_factory=_absent)
    bias_exponents: tuple[int, ...] = (0,)

    @property
    def multiplied(self) -> bool:
        """Whether some channel has a multiplier other than one."""
        return bool((self.multipliers != 1).any())

    @property
    def biased(self) -> bool:
        """Whether there are biases."""
        return self.biases.size > 0

    def factors(self) -> Integers:
        """Return the multipliers (C,), ones where there are none."""
        return self.multipliers if self.multipliers.size else np.ones(self.channels, dtype=np.int64)

    def _product_exponents(self) -> Integers:
        exponents = np.array(self.exponents)
        if self.multipliers.size:
            exponents = exponents + np.array(self.multiplier_exponents)
        return np.broadcast_to(exponents, (self.channels,))

    def affine_exponents(self) -> Integers:
        """Return the exponents (C,) of x * multiplier + bias."""
        own = self._product_exponents()
        return np.maximum(own, np.array(self.bias_exponents)) if self.biased else own

    def input_shifts(self) -> Integers:
        """Return left shifts (C,) that bring x * multiplier onto the grid of the sum."""
        return self.affine_exponents() - self._product_exponents()

    def aligned_biases(self) -> Integers:
        """Return the biases (C,) on the grid of the sum, zeros where there are none."""
        if not self.biased:
            return np.zeros(self.channels, dtype=np.int64)
        return self.biases << (self.affine_exponents() - np.array(self.bias_exponents))

    def affine(self, x: Integers) -> Integers:
        """Return x * multiplier + bias on the grids :meth:`affine_exponents`."""
        return ((x * self.factors()) << self.input_shifts()) + self.aligned_biases()

    def affine_ranges(self) -> list[tuple[int, int]]:
        """Return the least and the greatest x * multiplier + bias of each channel, as unbounded integers."""
        ranges: list[tuple[int, int]] = []
        for factor, shift, bias in zip(self.factors(), self.input_shifts(), self.aligned_biases(), strict=True):
            lo, hi = sorted(value * int(factor) << int(shift) for value in (self.integer.lo, self.integer.hi))
            ranges.append((lo + int(bias), hi + int(bias)))
        return ranges

    @property
    def multiplier_bits(self) -> int:
        """Bits of the largest multiplier with its sign; 0 where all are ones."""
        if not self.multiplied:
            return 0
        return IntegerType(min(int(self.multipliers.min()), 0), max(int(self.multipliers.max()), 0)).bits

    @property
    def sum_bits(self) -> int:
        """Two's complement width of every channel's x * multiplier + bias, from their worst cases."""
        return signed_bits(value for pair in self.affine_ranges() for value in pair)
