"""The bit budget: below 2**24 over the common least significant bit, float32 is exact in every order of summation."""

import numpy as np

from r2b_hw.numeric.rounding import Integers

EXACT_BITS = 24
WIDEST_SHIFT = 32
"""Grids further apart than this cannot be within the budget; refusing them keeps every shift inside 64 bits."""


def bits_of(magnitudes: Integers) -> int:
    """Return the bits of the largest magnitude."""
    return int(np.max(magnitudes, initial=0)).bit_length()
