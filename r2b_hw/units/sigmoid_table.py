"""Sigmoid between two quantisers, as a table over every input integer."""

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
from r2b_hw.units.memory import LUT_ROM_DEPTH, block_parts, rom_luts

LATENCY = 2


@dataclass(frozen=True, eq=False, kw_only=True)
class SigmoidTable(MapUnit):
    """Looks up ``table[x - lo]``; the table has an entry for every integer of the input's type.

    Attributes
    ----------
    constants_in_luts
        A table of more than 64 entries lies in LUTs instead of block RAM.
    """

    kind: ClassVar[str] = "sigmoid_table"
    table: Integers
    integer: IntegerType
    exponent: int
    output_integer: IntegerType
    output_exponent: int
    constants_in_luts: bool = False

    def with_constants(self, *, in_luts: bool) -> Self:
        return replace(self, constants_in_luts=in_luts)

    @property
    def inputs(self) -> tuple[Port, ...]:
        shape = (self.height, self.width, self.channels)
        return (Port("x", shape, self.integer, self.channels_per_word, (self.exponent,)),)

    @property
    def outputs(self) -> tuple[Port, ...]:
        shape = (self.height, self.width, self.channels)
        return (Port("y", shape, self.output_integer, self.channels_per_word, (self.output_exponent,)),)

    def evaluate(self, *inputs: Integers) -> tuple[Integers, ...]:
        return (self.table[inputs[0] - self.integer.lo],)

    def nests(self) -> tuple[LoopNest, ...]:
        loops = (("pixel", self.pixels), ("fold", self.folds))
        return (LoopNest("main", loops, (read("x"), write("y", latency=LATENCY))),)

    def state(self) -> Integers:
        return np.concatenate([np.array([self.channels_per_word, self.integer.lo], dtype=np.int64), self.table])

    def parts(self) -> Parts:
        """Return what the resource model counts."""
        p, width, entries = self.channels_per_word, self.output_integer.bits, 1 << self.integer.bits
        if entries <= LUT_ROM_DEPTH or self.constants_in_luts:
            table = Parts({"rom": p * width * rom_luts(entries)}, {"word": p * (width + self.integer.bits)})
        else:
            # A dual-port block serves two channels.
            copies = -(-p // 2)
            table = Parts(ff={"word": p * width}) + block_parts("table", width, entries) * copies
        return schedule_parts(self) + table + Parts(exact=Cost(memory_bits=width * entries))

    def cost(self) -> Cost:
        return estimate(self.kind, self.parts())


@compiled
def step_main(w: Arena, state: int, words: int, taken: int) -> None:
    """Look up one word."""
    lo = w[state + 1]
    head = w[words]
    tail = w[words + 1]
    for channel in range(w[state]):
        w[tail + channel] = w[state + 2 + w[head + channel] - lo]
