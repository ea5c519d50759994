"""One end of a stream: what flows through it and how a frame is cut into words."""

import math
from dataclasses import dataclass, fields

from r2b_hw.numeric.integer_type import IntegerType

MOST_VALID_BITS = 63
"""A word's valid bits fit one signed 64-bit lane."""


@dataclass(frozen=True)
class Port:
    """A unit's input or output.

    Attributes
    ----------
    name
        Name within the unit, used by its nests' accesses.
    shape
        Height, width, channels of one frame; (1, 1, C) for vectors.
    integer
        Range of the integers.
    channels_per_word
        Channels side by side in a word; divides the channels. Words are ordered pixels row-major, then channel folds.
    exponents
        Value = integer * 2**-exponent; one for all channels, or one a channel (accumulators only).
    taps
        Kernel height and width for window streams, whose word holds all taps of one output pixel, taps first
        (row-major), channels last; (1, 1) otherwise.
    valid_bits
        Whether a word carries one valid bit a tap; an invalid tap (zero padding) adds nothing to a sum.
    """

    name: str
    shape: tuple[int, int, int]
    integer: IntegerType
    channels_per_word: int
    exponents: tuple[int, ...] = (0,)
    taps: tuple[int, int] = (1, 1)
    valid_bits: bool = False

    def __post_init__(self) -> None:
        channels = self.shape[2]
        if channels % self.channels_per_word:
            raise ValueError(f"port {self.name}: {self.channels_per_word} does not divide {channels} channels")
        if self.valid_bits and self.tap_count > MOST_VALID_BITS:
            raise ValueError(f"port {self.name}: {self.tap_count} taps, at most {MOST_VALID_BITS} can have valid bits")
        if len(self.exponents) not in (1, channels):
            raise ValueError(f"port {self.name}: {len(self.exponents)} exponents for {channels} channels")

    @property
    def pixels(self) -> int:
        """Pixels a frame."""
        return self.shape[0] * self.shape[1]

    @property
    def folds(self) -> int:
        """Words a pixel."""
        return self.shape[2] // self.channels_per_word

    @property
    def words(self) -> int:
        """Words a frame."""
        return self.pixels * self.folds

    @property
    def tap_count(self) -> int:
        """Taps a word."""
        return math.prod(self.taps)

    @property
    def data_bits(self) -> int:
        """Bits of a word without valid bits."""
        return self.tap_count * self.channels_per_word * self.integer.bits

    @property
    def word_bits(self) -> int:
        """Bits of a word: data in the low bits, valid bits above."""
        return self.data_bits + (self.tap_count if self.valid_bits else 0)

    @property
    def values(self) -> int:
        """Integers a word holds."""
        return self.tap_count * self.channels_per_word

    def differences(self, other: "Port") -> tuple[str, ...]:
        """Return, in words, in what ``other`` differs as the far end of this port's stream; the name does not count."""
        own = {field.name: (getattr(self, field.name), getattr(other, field.name)) for field in fields(self)}
        return tuple(f"{name} {near} and {far}" for name, (near, far) in own.items() if name != "name" and near != far)
