"""A nest's schedule as the simulator reads it: one word an iteration, of one period only.

The low half says which accesses take place, the high half how many iterations follow that have none. Such iterations
fire one a cycle whatever happens around them, so the simulator passes over them at once. Outer loops that no guard
names repeat the schedule; a period leaves them out.
"""

import numpy as np
import numpy.typing as npt

from r2b_hw.schedule.loop_nest import LoopNest, flags, one_period

ScheduleWords = npt.NDArray[np.uint32]

IDLE_SHIFT = 16
ACCESS_BITS = (1 << IDLE_SHIFT) - 1


def schedule_words(nest: LoopNest) -> ScheduleWords:
    """Return the words of one period of ``nest``; the period divides its iterations."""
    accesses = flags(one_period(nest))
    following = np.append(np.flatnonzero(accesses), accesses.size)
    positions = np.arange(accesses.size)
    busy = following[np.searchsorted(following, positions, side="right").clip(max=following.size - 1)]
    idle = np.minimum(busy - positions - 1, ACCESS_BITS)
    return accesses.astype(np.uint32) | (idle.astype(np.uint32) << np.uint32(IDLE_SHIFT))
