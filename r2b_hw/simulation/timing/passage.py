"""A clock that lets one frame after the other pass, and what it says between them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from r2b_hw.numeric.rounding import Integers
from r2b_hw.schedule.loop_nest import Direction
from r2b_hw.simulation.timing import layout
from r2b_hw.simulation.timing.code import timing_code
from r2b_hw.simulation.timing.world import TimingWorld


@dataclass(frozen=True, eq=False)
class Passage:
    """An arena between two frames. Its cycles are all that decides the clock from there on."""

    world: TimingWorld
    arena: Integers
    _cycles: Integers
    _times: Integers
    _starts: Integers

    @staticmethod
    def of(world: TimingWorld, arena: Integers) -> "Passage":
        """Return the passage of ``arena``, which it changes."""
        words = world.graph.port_of(world.graph.output_stream).words
        room = [np.zeros(size, dtype=np.int64) for size in (arena.size, words, 1)]
        return Passage(world, arena, *room)

    def frame(self, interval: int) -> bool:
        """Let a frame pass, offered ``interval`` cycles after the last; return whether it comes through."""
        return timing_code().run_frame(self.arena, self.world.schedule, self._times, self._starts, interval)

    def cycles(self) -> Integers:
        """Return the clock's cycles, in an order that does not change from frame to frame."""
        return self._cycles[: timing_code().exchange(self.arena, self._cycles, False)].copy()

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
