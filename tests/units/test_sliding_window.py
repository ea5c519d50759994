from itertools import product

import numpy as np
import pytest

from r2b_hw.graph.unit import INVALID
from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.schedule.loop_nest import transfers
from r2b_hw.simulation import simulate_timing
from r2b_hw.units.sliding_window import SlidingWindow
from tests.units.harness import assert_simulates_exactly, chain, random_input


def window(height, width, kernel, stride, padding, channels=2, simd=1, **options) -> SlidingWindow:
    return SlidingWindow(
        name="window",
        layer="conv",
        height=height,
        width=width,
        channels=channels,
        channels_per_word=simd,
        integer=options.pop("integer", IntegerType(-8, 7)),
        exponent=0,
        kernel=(kernel, kernel),
        stride=(stride, stride),
        padding=(padding, padding),
        **options,
    )


SHAPES = [
    shape
    for shape in product((1, 2, 5, 8), (1, 4, 7), (1, 2, 3, 5), (1, 2, 3), (0, 1, 2))
    if shape[4] < shape[2] and min(shape[0], shape[1]) + 2 * shape[4] >= shape[2]
]


def test_every_credit_taken_is_given() -> None:
    for shape in SHAPES:
        unit = window(*shape)
        nest = unit.nests()[1]
        words = shape[0] * shape[1] * 2
        assert transfers(nest, "data") == transfers(nest, "free") == words, shape
        assert transfers(nest, "y") == unit.outputs[0].words, shape


def test_simulates_exactly_for_all_shapes() -> None:
    generator = np.random.default_rng(1)
    for shape in SHAPES:
        graph = chain(window(*shape))
        assert_simulates_exactly(graph, random_input(generator, graph, 3), generator)


def test_taps_are_where_they_belong() -> None:
    unit = window(3, 3, 3, 1, 1, channels=1)
    (taps,) = unit.evaluate(np.arange(9).reshape(1, 3, 3, 1))
    np.testing.assert_array_equal(taps[0, 1, 1, :, :, 0], np.arange(9).reshape(3, 3))
    np.testing.assert_array_equal(taps[0, 0, 0, 0, :, 0], [INVALID] * 3)
    np.testing.assert_array_equal(taps[0, 0, 0, 2, :, 0], [INVALID, 3, 4])


@pytest.mark.parametrize("value", [0, 1])
def test_constant_padding_is_valid(value: int) -> None:
    unit = window(2, 2, 3, 1, 1, channels=70, simd=70, integer=IntegerType.of_bit(), padding_value=value)
    assert not unit.outputs[0].valid_bits
    generator = np.random.default_rng(2)
    graph = chain(unit)
    result = assert_simulates_exactly(graph, random_input(generator, graph, 2), generator)
    assert (result.outputs[:, 0, 0, 0] == value).all()


def test_one_frame_drains_without_a_successor() -> None:
    graph = chain(window(8, 8, 3, 1, 1))
    frames = random_input(np.random.default_rng(3), graph, 1)
    assert_simulates_exactly(graph, frames, np.random.default_rng(4))


@pytest.mark.parametrize(("width", "cycles"), [(7, 7 * 8), (56, 56 * 57)])
def test_cost_of_a_row_is_one_column_more(width: int, cycles: int) -> None:
    unit = window(width, width, 3, 1, 1, channels=1)
    assert simulate_timing(chain(unit, depth=4)).interval == cycles == unit.interval
