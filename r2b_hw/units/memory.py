"""Memories on AMD 7-series and UltraScale+, as the units' resource models count them.

A RAMB18 is 512 deep at 36 bit (UG473 table 1-1, UG573); an UltraRAM is 4096 deep at 72 bit and has no initial contents
(UG573), so that it serves FIFOs and no constants; a LUT6 is a 64x1 ROM; distributed memory with a port to write and
another to read takes four LUT sites for six columns of 32 words or three of 64 (UG474).
"""

import math

from r2b_hw.graph.cost import Cost
from r2b_hw.graph.stream import Memory
from r2b_hw.units.estimate import BlockMemory, Parts, address_bits, counter_luts, estimate

LUT_ROM_DEPTH = 64
"""A LUT6 is a 64x1 memory: constants of up to this depth lie in LUTs."""
_DEEP_LUT_ROM = 512
"""Depth to which the multiplexers of a slice (F7, F8, F9 of UltraScale+) join the LUTs of a ROM's bit."""
_FEW_WORDS = 16
"""Above, no two columns of random constants are equal but by rare chance."""
_BRAM18_WIDTHS = ((512, 36), (1024, 18), (2048, 9), (4096, 4), (8192, 2), (16384, 1))


def block_rams(width: int, depth: int) -> float:
    """Return the fewest RAMB36 (in halves) for a memory with one read and one write port of ``width`` bits."""
    return min(math.ceil(width / w) * math.ceil(depth / d) for d, w in _BRAM18_WIDTHS) / 2


def ultra_rams(width: int, depth: int) -> int:
    """Return the UltraRAMs for a memory with one read and one write port of ``width`` bits."""
    return math.ceil(width / 72) * math.ceil(depth / 4096)


def distinct_columns(width: int, depth: int) -> float:
    """Return how many of ``width`` columns of ``depth`` random bits differ: synthesis merges equal ones."""
    if depth > _FEW_WORDS:
        return width
    columns = 1 << depth
    return columns * (1 - (1 - 1 / columns) ** width)


def constant_parts(
    width: int, depth: int, *, in_luts: bool = False, name: str = "rom", what: str = "constants"
) -> Parts:
    """Return the parts of constants of ``width`` bits by ``depth`` words, read in turn.

    ``name`` is that of the registers behind them, which may be a DSP's own; ``what`` they are.
    """
    bits = Cost(memory_bits=width * depth)
    if depth == 1:
        return Parts(exact=bits)
    address = address_bits(depth)
    if depth <= LUT_ROM_DEPTH or in_luts:
        columns = distinct_columns(width, depth)
        lut = {"rom": columns * rom_luts(depth), **counter_luts("address", depth)}
        return Parts(lut, {name: columns, "address": address}, bits)
    blocks = block_parts(what, width, depth)
    return Parts(counter_luts("address", depth), {"address": address}, bits) + blocks


def rom_luts(depth: int) -> float:
    """Return the LUTs of a column: a LUT is a 64x1 ROM, and the multiplexers of a slice join up to eight."""
    banks = math.ceil(depth / 64)
    return banks + math.ceil((math.ceil(depth / _DEEP_LUT_ROM) - 1) / 3)


def block_parts(what: str, width: int, depth: int) -> Parts:
    """Return the block RAMs of a memory of ``width`` bits by ``depth`` words."""
    blocks = block_rams(width, depth)
    return Parts(exact=Cost(bram36=blocks), blocks=(BlockMemory(what, width, depth, blocks),))


def memory_parts(width: int, depth: int, what: str = "buffer") -> Parts:
    """Return the parts of working memory of ``width`` bits by ``depth`` words, one read and one write a cycle."""
    if depth == 1:
        return Parts(ff={"word": width})
    if depth <= LUT_ROM_DEPTH:
        return Parts({"ram": lutram_sites(width, depth)}, {"address": address_bits(depth)})
    return block_parts(what, width, depth)


def lutram_sites(width: int, depth: int) -> int:
    """Return the LUT sites of distributed memory: RAM64M holds three columns in four sites, RAM32M six (UG474)."""
    full, rest = divmod(depth, 64)
    sites = full * 4 * math.ceil(width / 3)
    return sites + (4 * math.ceil(width / (6 if rest <= 32 else 3)) if rest else 0)


def fifo_parts(width: int, depth: int, memory: Memory, latency: int) -> Parts:
    """Return the parts of a FIFO; the producer's words arrive ``latency`` cycles after their places are reserved."""
    counters = depth.bit_length() * (2 if latency else 1)
    if depth == 1:
        return Parts({"one": 1, "counter": counters}, {"word": width, "counter": counters})
    address = address_bits(depth)
    if memory in (Memory.BRAM, Memory.URAM):
        blocks = Cost(bram36=block_rams(width, depth))
        if memory is Memory.URAM:
            blocks = Cost(uram=ultra_rams(width, depth))
        # The word that goes around the memory, and whether it does.
        lut = {"one": 1, "around": width, "counter": counters, "address": address}
        return Parts(lut, {"word": width + 1, "counter": counters, "address": 2 * address}, blocks)
    banks = math.ceil(depth / 64)
    lut = {
        "one": 1,
        "counter": counters,
        "address": address,
        "ram": lutram_sites(width, depth),
        "choice": width * (banks - 1),
        "bank": banks - 1,
    }
    # Synthesis keeps the read address twice: for the counter and for the memory.
    return Parts(lut, {"counter": counters, "address": 3 * address})


def fifo_kind(depth: int, memory: Memory) -> str:
    """Return under which name the coefficients of a FIFO are found."""
    if depth == 1:
        return "fifo_register"
    return "fifo_bram" if memory in (Memory.BRAM, Memory.URAM) else "fifo_lutram"


_USUAL_LATENCY = 2


def fifo_cost(width: int, depth: int, memory: Memory, latency: int = _USUAL_LATENCY) -> Cost:
    """Return the cost of a FIFO with its control; ``latency`` is that of the port that feeds it."""
    return estimate(fifo_kind(depth, memory), fifo_parts(width, depth, memory, latency))
