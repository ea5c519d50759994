import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.units.channel_sum import ChannelSum
from tests.rtl.harness import assert_verilates_exactly, long_rtl_settings
from tests.units.harness import chain, random_input


def assert_sum_verilates(integer: IntegerType, absolute: bool, folds: int, p: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    unit = ChannelSum(
        name="sum",
        layer="layer",
        height=3,
        width=2,
        channels=folds * p,
        channels_per_word=p,
        absolute=absolute,
        integer=integer,
        exponent=2,
        output_exponent=5,
    )
    graph = chain(unit, depth=int(generator.integers(1, 6)))
    frames = random_input(generator, graph, 3)
    frames[0, 0, 0] = integer.lo
    frames[0, 0, 1] = integer.hi
    assert_verilates_exactly(graph, frames, generator)


@pytest.mark.parametrize(
    ("integer", "absolute", "folds", "p"),
    [
        (IntegerType(-128, 127), True, 2, 5),
        (IntegerType(-9, -2), False, 3, 4),
        (IntegerType(0, 4), True, 1, 35),
    ],
)
def test_equals_simulation(integer: IntegerType, absolute: bool, folds: int, p: int) -> None:
    assert_sum_verilates(integer, absolute, folds, p, p)


@pytest.mark.long
@long_rtl_settings
@given(
    st.sampled_from([IntegerType(-90, 100), IntegerType(0, 7), IntegerType(-5, -2), IntegerType(-4, 3)]),
    st.booleans(),
    st.sampled_from([1, 2, 3]),
    st.sampled_from([1, 2, 3, 7, 16, 35]),
    st.integers(0, 2**32),
)
def test_equals_simulation_for_all_widths(integer, absolute, folds, p, seed) -> None:
    assert_sum_verilates(integer, absolute, folds, p, seed)
