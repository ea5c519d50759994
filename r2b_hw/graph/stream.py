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
