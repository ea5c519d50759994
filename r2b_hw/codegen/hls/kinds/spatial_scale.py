"""C++ call of a spatial scale."""

from r2b_hw.codegen.hls.unit_code import UnitCode
from r2b_hw.codegen.nest_code import single_nest
from r2b_hw.codegen.ranges import check_width
from r2b_hw.codegen.table import signed_table
from r2b_hw.units.spatial_scale import SpatialScale


def unit_code(unit: SpatialScale) -> UnitCode:
    """Return the call; axes of size 1 are those that share their factors."""
    check_width(unit.layer, unit.outputs[0].integer.bits + 1)
    table = signed_table("factors", unit.folded_factors(), "[row][column][fold][channel], 1 where all share them")
    return UnitCode("spatial_scale", single_nest(unit), tables=(table,))
