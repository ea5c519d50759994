"""Whether depths keep an interval, found out frame by frame and from one trial to the next.

Let x be the cycles that decide the clock between two frames. After the next frame they are sums and maxima of these and
of the source's pace: f(x) >= f(y) where x >= y, and f(x + c) = f(x) + c. So where f(x) <= x + interval for any x, no
frame after it falls behind, and the depths keep the interval: proven, whether or not reset leads to x. Such an x is
looked for as longest paths are: x' = max(x + interval, f(x)), until nothing changes. Lags that stay what they were in
the frame before use up some room or go on for ever: a leap by many such frames tells. Where no x is found, the depths
count as too small.

They are proven too small by cycles that fall behind all by themselves. Those that lag are made so late that no other
cycle counts for them. The ones that lag again do so because of those that were made late; where these are the same,
each of them lags in every frame to come. Otherwise those that are left are tried, and where none is, nothing is
known yet. What lags in every other frame alone is found by looking at two or more frames as one.

Lower depths are tried from the x of the ones before, which is as good a beginning as reset, and much nearer.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from r2b_hw.numeric.rounding import Integers
from r2b_hw.simulation.timing.kernel import Order
from r2b_hw.simulation.timing.passage import NO_ORDER, Passage
from r2b_hw.simulation.timing.world import TimingWorld

LEAP = 1 << 20
"""Frames by which a regular course is carried on: more than any room lasts."""
_MOST_FRAMES = 60
_PROOFS = {1: 1, 3: 1, 6: 2, 10: 4, 20: 8, 40: 16}
"""Frames after which a proof is tried that the interval cannot be kept, and how many frames it looks at."""
_LATE = 1 << 44
"""Cycles by which some are made later: more than lie between any two that decide the clock."""


@dataclass(frozen=True, eq=False)
class Steady:
    """Depths that keep ``interval`` cycles a frame, and a clock from which no frame falls behind."""

    passage: Passage
    interval: int
    depths: Mapping[str, int]

    def shortened(self, depths: Mapping[str, int]) -> "Steady | None":
        """Return what keeps the interval with some FIFOs less deep; None where that is not found.

        ValueError where a depth is larger than before.
        """
        for name, depth in depths.items():
            if not 0 < depth <= self.depths[name]:
                raise ValueError(f"stream {name}: a depth of {depth} is not within the {self.depths[name]} it has")
        passage = self.passage.copy()
        passage.shorten({name: self.depths[name] - depth for name, depth in depths.items()})
        return _found(passage, self.interval, {**self.depths, **depths})

    def used(self) -> dict[str, int]:
        """Return depths at which every word of a frame is pushed when it is now."""
        passage = self.passage.copy()
        passage.shorten(dict.fromkeys(self.depths, 0))
        passage.frame(self.interval)
        return passage.marks()


def steady(
    world: TimingWorld, depths: Mapping[str, int], interval: int, frames: int, order: Order = NO_ORDER
) -> Steady | None:
    """Return what keeps ``interval`` with FIFOs of ``depths``, behind at least ``frames`` frames from reset.

    None where that is not found, or the accelerator deadlocks. Streams that ``depths`` does not name have the graph's.
    ``order`` must suit all depths that are tried (``order_of``).
    """
    passage = Passage(world, world.arena(depths, 1, under_way=True), order)
    if not all(passage.frame(interval) for _ in range(frames - 1)):
        return None
    return _found(passage, interval, {stream.name: stream.depth for stream in world.graph.streams} | dict(depths))


def _found(passage: Passage, interval: int, depths: Mapping[str, int]) -> Steady | None:
    cycles, before = passage.cycles(), None
    leapt = False
    for frame in range(_MOST_FRAMES):
        if not passage.frame(interval):
            return None
        now = passage.cycles()
        if now.size != cycles.size:
            # Initial credits are not used up yet.
            cycles, before = now, None
            continue
        lags = np.maximum(now - cycles - interval, 0)
        if not lags.any():
            return Steady(passage, interval, depths)
        cycles += interval + lags
        if frame in _PROOFS and _lag_by_themselves(passage, cycles, lags > 0, interval, _PROOFS[frame]):
            return None
        if before is not None and np.array_equal(lags, before):
            if leapt:
                return None
            leapt, before = True, None
            cycles += LEAP * lags
        else:
            before = lags
        passage.resume(cycles)
    return None


def _lag_by_themselves(
    passage: Passage, cycles: Integers, lagging: npt.NDArray[np.bool_], interval: int, frames: int
) -> bool:
    """Whether some of the ``lagging`` cycles are proven to fall behind for ever; the passage is led astray."""
    while lagging.any():
        late = cycles + _LATE * lagging
        passage.resume(late)
        if not all(passage.frame(interval) for _ in range(frames)):
            return True
        now = passage.cycles()
        if now.size != late.size:
            return False
        again = lagging & (now - late > frames * interval)
        if np.array_equal(again, lagging):
            return True
        lagging = again
    return False
