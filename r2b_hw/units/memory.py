"""Memories on AMD 7-series and UltraScale+, as the units' resource models count them.

A RAMB18 is 512 deep at 36 bit (UG473 table 1-1, UG573); an UltraRAM is 4096 deep at 72 bit and has no initial contents
(UG573), so that it serves FIFOs and no constants; a LUT6 is a 64x1 ROM; distributed memory with a port to write and
another to read takes four LUT sites for six columns of 32 words or three of 64 (UG474).
"""

import math

from r2b_hw.graph.cost import Cost
from r2b_hw.graph.stream import Memory, fifo_structure
from r2b_hw.units.estimate import BlockMemory, Parts, address_bits, counter_luts, estimate

LUT_ROM_DEPTH = 64
"""A LUT6 is a 64x1 memory: constants of up to this depth lie in LUTs."""
_DEEP_LUT_ROM = 512
"""Depth to which the multiplexers of a slice (F7, F8, F9 of UltraScale+) join the LUTs of a ROM's bit."""
_FEW_WORDS = 16
"""Above, no two columns of random constants are equal but by rare chance."""
_RAMB18 = ((512, 36), (1024, 18), (2048, 9), (4096, 4), (8192, 2), (16384, 1))
_RAMB36 = ((512, 72), (1024, 36), (2048, 18), (4096, 9), (8192, 4), (16384, 2), (32768, 1))
"""Words and bits of each."""


def block_rams(width: int, depth: int, *, written: bool = False) -> float:
    """Return the RAMB36 (in halves) that synthesis makes of ``depth`` words of ``width`` bits, read once a cycle.

    ``written``: one write a cycle as well.
    """
    return _blocks_and_banks(width, depth, written)[0] / 2


def _blocks_and_banks(width: int, depth: int, written: bool) -> tuple[int, int]:
    """Return how many RAMB18, a RAMB36 being two, and how many banks follow each other in depth.

    Banks lie side by side, as one wider word, and multiplexers choose among them: constants of 24 bits by 1536 words
    fill one RAMB36 as 512 words of 3 x 24 bits. A bank that is written needs write enables of its own, and there is one
    a byte of nine bits. Yosys takes the shape that is cheapest with a RAMB18 at 129, a RAMB36 at 257 and a bit of a
    multiplexer, the write enable's among them, at a half.
    """

    def choice(words: int, bits: int, price: int) -> tuple[int, int, int]:
        banks = math.ceil(depth / words)
        byte = min(bits, 9) if written and banks > 1 else 1
        blocks = math.ceil(math.ceil(width / byte) * byte * banks / bits)
        return 2 * price * blocks + (width + int(written)) * (banks - 1), blocks, banks

    small = min(choice(words, bits, 129) for words, bits in _RAMB18)
    large = min(choice(words, bits, 257) for words, bits in _RAMB36)
    _, blocks, banks = min(small, large)
    return (blocks if small < large else 2 * blocks), banks


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


def block_parts(what: str, width: int, depth: int, *, written: bool = False) -> Parts:
    """Return the block RAMs of a memory, and the multiplexers of its banks: a LUT6 chooses among four."""
    halves, banks = _blocks_and_banks(width, depth, written)
    choice = Parts({"banks": width * math.ceil(banks / 4)}, {"banks": address_bits(banks)}) if banks > 1 else Parts()
    blocks = BlockMemory(what, width, depth, halves / 2)
    return choice + Parts(exact=Cost(bram36=halves / 2), blocks=(blocks,))


def memory_parts(width: int, depth: int, what: str = "buffer") -> Parts:
    """Return the parts of working memory of ``width`` bits by ``depth`` words, one read and one write a cycle."""
    if depth == 1:
        return Parts(ff={"word": width})
    if depth <= LUT_ROM_DEPTH:
        return Parts({"ram": lutram_sites(width, depth)}, {"address": address_bits(depth)})
    return block_parts(what, width, depth, written=True)


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
    if fifo_structure(width, depth, memory) == "srl":
        counters = address + 1 + (depth.bit_length() if latency else 0)
        # Two words are registers and a multiplexer.
        registers = 2 * width if depth == 2 else 0
        lut = {"one": 1, "counter": counters, "ram": width}
        return Parts(lut, {"counter": counters, "word": registers})
    if memory in (Memory.BRAM, Memory.URAM):
        blocks = block_parts("FIFO", width, depth, written=True)
        if memory is Memory.URAM:
            blocks = Parts(exact=Cost(uram=ultra_rams(width, depth)))
        # The word that goes around the memory, and whether it does.
        lut = {"one": 1, "around": width, "counter": counters, "address": address}
        return blocks + Parts(lut, {"word": width + 1, "counter": counters, "address": 2 * address})
    banks = math.ceil(depth / 64)
    lut = {
        "one": 1,
        "counter": counters,
        "address": address,
        "ram": lutram_sites(width, depth),
        "choice": width * (banks - 1),
        "bank": banks - 1,
    }
    return Parts(lut, {"counter": counters, "address": 2 * address})


def fifo_kind(width: int, depth: int, memory: Memory) -> str:
    """Return under which name the coefficients of a FIFO are found."""
    if depth == 1:
        return "fifo_register"
    structure = fifo_structure(width, depth, memory)
    return "fifo_bram" if structure == "uram" else f"fifo_{structure}"


_USUAL_LATENCY = 2


def fifo_cost(width: int, depth: int, memory: Memory, latency: int = _USUAL_LATENCY) -> Cost:
    """Return the cost of a FIFO with its control; ``latency`` is that of the port that feeds it."""
    return estimate(fifo_kind(width, depth, memory), fifo_parts(width, depth, memory, latency))
