from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from r2b_hw.numeric.compiled import round_shift
from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.numeric.rounding import requantise, shift_half_even


@given(st.integers(-(2**40), 2**40), st.integers(-8, 30))
def test_rounds_half_to_even(value: int, shift: int) -> None:
    golden = round(Fraction(value) / Fraction(2) ** shift)
    assert shift_half_even(np.array([value]), shift)[0] == golden
    assert round_shift(value, shift) == golden


def test_ties_and_saturation() -> None:
    np.testing.assert_array_equal(shift_half_even(np.array([-3, -1, 1, 3, 5, 7]), 1), [-2, 0, 0, 2, 2, 4])
    np.testing.assert_array_equal(requantise(np.array([-9, 3, 9]), np.array([0, -2, 0]), -8, 7), [-8, 7, 7])


@pytest.mark.parametrize(
    ("lo", "hi", "bits", "signed"),
    [
        (0, 0, 1, False),
        (0, 1, 1, False),
        (0, 255, 8, False),
        (-1, 0, 1, True),
        (-128, 127, 8, True),
        (-129, 0, 9, True),
    ],
)
def test_widths(lo: int, hi: int, bits: int, signed: bool) -> None:
    integer = IntegerType(lo, hi)
    assert (integer.bits, integer.signed) == (bits, signed)
