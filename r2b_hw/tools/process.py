"""The only place that starts a process."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from r2b_hw.errors import ToolError


@dataclass(frozen=True)
class Completed:
    """A finished process: exit status and what it wrote."""

    status: int
    output: str
    errors: str


def run(
    command: Sequence[str | Path],
    *,
    directory: Path | None = None,
    timeout: float | None = None,
    environment: Mapping[str, str] | None = None,
) -> Completed:
    """Run ``command`` in ``directory`` for at most ``timeout`` seconds and return how it ended, whatever its status.

    ``environment`` adds variables to this process's own.

    Raises ToolError where it cannot be started or takes too long.
    """
    arguments = [str(argument) for argument in command]
    try:
        completed = subprocess.run(
            arguments,
            cwd=directory,
            timeout=timeout,
            env={**os.environ, **environment} if environment else None,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ToolError(f"{arguments[0]}: stopped after {timeout:g} s without an end") from error
    except OSError as error:
        raise ToolError(f"{arguments[0]}: cannot be started ({error.strerror}); check that it is installed") from error
    return Completed(completed.returncode, completed.stdout, completed.stderr)
