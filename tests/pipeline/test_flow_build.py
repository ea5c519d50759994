"""A flow from training to the report, with every rung; and when a second build trains again."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

import r2b_hw
from tests.conftest import CommandLine, named_rungs

FLOW = """
[data]
dataset = "digits"
test_fraction = 0.07

[network]
input_height = 8
input_width = 8
classes = 10
gate = {gate}
stem = {{ channels = 4 }}
blocks = [{{ channels = 4 }}]

[training]
seed = 1
calibration_batches = 2
binary_activations = {{ epochs = {epochs}, learning_rate = 3e-3 }}
binary_weights = {{ epochs = 1, learning_rate = 3e-3 }}
fine_tuning = {{ epochs = 1, learning_rate = 2e-4 }}

[build]
target_fps = {rate}
"""


def write_flow(folder: Path, *, gate: str = "true", epochs: int = 1, rate: float = 10000.0) -> Path:
    path = folder / "tiny.toml"
    path.write_text(FLOW.format(gate=gate, epochs=epochs, rate=rate))
    return path


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The flow's output folder, with every rung climbed."""
    folder = tmp_path_factory.mktemp("flow")
    r2b_hw.build(write_flow(folder), board="pynq-z2", output=folder / "out")
    return folder / "out"


@pytest.fixture
def copy(built: Path, tmp_path: Path) -> Path:
    """A copy of the output folder, to change at will."""
    return Path(shutil.copytree(built, tmp_path / "out"))


def test_every_rung_passes(built: Path) -> None:
    report = r2b_hw.load(built).report()
    assert named_rungs(report) == {
        "pytorch": "passed",
        "qonnx": "passed",
        "numpy": "passed",
        "simulation": "passed",
        "c-simulation": "passed",
        "rtl": "passed",
    }
    assert report.bottleneck is not None
    rungs = {rung.rung: rung for rung in report.verification}
    assert rungs["c-simulation"].images == 100
    images = np.load(built / "reference" / "images.npy")
    assert len(images) > 100
    assert {rungs[name].images for name in ("pytorch", "qonnx", "numpy", "simulation")} == {len(images)}
    assert report.accuracy is not None
    assert report.accuracy.test_images == len(images)
    classes = r2b_hw.load(built).simulate(images).outputs.argmax(axis=1)
    assert report.accuracy.accelerator == (classes == np.load(built / "reference" / "labels.npy")).mean()


def test_a_build_trains_again_only_where_the_flow_changed(
    copy: Path, r2b: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CXX", "no-such-compiler")
    out, folder = copy, copy.parent
    checkpoint = out / "checkpoint.pt"
    content, written = checkpoint.read_bytes(), checkpoint.stat().st_mtime_ns

    assert r2b("build", write_flow(folder), "--output", out, "--no-synthesis").code == 0
    # Another rate is another plan of the same network.
    assert r2b("build", write_flow(folder, rate=2000.0), "--output", out, "--no-synthesis").code == 0
    assert r2b_hw.load(out).report().performance.target_fps == 2000.0
    assert (checkpoint.read_bytes(), checkpoint.stat().st_mtime_ns) == (content, written)

    assert r2b("build", write_flow(folder, epochs=2), "--output", out, "--no-synthesis").code == 0
    retrained = checkpoint.read_bytes()
    assert retrained != content
    assert r2b("build", write_flow(folder, gate="false"), "--output", out, "--no-synthesis").code == 0
    assert checkpoint.read_bytes() != retrained
    assert not any(unit.kind == "sigmoid_table" for unit in r2b_hw.load(out).graph.units)


def test_without_checkpoint_and_model(copy: Path, r2b: CommandLine) -> None:
    """The output folder alone gives golden outputs on every rung of the accelerator."""
    (copy / "checkpoint.pt").unlink()
    (copy / "model.onnx").unlink()
    assert r2b("verify", copy).code == 0
    assert named_rungs(r2b_hw.load(copy).report()) == {
        "pytorch": "not-run",
        "qonnx": "not-run",
        "numpy": "passed",
        "simulation": "passed",
        "c-simulation": "passed",
        "rtl": "passed",
    }


def test_a_changed_checkpoint_is_found(copy: Path, r2b: CommandLine) -> None:
    content = torch.load(copy / "checkpoint.pt", weights_only=True)
    weight = content["state"]["blocks.0.conv.weight"]
    weight[2, 1, 1, 1] = -1.0 if weight[2, 1, 1, 1] >= 0 else 1.0
    torch.save(content, copy / "checkpoint.pt")
    ended = r2b("verify", copy, "--rung", "pytorch")
    assert ended.code == 4
    assert "pytorch rung failed: layer blocks.0.conv: " in ended.error
