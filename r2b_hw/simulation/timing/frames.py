"""The clock one frame after the other, compiled: all of a frame's words before any of the next frame's.

That is an order like any other, and between two frames all FIFOs are empty: then the clock depends only on the cycles
at which each nest fired last, each FIFO's entries were freed, and each credit was given.
"""

from r2b_hw.numeric.compiled import Arena, compiled
from r2b_hw.simulation.schedule_words import ScheduleWords
from r2b_hw.simulation.timing.kernel import Order, advance, go_through
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
def run_frame(
    w: Arena,
    schedule: ScheduleWords,
    order: Order,
    turns: int,
    room: int,
    times: Arena,
    starts: Arena,
    interval: int,
) -> bool:
    """Let one frame pass, its first word offered ``interval`` cycles after the last frame's; return whether it does.

    In the ``turns`` of ``order``, or without any in an order found now, for which ``order`` may have ``room``.
    """
    table = w[NEST_TABLE]
    source = w[table]
    sink = w[table + w[NESTS] - 1]
    for nest in (source, sink):
        w[nest + HOST_WORDS] = w[nest + HOST_FRAME_WORDS]
        w[nest + DONE] = 0
    if turns == 0:
        advance(w, schedule, order, room, times, starts, NEVER)
    elif not go_through(w, schedule, order, turns, times, starts):
        return False
    w[source + HOST_FIRST] += interval
    if w[sink + DONE] < w[sink + HOST_WORDS]:
        return False
    for number in range(w[NESTS]):
        nest = w[table + number]
        if w[nest + DONE] % w[nest + ITERATIONS] != 0:
            return False
    return True


@compiled
def exchange(w: Arena, cycles: Arena, writing: bool) -> int:
    """Read all cycles that decide the clock from here on, or write them; return how many there are.

    Words are pushed one a cycle at most, so an entry that is free before its turn counts as free when it comes.
    """
    source = w[w[NEST_TABLE]]
    exchange_cycle(w, source + HOST_FIRST, w[source + RESUME], cycles, 0, writing)
    size = 1
    for number in range(w[NESTS]):
        nest = w[w[NEST_TABLE] + number]
        exchange_cycle(w, nest + RESUME, 0, cycles, size, writing)
        size += 1
        for index in range(w[nest + SLOT_COUNT]):
            slot = nest + NEST_SIZE + index * SLOT_SIZE
            if w[slot + ACTION] == PUSH:
                turn = w[nest + RESUME]
                place = w[slot + PLACE]
                while True:
                    exchange_cycle(w, place + USABLE, turn, cycles, size, writing)
                    size += 1
                    turn += 1
                    place = w[place + LINK]
                    if place == w[slot + PLACE]:
                        break
            elif w[slot + ACTION] == TAKE_CREDIT:
                gift = w[w[slot + CREDIT] + OLDEST]
                while gift != w[w[slot + CREDIT] + NEWEST]:
                    exchange_cycle(w, gift + SINCE, w[nest + RESUME], cycles, size, writing)
                    size += 1
                    gift = w[gift + LINK]
    return size


@compiled
def exchange_cycle(w: Arena, offset: int, earliest: int, cycles: Arena, index: int, writing: bool) -> None:
    """Do what ``exchange`` does for one cycle, which is read as ``earliest`` where it is earlier than that."""
    if writing:
        w[offset] = cycles[index]
    else:
        cycles[index] = max(w[offset], earliest)


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
