"""Explores a flow, a model or a built folder over boards and rates, and shows what comes out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import numpy.typing as npt

from r2b_hw.boards import Board, known_boards, load_board
from r2b_hw.errors import DoesNotFitError, InputError
from r2b_hw.exploration import Exploration, ExploreOptions, explore_graph, render_exploration
from r2b_hw.exploration.schema import Outcome
from r2b_hw.flow import Flow, known_flows, load_flow
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.pipeline.console import Console
from r2b_hw.pipeline.explore_table import exploration_table, outcome_line
from r2b_hw.pipeline.options import is_onnx
from r2b_hw.pipeline.source import check_onnx, export_flow, export_untrained, from_module
from r2b_hw.verification.model_rungs import MODEL_FILE

POINTS_FOLDER = "points"
PAGE_FILE = "explore.html"
DATA_FILE = "explore.json"
ALL_BOARDS = "all"


@dataclass(frozen=True, eq=False)
class ModelOptions:
    """How the network comes about: see ``explore``."""

    images: npt.NDArray[np.float32] | None = None
    seed: int | None = None
    exporter: str = "torchscript"
    untrained: bool = False


def explore(
    source: "str | Path | Flow | Any" = "digits",
    *,
    boards: str | Path | Sequence[str | Path] = "pynq-z2",
    points: int = 8,
    min_fps: float | None = None,
    max_fps: float | None = None,
    clock_mhz: float | None = None,
    budget: float | None = None,
    output: Path | str | None = None,
    images: npt.NDArray[np.float32] | None = None,
    seed: int | None = None,
    exporter: str = "torchscript",
    untrained: bool = False,
    jobs: int | None = None,
    cluster: str | None = None,
    progress: bool = False,
) -> Exploration:
    """Plan a network for several boards and rates.

    Parameters
    ----------
    source
        What ``build`` takes, or the output folder of a build.
    boards
        Names or TOML files; "all" for every board that comes with r2b-hw.
    points
        Rates a board.
    min_fps, max_fps
        Slowest and fastest rate; without them from where folding further saves nothing to as fast as fits.
    clock_mhz, budget
        Instead of each board's clock and of 100 less what it keeps free, in percent.
    output
        Keeps model, points and page; an exploration that was interrupted goes on there. Nothing is kept without it.
    images
        For a Brevitas model: (N, C, H, W) float32, of which the shape counts.
    seed, exporter
        As for ``build``.
    untrained
        Random weights instead of training the flow: schedules and memories do not depend on them.
    jobs, cluster
        Processes on this machine, one a core without it; or the address of a Dask scheduler.
    progress
        Print steps and points.

    Raises
    ------
    InputError, UnsupportedModelError, ContractError
        An option, a board or the source is wrong.
    ToolError
        The cluster cannot be used; a process was killed.
    """
    console = Console(quiet=not progress)
    options = ExploreOptions(points, min_fps, max_fps, clock_mhz)
    model = ModelOptions(images, seed, exporter, untrained)
    names = [boards] if isinstance(boards, str | Path) else list(boards)
    if output is not None:
        return explore_folder(
            source, Path(output), names, options, model, budget=budget, jobs=jobs, cluster=cluster, console=console
        )
    with TemporaryDirectory(prefix="r2b-hw-") as folder:
        return explore_folder(
            source, Path(folder), names, options, model, budget=budget, jobs=jobs, cluster=cluster, console=console
        )


def default_folder(source: str) -> Path:
    """Return build/NAME-explore for a flow's, file's or folder's name."""
    return Path("build") / f"{Path(source).stem}-explore"


