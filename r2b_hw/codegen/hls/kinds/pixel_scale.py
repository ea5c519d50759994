"""C++ call of a pixel scale."""

from r2b_hw.codegen.hls.unit_code import UnitCode
from r2b_hw.codegen.nest_code import single_nest
from r2b_hw.codegen.ranges import check_width
from r2b_hw.units.pixel_scale import PixelScale


def unit_code(unit: PixelScale) -> UnitCode:
    """Return the call."""
    check_width(unit.layer, unit.outputs[0].integer.bits + 1)
    return UnitCode("pixel_scale", single_nest(unit))
