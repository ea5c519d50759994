"""What the arena of the simulation without data holds at a cycle that all nests have reached, compiled."""

from r2b_hw.numeric.compiled import Arena, compiled
from r2b_hw.simulation.timing.hosts import offered
from r2b_hw.simulation.timing.layout import (
    ACTION,
    ARRIVAL,
    CREDIT,
    DONE,
    GIVEN,
    HOST_FIRST,
    HOST_FRAME_WORDS,
    HOST_MASK_PERIOD,
    HOST_PACE,
    KIND,
    LINK,
    MARK,
    NEST_SIZE,
    NEST_TABLE,
    NESTS,
    NEVER,
    NEXT,
    PLACE,
    PUSH,
    RESUME,
    SLOT_COUNT,
    SLOT_SIZE,
    SOURCE,
    TAKE_CREDIT,
    TAKEN,
    UNDER_WAY,
    USABLE,
    WATCHED,
)


@compiled
def settle(w: Arena, limit: int) -> None:
    """Raise all marks to what FIFOs held up to ``limit``; pushes raise them one round of the ring behind."""
    for number in range(w[NESTS]):
        nest = w[w[NEST_TABLE] + number]
        for index in range(w[nest + SLOT_COUNT]):
            slot = nest + NEST_SIZE + index * SLOT_SIZE
            if w[slot + ACTION] == PUSH:
                settle_stream(w, slot, limit)


@compiled
def settle_stream(w: Arena, slot: int, limit: int) -> None:
    """Raise the mark of the FIFO that ``slot`` pushes to."""
    tail = w[slot + PLACE]
    place = tail
    watched = w[slot + WATCHED]
    while watched != tail:
        # The word at ``place`` was popped before ``usable``, or is there at the limit.
        held = w[place + USABLE] == NEVER
        usable = limit + 1 if held else w[place + USABLE]
        while w[watched + ARRIVAL] < usable + w[slot + UNDER_WAY]:
            w[slot + MARK] += 1
            watched = w[watched + LINK]
            if watched == tail:
                return
        place = w[place + LINK]
        watched = w[watched + LINK]
        if held or place == tail:
            return


@compiled
def snapshot(w: Arena, state: Arena, limit: int) -> int:
    """Write all that decides the clock from ``limit`` on, times taken relative to it; return how much it is."""
    size = 0
    for number in range(w[NESTS]):
        nest = w[w[NEST_TABLE] + number]
        state[size] = w[nest + NEXT]
        state[size + 1] = max(0, w[nest + RESUME] - limit)
        size += 2
        if w[nest + KIND] >= SOURCE:
            period = w[nest + HOST_MASK_PERIOD]
            state[size] = limit % period if period else 0
            size += 1
        if w[nest + KIND] == SOURCE:
            words = w[nest + HOST_FRAME_WORDS]
            frame = (w[nest + DONE] + words - 1) // words
            state[size] = w[nest + DONE] % words
            state[size + 1] = max(0, w[nest + HOST_FIRST] + frame * w[nest + HOST_PACE] - limit)
            state[size + 2] = offered(w, nest) < limit
            size += 3
        for index in range(w[nest + SLOT_COUNT]):
            slot = nest + NEST_SIZE + index * SLOT_SIZE
            if w[slot + ACTION] == TAKE_CREDIT:
                state[size] = w[w[slot + CREDIT] + GIVEN] - w[w[slot + CREDIT] + TAKEN]
                size += 1
            elif w[slot + ACTION] == PUSH:
                place = w[slot + PLACE]
                while True:
                    usable = w[place + USABLE]
                    if usable == NEVER:
                        state[size] = max(0, w[place + ARRIVAL] - limit)
                    else:
                        state[size] = -1 - max(0, usable - limit)
                    size += 1
                    place = w[place + LINK]
                    if place == w[slot + PLACE]:
                        break
    return size
