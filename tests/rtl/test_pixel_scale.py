import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.units.fork import Fork
from r2b_hw.units.integer_mvu import IntegerMvu
from r2b_hw.units.pixel_scale import PixelScale
from tests.rtl.harness import assert_verilates_exactly, long_rtl_settings, rtl_settings
from tests.units.harness import make_graph, random_input


@st.composite
def cases(draw):
    """Words of x times a weighted sum of their pixel's channels."""
    generator = np.random.default_rng(draw(st.integers(0, 2**32)))
    integer = draw(
        st.sampled_from([IntegerType(-90, 100), IntegerType(0, 7), IntegerType(-900, -2), IntegerType(0, 1)])
    )
    height, width, channels, words = 2, draw(st.integers(1, 3)), 6, draw(st.sampled_from([1, 2, 6]))
    shape = {"height": height, "width": width, "channels": channels, "channels_per_word": words, "integer": integer}
    sums = IntegerMvu(
        name="sums",
        layer="sums",
        height=height,
        width=width,
        weights=generator.integers(draw(st.sampled_from([-3, 0])), 4, (1, 1, 1, channels)),
        weight_exponents=(0,),
        input_integer=integer,
        input_exponent=2,
        valid_bits=False,
        simd=words,
    )
    scale = PixelScale(
        name="scale",
        layer="scale",
        exponents=(2,),
        factor_integer=sums.outputs[0].integer,
        factor_exponent=2,
        output_exponents=(4,),
        **shape,
    )
    links = [
        (None, "fork.x", 2),
        ("fork.y0", "scale.x", 16),
        ("fork.y1", "sums.x", 2),
        ("sums.y", "scale.k", draw(st.integers(1, 8))),
        ("scale.y", None, 5),
    ]
    return generator, make_graph(
        [Fork(name="fork", layer="fork", copies=2, exponents=(2,), **shape), sums, scale], links
    )


def equals_simulation(case) -> None:
    generator, graph = case
    assert_verilates_exactly(graph, random_input(generator, graph, 3), generator)


@rtl_settings
@given(cases())
def test_equals_simulation(case) -> None:
    equals_simulation(case)


@pytest.mark.long
@long_rtl_settings
@given(cases())
def test_many_equal_simulation(case) -> None:
    equals_simulation(case)
