"""The generated projects of an output folder, one a backend."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from r2b_hw.codegen import render_hls_project, render_rtl_project
from r2b_hw.codegen.rtl.project import PARAMETERS_FILE
from r2b_hw.errors import InputError
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.verification.ladder import HLS_FOLDER
from r2b_hw.verification.rtl_rung import RTL_FOLDER

PROJECT_FOLDERS: Mapping[str, str] = {"hls": HLS_FOLDER, "rtl": RTL_FOLDER}
"""Folder of each backend's project."""


def backends(choice: str) -> Sequence[str]:
    """Return the backends that ``choice`` (hls, rtl or both) asks for; InputError for anything else."""
    if choice == "both":
        return tuple(PROJECT_FOLDERS)
    if choice in PROJECT_FOLDERS:
        return (choice,)
    raise InputError(f"--backend: there is no backend {choice}; choose from {', '.join(PROJECT_FOLDERS)}, both")


def loads_parameters(choice: str) -> bool:
    """Return whether ``choice`` (rom or ram) loads constants at run time; InputError for anything else."""
    if choice not in ("rom", "ram"):
        raise InputError(f"--parameters: {choice} is none of rom, ram")
    return choice == "ram"


def has_loadable_parameters(folder: Path) -> bool:
    """Return whether the SystemVerilog of an output folder loads its constants at run time."""
    return (folder / RTL_FOLDER / PARAMETERS_FILE).is_file()


def render_project(
    backend: str, graph: HardwareGraph, board: str, part: str, clock_mhz: float, *, loadable: bool
) -> Mapping[str, str]:
    """Return the project of ``graph`` for ``backend``: path relative to its folder -> text.

    ``loadable``: the SystemVerilog loads its constants at run time; the HLS project has them in any case.
    """
    options = f"board {board}, {clock_mhz:g} MHz"
    if backend == "rtl":
        return render_rtl_project(graph, options=options, loadable=loadable)
    return render_hls_project(graph, part=part, clock_mhz=clock_mhz, options=options)
