"""C++ call of a threshold."""

from r2b_hw.codegen.hls.unit_code import UnitCode
from r2b_hw.codegen.nest_code import single_nest
from r2b_hw.codegen.table import Table, folded, signed_table
from r2b_hw.units.threshold import Threshold


def unit_code(unit: Threshold) -> UnitCode:
    """Return the call."""
    p = unit.channels_per_word
    tables = (
        signed_table("thresholds", folded(unit.thresholds, p), "[fold][channel]: least integer that gives 1"),
        Table("inverts", folded(unit.inverts, p), 1, False, "[fold][channel]: 1 flips the bit"),
    )
    function = "threshold_in_luts" if unit.constants_in_luts else "threshold"
    return UnitCode(function, single_nest(unit), tables=tables)
