"""C++ call of a global sum."""

from r2b_hw.codegen.hls.unit_code import UnitCode
from r2b_hw.codegen.nest_code import single_nest
from r2b_hw.schedule.loop_nest import first
from r2b_hw.units.global_sum import GlobalSum


def unit_code(unit: GlobalSum) -> UnitCode:
    """Return the call."""
    return UnitCode("global_sum", single_nest(unit, begins_frame=(first("pixel"),)))
