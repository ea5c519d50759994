import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from r2b_hw.schedule.loop_nest import Direction, transfers
from r2b_hw.simulation import simulate, simulate_timing
from r2b_hw.units.pixel_parallel_mvu import PixelParallelMvu
from r2b_hw.units.xnor_mvu import XnorMvu
from tests.units.harness import assert_simulates_exactly, chain, random_input, random_mask
from tests.units.test_xnor_mvu import convolutions, divisor


def dense(pixels: int, neuron_folds: int, synapse_folds: int, height: int = 6, width: int = 14) -> PixelParallelMvu:
    """A 1x1 unit, two channels a word at either end."""
    alone = XnorMvu(
        name="mvu",
        layer="conv",
        height=height,
        width=width,
        weights=np.random.default_rng(1).integers(0, 2, (2 * neuron_folds, 1, 1, 2 * synapse_folds)),
        valid_bits=False,
        simd=2,
        pe=2,
    )
    return PixelParallelMvu.of(alone, pixels)


@settings(max_examples=40)
@given(convolutions(), st.data())
def test_equals_torch_and_simulates_exactly(case, data) -> None:
    window, alone, generator = case
    unit = PixelParallelMvu.of(alone, divisor(data.draw, alone.height * alone.width))
    graph = chain(window, unit, depth=data.draw(st.integers(1, 3)))
    frames = random_input(generator, graph, 2)
    result = assert_simulates_exactly(graph, frames, generator)
    spins = torch.from_numpy(2.0 * frames.transpose(0, 3, 1, 2) - 1)
    value = 0.0 if window.padding_value is None else 2.0 * window.padding_value - 1
    padded = torch.nn.functional.pad(spins, [window.padding[1]] * 2 + [window.padding[0]] * 2, value=value)
    weights = torch.from_numpy(2.0 * unit.weights.transpose(0, 3, 1, 2) - 1)
    golden = torch.nn.functional.conv2d(padded, weights, stride=window.stride)
    np.testing.assert_array_equal(result.outputs, golden.numpy().transpose(0, 2, 3, 1))
    alone_frame = simulate(graph, frames[:1], source_stalls=random_mask(generator))
    np.testing.assert_array_equal(alone_frame.outputs, result.outputs[:1])


@pytest.mark.parametrize("pixels", [1, 2, 3, 4, 7, 14])
@pytest.mark.parametrize(("neuron_folds", "synapse_folds"), [(1, 1), (1, 5), (5, 1), (4, 4), (8, 3), (3, 8), (16, 7)])
def test_interval_is_what_the_schedule_says(pixels: int, neuron_folds: int, synapse_folds: int) -> None:
    unit = dense(pixels, neuron_folds, synapse_folds)
    longest = max(neuron_folds * synapse_folds, pixels * synapse_folds, pixels * neuron_folds)
    # Deep enough for a word a cycle: L + 2.
    result = simulate_timing(chain(unit, depth=PixelParallelMvu.latency + 2))
    assert result.interval == unit.groups * longest == unit.interval


def test_first_result_needs_one_group() -> None:
    """Words of one group in, then one word of each pixel's folds: nothing waits for a second group."""
    unit = dense(7, 2, 3)
    result = simulate_timing(chain(unit, depth=64), 1)
    fill = 7 * 3
    compute = 2 * 3
    # The last pixel's first word comes (7 - 1) * 3 cycles after the first word; the last group ends alike.
    last_group = (unit.groups - 1) * fill
    assert result.latencies == (last_group + fill - 3 + 2 + compute + (7 - 1) * 2 + unit.latency + 1,)


def test_tokens_balance() -> None:
    unit = dense(7, 4, 3)
    for credit in unit.credits():
        moved = {
            access.direction: transfers(nest, credit.name)
            for nest in unit.nests()
            for access in nest.accesses
            if access.port == credit.name
        }
        assert moved[Direction.READ] == moved[Direction.WRITE] > 0


def test_pixels_divide_a_frame() -> None:
    with pytest.raises(ValueError, match="5 does not divide 84 pixels"):
        dense(5, 1, 1)


def test_one_pixel_at_once_is_an_xnor_unit() -> None:
    unit = dense(1, 4, 3)
    x = random_input(np.random.default_rng(0), chain(unit), 2)
    alone = XnorMvu.evaluate(unit, x)
    np.testing.assert_array_equal(simulate(chain(unit), x).outputs, alone[0])
    assert dense(7, 4, 3).synapses == 7 * unit.synapses
