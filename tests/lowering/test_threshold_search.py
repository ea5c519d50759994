"""Thresholds found by bisection equal the sign of the affine on every integer of the grid."""

# pyright: basic
from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from r2b_hw.frontend.operations import AffineStep
from r2b_hw.lowering.to_threshold import find_thresholds

floats = st.floats(-50, 50, width=32)


def bits(found, integers: np.ndarray) -> np.ndarray:
    return (integers[:, None] >= found.thresholds) ^ found.inverts.astype(bool)


@settings(deadline=None)
@given(
    st.lists(st.tuples(floats, floats), min_size=1, max_size=5),
    st.integers(-300, 10),
    st.integers(0, 300),
    st.integers(-2, 8),
)
def test_multiply_and_add(pairs: list[tuple[float, float]], lo: int, span: int, exponent: int) -> None:
    hi = lo + span
    scale, offset = (tuple(pair[i] for pair in pairs) for i in range(2))
    steps = (AffineStep("multiply", (scale,)), AffineStep("add", (offset,)))
    found = find_thresholds(steps, lo, hi, exponent, len(pairs))
    integers = np.arange(lo, hi + 1)
    expected = np.ldexp(integers.astype(float), -exponent)[:, None] * np.array(scale) + np.array(offset) >= 0
    assert np.array_equal(bits(found, integers), expected)
    assert (found.thresholds >= lo).all()
    assert (found.thresholds <= hi).all()
    constant = expected.all(axis=0) | ~expected.any(axis=0)
    assert (found.thresholds[constant] == lo).all()


@settings(deadline=None)
@given(st.lists(st.tuples(floats, floats, floats, st.floats(0, 9, width=32)), min_size=1, max_size=4))
def test_batch_normalisation(rows: list[tuple[float, float, float, float]]) -> None:
    gamma, beta, mean, variance = (tuple(row[i] for row in rows) for i in range(4))
    steps = (AffineStep("normalise", (gamma, beta, mean, variance), 1e-5),)
    found = find_thresholds(steps, -128, 127, 4, len(rows))
    integers = np.arange(-128, 128)
    x = integers[:, None] / 16
    expected = (x - np.array(mean)) * (np.array(gamma) / np.sqrt(np.array(variance) + 1e-5)) + np.array(beta) >= 0
    assert np.array_equal(bits(found, integers), expected)


def test_huge_ranges() -> None:
    """No grid is expanded: the threshold is the exact rational one."""
    scale, offset = 0.375, -123456.78125
    steps = (AffineStep("multiply", ((scale, -scale),)), AffineStep("add", ((offset, -offset),)))
    found = find_thresholds(steps, -(2**23), 2**23, 0, 2)
    first = -(-Fraction(-offset) // Fraction(scale))
    assert found.thresholds.tolist() == [first, first]
    assert found.inverts.tolist() == [0, 1]


def test_near_ties_are_counted() -> None:
    """mean on the grid with beta = 0 is a tie; half a grid step away is none; an exact affine has none."""
    tie = AffineStep("normalise", ((1.0, 1.0, 0.0), (0.0, 0.0, 0.0), (0.25, 0.28125, 0.25), (2.0, 2.0, 2.0)), 1e-5)
    assert find_thresholds((tie,), -128, 127, 4, 3).near_ties == 1
    exact = (AffineStep("multiply", ((1.0, -1.0),)), AffineStep("add", ((-0.25, 0.25),)))
    assert find_thresholds(exact, -128, 127, 4, 2).near_ties == 0
    assert find_thresholds((), -128, 127, 4, 2).near_ties == 0
    # 0.1 is no float32 and 3 * 0.1 - 0.3 is zero but for rounding.
    rounded = (AffineStep("multiply", ((float(np.float32(0.1)),),)), AffineStep("add", ((-float(np.float32(0.3)),),)))
    assert find_thresholds(rounded, -128, 127, 0, 1).near_ties == 1
    assert find_thresholds(rounded, -(2**23), 2**23, 0, 1).near_ties == 1


def test_a_frozen_threshold_at_every_half_step() -> None:
    """s * x + t as freezing writes it: boundaries from below the range to above it, both directions."""
    lo, hi, exponent = -8, 7, 3
    boundaries = np.arange(lo - 1, hi + 2) + 0.5
    for sign in (1.0, -1.0):
        offsets = tuple((-sign * boundaries * 2.0**-exponent).tolist())
        steps = (AffineStep("multiply", ((sign,) * len(offsets),)), AffineStep("add", (offsets,)))
        found = find_thresholds(steps, lo, hi, exponent, len(offsets))
        integers = np.arange(lo, hi + 1)
        assert np.array_equal(bits(found, integers), sign * (integers[:, None] - boundaries) >= 0)
        assert found.near_ties == 0
