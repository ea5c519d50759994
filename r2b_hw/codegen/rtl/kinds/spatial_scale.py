"""SystemVerilog instance of a spatial scale."""

from r2b_hw.codegen.nest_code import single_nest
from r2b_hw.codegen.rtl.arithmetic import constant_type, product_parameters
from r2b_hw.codegen.rtl.constants import Constants, integer_words, memory_style
from r2b_hw.codegen.rtl.unit_rtl import UnitRtl
from r2b_hw.schedule.loop_nest import Condition, below, last
from r2b_hw.units.spatial_scale import SpatialScale

_NEVER = (below("row", 0),)


def _turns(unit: SpatialScale) -> tuple[tuple[Condition, ...], tuple[Condition, ...]]:
    """Return when the next word of factors is due, and when those of a row begin anew.

    Axes that share their factors and lie within one that does not hold the word; those around it come round by
    themselves, but for columns between rows and channels that have their own.
    """
    rows, columns, folds, _ = unit.folded_factors().shape
    if folds > 1:
        anew = rows > 1 and columns == 1 and unit.width > 1
        return (), (last("fold"), below("column", unit.width - 1)) if anew else _NEVER
    return (last("fold"),) if columns > 1 else (last("fold"), last("column")), _NEVER


def unit_rtl(unit: SpatialScale) -> UnitRtl:
    """Return the instance."""
    factors = unit.folded_factors()
    rows, columns, folds, lanes = factors.shape
    integer = constant_type(factors)
    words = integer_words(factors.reshape(rows * columns * folds, lanes), integer.bits)
    layout = f"[row][column][fold] a line, 1 where all share them: {lanes} integers of {integer.bits} bits"
    steps, rewinds = _turns(unit)
    return UnitRtl(
        single_nest(unit, steps=steps, rewinds=rewinds),
        parameters=(
            ("CHANNELS", str(unit.channels_per_word)),
            ("LANES", str(lanes)),
            ("DEPTH", str(len(words))),
            ("SPAN", str(folds - 1)),
            ("STYLE", memory_style(len(words))),
            *product_parameters(unit.integer, integer, unit.outputs[0].integer),
        ),
        constants=(Constants("factors", words, layout, nest=None),),
    )
