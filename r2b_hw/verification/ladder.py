"""Climbs the ladder over a finished output folder."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from r2b_hw.errors import DeadlockError, MismatchError, ToolError
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.numeric.rounding import Integers
from r2b_hw.storage import InconsistentGraphError, load_graph
from r2b_hw.verification.c_simulation import run_c_simulation
from r2b_hw.verification.compare import compare_outputs, compare_streams, result_of
from r2b_hw.verification.hardware_rungs import BATCH, images_at_once, numpy_rung, simulation_rung
from r2b_hw.verification.model_rungs import pytorch_rung, qonnx_rung
from r2b_hw.verification.reference import Reference, check_reference, load_reference
from r2b_hw.verification.rtl_rung import rtl_rung
from r2b_hw.verification.rung import Rung, RungResult, Status, not_run

HLS_FOLDER = "hls"
C_SIMULATION_IMAGES = 100
"""Most images the compiled C++ is compared on; the rungs before it take all of them."""
DATAFLOW_IMAGES = 3
"""Images of the run with all units at once: a second meets what the first left behind, a third the second."""

Announce = Callable[[Rung], None]
Report = Callable[[RungResult], None]
Check = Callable[[RungResult], RungResult]


def _silent(_: object) -> None: ...


def _unchanged(result: RungResult) -> RungResult:
    return result


def climb(
    folder: Path,
    *,
    rungs: Sequence[Rung] = tuple(Rung),
    required: Sequence[Rung] = (),
    check: Check = _unchanged,
    begin: Announce = _silent,
    end: Report = _silent,
) -> tuple[RungResult, ...]:
    """Return one result a rung of the ladder, in its order; rungs left out of ``rungs`` are not-run.

    ``required`` rungs were asked for by name: a missing tool is then an error (ToolError) rather than not-run.
    ``check`` may replace a rung's result; ``begin`` and ``end`` are told of each rung.

    A graph whose files contradict each other fails every rung asked for.

    Raises InputError where a file is missing or cannot be read.
    """
    reference = load_reference(folder)
    try:
        graph = load_graph(folder)
    except InconsistentGraphError as error:
        return tuple(_failed_unread(rung, rungs, str(error), end) for rung in Rung)
    check_reference(graph, reference, folder)
    results: list[RungResult] = []
    for rung in Rung:
        if rung not in rungs:
            result = not_run(rung, "not asked for")
        else:
            begin(rung)
            result = check(_climb_one(rung, folder, graph, reference, rung in required))
        end(result)
        results.append(result)
    return tuple(results)


def first_failure(results: Sequence[RungResult]) -> str | None:
    """Return one line on the lowest rung that failed, or None."""
    for result in results:
        if result.status is Status.FAILED:
            if result.first is None:
                return f"{result.rung} rung failed: {result.reason}"
            counts = f"{result.mismatches} values differ, {result.images} images"
            return f"{result.rung} rung failed: {result.first} ({counts})"
    return None


def _failed_unread(rung: Rung, rungs: Sequence[Rung], reason: str, end: Report) -> RungResult:
    result = RungResult(rung, Status.FAILED, reason=reason) if rung in rungs else not_run(rung, "not asked for")
    end(result)
    return result


def _climb_one(rung: Rung, folder: Path, graph: HardwareGraph, reference: Reference, required: bool) -> RungResult:
    match rung:
        case Rung.PYTORCH:
            return pytorch_rung(folder, graph, reference)
        case Rung.QONNX:
            return qonnx_rung(folder, graph, reference)
        case Rung.NUMPY:
            return numpy_rung(graph, reference)
        case Rung.SIMULATION:
            return simulation_rung(graph, reference)
        case Rung.C_SIMULATION:
            return _c_simulation_rung(folder, graph, reference, required)
        case Rung.RTL:
            return rtl_rung(folder, graph, reference, required=required)


def _c_simulation_rung(folder: Path, graph: HardwareGraph, reference: Reference, required: bool) -> RungResult:
    if not (folder / HLS_FOLDER).is_dir() and not required:
        return not_run(Rung.C_SIMULATION, "the folder has no HLS project; build with --backend hls or both")
    at_once = images_at_once(graph)
    images = reference.images[: C_SIMULATION_IMAGES if at_once == BATCH else at_once]
    frames = graph.host_input.quantise(images)
    try:
        tensors = run_c_simulation(folder / HLS_FOLDER, graph, frames)
    except MismatchError as error:
        return RungResult(Rung.C_SIMULATION, Status.FAILED, len(images), reason=str(error))
    except ToolError as error:
        if required:
            raise
        return not_run(Rung.C_SIMULATION, str(error))
    evaluated = graph.evaluate(frames)
    comparison = compare_streams(graph, evaluated, tensors)
    outputs = graph.host_output.dequantise(tensors[graph.output_stream.name])
    expected = reference.outputs[: len(images)].reshape(outputs.shape)
    comparison = comparison.plus(compare_outputs(expected, outputs, "output"))
    result = result_of(Rung.C_SIMULATION, len(images), comparison)
    return _dataflow_run(folder, graph, frames, evaluated, result) if result.status is Status.PASSED else result


def _dataflow_run(
    folder: Path, graph: HardwareGraph, frames: Integers, evaluated: Mapping[str, Integers], result: RungResult
) -> RungResult:
    """Run all units at once with FIFOs of their depths; return ``result``, failed where a value differs or all stop."""
    frames = frames[:DATAFLOW_IMAGES]
    try:
        tensors = run_c_simulation(folder / HLS_FOLDER, graph, frames, dataflow=True)
    except (DeadlockError, MismatchError) as error:
        return replace(result, status=Status.FAILED, reason=str(error))
    expected = {name: tensor[: len(frames)] for name, tensor in evaluated.items()}
    differing = result_of(Rung.C_SIMULATION, len(frames), compare_streams(graph, expected, tensors))
    return result if differing.status is Status.PASSED else differing
