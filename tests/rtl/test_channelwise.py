import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.units.channelwise import Channelwise
from tests.rtl.harness import assert_verilates_exactly, long_rtl_settings, rtl_settings
from tests.units.harness import chain, random_input


@st.composite
def channelwise_units(draw):
    """Every stage present or absent, shifts equal or one a channel, products on both sides of the rule for DSP48s."""
    generator = np.random.default_rng(draw(st.integers(0, 2**32)))
    channels = draw(st.sampled_from([4, 12]))

    def exponents(lo: int, hi: int) -> tuple[int, ...]:
        return tuple(int(e) for e in generator.integers(lo, hi, draw(st.sampled_from([1, channels]))))

    slopes = draw(st.sampled_from(["none", "relu", "prelu"]))
    return generator, Channelwise(
        name="unit",
        layer="unit",
        height=3,
        width=2,
        channels=channels,
        channels_per_word=draw(st.sampled_from([1, 2, 4])),
        integer=draw(st.sampled_from([IntegerType(-900, 1000), IntegerType(0, 300), IntegerType(-3, 0)])),
        exponents=exponents(-2, 9),
        multipliers=generator.integers(draw(st.sampled_from([-9, -200, 0])), 10, draw(st.sampled_from([0, channels]))),
        multiplier_exponents=exponents(-2, 5),
        biases=generator.integers(-500, 500, draw(st.sampled_from([0, channels]))),
        bias_exponents=exponents(-2, 9),
        slopes={
            "none": np.ones(channels, dtype=np.int64),
            "relu": np.zeros(channels, dtype=np.int64),
            "prelu": generator.integers(draw(st.sampled_from([-8, 0])), 9, channels),
        }[slopes],
        slope_exponent=0 if slopes == "none" else draw(st.integers(0, 4)),
        output_integer=draw(
            st.sampled_from([IntegerType(-128, 127), IntegerType(0, 255), IntegerType(-8, 7), IntegerType(-3, 9)])
        ),
        output_exponent=draw(st.integers(-3, 14)),
    )


def equals_simulation(case) -> None:
    generator, unit = case
    graph = chain(unit, depth=int(generator.integers(1, 9)))
    assert_verilates_exactly(graph, random_input(generator, graph, 3), generator)


@rtl_settings
@given(channelwise_units())
def test_equals_simulation(case) -> None:
    equals_simulation(case)


@pytest.mark.long
@long_rtl_settings
@given(channelwise_units())
def test_many_equal_simulation(case) -> None:
    equals_simulation(case)
