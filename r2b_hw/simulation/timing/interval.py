"""The interval of the steady state, from one frame to the next.

Let x be the cycles that decide the clock between two frames, and f(x) those after the next. f(x + c) = f(x) + c, so
where k frames have moved all of x by the same c, any k frames to come do: the interval is c / k. All nests wait for
each other, in both directions, so there is one interval, and every x comes to it. Before that, parts of the accelerator
may run at paces of their own for a long time, while the room between them is used up. Where that goes on regularly, a
leap brings its end forward.
"""

import hashlib
from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np

from r2b_hw.numeric.rounding import Integers
from r2b_hw.simulation.timing.kernel import Order
from r2b_hw.simulation.timing.passage import Passage
from r2b_hw.simulation.timing.steady import LEAP
from r2b_hw.simulation.timing.world import TimingWorld

_MOST_FRAMES = 200
"""Frames after which the interval counts as not found."""
_MOST_KEPT = 8
"""Frames in which a regular course is looked for."""


def steady_interval(
    world: TimingWorld, depths: Mapping[str, int], pace: int, frames: int, order: Order
) -> Fraction | None:
    """Return the cycles a frame with FIFOs of ``depths``, behind at least ``frames`` frames; None where not found.

    The source begins a frame no earlier than ``pace`` cycles after the one before. Streams that ``depths`` does not
    name have the graph's. ``order`` is one for these depths (``order_of``).
    """
    passage = Passage(world, world.arena(depths, 1), order)
    earlier: list[Integers] = []
    seen: dict[bytes, tuple[int, int]] = {}
    for frame in range(_MOST_FRAMES):
        if not passage.frame(pace):
            return None
        cycles = passage.cycles()
        origin = int(cycles[0])
        seen_at, seen_origin = seen.setdefault(hashlib.sha256((cycles - origin).tobytes()).digest(), (frame, origin))
        if seen_at < frame and frame >= frames:
            return Fraction(origin - seen_origin, frame - seen_at)
        moved = _regular_course(earlier, cycles)
        if moved is None:
            earlier = [*earlier[1 - _MOST_KEPT :], cycles]
        else:
            passage.resume(cycles + LEAP * moved)
            earlier.clear()
            seen.clear()
    return None


def _regular_course(earlier: Sequence[Integers], cycles: Integers) -> Integers | None:
    """Return how far some frames have moved ``cycles``, where that was the same a frame before and not all alike."""
    if earlier and earlier[-1].size != cycles.size:
        # Initial credits are not used up yet.
        return None
    for count in range(1, len(earlier)):
        if earlier[-1 - count].size != cycles.size:
            break
        moved = cycles - earlier[-count]
        if moved.min() < moved.max() and np.array_equal(moved, earlier[-1] - earlier[-1 - count]):
            return moved
    return None
