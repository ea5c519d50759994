"""Offsets of every record in the arena of the simulation without data, one flat int64 array.

The arena holds a bit a nest, the table of nest records, the records of nests and credits, and the rings of both kinds.
"""

NEVER = (1 << 62) - 1
"""A cycle that does not come by itself."""

# Header.
NESTS = 0
NEST_TABLE = 1
"""Where the offsets of the nest records stand."""
MASKS = 2
"""Words of bits, 64 nests a word."""
RUNNABLE = 3
"""Where a bit a nest says that it may go on."""
TURNS = 4
"""Turns that nests have taken, each of some firings."""
HEADER_SIZE = 8

# A turn in an order: the firings in the low half, the number of the nest in the high half.
TURN_SHIFT = 16
MOST_FIRINGS = (1 << TURN_SHIFT) - 1

# What a turn returns: the accesses that took place in the low half, the firings in the high half.
FIRED_SHIFT = 16

# Nest record; its slots follow.
KIND = 0
NEXT = 1
FIRST_WORD = 2
END_WORD = 3
"""Where in the schedule the next iteration's word, the period's first word and its end stand."""
RESUME = 4
"""The earliest cycle of the next iteration."""
DONE = 5
"""Iterations fired, those without accesses that follow the last one included."""
STARVED = 6
BLOCKED = 7
WAITS_FOR = 8
"""Number of the stream or credit whose other end must go on first, or one of the two below."""
STARVING = 9
"""Cycles starved, since the next iteration could have fired and before the limit."""
POPS = 10
SLOT_COUNT = 11
ITERATIONS = 12
"""Iterations a frame."""
NEST_SIZE = 16

AT_LIMIT = 0
"""The next iteration fires at the limit or later."""
FINISHED = -1
"""A source without more words."""

PAIR = 0
"""One pop, then one push: most nests."""
STREAMS = 1
"""Pops, then pushes."""
COUPLED = 2
"""Credits too."""
SOURCE = 3
SINK = 4

# A slot is one access of a nest: what it does, the other end's nest, and this end's place in the ring.
ACTION = 0
TARGET = 1
"""Number of the stream or credit."""
NEIGHBOUR = 2
NEIGHBOUR_RECORD = 3
PLACE = 4
HAS_POPPED = 5
"""Of a pop: whether there was one."""
LATENCY = 5
"""Of a push: cycles from firing until its word can be popped."""
WATCHED = 6
MARK = 7
"""Of a push: most words that were there at once when one was popped, and the entry so many behind the one at PLACE."""
UNDER_WAY = 8
"""Of a push: LATENCY where the mark counts words that are under way, else 0."""
CREDIT = 4
TOKENS = 5
"""Of a credit: its record, and the tokens that move."""
SLOT_SIZE = 9

POP = 0
PUSH = 1
TAKE_CREDIT = 2
GIVE_CREDIT = 3

# A FIFO's ring has an entry a word of depth: the cycle from which its word can be popped, the cycle from which it can
# be pushed to, NEVER while it is occupied, and the next entry. ARRIVAL stays until the next word comes.
ARRIVAL = 0
USABLE = 1
LINK = 2
ENTRY_SIZE = 3

# Credit record.
TAKEN = 0
GIVEN = 1
IS_ROOM = 2
OLDEST = 3
NEWEST = 4
CREDIT_SIZE = 5

# A credit's ring has an entry a gift: tokens given so far, the cycle from which they can be taken, and the next entry.
SUM = 0
SINCE = 1
GIFT_SIZE = 3

# Behind the slot of the source and of the sink: words to move, words a frame, the stall mask.
HOST_WORDS = NEST_SIZE + SLOT_SIZE
HOST_FRAME_WORDS = HOST_WORDS + 1
HOST_PACE = HOST_WORDS + 2
HOST_MASK = HOST_WORDS + 3
HOST_MASK_PERIOD = HOST_WORDS + 4
HOST_FIRST = HOST_WORDS + 5
"""The earliest cycle of the source's first frame."""
HOST_SIZE = HOST_WORDS + 6
