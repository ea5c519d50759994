import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.simulation import simulate_timing
from r2b_hw.units.memory import block_rams
from r2b_hw.units.spatial_scale import SpatialScale
from tests.units.harness import assert_simulates_exactly, chain, random_input


@st.composite
def spatial_scales(draw):
    """Every way to share factors: rows, columns and channels, each by itself."""
    generator = np.random.default_rng(draw(st.integers(0, 2**32)))
    height, width, channels = draw(st.integers(1, 4)), draw(st.integers(1, 5)), 6
    shape = tuple(draw(st.sampled_from([1, size])) for size in (height, width, channels))
    factors = generator.integers(-200, 300, shape)
    factors.reshape(-1)[0] = draw(st.sampled_from([0, -200, 1]))
    return generator, SpatialScale(
        name="unit",
        layer="unit",
        height=height,
        width=width,
        channels=channels,
        channels_per_word=draw(st.sampled_from([1, 2, 3, 6])),
        integer=draw(st.sampled_from([IntegerType(-90, 100), IntegerType(0, 7), IntegerType(-5, -2)])),
        exponents=draw(st.sampled_from([(3,), (1, 2, 3, 4, 5, 6)])),
        factors=factors,
        output_exponents=(7,),
    )


@settings(max_examples=80)
@given(spatial_scales())
def test_equals_torch_and_simulates_exactly(case) -> None:
    generator, unit = case
    graph = chain(unit)
    frames = random_input(generator, graph, 2)
    result = assert_simulates_exactly(graph, frames, generator)
    x = torch.from_numpy(frames.transpose(0, 3, 1, 2).astype(np.float32))
    golden = x * torch.from_numpy(unit.factors.transpose(2, 0, 1)[None].astype(np.float32))
    np.testing.assert_array_equal(result.outputs, golden.numpy().transpose(0, 2, 3, 1))
    integer = unit.outputs[0].integer
    assert integer.lo <= result.outputs.min()
    assert result.outputs.max() <= integer.hi
    assert simulate_timing(chain(unit, depth=8)).interval == unit.height * unit.width * unit.folds


def test_shared_factors_cost_less_memory() -> None:
    def cost(shape: tuple[int, int, int]) -> tuple[int, float]:
        unit = SpatialScale(
            name="unit",
            layer="unit",
            height=16,
            width=16,
            channels=32,
            channels_per_word=4,
            integer=IntegerType(-512, 511),
            exponents=(0,),
            factors=np.full(shape, -100),
            output_exponents=(0,),
        ).cost()
        return unit.memory_bits, unit.bram36

    assert cost((16, 16, 32)) == (16 * 16 * 32 * 8, block_rams(4 * 8, 16 * 16 * 8))
    assert cost((16, 16, 1)) == (16 * 16 * 8, block_rams(8, 16 * 16))
    assert cost((16, 1, 1)) == (16 * 8, 0)
