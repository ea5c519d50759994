"""Options that set the goal of a build: folding files, budgets, rates, and those that exclude each other."""

import json
from pathlib import Path

import pytest

from tests.conftest import CommandLine, Small

LIGHT = ("--backend", "hls", "--no-synthesis")


def test_a_folding_goes_round(small: Small, r2b: CommandLine, tmp_path: Path) -> None:
    """What a build wrote, fed back, gives the same units, streams and depths; the file given stays as it is."""
    file = small.folder / "folding.toml"
    out = tmp_path / "out"
    ended = r2b("build", small.folder / "model.onnx", "--folding", file, "--output", out, *LIGHT)
    assert ended.code == 0
    one, other = (json.loads((folder / "graph.json").read_text()) for folder in (small.folder, out))
    assert one["units"] == other["units"]
    assert [{**stream, "tensor": None} for stream in one["streams"]] == [
        {**stream, "tensor": None} for stream in other["streams"]
    ]
    lines, again = (path.read_text().splitlines()[3:] for path in (file, out / "folding.toml"))
    assert lines == again


def test_an_edited_folding_is_kept(small: Small, r2b: CommandLine, tmp_path: Path) -> None:
    """With a budget and a file in the output folder itself, which is not written over."""
    out = tmp_path / "out"
    out.mkdir()
    mine = '# mine\n[units]\n"classifier" = { simd = 2, pe = 5 }\n'
    (out / "folding.toml").write_text(mine)
    ended = r2b(
        *("build", small.folder / "model.onnx", "--folding", out / "folding.toml", "--budget", 60),
        *("--target-fps", 20_000, "--output", out, *LIGHT),
    )
    assert ended.code == 0
    assert (out / "folding.toml").read_text() == mine
    report = json.loads((out / "report" / "report.json").read_text())
    (classifier,) = [unit for unit in report["units"] if unit["name"] == "classifier"]
    assert (classifier["input_channels_per_word"], classifier["output_channels_per_word"]) == (2, 5)
    assert report["board"]["kept_free"] == 0.4
    assert report["resources"]["total"]["lut"]["available"] == 0.6 * 53_200


def test_a_folding_with_mistakes(small: Small, r2b: CommandLine, tmp_path: Path) -> None:
    """A line each, and exit code 2."""
    file = tmp_path / "mine.toml"
    file.write_text('[units]\n"clasifier" = { simd = 2, pe = 5 }\n"classifier" = { simd = 3, pe = 3 }\n')
    ended = r2b("build", small.folder / "model.onnx", "--folding", file, "--output", tmp_path / "out")
    assert ended.code == 2
    assert "Traceback" not in ended.errors
    lines = ended.errors.strip().splitlines()
    assert len(lines) == 3
    assert "did you mean 'classifier'?" in lines[0]
    assert "simd = 3 does not divide its 16 input channels; nearest: 2 and 4" in lines[1]
    assert "pe = 3 does not divide its 10 output channels; nearest: 2 and 5" in lines[2]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--budget", 101), "--budget: expected the percentage of the device to use, above 0 to 100, got 101"),
        (("--budget", 0), "--budget: "),
        (("--parameters", "ram", "--backend", "hls"), "--parameters ram: only the SystemVerilog loads its constants"),
        (("--folding", "nowhere.toml"), "nowhere.toml: not found"),
        (("--clock-mhz", "nan"), "--clock-mhz: expected a positive number, got nan"),
        (("--seed", 3), "--seed: MODEL is trained already; leave it out"),
        (("--target-fps", 2e8), "--target-fps: 200,000,000 frames a second are more than one a clock at 100 MHz"),
        (("--target-fps", 2e8, "--clock-mhz", 10), "a frame comes in 64 words, one a clock: ask for at most 156250"),
    ],
)
def test_options_that_make_no_sense(
    small: Small, r2b: CommandLine, tmp_path: Path, arguments: tuple[object, ...], said: str
) -> None:
    model = small.folder / "model.onnx"
    ended = r2b("build", model, "--output", tmp_path / "out", *arguments)
    assert ended.code == 2
    assert said.replace("MODEL", str(model)) in ended.error


def test_a_flow_is_refused_before_it_is_trained(r2b: CommandLine, images_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    ended = r2b("build", "digits", "--images", images_file, "--output", out)
    assert ended.code == 2
    assert "--images: a flow brings its test images" in ended.error
    ended = r2b("build", "digits", "--target-fps", 2e8, "--output", out)
    assert ended.code == 2
    assert "ask for at most 1562500" in ended.error
    assert not out.exists()
