"""High-water marks up to a cycle that all nests have reached, compiled."""

from r2b_hw.numeric.compiled import Arena, compiled
from r2b_hw.simulation.timing.layout import (
    ACTION,
    ARRIVAL,
    LINK,
    MARK,
    NEST_SIZE,
    NEST_TABLE,
    NESTS,
    NEVER,
    PLACE,
    PUSH,
    SLOT_COUNT,
    SLOT_SIZE,
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
