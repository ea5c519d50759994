"""SystemVerilog instance of an XNOR-popcount matrix-vector unit."""

import math

from r2b_hw.codegen.nest_code import single_nest
from r2b_hw.codegen.rtl.constants import Constants, integer_words, memory_style
from r2b_hw.codegen.rtl.unit_rtl import UnitRtl
from r2b_hw.popcount.plan import Shape
from r2b_hw.schedule.loop_nest import first
from r2b_hw.units.xnor_mvu import XnorMvu


def weight_constants(unit: XnorMvu, nest: str) -> Constants:
    """Return the weights in the order they are read in, a word an iteration of ``nest``."""
    weights = unit.folded_weights().reshape(unit.neuron_folds * unit.synapse_folds, -1)
    taps = math.prod(unit.taps)
    layout = f"a fold a line, input folds innermost: {unit.pe} rows of {taps} taps of {unit.simd} bits"
    return Constants("weights", integer_words(weights, 1), layout, nest, in_luts=unit.weights_in_luts)


def weight_parameters(unit: XnorMvu) -> tuple[tuple[str, str], ...]:
    """Return the parameters that say how the products are folded."""
    return (
        ("PE", str(unit.pe)),
        ("TAPS", str(math.prod(unit.taps))),
        ("SIMD", str(unit.simd)),
        ("FOLDS", str(unit.synapse_folds)),
        ("NEURON_FOLDS", str(unit.neuron_folds)),
        ("VALID_BITS", f"1'b{int(unit.valid_bits)}"),
        ("SUM_BITS", str(unit.outputs[0].integer.bits)),
    )


def unit_rtl(unit: XnorMvu) -> UnitRtl:
    """Return the instance."""
    return UnitRtl(
        single_nest(unit, takes_x=(first("neuron"),), begins_sum=(first("synapse"),)),
        parameters=(*weight_parameters(unit), ("BUFFER_STYLE", memory_style(unit.synapse_folds))),
        constants=(weight_constants(unit, "main"),),
        counters=(("main", "synapse"),),
        popcounts=(popcount_shape(unit),),
    )


def popcount_shape(unit: XnorMvu) -> Shape:
    """Return the tree of one output channel: a group a tap where taps can be invalid, else one group."""
    taps = math.prod(unit.taps)
    return Shape(taps, unit.simd) if unit.valid_bits else Shape(1, taps * unit.simd)
