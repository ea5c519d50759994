import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from r2b_hw.graph.unit import INVALID
from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.units.integer_mvu import IntegerMvu
from tests.rtl.harness import assert_verilates_exactly, long_rtl_settings, rtl_settings
from tests.units.harness import chain
from tests.units.test_xnor_mvu import divisor


@st.composite
def mvus(draw):
    """Windows without a window unit: the valid bits are as random as the data."""
    generator = np.random.default_rng(draw(st.integers(0, 2**32)))
    kernel = draw(st.sampled_from([1, 3]))
    channels, outputs = draw(st.sampled_from([1, 2, 6, 66])), draw(st.sampled_from([1, 4, 6]))
    weights = draw(st.sampled_from([IntegerType(-128, 127), IntegerType(-1, 0), IntegerType(0, 9), IntegerType(0, 0)]))
    lo = draw(st.sampled_from([-300, -5, 0]))
    return generator, IntegerMvu(
        name="mvu",
        layer="conv",
        height=2,
        width=3,
        weights=generator.integers(weights.lo, weights.hi + 1, (outputs, kernel, kernel, channels)),
        weight_exponents=(0,) * outputs,
        input_integer=IntegerType(lo, lo + draw(st.sampled_from([0, 7, 500]))),
        input_exponent=3,
        valid_bits=draw(st.booleans()),
        simd=1 if channels == 66 else divisor(draw, channels),
        pe=divisor(draw, outputs),
        weights_in_luts=draw(st.booleans()),
    )


def equals_simulation(case) -> None:
    generator, unit = case
    graph = chain(unit, depth=int(generator.integers(1, 9)))
    x = unit.input_integer
    frames = generator.integers(x.lo, x.hi + 1, (3, unit.height, unit.width, *unit.taps, unit.channels))
    if unit.valid_bits:
        frames[generator.integers(0, 2, frames.shape[:-1]) == 0] = INVALID
    assert_verilates_exactly(graph, frames, generator)


@rtl_settings
@given(mvus())
def test_equals_simulation(case) -> None:
    equals_simulation(case)


@pytest.mark.long
@long_rtl_settings
@given(mvus())
def test_many_equal_simulation(case) -> None:
    equals_simulation(case)