def explore_folder(
    source: "str | Path | Flow | Any",
    folder: Path,
    boards: Sequence[str | Path],
    options: ExploreOptions,
    model: ModelOptions,
    *,
    budget: float | None = None,
    jobs: int | None = None,
    cluster: str | None = None,
    console: Console,
) -> Exploration:
    """Explore into ``folder``: points/*.json as they end, then explore.json and explore.html; see ``explore``."""
    options.check()
    devices = load_boards(boards, budget)
    _check_source(source, model)
    try:
        (folder / POINTS_FOLDER).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{folder}: cannot be made ({error.strerror}); choose another --output") from None
    graph = open_graph(source, folder, model, console)
    counts = {True: 0, False: 0}

    def finished(outcome: Outcome, kept: bool) -> None:
        counts[kept] += 1
        console.say(outcome_line(outcome, kept))

    try:
        with console.step(f"explore {', '.join(device.name for device in devices)}") as found:
            exploration = explore_graph(
                graph,
                devices,
                options,
                folder=folder / POINTS_FOLDER,
                jobs=jobs,
                cluster=cluster,
                finished=finished,
            )
            found.append(f"{counts[False]} points planned, {counts[True]} kept from before")
    except KeyboardInterrupt:
        console.say(f"interrupted; {sum(counts.values())} points are kept in {folder}, and the same command goes on")
        raise
    (folder / DATA_FILE).write_text(exploration.model_dump_json(indent=1) + "\n", encoding="utf-8")
    (folder / PAGE_FILE).write_text(render_exploration(exploration), encoding="utf-8")
    return exploration


def load_boards(names: Sequence[str | Path], budget: float | None = None) -> tuple[Board, ...]:
    """Load boards by name or file, each once, in this order; "all" stands for every known one."""
    wanted: list[str | Path] = []
    for name in names:
        wanted += known_boards() if str(name) == ALL_BOARDS else [name]
    return tuple(load_board(name).with_budget(budget) for name in dict.fromkeys(wanted))


def open_graph(source: Any, folder: Path, model: ModelOptions, console: Console) -> HardwareGraph:
    """Return the unfolded graph of ``source``; a model that has to be made lies in ``folder``."""
    file, name = _model_file(source, folder, model, console)
    from r2b_hw.frontend.load import load_model
    from r2b_hw.lowering import lower

    with console.step("check and lower") as found:
        graph = replace(lower(load_model(file)).graph, name=name)
        found.append(f"{len(graph.units)} units")
    return graph


def show(exploration: Exploration, folder: Path, console: Console) -> None:
    """Print the table and where the page lies; raise DoesNotFitError where nothing fits."""
    console.show(exploration_table(exploration))
    console.say(f"page: {folder / PAGE_FILE}   data: {folder / DATA_FILE}")
    refuse_where_nothing_fits(exploration)


def refuse_where_nothing_fits(exploration: Exploration) -> None:
    """Raise DoesNotFitError with the first reason where no point is a design."""
    if len(exploration.refused) == len(exploration.points):
        raise DoesNotFitError(f"nothing fits: {exploration.points[0].refusal}")


def _is_built_folder(source: Any) -> bool:
    return isinstance(source, str | Path) and str(source) not in known_flows() and Path(source).is_dir()


def _check_source(source: Any, model: ModelOptions) -> None:
    ready = is_onnx(source) or _is_built_folder(source)
    if isinstance(source, str | Path | Flow) and model.images is not None:
        raise InputError("images: only a PyTorch model needs them; leave them out")
    if ready or not isinstance(source, str | Path | Flow):
        for option, given in (("--untrained", model.untrained), ("--seed", model.seed is not None)):
            if given:
                what = source if isinstance(source, str | Path) else "the model"
                raise InputError(f"{option}: {what} has its weights already; leave it out, or give a flow")


def _model_file(source: Any, folder: Path, model: ModelOptions, console: Console) -> tuple[Path, str]:
    """Return the QONNX file of ``source`` and a name for the accelerator."""
    if is_onnx(source):
        check_onnx(Path(source))
        return Path(source), Path(source).stem
    if _is_built_folder(source):
        if not (Path(source) / MODEL_FILE).is_file():
            raise InputError(
                f"{source}: holds no {MODEL_FILE}; give an output folder of r2b-hw build, or a flow's name"
            )
        return Path(source) / MODEL_FILE, Path(source).name
    if not isinstance(source, str | Path | Flow):
        made = from_module(source, folder, images=model.images, exporter=model.exporter)
        return folder / MODEL_FILE, made.name
    flow = source if isinstance(source, Flow) else load_flow(source)
    if model.untrained:
        with console.step(f"network of flow {flow.name}, random weights"):
            return export_untrained(flow, folder, seed=model.seed, exporter=model.exporter), flow.name
    file = export_flow(
        flow, folder, seed=model.seed, exporter=model.exporter, progress=console.progress, say=console.say
    )
    return file, flow.name
