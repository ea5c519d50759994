"""The simulator's main loop, generated once for all registered unit kinds and cached as machine code.

The loop does not depend on the network: nests are sorted by step function and each function has a range of nests.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from types import ModuleType

import numpy as np
import numpy.typing as npt

from r2b_hw.numeric.rounding import Integers
from r2b_hw.simulation.cached_code import load_cached
from r2b_hw.simulation.schedule_words import ScheduleWords
from r2b_hw.units.registry import unit_kinds

DONE = 0
DEADLOCK = 1
CYCLES_EXHAUSTED = 2

RESTS = 1 << 30
"""What a recorder notes of the source where it has nothing to send."""

Driver = Callable[[Integers, ScheduleWords], int]
Codes = npt.NDArray[np.int32]
Recorder = Callable[[Integers, ScheduleWords, Integers, Codes, Codes, Integers, Codes, Codes, int, int], int]

SOURCE = "host_source"
SINK = "host_sink"


@dataclass(frozen=True)
class StepFunction:
    """A compiled step: ``name`` is unique, found in ``module`` as ``function``."""

    name: str
    module: str
    function: str


@cache
def step_functions() -> tuple[StepFunction, ...]:
    """Return the steps of all unit kinds in the driver's order."""
    return tuple(
        StepFunction(f"{kind.name}_{nest}", f"r2b_hw.units.{kind.name}", f"step_{nest}")
        for kind in unit_kinds().values()
        for nest in kind.steps
    )


def step_order() -> Sequence[str]:
    """Return the names of all nest ranges in the order of the arena's header."""
    return (SOURCE, *(step.name for step in step_functions()), SINK)


_HEAD = '''"""Generated: the simulator's main loop over all unit kinds."""

from numba import njit

from r2b_hw.numeric.compiled import as_pointer, lowest_one
from r2b_hw.simulation.host_ends import step_sink, step_source
from r2b_hw.simulation.kernel import commit, ready
from r2b_hw.simulation.layout import *
from r2b_hw.simulation.schedule_words import ACCESS_BITS, IDLE_SHIFT
'''

_LOOP = """

@njit(cache=True, error_model="numpy")
def run(arena, schedule):
    w = as_pointer(arena)
    flags = as_pointer(schedule)
    awake = w[AWAKE]
    wheel = w[WHEEL]
    masks = w[MASKS]
    table = w[NEST_TABLE]
    nests = w[NESTS]
    list_of_due = w[DUE]
    now = w[NOW]
    limit = w[CYCLE_LIMIT]
    while w[SINK_COUNT] < w[SINK_TARGET]:
        if now >= limit:
            w[NOW] = now
            return 2
        due = list_of_due
        waking = wheel + (now & (HORIZON - 1)) * masks
        for mask in range(masks):
            bits = w[awake + mask] | w[waking + mask]
            w[awake + mask] = bits
            w[waking + mask] = 0
            while bits != 0:
                w[due] = (mask << 6) + lowest_one(bits)
                due += 1
                bits &= bits - 1
        w[due] = nests
        next_due = list_of_due
        fired = 0
"""

_TAIL = """
        now += 1
        if not fired:
            # Whoever was awake sleeps now: go to the first cycle in which somebody wakes.
            idle = 0
            while idle < HORIZON:
                waking = wheel + ((now + idle) & (HORIZON - 1)) * masks
                somebody = 0
                for mask in range(masks):
                    somebody |= w[waking + mask]
                if somebody:
                    break
                idle += 1
            if idle == HORIZON:
                w[NOW] = now - 1
                return 1
            now += idle
    w[NOW] = now
    return 0
"""


_RECORD = """

@njit(cache=True, error_model="numpy")
def record(arena, schedule, table, numbers, seen, times, nests, codes, words, end):
    source = arena[table[0] + STATE]
    changes = 0
    while changes + table.size <= times.size and arena[SINK_COUNT] < words and arena[NOW] < end:
        now = arena[NOW]
        sent = arena[source + HOST_DONE]
        arena[CYCLE_LIMIT] = now + 1
        stopped = run(arena, schedule) == 1
        for nest in range(table.size):
            entry = table[nest]
            stall = arena[entry + STALL]
            code = 0
            if stall == STALLED_STARVED:
                code = numbers[arena[entry + WAITS_FOR]]
            elif stall == STALLED_BLOCKED:
                code = -numbers[arena[entry + WAITS_FOR]]
            elif nest == 0 and arena[source + HOST_DONE] == sent:
                code = RESTS
            if code != seen[nest]:
                seen[nest] = code
                times[changes] = now
                nests[changes] = nest
                codes[changes] = code
                changes += 1
        if stopped:
            break
    return changes
"""


def _driver_source() -> str:
    imports = "".join(
        f"from {step.module} import {step.function} as {step.name}\n" for step in sorted(step_functions(), key=str)
    )
    loops: list[str] = []
    for index, name in enumerate(step_order()):
        loops.append(f"        while w[next_due] < w[KIND_ENDS + {index}]:  # {name}")
        loops.append("            nest = w[next_due]")
        loops.append("            next_due += 1")
        loops.append("            record = w[table + nest]")
        if name in (SOURCE, SINK):
            function = "step_source" if name == SOURCE else "step_sink"
            loops.append(f"            if {function}(w, flags, record, nest, now):")
            loops.append("                fired += 1")
            continue
        loops.append("            taken = ready(w, flags, record, nest, now)")
        loops.append("            if taken >= 0:")
        loops.append("                accesses = taken & ACCESS_BITS")
        loops.append("                for _ in range((taken >> IDLE_SHIFT) + 1):")
        loops.append(f"                    {name}(w, w[record + STATE], record + WORDS, accesses)")
        loops.append("                    accesses = 0")
        loops.append("                commit(w, record, now, taken)")
        loops.append("                fired += 1")
    return _HEAD + imports + f"RESTS = {RESTS}\n" + _LOOP + "\n".join(loops) + _TAIL + _RECORD


def load_driver() -> Driver:
    """Return the compiled main loop.

    The loop runs until the sink holds ``SINK_TARGET`` words and returns DONE, DEADLOCK or CYCLES_EXHAUSTED.
    """
    return _module().run


def load_recorder() -> Recorder:
    """Return the compiled loop that runs the driver a cycle at a time and notes the changes in what nests do.

    It takes the arena, the schedule, the records of the nests (the source's first), by offset in the arena the number
    of the FIFO or credit whose record lies there, what was noted last of each nest, and room for the changes: cycles,
    nests and codes. A code is 0 where the nest works, a number where it is starved of that, less than 0 where it is
    blocked, and RESTS. The loop ends where the sink has taken ``words``, or before cycle ``end``, or where the room
    ends or nothing moves, and returns how many changes there were.
    """
    return _module().record


@cache
def _module() -> ModuleType:
    """Return the generated module, from the cache where sources, numba and processor are the same."""
    return load_cached("driver", _driver_source(), ("numeric", "simulation", "units"))
