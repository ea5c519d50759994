"""What this machine has of what r2b-hw can use, and what each missing thing costs."""

import importlib.metadata
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from r2b_hw.errors import ToolError
from r2b_hw.resources import cache_directory
from r2b_hw.tools.ap_types import find_ap_types
from r2b_hw.tools.cxx import find_compiler
from r2b_hw.tools.verilator import find_verilator
from r2b_hw.tools.vitis_hls import find_vitis_hls
from r2b_hw.tools.yosys import find_yosys

_NEEDED = ("numpy", "torch", "brevitas", "onnx", "qonnx", "numba", "ortools", "jinja2")


@dataclass(frozen=True)
class Item:
    """Something that r2b-hw uses.

    Attributes
    ----------
    found
        Version or place; None where it is missing.
    costs
        What does not work without it.
    remedy
        What to do about it, or why it was not accepted.
    needed
        Whether nothing works without it.
    """

    name: str
    found: str | None
    costs: str
    remedy: str
    needed: bool = False


def take_inventory() -> Iterator[Item]:
    """Yield what is there and what is not: Python and its packages, tools, the cache folder."""
    version = platform.python_version()
    yield Item("Python", f"{version}, {sys.executable}", "everything", "install Python 3.11 or newer", needed=True)
    for package in _NEEDED:
        remedy = f"pip install -c constraints.txt {package}"
        yield Item(package, _package(package), "everything", remedy, needed=True)
    yield _tool("C++ compiler", lambda: find_compiler().version, "the rungs c-simulation and rtl")
    yield _tool("ap_int.h", lambda: str(find_ap_types()), "the rung c-simulation")
    yield _tool("Verilator", lambda: find_verilator().version, "the rung rtl; cycles stay of stage simulated")
    yield _tool("Yosys", find_yosys, "synth; resources stay of stage model")
    vitis = find_vitis_hls()
    yield Item(
        "Vitis HLS", str(vitis) if vitis else None, "its C-synthesis; r2b-hw itself never runs it", "install AMD Vitis"
    )
    yield Item("dask", _package("distributed"), "explore --cluster", "pip install 'r2b-hw[cluster]'")
    yield Item("tensorboard", _package("tensorboard"), "train --log tensorboard", "pip install 'r2b-hw[tensorboard]'")
    yield _cache()


def _package(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _tool(name: str, find: Callable[[], str], costs: str) -> Item:
    try:
        return Item(name, find(), costs, "")
    except ToolError as error:
        return Item(name, None, costs, str(error))


def _cache() -> Item:
    folder = cache_directory()
    found = str(folder) if _writable(folder) else None
    costs = "nothing; the first simulation, compilation and synthesis are repeated every time"
    return Item("cache folder", found, costs, f"{folder} cannot be written; set XDG_CACHE_HOME to a folder of yours")


def _writable(folder: Path) -> bool:
    there = folder
    while not there.exists():
        there = there.parent
    try:
        with tempfile.TemporaryFile(dir=there):
            return os.access(there, os.W_OK)
    except OSError:
        return False
