import numpy as np
import pytest

from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.units.global_sum import GlobalSum
from tests.units.harness import assert_simulates_exactly, chain, random_input


@pytest.mark.parametrize("channels_per_word", [1, 2, 6])
def test_sums_each_channel_and_simulates_exactly(channels_per_word: int) -> None:
    generator = np.random.default_rng(5)
    unit = GlobalSum(
        name="sum",
        layer="mean",
        height=5,
        width=3,
        channels=6,
        channels_per_word=channels_per_word,
        integer=IntegerType(-128, 127),
        exponent=4,
        output_exponent=8,
    )
    graph = chain(unit)
    frames = random_input(generator, graph, 3)
    result = assert_simulates_exactly(graph, frames, generator)
    for frame in range(3):
        for channel in range(6):
            assert result.outputs[frame, 0, 0, channel] == sum(int(x) for x in frames[frame, :, :, channel].flat)
    assert unit.outputs[0].integer == IntegerType(-128 * 15, 127 * 15)
    assert unit.outputs[0].exponents == (8,)
