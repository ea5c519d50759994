"""The C-simulation rung cannot be fooled: mistakes injected into a generated project are seen and named."""

import re
from pathlib import Path

import numpy as np
import pytest
from hls_graphs import diverging, half_block, random_frames, write_project

from r2b_hw.errors import InputError, MismatchError, ToolError
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.numeric.rounding import Integers
from r2b_hw.verification.c_simulation import run_c_simulation


@pytest.fixture(scope="module")
def plain() -> tuple[HardwareGraph, Integers]:
    graph = half_block("plain", np.random.default_rng(5), gated=False, skipped=False)
    return graph, random_frames(graph, np.random.default_rng(6), 6)


def edit(path: Path, pattern: str, replacement: str) -> None:
    text, count = re.subn(pattern, replacement, path.read_text(), count=1)
    assert count == 1, f"{pattern} is not in {path.name}"
    path.write_text(text)


def flip_weight(directory: Path) -> None:
    path = directory / "parameters" / "conv.h"
    first = re.search(r"0x([0-9a-f]+)u", path.read_text())
    assert first is not None
    edit(path, first[0], f"0x{int(first[1], 16) ^ 1:x}u")


def test_altered_parameters_are_named(tmp_path: Path, plain: tuple[HardwareGraph, Integers]) -> None:
    """Two injections in one program: a flipped weight bit, and words left over."""
    graph, frames = plain
    write_project(tmp_path, graph)
    flip_weight(tmp_path)
    with pytest.raises(MismatchError, match=r"the parameters of layer block\.conv were altered"):
        run_c_simulation(tmp_path, graph, frames)


INJECTIONS = {
    "weight bit": ("conv.y", "parameters/conv.h", None, ""),
    "threshold": ("sign.y", "parameters/sign.h", r"\{(-?\d+), ", r"{127, "),
    "rounding": ("out.y", "common/requantise.h", r"half - one \+ odd", "half"),
    "padding": ("window.y", "units/sliding_window.h", r"ap_uint<1>\(inside\)", "ap_uint<1>(1)"),
}


@pytest.mark.parametrize("injection", INJECTIONS)
def test_injected_mistake_shows_in_its_stream(
    tmp_path: Path, plain: tuple[HardwareGraph, Integers], injection: str
) -> None:
    graph, frames = plain
    stream, file, pattern, replacement = INJECTIONS[injection]
    write_project(tmp_path, graph)
    if pattern is None:
        flip_weight(tmp_path)
    else:
        edit(tmp_path / file, pattern, replacement)
    edit(tmp_path / "testbench.cpp", r"if \(altered_parameters != 0\) return 3;", "")
    got = run_c_simulation(tmp_path, graph, frames)
    assert diverging(graph, frames, got)[0] == stream


def test_words_left_over_are_found(tmp_path: Path, plain: tuple[HardwareGraph, Integers]) -> None:
    """A unit that stops one iteration early leaves a word in its input stream."""
    graph, frames = plain
    write_project(tmp_path, graph)
    edit(tmp_path / "units" / "rescale.h", r"iteration < iterations", "iteration + 1 < iterations")
    edit(
        tmp_path / "common" / "axi_stream.h",
        r"(write_axi_stream[\s\S]*?)iteration < iterations",
        r"\1iteration + 1 < iterations",
    )
    edit(
        tmp_path / "testbench.cpp",
        r"std::size_t word = 0; word < std::size_t\(frames\) \* OUTPUT_WORDS",
        r"\g<0> - 1",
    )
    with pytest.raises(
        MismatchError, match=r"stream conv\.width\.y \(from layer conv\.width to layer block\.out\): 1 words left over"
    ):
        run_c_simulation(tmp_path, graph, frames)


def test_reading_an_empty_stream_and_broken_code_are_reported(
    tmp_path: Path, plain: tuple[HardwareGraph, Integers]
) -> None:
    graph, frames = plain
    write_project(tmp_path, graph)
    edit(tmp_path / "schedule" / "sign.h", r"ITERATIONS = (\d+)", r"ITERATIONS = \1 + 1")
    with pytest.raises(
        MismatchError, match=r"stream fork\.y0 \(from layer block\.in to layer block\.sign\): read while empty"
    ):
        run_c_simulation(tmp_path, graph, frames)
    edit(tmp_path / "top.cpp", r"#pragma HLS DATAFLOW", "this is no C++")
    with pytest.raises(ToolError, match=r"top\.cpp.*error.*whole message: .*\.log"):
        run_c_simulation(tmp_path, graph, frames)


def test_input_is_checked(tmp_path: Path, plain: tuple[HardwareGraph, Integers]) -> None:
    graph, frames = plain
    with pytest.raises(InputError, match=r"expected frames N x \(4, 5, 12\)"):
        run_c_simulation(tmp_path, graph, frames[:, :, :, :3])
    with pytest.raises(InputError, match=r"\[-128, 127\]"):
        run_c_simulation(tmp_path, graph, frames + 200)
    with pytest.raises(InputError, match=r"top\.cpp is missing"):
        run_c_simulation(tmp_path, graph, frames)
