"""The sigmoid on a grid, in float64."""

import numpy as np

from r2b_hw.frontend.grids import Reals


def sigmoid_steps(lo: int, hi: int, exponent: int, output_exponent: int) -> Reals:
    """Return sigmoid(n * 2**-exponent) * 2**output_exponent for n = lo .. hi, before rounding."""
    x = np.ldexp(np.arange(lo, hi + 1, dtype=np.float64), -exponent)
    # Each branch keeps the exponential at most 1.
    small = np.exp(-np.abs(x))
    return np.ldexp(np.where(x >= 0, 1.0, small) / (1.0 + small), output_exponent)
