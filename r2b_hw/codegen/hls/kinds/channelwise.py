"""C++ call of a channelwise unit."""

from r2b_hw.codegen.hls.unit_code import UnitCode
from r2b_hw.codegen.nest_code import single_nest
from r2b_hw.codegen.ranges import activated_extremes, affine_values, check_width, rounding_values
from r2b_hw.codegen.table import common_shift, folded, signed_table
from r2b_hw.graph.widths import signed_bits
from r2b_hw.units.channelwise import Channelwise


def _widths(unit: Channelwise) -> tuple[int, int]:
    """Return the widths of the sum and of everything after it."""
    sums: list[int] = []
    results: list[int] = []
    for values, slope, shift in zip(affine_values(unit), unit.slopes, unit.output_shifts(), strict=True):
        sums += values
        extremes = activated_extremes(values[0], values[1], int(slope), unit.slope_exponent)
        results += rounding_values(*extremes, int(shift))
    output = unit.output_integer
    results += [output.lo, output.hi, *sums]
    return check_width(unit.layer, signed_bits(sums)), check_width(unit.layer, signed_bits(results))


def unit_code(unit: Channelwise) -> UnitCode:
    """Return the call."""
    p = unit.channels_per_word
    sum_bits, result_bits = _widths(unit)
    tables = (
        signed_table("multipliers", folded(unit.factors(), p), "[fold][channel]"),
        signed_table("input_shifts", folded(unit.input_shifts(), p), "[fold][channel]: left shift onto the sum's grid"),
        signed_table("biases", folded(unit.aligned_biases(), p), "[fold][channel], on the sum's grid"),
        signed_table("slopes", folded(unit.slopes, p), f"[fold][channel], times 2**-{unit.slope_exponent}"),
        signed_table("output_shifts", folded(unit.output_shifts(), p), "[fold][channel]: rounding right shift"),
    )
    arguments = (
        ("bits of the sum", str(sum_bits)),
        ("bits of the result", str(result_bits)),
        ("slope exponent", str(unit.slope_exponent)),
        ("multiplied", str(unit.multiplied).lower()),
        ("lowest output", str(unit.output_integer.lo)),
        ("highest output", str(unit.output_integer.hi)),
        ("input shift", common_shift(unit.input_shifts())),
        ("output shift", common_shift(unit.output_shifts())),
    )
    return UnitCode("channelwise", single_nest(unit), arguments, tables)
