"""What several pixels at once take of the device, by Yosys' counts."""

from pathlib import Path

import pytest

from r2b_hw.boards import load_board
from r2b_hw.codegen import write_files
from r2b_hw.codegen.rtl.project import render_rtl_project
from r2b_hw.planning import plan
from r2b_hw.synthesis import synthesise
from r2b_hw.units.pixel_parallel_mvu import PixelParallelMvu
from tests.planning.hand_built import residual_network


@pytest.mark.long
def test_an_xc7z020_holds_more_synapses_a_clock_than_its_block_ram_feeds(tmp_path: Path) -> None:
    """The eight convolutions of a plan have one shape: one is synthesised, all other parts are the resource model's."""
    made = plan(residual_network((16, 16, 3), 128, ((128, 1),) * 8, gated=False), load_board("pynq-z2"))
    units = [unit for unit in made.graph.units if isinstance(unit, PixelParallelMvu)]
    assert len({(unit.simd, unit.pe, unit.pixels) for unit in units}) == 1
    assert sum(unit.synapses for unit in units) >= 16_384
    write_files(tmp_path, render_rtl_project(made.graph))
    usage = synthesise(tmp_path, made.graph, "xc7", unit=units[0].name).units[units[0].name].usage
    assert usage.latches == 0
    planned = units[0].cost()
    assert usage.block_rams == planned.bram36
    assert usage.lut == pytest.approx(planned.lut, rel=0.1)
    assert usage.ff == pytest.approx(planned.ff, rel=0.1)
    assert made.total.lut + len(units) * (usage.lut - planned.lut) <= made.available.lut
