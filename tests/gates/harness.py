"""Holds what Yosys makes of an accelerator against the cycle-accurate simulation: netlists in place of sources."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from r2b_hw.codegen.rtl.names import unit_modules
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.numeric.rounding import Integers
from r2b_hw.synthesis.batches import write_inputs
from r2b_hw.synthesis.modules import Module, Project, fifo_module, unit_module
from r2b_hw.synthesis.script import NETLIST, synthesis_script
from r2b_hw.tools.yosys import run_yosys
from tests.gates.cells import cell_library
from tests.rtl.harness import assert_runs_equal, rtl_project
from tests.units.harness import random_mask


def assert_gates_equal(
    graph: HardwareGraph, frames: Integers, generator: np.random.Generator, family: str = "xc7"
) -> set[str]:
    """The netlists of all units and FIFOs do what the simulation of ``graph`` does; the primitives they are made of.

    Equal are the value and the cycle of every word of every stream, at full rate and under random stalls.
    """
    with rtl_project(graph) as folder:
        used = replace_by_gates(folder, graph, family)
        assert_runs_equal(folder, graph, frames)
        assert_runs_equal(folder, graph, frames, random_mask(generator), random_mask(generator))
    return used


def replace_by_gates(folder: Path, graph: HardwareGraph, family: str) -> set[str]:
    """Synthesise the project in ``folder`` and put netlists in its place; the primitives that are in them."""
    project = Project.read(folder)
    units = {unit.name: unit_module(project, graph, unit.name) for unit in graph.units}
    streams = {stream.name: fifo_module(project, graph, stream) for stream in graph.streams}
    fifos = {module.name: module for module in streams.values()}
    gates, used = netlists([*units.values(), *fifos.values()], family, folder / "synthesis")
    (folder / "gates.v").write_text(f"{cell_library(used)}\n{gates}", encoding="utf-8")
    removed = {project.file_of[name] for name in unit_modules(graph).values()}
    (folder / project.file_of["r2b_fifo"]).write_text(_any_fifo(fifos), encoding="utf-8")
    listing = (folder / "filelist.f").read_text(encoding="utf-8").splitlines()
    kept = [line for line in listing if line.strip() not in removed]
    (folder / "filelist.f").write_text("\n".join(["gates.v", *kept, ""]), encoding="utf-8")
    return used


def netlists(modules: Sequence[Module], family: str, folder: Path) -> tuple[str, set[str]]:
    """What the script of synthesis makes of ``modules``, in Verilog, and the primitives in it."""
    folder.mkdir()
    write_inputs(modules, folder)
    run_yosys(f"{synthesis_script(modules, family)}write_verilog -noattr -selected gates.v\n", folder, folder / "log")
    made = json.loads((folder / NETLIST).read_text(encoding="utf-8"))["modules"].values()
    used = {cell["type"] for module in made for cell in module["cells"].values()}
    return (folder / "gates.v").read_text(encoding="utf-8"), {name for name in used if not name.startswith("$")}


def _any_fifo(fifos: dict[str, Module]) -> str:
    """Module r2b_fifo with the rules of streams and a count of words, around the netlist of its parameters."""
    choices: list[str] = []
    for name in fifos:
        shape = re.fullmatch(r"r2b_fifo_(\d+)x(\d+)_(\w+)_(\d+)", name)
        assert shape is not None
        width, depth, memory, latency = shape.groups()
        condition = f'WIDTH == {width} && DEPTH == {depth} && MEMORY == "{memory}" && LATENCY == {latency}'
        choices.append(f"    if ({condition}) begin : g_{name}\n        {name} gates (.*);\n    end")
    source = (Path(__file__).parents[2] / "templates" / "rtl" / "common" / "r2b_fifo.sv").read_text(encoding="utf-8")
    ports, behaviour = source[: source.index("    localparam")], source[source.index("`ifndef SYNTHESIS") :]
    assert "reserves_where_ready" in behaviour
    return f"""{ports}
    localparam int unsigned FULL = DEPTH;
    logic [31:0] occupancy;
    always_ff @(posedge clk) begin
        if (rst) occupancy <= '0;
        else occupancy <= occupancy + 32'(in_valid) - 32'(out_valid && out_ready);
    end
{" else ".join(choices).lstrip()} else begin : g_unknown
        $error("no netlist for this FIFO");
    end
{behaviour}"""
