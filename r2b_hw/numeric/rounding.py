"""Requantisation: an arithmetic shift that rounds half to even, then saturation."""

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]


def shift_half_even(values: Integers, shifts: Integers | int) -> Integers:
    """Return round_half_even(values * 2**-shifts), exactly.

    Parameters
    ----------
    values
        int64, any shape.
    shifts
        Broadcast against ``values``; negative shifts multiply. The caller keeps products below 2**62.
    """
    shift = np.broadcast_to(np.asarray(shifts, dtype=np.int64), np.broadcast_shapes(values.shape, np.shape(shifts)))
    right = np.maximum(shift, 0)
    left = np.maximum(-shift, 0)
    half_less_one = np.where(right > 0, (np.int64(1) << np.maximum(right - 1, 0)) - 1, 0)
    odd = np.where(right > 0, (values >> right) & 1, 0)
    return ((values + half_less_one + odd) >> right) << left


def requantise(values: Integers, shifts: Integers | int, lo: int, hi: int) -> Integers:
    """Return ``shift_half_even`` saturated to [lo, hi]."""
    return np.clip(shift_half_even(values, shifts), lo, hi)
