import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.units.threshold import Threshold
from tests.rtl.harness import assert_verilates_exactly, rtl_settings
from tests.units.harness import chain, random_input


@rtl_settings
@given(
    folds=st.sampled_from([1, 2, 3, 65]),
    p=st.sampled_from([1, 3, 70]),
    integer=st.sampled_from([IntegerType(-5, 4), IntegerType(0, 200), IntegerType(-1000, 3)]),
    in_luts=st.booleans(),
    seed=st.integers(0, 2**32),
)
def test_equals_simulation(folds: int, p: int, integer: IntegerType, in_luts: bool, seed: int) -> None:
    generator = np.random.default_rng(seed)
    channels = folds * p
    unit = Threshold(
        name="threshold",
        layer="layer",
        height=2,
        width=3,
        channels=channels,
        channels_per_word=p,
        thresholds=generator.integers(integer.lo, integer.hi + 1, channels),
        inverts=generator.integers(0, 2, channels),
        integer=integer,
        exponent=0,
        constants_in_luts=in_luts,
    )
    graph = chain(unit, depth=int(generator.integers(1, 5)))
    assert_verilates_exactly(graph, random_input(generator, graph, 3), generator)
