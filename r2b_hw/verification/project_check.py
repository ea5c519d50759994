"""Whether a generated project is the one its graph renders: depths, pragmas and Tcl do not show in a simulation."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from r2b_hw.verification.rung import RungResult, Status


def check_project(result: RungResult, folder: Path, files: Mapping[str, str]) -> RungResult:
    """Return a passed rung's result, failed where a file in ``folder`` differs from ``files`` (path -> text)."""
    if result.status is not Status.PASSED:
        return result
    for relative, text in files.items():
        path = folder / relative
        if not path.is_file() or path.read_bytes() != text.encode():
            reason = f"{path} is not what graph.json renders; build again"
            return replace(result, status=Status.FAILED, reason=reason)
    return result
