"""The generated projects of an output folder, one a backend."""

from collections.abc import Mapping, Sequence

from r2b_hw.codegen import render_hls_project, render_rtl_project
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


def render_project(backend: str, graph: HardwareGraph, board: str, part: str, clock_mhz: float) -> Mapping[str, str]:
    """Return the project of ``graph`` for ``backend``: path relative to its folder -> text."""
    options = f"board {board}, {clock_mhz:g} MHz"
    if backend == "rtl":
        return render_rtl_project(graph, options=options)
    return render_hls_project(graph, part=part, clock_mhz=clock_mhz, options=options)
