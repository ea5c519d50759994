"""Climbs the ladder over an output folder and writes what it found into the report."""

from collections.abc import Sequence
from pathlib import Path

from r2b_hw.errors import InputError, MismatchError
from r2b_hw.pipeline.console import Console
from r2b_hw.pipeline.write_report import write_verification
from r2b_hw.verification.ladder import BUILT_RUNGS, climb, first_failure
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
    results = climb(folder, rungs=asked or BUILT_RUNGS, required=asked, begin=console.begin_rung, end=console.end_rung)
    if not asked:
        write_verification(folder, results)
    failure = first_failure(results)
    if failure:
        raise MismatchError(f"{folder}: {failure}")
    return results


def _rung(name: str) -> Rung:
    built = [rung.value for rung in BUILT_RUNGS]
    if name not in built:
        raise InputError(f"--rung: there is no rung {name}; choose from {', '.join(built)}")
    return Rung(name)
