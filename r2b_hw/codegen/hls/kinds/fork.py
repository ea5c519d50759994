"""C++ call of a fork."""

from r2b_hw.codegen.hls.unit_code import UnitCode
from r2b_hw.codegen.nest_code import single_nest
from r2b_hw.units.fork import Fork


def unit_code(unit: Fork) -> UnitCode:
    """Return the call; the number of output streams varies, so they come last."""
    return UnitCode("fork", single_nest(unit), port_arguments=("x",), frames_first=True)
