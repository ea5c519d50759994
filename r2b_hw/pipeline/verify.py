"""Climbs the ladder over an output folder and writes what it found into the report."""

from collections.abc import Sequence
from pathlib import Path

from r2b_hw.errors import InputError, MismatchError
from r2b_hw.pipeline.console import Console
from r2b_hw.pipeline.projects import PROJECT_FOLDERS, has_loadable_parameters, render_project
from r2b_hw.pipeline.write_report import write_verification
from r2b_hw.reporting import Report, load_report
from r2b_hw.storage import load_graph
from r2b_hw.verification.ladder import climb, first_failure
from r2b_hw.verification.project_check import check_project
from r2b_hw.verification.rung import Rung, RungResult, Status


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
        if report is None or result.status is not Status.PASSED:
            return result
        backend = {Rung.C_SIMULATION: "hls", Rung.RTL: "rtl"}.get(result.rung)
        if backend is None:
            return result
        board = report.board
        clock, loadable = report.performance.clock_mhz, has_loadable_parameters(folder)
        files = render_project(backend, load_graph(folder), board.name, board.part, clock, loadable=loadable)
        return check_project(result, folder / PROJECT_FOLDERS[backend], files)

    results = climb(
        folder,
        rungs=asked or tuple(Rung),
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


def _report(folder: Path) -> Report | None:
    try:
        return load_report(folder)
    except InputError:
        return None


def _rung(name: str) -> Rung:
    if name not in list(Rung):
        raise InputError(f"--rung: there is no rung {name}; choose from {', '.join(Rung)}")
    return Rung(name)
