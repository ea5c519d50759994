"""SystemVerilog instance of a channel sum."""

from r2b_hw.codegen.nest_code import single_nest
from r2b_hw.codegen.rtl.unit_rtl import UnitRtl
from r2b_hw.schedule.loop_nest import first
from r2b_hw.units.channel_sum import ChannelSum


def unit_rtl(unit: ChannelSum) -> UnitRtl:
    """Return the instance."""
    return UnitRtl(
        single_nest(unit, begins_pixel=(first("fold"),)),
        parameters=(
            ("BITS", str(unit.integer.bits)),
            ("IS_SIGNED", f"1'b{int(unit.integer.signed)}"),
            ("ABSOLUTE", f"1'b{int(unit.absolute)}"),
            ("SUM_BITS", str(unit.outputs[0].integer.bits)),
            ("CHANNELS", str(unit.channels_per_word)),
        ),
    )
