"""Parameters and constants of the modules that channelwise and rescale units share, each a stage of their pipelines."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from r2b_hw.codegen.ranges import activated_extremes
from r2b_hw.codegen.rtl.constants import Constants, integer_words
from r2b_hw.codegen.table import folded
from r2b_hw.graph.activation import Activation, activation_of
from r2b_hw.graph.affine_unit import AffineUnit
from r2b_hw.graph.product import product_in_dsp
from r2b_hw.graph.widths import signed_bits
from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.numeric.rounding import Integers

Ranges = Sequence[tuple[int, int]]
"""The least and the greatest value of each channel."""


@dataclass(frozen=True)
class Stage:
    """Parameters and constants of a stage; the ranges of its results, and in which cycle after firing they stand."""

    parameters: tuple[tuple[str, str], ...]
    constants: tuple[Constants, ...]
    ranges: Ranges
    cycle: int

    @property
    def bits(self) -> int:
        """Two's complement width of the results."""
        return range_bits(self.ranges)


def range_bits(ranges: Iterable[tuple[int, int]]) -> int:
    """Return the two's complement width of all values of ``ranges``."""
    return signed_bits(value for pair in ranges for value in pair)


def flag(value: bool) -> str:
    """Return a parameter of type bit."""
    return f"1'b{int(value)}"


def constant_type(values: Integers) -> IntegerType:
    """Return the smallest type of ``values``, without a sign where none is negative."""
    return IntegerType(min(int(values.min()), 0), max(int(values.max()), 0))


def integers(name: str, values: Integers, bits: int, channels_per_word: int, cycle: int) -> Constants:
    """Return per-channel ``values`` as constants, a fold a word, that stand ``cycle`` cycles after firing."""
    layout = f"a fold a line: {channels_per_word} integers of {bits} bits"
    return Constants(name, integer_words(folded(values, channels_per_word), bits), layout, delay=cycle - 1)


def common_and_own(shifts: Integers) -> tuple[int, Integers, int]:
    """Return what left ``shifts`` (C,) share, what each adds to it, and the bits of that: 0 where they are equal."""
    common = int(shifts.min())
    own = shifts - common
    return common, own, int(own.max()).bit_length()


def affine_stage(unit: AffineUnit) -> Stage:
    """Return the stage that computes x * multiplier + bias."""
    p = unit.channels_per_word
    ranges = unit.affine_ranges()
    parameters = [
        ("X_BITS", str(unit.integer.bits)),
        ("X_SIGNED", flag(unit.integer.signed)),
        ("MULTIPLIED", flag(unit.multiplied)),
        ("BIASED", flag(unit.biased)),
        ("SUM_BITS", str(range_bits(ranges))),
    ]
    constants: list[Constants] = []
    if unit.multiplied:
        integer = constant_type(unit.multipliers)
        parameters += [
            ("MULTIPLIER_BITS", str(integer.bits)),
            ("MULTIPLIER_SIGNED", flag(integer.signed)),
            ("MULTIPLIER_IN_DSP", flag(product_in_dsp(unit.integer.bits, integer.bits))),
        ]
        constants.append(integers("multipliers", unit.multipliers, integer.bits, p, 1))
    if unit.biased:
        biases = unit.aligned_biases()
        bits = signed_bits(biases.tolist())
        cycle = 1 + int(unit.multiplied)
        common, own, shift_bits = common_and_own(unit.input_shifts())
        parameters += [
            ("BIAS_BITS", str(bits)),
            ("INPUT_SHIFT", str(common)),
            ("INPUT_SHIFT_BITS", str(shift_bits)),
        ]
        constants.append(integers("biases", biases, bits, p, cycle))
        if shift_bits:
            constants.append(integers("input_shifts", own, shift_bits, p, cycle))
    return Stage(tuple(parameters), tuple(constants), ranges, 1 + int(unit.multiplied) + int(unit.biased))


