"""Floats as integers on power-of-two grids, exactly."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from r2b_hw.numeric.rounding import Integers

Reals = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Grid:
    """``integers`` (C, ...) * 2**-``exponents``, one exponent or one a channel."""

    integers: Integers
    exponents: tuple[int, ...]

    @property
    def per_channel(self) -> Integers:
        """Exponents (C,)."""
        exponents = np.array(self.exponents, dtype=np.int64)
        return np.ascontiguousarray(np.broadcast_to(exponents, (len(self.integers),)))

    @property
    def bits(self) -> int:
        """Bits of the largest magnitude."""
        return int(np.abs(self.integers).max(initial=0)).bit_length()


def smallest_exponents(values: Reals) -> Integers:
    """Return for each channel (first axis) the smallest exponent that makes its values integers.

    Channels of zeros get the largest exponent among the others, 0 where there is none.
    """
    rows = values.reshape(len(values), -1)
    mantissas, exponents = np.frexp(rows)
    scaled = np.ldexp(np.abs(mantissas), 53).astype(np.int64)
    lowest = scaled & -scaled
    trailing = np.frexp(lowest.astype(np.float64))[1].astype(np.int64) - 1
    # Zeros ask for nothing: any value below the exponents of float64.
    smallest = np.where(rows != 0, 53 - exponents.astype(np.int64) - trailing, np.int64(-(1 << 20))).max(axis=1)
    empty = ~(rows != 0).any(axis=1)
    filler = int(smallest[~empty].max()) if not empty.all() else 0
    return np.where(empty, filler, smallest).astype(np.int64)


def channel_grids(values: Reals) -> Grid | None:
    """Return the coarsest grid of every channel, or None where an integer would need more than 53 bits."""
    exponents = smallest_exponents(values)
    return _on_grid(values, exponents, tuple(int(e) for e in exponents))


def common_grid(values: Reals) -> Grid | None:
    """Return the coarsest grid that all channels share, or None where an integer would need more than 53 bits."""
    exponent = int(smallest_exponents(values).max())
    return _on_grid(values, np.full(len(values), exponent, dtype=np.int64), (exponent,))


def weight_grid(values: Reals, free_bits: int = 8) -> Grid | None:
    """Return a common grid where that costs no bits beyond ``free_bits``, else one a channel."""
    common, separate = common_grid(values), channel_grids(values)
    if common is not None and separate is not None and common.bits <= max(free_bits - 1, separate.bits):
        return common
    return separate


def power_of_two(value: float) -> int | None:
    """Return k where ``value`` is 2**k, else None."""
    if not np.isfinite(value) or value <= 0:
        return None
    mantissa, exponent = np.frexp(value)
    return int(exponent) - 1 if mantissa == 0.5 else None


def _on_grid(values: Reals, exponents: Integers, kept: tuple[int, ...]) -> Grid | None:
    column = exponents.reshape(-1, *[1] * (values.ndim - 1))
    scaled = np.ldexp(values, column)
    if np.abs(scaled).max(initial=0.0) >= 2.0**53:
        return None
    return Grid(np.rint(scaled).astype(np.int64), kept)
