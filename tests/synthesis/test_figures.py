"""Modules by hand: levels of logic, a latch, a long path, a failure; each figure known beforehand."""

from pathlib import Path

import numpy as np
import pytest

from r2b_hw.errors import ToolError
from r2b_hw.synthesis import FindingKind, Module, ModuleFigures, Usage
from r2b_hw.synthesis.batches import synthesise_modules
from r2b_hw.synthesis.findings import unit_findings
from r2b_hw.synthesis.netlist import Path as PathFound
from r2b_hw.synthesis.netlist import deepest_path, usage_of
from tests.synthesis.harness import module, threshold

_REGISTERS = "logic [11:0] a; always_ff @(posedge clk) a <= x;"
MODULES = (
    module(
        "gates",
        "input logic [5:0] x, output logic y",
        "logic [5:0] a; always_ff @(posedge clk) begin a <= x; y <= &a; end",
    ),
    module("latched", "input logic e, input logic x, output logic y", "always_latch if (e) y = x;"),
    module(
        "deep",
        "input logic [11:0] x, output logic [11:0] y",
        _REGISTERS
        + "logic [11:0] s[13]; assign s[0] = a;"
        + "for (genvar i = 0; i < 12; i++) assign s[i + 1] = (s[i] ^ {s[i][5:0], s[i][11:6]}) + a;"
        + "always_ff @(posedge clk) y <= s[12];",
    ),
    module(
        "product",
        "input logic signed [15:0] x, output logic signed [31:0] y",
        "logic signed [15:0] a, b; always_ff @(posedge clk) begin a <= x; b <= a; y <= a * b; end",
    ),
)
ROM_BITS = 30


def rom() -> Module:
    """64 words of random bits, marked for distributed memory."""
    words = np.random.default_rng(3).integers(0, 1 << ROM_BITS, 64)
    made = module(
        "rom",
        f"input logic [5:0] a, output logic [{ROM_BITS - 1}:0] y",
        f'(* rom_style = "distributed" *) logic [{ROM_BITS - 1}:0] words[64]; initial $readmemh("rom.mem", words);'
        + "always_ff @(posedge clk) y <= words[a];",
    )
    return Module(made.name, {**made.files, "rom.mem": "\n".join(f"{word:x}" for word in words)})


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ModuleFigures]:
    logs = tmp_path_factory.mktemp("logs")
    return {m.name: found for m, found in synthesise_modules((*MODULES, rom()), "xc7", jobs=1, logs=logs)}


def test_levels_and_counts_of_gates(figures: dict[str, ModuleFigures]) -> None:
    gates = figures["gates"]
    assert (gates.levels, gates.end, gates.usage) == (1, "y", Usage(lut=1, ff=7))
    assert gates.start.startswith("a[")
    assert (figures["product"].usage.dsp, figures["product"].levels) == (1, 0)


def _cell(kind: str, parameters: dict[str, str] | None = None, **connections: tuple[str, list[int | str]]) -> object:
    return {
        "type": kind,
        "parameters": parameters or {},
        "port_directions": {port: direction for port, (direction, _) in connections.items()},
        "connections": {port: bits for port, (_, bits) in connections.items()},
    }


def test_a_netlist_by_hand() -> None:
    """Register, LUT, two carries of one chain, distributed memory, multiplexer of a slice, register."""
    cells = {
        "from": _cell("FDRE", D=("input", ["x"]), Q=("output", [2])),
        "lut": _cell("LUT2", I0=("input", [2]), I1=("input", ["1"]), O=("output", [3])),
        "low": _cell("CARRY4", S=("input", [3]), CI=("input", ["0"]), CO=("output", [4])),
        "high": _cell("CARRY4", S=("input", ["0"]), CI=("input", [4]), O=("output", [5])),
        "memory": _cell("RAM64X1D", DPRA0=("input", [5]), D=("input", [2]), DPO=("output", [6])),
        "wide": _cell("MUXF7", I0=("input", [6]), I1=("input", [2]), O=("output", [7])),
        "dsp": _cell("DSP48E1", {"AREG": "0", "MREG": "1"}, A=("input", [7]), P=("output", [8])),
        "scope": _cell("$scopeinfo"),
    }
    names = {"sum": {"hide_name": 0, "bits": [5]}, "first": {"hide_name": 0, "bits": [2]}}
    netlist = {"cells": cells, "ports": {"y": {"direction": "output", "bits": [8]}}, "netnames": names}
    assert deepest_path(netlist) == PathFound(levels=3, start="first", end="dsp")
    assert usage_of(netlist) == Usage(lut=3, lutram=2, ff=1, dsp=1)
    cells["odd"] = _cell("PLLE2")
    with pytest.raises(ToolError, match="PLLE2"):
        usage_of(netlist)


def test_a_column_of_64_constants_is_one_lut(figures: dict[str, ModuleFigures]) -> None:
    assert figures["rom"].usage == Usage(lut=ROM_BITS, ff=ROM_BITS)


def test_findings_name_the_unit(figures: dict[str, ModuleFigures]) -> None:
    unit = threshold("sign", folds=1)
    assert list(unit_findings(unit, figures["gates"])) == []
    (latch,) = unit_findings(unit, figures["latched"])
    assert (latch.where, latch.kind, latch.message) == ("sign", FindingKind.LATCH, "1 latch inferred")
    (deep,) = unit_findings(unit, figures["deep"])
    assert (deep.where, deep.kind) == ("sign", FindingKind.LONG_PATH)
    # Twelve sums, each behind the one before it.
    assert 12 <= figures["deep"].levels <= 30
    assert f"{figures['deep'].levels} levels of logic, from a[" in deep.message
    (dsp,) = unit_findings(unit, figures["product"])
    assert (dsp.kind, dsp.message) == (FindingKind.DSP, "planned 0 DSP, synthesis made 1")
    (memory,) = unit_findings(threshold("deep"), figures["gates"])
    assert memory.message == "planned 1 RAMB36, synthesis made no block RAM"


def test_a_failure_names_the_module_and_keeps_the_message(tmp_path: Path) -> None:
    broken = module("broken", "output logic y", "assign y = nowhere(clk);")
    with pytest.raises(ToolError, match=r"^broken: Yosys: .*nowhere.*whole message: (.*)\)$") as caught:
        list(synthesise_modules([broken, MODULES[1]], "xc7", jobs=1, logs=tmp_path))
    assert "nowhere" in Path(str(caught.value).rsplit(": ", 1)[1].rstrip(")")).read_text()
