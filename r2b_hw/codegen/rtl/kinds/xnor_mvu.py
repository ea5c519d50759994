"""SystemVerilog instance of an XNOR-popcount matrix-vector unit."""

import math

from r2b_hw.codegen.nest_code import single_nest
from r2b_hw.codegen.rtl.constants import Constants, integer_words, memory_style
from r2b_hw.codegen.rtl.unit_rtl import UnitRtl
from r2b_hw.popcount.plan import Shape
from r2b_hw.schedule.loop_nest import first
from r2b_hw.units.xnor_mvu import XnorMvu


def unit_rtl(unit: XnorMvu) -> UnitRtl:
    """Return the instance."""
    taps = math.prod(unit.taps)
    folds, words = unit.synapse_folds, unit.neuron_folds * unit.synapse_folds
    weights = unit.folded_weights().reshape(words, -1)
    layout = f"a fold a line, input folds innermost: {unit.pe} rows of {taps} taps of {unit.simd} bits"
    return UnitRtl(
        single_nest(unit, takes_x=(first("neuron"),), begins_sum=(first("synapse"),)),
        parameters=(
            ("PE", str(unit.pe)),
            ("TAPS", str(taps)),
            ("SIMD", str(unit.simd)),
            ("FOLDS", str(folds)),
            ("NEURON_FOLDS", str(unit.neuron_folds)),
            ("VALID_BITS", f"1'b{int(unit.valid_bits)}"),
            ("SUM_BITS", str(unit.outputs[0].integer.bits)),
            ("BUFFER_STYLE", memory_style(folds)),
        ),
        constants=(Constants("weights", integer_words(weights, 1), layout, in_luts=unit.weights_in_luts),),
        counters=(("main", "synapse"),),
        popcounts=(popcount_shape(unit),),
    )


def popcount_shape(unit: XnorMvu) -> Shape:
    """Return the tree of one output channel: a group a tap where taps can be invalid, else one group."""
    taps = math.prod(unit.taps)
    return Shape(taps, unit.simd) if unit.valid_bits else Shape(1, taps * unit.simd)
