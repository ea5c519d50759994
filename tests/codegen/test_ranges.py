"""Widths of intermediate values against brute force over every input."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from r2b_hw.codegen.ranges import activated_extremes, check_width, rounding_values
from r2b_hw.errors import InputError
from r2b_hw.graph.widths import signed_bits


@settings(max_examples=300)
@given(
    lo=st.integers(-40, 40),
    span=st.integers(0, 60),
    slope=st.integers(-8, 8),
    slope_exponent=st.integers(0, 3),
    shift=st.integers(-6, 12),
)
def test_no_intermediate_value_is_wider(lo: int, span: int, slope: int, slope_exponent: int, shift: int) -> None:
    """What common/requantise.h computes in registers of that width: the activated value, half, and the result."""
    values = [v << slope_exponent if v >= 0 else v * slope for v in range(lo, lo + span + 1)]
    bits = signed_bits(rounding_values(*activated_extremes(lo, lo + span, slope, slope_exponent), shift))
    reached = list(values)
    if shift > 0:
        reached += [1 << (shift - 1), *(v + (1 << (shift - 1)) - 1 + ((v >> shift) & 1) for v in values)]
    else:
        reached += [v << -shift for v in values]
    assert all(-(1 << (bits - 1)) <= value < 1 << (bits - 1) for value in reached)


def test_too_wide_values_are_refused_by_layer() -> None:
    with pytest.raises(InputError, match=r"layer blocks\.0\.out: an intermediate value needs 63 bits"):
        check_width("blocks.0.out", 63)
