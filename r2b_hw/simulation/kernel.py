"""The clock semantics, compiled: when an iteration fires, and what firing does to FIFOs and credits.

Nothing here depends on the order in which nests are stepped within a cycle. A pushed word carries the cycle from
which it can be popped, a freed entry the one from which it can be pushed to; credits discount tokens given in the
same cycle.
"""

from r2b_hw.numeric.compiled import Arena, compiled
from r2b_hw.simulation.layout import (
    ARRIVED,
    AVAILABLE,
    AWAKE,
    BLOCKED,
    CAPTURE,
    CONSUMER,
    END,
    ENTRY_LANES,
    FIRST,
    FLAGS,
    FRAMES,
    FREE,
    GIVEN,
    GIVEN_TIME,
    HEAD,
    HIGH_WATER,
    HORIZON,
    IS_ROOM,
    ITERATION,
    ITERATIONS,
    MASKS,
    NEVER,
    PAIR,
    PAIR_POP,
    PAIR_PUSH,
    PERIOD,
    PHASE,
    POP,
    POPPED,
    PRODUCER,
    PUSH,
    PUSHED,
    RESUME,
    RUNNING,
    SLOT_COUNT,
    SLOT_LATENCY,
    SLOT_RECORD,
    SLOT_SIZE,
    SLOT_TOKENS,
    STALL,
    STALL_SINCE,
    STALLED_BLOCKED,
    STALLED_STARVED,
    STARVED,
    STRIDE,
    TAIL,
    TAKE_CREDIT,
    WAITS_FOR,
    WHEEL,
    WORDS,
)
from r2b_hw.simulation.schedule_words import IDLE_SHIFT, ScheduleWords


@compiled
def rouse(w: Arena, number: int, cycle: int) -> None:
    """Let nest ``number`` look again at ``cycle``, which comes within the wheel's horizon."""
    mask = w[WHEEL] + (cycle & (HORIZON - 1)) * w[MASKS] + (number >> 6)
    w[mask] |= 1 << (number & 63)


@compiled
def stall(w: Arena, nest: int, number: int, now: int, reason: int, record: int, until: int) -> None:
    """Put a nest to sleep until ``until``, counting the cycles since ``now`` as stalled for ``reason``.

    Where ``until`` lies beyond the wheel's horizon the nest looks sooner, and sleeps again.
    """
    w[nest + STALL] = reason
    w[nest + STALL_SINCE] = now
    w[nest + WAITS_FOR] = record
    w[w[AWAKE] + (number >> 6)] &= ~(1 << (number & 63))
    if until < NEVER:
        rouse(w, number, min(until, now + HORIZON - 1))


@compiled
def account_stall(w: Arena, nest: int, now: int) -> None:
    """Add the cycles a nest has slept to its counters."""
    reason = w[nest + STALL]
    if reason == RUNNING:
        return
    if reason == STALLED_STARVED:
        w[nest + STARVED] += now - w[nest + STALL_SINCE]
    elif reason == STALLED_BLOCKED:
        w[nest + BLOCKED] += now - w[nest + STALL_SINCE]
    w[nest + STALL] = RUNNING


@compiled
def can_pop(w: Arena, nest: int, number: int, now: int, fifo: int, word: int) -> bool:
    """Whether the head word can be popped at ``now``; notes where it lies in ``word``, or stalls the nest."""
    entry = w[fifo + HEAD]
    arrival = w[entry]
    if arrival > now:
        stall(w, nest, number, now, STALLED_STARVED, fifo, arrival if arrival < FREE else NEVER)
        return False
    w[word] = entry + ENTRY_LANES
    return True


@compiled
def can_push(w: Arena, nest: int, number: int, now: int, fifo: int, word: int) -> bool:
    """Whether the tail entry is free at ``now``; notes where it lies in ``word``, or stalls the nest."""
    entry = w[fifo + TAIL]
    usable = w[entry] - FREE
    if usable < 0 or usable > now:
        # An entry freed in this very cycle can be used in the next; no later event would wake the nest.
        stall(w, nest, number, now, STALLED_BLOCKED, fifo, NEVER if usable < 0 else usable)
        return False
    w[word] = entry + ENTRY_LANES
    return True


@compiled
def ready(w: Arena, flags: ScheduleWords, nest: int, number: int, now: int) -> int:
    """Return the schedule's word for the nest's next iteration if it can fire at ``now``; else stall it, return -1.

    Fires iff every input it reads holds a word and every output it writes has room, words in flight included.
    """
    account_stall(w, nest, now)
    if now < w[nest + RESUME]:
        stall(w, nest, number, now, RUNNING, 0, w[nest + RESUME])
        return -1
    taken = int(flags[w[nest + FLAGS] + w[nest + PHASE]])
    if w[nest + PAIR]:
        if taken & 1 and not can_pop(w, nest, number, now, w[nest + PAIR_POP + SLOT_RECORD], nest + WORDS):
            return -1
        if taken & 2 and not can_push(w, nest, number, now, w[nest + PAIR_PUSH + SLOT_RECORD], nest + WORDS + 1):
            return -1
        return taken
    count = w[nest + SLOT_COUNT]
    slot = nest + WORDS + count
    tokens = 0
    credit = 0
    for index in range(count):
        if (taken >> index) & 1:
            record = w[slot + SLOT_RECORD]
            action = w[slot]
            if action == POP:
                if not can_pop(w, nest, number, now, record, nest + WORDS + index):
                    return -1
            elif action == PUSH:
                if not can_push(w, nest, number, now, record, nest + WORDS + index):
                    return -1
            elif action == TAKE_CREDIT:
                # Accesses to one credit stand together.
                tokens = w[slot + SLOT_TOKENS] + (tokens if record == credit else 0)
                credit = record
                available = w[record + AVAILABLE]
                if w[record + GIVEN_TIME] == now:
                    available -= w[record + GIVEN]
                if available < tokens:
                    reason = STALLED_BLOCKED if w[record + IS_ROOM] else STALLED_STARVED
                    until = now + 1 if w[record + GIVEN_TIME] == now else NEVER
                    stall(w, nest, number, now, reason, record, until)
                    return -1
        slot += SLOT_SIZE
    return taken


