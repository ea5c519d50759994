"""Fork: every word to several streams, in lock step."""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from r2b_hw.graph.cost import Cost
from r2b_hw.graph.map_unit import MapUnit
from r2b_hw.graph.port import Port
from r2b_hw.graph.word import lane_count
from r2b_hw.numeric.compiled import Arena, compiled
from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.numeric.rounding import Integers
from r2b_hw.schedule.loop_nest import LoopNest, read, write
from r2b_hw.units.estimate import Parts, estimate, schedule_parts


@dataclass(frozen=True, eq=False, kw_only=True)
class Fork(MapUnit):
    """Copies x to y0, y1, ..."""

    kind: ClassVar[str] = "fork"
    copies: int
    integer: IntegerType
    exponents: tuple[int, ...]

    @property
    def inputs(self) -> tuple[Port, ...]:
        shape = (self.height, self.width, self.channels)
        return (Port("x", shape, self.integer, self.channels_per_word, self.exponents),)

    @property
    def outputs(self) -> tuple[Port, ...]:
        return tuple(replace(self.inputs[0], name=f"y{copy}") for copy in range(self.copies))

    def evaluate(self, *inputs: Integers) -> tuple[Integers, ...]:
        return (inputs[0],) * self.copies

    def nests(self) -> tuple[LoopNest, ...]:
        writes = (write(port.name) for port in self.outputs)
        return (LoopNest("main", (("word", self.inputs[0].words),), (read("x"), *writes)),)

    def state(self) -> Integers:
        return np.array([lane_count(self.inputs[0]), self.copies], dtype=np.int64)

    def parts(self) -> Parts:
        """Return what the resource model counts."""
        return schedule_parts(self)

    def cost(self) -> Cost:
        return estimate(self.kind, self.parts())


@compiled
def step_main(w: Arena, state: int, words: int, taken: int) -> None:
    """Copy one word to every output."""
    head = w[words]
    for copy in range(w[state + 1]):
        tail = w[words + 1 + copy]
        for lane in range(w[state]):
            w[tail + lane] = w[head + lane]
