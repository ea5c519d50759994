"""Whether depths keep an interval, found out frame by frame and from one trial to the next.

A frame's cycles are the latest of sums of the last frame's, with the source's pace: x(n + 1) = f(x(n)), where later x
give no earlier f(x), and x later by c give f(x) later by c. So where one frame moves no part of x by more than the
interval, none of the frames after it does: the depths keep the interval, proven. Lower depths are tried from the state
that is there; it is as good a beginning as reset, and much nearer.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from r2b_hw.numeric.rounding import Integers
from r2b_hw.schedule.loop_nest import Direction
from r2b_hw.simulation.timing import layout
from r2b_hw.simulation.timing.code import timing_code
from r2b_hw.simulation.timing.world import TimingWorld

_PATIENCE = 3
"""Frames in a row that may fall behind by equally much before depths are given up."""
_MOST_FRAMES = 40


@dataclass(frozen=True, eq=False)
class Steady:
    """Depths that keep ``interval`` cycles a frame, and the clock's state behind a whole frame."""

    world: TimingWorld
    interval: int
    depths: Mapping[str, int]
    arena: Integers

    def shortened(self, depths: Mapping[str, int]) -> "Steady | None":
        """Return the state with some FIFOs less deep; None where they are not seen to keep the interval."""
        arena = self.arena.copy()
        for name, depth in depths.items():
            if not 0 < depth <= self.depths[name]:
                raise ValueError(f"stream {name}: a depth of {depth} is not within the {self.depths[name]} it has")
            slots = self.world.slots[name]
            pushing, popping = slots[Direction.WRITE], slots[Direction.READ]
            timing_code().shorten(arena, pushing, popping, self.depths[name] - depth)
        return _settled(self.world, self.interval, {**self.depths, **depths}, arena, 1)

    def used(self) -> dict[str, int]:
        """Return the depths at which every word of every frame is pushed when it is now."""
        arena = self.arena.copy()
        times, starts, state = _scratch(self.world, arena)
        for slots in self.world.slots.values():
            timing_code().shorten(arena, slots[Direction.WRITE], slots[Direction.READ], 0)
        timing_code().run_frame(arena, self.world.schedule, times, starts, state, self.interval)
        timing_code().settle(arena, layout.NEVER // 2)
        return {name: int(arena[slots[Direction.WRITE] + layout.MARK]) for name, slots in self.world.slots.items()}


def steady(world: TimingWorld, depths: Mapping[str, int], interval: int, frames: int) -> Steady | None:
    """Return the state behind at least ``frames`` frames from reset, the source paced at ``interval``.

    None where ``depths`` are not seen to keep the interval, or the accelerator deadlocks.
    """
    return _settled(world, interval, dict(depths), world.arena(depths, 1, under_way=True), frames)


def _settled(
    world: TimingWorld, interval: int, depths: Mapping[str, int], arena: Integers, least: int
) -> Steady | None:
    times, starts, state = _scratch(world, arena)
    code = timing_code()
    code.measure(arena, state)
    behind: list[int] = []
    for _ in range(max(least, _MOST_FRAMES)):
        behind.append(code.run_frame(arena, world.schedule, times, starts, state, interval))
        if behind[-1] == layout.NEVER:
            return None
        if len(behind) < least:
            continue
        if behind[-1] <= 0:
            return Steady(world, interval, depths, arena)
        if len(behind) > least + _PATIENCE and len(set(behind[-_PATIENCE:])) == 1:
            return None
    return None


def _scratch(world: TimingWorld, arena: Integers) -> tuple[Integers, Integers, Integers]:
    """Return room for the sink's cycles, the frame's first, and the clock's state."""
    words = world.graph.port_of(world.graph.output_stream).words
    return np.zeros(words, dtype=np.int64), np.zeros(1, dtype=np.int64), np.zeros(arena.size, dtype=np.int64)
