"""Holds verilated SystemVerilog against the cycle-accurate simulation: every word of every stream, and its cycle."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from hypothesis import settings

from r2b_hw.codegen import write_files
from r2b_hw.codegen.rtl.names import top_module
from r2b_hw.codegen.rtl.project import render_rtl_project
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.numeric.rounding import Integers
from r2b_hw.simulation import simulate
from r2b_hw.tools.verilator import Design, lint
from r2b_hw.verification.rtl_compare import compare_rtl
from r2b_hw.verification.rtl_simulation import read_filelist, run_rtl
from tests.units.harness import random_mask

rtl_settings = settings(max_examples=3, deadline=None)
"""Few examples: each is verilated and compiled anew."""
long_rtl_settings = settings(max_examples=40, deadline=None)


@contextmanager
def rtl_project(graph: HardwareGraph) -> Iterator[Path]:
    """The project of ``graph`` in a folder of its own."""
    with TemporaryDirectory(prefix="r2b_test_") as name:
        folder = Path(name)
        write_files(folder, render_rtl_project(graph))
        yield folder


def assert_clean(folder: Path, graph: HardwareGraph) -> None:
    """No message of Verilator's lint with all warnings on, wrapper included."""
    design = Design(folder, tuple(read_filelist(folder)), f"{top_module(graph)}_axi_stream")
    assert lint(design) == ""


def assert_verilates_exactly(graph: HardwareGraph, frames: Integers, generator: np.random.Generator) -> None:
    """Lint is clean; at full rate, under random stalls and with one frame alone all words and cycles are equal."""
    with rtl_project(graph) as folder:
        assert_clean(folder, graph)
        assert_runs_equal(folder, graph, frames)
        stalls = random_mask(generator), random_mask(generator)
        assert_runs_equal(folder, graph, frames, *stalls)
        assert_runs_equal(folder, graph, frames[:1])


def assert_runs_equal(
    folder: Path,
    graph: HardwareGraph,
    frames: Integers,
    source_stalls: np.ndarray | None = None,
    sink_stalls: np.ndarray | None = None,
) -> None:
    """The project in ``folder`` does what the simulation of ``graph`` does."""
    masks = {"source_stalls": source_stalls, "sink_stalls": sink_stalls}
    simulated = simulate(graph, frames, capture=list(graph.stream_by_name), **masks)
    verilated = run_rtl(folder, graph, frames, expected_cycles=simulated.cycles, **masks)
    comparison = compare_rtl(graph, simulated, verilated)
    assert comparison.timing is None, comparison.timing
    assert comparison.values.tensors == len(graph.streams)
    assert comparison.values.first is None, str(comparison.values.first)
