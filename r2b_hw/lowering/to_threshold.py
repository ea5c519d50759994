"""Sign of an affine of an integer stream -> per-channel threshold."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from r2b_hw.frontend.operations import AffineStep
from r2b_hw.graph.port import Port
from r2b_hw.numeric.rounding import Integers
from r2b_hw.units.threshold import Threshold

Reals = npt.NDArray[np.float64]

_UNIT_ROUNDOFF = 2.0**-24
_NORMALISE_ROUNDINGS = 4
"""Float32 roundings in a batch normalisation: factor, difference, product, sum."""
_GRID_POINTS = 1 << 22
_NEIGHBOURS = 256


@dataclass(frozen=True, eq=False)
class Thresholds:
    """Bits are (x >= ``thresholds``) xor ``inverts``, (C,).

    ``near_ties`` counts (integer, channel) pairs whose value is nearer to zero than float32's error bound: there a
    framework may legitimately give the other sign.
    """

    thresholds: Integers
    inverts: Integers
    near_ties: int


def to_threshold(steps: tuple[AffineStep, ...], x: Port, name: str, layer: str) -> tuple[Threshold, int]:
    """Return the unit for the sign of ``steps`` of ``x``, and the number of near ties."""
    height, width, channels = x.shape
    found = find_thresholds(steps, x.integer.lo, x.integer.hi, x.exponents[0], channels)
    unit = Threshold(
        name=name,
        layer=layer,
        height=height,
        width=width,
        channels=channels,
        thresholds=found.thresholds,
        inverts=found.inverts,
        integer=x.integer,
        exponent=x.exponents[0],
    )
    return unit, found.near_ties


def find_thresholds(steps: tuple[AffineStep, ...], lo: int, hi: int, exponent: int, channels: int) -> Thresholds:
    """Return the thresholds of sign(steps(n * 2**-exponent)), n in [lo, hi], evaluated in float64.

    Every step is monotone also after rounding, so bisection finds the one change of sign. Constants become (lo, 0) and
    (lo, 1).
    """
    direction = np.ones(channels)
    for step in steps:
        if step.kind in ("multiply", "normalise"):
            direction = direction * np.sign(np.array(step.operands[0]))

    def value(integers: Integers) -> Reals:
        return evaluate_steps(steps, integers, exponent)[0]

    falling = direction < 0
    changes = _first_change(value, falling, lo, hi, channels)
    starts_high = value(np.full(channels, lo, dtype=np.int64)) >= 0
    constant = (changes == lo) | (changes > hi) | (direction == 0)
    thresholds = np.where(constant, lo, changes)
    inverts = np.where(constant, ~starts_high, falling).astype(np.int64)
    return Thresholds(thresholds, inverts, _count_near_ties(steps, lo, hi, exponent, direction, changes))


def _first_change(
    value: Callable[[Integers], Reals], falling: npt.NDArray[np.bool_], lo: int, hi: int, channels: int
) -> Integers:
    """Return the smallest n (C,) whose value is >= 0, or < 0 where falling; hi + 1 where there is none."""
    low = np.full(channels, lo, dtype=np.int64)
    high = np.full(channels, hi + 1, dtype=np.int64)
    while bool((low < high).any()):
        middle = (low + high) >> 1
        reached = (value(np.minimum(middle, hi)) >= 0) ^ falling
        undecided = low < high
        high = np.where(undecided & reached, middle, high)
        low = np.where(undecided & ~reached, middle + 1, low)
    return low


def evaluate_steps(steps: tuple[AffineStep, ...], integers: Integers, exponent: int) -> tuple[Reals, Reals]:
    """Return float64 values and bounds of float32's error for integers (..., C).

    The bound is zero as long as every intermediate result is a float32.
    """
    value = np.ldexp(integers.astype(np.float64), -exponent)
    error = np.zeros_like(value)
    for step in steps:
        operand = np.array(step.operands[0])
        match step.kind:
            case "add":
                value = value + operand
                error = error + _rounding(value, operand)
            case "multiply":
                value = value * operand
                error = error * np.abs(operand) + _rounding(value, operand)
            case "normalise":
                gamma, beta, mean, variance = (np.array(operand) for operand in step.operands)
                factor = gamma / np.sqrt(variance + step.epsilon)
                magnitude = (np.abs(value) + np.abs(mean)) * np.abs(factor) + np.abs(beta)
                value = (value - mean) * factor + beta
                error = error * np.abs(factor) + _NORMALISE_ROUNDINGS * _UNIT_ROUNDOFF * magnitude
            case _:
                raise ValueError(f"unknown affine step {step.kind}")
    return value, error


def _rounding(value: Reals, operand: Reals) -> Reals:
    exact = (value.astype(np.float32) == value) & (operand.astype(np.float32) == operand)
    return np.where(exact, 0.0, 2 * np.abs(value) * _UNIT_ROUNDOFF)


def _count_near_ties(
    steps: tuple[AffineStep, ...], lo: int, hi: int, exponent: int, direction: Reals, changes: Integers
) -> int:
    channels = len(direction)
    if (hi - lo + 1) * channels <= _GRID_POINTS:
        integers = np.broadcast_to(np.arange(lo, hi + 1, dtype=np.int64)[:, None], (hi - lo + 1, channels))
    else:
        integers = changes + np.arange(-_NEIGHBOURS, _NEIGHBOURS + 1, dtype=np.int64)[:, None]
    value, error = evaluate_steps(steps, integers, exponent)
    near = (error > 0) & (np.abs(value) <= error) & (integers >= lo) & (integers <= hi)
    # A constant channel is one decision, whatever its input.
    return int(np.where(direction == 0, near.any(axis=0), near.sum(axis=0)).sum())
