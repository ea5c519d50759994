"""Spatial scale: every value times a constant of its row, column and channel, or of some of them, without rounding.

The learned scales of XNOR-Net++ (Bulat and Tzimiropoulos, 2019, section 3) are such factors: one a pixel (case 3), one
a row and one a column (case 4, two units in turn), or one for each value of the map (case 2).
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from r2b_hw.graph.cost import Cost
from r2b_hw.graph.map_unit import MapUnit
from r2b_hw.graph.port import Port
from r2b_hw.numeric.compiled import Arena, compiled
from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.numeric.rounding import Integers
from r2b_hw.schedule.loop_nest import LoopNest, read, write
from r2b_hw.units.arithmetic_parts import place, product_parts
from r2b_hw.units.estimate import Parts, estimate, schedule_parts
from r2b_hw.units.memory import constant_parts

LATENCY = 2


@dataclass(frozen=True, eq=False, kw_only=True)
class SpatialScale(MapUnit):
    """Products of x and ``factors``, exact.

    Attributes
    ----------
    integer, exponents
        Type of the input, one exponent or one a channel.
    factors
        Integers (H or 1, W or 1, C or 1); an axis of size 1 stands for all rows, columns or channels.
    output_exponents
        Exponents of the product, and of any power of two behind it; one or one a channel.
    """

    kind: ClassVar[str] = "spatial_scale"
    integer: IntegerType
    exponents: tuple[int, ...]
    factors: Integers
    output_exponents: tuple[int, ...]

    @property
    def inputs(self) -> tuple[Port, ...]:
        shape = (self.height, self.width, self.channels)
        return (Port("x", shape, self.integer, self.channels_per_word, self.exponents),)

    @property
    def outputs(self) -> tuple[Port, ...]:
        shape = (self.height, self.width, self.channels)
        lo, hi = int(self.factors.min()), int(self.factors.max())
        corners = [value * factor for value in (self.integer.lo, self.integer.hi) for factor in (lo, hi)]
        integer = IntegerType(min(corners), max(corners))
        return (Port("y", shape, integer, self.channels_per_word, self.output_exponents),)

    @property
    def factor_bits(self) -> int:
        """Bits of the largest factor, with its sign where one is negative."""
        return IntegerType(min(int(self.factors.min()), 0), max(int(self.factors.max()), 0)).bits

    def folded_factors(self) -> Integers:
        """Return the factors as (H or 1, W or 1, folds or 1, channels per word or 1): the order they are read in."""
        height, width, channels = self.factors.shape
        p = 1 if channels == 1 else self.channels_per_word
        return np.ascontiguousarray(self.factors).reshape(height, width, -1, p)

    def evaluate(self, *inputs: Integers) -> tuple[Integers, ...]:
        return (inputs[0] * self.factors,)

    def nests(self) -> tuple[LoopNest, ...]:
        loops = (("row", self.height), ("column", self.width), ("fold", self.folds))
        return (LoopNest("main", loops, (read("x"), write("y", latency=LATENCY))),)

    def state(self) -> Integers:
        rows, columns, channels = self.factors.shape
        strides = [
            columns * channels if rows > 1 else 0,
            channels if columns > 1 else 0,
            1 if channels > 1 else 0,
        ]
        header = [self.channels_per_word, self.folds, self.width, self.height, *strides, 0, 0, 0]
        return np.concatenate([np.array(header, dtype=np.int64), self.factors.reshape(-1)])

    def parts(self) -> Parts:
        """Return what the resource model counts."""
        p, bits = self.channels_per_word, self.factor_bits
        rows, columns, folds, lanes = self.folded_factors().shape
        where = place(self.integer.bits, bits)
        factors = constant_parts(bits * lanes, rows * columns * folds, name=f"rom{where}")
        products = (
            product_parts(self.integer, IntegerType(min(int(self.factors.min()), 0), max(int(self.factors.max()), 0)))
            * p
        )
        if folds > 1:
            loops = ("fold", "column") if rows > 1 and columns == 1 and self.width > 1 else ()
        else:
            loops = ("fold",) if columns > 1 else ("fold", "column") if rows > 1 else ()
        return (
            schedule_parts(self, main=loops)
            + products
            + factors
            + Parts(ff={} if where else {"word": p * self.integer.bits})
        )

    def cost(self) -> Cost:
        return estimate(self.kind, self.parts())


@compiled
def step_main(w: Arena, state: int, words: int, taken: int) -> None:
    """Multiply one word."""
    count = w[state]
    fold = w[state + 7]
    column = w[state + 8]
    row = w[state + 9]
    w[state + 7] = fold + 1 if fold + 1 < w[state + 1] else 0
    if fold + 1 == w[state + 1]:
        w[state + 8] = column + 1 if column + 1 < w[state + 2] else 0
        if column + 1 == w[state + 2]:
            w[state + 9] = row + 1 if row + 1 < w[state + 3] else 0
    step = w[state + 6]
    factor = state + 10 + row * w[state + 4] + column * w[state + 5] + fold * count * step
    x = w[words]
    y = w[words + 1]
    for channel in range(count):
        w[y + channel] = w[x + channel] * w[factor + channel * step]
