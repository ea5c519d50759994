"""Whether an HLS project is the one its graph renders: pragmas, depths and Tcl do not show in C-simulation."""

from dataclasses import replace
from pathlib import Path

from r2b_hw.codegen import render_hls_project
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.verification.rung import RungResult, Status


def check_project(
    result: RungResult, hls_folder: Path, graph: HardwareGraph, *, part: str, clock_mhz: float, options: str
) -> RungResult:
    """Return a passed C-simulation's result, failed where a file differs from what ``graph`` renders."""
    if result.status is not Status.PASSED:
        return result
    for relative, text in render_hls_project(graph, part=part, clock_mhz=clock_mhz, options=options).items():
        path = hls_folder / relative
        if not path.is_file() or path.read_bytes() != text.encode():
            reason = f"{path} is not what graph.json renders; build again"
            return replace(result, status=Status.FAILED, reason=reason)
    return result
