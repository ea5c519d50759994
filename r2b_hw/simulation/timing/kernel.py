"""The clock semantics as recurrences over words, compiled: an iteration fires at the latest of a few known cycles.

Those are the cycle after the iteration before it, the arrival of every word it pops, the cycle from which the entry of
every word it pushes can be used, and the cycle from which the credits it takes are there. Each is known once the nest
at the other end has got there, so nests are worked through in any order, each as far as its neighbours allow, and no
cycle is looked at in which nothing fires. Nothing fires at ``limit`` or later: what the arena holds then is the state
of the whole accelerator at that cycle.
"""

from r2b_hw.numeric.compiled import Arena, compiled, lowest_one
from r2b_hw.simulation.schedule_words import ScheduleWords
from r2b_hw.simulation.timing.credits import run_coupled
from r2b_hw.simulation.timing.hosts import run_sink, run_source
from r2b_hw.simulation.timing.layout import (
    AT_LIMIT,
    COUPLED,
    KIND,
    MASKS,
    NEST_TABLE,
    NESTS,
    PAIR,
    RUNNABLE,
    SOURCE,
    STREAMS,
    WAITS_FOR,
)
from r2b_hw.simulation.timing.streams import run_pair, run_streams


@compiled
def advance(w: Arena, schedule: ScheduleWords, times: Arena, starts: Arena, limit: int) -> int:
    """Let every nest fire whatever it fires before ``limit``; return how many will fire at ``limit`` or later.

    ``times`` takes the cycle of every word that the sink pops, ``starts`` that of every frame's first word.
    """
    masks = w[MASKS]
    runnable = w[RUNNABLE]
    table = w[NEST_TABLE]
    for number in range(w[NESTS]):
        w[runnable + (number >> 6)] |= 1 << (number & 63)
    busy = True
    while busy:
        busy = False
        # From the input to the output, again and again: a FIFO is filled before it is emptied.
        for mask in range(masks):
            bits = w[runnable + mask]
            while bits != 0:
                busy = True
                position = lowest_one(bits)
                w[runnable + mask] &= ~(1 << position)
                record = w[table + (mask << 6) + position]
                kind = w[record + KIND]
                if kind == PAIR:
                    run_pair(w, schedule, record, limit)
                elif kind == STREAMS:
                    run_streams(w, schedule, record, limit)
                elif kind == COUPLED:
                    run_coupled(w, schedule, record, limit)
                elif kind == SOURCE:
                    run_source(w, record, starts, limit)
                else:
                    run_sink(w, record, times, limit)
                bits = w[runnable + mask] & (-2 << position)
    alive = 0
    for number in range(w[NESTS]):
        alive += w[w[table + number] + WAITS_FOR] == AT_LIMIT
    return alive
