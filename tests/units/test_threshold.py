import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.units.threshold import Threshold
from tests.units.harness import assert_simulates_exactly, chain, random_input


@settings(max_examples=30)
@given(st.integers(0, 2**32), st.sampled_from([(1, 1), (6, 2), (70, 70), (130, 65)]))
def test_simulates_exactly(seed: int, channels: tuple[int, int]) -> None:
    generator = np.random.default_rng(seed)
    unit = Threshold(
        name="sign",
        layer="sign",
        height=2,
        width=3,
        channels=channels[0],
        channels_per_word=channels[1],
        thresholds=generator.integers(-8, 8, channels[0]),
        inverts=generator.integers(0, 2, channels[0]),
        integer=IntegerType(-8, 7),
        exponent=2,
    )
    graph = chain(unit)
    frames = random_input(generator, graph, 2)
    result = assert_simulates_exactly(graph, frames, generator)
    for channel in range(channels[0]):
        for x, b in zip(frames[..., channel].flat, result.outputs[..., channel].flat, strict=True):
            assert b == (x >= unit.thresholds[channel]) ^ bool(unit.inverts[channel])


def test_constants() -> None:
    unit = Threshold(
        name="sign",
        layer="sign",
        height=1,
        width=1,
        channels=2,
        thresholds=np.array([-8, -8]),
        inverts=np.array([0, 1]),
        integer=IntegerType(-8, 7),
        exponent=0,
    )
    for x in range(-8, 8):
        np.testing.assert_array_equal(unit.evaluate(np.full((1, 1, 1, 2), x))[0].reshape(-1), [1, 0])
