"""C-simulation of every kind of unit against its whole-tensor numpy semantics, on every stream, with equality."""

from pathlib import Path

import numpy as np
import pytest
from hls_graphs import diverging, half_block, random_frames, write_project
from mixed_graph import mixed_graph

from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.units.registry import unit_kinds
from r2b_hw.verification.c_simulation import BUILD_FOLDER, run_c_simulation


def own_warnings(directory: Path) -> list[str]:
    logs = list((directory / BUILD_FOLDER).glob("*.log"))
    assert len(logs) == 1
    return [line for line in logs[0].read_text().splitlines() if "warning" in line]


def check(directory: Path, graph: HardwareGraph, count: int, *, hardware_arithmetic: bool = False) -> None:
    write_project(directory, graph)
    for frames_count in (count, 1):
        frames = random_frames(graph, np.random.default_rng(3), frames_count)
        got = run_c_simulation(directory, graph, frames, hardware_arithmetic=hardware_arithmetic)
        assert diverging(graph, frames, got) == []
    assert own_warnings(directory) == []


def test_many_units_of_every_kind(tmp_path: Path) -> None:
    graph = mixed_graph("mixed", 0, 7, 6, 6)
    assert {unit.kind for unit in graph.units} == set(unit_kinds())
    check(tmp_path, graph, 3)


def test_synthesised_arithmetic(tmp_path: Path) -> None:
    """The ap_int types and adder trees that hardware is made of compute the same as the machine words."""
    check(tmp_path, mixed_graph("mixed", 7, 5, 4, 1), 2, hardware_arithmetic=True)


@pytest.mark.long
@pytest.mark.parametrize(("seed", "height", "width"), [(10, 7, 6), (20, 1, 9), (31, 12, 5), (42, 6, 6), (53, 3, 2)])
def test_more_shapes(tmp_path: Path, seed: int, height: int, width: int) -> None:
    check(tmp_path, mixed_graph("mixed", seed, height, width, 8), 3)


@pytest.mark.long
def test_more_synthesised_arithmetic(tmp_path: Path) -> None:
    check(tmp_path, mixed_graph("mixed", 4, 7, 6, 5), 2, hardware_arithmetic=True)


@pytest.mark.long
@pytest.mark.parametrize("stride", [1, 2])
def test_gated_half_block(tmp_path: Path, stride: int) -> None:
    graph = half_block("block", np.random.default_rng(stride), height=6, width=6, stride=stride, outputs=12 * stride)
    check(tmp_path, graph, 4)
