"""``r2b-hw explore``: table, files, what is kept, what is refused, and Ctrl-C."""

import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import r2b_hw
from r2b_hw.errors import InputError
from tests.conftest import CommandLine, Small
from tests.pipeline.test_does_not_fit import tiny_board
from tests.variants import variant


def test_table_files_and_what_is_kept(small: Small, r2b: CommandLine, tmp_path: Path) -> None:
    out = tmp_path / "out"
    explore = ("explore", small.folder / "model.onnx", "--board", "pynq-z2", "--board", "kv260", "--output", out)
    ended = r2b(*explore, "--points", 2, "--jobs", 1)
    assert ended.code == 0
    assert "4 points planned, 0 kept from before" in ended.output
    assert len(re.findall(r"^[●○·] (?:pynq-z2|kv260) ", ended.output, re.M)) == 4
    assert "stage simulated" in ended.output
    assert "stage model" in ended.output
    assert (out / "explore.html").read_text().lower().startswith("<!doctype html>")
    again = r2b(*explore, "--points", 2, "--jobs", 1)
    assert "0 points planned, 4 kept from before" in again.output
    printed = r2b(*explore, "--points", 2, "--jobs", 1, "--json")
    assert printed.code == 0
    found = json.loads(printed.output)
    assert found == json.loads((out / "explore.json").read_text())
    assert [point["goal"]["board"] for point in found["points"]] == ["pynq-z2"] * 2 + ["kv260"] * 2
    assert found["points"][0]["design"]["speed"]["stage"] == "simulated"
    more = r2b(*explore, "--points", 3, "--jobs", 1)
    assert "2 points planned, 4 kept from before" in more.output


def test_a_built_folder_is_explored_as_it_was_built(small: Small) -> None:
    """At the rate the build was planned for, the point has the report's figures; the folder is left as it is."""
    before = {path: path.read_bytes() for path in small.folder.rglob("*") if path.is_file()}
    found = r2b_hw.explore(small.folder, points=1, jobs=1)
    assert {path: path.read_bytes() for path in small.folder.rglob("*") if path.is_file()} == before
    report = r2b_hw.load(small.folder).report()
    (point,) = found.points
    assert point.design is not None
    assert point.design.speed.interval_cycles == report.performance.interval_cycles
    assert point.design.speed.latency_cycles == report.performance.latency_cycles
    for name in ("lut", "ff", "bram36", "uram", "dsp"):
        assert getattr(point.design.resources.taken, name) == getattr(report.resources.total, name).value


def test_a_flow_is_explored_before_it_is_trained(tmp_path: Path) -> None:
    """The same flow gives the same network, and nothing that a build would take for its own."""
    flow = variant("real-to-bin")
    options = {"points": 2, "max_fps": 20_000.0, "untrained": True, "jobs": 1, "output": tmp_path}
    found = r2b_hw.explore(flow, **options)
    assert len(found.points) == 2
    assert not (tmp_path / "checkpoint.pt").exists()
    assert not (tmp_path / "model.onnx").exists()
    assert r2b_hw.explore(flow, **options) == found
    assert len(list((tmp_path / "points").iterdir())) == 2


def test_a_module(small: Small) -> None:
    found = r2b_hw.explore(small.model, images=small.images[:1], points=1, max_fps=10_000.0, jobs=1)
    assert found.points[0].design is not None
    with pytest.raises(InputError, match="needs images="):
        r2b_hw.explore(small.model)


def test_nothing_fits(small: Small, r2b: CommandLine, tmp_path: Path) -> None:
    board = tiny_board(tmp_path, lut=4000)
    ended = r2b("explore", small.folder / "model.onnx", "--board", board, "--jobs", 1, "--output", tmp_path / "out")
    assert ended.code == 3
    assert ended.error.startswith("nothing fits: board tiny: the design needs")
    assert "✗ tiny, as fast as fits: board tiny" in ended.output
    assert "Nothing fits." in (tmp_path / "out" / "explore.html").read_text()


def test_budgets_are_in_the_board(small: Small) -> None:
    half, whole = (r2b_hw.explore(small.folder, points=1, budget=share, jobs=1).points[0] for share in (30.0, 100.0))
    assert half.design is not None
    assert whole.design is not None
    assert whole.design.resources.available.lut == 53_200
    assert half.design.resources.available.lut == 0.3 * 53_200
    assert half.design.speed.fps < whole.design.speed.fps


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--board", "pynq-z3"), "did you mean 'pynq-z2'?"),
        (("--points", 0), "--points: expected one or more, got 0"),
        (("--min-fps", 300, "--max-fps", 200), "--min-fps: 300 is above --max-fps 200; exchange them"),
        (("--max-fps", "inf"), "--max-fps: expected a positive number, got inf"),
        (("--max-fps", 2e8), "--max-fps: 200,000,000 frames a second are more than one a clock at 100 MHz"),
        (("--budget", 120), "--budget: expected the percentage"),
        (("--untrained",), "--untrained: MODEL has its weights already; leave it out, or give a flow"),
        (("--seed", 1), "--seed: MODEL has its weights already"),
        (("--jobs", 0), "--jobs: expected one or more, got 0"),
        (("--jobs", 2, "--cluster", "tcp://127.0.0.1:1"), "--jobs and --cluster"),
    ],
)
def test_options_that_make_no_sense(
    small: Small, r2b: CommandLine, tmp_path: Path, arguments: tuple[object, ...], said: str
) -> None:
    model = small.folder / "model.onnx"
    ended = r2b("explore", model, "--output", tmp_path / "out", *arguments)
    assert ended.code == 2
    assert said.replace("MODEL", str(model)) in ended.error


def test_sources_that_are_none(r2b: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    ended = r2b("explore", tmp_path / "empty", "--output", tmp_path / "out")
    assert ended.code == 2
    assert "empty: holds no model.onnx" in ended.error
    assert r2b("explore", tmp_path / "none.onnx", "--output", tmp_path / "out").error.endswith("or a QONNX file")
    assert "did you mean 'digits'?" in r2b("explore", "digit", "--output", tmp_path / "out").error
    with pytest.raises(InputError, match="only a PyTorch model needs them"):
        r2b_hw.explore("digits", images=np.zeros((1, 1, 8, 8), dtype=np.float32))


@pytest.mark.parametrize("signalled", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_command_goes_on(
    small: Small, r2b: CommandLine, tmp_path: Path, signalled: signal.Signals
) -> None:
    """Ctrl-C ends it with a line and exit code 130, and what was finished is not planned again even after a kill."""
    out = tmp_path / "out"
    explore = ("explore", small.folder / "model.onnx", "--points", 12, "--jobs", 1, "--output", out)
    program = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    program += "from r2b_hw.cli.main import main\nmain()\n"
    command = [sys.executable, "-c", program, *map(str, explore)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        for _ in range(9000):
            if len(list(out.glob("points/*.json"))) >= 2 or process.poll() is not None:
                break
            time.sleep(0.02)
        process.send_signal(signalled)
        output, _ = process.communicate(timeout=180)
    assert "Traceback" not in output
    finished = list(out.glob("points/*.json"))
    assert 2 <= len(finished) < 12, output
    assert not (out / "explore.json").exists()
    if signalled is signal.SIGINT:
        assert process.returncode == 130
        assert f"interrupted; {len(finished)} points are kept" in output
    ended = r2b(*explore)
    assert ended.code == 0
    planned, kept = map(int, re.findall(r"(\d+) points planned, (\d+) kept", ended.output)[0])
    assert kept == len(finished)
    assert planned + kept == len(list(out.glob("points/*.json")))
