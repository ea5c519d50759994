"""SystemVerilog instance of a threshold."""

from r2b_hw.codegen.nest_code import single_nest
from r2b_hw.codegen.rtl.constants import Constants, integer_words
from r2b_hw.codegen.rtl.unit_rtl import UnitRtl
from r2b_hw.codegen.table import folded
from r2b_hw.units.threshold import Threshold


def unit_rtl(unit: Threshold) -> UnitRtl:
    """Return the instance."""
    p, bits = unit.channels_per_word, unit.integer.bits
    thresholds = Constants(
        "thresholds",
        integer_words(folded(unit.thresholds, p), bits),
        f"a fold a line: {p} integers of {bits} bits",
        in_luts=unit.constants_in_luts,
    )
    inverts = Constants(
        "inverts",
        integer_words(folded(unit.inverts, p), 1),
        f"a fold a line: {p} bits",
        in_luts=unit.constants_in_luts,
    )
    return UnitRtl(
        single_nest(unit),
        parameters=(
            ("BITS", str(bits)),
            ("IS_SIGNED", f"1'b{int(unit.integer.signed)}"),
            ("CHANNELS", str(p)),
        ),
        constants=(thresholds, inverts),
    )
