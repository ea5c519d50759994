"""SystemVerilog instance of a pixel scale."""

from r2b_hw.codegen.nest_code import single_nest
from r2b_hw.codegen.rtl.arithmetic import product_parameters
from r2b_hw.codegen.rtl.unit_rtl import UnitRtl
from r2b_hw.schedule.loop_nest import first
from r2b_hw.units.pixel_scale import PixelScale


def unit_rtl(unit: PixelScale) -> UnitRtl:
    """Return the instance."""
    return UnitRtl(
        single_nest(unit, brings_factor=(first("fold"),)),
        parameters=(
            ("CHANNELS", str(unit.channels_per_word)),
            *product_parameters(unit.integer, unit.factor_integer, unit.outputs[0].integer),
        ),
    )