def activation_stage(before: Stage, slopes: Integers, slope_exponent: int, channels_per_word: int) -> Stage:
    """Return the ReLU or PReLU of the results of ``before``."""
    ranges = before.ranges
    activation = activation_of(slopes, slope_exponent)
    parameters = [
        ("RELU", flag(activation is Activation.RELU)),
        ("PRELU", flag(activation is Activation.PRELU)),
        ("SLOPE_EXPONENT", str(slope_exponent)),
    ]
    constants: list[Constants] = []
    if activation is Activation.PRELU:
        integer = constant_type(slopes)
        parameters += [
            ("SLOPE_BITS", str(integer.bits)),
            ("SLOPE_SIGNED", flag(integer.signed)),
            ("SLOPE_IN_DSP", flag(product_in_dsp(range_bits(ranges), integer.bits))),
        ]
        constants.append(integers("slopes", slopes, integer.bits, channels_per_word, before.cycle))
    activated = [
        activated_extremes(lo, hi, int(slope), slope_exponent) for (lo, hi), slope in zip(ranges, slopes, strict=True)
    ]
    return Stage(tuple(parameters), tuple(constants), activated, before.cycle + len(constants))


def shifted(ranges: Ranges, shifts: Integers) -> Ranges:
    """Return ``ranges`` shifted left."""
    return [(lo << int(shift), hi << int(shift)) for (lo, hi), shift in zip(ranges, shifts, strict=True)]


def shift_stage(before: Stage, name: str, shifts: Integers, channels_per_word: int) -> Stage:
    """Return the left shift of the results of ``before``, in the same cycle; ``name`` is singular."""
    common, own, bits = common_and_own(shifts)
    parameters = ((f"{name.upper()}", str(common)), (f"{name.upper()}_BITS", str(bits)))
    constants = (integers(f"{name}s", own, bits, channels_per_word, before.cycle),) if bits else ()
    return Stage(parameters, constants, shifted(before.ranges, shifts), before.cycle)


def requantise_stage(before: Stage, right_shifts: Integers, output: IntegerType, channels_per_word: int) -> Stage:
    """Return the shifts, rounding and saturation of the results of ``before``.

    All channels are rounded at the greatest shift: one of a smaller shift is shifted left by the difference before.
    """
    shift = int(right_shifts.max())
    left = shift - right_shifts
    left_bits = int(left.max()).bit_length()
    aligned = shifted(before.ranges, left)
    rounded = [(_round(lo, shift), _round(hi, shift)) for lo, hi in aligned]
    clips_low = min(lo for lo, _ in rounded) < output.lo
    clips_high = max(hi for _, hi in rounded) > output.hi
    limits = (output.lo if clips_low else 0, output.hi if clips_high else 0)
    rounded_bits = max(range_bits([*rounded, limits]), output.bits + int(not output.signed))
    parameters = (
        ("ALIGNED_BITS", str(max(range_bits(aligned), shift + 1))),
        ("LEFT_BITS", str(left_bits)),
        ("ROUND_SHIFT", str(shift)),
        ("ROUNDED_BITS", str(rounded_bits)),
        ("OUT_BITS", str(output.bits)),
        ("LOW", _longint(output.lo)),
        ("HIGH", _longint(output.hi)),
        ("CLIPS_LOW", flag(clips_low)),
        ("CLIPS_HIGH", flag(clips_high)),
    )
    constants = (integers("left_shifts", left, left_bits, channels_per_word, before.cycle),) if left_bits else ()
    return Stage(parameters, constants, [(output.lo, output.hi)] * len(rounded), before.cycle + 1)


def joined(stages: Sequence[Stage], names: Sequence[str]) -> tuple[tuple[Constants, ...], tuple[tuple[str, str], ...]]:
    """Return all constants of ``stages``, and zeros for the inputs ``names`` of the datapath that have none."""
    constants = tuple(constants for stage in stages for constants in stage.constants)
    present = {memory.name for memory in constants}
    return constants, tuple((name, "'0") for name in names if name not in present)


def _longint(value: int) -> str:
    return f"{'-' if value < 0 else ''}64'sd{abs(value)}"


def _round(value: int, shift: int) -> int:
    """Return value * 2**-shift, rounded half to even."""
    if shift <= 0:
        return value << -shift
    kept = value >> shift
    return (value + (1 << (shift - 1)) - 1 + (kept & 1)) >> shift


def product_parameters(x: IntegerType, factor: IntegerType, y: IntegerType) -> tuple[tuple[str, str], ...]:
    """Return the parameters of exact products of ``x`` and ``factor``, whose type is ``y``."""
    return (
        ("X_BITS", str(x.bits)),
        ("X_SIGNED", flag(x.signed)),
        ("FACTOR_BITS", str(factor.bits)),
        ("FACTOR_SIGNED", flag(factor.signed)),
        ("IN_DSP", flag(product_in_dsp(x.bits, factor.bits))),
        ("Y_BITS", str(y.bits)),
    )
