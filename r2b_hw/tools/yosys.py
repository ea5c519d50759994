"""Yosys: the package pyosys, run by this interpreter in a process of its own."""

import importlib.metadata
import importlib.util
import re
import sys
from pathlib import Path

from r2b_hw.errors import ToolError
from r2b_hw.tools.process import run

_INSTALL = "pip install 'r2b-hw[rtl]'"
_PACKAGE = "pyosys"
_RUN = "import sys; from pyosys import libyosys as y; y.run_pass('script ' + sys.argv[1], y.Design())"


def find_yosys() -> str:
    """Return the version of Yosys; ToolError, with the command that installs it, where it is missing."""
    if importlib.util.find_spec(_PACKAGE) is None:
        raise ToolError(f"Yosys is missing: run {_INSTALL}")
    return importlib.metadata.version(_PACKAGE)


def run_yosys(script: str, folder: Path, log: Path) -> None:
    """Run ``script`` in ``folder``, where the files it names lie and what it writes goes.

    Raises ToolError with the first error's line where Yosys fails; all it said is then in ``log``.
    """
    find_yosys()
    (folder / "script.ys").write_text(script, encoding="utf-8")
    completed = run([sys.executable, "-c", _RUN, "script.ys"], directory=folder)
    if completed.status == 0:
        return
    text = completed.output + completed.errors
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text(text, encoding="utf-8")
    raise ToolError(f"Yosys: {_first_error(text, completed.status)} (whole message: {log})")


def _first_error(text: str, status: int) -> str:
    """Return the first line that says what is wrong; Yosys writes some behind a line that is not ended."""
    found = re.search(r"(?:\S+:\d+: )?ERROR: .*|\S*Error: .*", text)
    if found:
        return found[0].strip()
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1].strip() if lines else f"ended with status {status}"
