"""SystemVerilog instance of a pixel-parallel XNOR unit."""

from r2b_hw.codegen.nest_code import NestCode
from r2b_hw.codegen.rtl.constants import memory_style
from r2b_hw.codegen.rtl.kinds.xnor_mvu import popcount_shape, weight_constants, weight_parameters
from r2b_hw.codegen.rtl.unit_rtl import UnitRtl
from r2b_hw.schedule.loop_nest import first, last
from r2b_hw.units.pixel_parallel_mvu import PixelParallelMvu


def unit_rtl(unit: PixelParallelMvu) -> UnitRtl:
    """Return the instance."""
    fill, compute, drain = unit.nests()
    return UnitRtl(
        (
            NestCode(fill, ("x",), (("ends_group", (last("pixel"), last("synapse"))),)),
            NestCode(
                compute,
                (),
                (
                    ("ends_group", (last("neuron"), last("synapse"))),
                    ("begins_sum", (first("synapse"),)),
                    ("ends_sum", (last("synapse"),)),
                ),
            ),
            NestCode(drain, ("y",), (("ends_group", (last("pixel"), last("neuron"))),)),
        ),
        parameters=(
            ("PIXELS", str(unit.pixels)),
            *weight_parameters(unit),
            ("WORDS_STYLE", memory_style(2 * unit.synapse_folds)),
            ("RESULTS_STYLE", memory_style(2 * unit.neuron_folds)),
        ),
        constants=(weight_constants(unit, "compute"),),
        counters=(
            ("fill", "pixel"),
            ("fill", "synapse"),
            ("compute", "neuron"),
            ("compute", "synapse"),
            ("drain", "pixel"),
            ("drain", "neuron"),
        ),
        fires=("fill", "compute", "drain"),
        popcounts=(popcount_shape(unit),),
    )
