"""SystemVerilog instance of a sigmoid table."""

import numpy as np

from r2b_hw.codegen.nest_code import single_nest
from r2b_hw.codegen.rtl.constants import Constants, integer_words, memory_style
from r2b_hw.codegen.rtl.unit_rtl import UnitRtl
from r2b_hw.units.sigmoid_table import SigmoidTable


def unit_rtl(unit: SigmoidTable) -> UnitRtl:
    """Return the instance; entries lie where the bits of the input's integer point."""
    bits = unit.integer.bits
    entries = np.zeros(1 << bits, dtype=np.int64)
    entries[np.arange(unit.integer.lo, unit.integer.hi + 1) & ((1 << bits) - 1)] = unit.table
    words = integer_words(entries.reshape(-1, 1), unit.output_integer.bits)
    layout = f"an entry of {unit.output_integer.bits} bits a line, at the {bits} bits of the input's integer"
    return UnitRtl(
        single_nest(unit),
        parameters=(
            ("BITS", str(bits)),
            ("OUTPUT_BITS", str(unit.output_integer.bits)),
            ("CHANNELS", str(unit.channels_per_word)),
            ("STYLE", memory_style(1 << bits, in_luts=unit.constants_in_luts)),
        ),
        constants=(Constants("table", words, layout, nest=None),),
        fires=(),
    )
