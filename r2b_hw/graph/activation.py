"""What a unit's slopes amount to: value where it is not negative, value * slope * 2**-slope_exponent else."""

from enum import StrEnum

from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.numeric.rounding import Integers


class Activation(StrEnum):
    """Slopes that need no product, and those that do."""

    NONE = "none"
    RELU = "relu"
    PRELU = "prelu"


def activation_of(slopes: Integers, slope_exponent: int) -> Activation:
    """Return NONE where every slope is worth one, RELU where every slope is zero, PRELU else."""
    if bool((slopes == 1 << slope_exponent).all()):
        return Activation.NONE
    return Activation.PRELU if bool(slopes.any()) else Activation.RELU


def slope_bits_of(slopes: Integers) -> int:
    """Return the bits of the slopes, with a sign where one is negative."""
    return IntegerType(min(int(slopes.min()), 0), max(int(slopes.max()), 0)).bits
