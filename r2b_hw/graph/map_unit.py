"""Base of units that walk a map word by word, input and output words covering the same channels."""

from dataclasses import dataclass, replace
from typing import Self

from r2b_hw.graph.unit import Unit


@dataclass(frozen=True, eq=False, kw_only=True)
class MapUnit(Unit):
    """A unit over a map of ``height`` by ``width`` pixels, ``channels_per_word`` channels in every word."""

    height: int
    width: int
    channels: int
    channels_per_word: int = 1

    @property
    def pixels(self) -> int:
        """Pixels of the input map."""
        return self.height * self.width

    @property
    def folds(self) -> int:
        """Words a pixel."""
        return self.channels // self.channels_per_word

    def with_parallelism(self, inputs: int, outputs: int) -> Self:
        """Return the unit with both words ``inputs`` channels wide."""
        if inputs != outputs:
            raise ValueError(f"unit {self.name} ({self.kind}): input and output words cover the same channels")
        return replace(self, channels_per_word=inputs)
