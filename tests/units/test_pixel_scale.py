from dataclasses import replace

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.simulation import simulate_timing
from r2b_hw.units.channel_sum import ChannelSum
from r2b_hw.units.fork import Fork
from r2b_hw.units.pixel_scale import PixelScale
from tests.units.harness import assert_simulates_exactly, make_graph, random_input


def scaled_by_its_sums(
    height: int, width: int, channels: int, words: int, integer: IntegerType, absolute: bool
) -> HardwareGraph:
    """x times the sum of its own channels."""
    shape = {"height": height, "width": width, "channels": channels, "channels_per_word": words, "integer": integer}
    total = ChannelSum(name="sum", layer="sum", absolute=absolute, exponent=2, output_exponent=4, **shape)
    units = (
        Fork(name="fork", layer="fork", copies=2, exponents=(2,), **shape),
        total,
        PixelScale(
            name="scale",
            layer="scale",
            exponents=(2,),
            factor_integer=total.outputs[0].integer,
            factor_exponent=4,
            output_exponents=(6,),
            **shape,
        ),
    )
    beside = channels // words + 8
    links = [
        (None, "fork.x", 2),
        ("fork.y0", "scale.x", beside),
        ("fork.y1", "sum.x", 2),
        ("sum.y", "scale.k", 2),
        ("scale.y", None, 2),
    ]
    return make_graph(units, links)


@settings(max_examples=60)
@given(
    st.integers(0, 2**32),
    st.tuples(st.integers(1, 4), st.integers(1, 5)),
    st.sampled_from([1, 2, 3, 6]),
    st.sampled_from([IntegerType(-90, 100), IntegerType(0, 7), IntegerType(-5, -2), IntegerType(-3, 0)]),
    st.booleans(),
)
def test_equals_torch_and_simulates_exactly(seed, size, words, integer, absolute) -> None:
    generator = np.random.default_rng(seed)
    graph = scaled_by_its_sums(*size, 6, words, integer, absolute)
    frames = random_input(generator, graph, 3)
    result = assert_simulates_exactly(graph, frames, generator)
    x = torch.from_numpy(frames.transpose(0, 3, 1, 2).astype(np.float32))
    golden = x * (x.abs() if absolute else x).sum(1, keepdim=True)
    np.testing.assert_array_equal(result.outputs, golden.numpy().transpose(0, 2, 3, 1))
    integer = graph.unit_by_name["scale"].outputs[0].integer
    assert integer.lo <= result.outputs.min()
    assert result.outputs.max() <= integer.hi


def test_one_factor_a_pixel_keeps_a_word_a_cycle() -> None:
    graph = scaled_by_its_sums(4, 4, 6, 2, IntegerType(-9, 9), True)
    graph = graph.with_streams(replace(stream, depth=stream.depth + 6) for stream in graph.streams)
    assert simulate_timing(graph).interval == 4 * 4 * 3
