"""Builds an output folder: model, hardware graph, plan, HLS project, golden set, verification, report."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import inf
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import numpy.typing as npt

from r2b_hw.boards import load_board
from r2b_hw.codegen import write_files
from r2b_hw.errors import InputError
from r2b_hw.flow import Flow
from r2b_hw.frontend.load import load_model
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.lowering.lower import Lowered, lower
from r2b_hw.pipeline.accelerator import Accelerator
from r2b_hw.pipeline.console import Console
from r2b_hw.pipeline.images import check_images, quantised
from r2b_hw.pipeline.options import check_options
from r2b_hw.pipeline.projects import PROJECT_FOLDERS, backends, loads_parameters, render_project
from r2b_hw.pipeline.source import Source, from_flow, from_module, from_onnx, random_images
from r2b_hw.pipeline.synth import synthesis_beside
from r2b_hw.pipeline.verify import verify_folder
from r2b_hw.pipeline.write_report import REPORT_FOLDER, write_first_report
from r2b_hw.planning import (
    FOLDING_FILE,
    FoldingFile,
    Plan,
    cycles_a_frame,
    folding_text,
    plan,
    read_folding,
    resolve_folding,
)
from r2b_hw.planning.folding import Parallelism
from r2b_hw.storage import GRAPH_FILE, PARAMETERS_FILE, save_graph
from r2b_hw.verification.model_rungs import MODEL_FILE
from r2b_hw.verification.reference import FOLDER as REFERENCE_FOLDER
from r2b_hw.verification.reference import Reference, TensorLink, save_reference, stream_integers, tensor_links

Floats = npt.NDArray[np.float32]


def default_folder(source: str, board: str) -> Path:
    """Return build/NAME-BOARD for a flow's or file's name."""
    return Path("build") / f"{Path(source).stem}-{Path(board).stem}"


def build(
    source: "str | Path | Flow | Any" = "digits",
    *,
    board: str = "pynq-z2",
    target_fps: float | None = None,
    clock_mhz: float | None = None,
    budget: float | None = None,
    folding: Path | str | None = None,
    output: Path | str | None = None,
    images: Floats | None = None,
    seed: int | None = None,
    exporter: str = "torchscript",
    backend: str = "both",
    parameters: str = "rom",
    synthesis: bool = False,
    progress: bool = False,
) -> Accelerator:
    """Build and verify an accelerator.

    Parameters
    ----------
    source
        A flow (its name, TOML file or Flow object), a Brevitas model (torch.nn.Module, frozen or not), or a QONNX file.
    board
        A board's name or TOML file.
    target_fps, clock_mhz
        Frames a second to reach (the flow's without it, or as fast as fits; ``math.inf`` asks for as fast as fits), and
        the clock (the board's default without it).
    budget
        Percentage of every resource of the device that the design may take; 100 less the board's ``kept_free`` without.
    folding
        A folding file: the parallelism of some units, instead of the planner's choice.
    output
        The output folder; a temporary one without it, which ``Accelerator.write`` copies. The folding chosen is written
        to it as a folding file.
    images
        Golden set for a model or QONNX file, (N, C, H, W) float32; flows bring their test split.
    seed, exporter
        Training seed of a flow; QONNX exporter, "torchscript" or "dynamo".
    backend
        What to generate: "hls", "rtl" (SystemVerilog) or "both".
    parameters
        Where the SystemVerilog has weights, thresholds and the like: in "rom", or in "ram" that is loaded at run time.
    synthesis
        Count the SystemVerilog's resources with Yosys, where it is installed. The command line does unless told not to.
    progress
        Print steps.

    Raises
    ------
    InputError, UnsupportedModelError, ContractError
        The source cannot be built; the message names the layer and a remedy.
    DoesNotFitError
        The board is too small for the goal.
    MismatchError
        A rung of the verification ladder differs.
    """
    temporary = TemporaryDirectory(prefix="r2b-hw-") if output is None else None
    folder = Path(temporary.name if temporary else str(output))
    build_folder(
        source,
        folder,
        board=board,
        target_fps=target_fps,
        clock_mhz=clock_mhz,
        budget=budget,
        folding=folding,
        images=images,
        seed=seed,
        exporter=exporter,
        backend=backend,
        parameters=parameters,
        synthesis=synthesis,
        console=Console(quiet=not progress),
    )
    return Accelerator(folder, temporary)


def build_folder(
    source: "str | Path | Flow | Any",
    folder: Path,
    *,
    board: str,
    target_fps: float | None,
    clock_mhz: float | None,
    budget: float | None = None,
    folding: Path | str | None = None,
    images: Floats | None,
    images_name: str = "images",
    seed: int | None,
    exporter: str,
    backend: str = "both",
    parameters: str = "rom",
    synthesis: bool = True,
    console: Console,
) -> None:
    """Build into ``folder``; see ``build``. Errors about the images begin with ``images_name``."""
    chosen = backends(backend)
    loadable = loads_parameters(parameters)
    if loadable and "rtl" not in chosen:
        raise InputError(
            "--parameters ram: only the SystemVerilog loads its constants, and --backend hls leaves it out"
        )
    device = load_board(board).with_budget(budget)
    asked = None if folding is None else read_folding(folding)
    check_options(source, device.clock_mhz if clock_mhz is None else clock_mhz, target_fps, images=images, seed=seed)
    if images is not None:
        check_images(images, images_name)
    _prepare(folder, without=[name for name in PROJECT_FOLDERS if name not in chosen])
    origin = _open(source, folder, images=images, seed=seed, exporter=exporter, console=console)
    with console.step("check and lower") as found:
        checked = load_model(folder / MODEL_FILE)
        lowered = lower(checked)
        if origin.modules:
            lowered = replace(lowered, graph=_with_known_names(lowered.graph, origin.modules))
        found.append(f"{len(lowered.graph.units)} units")
        if lowered.near_ties:
            found.append(f"{sum(lowered.near_ties.values())} thresholds decided at a near tie")
    if images is not None:
        quantised(lowered.graph.host_input, images, images_name)
    with console.step(f"plan for {device.name}") as found:
        graph = replace(lowered.graph, name=origin.name)
        rate = _rate(target_fps, origin.target_fps)
        planned = plan(
            graph,
            device,
            target_fps=rate,
            clock_mhz=clock_mhz,
            parallelism=_parallelism(graph, asked, folding, rate, clock_mhz or device.clock_mhz),
        )
        found.append(f"{len(planned.graph.units)} units, {float(planned.interval):g} cycles a frame, {planned.proof}")
    with console.step("write graph, generated code and golden set") as found:
        save_graph(planned.graph, folder)
        _write_folding(graph, planned, folder, given=folding)
        for name in chosen:
            project = render_project(
                name, planned.graph, device.name, device.part, planned.clock_mhz, loadable=loadable
            )
            write_files(folder / PROJECT_FOLDERS[name], project)
            found.append(f"{len(project)} {name.upper()} files")
        reference = _golden(origin, folder, planned, lowered)
        save_reference(reference, folder)
        found.append(f"{len(reference.images)} images, {len(reference.tensors)} tensors")
    write_first_report(folder, origin, lowered, planned, reference)
    if not synthesis or "rtl" not in chosen:
        verify_folder(folder, console=console)
        return
    # Most rungs keep one core busy: synthesis has the others.
    with synthesis_beside(folder, console=console) as synthesised:
        verify_folder(folder, console=console)
        synthesised()


def _with_known_names(graph: HardwareGraph, modules: Mapping[str, Floats]) -> HardwareGraph:
    """Return ``graph`` without the names of modules that have no golden tensor: torch captures quantised layers."""
    unknown = [stream for stream in graph.streams if stream.tensor is not None and stream.tensor not in modules]
    return graph.with_streams(replace(stream, tensor=None) for stream in unknown)


def _rate(asked: float | None, flow: float | None) -> float | None:
    wanted = flow if asked is None else asked
    return None if wanted == inf else wanted


def _parallelism(
    graph: HardwareGraph, asked: FoldingFile | None, file: Path | str | None, rate: float | None, clock_mhz: float
) -> dict[str, Parallelism] | None:
    """Return what the folding file asks for; None without one."""
    if asked is None or file is None:
        return None
    return resolve_folding(asked, file, graph, None if rate is None else cycles_a_frame(rate, clock_mhz))


def _write_folding(graph: HardwareGraph, planned: Plan, folder: Path, given: Path | str | None) -> None:
    """Write the folding of ``planned``; a file of the user's that lies in that very place stays as it is."""
    target = folder / FOLDING_FILE
    if given is not None and Path(given).resolve() == target.resolve():
        return
    heading = (
        f"Folding of {graph.name} for {planned.board.name}, {planned.interval_target} cycles a frame.\n"
        "Edit it and build with: --folding FILE. Units left out are folded by the planner."
    )
    target.write_text(folding_text(graph, planned.graph, heading), encoding="utf-8")


def _prepare(folder: Path, *, without: Sequence[str]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{folder}: cannot be made ({error.strerror}); choose another --output") from None
    # Should this build be refused, an earlier one's design must not stand beside the new model.
    for stale in (GRAPH_FILE, PARAMETERS_FILE):
        (folder / stale).unlink(missing_ok=True)
    for stale in (REPORT_FOLDER, REFERENCE_FOLDER, *(PROJECT_FOLDERS[name] for name in without)):
        shutil.rmtree(folder / stale, ignore_errors=True)


def _open(
    source: Any, folder: Path, *, images: Floats | None, seed: int | None, exporter: str, console: Console
) -> Source:
    if isinstance(source, str | Path) and Path(source).suffix == ".onnx":
        return from_onnx(Path(source), folder, images=images)
    if isinstance(source, str | Path | Flow):
        return from_flow(source, folder, seed=seed, exporter=exporter, progress=console.progress, say=console.say)
    return from_module(source, folder, images=images, exporter=exporter)


def _golden(origin: Source, folder: Path, planned: Plan, lowered: Lowered) -> Reference:
    graph = planned.graph
    images, outputs, modules = origin.images, origin.outputs, origin.modules
    host, host_operators = graph.host_input, graph.host_output.operators
    if images is None:
        unit = 2.0**-host.exponent
        images = random_images(host.shape, host.integer.lo * unit, host.integer.hi * unit)
    if outputs is None or host_operators:
        # Float operators behind the last unit lie outside the contract: what enters them is golden.
        from r2b_hw.frontend.executed import execute

        executed = execute(folder / MODEL_FILE, images)
        outputs, modules = executed.outputs, modules or executed.tensors
    accumulators = {
        name: TensorLink(link.module, link.shifts, link.offsets) for name, link in lowered.accumulators.items()
    }
    links = {name: link for name, link in tensor_links(graph, accumulators).items() if link.module in modules}
    tensors = {
        name: stream_integers(graph.port_of(graph.stream_by_name[name]), link, modules[link.module])
        for name, link in links.items()
    }
    return Reference(origin.origin, images, outputs, tensors, links, origin.labels)
