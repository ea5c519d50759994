"""Widths of intermediate values, from worst-case ranges computed with unbounded integers."""

from r2b_hw.errors import InputError
from r2b_hw.graph.affine_unit import AffineUnit

WIDEST = 62
"""C-simulation computes in 64-bit words and needs a bit of headroom for a sum."""


def affine_values(unit: AffineUnit) -> list[tuple[int, ...]]:
    """Return, for each channel, the extreme values of x * multiplier + bias, then those met on the way."""
    result: list[tuple[int, ...]] = []
    for factor, shift, bias in zip(unit.factors(), unit.input_shifts(), unit.aligned_biases(), strict=True):
        products = sorted(value * int(factor) for value in (unit.integer.lo, unit.integer.hi))
        lo, hi = (product << int(shift) for product in products)
        result.append((lo + int(bias), hi + int(bias), lo, hi, *products, unit.integer.lo, unit.integer.hi))
    return result


def activated_extremes(lo: int, hi: int, slope: int, slope_exponent: int) -> tuple[int, int]:
    """Return the range of v * 2**slope_exponent (v >= 0) and v * slope (v < 0) for v in [lo, hi], zero included."""
    candidates = (0, max(hi, 0) << slope_exponent, min(lo, 0) * slope)
    return min(candidates), max(candidates)


def rounding_values(lo: int, hi: int, shift: int) -> tuple[int, ...]:
    """Return the extreme values that ``round_half_even(v * 2**-shift)`` meets on its way for v in [lo, hi]."""
    if shift <= 0:
        return lo << -shift, hi << -shift, lo, hi
    return lo, hi + (1 << (shift - 1)), (1 << shift) - 1


def check_width(layer: str, bits: int) -> int:
    """Return ``bits``; InputError where a value is too wide for C-simulation."""
    if bits > WIDEST:
        raise InputError(
            f"layer {layer}: an intermediate value needs {bits} bits, at most {WIDEST} are supported; "
            "bring the exponents of its inputs closer together"
        )
    return bits
