"""SystemVerilog instance of an XNOR-popcount matrix-vector unit."""

import math

from r2b_hw.codegen.nest_code import single_nest
from r2b_hw.codegen.rtl.constants import Constants, integer_words, memory_style
from r2b_hw.codegen.rtl.unit_rtl import UnitRtl
from r2b_hw.errors import InputError
from r2b_hw.popcount.netlist import netlist
from r2b_hw.popcount.plan import Shape
from r2b_hw.popcount.store import plan_popcount
from r2b_hw.schedule.loop_nest import first
from r2b_hw.units.xnor_mvu import XnorMvu

_LANE_BITS = 12
"""Bits of an adder of a DSP48 that is split in four."""


def weight_constants(unit: XnorMvu, nest: str) -> Constants:
    """Return the weights in the order they are read in, a word an iteration of ``nest``."""
    weights = unit.folded_weights().reshape(unit.neuron_folds * unit.synapse_folds, -1)
    taps = math.prod(unit.taps)
    layout = f"a fold a line, input folds innermost: {unit.pe} rows of {taps} taps of {unit.simd} bits"
    return Constants("weights", integer_words(weights, 1), layout, nest, in_luts=unit.weights_in_luts)


def weight_parameters(unit: XnorMvu) -> tuple[tuple[str, str], ...]:
    """Return the parameters that say how the products are folded.

    Raises InputError for windows of one tap with a valid bit: a popcount of one group counts it as always valid.
    """
    if unit.valid_bits and math.prod(unit.taps) == 1:
        raise InputError(
            f"layer {unit.layer}: a window of one tap on padding has no SystemVerilog; pad the map before it"
        )
    return (
        ("PE", str(unit.pe)),
        ("TAPS", str(math.prod(unit.taps))),
        ("SIMD", str(unit.simd)),
        ("FOLDS", str(unit.synapse_folds)),
        ("NEURON_FOLDS", str(unit.neuron_folds)),
        ("VALID_BITS", f"1'b{int(unit.valid_bits)}"),
        ("SUM_BITS", str(unit.outputs[0].integer.bits)),
    )


def unit_rtl(unit: XnorMvu, *, dsp_accumulators: bool = False) -> UnitRtl:
    """Return the instance; ``dsp_accumulators`` sums in DSP48s, four rows each, where ``fits_dsps`` says so."""
    return UnitRtl(
        single_nest(unit, takes_x=(first("neuron"),), begins_sum=(first("synapse"),)),
        parameters=(
            *weight_parameters(unit),
            ("BUFFER_STYLE", memory_style(unit.synapse_folds)),
            *(_dsp_parameters(unit) if dsp_accumulators else ()),
        ),
        constants=(weight_constants(unit, "main"),),
        counters=(("main", "synapse"),),
        popcounts=(popcount_shape(unit, dsp_accumulators=dsp_accumulators),),
    )


def popcount_shape(unit: XnorMvu, *, dsp_accumulators: bool = False) -> Shape:
    """Return the tree of one output channel: a group a tap where taps can be invalid, else one group."""
    taps = math.prod(unit.taps)
    carry_inputs = 0 if dsp_accumulators else 2
    return Shape(taps, unit.simd, carry_inputs) if unit.valid_bits else Shape(1, taps * unit.simd, carry_inputs)


def _free_columns(unit: XnorMvu) -> tuple[int, int]:
    """Return the columns, as bits, in which a row of the tree for DSP48s never has a bit."""
    shape = popcount_shape(unit, dsp_accumulators=True)
    tree = netlist(plan_popcount(shape))
    beyond = (1 << _LANE_BITS) - (1 << shape.columns)
    return tree.free_columns(0) | beyond, tree.free_columns(1) | beyond


def fits_dsps(unit: XnorMvu) -> bool:
    """Whether sums fit a lane of a DSP48, and what a sum begins with fits columns that the rows leave free."""
    total = math.prod(unit.taps) * unit.channels
    if total.bit_length() > _LANE_BITS or popcount_shape(unit).columns > _LANE_BITS:
        return False
    begin = -((total + 1) // 2) % (1 << _LANE_BITS)
    a, b = _free_columns(unit)
    return begin & ~(a | b) == 0


def _dsp_parameters(unit: XnorMvu) -> tuple[tuple[str, str], ...]:
    if not fits_dsps(unit):
        raise InputError(f"layer {unit.layer}: its sums do not fit the adders of a DSP48; leave them in LUTs")
    a, b = _free_columns(unit)
    return (("ACCUMULATORS", '"dsp"'), ("FREE_A", f"12'h{a:03x}"), ("FREE_B", f"12'h{b:03x}"))
