"""Many units of every kind, of random shapes, types and parallelism, in one verilated accelerator."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hls_graphs import random_frames
from mixed_graph import mixed_graph

from r2b_hw.codegen import render_rtl_project, write_files
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.graph.stream import Memory
from r2b_hw.units.registry import unit_kinds
from r2b_hw.verification.rtl_rung import stall_masks
from tests.rtl.harness import assert_clean, assert_runs_equal

_MEMORIES = (Memory.LUTRAM, Memory.BRAM, Memory.URAM)


def roomy(graph: HardwareGraph) -> HardwareGraph:
    """The graph with FIFOs of a frame and more, so that no branch waits for another for ever, in all memories."""
    return graph.with_streams(
        replace(stream, depth=graph.port_of(stream).words + 8 + number % 5, memory=_MEMORIES[number % 3])
        for number, stream in enumerate(graph.streams)
    )


def check(folder: Path, graph: HardwareGraph, *, loadable: bool = False) -> None:
    write_files(folder, render_rtl_project(graph, loadable=loadable))
    assert_clean(folder, graph)
    frames = random_frames(graph, np.random.default_rng(0), 3)
    assert_runs_equal(folder, graph, frames)
    assert_runs_equal(folder, graph, frames, *stall_masks())
    assert_runs_equal(folder, graph, frames[:1])


def test_many_units_of_every_kind(tmp_path: Path) -> None:
    graph = roomy(mixed_graph("mixed", 0, 5, 5, 2))
    assert {unit.kind for unit in graph.units} == set(unit_kinds())
    check(tmp_path, graph)


@pytest.mark.long
@pytest.mark.parametrize(("seed", "height", "width"), [(6, 5, 8), (14, 3, 3), (22, 8, 4), (30, 6, 6), (38, 1, 9)])
def test_more_shapes(tmp_path: Path, seed: int, height: int, width: int) -> None:
    check(tmp_path, roomy(mixed_graph("mixed", seed, height, width, 8)))


@pytest.mark.long
def test_loaded_constants(tmp_path: Path) -> None:
    check(tmp_path, roomy(mixed_graph("mixed", 3, 5, 5, 6)), loadable=True)
