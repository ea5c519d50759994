"""Constant arrays of a unit: packing, C++ text, checksum."""

import zlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.numeric.rounding import Integers

_LINE = 110


@dataclass(frozen=True, eq=False)
class Table:
    """A constant array.

    Attributes
    ----------
    name
        What it holds; the C++ array is called ``<unit>_<name>``.
    values
        int64 or uint64 of the array's shape.
    bits, signed
        Type of an element.
    layout
        One line for the header: what the dimensions are.
    """

    name: str
    values: npt.NDArray[np.int64] | npt.NDArray[np.uint64]
    bits: int
    signed: bool
    layout: str

    @property
    def element(self) -> str:
        """C++ type of an element."""
        return f"r2b::{'Signed' if self.signed else 'Unsigned'}Constant<{self.bits}>"

    @property
    def dimensions(self) -> str:
        """C++ array dimensions."""
        return "".join(f"[{size}]" for size in self.values.shape)

    @property
    def canonical_bytes(self) -> bytes:
        """Every element as 64-bit little-endian two's complement, row-major: what the checksum covers."""
        return np.ascontiguousarray(self.values).astype("<u8" if self.values.dtype == np.uint64 else "<i8").tobytes()

    def initialiser(self) -> str:
        """Return the C++ initialiser, nested braces, a line an innermost row where it fits."""
        return _braces(self.values, self._literals(), 0)

    def _literals(self) -> list[str]:
        elements = self.values.reshape(-1).tolist()
        if self.signed:
            # The most negative 64-bit literal does not exist in C++; no table comes near it.
            return [str(value) for value in elements]
        digits = -(-self.bits // 4)
        suffix = "ull" if self.bits > 32 else "u"
        return [f"0x{value:0{digits}x}{suffix}" if self.bits > 1 else str(value) for value in elements]


def _braces(values: npt.NDArray[np.int64] | npt.NDArray[np.uint64], literals: list[str], depth: int) -> str:
    indent = "    " * depth
    if values.ndim == 1:
        return _row(literals, indent)
    size = len(literals) // values.shape[0]
    rows = [
        _braces(values[index], literals[index * size : (index + 1) * size], depth + 1) for index in range(len(values))
    ]
    return f"{indent}{{\n" + ",\n".join(rows) + f"\n{indent}}}"


def _row(literals: list[str], indent: str) -> str:
    single = f"{indent}{{{', '.join(literals)}}}"
    if len(single) <= _LINE:
        return single
    lines: list[str] = []
    line = f"{indent}   "
    for literal in literals:
        if len(line) + len(literal) + 2 > _LINE:
            lines.append(line)
            line = f"{indent}   "
        line += f" {literal},"
    return "\n".join([f"{indent}{{", *lines, line, f"{indent}}}"])


def checksum(tables: tuple[Table, ...]) -> int:
    """Return the CRC-32 (as zlib) of the canonical bytes of ``tables``, in order."""
    result = 0
    for table in tables:
        result = zlib.crc32(table.canonical_bytes, result)
    return result


def signed_table(name: str, values: Integers, layout: str) -> Table:
    """Return a table of two's complement elements of the smallest width."""
    integer = IntegerType(min(int(values.min()), -1), max(int(values.max()), 0))
    return Table(name, values, integer.bits, True, layout)


def folded(values: Integers, channels_per_word: int) -> Integers:
    """Return per-channel ``values`` (C,) as (fold, channel of a word)."""
    return np.ascontiguousarray(values).reshape(-1, channels_per_word)


def common_shift(shifts: Integers) -> str:
    """Return the shift of all channels as C++ text, or r2b::VARYING: a common one becomes wiring, its table unused."""
    return str(int(shifts[0])) if bool((shifts == shifts[0]).all()) else "r2b::VARYING"


def lane_layout(bits: int) -> tuple[int, int]:
    """Return (number of lanes, width of a lane) of a packed row of ``bits`` bits: equal lanes of at most 64 bits."""
    count = -(-bits // 64)
    return count, -(-bits // count)


def pack_lanes(rows: Integers) -> npt.NDArray[np.uint64]:
    """Pack the last axis of ``rows`` (0 or 1) into lanes, lowest bit first."""
    bits = rows.shape[-1]
    count, width = lane_layout(bits)
    padded = np.zeros((*rows.shape[:-1], count * width), dtype=np.uint8)
    padded[..., :bits] = rows
    lanes = np.zeros((*rows.shape[:-1], count, 64), dtype=np.uint8)
    lanes[..., :width] = padded.reshape(*rows.shape[:-1], count, width)
    packed = np.packbits(lanes, axis=-1, bitorder="little")
    return np.ascontiguousarray(packed).view("<u8").astype(np.uint64)[..., 0]
