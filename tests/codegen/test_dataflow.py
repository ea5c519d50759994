"""C-simulation with all units at once and FIFOs of their depths: equal outputs, or an explained deadlock."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hls_graphs import diverging, half_block, random_frames, write_project

from r2b_hw.errors import DeadlockError, MismatchError
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.tools.ap_types import find_ap_types
from r2b_hw.tools.cxx import Program, compile_program, find_compiler
from r2b_hw.tools.process import run
from r2b_hw.units.pixel_parallel_mvu import PixelParallelMvu
from r2b_hw.units.xnor_mvu import XnorMvu
from r2b_hw.verification.c_simulation import BUILD_FOLDER, FLAGS, run_c_simulation

FRAME_WORDS = 4 * 5 * 3
ENOUGH = FRAME_WORDS - 2 * 3 - 3 - 1
"""The gate ends when the fork has sent a whole frame to it. Beside it lie two words of three in skip.width.y, one of
three in the hands of skip.width and the fork's last word; the rest must fit in fork.y2."""


def gated_block(beside: int) -> HardwareGraph:
    """A gate with ``beside`` words of room for the skip, a frame for the convolution and two words everywhere else."""
    graph = half_block("block", np.random.default_rng(1))
    depths = {"fork.y0": FRAME_WORDS, "fork.y2": beside}
    return graph.with_streams(replace(stream, depth=depths.get(stream.name, 2)) for stream in graph.streams)


def test_outputs_are_those_of_one_unit_after_another(tmp_path: Path) -> None:
    graph = gated_block(ENOUGH)
    write_project(tmp_path, graph)
    frames = random_frames(graph, np.random.default_rng(2), 5)
    for dataflow in (False, True):
        got = run_c_simulation(tmp_path, graph, frames, dataflow=dataflow)
        assert diverging(graph, frames, got) == []
    logs = list((tmp_path / BUILD_FOLDER).glob("testbench-*.log"))
    assert len(logs) == 1
    assert "warning" not in logs[0].read_text()


def test_several_pixels_at_once_need_no_deeper_fifos(tmp_path: Path) -> None:
    """The three processes of a unit hold a group, which is all that its first result needs."""
    graph = gated_block(ENOUGH)
    conv = graph.unit_by_name["conv"]
    assert isinstance(conv, XnorMvu)
    graph = graph.with_units([PixelParallelMvu.of(conv, 5)])
    write_project(tmp_path, graph)
    frames = random_frames(graph, np.random.default_rng(2), 5)
    assert diverging(graph, frames, run_c_simulation(tmp_path, graph, frames, dataflow=True)) == []


def test_one_word_too_few_beside_a_gate_is_a_deadlock(tmp_path: Path) -> None:
    graph = gated_block(ENOUGH - 1)
    write_project(tmp_path, graph)
    frames = random_frames(graph, np.random.default_rng(2), 2)
    with pytest.raises(DeadlockError) as raised:
        run_c_simulation(tmp_path, graph, frames, dataflow=True)
    found = re.fullmatch(r"C-simulation: deadlock: full: (.*); empty: (.*); deepen .*", str(raised.value))
    assert found is not None
    full, empty = (set(names.split(", ")) for names in found.groups())
    assert full == {f"fork.y2 ({ENOUGH - 1} of {ENOUGH - 1} words)", "skip.width.y (2 of 2 words)"}
    assert empty == {"fork.y1", *(f"gate.{unit}.y" for unit in ("sum", "mean", "fc", "pre", "sigmoid"))}
    assert diverging(graph, frames, run_c_simulation(tmp_path, graph, frames)) == []


def test_a_unit_that_stops_early_starves_those_behind_it(tmp_path: Path) -> None:
    """A unit that is done cannot feed another: no circle of FIFOs, and still no unit can go on."""
    graph = half_block("plain", np.random.default_rng(5), gated=False, skipped=False)
    write_project(tmp_path, graph)
    path = tmp_path / "units" / "rescale.h"
    text = path.read_text()
    assert "iteration < iterations" in text
    path.write_text(text.replace("iteration < iterations", "iteration + 1 < iterations"))
    frames = random_frames(graph, np.random.default_rng(6), 2)
    with pytest.raises(DeadlockError, match=r"full: none; empty: out\.y;"):
        run_c_simulation(tmp_path, graph, frames, dataflow=True)
    with pytest.raises(MismatchError, match=r"stream out\.y \(from layer block\.out\): read while empty"):
        run_c_simulation(tmp_path, graph, frames)


def test_without_the_definition_no_thread_is_compiled(tmp_path: Path) -> None:
    """What Vitis sees: the same project, without the test bench's own build."""
    graph = half_block("plain", np.random.default_rng(5), gated=False, skipped=False)
    write_project(tmp_path, graph)
    sources = (tmp_path / "top.cpp", tmp_path / "testbench.cpp")
    program = Program(sources, (tmp_path, tmp_path / "simulation"), (find_ap_types(),), flags=FLAGS)
    messages = compile_program(find_compiler(), program, tmp_path / "plain")
    assert "warning" not in messages
    assert run([tmp_path / "plain", "1", "-", "-", "-", "-", "dataflow"]).errors.startswith("dataflow: the program was")
