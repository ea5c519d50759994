"""Channel sum: one value a pixel, the sum over its channels of x or of |x|; a mean's division joins the exponent.

With magnitudes it is the numerator of XNOR-Net's matrix A (Rastegari et al., 2016, section 3.2).
"""

from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np

from r2b_hw.graph.cost import Cost
from r2b_hw.graph.port import Port
from r2b_hw.graph.unit import Unit
from r2b_hw.numeric.compiled import Arena, compiled
from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.numeric.rounding import Integers
from r2b_hw.schedule.loop_nest import LoopNest, last, read, write
from r2b_hw.units.estimate import Parts, address_bits, estimate, schedule_parts

LATENCY = 3


@dataclass(frozen=True, eq=False, kw_only=True)
class ChannelSum(Unit):
    """Sums of x (H, W, C), or of its magnitudes where ``absolute``, to y (H, W, 1).

    ``output_exponent`` differs from ``exponent`` by the power of two that a mean divides by.
    """

    kind: ClassVar[str] = "channel_sum"
    height: int
    width: int
    channels: int
    channels_per_word: int = 1
    absolute: bool
    integer: IntegerType
    exponent: int
    output_exponent: int

    @property
    def pixels(self) -> int:
        """Pixels of the map."""
        return self.height * self.width

    @property
    def folds(self) -> int:
        """Words a pixel."""
        return self.channels // self.channels_per_word

    @property
    def inputs(self) -> tuple[Port, ...]:
        shape = (self.height, self.width, self.channels)
        return (Port("x", shape, self.integer, self.channels_per_word, (self.exponent,)),)

    @property
    def outputs(self) -> tuple[Port, ...]:
        # Partial sums stay in this range too: it includes zero.
        lo, hi = min(self.integer.lo, 0), max(self.integer.hi, 0)
        if self.absolute:
            lo, hi = 0, max(-lo, hi)
        total = IntegerType(lo * self.channels, hi * self.channels)
        return (Port("y", (self.height, self.width, 1), total, 1, (self.output_exponent,)),)

    def evaluate(self, *inputs: Integers) -> tuple[Integers, ...]:
        (x,) = inputs
        values = np.abs(x) if self.absolute else x
        return (values.sum(axis=3, keepdims=True),)

    def nests(self) -> tuple[LoopNest, ...]:
        loops = (("pixel", self.pixels), ("fold", self.folds))
        return (LoopNest("main", loops, (read("x"), write("y", last("fold"), latency=LATENCY))),)

    def with_parallelism(self, inputs: int, outputs: int) -> Self:
        if outputs != 1:
            raise ValueError(f"unit {self.name} ({self.kind}): its output has one channel")
        return replace(self, channels_per_word=inputs)

    def state(self) -> Integers:
        return np.array([self.channels_per_word, int(self.absolute), 0], dtype=np.int64)

    def parts(self) -> Parts:
        """Return what the resource model counts."""
        p, bits, total = self.channels_per_word, self.integer.bits, self.outputs[0].integer.bits
        word = min(total, bits + address_bits(p))
        magnitudes = p * bits if self.absolute and self.integer.signed else 0
        adders = {"magnitude": magnitudes, "add": (p - 1) * bits, "adder": p - 1, "sum": total}
        return schedule_parts(self, main=("fold",)) + Parts(adders, {"word": p * bits + word + total, "one": 4})

    def cost(self) -> Cost:
        return estimate(self.kind, self.parts())


@compiled
def step_main(w: Arena, state: int, words: int, taken: int) -> None:
    """Add one word's channels; a pixel's last word gives the sum out and clears it."""
    x = w[words]
    total = w[state + 2]
    for channel in range(w[state]):
        value = w[x + channel]
        total += -value if w[state + 1] and value < 0 else value
    if taken & 2:
        w[w[words + 1]] = total
        total = 0
    w[state + 2] = total