@compiled
def commit(w: Arena, nest: int, now: int, taken: int) -> None:
    """Fire: pop, push, exchange credits, and wake whoever waits for them. The nest itself stays awake.

    ``taken`` is the schedule's word; the iterations without accesses behind this one fire with it.
    """
    idle = taken >> IDLE_SHIFT
    following = w[nest + ITERATION] + 1 + idle
    if following == w[nest + ITERATIONS]:
        following = 0
        w[nest + FRAMES] += 1
    w[nest + ITERATION] = following
    phase = w[nest + PHASE] + 1 + idle
    w[nest + PHASE] = phase if phase < w[nest + PERIOD] else 0
    w[nest + RESUME] = now + 1 + idle
    if w[nest + PAIR]:
        if taken & 1:
            pop(w, w[nest + PAIR_POP + SLOT_RECORD], now)
        if taken & 2:
            push(w, w[nest + PAIR_PUSH + SLOT_RECORD], now + w[nest + PAIR_PUSH + SLOT_LATENCY] + 1)
        return
    count = w[nest + SLOT_COUNT]
    slot = nest + WORDS + count
    for index in range(count):
        if (taken >> index) & 1:
            record = w[slot + SLOT_RECORD]
            action = w[slot]
            if action == POP:
                pop(w, record, now)
            elif action == PUSH:
                push(w, record, now + w[slot + SLOT_LATENCY] + 1)
            elif action == TAKE_CREDIT:
                w[record + AVAILABLE] -= w[slot + SLOT_TOKENS]
            else:
                give_credit(w, record, w[slot + SLOT_TOKENS], now)
        slot += SLOT_SIZE


@compiled
def give_credit(w: Arena, credit: int, tokens: int, now: int) -> None:
    """Add tokens that can be taken from the next cycle on."""
    if w[credit + GIVEN_TIME] != now:
        w[credit + GIVEN_TIME] = now
        w[credit + GIVEN] = 0
    w[credit + GIVEN] += tokens
    w[credit + AVAILABLE] += tokens
    rouse(w, w[credit + CONSUMER], now + 1)


@compiled
def pop(w: Arena, fifo: int, now: int) -> None:
    """Free the head entry. Occupancy only grows between pops, so its high-water mark is seen just before one."""
    if w[fifo + PUSHED] - w[fifo + POPPED] > w[fifo + HIGH_WATER]:
        measure_high_water(w, fifo, now)
    w[fifo + POPPED] += 1
    head = w[fifo + HEAD]
    w[head] = FREE + now + 1
    head += w[fifo + STRIDE]
    w[fifo + HEAD] = head if head < w[fifo + END] else w[fifo + FIRST]
    rouse(w, w[fifo + PRODUCER], now + 1)


@compiled
def push(w: Arena, fifo: int, arrival: int) -> None:
    """Occupy the tail entry, to be popped from ``arrival`` on; the word's lanes have been written already."""
    tail = w[fifo + TAIL]
    w[tail] = arrival
    stride = w[fifo + STRIDE]
    capture = w[fifo + CAPTURE]
    if capture:
        for lane in range(stride):
            w[capture + lane] = w[tail + lane]
        w[fifo + CAPTURE] = capture + stride
    w[fifo + PUSHED] += 1
    tail += stride
    w[fifo + TAIL] = tail if tail < w[fifo + END] else w[fifo + FIRST]
    rouse(w, w[fifo + CONSUMER], arrival)


@compiled
def measure_high_water(w: Arena, fifo: int, now: int) -> None:
    """Raise the high-water mark to the words that can be popped at ``now``."""
    popped = w[fifo + POPPED]
    arrived = max(w[fifo + ARRIVED], popped)
    size = w[fifo + END] - w[fifo + FIRST]
    entry = w[fifo + HEAD] + (arrived - popped) * w[fifo + STRIDE]
    while arrived < w[fifo + PUSHED]:
        if entry >= w[fifo + END]:
            entry -= size
        if w[entry] > now:
            break
        arrived += 1
        entry += w[fifo + STRIDE]
    w[fifo + ARRIVED] = arrived
    if arrived - popped > w[fifo + HIGH_WATER]:
        w[fifo + HIGH_WATER] = arrived - popped
