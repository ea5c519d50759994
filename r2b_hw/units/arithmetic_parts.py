"""Parts of the arithmetic that several kinds share: products, PReLU, shifts by channel, requantisation."""

import math
from collections.abc import Iterable

import numpy as np

from r2b_hw.graph.activation import Activation, activation_of, slope_bits_of
from r2b_hw.graph.affine_unit import AffineUnit
from r2b_hw.graph.cost import Cost
from r2b_hw.graph.product import product_in_dsp
from r2b_hw.graph.widths import signed_bits
from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.numeric.rounding import Integers
from r2b_hw.units.estimate import Parts
from r2b_hw.units.memory import constant_parts


def product_parts(one: IntegerType, other: IntegerType) -> Parts:
    """Return the parts of a product, its register included.

    Of LUTs it is a row of one operand for every two bits of the other, whichever takes fewer rows (Booth, radix 4). A
    DSP48E1 multiplies 25 by 18 bits (UG479).
    """
    wide, narrow = max(one.bits, other.bits), min(one.bits, other.bits)
    if product_in_dsp(one.bits, other.bits):
        return Parts(exact=Cost(dsp=math.ceil(wide / 25) * math.ceil(narrow / 18)))
    rows, operand = min((_rows(digits), operand.bits) for digits, operand in ((one, other), (other, one)))
    return Parts({"product": rows * (operand + 2)}, {"product": one.bits + other.bits})


def _rows(digits: IntegerType) -> int:
    return (digits.bits + int(not digits.signed) + 1) // 2


def delay_parts(name: str, bits: int, cycles: int) -> Parts:
    """Return the parts of a word delayed: registers, or from three cycles on a shift register of LUTs."""
    if cycles >= _SHIFT_REGISTER:
        return Parts({name: bits})
    return Parts(ff={name: bits * cycles})


_SHIFT_REGISTER = 3


def place(one: int, other: int) -> str:
    """Return what parts around a product are called: a DSP has registers and an adder of its own."""
    return "_dsp" if product_in_dsp(one, other) else ""


def affine_parts(unit: AffineUnit) -> Parts:
    """Return the parts of x * multiplier + bias."""
    p, folds, bits = unit.channels_per_word, unit.folds, unit.integer.bits
    multiplier_bits = unit.multiplier_bits
    where = place(bits, multiplier_bits)
    parts = Parts(ff={"word": 0 if where else p * bits})
    if unit.multiplied:
        parts += constant_parts(p * multiplier_bits, folds, name=f"rom{where}")
        parts += product_parts(unit.integer, _constant_type(unit.multipliers)) * p
    if unit.biased:
        width = p * unit.sum_bits
        parts += constant_parts(p * signed_bits(unit.aligned_biases().tolist()), folds, name=f"bias{where}")
        parts += shift_parts("shift", unit.input_shifts(), unit.sum_bits, p, folds)
        parts += Parts({f"add{where}": width}, {f"add{where}": width})
    return parts


def _constant_type(values: Integers) -> IntegerType:
    return IntegerType(min(int(values.min()), 0), max(int(values.max()), 0))


def own_shift_bits(shifts: Integers) -> int:
    """Return the bits of what the channels' ``shifts`` differ by: 0 where they are equal."""
    return int(np.ptp(shifts)).bit_length()


def shift_parts(name: str, shifts: Integers, bits: int, channels_per_word: int, folds: int) -> Parts:
    """Return the parts of a shift of words of ``bits`` a channel: wiring, but for what the channels differ by."""
    own = own_shift_bits(shifts)
    amounts = constant_parts(channels_per_word * own, folds) if own else Parts()
    return amounts + Parts({name: channels_per_word * bits * own})


def activation_parts(
    slopes: Integers, slope_exponent: int, ranges: Iterable[tuple[int, int]], channels_per_word: int, folds: int
) -> Parts:
    """Return the parts of ReLU or PReLU of values in ``ranges``, a channel each; none where none is negative."""
    p, ranges = channels_per_word, tuple(ranges)
    if min(lo for lo, _ in ranges) >= 0:
        return Parts()
    bits = signed_bits(value for pair in ranges for value in pair)
    match activation_of(slopes, slope_exponent):
        case Activation.NONE:
            return Parts()
        case Activation.RELU:
            return Parts({"relu": p * bits})
        case Activation.PRELU:
            slope_bits = slope_bits_of(slopes)
            where = place(bits, slope_bits)
            constants = constant_parts(p * slope_bits, folds, name=f"rom{where}")
            choice = Parts({"prelu": p * (bits + slope_bits)}, {"prelu": p * (bits + 1)})
            values = IntegerType.of_bits(bits, signed=True)
            return constants + choice + product_parts(values, _constant_type(slopes)) * p


def activated_bits(slopes: Integers, slope_exponent: int, bits: int) -> int:
    """Return the width of the activated values of ``bits``."""
    if activation_of(slopes, slope_exponent) is Activation.PRELU:
        return bits + max(slope_exponent, slope_bits_of(slopes) - 1)
    return bits + slope_exponent


def requantise_parts(bits: int, shifts: Integers, output: IntegerType, channels_per_word: int, folds: int) -> Parts:
    """Return the parts of right ``shifts``, rounding and saturation of values of ``bits``."""
    p, shift = channels_per_word, int(shifts.max())
    aligned = bits + int(np.ptp(shifts))
    rounded = max(aligned - shift, output.bits + int(not output.signed))
    clipped = p * output.bits if aligned - shift > output.bits else 0
    full = output.lo in (0, -(1 << (output.bits - 1))) and output.hi == output.lo + (1 << output.bits) - 1
    lut = {
        "round": p * rounded if shift > 0 else 0,
        "below": p * max(0, shift - 1),
        "above": p * max(0, aligned - shift - output.bits),
        "clip" if full else "clip_range": clipped,
    }
    return shift_parts("left", shift - shifts, aligned, p, folds) + Parts(lut, {"round": p * rounded})
