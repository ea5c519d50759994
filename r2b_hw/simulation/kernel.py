"""The clock semantics, compiled: when an iteration fires, and what firing does to FIFOs and credits.

Nothing here depends on the order in which nests are stepped within a cycle. A pushed word carries the cycle from
which it can be popped; a full FIFO discounts a pop of the same cycle; credits discount tokens given in the same cycle.
"""

import numpy as np
import numpy.typing as npt

from r2b_hw.numeric.compiled import Arena, compiled
from r2b_hw.simulation.layout import (
    ARRIVED,
    AVAILABLE,
    BLOCKED,
    CAPTURE,
    CONSUMER,
    DATA,
    DEPTH,
    FIRED,
    FLAGS,
    GIVEN,
    GIVEN_TIME,
    HEAD,
    HIGH_WATER,
    IS_ROOM,
    ITERATION,
    ITERATIONS,
    LANES,
    NEVER,
    POP,
    POP_TIME,
    POPPED,
    PRODUCER,
    PUSH,
    PUSHED,
    READY_TIMES,
    RUNNING,
    SLOT_COUNT,
    SLOT_LATENCY,
    SLOT_RECORD,
    SLOT_SIZE,
    SLOT_TOKENS,
    SLOTS,
    STALL,
    STALL_SINCE,
    STALLED_BLOCKED,
    STALLED_STARVED,
    STARVED,
    TAIL,
    TAKE_CREDIT,
    WAITS_FOR,
    WAKE_TIMES,
    WORDS,
)

FlagWords = npt.NDArray[np.uint16]


@compiled
def stall(w: Arena, nest: int, wake: int, now: int, reason: int, record: int, until: int) -> None:
    """Put a nest to sleep until ``until``, counting the cycles since ``now`` as stalled for ``reason``."""
    w[nest + STALL] = reason
    w[nest + STALL_SINCE] = now
    w[nest + WAITS_FOR] = record
    w[wake] = until


@compiled
def account_stall(w: Arena, nest: int, now: int) -> None:
    """Add the cycles a nest has slept to its counters."""
    reason = w[nest + STALL]
    if reason == STALLED_STARVED:
        w[nest + STARVED] += now - w[nest + STALL_SINCE]
    elif reason == STALLED_BLOCKED:
        w[nest + BLOCKED] += now - w[nest + STALL_SINCE]
    w[nest + STALL] = RUNNING


@compiled
def ready(w: Arena, flags: FlagWords, nest: int, wake: int, now: int) -> int:
    """Return the accesses of the nest's next iteration (a bit each) if it can fire at ``now``; else stall it,
    return -1.

    Fires iff every input it reads holds a word and every output it writes has room, words in flight included.
    """
    account_stall(w, nest, now)
    taken = int(flags[w[nest + FLAGS] + w[nest + ITERATION]])
    slot = nest + SLOTS
    tokens = 0
    for index in range(w[nest + SLOT_COUNT]):
        if (taken >> index) & 1:
            record = w[slot + SLOT_RECORD]
            action = w[slot]
            if action == POP:
                if w[record + PUSHED] == w[record + POPPED]:
                    stall(w, nest, wake, now, STALLED_STARVED, record, NEVER)
                    return -1
                arrival = w[w[record + READY_TIMES] + w[record + HEAD]]
                if arrival > now:
                    stall(w, nest, wake, now, STALLED_STARVED, record, arrival)
                    return -1
                w[nest + WORDS + index] = w[record + DATA] + w[record + HEAD] * w[record + LANES]
            elif action == PUSH:
                held = w[record + PUSHED] - w[record + POPPED]
                if w[record + POP_TIME] == now:
                    held += 1
                if held >= w[record + DEPTH]:
                    # A slot freed in this very cycle can be used in the next; no later event would wake the nest.
                    until = now + 1 if w[record + POP_TIME] == now else NEVER
                    stall(w, nest, wake, now, STALLED_BLOCKED, record, until)
                    return -1
                w[nest + WORDS + index] = w[record + DATA] + w[record + TAIL] * w[record + LANES]
            elif action == TAKE_CREDIT:
                tokens += w[slot + SLOT_TOKENS]
                available = w[record + AVAILABLE]
                if w[record + GIVEN_TIME] == now:
                    available -= w[record + GIVEN]
                if available < tokens:
                    reason = STALLED_BLOCKED if w[record + IS_ROOM] else STALLED_STARVED
                    until = now + 1 if w[record + GIVEN_TIME] == now else NEVER
                    stall(w, nest, wake, now, reason, record, until)
                    return -1
        slot += SLOT_SIZE
    return taken


