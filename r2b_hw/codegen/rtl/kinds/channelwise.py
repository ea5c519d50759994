"""SystemVerilog instance of a channelwise unit."""

from r2b_hw.codegen.nest_code import single_nest
from r2b_hw.codegen.rtl.arithmetic import activation_stage, affine_stage, joined, requantise_stage
from r2b_hw.codegen.rtl.unit_rtl import UnitRtl
from r2b_hw.units.channelwise import Channelwise


def unit_rtl(unit: Channelwise) -> UnitRtl:
    """Return the instance."""
    p = unit.channels_per_word
    affine = affine_stage(unit)
    activated = activation_stage(affine, unit.slopes, unit.slope_exponent, p)
    requantised = requantise_stage(activated, unit.output_shifts(), unit.output_integer, p)
    stages = (affine, activated, requantised)
    constants, absent = joined(stages, ("multipliers", "biases", "input_shifts", "slopes", "left_shifts"))
    return UnitRtl(
        single_nest(unit),
        parameters=(
            ("CHANNELS", str(p)),
            *(parameter for stage in stages for parameter in stage.parameters),
        ),
        constants=constants,
        connections=(("x_data", "x_data"), ("y_data", "y_data"), *absent),
    )
