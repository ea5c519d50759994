"""What a build gives: a verified folder, a report, and the model's outputs."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

import r2b_hw
from r2b_hw.errors import InputError
from tests.conftest import CommandLine, Small, named_rungs


def test_rungs(small: Small) -> None:
    """A module has no checkpoint: PyTorch's outputs are the golden set, and that rung did not run again."""
    report = r2b_hw.load(small.folder).report()
    assert named_rungs(report) == {
        "pytorch": "not-run",
        "qonnx": "passed",
        "numpy": "passed",
        "simulation": "passed",
        "c-simulation": "passed",
        "rtl": "passed",
    }
    for rung in report.verification:
        passed = rung.status == "passed"
        assert (rung.images, rung.mismatches) == (len(small.images) if passed else 0, 0)
        assert passed or rung.reason


def test_report_has_the_fixed_keys(small: Small) -> None:
    report = json.loads((small.folder / "report" / "report.json").read_text())
    performance = report["performance"]
    assert performance["stage"] == "verilated"
    assert performance["fps"] == performance["clock_mhz"] * 1e6 / performance["interval_cycles"]
    assert performance["latency_cycles"] > performance["interval_cycles"] > 0
    for resource in ("lut", "ff", "bram36", "dsp"):
        amount = report["resources"]["total"][resource]
        assert amount["stage"] == "model"
        assert 0 <= amount["value"] <= amount["available"]
    graph = r2b_hw.load(small.folder).graph
    assert [unit["name"] for unit in report["units"]] == [unit.name for unit in graph.units]
    assert {unit["name"] for unit in report["resources"]["units"]} == set(graph.unit_by_name)
    assert all(unit["lut"] + unit["ff"] > 0 for unit in report["resources"]["units"])
    assert {fifo["name"]: fifo["depth"] for fifo in report["fifos"]} == {s.name: s.depth for s in graph.streams}
    assert {rung["rung"] for rung in report["verification"]} >= {"pytorch", "qonnx", "numpy", "simulation"}
    # 3x3 taps: 64 pixels of 8 x 8 channels, 16 pixels of 8 x 16 channels.
    assert report["operations"]["binary_macs"] == 64 * 9 * 8 * 8 + 16 * 9 * 8 * 16
    assert (small.folder / "report" / "report.html").read_text().lower().startswith("<!doctype html>")


def test_simulation_equals_the_model(small: Small) -> None:
    run = r2b_hw.load(small.folder).simulate(small.images)
    assert run.outputs.dtype == np.float32
    assert run.outputs.shape == small.outputs.shape
    assert np.array_equal(run.outputs, small.outputs)
    assert len(np.unique(small.outputs, axis=0)) > 1
    report = r2b_hw.load(small.folder).report()
    assert run.interval == report.performance.interval_cycles
    assert run.latency == report.performance.latency_cycles
    assert run.cycles >= run.latency
    assert set(run.stalls) == set(r2b_hw.load(small.folder).graph.unit_by_name)


def test_one_image_is_enough(small: Small) -> None:
    """The last frame drains without a successor, and the interval is known all the same."""
    run = r2b_hw.load(small.folder).simulate(small.images[:1])
    assert np.array_equal(run.outputs, small.outputs[:1])
    assert run.interval == r2b_hw.load(small.folder).report().performance.interval_cycles


def test_write_copies_everything(small: Small, tmp_path: Path) -> None:
    accelerator = r2b_hw.load(small.folder)
    target = accelerator.write(tmp_path / "copy")
    files = {path.relative_to(small.folder) for path in small.folder.rglob("*") if path.is_file()}
    assert files == {path.relative_to(target) for path in target.rglob("*") if path.is_file()}
    assert all((small.folder / file).read_bytes() == (target / file).read_bytes() for file in files)
    (target / "graph.json").unlink()
    (target / "mine.txt").write_text("keep me")
    with pytest.raises(InputError, match="choose another"):
        accelerator.write(target)
    assert (target / "mine.txt").read_text() == "keep me"


def test_the_folder_is_all_that_simulation_and_c_simulation_need(small: Small, r2b: CommandLine) -> None:
    (small.folder / "model.onnx").unlink()
    # A checkpoint is not there either; the HLS project and the graph are.
    assert not (small.folder / "checkpoint.pt").exists()
    ended = r2b("verify", small.folder)
    assert ended.code == 0, ended.errors
    statuses = named_rungs(r2b_hw.load(small.folder).report())
    assert (statuses["pytorch"], statuses["qonnx"]) == ("not-run", "not-run")
    assert (statuses["numpy"], statuses["simulation"], statuses["c-simulation"]) == ("passed",) * 3


def test_a_folder_can_be_moved(small: Small, tmp_path: Path, r2b: CommandLine) -> None:
    moved = tmp_path / "elsewhere"
    shutil.copytree(small.folder, moved, ignore=shutil.ignore_patterns("build"))
    for path in moved.rglob("*"):
        if path.suffix in {".json", ".h", ".cpp", ".tcl", ".html"}:
            assert str(small.folder) not in path.read_text()
    assert r2b("verify", moved, "--rung", "numpy", "--rung", "simulation").code == 0
