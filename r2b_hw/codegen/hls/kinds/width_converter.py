"""C++ call of a width converter."""

from r2b_hw.codegen.hls.unit_code import UnitCode
from r2b_hw.codegen.nest_code import single_nest
from r2b_hw.units.width_converter import WidthConverter


def unit_code(unit: WidthConverter) -> UnitCode:
    """Return the call; the ports say which end is wider."""
    return UnitCode("width_converter", single_nest(unit))
