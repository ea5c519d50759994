"""Planned trees of primitives against counting: the whole unit under Verilator, a tree alone by a SAT proof."""

from pathlib import Path

import numpy as np
import pytest
from pyosys import libyosys

from r2b_hw import resources
from r2b_hw.codegen import write_files
from r2b_hw.codegen.rtl.kinds.xnor_mvu import unit_rtl as xnor_mvu_rtl
from r2b_hw.codegen.rtl.popcount import choice_text, popcount_files, tree_module
from r2b_hw.codegen.rtl.project import render_rtl_project
from r2b_hw.errors import InputError
from r2b_hw.popcount.plan import Shape
from r2b_hw.verification.rtl_simulation import read_filelist
from tests.rtl.harness import assert_runs_equal
from tests.rtl.test_xnor_mvu import random_windows, xnor_mvu
from tests.units.harness import chain, random_mask

PRIMITIVES = Path(__file__).with_name("primitives.sv")


def assert_primitives_equal(
    shape: tuple[int, int, int, int, int], valid_bits: bool, folder: Path, *, dsps: bool = False
) -> None:
    generator = np.random.default_rng(sum(shape))
    unit = xnor_mvu(generator, *shape, valid_bits=valid_bits)
    graph = chain(unit, depth=3)
    write_files(folder, render_rtl_project(graph))
    if dsps:
        code = xnor_mvu_rtl(unit, dsp_accumulators=True)
        (wrapper,) = folder.glob("units/test_*.sv")
        added = "".join(f"        .{name}({text}),\n" for name, text in code.parameters[-3:])
        text = wrapper.read_text(encoding="utf-8")
        wrapper.write_text(text.replace("        .PE(", f"{added}        .PE("), encoding="utf-8")
        for name, text in popcount_files(code.popcounts):
            (folder / "popcount" / f"{name}.sv").write_text(text, encoding="utf-8")
        listing = folder / "filelist.f"
        listing.write_text(
            listing.read_text(encoding="utf-8") + f"popcount/{tree_module(code.popcounts[0])}.sv\n", encoding="utf-8"
        )
    # First in the list, so that the macro it defines holds for all files.
    (folder / "primitives.sv").write_text(PRIMITIVES.read_text(encoding="utf-8"), encoding="utf-8")
    sources = ["primitives.sv", *read_filelist(folder)]
    (folder / "filelist.f").write_text("\n".join(sources), encoding="utf-8")
    frames = random_windows(generator, unit, 6)
    assert_runs_equal(folder, graph, frames, random_mask(generator), random_mask(generator))


@pytest.mark.parametrize(
    ("shape", "valid_bits"),
    [((1, 64, 2, 3, 2), False), ((3, 4, 2, 2, 2), True), ((2, 5, 1, 2, 1), True)],
)
def test_unit_of_primitives_equals_simulation(
    shape: tuple[int, int, int, int, int], valid_bits: bool, tmp_path: Path
) -> None:
    assert_primitives_equal(shape, valid_bits, tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("valid_bits", [False, True])
@pytest.mark.parametrize("simd", [1, 2, 3, 7, 16, 40])
@pytest.mark.parametrize("kernel", [1, 2, 3])
def test_many_units_of_primitives_equal_simulation(kernel: int, simd: int, valid_bits: bool, tmp_path: Path) -> None:
    assert_primitives_equal((kernel, simd, 3, 2, 2), valid_bits, tmp_path)


@pytest.mark.parametrize(
    ("shape", "valid_bits"), [((1, 64, 2, 5, 2), False), pytest.param((3, 8, 6, 5, 2), True, marks=pytest.mark.long)]
)
def test_accumulators_in_dsps_equal_simulation(
    shape: tuple[int, int, int, int, int], valid_bits: bool, tmp_path: Path
) -> None:
    assert_primitives_equal(shape, valid_bits, tmp_path, dsps=True)


def test_sums_that_do_not_fit_a_dsp_are_refused() -> None:
    unit = xnor_mvu(np.random.default_rng(0), 3, 64, 8, 1, 1)
    with pytest.raises(InputError, match="DSP48"):
        xnor_mvu_rtl(unit, dsp_accumulators=True)


def proves_equal(shape: Shape, folder: Path, *, wrong_bit: bool = False) -> bool:
    """Whether Yosys' SAT solver proves that planned and behavioural counts are equal from the third cycle on."""
    trees = dict(popcount_files([shape]))
    if wrong_bit:
        text = trees[tree_module(shape)]
        place = text.index("64'h") + 4 + 15  # O5 where I0 to I4 are zero
        flipped = format(int(text[place], 16) ^ 1, "x")
        trees[tree_module(shape)] = text[:place] + flipped + text[place + 1 :]
    source = resources.templates_directory() / "rtl" / "common" / "r2b_xnor_popcount.sv"
    trees["r2b_xnor_popcount"] = source.read_text(encoding="utf-8")
    bits, most = shape.synapses, shape.columns
    for name in ("planned", "behavioural"):
        trees[name] = f"""
module {name} (input clk, input [{bits - 1}:0] x, weights, input [{shape.groups - 1}:0] valid, output [{most - 1}:0] n);
    wire [{most - 1}:0] a, b;
    wire [1:0] c;
    r2b_xnor_popcount #(.GROUPS({shape.groups}), .WIDTH({shape.width}), .POPCOUNT("{name}")) count
        (.clk(clk), .x(x), .weights(weights), .valid(valid), .row_a(a), .row_b(b), .carry_inputs(c));
    assign n = a + b + c[0] + c[1];
endmodule
"""
    for name, text in trees.items():
        (folder / f"{name}.sv").write_text(text, encoding="utf-8")
    files = " ".join(str(folder / f"{name}.sv") for name in trees)
    design = libyosys.Design()
    script = f"""
        read_verilog -sv -defer -DSYNTHESIS {files}
        read_verilog +/xilinx/cells_sim.v
        hierarchy -top planned; proc; flatten; rename planned gate_module; design -stash gate
        read_verilog -sv -defer -DSYNTHESIS {files}
        hierarchy -top behavioural; proc; flatten; rename behavioural gold_module; design -stash gold
        design -copy-from gate -as gate gate_module
        design -copy-from gold -as gold gold_module
        miter -equiv -flatten -make_outputs gold gate miter
        hierarchy -top miter; opt -full
    """
    for line in script.splitlines():
        for command in filter(None, map(str.strip, line.split(";"))):
            libyosys.run_pass(f"tee -q {command}", design)
    # Without -verify: a failure would end the process.
    log = folder / "sat.log"
    libyosys.run_pass(f"tee -q -o {log} sat -seq 3 -prove-skip 2 -prove trigger 0 -set-def-inputs miter", design)
    return "no model found: SUCCESS" in log.read_text(encoding="utf-8")


@pytest.mark.parametrize("shape", [Shape(1, 8), Shape(3, 4)])
def test_planned_tree_is_proven_equal(shape: Shape, tmp_path: Path) -> None:
    assert proves_equal(shape, tmp_path)


def test_a_wrong_bit_is_not_proven(tmp_path: Path) -> None:
    assert not proves_equal(Shape(1, 8), tmp_path, wrong_bit=True)


def test_choice_names_each_tree() -> None:
    text = choice_text([Shape(1, 8), Shape(9, 4)])
    assert text.count("tree (.clk") == 2
