"""What a piece of hardware takes from the device."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Cost:
    """Resources, as counts.

    ``bram36`` comes in halves, because a RAMB18 is half a block; ``memory_bits`` are parameter bits.
    """

    lut: float = 0.0
    ff: float = 0.0
    bram36: float = 0.0
    dsp: float = 0.0
    uram: float = 0.0
    memory_bits: int = 0

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(
            self.lut + other.lut,
            self.ff + other.ff,
            self.bram36 + other.bram36,
            self.dsp + other.dsp,
            self.uram + other.uram,
            self.memory_bits + other.memory_bits,
        )

    def __mul__(self, count: int) -> "Cost":
        return Cost(
            self.lut * count,
            self.ff * count,
            self.bram36 * count,
            self.dsp * count,
            self.uram * count,
            self.memory_bits * count,
        )
