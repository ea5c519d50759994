"""SystemVerilog instance of an integer matrix-vector unit."""

import math

from r2b_hw.codegen.nest_code import single_nest
from r2b_hw.codegen.rtl.arithmetic import flag
from r2b_hw.codegen.rtl.constants import Constants, integer_words, memory_style
from r2b_hw.codegen.rtl.unit_rtl import UnitRtl
from r2b_hw.graph.product import product_in_dsp
from r2b_hw.schedule.loop_nest import first
from r2b_hw.units.integer_mvu import IntegerMvu


def unit_rtl(unit: IntegerMvu) -> UnitRtl:
    """Return the instance."""
    x, weight = unit.input_integer, unit.weight_integer
    in_dsp = product_in_dsp(x.bits, weight.bits)
    words = unit.neuron_folds * unit.synapse_folds
    weights = Constants(
        "weights",
        integer_words(unit.folded_weights().reshape(words, -1), weight.bits),
        layout=f"[neuron fold][synapse fold] a line: [output channel][tap][input channel] of {weight.bits} bits",
        in_luts=unit.weights_in_luts,
        delay=0 if in_dsp else 1,
    )
    return UnitRtl(
        single_nest(unit, loads=(first("neuron"),), begins_sum=(first("synapse"),)),
        parameters=(
            ("TAPS", str(math.prod(unit.taps))),
            ("SIMD", str(unit.simd)),
            ("PE", str(unit.pe)),
            ("VALID_BITS", flag(unit.valid_bits)),
            ("SYNAPSE_FOLDS", str(unit.synapse_folds)),
            ("NEURON_FOLDS", str(unit.neuron_folds)),
            ("X_BITS", str(x.bits)),
            ("X_SIGNED", flag(x.signed)),
            ("WEIGHT_BITS", str(weight.bits)),
            ("WEIGHT_SIGNED", flag(weight.signed)),
            ("IN_DSP", flag(in_dsp)),
            ("SUM_BITS", str(unit.accumulator.bits)),
            ("BUFFER_STYLE", memory_style(unit.synapse_folds)),
        ),
        constants=(weights,),
        counters=(("main", "synapse"),),
    )
