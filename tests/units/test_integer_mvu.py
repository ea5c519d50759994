import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.units.integer_mvu import IntegerMvu
from r2b_hw.units.sliding_window import SlidingWindow
from tests.units.harness import assert_simulates_exactly, chain, random_input
from tests.units.test_xnor_mvu import divisor


@st.composite
def layers(draw):
    kernel = draw(st.sampled_from([1, 3]))
    padding = kernel // 2
    channels, outputs = draw(st.sampled_from([1, 2, 6])), draw(st.sampled_from([1, 4, 6]))
    simd = divisor(draw, channels)
    lo = draw(st.integers(-300, 5))
    integer = IntegerType(lo, lo + draw(st.integers(0, 500)))
    window = SlidingWindow(
        name="window",
        layer="conv",
        height=draw(st.integers(1, 6)),
        width=draw(st.integers(1, 6)),
        channels=channels,
        channels_per_word=simd,
        integer=integer,
        exponent=3,
        kernel=(kernel, kernel),
        stride=(draw(st.integers(1, 2)),) * 2,
        padding=(padding, padding),
    )
    generator = np.random.default_rng(draw(st.integers(0, 2**32)))
    mvu = IntegerMvu(
        name="mvu",
        layer="conv",
        height=window.output_height,
        width=window.output_width,
        weights=generator.integers(-128, 128, (outputs, kernel, kernel, channels)),
        weight_exponents=tuple(int(e) for e in generator.integers(0, 9, outputs)),
        input_integer=integer,
        input_exponent=3,
        valid_bits=window.valid_bits,
        simd=simd,
        pe=divisor(draw, outputs),
    )
    return window, mvu, generator


@settings(max_examples=40)
@given(layers())
def test_equals_torch_and_simulates_exactly(case) -> None:
    window, mvu, generator = case
    graph = chain(window, mvu)
    frames = random_input(generator, graph, 2)
    result = assert_simulates_exactly(graph, frames, generator)
    golden = torch.nn.functional.conv2d(
        torch.from_numpy(frames.transpose(0, 3, 1, 2).astype(np.float64)),
        torch.from_numpy(mvu.weights.transpose(0, 3, 1, 2).astype(np.float64)),
        stride=window.stride,
        padding=window.padding,
    )
    np.testing.assert_array_equal(result.outputs, golden.numpy().transpose(0, 2, 3, 1))
    assert mvu.accumulator.lo <= result.outputs.min() and result.outputs.max() <= mvu.accumulator.hi


def test_accumulator_range_is_reached() -> None:
    mvu = IntegerMvu(
        name="mvu",
        layer="fc",
        height=1,
        width=1,
        weights=np.array([[[[3, -5]]]]),
        weight_exponents=(2,),
        input_integer=IntegerType(-4, 7),
        input_exponent=1,
        valid_bits=False,
    )
    assert (mvu.accumulator.lo, mvu.accumulator.hi) == (3 * -4 - 5 * 7, 3 * 7 + 5 * 4)
    assert mvu.outputs[0].exponents == (3,)
