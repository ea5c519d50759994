"""C++ call of a channel sum."""

from r2b_hw.codegen.hls.unit_code import UnitCode
from r2b_hw.codegen.nest_code import single_nest
from r2b_hw.codegen.ranges import check_width
from r2b_hw.schedule.loop_nest import first
from r2b_hw.units.channel_sum import ChannelSum


def unit_code(unit: ChannelSum) -> UnitCode:
    """Return the call."""
    bits = check_width(unit.layer, unit.outputs[0].integer.bits + 1)
    arguments = (("bits of the sum and its sign", str(bits)), ("absolute", str(unit.absolute).lower()))
    return UnitCode("channel_sum", single_nest(unit, begins_pixel=(first("fold"),)), arguments)
