import numpy as np
import pytest

from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.units.width_converter import WidthConverter
from tests.units.harness import assert_simulates_exactly, chain, random_input


@pytest.mark.parametrize("integer", [IntegerType.of_bit(), IntegerType(-9, 30)])
@pytest.mark.parametrize(("narrow", "wide"), [(1, 1), (1, 6), (2, 6), (3, 6), (1, 130), (65, 130)])
def test_both_directions_simulate_exactly(integer: IntegerType, narrow: int, wide: int) -> None:
    generator = np.random.default_rng(9)
    shape = {"height": 2, "width": 3, "channels": wide * 2, "integer": integer, "exponents": (0,), "layer": "l"}
    widen = WidthConverter(name="a", input_channels_per_word=narrow, output_channels_per_word=wide, **shape)
    narrower = WidthConverter(name="b", input_channels_per_word=wide, output_channels_per_word=narrow, **shape)
    graph = chain(widen, narrower)
    frames = random_input(generator, graph, 2)
    result = assert_simulates_exactly(graph, frames, generator)
    np.testing.assert_array_equal(result.outputs, frames)


def test_odd_ratios_are_refused() -> None:
    unit = WidthConverter(
        name="a",
        layer="l",
        height=1,
        width=1,
        channels=12,
        integer=IntegerType(0, 3),
        exponents=(0,),
        input_channels_per_word=3,
        output_channels_per_word=4,
    )
    with pytest.raises(ValueError, match="4 is no multiple of 3"):
        unit.nests()
