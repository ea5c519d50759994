"""Nests that pop words and push words, compiled: most there are."""

from r2b_hw.numeric.compiled import Arena, compiled
from r2b_hw.simulation.schedule_words import ACCESS_BITS, IDLE_SHIFT, ScheduleWords
from r2b_hw.simulation.timing.layout import (
    ARRIVAL,
    AT_LIMIT,
    BLOCKED,
    DONE,
    END_WORD,
    FIRED_SHIFT,
    FIRST_WORD,
    HAS_POPPED,
    LATENCY,
    LINK,
    MARK,
    NEST_SIZE,
    NEVER,
    NEXT,
    PLACE,
    POPS,
    RESUME,
    SLOT_COUNT,
    SLOT_SIZE,
    STARVED,
    STARVING,
    TARGET,
    UNDER_WAY,
    USABLE,
    WAITS_FOR,
    WATCHED,
)


@compiled
def run_pair(w: Arena, schedule: ScheduleWords, nest: int, limit: int, most: int) -> int:
    """Do what ``run_streams`` does for a nest of one pop and one push, all in registers."""
    popping = nest + NEST_SIZE
    pushing = popping + SLOT_SIZE
    head = w[popping + PLACE]
    tail = w[pushing + PLACE]
    latency = w[pushing + LATENCY]
    under_way = w[pushing + UNDER_WAY]
    watched = w[pushing + WATCHED]
    at = w[nest + NEXT]
    end = w[nest + END_WORD]
    resume = w[nest + RESUME]
    done = 0
    starved = 0
    blocked = 0
    moved = 0
    filled = 0
    waits_for = AT_LIMIT
    count = 0
    while count < most:
        word = int(schedule[at])
        cycle = resume
        if word & 1:
            if w[head + USABLE] != NEVER:
                waits_for = w[popping + TARGET]
                filled = limit
                break
            cycle = max(cycle, w[head + ARRIVAL])
        filled = cycle
        if word & 2:
            usable = w[tail + USABLE]
            if usable == NEVER:
                waits_for = w[pushing + TARGET]
                break
            cycle = max(cycle, usable)
            if cycle >= limit:
                break
            w[tail + ARRIVAL] = cycle + latency
            w[tail + USABLE] = NEVER
            while w[watched + ARRIVAL] < usable + under_way:
                watched = w[watched + LINK]
                w[pushing + MARK] += 1
            watched = w[watched + LINK]
            tail = w[tail + LINK]
        elif cycle >= limit:
            break
        if word & 1:
            w[head + USABLE] = cycle + 1
            head = w[head + LINK]
        starved += filled - resume
        blocked += cycle - filled
        moved |= word
        count += 1
        fired = (word >> IDLE_SHIFT) + 1
        resume = cycle + fired
        done += fired
        at += fired
        if at >= end:
            at = w[nest + FIRST_WORD]
    w[nest + WAITS_FOR] = waits_for
    w[nest + STARVING] = max(0, min(filled, limit) - resume)
    if done:
        w[nest + NEXT] = at
        w[nest + RESUME] = resume
        w[nest + DONE] += done
        w[nest + STARVED] += starved
        w[nest + BLOCKED] += blocked
        if moved & 1:
            w[popping + PLACE] = head
            w[popping + HAS_POPPED] = 1
        if moved & 2:
            w[pushing + PLACE] = tail
            w[pushing + WATCHED] = watched
    return count << FIRED_SHIFT | (moved & ACCESS_BITS)


@compiled
def run_streams(w: Arena, schedule: ScheduleWords, nest: int, limit: int, most: int) -> int:
    """Fire a nest of pops, then pushes, as long as it can, ``most`` times at most; return what it did."""
    pops = w[nest + POPS]
    slots = nest + NEST_SIZE
    pushing = slots + pops * SLOT_SIZE
    stop = slots + w[nest + SLOT_COUNT] * SLOT_SIZE
    at = w[nest + NEXT]
    end = w[nest + END_WORD]
    resume = w[nest + RESUME]
    done = 0
    starved = 0
    blocked = 0
    moved = 0
    filled = 0
    waits_for = AT_LIMIT
    count = 0
    while count < most:
        word = int(schedule[at])
        cycle = resume
        accesses = word
        for slot in range(slots, pushing, SLOT_SIZE):
            if accesses & 1:
                place = w[slot + PLACE]
                if w[place + USABLE] != NEVER:
                    waits_for = w[slot + TARGET]
                    cycle = limit
                    break
                cycle = max(cycle, w[place + ARRIVAL])
            accesses >>= 1
        filled = cycle
        if cycle >= limit:
            break
        rest = accesses
        for slot in range(pushing, stop, SLOT_SIZE):
            if accesses & 1:
                usable = w[w[slot + PLACE] + USABLE]
                if usable == NEVER:
                    waits_for = w[slot + TARGET]
                    cycle = limit
                    break
                cycle = max(cycle, usable)
            accesses >>= 1
        if cycle >= limit:
            break
        for slot in range(pushing, stop, SLOT_SIZE):
            if rest & 1:
                push(w, slot, cycle)
            rest >>= 1
        accesses = word
        for slot in range(slots, pushing, SLOT_SIZE):
            if accesses & 1:
                pop(w, slot, cycle)
            accesses >>= 1
        starved += filled - resume
        blocked += cycle - filled
        moved |= word
        count += 1
        fired = (word >> IDLE_SHIFT) + 1
        resume = cycle + fired
        done += fired
        at += fired
        if at >= end:
            at = w[nest + FIRST_WORD]
    w[nest + WAITS_FOR] = waits_for
    w[nest + STARVING] = max(0, min(filled, limit) - resume)
    if done:
        w[nest + NEXT] = at
        w[nest + RESUME] = resume
        w[nest + DONE] += done
        w[nest + STARVED] += starved
        w[nest + BLOCKED] += blocked
    return count << FIRED_SHIFT | (moved & ACCESS_BITS)


@compiled
def pop(w: Arena, slot: int, cycle: int) -> None:
    """Free the head entry."""
    place = w[slot + PLACE]
    w[place + USABLE] = cycle + 1
    w[slot + PLACE] = w[place + LINK]
    w[slot + HAS_POPPED] = 1


@compiled
def push(w: Arena, slot: int, cycle: int) -> None:
    """Occupy the tail entry, and raise the mark to what was there when the word before it in this entry was popped.

    Everything that was there then is known by now. The new word itself came later, so it ends the search.
    """
    place = w[slot + PLACE]
    usable = w[place + USABLE] + w[slot + UNDER_WAY]
    w[place + ARRIVAL] = cycle + w[slot + LATENCY]
    w[place + USABLE] = NEVER
    w[slot + PLACE] = w[place + LINK]
    watched = w[slot + WATCHED]
    while w[watched + ARRIVAL] < usable:
        watched = w[watched + LINK]
        w[slot + MARK] += 1
    w[slot + WATCHED] = w[watched + LINK]
