"""SystemVerilog instance of a fork."""

from r2b_hw.codegen.nest_code import single_nest
from r2b_hw.codegen.rtl.unit_rtl import UnitRtl
from r2b_hw.units.fork import Fork


def unit_rtl(unit: Fork) -> UnitRtl:
    """Return the instance; the copies leave the datapath side by side."""
    copies = ", ".join(f"{port.name}_data" for port in reversed(unit.outputs))
    return UnitRtl(
        single_nest(unit),
        parameters=(("WIDTH", str(unit.inputs[0].word_bits)), ("COPIES", str(unit.copies))),
        fires=(),
        clocked=False,
        connections=(("x_data", "x_data"), ("y_data", f"{{{copies}}}")),
    )
