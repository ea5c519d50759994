"""QONNX files that no flow makes, built for a board from the command line and held against PyTorch."""

from pathlib import Path

import numpy as np
import onnx
import pytest

import r2b_hw
from r2b_hw.nn import EXPORTERS, Exporter
from tests.conftest import CommandLine, named_rungs
from tests.lowering.networks import NETWORKS, Exported, exported

COMPILED = [("kernel_5", "dynamo"), ("bare", "torchscript")]
"""Built with C-simulation in the default run; the long one builds every network so, from both exporters."""

SIMULATED = [*((name, "torchscript") for name in NETWORKS), ("gated", "dynamo"), ("non_square", "dynamo")]
"""Built up to the simulation; the dynamo exporter takes seconds a network."""


def built(r2b: CommandLine, network: Exported, folder: Path) -> dict[str, str]:
    """Build, check the simulated outputs against PyTorch's, and return the rungs' statuses."""
    images = folder / "images.npy"
    np.save(images, network.images)
    out = folder / "out"
    ended = r2b("build", network.path, "--board", "zcu104", "--output", out, "--images", images, "--no-synthesis")
    assert ended.code == 0, ended.errors
    ended = r2b("simulate", out, "--input", images, "--output", folder / "outputs.npy")
    assert ended.code == 0, ended.errors
    outputs = np.load(folder / "outputs.npy")
    assert outputs.dtype == np.float32
    assert outputs.shape == network.outputs.shape
    assert np.array_equal(outputs, network.outputs)
    report = r2b_hw.load(out).report()
    assert all(rung.mismatches == 0 for rung in report.verification)
    return named_rungs(report)


@pytest.mark.parametrize(("name", "exporter"), SIMULATED)
def test_exact(
    r2b: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, exporter: Exporter
) -> None:
    monkeypatch.setenv("CXX", "no-such-compiler")
    assert built(r2b, exported(name, exporter), tmp_path) == {
        "pytorch": "not-run",
        "qonnx": "passed",
        "numpy": "passed",
        "simulation": "passed",
        "c-simulation": "not-run",
        "rtl": "not-run",
    }


@pytest.mark.parametrize(("name", "exporter"), COMPILED)
def test_exact_with_c_simulation(r2b: CommandLine, tmp_path: Path, name: str, exporter: Exporter) -> None:
    assert built(r2b, exported(name, exporter), tmp_path)["c-simulation"] == "passed"


@pytest.mark.long
@pytest.mark.parametrize("exporter", EXPORTERS)
@pytest.mark.parametrize("name", NETWORKS)
def test_every_network_with_c_simulation(r2b: CommandLine, tmp_path: Path, name: str, exporter: Exporter) -> None:
    for seed in (7, 11):
        folder = tmp_path / str(seed)
        folder.mkdir()
        assert built(r2b, exported(name, exporter, seed), folder)["c-simulation"] == "passed"


def test_without_images(r2b: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Random images stand in; the executed file is golden."""
    monkeypatch.setenv("CXX", "no-such-compiler")
    network = exported("non_square", "torchscript")
    ended = r2b("build", network.path, "--board", "kv260", "--output", tmp_path / "out", "--no-synthesis")
    assert ended.code == 0, ended.errors
    report = r2b_hw.load(tmp_path / "out").report()
    assert report.board.name == "kv260"
    assert report.name == network.path.stem
    assert named_rungs(report)["simulation"] == "passed"
    images = np.load(tmp_path / "out" / "reference" / "images.npy")
    assert images.shape[1:] == (1, 12, 20)
    assert len(np.unique(np.load(tmp_path / "out" / "reference" / "outputs.npy"), axis=0)) > 1


def test_weights_beside_the_file(r2b: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exporters put large weights into a second file; the output folder needs neither that nor the first one."""
    monkeypatch.setenv("CXX", "no-such-compiler")
    network = exported("bare", "torchscript")
    path = tmp_path / "net.onnx"
    onnx.save(onnx.load(network.path), path, save_as_external_data=True, location="net.onnx.data", size_threshold=0)
    assert (tmp_path / "net.onnx.data").stat().st_size > 0
    assert r2b("build", path, "--output", tmp_path / "out", "--no-synthesis").code == 0
    (tmp_path / "net.onnx.data").rename(tmp_path / "elsewhere")
    assert r2b("verify", tmp_path / "out", "--rung", "qonnx").code == 0
    ended = r2b("build", path, "--output", tmp_path / "again", "--no-synthesis")
    assert ended.code == 2
    assert "net.onnx" in ended.error
