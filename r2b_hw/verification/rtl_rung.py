"""The RTL rung: the SystemVerilog under Verilator does in every cycle what the simulation does."""

from pathlib import Path

import numpy as np

from r2b_hw.errors import DeadlockError, MismatchError, ToolError
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.numeric.rounding import Integers
from r2b_hw.simulation import StallMask, simulate
from r2b_hw.verification.compare import compare_outputs, result_of
from r2b_hw.verification.hardware_rungs import images_at_once
from r2b_hw.verification.reference import Reference
from r2b_hw.verification.rtl_compare import RtlComparison, compare_rtl
from r2b_hw.verification.rtl_simulation import run_rtl
from r2b_hw.verification.rung import Rung, RungResult, Status, not_run

RTL_FOLDER = "rtl"
RTL_IMAGES = 100
"""Most images the verilated accelerator is compared on, in one run at full rate."""
STALLED_IMAGES = 3
"""Images of the run under back-pressure: a second meets what the first left behind, a third the second."""
_PERIODS = (251, 241)
"""Lengths of the stall masks of source and sink: primes, so that they meet in every phase."""


def rtl_rung(folder: Path, graph: HardwareGraph, reference: Reference, *, required: bool) -> RungResult:
    """Compare every word of every stream, the cycle it is pushed in and every FIFO's high-water mark.

    First at full rate, then under back-pressure from both hosts. ``required``: a missing tool is an error (ToolError)
    rather than not-run.
    """
    project = folder / RTL_FOLDER
    if not project.is_dir() and not required:
        return not_run(Rung.RTL, "the folder has no SystemVerilog; build with --backend rtl or both")
    images = reference.images[: min(RTL_IMAGES, 4 * images_at_once(graph))]
    frames = graph.host_input.quantise(images)
    try:
        full_rate = _compare(project, graph, frames, None, None)
        outputs = graph.host_output.dequantise(graph.evaluate(frames)[graph.output_stream.name])
        expected = reference.outputs[: len(images)].reshape(outputs.shape)
        values = full_rate.values.plus(compare_outputs(expected, outputs, "output"))
        result = _with_timing(result_of(Rung.RTL, len(images), values), full_rate)
        if result.status is not Status.PASSED:
            return result
        stalled = frames[:STALLED_IMAGES]
        pressed = _compare(project, graph, stalled, *stall_masks())
        result_pressed = _with_timing(result_of(Rung.RTL, len(stalled), pressed.values), pressed)
        return result if result_pressed.status is Status.PASSED else result_pressed
    except (DeadlockError, MismatchError) as error:
        return RungResult(Rung.RTL, Status.FAILED, len(images), reason=str(error))
    except ToolError as error:
        if required:
            raise
        return not_run(Rung.RTL, str(error))


def stall_masks(seed: int = 0) -> tuple[StallMask, StallMask]:
    """Return masks of source and sink that stall in about half of the cycles, in runs of any length."""
    generator = np.random.default_rng(seed)
    masks = [np.cumsum(generator.integers(0, 2, period)) % 2 == 0 for period in _PERIODS]
    return masks[0], masks[1]


def _compare(
    project: Path, graph: HardwareGraph, frames: Integers, source: StallMask | None, sink: StallMask | None
) -> RtlComparison:
    names = [stream.name for stream in graph.streams]
    simulated = simulate(graph, frames, capture=names, source_stalls=source, sink_stalls=sink)
    verilated = run_rtl(
        project, graph, frames, expected_cycles=simulated.cycles, source_stalls=source, sink_stalls=sink
    )
    return compare_rtl(graph, simulated, verilated)


def _with_timing(result: RungResult, comparison: RtlComparison) -> RungResult:
    """Return ``result``, failed where a word was not pushed in its cycle."""
    if comparison.timing is None or result.first is not None:
        return result
    return RungResult(
        result.rung, Status.FAILED, result.images, result.tensors, result.mismatches, reason=comparison.timing
    )
