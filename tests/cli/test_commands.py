"""Every subcommand: help, what it prints and writes, and that the light ones stay light."""

import json
import os
import subprocess
import sys
import webbrowser
from pathlib import Path

import numpy as np
import pytest

from r2b_hw.boards import known_boards
from r2b_hw.cli.main import app
from r2b_hw.version import __version__
from tests.conftest import CommandLine, Small

COMMANDS = sorted(str(command.name) for command in app.registered_commands)


def test_the_commands() -> None:
    assert COMMANDS == [
        "ablation",
        "boards",
        "build",
        "compare",
        "cost",
        "doctor",
        "explore",
        "export",
        "report",
        "simulate",
        "synth",
        "train",
        "verify",
    ]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_shows_an_example(r2b: CommandLine, command: str) -> None:
    ended = r2b(command, "--help")
    assert ended.code == 0
    assert f"Example: r2b-hw {command}" in ended.output
    assert "Usage: r2b-hw" in ended.output


def test_top_level(r2b: CommandLine) -> None:
    ended = r2b("--help")
    assert ended.code == 0
    assert all(command in ended.output for command in COMMANDS)
    assert r2b("--version").output == f"r2b-hw {__version__}\n"


def test_boards(r2b: CommandLine) -> None:
    ended = r2b("boards")
    assert ended.code == 0
    assert {line.split()[0] for line in ended.output.splitlines()[1:] if line.strip()} == set(known_boards())


@pytest.mark.parametrize(
    "arguments",
    [("boards",), ("doctor",), ("cost", "bnn"), ("report", "DIR"), ("simulate", "DIR", "--input", "IMAGES")],
)
def test_starts_without_torch(small: Small, images_file: Path, arguments: tuple[str, ...]) -> None:
    """Reading an output folder needs neither torch nor Brevitas, qonnx or ONNX."""
    names = {"DIR": str(small.folder), "IMAGES": str(images_file)}
    program = (
        "import sys\n"
        "from r2b_hw.cli.main import main\n"
        "try:\n    main()\nexcept SystemExit as leaving:\n    assert not leaving.code, leaving.code\n"
        "heavy = {'torch', 'brevitas', 'qonnx', 'onnx', 'onnxruntime', 'sklearn'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
        "print('light')\n"
    )
    command = [sys.executable, "-c", program, *(names.get(argument, argument) for argument in arguments)]
    completed = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert completed.returncode == 0, completed.stderr
    assert completed.stdout.endswith("light\n")


