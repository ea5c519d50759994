"""Counts of primitives, as the device's data sheet names them."""

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Usage:
    """What a netlist takes of the device.

    Attributes
    ----------
    lut
        LUT sites, of logic and of memory.
    lutram
        Those of them that are memory: distributed RAM and shift registers.
    ff, latches
        Flip-flops, and latches among no flip-flops.
    bram36, bram18
        RAMB36 and RAMB18, apart.
    dsp, uram
        DSP48 and UltraRAM.
    """

    lut: int = 0
    ff: int = 0
    lutram: int = 0
    bram36: int = 0
    bram18: int = 0
    dsp: int = 0
    uram: int = 0
    latches: int = 0

    @property
    def block_rams(self) -> float:
        """RAMB36, a RAMB18 being half of one."""
        return self.bram36 + self.bram18 / 2

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))


@dataclass(frozen=True)
class ModuleFigures:
    """A synthesised module.

    Attributes
    ----------
    levels
        Levels of logic on the deepest path: a LUT, a carry chain, a read of distributed RAM and an unregistered DSP are
        one each.
    start, end
        Where that path begins and ends.
    delay_ps
        Longest path in picoseconds, cells only: without routing it ranks designs and is no clock period.
    """

    usage: Usage
    levels: int
    start: str
    end: str
    delay_ps: int
