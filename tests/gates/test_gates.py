"""Netlists of Yosys, simulated: the cycle and the value of every word of every stream."""

import importlib
import re
from dataclasses import replace

import numpy as np
import pytest

from r2b_hw.boards import load_board
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.graph.stream import Memory
from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.numeric.rounding import Integers
from r2b_hw.planning import plan
from r2b_hw.synthesis.families import FAMILIES
from r2b_hw.units.channelwise import Channelwise
from r2b_hw.units.registry import unit_kinds
from tests.gates.harness import assert_gates_equal, replace_by_gates
from tests.planning.hand_built import residual_network
from tests.rtl.harness import assert_runs_equal, rtl_project
from tests.units.harness import chain, random_input


def network() -> HardwareGraph:
    """A stem, a gated half-block that halves the map, and a classifier; FIFOs of 15 words and more in block RAM."""
    graph = plan(residual_network((6, 6, 1), 16, ((16, 2),)), load_board("pynq-z2"), target_fps=2_000).graph
    return graph.with_streams(replace(s, memory=Memory.BRAM) if s.depth >= 15 else s for s in graph.streams)


def products(channels: int = 6) -> HardwareGraph:
    """Two products in DSPs a channel, constants in LUTs."""
    generator = np.random.default_rng(2)
    unit = Channelwise(
        name="affine",
        layer="layer",
        height=3,
        width=4,
        channels=channels,
        channels_per_word=2,
        integer=IntegerType(-30_000, 30_000),
        exponents=(0,),
        multipliers=generator.integers(-128, 128, channels),
        multiplier_exponents=(2,),
        biases=generator.integers(-(1 << 12), 1 << 12, channels),
        bias_exponents=(4,),
        slopes=generator.integers(-8, 8, channels),
        slope_exponent=3,
        output_integer=IntegerType(-128, 127),
        output_exponent=-9,
    )
    return chain(unit, depth=4)


def with_memories(graph: HardwareGraph, *memories: Memory) -> HardwareGraph:
    return graph.with_streams(replace(s, memory=m) for s, m in zip(graph.streams, memories, strict=True))


def test_an_accelerator_of_eleven_kinds() -> None:
    graph = network()
    assert len({unit.kind for unit in graph.units}) == 11
    used = assert_gates_equal(graph, random_input(np.random.default_rng(1), graph, 2), np.random.default_rng(0))
    assert {"DSP48E1", "RAMB18E1", "RAM32M", "SRL16E", "CARRY4", "LUT6_2", "FDSE"} <= used


def test_the_primitives_of_ultrascale() -> None:
    graph = with_memories(products(), Memory.URAM, Memory.BRAM)
    frames = random_input(np.random.default_rng(1), graph, 4)
    used = assert_gates_equal(graph, frames, np.random.default_rng(0), "xcup")
    assert {"DSP48E2", "RAMB18E2", "URAM288"} <= used
    assert "DSP48E1" not in used


def test_a_wrong_primitive_is_found() -> None:
    """A register within a DSP is taken away, the lowest bit of the first truth table of three inputs is another."""
    graph = products()
    frames = random_input(np.random.default_rng(1), graph, 4)
    with rtl_project(graph) as folder:
        replace_by_gates(folder, graph, "xc7")
        gates = folder / "gates.v"
        text = gates.read_text(encoding="utf-8")
        netlist = text.index("module test_affine")
        for pattern, change in ((r"\.MREG\(1'h1\)", ".MREG(1'h0)"), (r"(LUT3 #\(\s+\.INIT\(8'h.)\w", r"\g<1>b")):
            changed = re.sub(pattern, change, text[netlist:], count=1)
            assert changed != text[netlist:]
            gates.write_text(text[:netlist] + changed, encoding="utf-8")
            with pytest.raises(AssertionError, match="layer"):
                assert_runs_equal(folder, graph, frames)


UNITS = (
    "average_pool",
    "channel_sum",
    "channelwise",
    "fork",
    "global_sum",
    "integer_mvu",
    "max_pool",
    "pixel_parallel_mvu",
    "pixel_scale",
    "rescale",
    "sigmoid_table",
    "sliding_window",
    "spatial_scale",
    "threshold",
    "width_converter",
    "xnor_mvu",
)


def test_the_sweep_has_every_kind() -> None:
    assert set(UNITS) == set(unit_kinds())


@pytest.mark.long
@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("kind", UNITS)
def test_what_is_verilated_is_equal_as_netlist(kind: str, family: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The default tests of tests/rtl/test_<kind>.py, each case synthesised."""
    module = importlib.import_module(f"tests.rtl.test_{kind}")
    cases: list[HardwareGraph] = []

    def check(graph: HardwareGraph, frames: Integers, generator: np.random.Generator) -> None:
        cases.append(graph)
        assert_gates_equal(graph, frames, generator, family)

    monkeypatch.setattr(module, "assert_verilates_exactly", check)
    for name, function in list(vars(module).items()):
        marks = {mark.name: mark for mark in getattr(function, "pytestmark", ())}
        if name.startswith("test_") and "long" not in marks:
            arguments = marks["parametrize"].args if "parametrize" in marks else ((), [()])
            for values in arguments[1]:
                function(**dict(zip(arguments[0], values, strict=True)))
    assert cases


@pytest.mark.long
@pytest.mark.parametrize(
    ("family", "memory", "depth"),
    [
        (family, memory, depth)
        for family in FAMILIES
        for memory, depth in (
            (Memory.REGISTER, 1),
            (Memory.LUTRAM, 2),
            (Memory.LUTRAM, 32),
            (Memory.LUTRAM, 64),
            (Memory.LUTRAM, 70),
            (Memory.BRAM, 2),
            (Memory.BRAM, 65),
            (Memory.BRAM, 513),
            (Memory.URAM, 5),
        )
        if family == "xcup" or memory is not Memory.URAM
    ],
)
def test_every_memory_of_a_fifo(family: str, memory: Memory, depth: int) -> None:
    """Words of 32 and of 16 bits: LUTRAM is shift registers where they are narrow."""
    graph = products()
    streams = (replace(stream, memory=memory, depth=depth) for stream in graph.streams)
    graph = graph.with_streams(streams)
    assert_gates_equal(graph, random_input(np.random.default_rng(depth), graph, 3), np.random.default_rng(0), family)
