import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.units.width_converter import WidthConverter
from tests.rtl.harness import assert_verilates_exactly, rtl_settings
from tests.units.harness import chain, random_input


@rtl_settings
@given(
    narrow=st.sampled_from([1, 2, 5]),
    ratio=st.sampled_from([1, 2, 3, 4]),
    widens=st.booleans(),
    integer=st.sampled_from([IntegerType.of_bit(), IntegerType(-8, 7)]),
    seed=st.integers(0, 2**32),
)
def test_equals_simulation(narrow: int, ratio: int, widens: bool, integer: IntegerType, seed: int) -> None:
    generator = np.random.default_rng(seed)
    wide = narrow * ratio
    unit = WidthConverter(
        name="converter",
        layer="layer",
        height=3,
        width=2,
        channels=2 * wide,
        integer=integer,
        exponents=(0,),
        input_channels_per_word=narrow if widens else wide,
        output_channels_per_word=wide if widens else narrow,
    )
    graph = chain(unit, depth=int(generator.integers(1, 5)))
    assert_verilates_exactly(graph, random_input(generator, graph, 3), generator)
