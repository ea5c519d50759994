import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.simulation import simulate_timing
from r2b_hw.units.channel_sum import ChannelSum
from tests.units.harness import assert_simulates_exactly, chain, random_input


def channel_sum(integer: IntegerType, absolute: bool, height: int = 1, width: int = 1, words: int = 1) -> ChannelSum:
    return ChannelSum(
        name="unit",
        layer="unit",
        height=height,
        width=width,
        channels=6,
        channels_per_word=words,
        absolute=absolute,
        integer=integer,
        exponent=2,
        output_exponent=5,
    )


@settings(max_examples=60)
@given(
    st.integers(0, 2**32),
    st.tuples(st.integers(1, 4), st.integers(1, 5), st.sampled_from([1, 2, 3, 6])),
    st.sampled_from([IntegerType(-90, 100), IntegerType(0, 7), IntegerType(-5, -2), IntegerType(-4, 3)]),
    st.booleans(),
)
def test_equals_torch_and_simulates_exactly(seed, size, integer, absolute) -> None:
    generator = np.random.default_rng(seed)
    unit = channel_sum(integer, absolute, *size)
    graph = chain(unit)
    frames = random_input(generator, graph, 2)
    result = assert_simulates_exactly(graph, frames, generator)
    x = torch.from_numpy(frames.transpose(0, 3, 1, 2).astype(np.float32))
    golden = (x.abs() if absolute else x).sum(1, keepdim=True)
    np.testing.assert_array_equal(result.outputs, golden.numpy().transpose(0, 2, 3, 1))
    assert simulate_timing(chain(unit, depth=8)).interval == unit.interval


@pytest.mark.parametrize(
    ("integer", "absolute", "lo", "hi"),
    [(IntegerType(-8, 7), True, 0, 48), (IntegerType(-8, 7), False, -48, 42), (IntegerType(-9, -2), True, 0, 54)],
)
def test_the_type_holds_every_partial_sum(integer: IntegerType, absolute: bool, lo: int, hi: int) -> None:
    assert channel_sum(integer, absolute).outputs[0].integer == IntegerType(lo, hi)
    with pytest.raises(ValueError, match="one channel"):
        channel_sum(integer, absolute).with_parallelism(2, 2)
