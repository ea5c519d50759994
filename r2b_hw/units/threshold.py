"""Per-channel threshold: the frozen batch normalisation and sign, b = (x >= t) xor invert."""

from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np

from r2b_hw.graph.cost import Cost
from r2b_hw.graph.map_unit import MapUnit
from r2b_hw.graph.port import Port
from r2b_hw.numeric.compiled import Arena, compiled
from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.numeric.rounding import Integers
from r2b_hw.schedule.loop_nest import LoopNest, read, write
from r2b_hw.units.estimate import Parts, estimate, schedule_parts
from r2b_hw.units.memory import constant_parts

LATENCY = 1


@dataclass(frozen=True, eq=False, kw_only=True)
class Threshold(MapUnit):
    """Compares with ``thresholds`` (C,), each in [lo, hi] of the input, and flips where ``inverts`` (C,) is 1.

    Attributes
    ----------
    constants_in_luts
        Thresholds of more than 64 words lie in LUTs instead of block RAM.
    """

    kind: ClassVar[str] = "threshold"
    thresholds: Integers
    inverts: Integers
    integer: IntegerType
    exponent: int
    constants_in_luts: bool = False

    def with_constants(self, *, in_luts: bool) -> Self:
        return replace(self, constants_in_luts=in_luts)

    @property
    def inputs(self) -> tuple[Port, ...]:
        shape = (self.height, self.width, self.channels)
        return (Port("x", shape, self.integer, self.channels_per_word, (self.exponent,)),)

    @property
    def outputs(self) -> tuple[Port, ...]:
        return (Port("y", (self.height, self.width, self.channels), IntegerType.of_bit(), self.channels_per_word),)

    def evaluate(self, *inputs: Integers) -> tuple[Integers, ...]:
        (x,) = inputs
        return ((x >= self.thresholds).astype(np.int64) ^ self.inverts,)

    def nests(self) -> tuple[LoopNest, ...]:
        loops = (("pixel", self.pixels), ("fold", self.folds))
        return (LoopNest("main", loops, (read("x"), write("y", latency=LATENCY))),)

    def state(self) -> Integers:
        header = np.array([self.channels_per_word, self.folds, self.channels, 0], dtype=np.int64)
        return np.concatenate([header, self.thresholds, self.inverts])

    def parts(self) -> Parts:
        """Return what the resource model counts."""
        p, bits = self.channels_per_word, self.integer.bits
        # Thresholds known at synthesis make smaller comparisons.
        name = "compare" if self.folds > 1 else "compare_constant"
        compare = Parts({name: p * bits, "lane": p}, {"word": p * bits})
        constants = constant_parts(p * bits, self.folds, in_luts=self.constants_in_luts, what="thresholds")
        constants += constant_parts(p, self.folds, in_luts=self.constants_in_luts, what="thresholds")
        return schedule_parts(self) + compare + constants

    def cost(self) -> Cost:
        return estimate(self.kind, self.parts())


@compiled
def step_main(w: Arena, state: int, words: int, taken: int) -> None:
    """Compare one word and pack the bits."""
    count = w[state]
    fold = w[state + 3]
    w[state + 3] = fold + 1 if fold + 1 < w[state + 1] else 0
    thresholds = state + 4 + fold * count
    inverts = thresholds + w[state + 2]
    head = w[words]
    tail = w[words + 1]
    for lane in range((count + 63) // 64):
        packed = 0
        for channel in range(lane * 64, min(count, lane * 64 + 64)):
            bit = 1 if w[head + channel] >= w[thresholds + channel] else 0
            packed |= (bit ^ w[inverts + channel]) << (channel & 63)
        w[tail + lane] = packed
