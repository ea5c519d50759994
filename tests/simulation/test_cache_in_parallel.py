"""Processes that start at once with an empty cache compile the simulator side by side and agree."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
from r2b_hw.boards import load_board
from r2b_hw.planning import plan
from tests.planning.hand_built import residual_network

made = plan(residual_network(blocks=((16, 2),)), load_board("pynq-z2"), target_fps=20_000)
print(made.interval, made.simulation.latencies, sorted(made.simulation.high_water.items()))
"""
PROCESSES = 2


def begin(cache: Path) -> subprocess.Popen[str]:
    root = Path(__file__).resolve().parent.parent.parent
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    command = [sys.executable, "-c", PROGRAM]
    return subprocess.Popen(command, cwd=root, env=environment, stdout=subprocess.PIPE, text=True)


def compiled(cache: Path) -> dict[Path, int]:
    return {file: file.stat().st_mtime_ns for file in cache.rglob("*.nbc")}


@pytest.mark.long
def test_a_cold_start_in_parallel(tmp_path: Path) -> None:
    starting = [begin(tmp_path) for _ in range(PROCESSES)]
    outputs = {process.communicate(timeout=600)[0] for process in starting}
    assert [process.returncode for process in starting] == [0] * PROCESSES
    assert len(outputs) == 1
    # Whoever comes later loads the machine code that lies there, and it computes the same.
    before = compiled(tmp_path)
    assert before
    later = begin(tmp_path)
    assert later.communicate(timeout=600)[0] in outputs
    assert compiled(tmp_path) == before
    assert not list(tmp_path.rglob("*.tmp"))
