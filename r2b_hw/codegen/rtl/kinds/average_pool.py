"""SystemVerilog instance of an average pool."""

from r2b_hw.codegen.nest_code import single_nest
from r2b_hw.codegen.rtl.constants import memory_style
from r2b_hw.codegen.rtl.unit_rtl import UnitRtl
from r2b_hw.schedule.loop_nest import below, last, modulo
from r2b_hw.units.average_pool import AveragePool


def unit_rtl(unit: AveragePool) -> UnitRtl:
    """Return the instance; rows and columns that fill no tile pass without a trace."""
    rows, columns = unit.kernel
    tiles = unit.outputs[0].shape[1]
    ends_pixel = last("fold")
    nests = single_nest(
        unit,
        begins_tile=(modulo("row", rows, 0), modulo("column", columns, 0)),
        begins_row=(modulo("column", columns, 0),),
        ends_pixel=(ends_pixel,),
        ends_row=(modulo("column", columns, columns - 1),),
        ends_map_row=(last("column"), ends_pixel),
        in_tile=(below("column", tiles * columns),),
    )
    return UnitRtl(
        nests,
        parameters=(
            ("BITS", str(unit.integer.bits)),
            ("IS_SIGNED", f"1'b{int(unit.integer.signed)}"),
            ("SUM_BITS", str(unit.outputs[0].integer.bits)),
            ("CHANNELS", str(unit.channels_per_word)),
            ("FOLDS", str(unit.folds)),
            ("TILES", str(tiles)),
            ("STYLE", memory_style(tiles * unit.folds)),
        ),
    )
