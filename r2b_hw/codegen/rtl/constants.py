"""Memories of constants: words of bits, as the files that ``$readmemh`` reads."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from r2b_hw.numeric.rounding import Integers

LUT_DEPTH = 64
"""A LUT6 is a 64x1 memory: up to this depth constants lie in LUTs, one a bit."""


@dataclass(frozen=True, eq=False)
class Constants:
    """Words a unit reads in turn.

    Attributes
    ----------
    name
        What they are; the file is ``memory/<unit>_<name>.mem``.
    words
        Bits (depth, width), bit 0 first.
    layout
        One line for the file's header: what a word holds.
    nest
        Read in turn: each time this nest fires, the next word stands at the datapath's input ``<name>`` a cycle later.
        None: the datapath has the memory, and takes the file's name as parameter ``<NAME>_FILE``.
    in_luts
        The words lie in LUTs although they are many.
    """

    name: str
    words: npt.NDArray[np.uint8]
    layout: str
    nest: str | None = "main"
    in_luts: bool = False

    @property
    def depth(self) -> int:
        """Words."""
        return int(self.words.shape[0])

    @property
    def width(self) -> int:
        """Bits a word."""
        return int(self.words.shape[1])

    @property
    def style(self) -> str:
        """The STYLE of the memory, without quotes: LUTs up to their depth or on request, else block RAM."""
        return "distributed" if self.depth <= LUT_DEPTH or self.in_luts else "block"

    def pieces(self) -> list[str]:
        """Return the words cut into 32-bit pieces, lowest first, hexadecimal: what loads them at run time."""
        padded = np.zeros((self.depth, -(-self.width // 32) * 32), dtype=np.uint8)
        padded[:, : self.width] = self.words
        values = np.packbits(padded, axis=1, bitorder="little").view("<u4")
        return [f"{value:08x}" for value in values.reshape(-1).tolist()]

    def text(self, banner: str) -> str:
        """Return the file: a word a line, hexadecimal, the highest digit first."""
        padded = np.zeros((self.depth, -(-self.width // 8) * 8), dtype=np.uint8)
        padded[:, : self.width] = self.words
        digits = -(-self.width // 4)
        rows = np.packbits(padded, axis=1, bitorder="little")[:, ::-1]
        lines = [row.tobytes().hex()[-digits:] for row in rows]
        return "\n".join([banner, f"// {self.layout}", *lines, ""])


def memory_style(depth: int, *, in_luts: bool = False) -> str:
    """Return the STYLE of ``depth`` constants, quoted: LUTs up to their depth or on request, else block RAM."""
    return '"distributed"' if depth <= LUT_DEPTH or in_luts else '"block"'


def integer_words(values: Integers, bits: int) -> npt.NDArray[np.uint8]:
    """Return words of two's complement integers: (depth, ...) become (depth, values * ``bits``), the first lowest."""
    rows = values.reshape(values.shape[0], -1, 1)
    return ((rows >> np.arange(bits)) & 1).astype(np.uint8).reshape(values.shape[0], -1)
