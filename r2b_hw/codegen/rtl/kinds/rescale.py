"""SystemVerilog instance of a rescale unit."""

from dataclasses import replace

from r2b_hw.codegen.nest_code import single_nest
from r2b_hw.codegen.rtl.arithmetic import (
    Stage,
    activation_stage,
    affine_stage,
    flag,
    joined,
    requantise_stage,
    shift_stage,
)
from r2b_hw.codegen.rtl.constants import memory_style
from r2b_hw.codegen.rtl.unit_rtl import UnitRtl
from r2b_hw.graph.product import product_in_dsp
from r2b_hw.schedule.loop_nest import first
from r2b_hw.units.rescale import Rescale

_CONSTANTS = ("multipliers", "biases", "input_shifts", "slopes", "activated_shifts", "skip_shifts", "left_shifts")


def _gate_stage(unit: Rescale, before: Stage) -> Stage:
    """Return the product with the gate."""
    if not unit.gated:
        return replace(before, parameters=(("GATED", flag(False)),), constants=())
    gate = unit.gate_integer
    stage = Stage((), (), unit.gated_ranges(), before.cycle + 1)
    parameters = (
        ("GATED", flag(True)),
        ("GATE_BITS", str(gate.bits)),
        ("GATE_SIGNED", flag(gate.signed)),
        ("GATE_IN_DSP", flag(product_in_dsp(before.bits, gate.bits))),
        ("GATE_STYLE", memory_style(unit.folds)),
    )
    return replace(stage, parameters=parameters)


def _skip_stages(unit: Rescale, before: Stage) -> tuple[Stage, ...]:
    """Return the shifts of the activated product and of the skip, and their sum."""
    p = unit.channels_per_word
    if not unit.skipped:
        return (replace(before, parameters=(("SKIPPED", flag(False)),), constants=()),)
    skip = unit.skip_integer
    activated = shift_stage(before, "activated_shift", unit.activated_shifts(), p)
    incoming = Stage((), (), [(skip.lo, skip.hi)] * unit.channels, before.cycle)
    skips = shift_stage(incoming, "skip_shift", unit.skip_shifts(), p)
    sums = [(a + c, b + d) for (a, b), (c, d) in zip(activated.ranges, skips.ranges, strict=True)]
    stage = Stage((), (), sums, before.cycle + 1)
    parameters = (
        ("SKIPPED", flag(True)),
        ("SKIP_BITS", str(skip.bits)),
        ("SKIP_SIGNED", flag(skip.signed)),
        ("TOTAL_BITS", str(stage.bits)),
    )
    return activated, skips, replace(stage, parameters=parameters)


def unit_rtl(unit: Rescale) -> UnitRtl:
    """Return the instance; the ports of an absent gate or skip are tied to zero."""
    p = unit.channels_per_word
    affine = affine_stage(unit)
    gated = _gate_stage(unit, affine)
    activated = activation_stage(gated, unit.slopes, unit.slope_exponent, p)
    skipped = _skip_stages(unit, activated)
    requantised = requantise_stage(skipped[-1], unit.output_shifts(), unit.output_integer, p)
    stages = (affine, gated, activated, *skipped, requantised)
    constants, absent = joined(stages, _CONSTANTS)
    ports = {port.name for port in unit.inputs}
    return UnitRtl(
        single_nest(unit, brings_gate=(first("pixel"),)),
        parameters=(
            ("CHANNELS", str(p)),
            ("FOLDS", str(unit.folds)),
            *(parameter for stage in stages for parameter in stage.parameters),
            ("PRODUCT_BITS", str(gated.bits)),
            ("ACTIVATED_BITS", str(activated.bits)),
        ),
        constants=constants,
        counters=(("main", "fold"),),
        connections=(
            *((f"{name}_data", f"{name}_data" if name in ports else "'0") for name in ("x", "g", "s")),
            ("y_data", "y_data"),
            *absent,
        ),
    )
