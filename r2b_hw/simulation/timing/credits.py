"""Nests that are coupled by credits, compiled: accesses of all kinds in any order."""

from r2b_hw.numeric.compiled import Arena, compiled, lowest_one
from r2b_hw.simulation.schedule_words import ACCESS_BITS, IDLE_SHIFT, ScheduleWords
from r2b_hw.simulation.timing.layout import (
    ACTION,
    ARRIVAL,
    AT_LIMIT,
    BLOCKED,
    CREDIT,
    DONE,
    END_WORD,
    FIRED_SHIFT,
    FIRST_WORD,
    GIVEN,
    IS_ROOM,
    LINK,
    NEST_SIZE,
    NEVER,
    NEWEST,
    NEXT,
    OLDEST,
    PLACE,
    POP,
    PUSH,
    RESUME,
    SINCE,
    SLOT_SIZE,
    STARVED,
    STARVING,
    SUM,
    TAKE_CREDIT,
    TAKEN,
    TARGET,
    TOKENS,
    USABLE,
    WAITS_FOR,
)
from r2b_hw.simulation.timing.streams import pop, push


@compiled
def run_coupled(w: Arena, schedule: ScheduleWords, nest: int, limit: int, most: int) -> int:
    """Fire a nest of any accesses as long as it can, ``most`` times at most; return what it did."""
    moved = 0
    at = w[nest + NEXT]
    end = w[nest + END_WORD]
    count = 0
    while count < most:
        word = int(schedule[at])
        cycle = ready_cycle(w, nest, word & ACCESS_BITS, limit)
        if cycle >= limit:
            break
        w[nest + STARVED] += w[nest + STARVING]
        w[nest + BLOCKED] += cycle - w[nest + RESUME] - w[nest + STARVING]
        accesses = word & ACCESS_BITS
        moved |= accesses
        count += 1
        while accesses != 0:
            commit(w, nest + NEST_SIZE + lowest_one(accesses) * SLOT_SIZE, cycle)
            accesses &= accesses - 1
        fired = (word >> IDLE_SHIFT) + 1
        w[nest + RESUME] = cycle + fired
        w[nest + DONE] += fired
        at += fired
        if at >= end:
            at = w[nest + FIRST_WORD]
        w[nest + NEXT] = at
    return count << FIRED_SHIFT | moved


@compiled
def ready_cycle(w: Arena, nest: int, accesses: int, limit: int) -> int:
    """Return the cycle of the next iteration, or one from ``limit`` on; note what is waited for, and how long.

    Accesses are looked at in their order: a cycle counts for the first of them that cannot take place in it.
    """
    cycle = w[nest + RESUME]
    starving = 0
    tokens = 0
    credit = 0
    w[nest + WAITS_FOR] = AT_LIMIT
    while accesses != 0 and cycle < limit:
        slot = nest + NEST_SIZE + lowest_one(accesses) * SLOT_SIZE
        accesses &= accesses - 1
        action = w[slot + ACTION]
        known = 0
        lacking = True
        if action == POP:
            place = w[slot + PLACE]
            known = w[place + ARRIVAL] if w[place + USABLE] == NEVER else NEVER
        elif action == PUSH:
            known = w[w[slot + PLACE] + USABLE]
            lacking = False
        elif action == TAKE_CREDIT:
            # Accesses to one credit stand together.
            tokens = w[slot + TOKENS] + (tokens if w[slot + CREDIT] == credit else 0)
            credit = w[slot + CREDIT]
            known = enough_given(w, credit, w[credit + TAKEN] + tokens)
            lacking = w[credit + IS_ROOM] == 0
        elif gifts_are_full(w, w[slot + CREDIT]):
            known = NEVER
        if known == NEVER:
            w[nest + WAITS_FOR] = w[slot + TARGET]
        known = min(known, limit)
        if known > cycle:
            starving += known - cycle if lacking else 0
            cycle = known
    w[nest + STARVING] = starving
    return cycle


@compiled
def commit(w: Arena, slot: int, cycle: int) -> None:
    """Do what an access does in an iteration that fires at ``cycle``."""
    action = w[slot + ACTION]
    if action == POP:
        pop(w, slot, cycle)
    elif action == PUSH:
        push(w, slot, cycle)
    elif action == TAKE_CREDIT:
        w[w[slot + CREDIT] + TAKEN] += w[slot + TOKENS]
    else:
        credit = w[slot + CREDIT]
        gift = w[credit + NEWEST]
        w[credit + GIVEN] += w[slot + TOKENS]
        w[gift + SUM] = w[credit + GIVEN]
        w[gift + SINCE] = cycle + 1
        w[credit + NEWEST] = w[gift + LINK]


@compiled
def gifts_are_full(w: Arena, credit: int) -> bool:
    """Whether the taker must go on first; there is room for more gifts than tokens, so it need not fire for that."""
    return w[w[credit + NEWEST] + LINK] == w[credit + OLDEST]


@compiled
def enough_given(w: Arena, credit: int, needed: int) -> int:
    """Return the cycle from which ``needed`` tokens have been there, counted from reset; NEVER if it is not known."""
    if w[credit + GIVEN] < needed:
        return NEVER
    gift = w[credit + OLDEST]
    while w[gift + SUM] < needed:
        gift = w[gift + LINK]
    w[credit + OLDEST] = gift
    return w[gift + SINCE]
