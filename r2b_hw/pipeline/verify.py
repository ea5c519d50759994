"""Climbs the ladder over an output folder and writes what it found into the report."""

from collections.abc import Sequence
from pathlib import Path

from r2b_hw.errors import InputError, MismatchError
from r2b_hw.pipeline.console import Console
from r2b_hw.pipeline.write_report import write_verification
from r2b_hw.reporting import Report, load_report
from r2b_hw.storage import load_graph
from r2b_hw.verification.ladder import BUILT_RUNGS, HLS_FOLDER, climb, first_failure
from r2b_hw.verification.project_check import check_project
from r2b_hw.verification.rung import Rung, RungResult


def verify_folder(
    folder: Path, *, rungs: Sequence[str] | None = None, console: Console | None = None
) -> tuple[RungResult, ...]:
    """Return each rung's result; raise MismatchError naming the first diverging layer where one failed.

    ``rungs`` limits the climb to rungs by name; those are then required, and a missing tool is an error.
    """
    console = console or Console(quiet=True)
    asked = tuple(_rung(name) for name in rungs) if rungs else ()
    console.say("verify: every named tensor, with equality")
    report = _report(folder)

    def check(result: RungResult) -> RungResult:
        if result.rung is not Rung.C_SIMULATION or report is None:
            return result
        clock = report.performance.clock_mhz
        options = hls_options(report.board.name, clock)
        graph = load_graph(folder)
        return check_project(
            result, folder / HLS_FOLDER, graph, part=report.board.part, clock_mhz=clock, options=options
        )

    results = climb(
        folder,
        rungs=asked or BUILT_RUNGS,
        required=asked,
        check=check,
        begin=console.begin_rung,
        end=console.end_rung,
    )
    if not asked:
        write_verification(folder, results)
    failure = first_failure(results)
    if failure:
        raise MismatchError(f"{folder}: {failure}")
    return results


def hls_options(board: str, clock_mhz: float) -> str:
    """Return what every generated HLS file says of the options it was made with."""
    return f"board {board}, {clock_mhz:g} MHz"


def _report(folder: Path) -> Report | None:
    try:
        return load_report(folder)
    except InputError:
        return None


def _rung(name: str) -> Rung:
    built = [rung.value for rung in BUILT_RUNGS]
    if name not in built:
        raise InputError(f"--rung: there is no rung {name}; choose from {', '.join(built)}")
    return Rung(name)
