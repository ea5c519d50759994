"""The type of the integers on a stream."""

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True)
class IntegerType:
    """Integers from ``lo`` to ``hi``, both included.

    ``binary`` marks one-bit streams, whose bit b stands for the value 2b - 1.
    """

    lo: int
    hi: int
    binary: bool = False

    def __post_init__(self) -> None:
        if self.lo > self.hi:
            raise ValueError(f"an integer type needs lo <= hi, got {self.lo} > {self.hi}")
        if self.binary and (self.lo, self.hi) != (0, 1):
            raise ValueError("a binary type holds the bits 0 and 1")

    @classmethod
    def of_bits(cls, bits: int, *, signed: bool) -> Self:
        """Return the full two's complement or unsigned range of ``bits`` bits."""
        return cls(-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if signed else cls(0, (1 << bits) - 1)

    @classmethod
    def of_bit(cls) -> Self:
        """Return the type of a binary stream."""
        return cls(0, 1, binary=True)

    @property
    def signed(self) -> bool:
        """Whether a negative integer occurs."""
        return self.lo < 0

    @property
    def bits(self) -> int:
        """Smallest two's complement (signed) or unsigned width that holds the range, at least 1."""
        if self.signed:
            return max((-self.lo - 1).bit_length(), max(self.hi, 0).bit_length()) + 1
        return max(self.hi.bit_length(), 1)

    def covers(self, other: "IntegerType") -> bool:
        """Whether every integer of ``other`` is one of this type and both are read the same way."""
        return self.binary == other.binary and self.lo <= other.lo and other.hi <= self.hi
