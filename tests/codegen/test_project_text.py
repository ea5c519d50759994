"""The text of generated projects: a golden top function, names, headers, refusals."""

import os
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hls_graphs import half_block

from r2b_hw.codegen import render_hls_project, write_files
from r2b_hw.codegen.hls.project import hls_notes
from r2b_hw.codegen.identifiers import identifiers
from r2b_hw.errors import InputError
from r2b_hw.graph.stream import Memory
from r2b_hw.resources import templates_directory
from r2b_hw.units.registry import unit_kinds
from r2b_hw.version import __version__

GOLDEN = Path(__file__).parent / "golden"


def project(**options: int) -> dict[str, str]:
    graph = half_block("half.block", np.random.default_rng(7), **options)
    return render_hls_project(graph, part="xc7z020clg400-1", clock_mhz=100.0, options="--board pynq-z2")


@pytest.mark.parametrize("file", ["top.cpp", "schedule/window.h", "parameters/conv.h", "project.tcl"])
def test_golden_text(file: str) -> None:
    """R2B_REFRESH_GOLDEN=1 writes the golden files anew."""
    text = project()[file].replace(__version__, "VERSION")
    golden = GOLDEN / file.replace("/", "_")
    if os.environ.get("R2B_REFRESH_GOLDEN"):
        GOLDEN.mkdir(exist_ok=True)
        golden.write_text(text)
    assert text == golden.read_text()


def test_every_file_says_what_made_it() -> None:
    for path, text in project().items():
        assert text.splitlines()[0].lstrip("/# ") == f"Made by r2b-hw {__version__} (--board pynq-z2).", path


def test_memories_reach_the_project() -> None:
    graph = half_block("half.block", np.random.default_rng(7))
    graph = graph.with_streams([replace(graph.output_stream, depth=9000, memory=Memory.URAM)])
    graph = graph.with_units(unit.with_constants(in_luts=True) for unit in graph.units)
    top = render_hls_project(graph, part="xczu7ev-ffvc1156-2-e", clock_mhz=200.0)["top.cpp"]
    assert top.count("impl=uram") == 1
    for kind in ("xnor_mvu", "sigmoid_table", "threshold"):
        assert top.count(f"r2b::{kind}_in_luts<") == sum(unit.kind == kind for unit in graph.units) > 0


def test_layers_are_named_in_their_files() -> None:
    files = project()
    assert "Parameters of block.conv (unit conv, xnor_mvu)" in files["parameters/conv.h"]
    assert "Schedule of block.gate.fc (unit gate.fc, integer_mvu)" in files["schedule/gate_fc.h"]


def test_every_kind_has_its_template_and_call() -> None:
    for kind in unit_kinds():
        assert (templates_directory() / "hls" / f"{kind}.h").is_file()
        assert (Path(write_files.__code__.co_filename).parent / "hls" / "kinds" / f"{kind}.py").is_file()


def test_templates_keep_no_static_state() -> None:
    """Instances of equal parameters would share it in hardware."""
    for path in sorted((templates_directory() / "hls").glob("*.h")):
        for line in path.read_text().splitlines():
            assert not re.search(r"\bstatic\b(?! (constexpr|inline|_assert))(?!_)", line) or "(" in line, (
                f"{path.name}: {line}"
            )


def test_names_are_distinct_and_legal() -> None:
    names = identifiers(["blocks.0.conv", "blocks_0.conv", "Blocks.0.Conv", "0", "input", "class", "a..b"])
    assert names["blocks.0.conv"] == "blocks_0_conv"
    assert len({name.lower() for name in names.values()}) == len(names)
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name) for name in names.values())
    assert names["class"] != "class"


def test_words_over_the_limit_are_refused() -> None:
    with pytest.raises(InputError, match=r"stream window.y: a word has 4617 bits.*4096"):
        project(channels=512, outputs=512, simd=512, pe=1, vector=1)


def test_note_on_merged_loop() -> None:
    graph = half_block("block", np.random.default_rng(7))
    assert list(hls_notes(graph)) == ["window"]
    assert "differ" in hls_notes(graph)["window"]


def test_only_changed_files_are_written(tmp_path: Path) -> None:
    files = {"a.h": "1\n", "sub/b.h": "2\n"}
    assert len(write_files(tmp_path, files)) == 2
    before = (tmp_path / "a.h").stat().st_mtime_ns
    assert write_files(tmp_path, {**files, "sub/b.h": "3\n"}) == (tmp_path / "sub/b.h",)
    assert (tmp_path / "a.h").stat().st_mtime_ns == before
