"""What the clock says of a built accelerator: cycles follow from schedules, and deadlocks are explained."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from r2b_hw.boards import load_board
from r2b_hw.frontend.load import load_model
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.lowering.lower import lower
from r2b_hw.planning import plan
from r2b_hw.planning.folding import parallelism_of
from r2b_hw.simulation import simulate, simulate_timing
from r2b_hw.storage import load_graph, save_graph
from tests.conftest import CommandLine, Small

UNIT = "blocks.1.conv"
PIXELS = 4 * 4


@pytest.fixture(scope="module")
def lowered(small_built: Any) -> HardwareGraph:
    return lower(load_model(small_built[1] / "model.onnx")).graph


@pytest.mark.parametrize(("pe", "simd"), [(1, 8), (2, 8), (2, 4), (1, 4)])
def test_a_bottleneck_decides_the_interval(lowered: HardwareGraph, small: Small, pe: int, simd: int) -> None:
    """Pixels x neuron folds x synapse folds, and half of it with twice the PE, whatever else is folded alike."""
    planned = load_graph(small.folder)
    others = {
        name: parallelism_of(planned.unit_by_name[name])
        for name in lowered.unit_by_name
        if name in planned.unit_by_name
    }
    overrides = {**others, UNIT: (simd, pe), f"{UNIT}.window": (simd, simd)}
    design = plan(lowered, load_board("zcu104"), parallelism=overrides)
    predicted = PIXELS * (16 // pe) * (8 // simd)
    assert design.graph.unit_by_name[UNIT].interval == predicted
    assert design.interval == predicted
    frames = planned.host_input.quantise(small.images)
    run = simulate(design.graph, frames)
    # Back-to-back frames leave at the interval, and folding changes no value.
    assert set(np.diff(run.output_cycles[:, -1])[-2:].tolist()) == {predicted}
    assert run.stalls[UNIT].active == len(frames) * predicted
    assert np.array_equal(run.outputs, simulate(planned, frames).outputs)


def depths(graph: HardwareGraph, **changes: int) -> HardwareGraph:
    return graph.with_streams(
        replace(graph.stream_by_name[name.replace("__", ".")], depth=depth) for name, depth in changes.items()
    )


FRAME_WORDS = 8 * 8
SKIP = 24
"""Depth of the FIFO behind the fork; with the one before it, it holds what waits for the gate."""


def test_a_skip_fifo_below_one_frame_deadlocks(small: Small, r2b: CommandLine, images_file: Any) -> None:
    graph = load_graph(small.folder)
    enough = depths(graph, blocks__0__out__s=SKIP, blocks__0__frame=FRAME_WORDS - SKIP)
    assert simulate_timing(enough, 6).cycles > 0
    save_graph(enough, small.folder)
    assert r2b("simulate", small.folder, "--input", images_file).code == 0

    short = depths(graph, blocks__0__out__s=SKIP, blocks__0__frame=FRAME_WORDS - SKIP - 1)
    save_graph(short, small.folder)
    for ended in (
        r2b("simulate", small.folder, "--input", images_file),
        r2b("verify", small.folder, "--rung", "simulation"),
        r2b("verify", small.folder),
    ):
        assert ended.code == 4
        explained = ended.error
        assert "deadlock at cycle" in explained
        full, empty, path = explained.split("full: ")[1].split("; ")[:3]
        assert full == f"blocks.0.frame ({FRAME_WORDS - SKIP - 1} of {FRAME_WORDS - SKIP - 1} words), " + (
            f"blocks.0.out.s ({SKIP} of {SKIP} words)"
        )
        assert "blocks.0.gate.mean.sum.x" in empty
        assert path.startswith("path: blocks.0.out waits for input from -> ")
        assert "blocks.0.gate_fork waits for room in -> blocks.0.fork waits for room in -> blocks.0.out" in path


def test_a_deep_enough_fifo_gives_the_planned_interval(small: Small) -> None:
    """Beside a gate, words held beyond one frame buy throughput, until the bottleneck decides."""
    graph = load_graph(small.folder)
    intervals = []
    for held in (FRAME_WORDS, FRAME_WORDS + 8, FRAME_WORDS + 16):
        timing = simulate_timing(depths(graph, blocks__0__out__s=SKIP, blocks__0__frame=held - SKIP))
        assert timing.interval is not None
        intervals.append(timing.interval)
    planned = simulate_timing(graph).interval
    assert planned == max(unit.interval for unit in graph.units)
    assert intervals[0] > intervals[1] > intervals[2] > planned
