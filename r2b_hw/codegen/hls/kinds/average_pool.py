"""C++ call of an average pool."""

from r2b_hw.codegen.hls.unit_code import UnitCode
from r2b_hw.codegen.nest_code import single_nest
from r2b_hw.schedule.loop_nest import below, modulo
from r2b_hw.units.average_pool import AveragePool


def unit_code(unit: AveragePool) -> UnitCode:
    """Return the call."""
    rows, columns = unit.kernel
    tiles = unit.outputs[0].shape[1]
    nests = single_nest(
        unit,
        begins_tile=(modulo("row", rows, 0),),
        begins_tile_row=(modulo("column", columns, 0),),
        ends_tile_row=(modulo("column", columns, columns - 1), below("column", tiles * columns)),
    )
    return UnitCode("average_pool", nests, (("tiles a row", str(tiles)),))
