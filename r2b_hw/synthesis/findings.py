"""What a person should look at: deep logic, latches, memories and multipliers that are not what was planned."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from r2b_hw.graph.stream import Memory, Stream
from r2b_hw.graph.unit import Unit
from r2b_hw.synthesis.usage import ModuleFigures

MOST_LEVELS = 9
"""Levels of logic that a path may have: beyond, 100 MHz gets hard on a 7-series device of the slowest grade."""


class FindingKind(StrEnum):
    """What is unusual."""

    LONG_PATH = "long-path"
    LATCH = "latch"
    MEMORY = "memory"
    DSP = "dsp"


@dataclass(frozen=True)
class Finding:
    """Something unusual about the unit or stream called ``where``."""

    where: str
    kind: FindingKind
    message: str


def unit_findings(unit: Unit, figures: ModuleFigures) -> Iterator[Finding]:
    """Yield what is unusual about a synthesised unit; what is planned for it is what its resource model says."""
    yield from _of_logic(unit.name, figures)
    planned, taken = unit.cost(), figures.usage
    if planned.bram36 != taken.block_rams or planned.uram != taken.uram:
        message = f"planned {_blocks(planned.bram36, planned.uram)}, synthesis made "
        message += _blocks(taken.block_rams, taken.uram)
        yield Finding(unit.name, FindingKind.MEMORY, message)
    if planned.dsp != taken.dsp:
        message = f"planned {planned.dsp:g} DSP, synthesis made {taken.dsp}"
        yield Finding(unit.name, FindingKind.DSP, message)


def stream_findings(stream: Stream, figures: ModuleFigures) -> Iterator[Finding]:
    """Yield what is unusual about a synthesised FIFO."""
    yield from _of_logic(stream.name, figures)
    taken = figures.usage
    found = [
        name
        for name, count in (("bram", taken.block_rams), ("uram", taken.uram), ("lutram", taken.lutram))
        if count > 0
    ]
    registers = stream.depth == 1 or stream.memory is Memory.REGISTER
    # Two words are too few for the shift registers of LUTs, and LUTRAM otherwise.
    registers |= stream.depth == 2 and stream.memory is Memory.LUTRAM and not found
    expected = [] if registers else [stream.memory.value]
    if found != expected:
        made = " and ".join(found) or "registers"
        message = f"planned {stream.memory.value} for {stream.depth} words, synthesis made {made}"
        yield Finding(stream.name, FindingKind.MEMORY, message)


def _of_logic(where: str, figures: ModuleFigures) -> Iterator[Finding]:
    if figures.levels > MOST_LEVELS:
        message = f"a path of {figures.levels} levels of logic, from {figures.start} to {figures.end}"
        yield Finding(where, FindingKind.LONG_PATH, message)
    if figures.usage.latches:
        count = figures.usage.latches
        yield Finding(where, FindingKind.LATCH, f"{count} latch{'es' if count > 1 else ''} inferred")


def _blocks(bram36: float, uram: float) -> str:
    parts = [f"{count:g} {name}" for count, name in ((bram36, "RAMB36"), (uram, "UltraRAM")) if count]
    return " and ".join(parts) or "no block RAM"
