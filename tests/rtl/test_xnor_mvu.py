"""The XNOR-popcount unit alone: folds, buffers, weights in every memory, taps that zero padding makes invalid."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from r2b_hw.codegen.rtl.unit_rtl import unit_rtl
from r2b_hw.errors import InputError
from r2b_hw.graph.unit import INVALID
from r2b_hw.numeric.rounding import Integers
from r2b_hw.units.xnor_mvu import XnorMvu
from tests.rtl.harness import assert_verilates_exactly, long_rtl_settings, rtl_settings
from tests.units.harness import chain


def xnor_mvu(
    generator: np.random.Generator, kernel: int, simd: int, folds: int, pe: int, neuron_folds: int, **options: bool
) -> XnorMvu:
    shape = (pe * neuron_folds, kernel, kernel, simd * folds)
    return XnorMvu(
        name="mvu",
        layer="conv",
        height=2,
        width=3,
        weights=generator.integers(0, 2, shape),
        # A window of one tap lies on no padding: padding is smaller than the kernel.
        valid_bits=options.get("valid_bits", False) and kernel > 1,
        simd=simd,
        pe=pe,
        weights_in_luts=options.get("weights_in_luts", False),
    )


def random_windows(generator: np.random.Generator, unit: XnorMvu, frames: int) -> Integers:
    """Random bits; with valid bits, about a third of every pixel's taps are invalid."""
    port = unit.inputs[0]
    height, width, channels = port.shape
    taps = () if port.taps == (1, 1) else port.taps
    windows = generator.integers(0, 2, (frames, height, width, *taps, channels))
    if port.valid_bits:
        # The last axis is channels: a tap is invalid in all of them.
        invalid = generator.integers(0, 3, (*windows.shape[:-1], 1)) == 0
        windows = np.where(invalid, INVALID, windows)
    return windows


def assert_equal(unit: XnorMvu, generator: np.random.Generator) -> None:
    graph = chain(unit, depth=int(generator.integers(1, 6)))
    assert_verilates_exactly(graph, random_windows(generator, unit, 3), generator)


units = {
    "kernel": st.sampled_from([1, 2, 3]),
    "simd": st.sampled_from([1, 2, 5, 8]),
    "folds": st.sampled_from([1, 2, 3]),
    "pe": st.sampled_from([1, 2, 3]),
    "neuron_folds": st.sampled_from([1, 2, 3]),
    "valid_bits": st.booleans(),
    "weights_in_luts": st.booleans(),
    "seed": st.integers(0, 2**32),
}


@rtl_settings
@given(**units)
def test_equals_simulation(seed: int, **shape) -> None:
    generator = np.random.default_rng(seed)
    assert_equal(xnor_mvu(generator, **shape), generator)


@pytest.mark.long
@long_rtl_settings
@given(**units)
def test_equals_simulation_in_many_shapes(seed: int, **shape) -> None:
    generator = np.random.default_rng(seed)
    assert_equal(xnor_mvu(generator, **shape), generator)


def test_wide_words_and_many_folds() -> None:
    """More than 64 bits a word; 66 folds, whose words and weights lie in block RAM."""
    generator = np.random.default_rng(0)
    assert_equal(xnor_mvu(generator, 1, 70, 66, 1, 2), generator)


def test_invalid_taps_add_nothing_to_odd_words() -> None:
    generator = np.random.default_rng(3)
    assert_equal(xnor_mvu(generator, 3, 3, 2, 2, 2, valid_bits=True), generator)


def test_a_window_of_one_tap_on_padding_is_refused() -> None:
    unit = replace(xnor_mvu(np.random.default_rng(0), 1, 2, 1, 1, 1), valid_bits=True)
    with pytest.raises(InputError, match="layer conv: a window of one tap on padding"):
        unit_rtl(unit)
