"""A clock that lets one frame after the other pass, and what it says between them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from r2b_hw.numeric.rounding import Integers
from r2b_hw.schedule.loop_nest import Direction
from r2b_hw.simulation.timing import layout
from r2b_hw.simulation.timing.code import timing_code
from r2b_hw.simulation.timing.kernel import Order
from r2b_hw.simulation.timing.world import TimingWorld

_MOST_TURNS = 1 << 26
"""Turns of an order that is kept: 256 MiB."""
NO_ORDER = np.zeros(0, dtype=np.uint32)


@dataclass(frozen=True, eq=False)
class Passage:
    """An arena between two frames. Its cycles are all that decides the clock from there on.

    ``order`` is one in which a frame can pass; without one, each frame finds its own.
    """

    world: TimingWorld
    arena: Integers
    order: Order

    def frame(self, interval: int, times: Integers | None = None, starts: Integers | None = None) -> bool:
        """Let a frame pass, offered ``interval`` cycles after the last; return whether it comes through.

        ``times`` takes the cycles of the words that leave, ``starts`` that of the first that enters.
        """
        return self._frame(self.order.size, 0, interval, times, starts)

    def record(self) -> bool:
        """Let a frame pass in an order found now and write it to ``order``; return whether it passes and has room."""
        return self._frame(0, self.order.size, 0, None, None) and self.turns == self.order.size

    @property
    def turns(self) -> int:
        """Turns taken in the last frame that found an order."""
        return int(self.arena[layout.TURNS])

    def copy(self) -> "Passage":
        """Return the passage with an arena of its own."""
        return Passage(self.world, self.arena.copy(), self.order)

    def cycles(self) -> Integers:
        """Return the clock's cycles, in an order that does not change from frame to frame."""
        cycles = np.empty(self.arena.size, dtype=np.int64)
        return cycles[: timing_code().exchange(self.arena, cycles, False)]

    def resume(self, cycles: Integers) -> None:
        """Go on from ``cycles``."""
        timing_code().exchange(self.arena, cycles, True)

    def shorten(self, entries: Mapping[str, int]) -> None:
        """Take entries from FIFOs, those that were freed first, and begin their marks anew."""
        for name, count in entries.items():
            slots = self.world.slots[name]
            timing_code().shorten(self.arena, slots[Direction.WRITE], slots[Direction.READ], count)

    def marks(self) -> dict[str, int]:
        """Return the most words that were in each FIFO at once."""
        timing_code().settle(self.arena, layout.NEVER // 2)
        return {name: int(self.arena[slots[Direction.WRITE] + layout.MARK]) for name, slots in self.world.slots.items()}

    def _frame(self, turns: int, room: int, interval: int, times: Integers | None, starts: Integers | None) -> bool:
        if times is None or starts is None:
            words = self.world.graph.port_of(self.world.graph.output_stream).words
            times, starts = np.zeros(words, dtype=np.int64), np.zeros(1, dtype=np.int64)
        code = timing_code()
        return code.run_frame(self.arena, self.world.schedule, self.order, turns, room, times, starts, interval)


def order_of(world: TimingWorld, depths: Mapping[str, int]) -> Order:
    """Return an order in which frames pass at ``depths`` or deeper FIFOs; none, of size 0, where they do not pass."""
    first = Passage(world, world.arena(depths, 1), NO_ORDER)
    if not first.frame(0) or first.turns > _MOST_TURNS:
        return NO_ORDER
    # The first frame has initial credits that make it another one: the second is recorded.
    second = Passage(world, first.arena, np.zeros(first.turns, dtype=np.uint32))
    return second.order if second.record() else NO_ORDER
