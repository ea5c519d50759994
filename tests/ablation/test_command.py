"""``r2b-hw ablation``: what is printed."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from r2b_hw.cli.main import app

TEXT = """
batch_size = 64
comparisons = [["second", "first"]]
[data]
dataset = "digits"
validation_fraction = 0.3
test_fraction = 0.49
[network]
input_height = 8
input_width = 8
classes = 10
stem = { channels = 4 }
blocks = [{ channels = 4 }, { channels = 4 }]
[[stages]]
name = "real"
form = "real"
epochs = 1
learning_rate = 0.01
[[stages]]
name = "longer"
form = "real"
epochs = 2
learning_rate = 0.01
[[rows]]
name = "first"
title = "First row"
stages = ["real"]
paper = [70.0]
[[rows]]
name = "second"
title = "Second row"
stages = ["longer"]
paper = [72.5]
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ablation")
    (path / "mine.toml").write_text(TEXT)
    return path


def invoke(folder: Path, *options: str) -> str:
    command = ["ablation", str(folder / "mine.toml"), "--output", str(folder / "out"), "--device", "cpu", *options]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_json_and_table_say_the_same(folder: Path) -> None:
    data = json.loads(invoke(folder, "--json", "--seed", "1", "--seeds", "2"))
    assert (data["ablation"], data["seeds"], data["split"]) == ("mine", [1, 2], "test")
    first, second = (row["stages"][0] for row in data["rows"])
    (comparison,) = data["comparisons"]
    differences = [b - a for a, b in zip(first["accuracies"], second["accuracies"], strict=True)]
    assert comparison["mean"] == pytest.approx(sum(differences) / 2)
    assert comparison["paper"] == 2.5
    # With two differences: their mean +- 12.7062 times half their distance.
    half = 12.7062 * abs(differences[0] - differences[1]) / 2
    assert comparison["interval"] == [
        pytest.approx(comparison["mean"] - half, abs=1e-5),
        pytest.approx(comparison["mean"] + half, abs=1e-5),
    ]

    printed = invoke(folder, "--seed", "1", "--seeds", "2")
    assert f"{100 * first['mean']:.2f} ± {100 * first['standard_deviation']:.2f}" in printed
    assert f"{100 * comparison['mean']:+.2f}" in printed
    assert "70.0" in printed
    assert "0 left" not in printed, "nothing is trained twice"

    shown = json.loads(invoke(folder, "--json", "--seed", "1", "--seeds", "2", "--rows", "second", "--validation"))
    assert [row["name"] for row in shown["rows"]] == ["second"]
    assert shown["rows"][0]["stages"][0]["accuracies"] != second["accuracies"]
    assert shown["comparisons"] == []


def test_one_seed_has_a_table_without_intervals(folder: Path) -> None:
    data = json.loads(invoke(folder, "--json", "--seed", "1", "--seeds", "1"))
    assert data["comparisons"][0]["interval"] is None
    assert "over 1 seed (1)" in invoke(folder, "--seed", "1", "--seeds", "1")
