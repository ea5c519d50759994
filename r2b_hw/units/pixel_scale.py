"""Pixel scale: all channels of a pixel times one computed value, without rounding.

XNOR-Net's matrix K (Rastegari et al., 2016, section 3.2) is such a value for each pixel of a binary convolution.
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
from r2b_hw.schedule.loop_nest import LoopNest, first, read, write
from r2b_hw.units.arithmetic_parts import place, product_parts
from r2b_hw.units.estimate import Parts, estimate, schedule_parts

LATENCY = 2


@dataclass(frozen=True, eq=False, kw_only=True)
class PixelScale(MapUnit):
    """Ports: x (H, W, C) and k (H, W, 1), which is read once a pixel, whatever the width of x's words.

    Attributes
    ----------
    integer, exponents
        Type of x, one exponent or one a channel.
    factor_integer, factor_exponent
        Type of k.
    output_exponents
        Exponents of the product, and of any power of two behind it; one or one a channel.
    """

    kind: ClassVar[str] = "pixel_scale"
    integer: IntegerType
    exponents: tuple[int, ...]
    factor_integer: IntegerType
    factor_exponent: int
    output_exponents: tuple[int, ...]

    @property
    def inputs(self) -> tuple[Port, ...]:
        shape = (self.height, self.width, self.channels)
        return (
            Port("x", shape, self.integer, self.channels_per_word, self.exponents),
            Port("k", (self.height, self.width, 1), self.factor_integer, 1, (self.factor_exponent,)),
        )

    @property
    def outputs(self) -> tuple[Port, ...]:
        shape = (self.height, self.width, self.channels)
        factors = (self.factor_integer.lo, self.factor_integer.hi)
        corners = [value * factor for value in (self.integer.lo, self.integer.hi) for factor in factors]
        integer = IntegerType(min(corners), max(corners))
        return (Port("y", shape, integer, self.channels_per_word, self.output_exponents),)

    def evaluate(self, *inputs: Integers) -> tuple[Integers, ...]:
        x, k = inputs
        return (x * k,)

    def nests(self) -> tuple[LoopNest, ...]:
        loops = (("pixel", self.pixels), ("fold", self.folds))
        return (LoopNest("main", loops, (read("x"), read("k", first("fold")), write("y", latency=LATENCY))),)

    def state(self) -> Integers:
        return np.array([self.channels_per_word, 0], dtype=np.int64)

    def parts(self) -> Parts:
        """Return what the resource model counts."""
        p, bits = self.channels_per_word, self.factor_integer.bits
        where = place(self.integer.bits, bits)
        products = product_parts(self.integer, self.factor_integer) * p
        return (
            schedule_parts(self) + products + Parts(ff={} if where else {"word": p * self.integer.bits, "factor": bits})
        )

    def cost(self) -> Cost:
        return estimate(self.kind, self.parts())


@compiled
def step_main(w: Arena, state: int, words: int, taken: int) -> None:
    """Multiply one word by the value that the pixel's first word brought."""
    if taken & 2:
        w[state + 1] = w[w[words + 1]]
    factor = w[state + 1]
    x = w[words]
    y = w[words + 2]
    for channel in range(w[state]):
        w[y + channel] = w[x + channel] * factor
