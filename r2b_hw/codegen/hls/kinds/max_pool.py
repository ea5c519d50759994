"""C++ call of a max pool."""

from r2b_hw.codegen.hls.unit_code import UnitCode
from r2b_hw.codegen.nest_code import single_nest
from r2b_hw.units.max_pool import MaxPool


def unit_code(unit: MaxPool) -> UnitCode:
    """Return the call."""
    return UnitCode("max_pool", single_nest(unit), (("lowest value", str(unit.integer.lo)),))
