"""The CIFAR-100 network of the paper at full size, from random weights to the simulated accelerator."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parent.parent.parent / "benchmarks" / "full_size.py"


@pytest.mark.long
def test_the_cifar100_network_fits_the_zcu104_and_simulates_bit_exactly() -> None:
    command = [sys.executable, str(SCRIPT), "real-to-bin-cifar100", "--board", "zcu104", "--fps", "300"]
    ended = subprocess.run(command, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    rows = {line.split("|")[1].strip(): line for line in ended.stdout.splitlines() if line.startswith("|")}
    assert "equal in" in rows["QONNX, executed"]
    assert "equal in" in rows["hardware graph, numpy"]
    assert "equal in" in rows["cycle-accurate simulation, one image"]
