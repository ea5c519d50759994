"""The clock semantics as recurrences over words, compiled: an iteration fires at the latest of a few known cycles.

Those are the cycle after the iteration before it, the arrival of every word it pops, the cycle from which the entry of
every word it pushes can be used, and the cycle from which the credits it takes are there. Each is known once the nest
at the other end has got there, so nests are worked through in any order, each as far as its neighbours allow, and no
cycle is looked at in which nothing fires. Nothing fires at ``limit`` or later: what the arena holds then is the state
of the whole accelerator at that cycle.

An order in which nests took their turns depends on depths, not on cycles. It can be recorded and gone through again,
which saves looking for the next nest; deeper FIFOs allow it too.
"""

import numpy as np
import numpy.typing as npt

from r2b_hw.numeric.compiled import Arena, compiled, lowest_one
from r2b_hw.simulation.schedule_words import ACCESS_BITS, ScheduleWords
from r2b_hw.simulation.timing.credits import run_coupled
from r2b_hw.simulation.timing.hosts import run_sink, run_source
from r2b_hw.simulation.timing.layout import (
    AT_LIMIT,
    COUPLED,
    FIRED_SHIFT,
    KIND,
    MASKS,
    MOST_FIRINGS,
    NEIGHBOUR,
    NEIGHBOUR_RECORD,
    NEST_SIZE,
    NEST_TABLE,
    NESTS,
    NEVER,
    PAIR,
    RUNNABLE,
    SLOT_SIZE,
    SOURCE,
    STREAMS,
    TARGET,
    TURN_SHIFT,
    TURNS,
    WAITS_FOR,
)
from r2b_hw.simulation.timing.streams import run_pair, run_streams

Order = npt.NDArray[np.uint32]
"""A turn a number: which nest, and how often it fires."""


@compiled
def advance(w: Arena, schedule: ScheduleWords, order: Order, room: int, times: Arena, starts: Arena, limit: int) -> int:
    """Let every nest fire whatever it fires before ``limit``; return how many will fire at ``limit`` or later.

    ``times`` takes the cycle of every word that the sink pops, ``starts`` that of every frame's first word, ``order``
    as many turns as it has ``room`` for.
    """
    masks = w[MASKS]
    runnable = w[RUNNABLE]
    table = w[NEST_TABLE]
    for number in range(w[NESTS]):
        w[runnable + (number >> 6)] |= 1 << (number & 63)
    turns = 0
    busy = True
    while busy:
        busy = False
        # From the input to the output, again and again: a FIFO is filled before it is emptied.
        for mask in range(masks):
            bits = w[runnable + mask]
            while bits != 0:
                busy = True
                position = lowest_one(bits)
                number = (mask << 6) + position
                w[runnable + mask] &= ~(1 << position)
                done = take_turn(w, schedule, w[table + number], times, starts, limit, MOST_FIRINGS)
                rouse(w, w[table + number] + NEST_SIZE, done & ACCESS_BITS)
                fired = done >> FIRED_SHIFT
                if fired == MOST_FIRINGS:
                    w[runnable + mask] |= 1 << position
                if fired > 0:
                    if turns < room:
                        order[turns] = number << TURN_SHIFT | fired
                    turns += 1
                bits = w[runnable + mask] & (-2 << position)
    w[TURNS] = turns
    alive = 0
    for number in range(w[NESTS]):
        alive += w[w[table + number] + WAITS_FOR] == AT_LIMIT
    return alive


@compiled
def go_through(w: Arena, schedule: ScheduleWords, order: Order, turns: int, times: Arena, starts: Arena) -> bool:
    """Let nests take the turns of ``order``; return whether each could fire as often as it says."""
    table = w[NEST_TABLE]
    for turn in range(turns):
        firings = int(order[turn]) & MOST_FIRINGS
        record = w[table + (int(order[turn]) >> TURN_SHIFT)]
        if take_turn(w, schedule, record, times, starts, NEVER, firings) >> FIRED_SHIFT < firings:
            return False
    return True


@compiled
def take_turn(
    w: Arena, schedule: ScheduleWords, record: int, times: Arena, starts: Arena, limit: int, most: int
) -> int:
    """Let a nest fire as long as it can before ``limit``, ``most`` times at most; return what it did."""
    kind = w[record + KIND]
    if kind == PAIR:
        return run_pair(w, schedule, record, limit, most)
    if kind == STREAMS:
        return run_streams(w, schedule, record, limit, most)
    if kind == COUPLED:
        return run_coupled(w, schedule, record, limit, most)
    if kind == SOURCE:
        return run_source(w, record, starts, limit, most)
    return run_sink(w, record, times, limit, most)


@compiled
def rouse(w: Arena, slot: int, moved: int) -> None:
    """Let nests go on that wait for the accesses ``moved``, whose slots begin at ``slot``."""
    while moved != 0:
        if moved & 1:
            neighbour = w[slot + NEIGHBOUR_RECORD]
            if w[neighbour + WAITS_FOR] == w[slot + TARGET]:
                w[neighbour + WAITS_FOR] = AT_LIMIT
                number = w[slot + NEIGHBOUR]
                w[w[RUNNABLE] + (number >> 6)] |= 1 << (number & 63)
        slot += SLOT_SIZE
        moved >>= 1
