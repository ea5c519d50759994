"""A FIFO between two ports."""

from dataclasses import dataclass
from enum import StrEnum


class Memory(StrEnum):
    """What a FIFO is built of. The kind never changes its timing."""

    REGISTER = "register"
    LUTRAM = "lutram"
    BRAM = "bram"
    URAM = "uram"
    """UltraRAM has no initial contents: it serves FIFOs and no constants."""


@dataclass(frozen=True)
class Endpoint:
    """A port of a unit."""

    unit: str
    port: str


@dataclass(frozen=True)
class Stream:
    """A FIFO of ``depth`` words.

    ``producer`` is None for the accelerator's input, ``consumer`` for its output. ``tensor`` is the module path of the
    layer whose output this stream equals, or None where no layer of the model has it.
    """

    name: str
    producer: Endpoint | None
    consumer: Endpoint | None
    depth: int = 2
    memory: Memory = Memory.LUTRAM
    tensor: str | None = None


def fifo_structure(width: int, depth: int, memory: Memory) -> str:
    """Return what a FIFO of words of ``width`` bits is in SystemVerilog: its memory, or "srl".

    Shift registers of LUTs are LUTRAM as well: a LUT for each bit of up to 32 words (UG474), where LUTRAM has six bits
    in four LUTs. But they need no pointers, and take less where words are narrow. Longer ones are two in a row, and
    Yosys 0.70 leaves out the wire between them.
    """
    narrow = width <= (16 if depth > 2 else 8)
    return "srl" if memory is Memory.LUTRAM and 2 <= depth <= 32 and narrow else memory.value
