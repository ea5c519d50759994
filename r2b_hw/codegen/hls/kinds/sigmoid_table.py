"""C++ call of a sigmoid table."""

from r2b_hw.codegen.hls.unit_code import UnitCode
from r2b_hw.codegen.nest_code import single_nest
from r2b_hw.codegen.table import Table
from r2b_hw.units.sigmoid_table import SigmoidTable


def unit_code(unit: SigmoidTable) -> UnitCode:
    """Return the call."""
    output = unit.output_integer
    layout = f"[input integer - ({unit.integer.lo})]"
    table = Table("table", unit.table, output.bits, output.signed, layout)
    function = "sigmoid_table_in_luts" if unit.constants_in_luts else "sigmoid_table"
    return UnitCode(function, single_nest(unit), (("lowest input", str(unit.integer.lo)),), (table,))
