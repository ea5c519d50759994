"""Costs of memories on AMD 7-series and UltraScale+, shared by the units' resource models.

A RAMB18 is 512 deep at 36 bit (UG473 table 1-1, UG573); an UltraRAM is 4096 deep at 72 bit and has no initial contents
(UG573), so that it serves FIFOs and no constants; a LUT6 is a 64x1 ROM; a RAM64X1D-class dual-port LUTRAM takes a LUT
for 32 x 1.4 bits, measured at 0.67 LUT a bit of width up to 64 words.
"""

import math

from r2b_hw.graph.cost import Cost
from r2b_hw.graph.stream import Memory

_LUT_ROM_DEPTH = 64
_DEEP_LUT_ROM = 512
"""Depth to which the multiplexers of a slice (F7, F8, F9 of UltraScale+) join the LUTs of a ROM's bit."""
_BRAM18_WIDTHS = ((512, 36), (1024, 18), (2048, 9), (4096, 4), (8192, 2), (16384, 1))


def block_rams(width: int, depth: int) -> float:
    """Return the fewest RAMB36 (in halves) for a memory with one read and one write port of ``width`` bits."""
    return min(math.ceil(width / w) * math.ceil(depth / d) for d, w in _BRAM18_WIDTHS) / 2


def ultra_rams(width: int, depth: int) -> int:
    """Return the UltraRAMs for a memory with one read and one write port of ``width`` bits."""
    return math.ceil(width / 72) * math.ceil(depth / 4096)


def lut_rom_cost(width: int, depth: int) -> Cost:
    """Return the cost of constants held in LUTs: 64 bits a LUT, and a LUT for three inputs of a multiplexer beyond.

    An upper bound: synthesis merges equal and constant columns.
    """
    banks = math.ceil(depth / _DEEP_LUT_ROM)
    return Cost(lut=width * (math.ceil(depth / 64) + math.ceil((banks - 1) / 3)), ff=width, memory_bits=width * depth)


def rom_cost(width: int, depth: int, *, in_luts: bool = False) -> Cost:
    """Return the cost of constants of ``width`` bits by ``depth`` words, one read a cycle.

    Up to 64 words they lie in LUTs, beyond in block RAM unless ``in_luts``.
    """
    bits = width * depth
    if depth == 1:
        return Cost(memory_bits=bits)
    if depth <= _LUT_ROM_DEPTH:
        return Cost(lut=width, ff=width, memory_bits=bits)
    if in_luts:
        return lut_rom_cost(width, depth)
    return Cost(bram36=block_rams(width, depth), lut=4, memory_bits=bits)


def ram_cost(width: int, depth: int) -> Cost:
    """Return the cost of working memory of ``width`` bits by ``depth`` words, one read and one write a cycle."""
    if depth == 1:
        return Cost(ff=width)
    if depth <= _LUT_ROM_DEPTH:
        return Cost(lut=math.ceil(0.67 * width) + 8, ff=width)
    return Cost(bram36=block_rams(width, depth), lut=12)


def fifo_cost(width: int, depth: int, memory: Memory) -> Cost:
    """Return the cost of a FIFO with its control, fitted to synthesis counts for widths 32 to 448."""
    match memory:
        case Memory.REGISTER:
            return Cost(lut=2, ff=width + 2) if depth == 1 else Cost(lut=width * (depth - 1) + 8, ff=width * depth + 6)
        case Memory.LUTRAM:
            banks = math.ceil(depth / 64)
            per_bit = 0.67 if depth <= 32 else 1.34 * banks
            return Cost(lut=math.ceil(per_bit * width) + 14, ff=2 * depth.bit_length() + 7)
        case Memory.BRAM:
            return Cost(lut=width + 27, ff=width + 31, bram36=block_rams(width, depth))
        case Memory.URAM:
            return Cost(lut=width + 27, ff=width + 31, uram=ultra_rams(width, depth))