def test_simulate_round_trip(small: Small, r2b: CommandLine, images_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.npy"
    ended = r2b("simulate", small.folder, "--input", images_file, "--output", out)
    assert ended.code == 0
    outputs = np.load(out)
    assert (outputs.dtype, outputs.shape) == (np.float32, small.outputs.shape)
    assert np.array_equal(outputs, small.outputs)
    assert f"outputs: {out} {outputs.shape} float32" in ended.output


@pytest.mark.parametrize("frames", [5, 30])
def test_simulate_frames(small: Small, r2b: CommandLine, images_file: Path, tmp_path: Path, frames: int) -> None:
    """Fewer frames than images, and more: the images repeat."""
    out = tmp_path / "out.npy"
    assert r2b("simulate", small.folder, "--input", images_file, "--output", out, "--frames", frames).code == 0
    assert np.array_equal(np.load(out), np.concatenate([small.outputs] * 3)[:frames])


def test_simulate_json(small: Small, r2b: CommandLine, images_file: Path) -> None:
    ended = r2b("simulate", small.folder, "--input", images_file, "--json")
    figures = json.loads(ended.output)
    report = json.loads(r2b("report", small.folder, "--json").output)
    assert figures["stage"] == "simulated"
    assert report["performance"]["stage"] == "verilated"
    assert figures["frames"] == len(small.images)
    assert figures["interval_cycles"] == report["performance"]["interval_cycles"]
    assert figures["latency_cycles"] == report["performance"]["latency_cycles"]
    assert set(figures["stalls"]) == {unit["name"] for unit in report["units"]}
    assert set(figures["fifo_high_water"]) == {fifo["name"] for fifo in report["fifos"]}


def test_report(small: Small, r2b: CommandLine) -> None:
    page = small.folder / "report" / "report.html"
    before = page.read_text()
    page.unlink()
    ended = r2b("report", small.folder)
    assert ended.code == 0
    assert "PYNQ-Z2" in ended.output
    assert page.read_text() == before


def test_report_opens_the_page(small: Small, r2b: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda page: shown.append(page) or True)
    assert r2b("report", small.folder, "--open").code == 0
    assert shown == [(small.folder / "report" / "report.html").resolve().as_uri()]
    monkeypatch.setattr(webbrowser, "open", lambda page: False)
    ended = r2b("report", small.folder, "--open")
    assert ended.code == 5
    assert "no browser could be started" in ended.errors
    assert "report.html" in ended.errors


def test_report_in_markdown(small: Small, r2b: CommandLine) -> None:
    report = json.loads(r2b("report", small.folder, "--json").output)
    text = r2b("report", small.folder, "--markdown").output
    assert f"**{report['bottleneck']['headline']}**" in text
    assert "| LUT |" in text
    steps = text.partition("## To go faster")[2]
    assert all(
        f"{number}. {change['text']}" in steps for number, change in enumerate(report["bottleneck"]["changes"], 1)
    )
    assert all(sentence in steps for sentence in report["bottleneck"]["changes_text"])
    assert steps


def test_verify_prints_every_rung(small: Small, r2b: CommandLine) -> None:
    ended = r2b("verify", small.folder)
    assert ended.code == 0
    found = {line.split()[0]: line.split()[1] for line in ended.output.splitlines() if line.startswith("  ")}
    assert found == {
        "pytorch": "not-run",
        "qonnx": "equal",
        "numpy": "equal",
        "simulation": "equal",
        "c-simulation": "equal",
        "rtl": "equal",
    }


def test_verify_without_a_compiler(small: Small, r2b: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked for by name the rung needs its tool; the ladder as a whole goes on without it."""
    monkeypatch.setenv("PATH", os.devnull)
    monkeypatch.delenv("CXX", raising=False)
    ended = r2b("verify", small.folder, "--rung", "c-simulation")
    assert ended.code == 5
    assert "no C++ compiler" in ended.error
    assert "apt install g++" in ended.error
    ended = r2b("verify", small.folder)
    assert ended.code == 0
    assert any(line.split()[:2] == ["c-simulation", "not-run"] for line in ended.output.splitlines())
    report = json.loads((small.folder / "report" / "report.json").read_text())
    statuses = {rung["rung"]: rung["status"] for rung in report["verification"]}
    assert statuses["c-simulation"] == "not-run"


def test_export(r2b: CommandLine, tmp_path: Path) -> None:
    """A checkpoint becomes a file that builds, and the command proves that it computes what PyTorch does."""
    flow = tmp_path / "tiny.toml"
    flow.write_text(
        '[data]\ndataset = "digits"\n[network]\ninput_height = 8\ninput_width = 8\nclasses = 10\ngate = false\n'
        "stem = { channels = 4 }\nblocks = [{ channels = 4 }]\n[training]\ncalibration_batches = 1\n"
        + "".join(
            f"{stage} = {{ epochs = 1, learning_rate = 1e-3 }}\n"
            for stage in ("binary_activations", "binary_weights", "fine_tuning")
        )
        + "[build]\n"
    )
    trained = r2b("train", flow, "--output", tmp_path / "trained")
    assert trained.code == 0, trained.errors
    assert "test accuracy" in trained.output
    checkpoint = tmp_path / "trained" / "checkpoint.pt"
    ended = r2b("export", checkpoint, tmp_path / "net.onnx", "--images", 5)
    assert ended.code == 0, ended.errors
    assert "equal to PyTorch on 5 images" in ended.output
    assert (tmp_path / "net.onnx").stat().st_size > 1000
