"""What determines a point, as one number: network, board, goal, and the program that plans."""

import hashlib
import json
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from r2b_hw.boards import Board
from r2b_hw.exploration.schema import Goal

_ROOMS = ("numeric", "schedule", "popcount", "graph", "units", "simulation", "planning", "exploration")
"""Rooms whose sources a plan depends on, beside the modules at the top."""

_LIBRARIES = ("numpy", "numba", "llvmlite", "ortools")


@cache
def planner_digest() -> str:
    """Return sha256 over the planner: sources, data beside them, and the libraries it computes with."""
    package = Path(__file__).resolve().parent.parent
    digest = hashlib.sha256(sys.version.encode())
    for library in _LIBRARIES:
        digest.update(f"{library} {_version(library)}\n".encode())
    files = [package / "boards.py"]
    files += [file for room in _ROOMS for file in sorted((package / room).rglob("*")) if file.is_file()]
    for file in files:
        if "__pycache__" not in file.parts:
            digest.update(file.relative_to(package).as_posix().encode())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def point_fingerprint(graph: str, board: Board, goal: Goal, planner: str) -> str:
    """Return sha256 over the digests of graph and planner, and the content of board and goal."""
    content = {
        "graph": graph,
        "board": board.model_dump(mode="json"),
        "goal": goal.model_dump(mode="json"),
        "planner": planner,
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "-"
