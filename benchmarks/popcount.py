"""LUTs of an XNOR-popcount unit by Yosys, for each way to count and to accumulate.

    python benchmarks/popcount.py [PE [SIMD [SYNAPSE_FOLDS [NEURON_FOLDS]]]]

The whole unit is synthesised: control, input buffer, weights, popcounts, accumulators; 1x1 taps.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from r2b_hw.codegen.rtl.kinds.xnor_mvu import unit_rtl
from r2b_hw.codegen.rtl.popcount import popcount_files
from r2b_hw.codegen.rtl.project import render_rtl_project
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.graph.host import HostInput, HostOutput
from r2b_hw.graph.stream import Endpoint, Stream
from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.synthesis.batches import synthesise_modules
from r2b_hw.synthesis.modules import Project, unit_module
from r2b_hw.synthesis.usage import ModuleFigures
from r2b_hw.units.xnor_mvu import XnorMvu

VARIANTS = ("for sum", "$countones", "planned", "planned, DSP accumulators")
_COUNT = "part_count = COUNT_BITS'($countones(x[FIRST+:BITS] ~^ weights[FIRST+:BITS]));"
_FOR = """part_count = ones(x[FIRST+:BITS] ~^ weights[FIRST+:BITS]);
                function automatic [COUNT_BITS-1:0] ones(input [BITS-1:0] word);
                    ones = '0;
                    for (int i = 0; i < BITS; i++) ones = ones + COUNT_BITS'(word[i]);
                endfunction"""


def project(unit: XnorMvu, variant: str) -> tuple[HardwareGraph, dict[str, str]]:
    """Return the graph of one unit and its RTL project, changed to ``variant``."""
    streams = (
        Stream("x", None, Endpoint(unit.name, "x"), 2),
        Stream("y", Endpoint(unit.name, "y"), None, 2),
    )
    host = HostInput((1, 1, 1), IntegerType.of_bits(8, signed=True), 0)
    graph = HardwareGraph("bench", (unit,), streams, host, HostOutput((0,), vector=False))
    files = render_rtl_project(graph)
    if variant in ("for sum", "$countones"):
        files = {path: text.replace('POPCOUNT = "planned"', 'POPCOUNT = "behavioural"') for path, text in files.items()}
    if variant == "for sum":
        path = "common/r2b_xnor_popcount.sv"
        files[path] = files[path].replace(f"assign {_COUNT}", f"assign {_FOR}")
    if variant.endswith("DSP accumulators"):
        code = unit_rtl(unit, dsp_accumulators=True)
        added = "".join(f"        .{name}({text}),\n" for name, text in code.parameters[-3:])
        files = {
            path: text.replace("        .PE(", f"{added}        .PE(") if path.startswith("units/bench_") else text
            for path, text in files.items()
        }
        for name, text in popcount_files(code.popcounts):
            files[f"popcount/{name}.sv"] = text
            files["filelist.f"] += f"popcount/{name}.sv\n"
    return graph, files


def measure(unit: XnorMvu, variant: str) -> ModuleFigures:
    """Synthesise ``variant`` of ``unit`` for 7-series."""
    graph, files = project(unit, variant)
    with TemporaryDirectory() as name:
        module = unit_module(Project(files), graph, unit.name)
        ((_, figures),) = synthesise_modules([module], "xc7", jobs=1, logs=Path(name))
    return figures


def main() -> None:
    """Print the table."""
    shape = [int(text) for text in sys.argv[1:]]
    pe, simd, folds, neuron_folds = shape + [32, 64, 8, 16][len(shape) :]
    weights = np.random.default_rng(0).integers(0, 2, (pe * neuron_folds, 1, 1, simd * folds))
    unit = XnorMvu(name="mvu", layer="mvu", height=1, width=1, weights=weights, valid_bits=False, simd=simd, pe=pe)
    print("| variant | LUT | LUT per synapse | FF | DSP | RAMB18 | levels |\n|---|---|---|---|---|---|---|")
    for variant in VARIANTS:
        figures = measure(unit, variant)
        usage = figures.usage
        rams = usage.bram18 + 2 * usage.bram36
        each = usage.lut / unit.synapses
        print(
            f"| {variant} | {usage.lut} | {each:.3f} | {usage.ff} | {usage.dsp} | {rams} | {figures.levels} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
