"""The clock one frame after the other, compiled: all of a frame's words before any of the next frame's.

That is an order like any other, and between two frames all FIFOs are empty: then the clock depends only on the cycles
at which each nest fired last, each FIFO's entries were freed, and each credit was given.
"""

from r2b_hw.numeric.compiled import Arena, compiled
from r2b_hw.simulation.schedule_words import ScheduleWords
from r2b_hw.simulation.timing.kernel import advance
from r2b_hw.simulation.timing.layout import (
    ACTION,
    CREDIT,
    DONE,
    HOST_FIRST,
    HOST_FRAME_WORDS,
    HOST_WORDS,
    ITERATIONS,
    LINK,
    MARK,
    NEST_SIZE,
    NEST_TABLE,
    NESTS,
    NEVER,
    NEWEST,
    OLDEST,
    PLACE,
    PUSH,
    RESUME,
    SINCE,
    SLOT_COUNT,
    SLOT_SIZE,
    TAKE_CREDIT,
    USABLE,
    WATCHED,
)


@compiled
def run_frame(w: Arena, schedule: ScheduleWords, times: Arena, starts: Arena, state: Arena, interval: int) -> int:
    """Let one frame pass, its first word offered ``interval`` cycles after the last frame's; update ``state``.

    Return by how much more than ``interval`` any of its cycles has moved: 0 or less where no later frame falls behind.
    NEVER where the frame does not come through.
    """
    table = w[NEST_TABLE]
    source = w[table]
    sink = w[table + w[NESTS] - 1]
    for nest in (source, sink):
        w[nest + HOST_WORDS] = w[nest + HOST_FRAME_WORDS]
        w[nest + DONE] = 0
    advance(w, schedule, times, starts, NEVER)
    w[source + HOST_FIRST] += interval
    if w[sink + DONE] < w[sink + HOST_WORDS]:
        return NEVER
    for number in range(w[NESTS]):
        nest = w[table + number]
        if w[nest + DONE] % w[nest + ITERATIONS] != 0:
            return NEVER
    return measure(w, state) - interval


@compiled
def measure(w: Arena, state: Arena) -> int:
    """Write all that decides the clock from here on to ``state``; return the largest change of any of it.

    What was freed or given before it can be used next counts from then.
    """
    growth = -NEVER
    size = 0
    for number in range(w[NESTS]):
        nest = w[w[NEST_TABLE] + number]
        resume = w[nest + RESUME]
        growth = max(growth, resume - state[size])
        state[size] = resume
        size += 1
        for index in range(w[nest + SLOT_COUNT]):
            slot = nest + NEST_SIZE + index * SLOT_SIZE
            if w[slot + ACTION] == PUSH:
                earliest = resume
                place = w[slot + PLACE]
                while True:
                    cycle = max(w[place + USABLE], earliest)
                    growth = max(growth, cycle - state[size])
                    state[size] = cycle
                    size += 1
                    earliest += 1
                    place = w[place + LINK]
                    if place == w[slot + PLACE]:
                        break
            elif w[slot + ACTION] == TAKE_CREDIT:
                gift = w[w[slot + CREDIT] + OLDEST]
                while gift != w[w[slot + CREDIT] + NEWEST]:
                    cycle = max(w[gift + SINCE], resume)
                    growth = max(growth, cycle - state[size])
                    state[size] = cycle
                    size += 1
                    gift = w[gift + LINK]
    return growth


@compiled
def shorten(w: Arena, pushing: int, popping: int, entries: int) -> None:
    """Take the ``entries`` that were freed first from an empty FIFO."""
    tail = w[pushing + PLACE]
    newest = tail
    while w[newest + LINK] != tail:
        newest = w[newest + LINK]
    for _ in range(entries):
        tail = w[tail + LINK]
    w[newest + LINK] = tail
    w[popping + PLACE] = tail
    # Its mark begins anew.
    w[pushing + PLACE] = tail
    w[pushing + WATCHED] = w[tail + LINK]
    w[pushing + MARK] = 1