@compiled
def commit(w: Arena, nest: int, wake: int, now: int, taken: int) -> None:
    """Fire: pop, push, exchange credits, and wake whoever waits for them."""
    wake_times = w[WAKE_TIMES]
    slot = nest + SLOTS
    for index in range(w[nest + SLOT_COUNT]):
        if (taken >> index) & 1:
            record = w[slot + SLOT_RECORD]
            action = w[slot]
            if action == POP:
                pop(w, record, now)
                partner = wake_times + w[record + PRODUCER]
                arrival = now + 1
            elif action == PUSH:
                arrival = now + w[slot + SLOT_LATENCY] + 1
                push(w, record, arrival)
                partner = wake_times + w[record + CONSUMER]
            elif action == TAKE_CREDIT:
                w[record + AVAILABLE] -= w[slot + SLOT_TOKENS]
                slot += SLOT_SIZE
                continue
            else:
                if w[record + GIVEN_TIME] != now:
                    w[record + GIVEN_TIME] = now
                    w[record + GIVEN] = 0
                w[record + GIVEN] += w[slot + SLOT_TOKENS]
                w[record + AVAILABLE] += w[slot + SLOT_TOKENS]
                partner = wake_times + w[record + CONSUMER]
                arrival = now + 1
            if w[partner] > arrival:
                w[partner] = arrival
        slot += SLOT_SIZE
    w[nest + FIRED] += 1
    following = w[nest + ITERATION] + 1
    w[nest + ITERATION] = following if following < w[nest + ITERATIONS] else 0
    w[wake] = now + 1


@compiled
def pop(w: Arena, fifo: int, now: int) -> None:
    """Take the head word. Occupancy only grows between pops, so its high-water mark is seen just before one."""
    measure_high_water(w, fifo, now)
    w[fifo + POPPED] += 1
    w[fifo + POP_TIME] = now
    head = w[fifo + HEAD] + 1
    w[fifo + HEAD] = head if head < w[fifo + DEPTH] else 0


@compiled
def push(w: Arena, fifo: int, arrival: int) -> None:
    """Reserve the tail word, to be popped from ``arrival`` on; the word's lanes have been written already."""
    tail = w[fifo + TAIL]
    w[w[fifo + READY_TIMES] + tail] = arrival
    lanes = w[fifo + LANES]
    capture = w[fifo + CAPTURE]
    if capture:
        source = w[fifo + DATA] + tail * lanes
        for lane in range(lanes):
            w[capture + lane] = w[source + lane]
        w[fifo + CAPTURE] = capture + lanes
    w[fifo + PUSHED] += 1
    tail += 1
    w[fifo + TAIL] = tail if tail < w[fifo + DEPTH] else 0


@compiled
def measure_high_water(w: Arena, fifo: int, now: int) -> None:
    """Raise the high-water mark to the words that can be popped at ``now``."""
    arrived = w[fifo + ARRIVED]
    popped = w[fifo + POPPED]
    depth = w[fifo + DEPTH]
    position = w[fifo + HEAD] + arrived - popped
    if position >= depth:
        position -= depth
    while arrived < w[fifo + PUSHED] and w[w[fifo + READY_TIMES] + position] <= now:
        arrived += 1
        position += 1
        if position == depth:
            position = 0
    w[fifo + ARRIVED] = arrived
    if arrived - popped > w[fifo + HIGH_WATER]:
        w[fifo + HIGH_WATER] = arrived - popped
