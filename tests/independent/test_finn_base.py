"""finn-base as an independent reference: its binary matrix product, thresholds and data types against ours."""

import importlib
from typing import Any

import numpy as np
import pytest

from r2b_hw.graph.unit import INVALID
from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.simulation import simulate
from r2b_hw.units.sliding_window import SlidingWindow
from r2b_hw.units.threshold import Threshold
from r2b_hw.units.xnor_mvu import XnorMvu
from tests.units.harness import chain

pytest.importorskip("finn.core.datatype", reason="finn-base is not installed: install the extra 'finn'")


def finn(module: str) -> Any:
    return importlib.import_module(f"finn.{module}")


def binary_layer(kernel: int, padding: int, channels: int, filters: int) -> tuple[SlidingWindow, XnorMvu]:
    generator = np.random.default_rng(kernel * 100 + padding * 10 + channels)
    window = SlidingWindow(
        name="window",
        layer="conv",
        height=6,
        width=5,
        channels=channels,
        channels_per_word=channels,
        integer=IntegerType.of_bit(),
        exponent=0,
        kernel=(kernel, kernel),
        stride=(1, 1),
        padding=(padding, padding),
    )
    weights = generator.integers(0, 2, (filters, kernel, kernel, channels))
    height, width = window.output_height, window.output_width
    mvu = XnorMvu(name="mvu", layer="conv", height=height, width=width, weights=weights, valid_bits=window.valid_bits)
    return window, mvu


@pytest.mark.parametrize(("kernel", "padding", "channels"), [(1, 0, 70), (3, 0, 12), (3, 1, 6), (5, 2, 4)])
@pytest.mark.parametrize("clocked", [False, True])
def test_xnor_popcount(kernel: int, padding: int, channels: int, clocked: bool) -> None:
    """dot = 2 P - K, where K counts the valid synapses of a window alone."""
    product = finn("custom_op.general.xnorpopcount").xnorpopcountmatmul
    window, mvu = binary_layer(kernel, padding, channels, filters=8)
    maps = np.random.default_rng(1).integers(0, 2, (3, 6, 5, channels))
    (windows,) = window.evaluate(maps)
    if clocked:
        graph = chain(window.with_parallelism(2, 2), mvu.with_parallelism(2, 4), depth=4)
        got = simulate(graph, maps).outputs
    else:
        (got,) = mvu.evaluate(windows)
    rows = windows.reshape(-1, kernel * kernel * channels)
    weights = mvu.weights.reshape(len(mvu.weights), -1)
    expected = np.empty((len(rows), len(weights)))
    for position, row in enumerate(rows):
        valid = row != INVALID
        popcount = product(row[valid][None], weights[:, valid].T)[0]
        expected[position] = 2 * popcount - valid.sum()
    assert np.array_equal(got, expected.reshape(got.shape))
    assert (expected < 0).any() and (expected > 0).any()


@pytest.mark.parametrize("clocked", [False, True])
def test_threshold(clocked: bool) -> None:
    """A threshold is a MultiThreshold of one step; an inverted one counts the values that are not below it."""
    multithreshold = finn("custom_op.general.multithreshold").multithreshold
    integer = IntegerType.of_bits(8, signed=True)
    channels = 12
    generator = np.random.default_rng(2)
    thresholds = generator.integers(-100, 101, channels)
    thresholds[:2] = integer.lo, integer.hi
    inverts = np.arange(channels, dtype=np.int64) % 2
    unit = Threshold(
        name="sign",
        layer="sign",
        height=16,
        width=16,
        channels=channels,
        channels_per_word=4,
        thresholds=thresholds,
        inverts=inverts,
        integer=integer,
        exponent=0,
    )
    ramp = np.arange(-128, 128).reshape(1, 16, 16, 1)
    x = np.broadcast_to(ramp, (1, 16, 16, channels)).astype(np.int64)
    got = simulate(chain(unit), x).outputs if clocked else unit.evaluate(x)[0]
    # Nodes of FINN count steps upwards; x < t is its bipolar output, 2 count - 1, times -1.
    steps = multithreshold(x.transpose(0, 3, 1, 2).astype(np.float64), thresholds[:, None], 2.0, -1.0)
    bipolar = steps.transpose(0, 2, 3, 1) * (1 - 2 * inverts)
    assert np.array_equal(2 * got - 1, bipolar)


@pytest.mark.parametrize(
    ("bits", "signed"), [(bits, signed) for bits in range(1, 25) for signed in (False, True) if bits > 1 or not signed]
)
def test_integer_types(bits: int, signed: bool) -> None:
    data_type = finn("core.datatype").DataType
    theirs = data_type[f"{'INT' if signed else 'UINT'}{bits}" if bits > 1 else "BINARY"]
    ours = IntegerType.of_bits(bits, signed=signed)
    assert (ours.lo, ours.hi, ours.bits, ours.signed) == (
        theirs.min(),
        theirs.max(),
        theirs.bitwidth(),
        theirs.signed(),
    )


@pytest.mark.parametrize(
    "value", [-70000, -32769, -32768, -129, -128, -3, -2, -1, 0, 1, 2, 3, 127, 128, 255, 256, 65536]
)
def test_smallest_type(value: int) -> None:
    """The width of one number is that of FINN's smallest type that holds it, apart from its two-valued types."""
    theirs = finn("core.datatype").DataType.get_smallest_possible(value)
    ours = IntegerType(min(value, 0), max(value, 0))
    assert ours.bits == (theirs.bitwidth() if theirs.name != "BIPOLAR" else 1)
