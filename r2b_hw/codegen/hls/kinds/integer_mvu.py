"""C++ call of an integer matrix-vector unit."""

from r2b_hw.codegen.hls.unit_code import UnitCode
from r2b_hw.codegen.nest_code import single_nest
from r2b_hw.codegen.table import signed_table
from r2b_hw.schedule.loop_nest import first
from r2b_hw.units.integer_mvu import IntegerMvu


def unit_code(unit: IntegerMvu) -> UnitCode:
    """Return the call."""
    weights = unit.folded_weights()
    layout = "[neuron fold][synapse fold][output channel of a word][tap, input channel of a word]"
    table = signed_table("weights", weights.reshape(*weights.shape[:3], -1), layout)
    function = "integer_mvu_in_luts" if unit.weights_in_luts else "integer_mvu"
    return UnitCode(function, single_nest(unit, begins_sum=(first("synapse"),)), tables=(table,))
