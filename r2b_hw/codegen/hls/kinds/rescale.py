"""C++ call of a rescale unit."""

from r2b_hw.codegen.hls.unit_code import UnitCode
from r2b_hw.codegen.nest_code import single_nest
from r2b_hw.codegen.ranges import activated_extremes, affine_values, check_width, rounding_values
from r2b_hw.codegen.table import common_shift, folded, signed_table
from r2b_hw.graph.widths import signed_bits
from r2b_hw.units.rescale import Rescale


def _widths(unit: Rescale) -> tuple[int, int, int]:
    """Return the widths of sum x multiplier + bias, of that x gate, and of everything after it."""
    gates = (unit.gate_integer.lo, unit.gate_integer.hi) if unit.gated else (1,)
    affine = affine_values(unit)
    products: list[int] = []
    results = [unit.output_integer.lo, unit.output_integer.hi]
    shifts = zip(affine, unit.slopes, unit.activated_shifts(), unit.skip_shifts(), unit.output_shifts(), strict=True)
    for values, slope, activated_shift, skip_shift, output_shift in shifts:
        corners = [value * gate for value in values[:2] for gate in gates]
        products += [*values[:2], *corners]
        lo, hi = activated_extremes(min(corners), max(corners), int(slope), unit.slope_exponent)
        lo, hi = lo << int(activated_shift), hi << int(activated_shift)
        results += [lo, hi]
        if unit.skipped:
            skip_lo, skip_hi = (
                unit.skip_integer.lo << int(skip_shift),
                unit.skip_integer.hi << int(skip_shift),
            )
            results += [skip_lo, skip_hi]
            lo, hi = lo + skip_lo, hi + skip_hi
        results += rounding_values(lo, hi, int(output_shift))
    results += products
    sums = [value for values in affine for value in values]
    sum_bits, product_bits, result_bits = (
        check_width(unit.layer, signed_bits(values)) for values in (sums, products, results)
    )
    return sum_bits, product_bits, result_bits


def unit_code(unit: Rescale) -> UnitCode:
    """Return the call; there is a function for each set of ports."""
    p = unit.channels_per_word
    sum_bits, product_bits, result_bits = _widths(unit)
    tables = (
        signed_table("multipliers", folded(unit.factors(), p), "[fold][channel]"),
        signed_table("input_shifts", folded(unit.input_shifts(), p), "[fold][channel]: left, onto the bias's grid"),
        signed_table("biases", folded(unit.aligned_biases(), p), "[fold][channel]"),
        signed_table("slopes", folded(unit.slopes, p), f"[fold][channel], times 2**-{unit.slope_exponent}"),
        signed_table(
            "activated_shifts",
            folded(unit.activated_shifts(), p),
            "[fold][channel]: left, onto the sum's grid",
        ),
        signed_table("skip_shifts", folded(unit.skip_shifts(), p), "[fold][channel]: left, onto the sum's grid"),
        signed_table("output_shifts", folded(unit.output_shifts(), p), "[fold][channel]: rounding right shift"),
    )
    arguments = (
        ("bits of the sum", str(sum_bits)),
        ("bits of the product", str(product_bits)),
        ("bits of the result", str(result_bits)),
        ("slope exponent", str(unit.slope_exponent)),
        ("multiplied", str(unit.multiplied).lower()),
        ("biased", str(unit.biased).lower()),
        ("lowest output", str(unit.output_integer.lo)),
        ("highest output", str(unit.output_integer.hi)),
        ("input shift", common_shift(unit.input_shifts())),
        ("activated shift", common_shift(unit.activated_shifts())),
        ("skip shift", common_shift(unit.skip_shifts())),
        ("output shift", common_shift(unit.output_shifts())),
    )
    function = "rescale" + ("_gated" if unit.gated else "") + ("_skipped" if unit.skipped else "")
    return UnitCode(function, single_nest(unit), arguments, tables)
