"""The pixel-parallel unit alone: nests that wait for each other, folds, memories, invalid taps."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from r2b_hw.units.pixel_parallel_mvu import PixelParallelMvu
from tests.rtl.harness import assert_verilates_exactly, long_rtl_settings, rtl_settings
from tests.rtl.test_xnor_mvu import random_windows, units, xnor_mvu
from tests.units.harness import chain


def assert_equal(pixels: int, generator: np.random.Generator, *shape: int, **options: int) -> None:
    unit = PixelParallelMvu.of(xnor_mvu(generator, *shape, **options), pixels)
    graph = chain(unit, depth=int(generator.integers(1, 8)))
    assert_verilates_exactly(graph, random_windows(generator, unit, 3), generator)


pixels = st.sampled_from([1, 2, 3, 6])


@rtl_settings
@given(pixels=pixels, **units)
def test_equals_simulation(pixels: int, seed: int, **shape) -> None:
    # A window of one tap lies on no padding: padding is smaller than the kernel.
    assume(shape["kernel"] > 1 or not shape["valid_bits"])
    assert_equal(pixels, np.random.default_rng(seed), **shape)


@pytest.mark.long
@long_rtl_settings
@given(pixels=pixels, **units)
def test_equals_simulation_in_many_shapes(pixels: int, seed: int, **shape) -> None:
    # A window of one tap lies on no padding: padding is smaller than the kernel.
    assume(shape["kernel"] > 1 or not shape["valid_bits"])
    assert_equal(pixels, np.random.default_rng(seed), **shape)


def test_words_and_results_in_block_ram() -> None:
    """33 folds either way: two groups take more than 64 words."""
    assert_equal(3, np.random.default_rng(0), 1, 2, 33, 1, 33)
