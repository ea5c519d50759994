"""Vitis HLS, where it is installed: XILINX_HLS names its folder, or vitis_hls is on PATH."""

import os
import shutil
from pathlib import Path


def find_vitis_hls() -> Path | None:
    """Return the installation folder of Vitis HLS, or None."""
    folder = os.environ.get("XILINX_HLS", "").strip()
    if folder and Path(folder).is_dir():
        return Path(folder)
    executable = shutil.which("vitis_hls")
    return Path(executable).resolve().parent.parent if executable else None
