"""The source and the sink, compiled: the host's side of the accelerator's input and output FIFOs.

A stall mask is a function of the cycle alone, periodic in its length. The source offers a word from the first unmasked
cycle until it is accepted; the sink takes a word in any unmasked cycle that has one.
"""

from r2b_hw.numeric.compiled import Arena, compiled
from r2b_hw.simulation.timing.layout import (
    ARRIVAL,
    AT_LIMIT,
    DONE,
    FINISHED,
    FIRED_SHIFT,
    HOST_FIRST,
    HOST_FRAME_WORDS,
    HOST_MASK,
    HOST_MASK_PERIOD,
    HOST_PACE,
    HOST_WORDS,
    NEST_SIZE,
    NEVER,
    PLACE,
    RESUME,
    TARGET,
    USABLE,
    WAITS_FOR,
)
from r2b_hw.simulation.timing.streams import pop, push


@compiled
def run_source(w: Arena, nest: int, starts: Arena, limit: int, most: int) -> int:
    """Push words, ``most`` at most, each when there is room from the first unmasked cycle on; return what was done."""
    slot = nest + NEST_SIZE
    w[nest + WAITS_FOR] = AT_LIMIT
    began = w[nest + DONE]
    while w[nest + DONE] < began + most:
        done = w[nest + DONE]
        if done == w[nest + HOST_WORDS]:
            w[nest + WAITS_FOR] = FINISHED
            break
        usable = w[w[slot + PLACE] + USABLE]
        if usable == NEVER:
            w[nest + WAITS_FOR] = w[slot + TARGET]
            break
        cycle = max(offered(w, nest), usable)
        if cycle >= limit:
            break
        if done % w[nest + HOST_FRAME_WORDS] == 0:
            starts[done // w[nest + HOST_FRAME_WORDS]] = cycle
        push(w, slot, cycle)
        w[nest + DONE] = done + 1
        w[nest + RESUME] = cycle + 1
    count = w[nest + DONE] - began
    return count << FIRED_SHIFT | min(count, 1)


@compiled
def run_sink(w: Arena, nest: int, times: Arena, limit: int, most: int) -> int:
    """Pop words, ``most`` at most, each in the first unmasked cycle that has one; return what was done."""
    slot = nest + NEST_SIZE
    w[nest + WAITS_FOR] = AT_LIMIT
    began = w[nest + DONE]
    while w[nest + DONE] < began + most:
        place = w[slot + PLACE]
        if w[place + USABLE] != NEVER:
            w[nest + WAITS_FOR] = w[slot + TARGET]
            break
        cycle = max(w[nest + RESUME], w[place + ARRIVAL])
        while masked(w, nest, cycle):
            cycle += 1
        if cycle >= limit:
            break
        times[w[nest + DONE]] = cycle
        pop(w, slot, cycle)
        w[nest + DONE] += 1
        w[nest + RESUME] = cycle + 1
    count = w[nest + DONE] - began
    return count << FIRED_SHIFT | min(count, 1)


@compiled
def offered(w: Arena, nest: int) -> int:
    """Return the cycle from which the source offers its next word."""
    frame = w[nest + DONE] // w[nest + HOST_FRAME_WORDS]
    cycle = w[nest + RESUME]
    if w[nest + DONE] % w[nest + HOST_FRAME_WORDS] == 0:
        cycle = max(cycle, w[nest + HOST_FIRST] + frame * w[nest + HOST_PACE])
    while masked(w, nest, cycle):
        cycle += 1
    return cycle


@compiled
def masked(w: Arena, nest: int, cycle: int) -> bool:
    """Whether the host's mask stalls it at ``cycle``."""
    period = w[nest + HOST_MASK_PERIOD]
    return period > 0 and w[w[nest + HOST_MASK] + cycle % period] != 0
