"""Average pool with equal kernel and stride: sums of disjoint tiles; the division is part of the exponent."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from r2b_hw.graph.cost import Cost
from r2b_hw.graph.map_unit import MapUnit
from r2b_hw.graph.port import Port
from r2b_hw.numeric.compiled import Arena, compiled
from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.numeric.rounding import Integers
from r2b_hw.schedule.loop_nest import LoopNest, below, modulo, read, write
from r2b_hw.units.estimate import Parts, address_bits, estimate, schedule_parts
from r2b_hw.units.memory import memory_parts

LATENCY = 2


@dataclass(frozen=True, eq=False, kw_only=True)
class AveragePool(MapUnit):
    """Sums ``kernel`` (height, width) tiles.

    Rows and columns that fill no tile are dropped, as PyTorch's floor mode does.
    """

    kind: ClassVar[str] = "average_pool"
    kernel: tuple[int, int]
    integer: IntegerType
    exponent: int
    output_exponent: int

    @property
    def inputs(self) -> tuple[Port, ...]:
        shape = (self.height, self.width, self.channels)
        return (Port("x", shape, self.integer, self.channels_per_word, (self.exponent,)),)

    @property
    def outputs(self) -> tuple[Port, ...]:
        area = self.kernel[0] * self.kernel[1]
        total = IntegerType(min(self.integer.lo * area, 0), max(self.integer.hi * area, 0))
        shape = (self.height // self.kernel[0], self.width // self.kernel[1], self.channels)
        return (Port("y", shape, total, self.channels_per_word, (self.output_exponent,)),)

    def evaluate(self, *inputs: Integers) -> tuple[Integers, ...]:
        (x,) = inputs
        height, width, channels = self.outputs[0].shape
        rows, columns = self.kernel
        tiles = x[:, : height * rows, : width * columns].reshape(-1, height, rows, width, columns, channels)
        return (tiles.sum(axis=(2, 4)),)

    def nests(self) -> tuple[LoopNest, ...]:
        rows, columns = self.kernel
        height, width, _ = self.outputs[0].shape
        loops = (("row", self.height), ("column", self.width), ("fold", self.folds))
        guard = (
            modulo("row", rows, rows - 1),
            modulo("column", columns, columns - 1),
            below("row", height * rows),
            below("column", width * columns),
        )
        return (LoopNest("main", loops, (read("x"), write("y", *guard, latency=LATENCY))),)

    def state(self) -> Integers:
        _, width, channels = self.outputs[0].shape
        header = [self.channels_per_word, self.folds, self.width, *self.kernel, width, self.height, 0, 0, 0]
        return np.concatenate([np.array(header, dtype=np.int64), np.zeros(width * channels, dtype=np.int64)])

    def parts(self) -> Parts:
        """Return what the resource model counts."""
        p, sums = self.channels_per_word, self.channels_per_word * self.outputs[0].integer.bits
        words = self.outputs[0].shape[1] * self.folds
        address = address_bits(words)
        add = Parts(
            {"sum": sums, "address": address}, {"word": p * self.integer.bits + sums, "address": 3 * address, "one": 1}
        )
        return schedule_parts(self, main=("row", "column", "fold")) + add + memory_parts(sums, words)

    def cost(self) -> Cost:
        return estimate(self.kind, self.parts())


@compiled
def step_main(w: Arena, state: int, words: int, taken: int) -> None:
    """Add one word to its tile's sums; a tile's last word gives them out and clears them."""
    count = w[state]
    folds = w[state + 1]
    fold = w[state + 7]
    column = w[state + 8]
    row = w[state + 9]
    w[state + 7] = fold + 1 if fold + 1 < folds else 0
    if fold + 1 == folds:
        w[state + 8] = column + 1 if column + 1 < w[state + 2] else 0
        if column + 1 == w[state + 2]:
            w[state + 9] = row + 1 if row + 1 < w[state + 6] else 0
    tile = column // w[state + 4]
    if tile >= w[state + 5]:
        return
    sums = state + 10 + (tile * folds + fold) * count
    clear = row % w[state + 3] == 0 and column % w[state + 4] == 0
    head = w[words]
    for channel in range(count):
        w[sums + channel] = w[head + channel] + (0 if clear else w[sums + channel])
    if taken & 2:
        tail = w[words + 1]
        for channel in range(count):
            w[tail + channel] = w[sums + channel]
