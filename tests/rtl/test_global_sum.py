import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.units.global_sum import GlobalSum
from tests.rtl.harness import assert_verilates_exactly, long_rtl_settings
from tests.units.harness import chain, random_input


def assert_sum_verilates(folds: int, p: int, size: tuple[int, int], integer: IntegerType, seed: int) -> None:
    generator = np.random.default_rng(seed)
    unit = GlobalSum(
        name="sum",
        layer="layer",
        height=size[0],
        width=size[1],
        channels=folds * p,
        channels_per_word=p,
        integer=integer,
        exponent=3,
        output_exponent=6,
    )
    graph = chain(unit, depth=int(generator.integers(1, 5)))
    assert_verilates_exactly(graph, random_input(generator, graph, 4), generator)


@pytest.mark.parametrize(
    ("folds", "integer"), [(1, IntegerType(-128, 127)), (2, IntegerType(0, 7)), (66, IntegerType(-9, -2))]
)
def test_equals_simulation(folds: int, integer: IntegerType) -> None:
    assert_sum_verilates(folds, 3, (3, 2), integer, folds)


@pytest.mark.long
@long_rtl_settings
@given(
    folds=st.sampled_from([1, 2, 3, 4, 65]),
    p=st.sampled_from([1, 2, 7]),
    size=st.tuples(st.integers(1, 4), st.integers(1, 4)),
    integer=st.sampled_from([IntegerType(-5, 4), IntegerType(0, 200), IntegerType(3, 9)]),
    seed=st.integers(0, 2**32),
)
def test_equals_simulation_for_all_shapes(folds, p, size, integer, seed) -> None:
    assert_sum_verilates(folds, p, size, integer, seed)
