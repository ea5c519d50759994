"""Several pixels at once: planned where one weight word should serve them all."""

import numpy as np
import pytest

from r2b_hw.boards import load_board
from r2b_hw.errors import InputError
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.planning import plan
from r2b_hw.planning.budget import RESOURCES, amount
from r2b_hw.planning.folding import folded, parallelism_of, unit_folds, useful_pixels
from r2b_hw.planning.reconvergence import UnitDependencies
from r2b_hw.units.pixel_parallel_mvu import PixelParallelMvu
from r2b_hw.units.xnor_mvu import XnorMvu
from tests.planning.hand_built import GATE, residual_network

NETWORK = residual_network(blocks=((16, 1),))
BOARD = load_board("pynq-z2")


def convolution(graph: HardwareGraph) -> XnorMvu:
    unit = graph.unit_by_name["blocks.0.conv"]
    assert isinstance(unit, XnorMvu)
    return unit


@pytest.mark.parametrize("pixels", [2, 4])
def test_pixels_divide_a_convolutions_cycles(pixels: int) -> None:
    cycles = 64 * (16 // 2) * (16 // 2) // pixels
    made = plan(NETWORK, BOARD, target_fps=100e6 / cycles, parallelism={"blocks.0.conv": (2, 2, pixels)})
    unit = convolution(made.graph)
    assert isinstance(unit, PixelParallelMvu)
    assert parallelism_of(unit) == (2, 2, pixels)
    assert unit.interval == cycles == made.interval
    frames = np.random.default_rng(1).integers(GATE.lo, GATE.hi + 1, (2, 8, 8, 1))
    before, after = NETWORK.evaluate(frames), made.graph.evaluate(frames)
    for name in before:
        np.testing.assert_array_equal(before[name], after[name])


def test_two_numbers_fix_one_pixel() -> None:
    made = plan(NETWORK, BOARD, target_fps=5_000, parallelism={"blocks.0.conv": (2, 2)})
    assert type(convolution(made.graph)) is XnorMvu


def test_only_numbers_that_gain_are_tried() -> None:
    unit = convolution(NETWORK).with_parallelism(2, 4)
    assert useful_pixels(unit) == (2, 4)
    assert useful_pixels(unit.with_parallelism(16, 4)) == ()
    for fold in unit_folds(unit):
        alone = unit.with_parallelism(*parallelism_of(fold)[:2])
        gain = fold.pixels if isinstance(fold, PixelParallelMvu) else 1
        assert fold.interval == -(-alone.interval // gain)


def test_a_small_board_plans_more_synapses_a_clock_than_its_block_ram_feeds() -> None:
    """Eight half-blocks of 128 channels on 16x16 maps, without gates, on an XC7Z020: 1.2 million binary weights."""
    network = residual_network((16, 16, 3), 128, ((128, 1),) * 8, gated=False)
    made = plan(network, BOARD)
    units = [unit for unit in made.graph.units if isinstance(unit, XnorMvu)]
    assert sum(unit.synapses for unit in units) >= 16_384 > 72 * made.available.bram36
    assert any(isinstance(unit, PixelParallelMvu) for unit in units)
    assert all(amount(made.total, name) <= amount(made.available, name) for name in RESOURCES)
    assert made.interval == made.interval_target == 16_384


def test_impossible_numbers_are_refused() -> None:
    with pytest.raises(InputError, match=r"blocks\.0\.conv: parallelism \(2, 2, 7\) does not divide"):
        plan(NETWORK, BOARD, parallelism={"blocks.0.conv": (2, 2, 7)})
    with pytest.raises(InputError, match=r"blocks\.0\.window: 2 pixels at once is not possible"):
        folded(NETWORK.unit_by_name["blocks.0.window"], (1, 1, 2))


def test_a_group_is_needed_before_its_first_result() -> None:
    unit = folded(convolution(NETWORK), (2, 4, 8))
    needed = UnitDependencies(unit)
    folds, rows = 16 // 2, 16 // 4
    for word in (1, rows, 8 * rows):
        assert needed.words_needed("x", "y", word) == 8 * folds
    assert needed.words_needed("x", "y", 8 * rows + 1) == 2 * 8 * folds
    # Thousands of groups back, through the credits that are given back.
    assert needed.words_needed("x", "y", 5000 * 8 * rows) == 5000 * 8 * folds
