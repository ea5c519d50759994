from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.simulation import simulate_timing
from r2b_hw.units.sliding_window import SlidingWindow
from r2b_hw.units.xnor_mvu import XnorMvu
from tests.units.harness import assert_simulates_exactly, chain, random_input


def divisor(draw, number: int) -> int:
    return draw(st.sampled_from([d for d in range(1, number + 1) if number % d == 0]))


@st.composite
def convolutions(draw):
    kernel = draw(st.sampled_from([1, 2, 3, 5]))
    padding = draw(st.integers(0, kernel - 1))
    smallest = max(1, kernel - 2 * padding)
    height, width = draw(st.integers(smallest, 9)), draw(st.integers(smallest, 9))
    channels, outputs = draw(st.sampled_from([1, 3, 4, 6, 70])), draw(st.sampled_from([1, 2, 6]))
    simd = divisor(draw, channels)
    window = SlidingWindow(
        name="window",
        layer="conv",
        height=height,
        width=width,
        channels=channels,
        channels_per_word=simd,
        integer=IntegerType.of_bit(),
        exponent=0,
        kernel=(kernel, kernel),
        stride=(draw(st.integers(1, 3)),) * 2,
        padding=(padding, padding),
        padding_value=draw(st.sampled_from([None, None, 0, 1])),
    )
    generator = np.random.default_rng(draw(st.integers(0, 2**32)))
    mvu = XnorMvu(
        name="mvu",
        layer="conv",
        height=window.output_height,
        width=window.output_width,
        weights=generator.integers(0, 2, (outputs, kernel, kernel, channels)),
        valid_bits=window.valid_bits,
        simd=simd,
        pe=divisor(draw, outputs),
    )
    return window, mvu, generator


@settings(max_examples=60)
@given(convolutions())
def test_equals_torch_and_simulates_exactly(case) -> None:
    window, mvu, generator = case
    graph = chain(window, mvu)
    frames = random_input(generator, graph, 2)
    result = assert_simulates_exactly(graph, frames, generator)
    spins = torch.from_numpy(2.0 * frames.transpose(0, 3, 1, 2) - 1)
    value = 0.0 if window.padding_value is None else 2.0 * window.padding_value - 1
    padded = torch.nn.functional.pad(spins, [window.padding[1]] * 2 + [window.padding[0]] * 2, value=value)
    weights = torch.from_numpy(2.0 * mvu.weights.transpose(0, 3, 1, 2) - 1)
    golden = torch.nn.functional.conv2d(padded, weights, stride=window.stride)
    np.testing.assert_array_equal(result.outputs, golden.numpy().transpose(0, 2, 3, 1))


@pytest.mark.parametrize("pe", [1, 2, 4])
def test_interval_is_what_the_schedule_says(pe: int) -> None:
    mvu = XnorMvu(
        name="mvu",
        layer="conv",
        height=4,
        width=5,
        weights=np.zeros((8, 1, 1, 6), dtype=np.int64),
        valid_bits=False,
        simd=2,
        pe=pe,
    )
    result = simulate_timing(chain(mvu, depth=6))
    assert result.interval == 4 * 5 * (8 // pe) * 3 == mvu.interval


def test_latency_of_one_word() -> None:
    mvu = XnorMvu(
        name="mvu",
        layer="l",
        height=1,
        width=1,
        weights=np.ones((1, 1, 1, 4), dtype=np.int64),
        valid_bits=False,
        simd=4,
    )
    # Pushed at 0, popped and fired at 1, pushed at 1 + 4, popped by the sink a cycle later.
    assert simulate_timing(chain(mvu), 1).latencies == (6,)
    assert replace(mvu, simd=1).interval == 4
