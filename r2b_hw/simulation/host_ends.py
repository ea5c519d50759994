"""The simulation's source and sink: the host's side of the accelerator's input and output FIFOs, compiled.

A stall mask is a function of the cycle alone, periodic in its length. The source offers a word from the first unmasked
cycle until it is accepted; the sink takes a word in any unmasked cycle that has one.
"""

from r2b_hw.numeric.compiled import Arena, compiled
from r2b_hw.simulation.kernel import account_stall, commit, ready, stall
from r2b_hw.simulation.layout import (
    HOST_DATA,
    HOST_DONE,
    HOST_FRAME_WORDS,
    HOST_LANES,
    HOST_MASK,
    HOST_MASK_PERIOD,
    HOST_OFFERING,
    HOST_PACE,
    HOST_TIMES,
    HOST_WORDS,
    NEVER,
    RUNNING,
    SINK_COUNT,
    STATE,
    WORDS,
)
from r2b_hw.simulation.schedule_words import ScheduleWords


@compiled
def masked(w: Arena, host: int, now: int) -> bool:
    """Whether the host's mask stalls it at ``now``."""
    period = w[host + HOST_MASK_PERIOD]
    return period > 0 and w[w[host + HOST_MASK] + now % period] != 0


@compiled
def step_source(w: Arena, flags: ScheduleWords, nest: int, number: int, now: int) -> bool:
    """Push the next word if it is due, offered, and there is room; return whether it was pushed."""
    host = w[nest + STATE]
    done = w[host + HOST_DONE]
    account_stall(w, nest, now)
    if done == w[host + HOST_WORDS]:
        stall(w, nest, number, now, RUNNING, 0, NEVER)
        return False
    frame = done // w[host + HOST_FRAME_WORDS]
    begins = done % w[host + HOST_FRAME_WORDS] == 0
    if begins and now < frame * w[host + HOST_PACE]:
        stall(w, nest, number, now, RUNNING, 0, frame * w[host + HOST_PACE])
        return False
    if w[host + HOST_OFFERING] == 0:
        if masked(w, host, now):
            stall(w, nest, number, now, RUNNING, 0, now + 1)
            return False
        w[host + HOST_OFFERING] = 1
    taken = ready(w, flags, nest, number, now)
    if taken < 0:
        return False
    lanes = w[host + HOST_LANES]
    source = w[host + HOST_DATA] + done * lanes
    target = w[nest + WORDS]
    for lane in range(lanes):
        w[target + lane] = w[source + lane]
    if begins:
        w[w[host + HOST_TIMES] + frame] = now
    w[host + HOST_DONE] = done + 1
    w[host + HOST_OFFERING] = 0
    commit(w, nest, now, taken)
    return True


@compiled
def step_sink(w: Arena, flags: ScheduleWords, nest: int, number: int, now: int) -> bool:
    """Take a word unless masked; return whether one was taken."""
    host = w[nest + STATE]
    account_stall(w, nest, now)
    if masked(w, host, now):
        stall(w, nest, number, now, RUNNING, 0, now + 1)
        return False
    taken = ready(w, flags, nest, number, now)
    if taken < 0:
        return False
    done = w[host + HOST_DONE]
    lanes = w[host + HOST_LANES]
    source = w[nest + WORDS]
    target = w[host + HOST_DATA] + done * lanes
    for lane in range(lanes):
        w[target + lane] = w[source + lane]
    w[w[host + HOST_TIMES] + done] = now
    w[host + HOST_DONE] = done + 1
    w[SINK_COUNT] = done + 1
    commit(w, nest, now, taken)
    return True
