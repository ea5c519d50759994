"""Global sum: each channel summed over a frame's pixels. A mean is this sum at a larger exponent."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from r2b_hw.graph.cost import Cost
from r2b_hw.graph.map_unit import MapUnit
from r2b_hw.graph.port import Port
from r2b_hw.numeric.compiled import Arena, compiled
from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.numeric.rounding import Integers
from r2b_hw.schedule.loop_nest import LoopNest, last, read, write
from r2b_hw.units.estimate import Parts, address_bits, estimate, schedule_parts
from r2b_hw.units.memory import memory_parts

LATENCY = 2


@dataclass(frozen=True, eq=False, kw_only=True)
class GlobalSum(MapUnit):
    """Sums; ``output_exponent`` differs from ``exponent`` by the power of two that a mean divides by."""

    kind: ClassVar[str] = "global_sum"
    integer: IntegerType
    exponent: int
    output_exponent: int

    @property
    def inputs(self) -> tuple[Port, ...]:
        shape = (self.height, self.width, self.channels)
        return (Port("x", shape, self.integer, self.channels_per_word, (self.exponent,)),)

    @property
    def outputs(self) -> tuple[Port, ...]:
        # Partial sums stay in this range too: it includes zero.
        total = IntegerType(min(self.integer.lo * self.pixels, 0), max(self.integer.hi * self.pixels, 0))
        return (Port("y", (1, 1, self.channels), total, self.channels_per_word, (self.output_exponent,)),)

    def evaluate(self, *inputs: Integers) -> tuple[Integers, ...]:
        return (inputs[0].sum(axis=(1, 2), keepdims=True),)

    def nests(self) -> tuple[LoopNest, ...]:
        loops = (("pixel", self.pixels), ("fold", self.folds))
        return (LoopNest("main", loops, (read("x"), write("y", last("pixel"), latency=LATENCY))),)

    def state(self) -> Integers:
        header = np.array([self.channels_per_word, self.folds, 0], dtype=np.int64)
        return np.concatenate([header, np.zeros(self.channels, dtype=np.int64)])

    def parts(self) -> Parts:
        """Return what the resource model counts."""
        p, sums = self.channels_per_word, self.channels_per_word * self.outputs[0].integer.bits
        registers = {"word": p * self.integer.bits + sums, "fold": 2 * address_bits(self.folds), "one": 1}
        add = Parts({"sum": sums}, registers)
        return schedule_parts(self, main=("pixel",)) + add + memory_parts(sums, self.folds)

    def cost(self) -> Cost:
        return estimate(self.kind, self.parts())


@compiled
def step_main(w: Arena, state: int, words: int, taken: int) -> None:
    """Add one word to its fold's sums; the last pixel gives them out and clears them."""
    count = w[state]
    fold = w[state + 2]
    w[state + 2] = fold + 1 if fold + 1 < w[state + 1] else 0
    sums = state + 3 + fold * count
    head = w[words]
    for channel in range(count):
        w[sums + channel] += w[head + channel]
    if taken & 2:
        tail = w[words + 1]
        for channel in range(count):
            w[tail + channel] = w[sums + channel]
            w[sums + channel] = 0
