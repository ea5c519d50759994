import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.units.sliding_window import SlidingWindow
from tests.rtl.harness import assert_verilates_exactly, long_rtl_settings
from tests.units.harness import chain, random_input

BIT = IntegerType.of_bit()
NARROW = IntegerType(-8, 7)


def assert_window_verilates(
    size, kernel, stride, padding, folds: int, p: int, integer: IntegerType, value: int | None, seed: int
) -> None:
    generator = np.random.default_rng(seed)
    unit = SlidingWindow(
        name="window",
        layer="layer",
        height=size[0],
        width=size[1],
        channels=folds * p,
        channels_per_word=p,
        integer=integer,
        exponent=0,
        kernel=kernel,
        stride=stride,
        padding=padding,
        padding_value=value,
    )
    graph = chain(unit, depth=int(generator.integers(1, 6)))
    assert_verilates_exactly(graph, random_input(generator, graph, 4), generator)


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "padding", "folds", "p", "integer", "value"),
    [
        ((5, 4), (3, 3), (1, 1), (1, 1), 1, 3, BIT, None),
        ((7, 8), (3, 3), (2, 2), (1, 1), 2, 2, NARROW, None),
        ((4, 9), (5, 2), (3, 2), (2, 0), 9, 1, NARROW, -3),
        ((6, 5), (1, 1), (2, 2), (0, 0), 3, 1, NARROW, None),
        ((1, 9), (5, 5), (1, 1), (2, 2), 1, 2, NARROW, 0),
    ],
)
def test_equals_simulation(size, kernel, stride, padding, folds, p, integer, value) -> None:
    assert_window_verilates(size, kernel, stride, padding, folds, p, integer, value, 1)


SIDES = st.tuples(st.integers(1, 9), st.sampled_from([1, 2, 3, 5]), st.sampled_from([1, 2, 3]), st.integers(0, 4))


@pytest.mark.long
@long_rtl_settings
@given(
    rows=SIDES,
    columns=SIDES,
    folds=st.sampled_from([1, 2, 3, 5, 66]),
    p=st.sampled_from([1, 3]),
    integer=st.sampled_from([BIT, NARROW, IntegerType(0, 5)]),
    constant=st.booleans(),
    seed=st.integers(0, 2**32),
)
def test_equals_simulation_for_all_shapes(rows, columns, folds, p, integer, constant, seed) -> None:
    for size, kernel, _, padding in (rows, columns):
        assume(padding < kernel <= size + 2 * padding)
    size, kernel, stride, padding = zip(rows, columns, strict=True)
    value = integer.lo if constant else None
    assert_window_verilates(size, kernel, stride, padding, folds, p, integer, value, seed)
