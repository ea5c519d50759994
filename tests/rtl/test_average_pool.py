import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.units.average_pool import AveragePool
from tests.rtl.harness import assert_verilates_exactly, long_rtl_settings
from tests.units.harness import chain, random_input


def assert_pool_verilates(size, kernel, folds: int, p: int, integer: IntegerType, seed: int) -> None:
    generator = np.random.default_rng(seed)
    unit = AveragePool(
        name="pool",
        layer="layer",
        height=size[0],
        width=size[1],
        channels=folds * p,
        channels_per_word=p,
        kernel=kernel,
        integer=integer,
        exponent=3,
        output_exponent=6,
    )
    graph = chain(unit, depth=int(generator.integers(1, 5)))
    assert_verilates_exactly(graph, random_input(generator, graph, 3), generator)


@pytest.mark.parametrize(
    ("size", "kernel", "folds", "p"),
    [((4, 4), (2, 2), 1, 3), ((5, 7), (2, 3), 3, 2), ((4, 137), (2, 2), 1, 1), ((3, 3), (1, 2), 66, 1)],
)
def test_equals_simulation(size, kernel, folds: int, p: int) -> None:
    assert_pool_verilates(size, kernel, folds, p, IntegerType(-100, 90), p)


@pytest.mark.long
@long_rtl_settings
@given(
    size=st.tuples(st.integers(3, 9), st.integers(3, 9)),
    kernel=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    folds=st.sampled_from([1, 2, 3, 40]),
    p=st.sampled_from([1, 2, 5]),
    integer=st.sampled_from([IntegerType(-5, 4), IntegerType(0, 200), IntegerType(3, 9)]),
    seed=st.integers(0, 2**32),
)
def test_equals_simulation_for_all_shapes(size, kernel, folds, p, integer, seed) -> None:
    assert_pool_verilates(size, kernel, folds, p, integer, seed)
