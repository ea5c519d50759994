"""Offsets of every record in the simulator's arena, one flat int64 array.

The arena starts with a header; behind it stand the nests' wake bits and records, FIFO and credit records, and then the
variable parts: unit states, FIFO words, input frames, captured words.
"""

NEVER = (1 << 62) - 1
"""A cycle that does not come by itself."""
HORIZON = 64
"""Cycles the wake wheel covers, a power of two; no latency may reach it."""

# Header.
NOW = 0
CYCLE_LIMIT = 1
NESTS = 2
AWAKE = 3
"""Where a bit a nest says that it looks at its next iteration in every cycle."""
NEST_TABLE = 4
"""Where the offsets of the nest records stand."""
SINK_TARGET = 5
SINK_COUNT = 6
WHEEL = 7
"""Where, for each of the next HORIZON cycles, a bit a nest says that it wakes then."""
MASKS = 8
"""Words of bits, 64 nests a word."""
DUE = 9
"""Where the driver lists the nests that are awake in a cycle, in their order."""
KIND_ENDS = 10
"""One word a step function, in the driver's order: the nest after its last."""

# Nest record.
ITERATION = 0
ITERATIONS = 1
FLAGS = 2
STATE = 3
SLOT_COUNT = 4
STALL = 5
STALL_SINCE = 6
STARVED = 7
BLOCKED = 8
FRAMES = 9
WAITS_FOR = 10
PAIR = 11
"""1 where the nest has one pop and one push and nothing else, which most have: its firing takes a shorter way."""
PHASE = 12
PERIOD = 13
"""Where in the schedule's period the next iteration is, and the iterations of a period."""
RESUME = 14
"""The cycle of the next iteration that has an access; those before it run whatever happens, and count as done."""
WORDS = 15
"""One word an access: where its stream word lies in this iteration. The slots follow."""

# A slot is one access of a nest: what it does, the FIFO or credit record, tokens, latency.
SLOT_SIZE = 4
SLOT_RECORD = 1
SLOT_TOKENS = 2
SLOT_LATENCY = 3

PAIR_POP = WORDS + 2
PAIR_PUSH = PAIR_POP + SLOT_SIZE
"""The two slots of a pair."""

POP = 0
PUSH = 1
TAKE_CREDIT = 2
GIVE_CREDIT = 3

# Why a nest stalls.
RUNNING = 0
STALLED_STARVED = 1
STALLED_BLOCKED = 2

# FIFO record; what every firing needs stands first, in one cache line. HEAD, TAIL, FIRST and END
# are offsets of entries, PRODUCER and CONSUMER the numbers of nests.
HEAD = 0
TAIL = 1
FIRST = 2
END = 3
STRIDE = 4
PRODUCER = 5
CONSUMER = 6
PUSHED = 7
POPPED = 8
HIGH_WATER = 9
ARRIVED = 10
CAPTURE = 11
FIFO_SIZE = 12

# A FIFO entry is one word of time, then the lanes. An occupied entry holds the cycle from which its
# word can be popped; a free one holds FREE plus the cycle from which it can be pushed to.
ENTRY_LANES = 1
FREE = 1 << 61

# Credit record; producer and consumer at the same offsets as a FIFO's.
AVAILABLE = 0
GIVEN_TIME = 1
GIVEN = 2
IS_ROOM = 3
CREDIT_SIZE = 7

# State of the source and of the sink.
HOST_WORDS = 0
HOST_DONE = 1
HOST_LANES = 2
HOST_DATA = 3
HOST_TIMES = 4
HOST_MASK = 5
HOST_MASK_PERIOD = 6
HOST_PACE = 7
HOST_FRAME_WORDS = 8
HOST_OFFERING = 9
HOST_SIZE = 10
