"""SystemVerilog instance of a width converter."""

from r2b_hw.codegen.nest_code import single_nest
from r2b_hw.codegen.rtl.unit_rtl import UnitRtl
from r2b_hw.schedule.loop_nest import first
from r2b_hw.units.width_converter import WidthConverter


def unit_rtl(unit: WidthConverter) -> UnitRtl:
    """Return the instance."""
    x, y = unit.inputs[0], unit.outputs[0]
    widens = x.word_bits <= y.word_bits
    return UnitRtl(
        single_nest(unit, loads=(first("part"),)),
        parameters=(
            ("NARROW", str(min(x.word_bits, y.word_bits))),
            ("WIDE", str(max(x.word_bits, y.word_bits))),
            ("WIDENS", f"1'b{int(widens)}"),
        ),
    )
