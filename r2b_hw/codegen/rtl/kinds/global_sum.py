"""SystemVerilog instance of a global sum."""

from r2b_hw.codegen.nest_code import single_nest
from r2b_hw.codegen.rtl.constants import memory_style
from r2b_hw.codegen.rtl.unit_rtl import UnitRtl
from r2b_hw.schedule.loop_nest import first, last
from r2b_hw.units.global_sum import GlobalSum


def unit_rtl(unit: GlobalSum) -> UnitRtl:
    """Return the instance."""
    many = unit.folds > 1
    unused = () if many else (("main_fold", "1'b0"),)
    return UnitRtl(
        single_nest(unit, begins_frame=(first("pixel"),), ends_frame=(last("pixel"),)),
        parameters=(
            ("BITS", str(unit.integer.bits)),
            ("IS_SIGNED", f"1'b{int(unit.integer.signed)}"),
            ("SUM_BITS", str(unit.outputs[0].integer.bits)),
            ("CHANNELS", str(unit.channels_per_word)),
            ("FOLDS", str(unit.folds)),
            ("STYLE", memory_style(unit.folds)),
        ),
        counters=(("main", "fold"),) if many else (),
        connections=(*unused, ("x_data", "x_data"), ("y_data", "y_data")),
    )
