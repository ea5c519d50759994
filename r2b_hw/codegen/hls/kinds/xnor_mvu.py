"""C++ call of an XNOR-popcount matrix-vector unit."""

from r2b_hw.codegen.hls.unit_code import UnitCode
from r2b_hw.codegen.nest_code import single_nest
from r2b_hw.codegen.table import Table, lane_layout, pack_lanes
from r2b_hw.schedule.loop_nest import first
from r2b_hw.units.xnor_mvu import XnorMvu


def weights_table(unit: XnorMvu) -> Table:
    """Return the weights as rows of packed bits."""
    weights = unit.folded_weights()
    rows = weights.reshape(*weights.shape[:3], -1)
    count, width = lane_layout(rows.shape[-1])
    layout = (
        f"[neuron fold][synapse fold][output channel of a word][lane]; "
        f"{rows.shape[-1]} bits a row in {count} lane(s) of {width}, bit = tap * {unit.simd} + input channel of a word"
    )
    return Table("weights", pack_lanes(rows), width, False, layout)


def unit_code(unit: XnorMvu) -> UnitCode:
    """Return the call."""
    function = "xnor_mvu_in_luts" if unit.weights_in_luts else "xnor_mvu"
    return UnitCode(function, single_nest(unit, begins_sum=(first("synapse"),)), tables=(weights_table(unit),))
