"""ap_int.h, the vendor's arbitrary-precision integers, for C-simulation."""

import importlib.util
from pathlib import Path

from r2b_hw.errors import ToolError
from r2b_hw.tools.vitis_hls import find_vitis_hls


def _in_hls4ml() -> Path | None:
    # find_spec of a top-level package does not import it, and hls4ml is slow to import.
    specification = importlib.util.find_spec("hls4ml")
    if specification is None:
        return None
    for location in specification.submodule_search_locations or ():
        candidate = Path(location) / "templates" / "vivado" / "ap_types"
        if (candidate / "ap_int.h").is_file():
            return candidate
    return None


def find_ap_types() -> Path:
    """Return the folder that holds ap_int.h: in Vitis HLS, else in hls4ml; ToolError where neither is there."""
    vitis = find_vitis_hls()
    if vitis is not None and (vitis / "include" / "ap_int.h").is_file():
        return vitis / "include"
    folder = _in_hls4ml()
    if folder is None:
        raise ToolError(
            "ap_int.h is missing: neither Vitis HLS (XILINX_HLS, vitis_hls on PATH) nor the package hls4ml has it; "
            "run: pip install hls4ml"
        )
    return folder
