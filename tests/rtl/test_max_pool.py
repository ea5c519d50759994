import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from r2b_hw.numeric.integer_type import IntegerType
from tests.rtl.harness import assert_verilates_exactly, long_rtl_settings
from tests.units.harness import chain, random_input
from tests.units.test_max_pool import pooled


def assert_pool_verilates(shape, geometry, integer: IntegerType, folds: int, p: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    graph = chain(*pooled(shape, geometry, integer, folds * p, p), depth=int(generator.integers(1, 5)))
    assert_verilates_exactly(graph, random_input(generator, graph, 3), generator)


@pytest.mark.parametrize(
    ("shape", "geometry", "integer", "folds", "p"),
    [
        ((5, 4), ((3, 3), (2, 2), (1, 1)), IntegerType(-90, 100), 2, 2),
        ((4, 6), ((2, 2), (2, 2), (0, 0)), IntegerType(5, 9), 1, 3),
        ((5, 5), ((3, 2), (1, 3), (1, 0)), IntegerType.of_bit(), 1, 13),
    ],
)
def test_equals_simulation(shape, geometry, integer: IntegerType, folds: int, p: int) -> None:
    assert_pool_verilates(shape, geometry, integer, folds, p, p)


SIDES = st.tuples(st.integers(1, 7), st.sampled_from([1, 2, 3, 4]), st.sampled_from([1, 2, 3]), st.integers(0, 2))


@pytest.mark.long
@long_rtl_settings
@given(
    rows=SIDES,
    columns=SIDES,
    integer=st.sampled_from([IntegerType(-5, 4), IntegerType(0, 200), IntegerType(-9, -3), IntegerType.of_bit()]),
    folds=st.sampled_from([1, 3]),
    p=st.sampled_from([1, 3, 70]),
    seed=st.integers(0, 2**32),
)
def test_equals_simulation_for_all_shapes(rows, columns, integer, folds, p, seed) -> None:
    for size, kernel, _, padding in (rows, columns):
        assume(padding < kernel <= size + 2 * padding)
    shape, kernel, stride, padding = zip(rows, columns, strict=True)
    assert_pool_verilates(shape, (kernel, stride, padding), integer, folds, p, seed)
