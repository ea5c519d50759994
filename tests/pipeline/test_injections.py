"""Mistakes injected into the files of one rung end in exit code 4 and the name of the layer they are in."""

from collections.abc import Callable
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

import r2b_hw
from tests.conftest import CommandLine, Ended, Small, named_rungs

EditArrays = Callable[[str, Callable[[dict[str, np.ndarray]], None]], None]
EditGraph = Callable[[Callable[[dict[str, Any]], None]], None]


def assert_names(ended: Ended, rung: str, layer: str) -> None:
    assert ended.code == 4, ended.output + ended.errors
    assert f"{rung} rung failed: layer {layer}: " in ended.error


def test_flipped_weight_bit(small: Small, edit_arrays: EditArrays, r2b: CommandLine) -> None:
    def flip(arrays: dict[str, np.ndarray]) -> None:
        arrays["blocks.1.conv/weights"][3, 1, 1, 2] ^= 1

    edit_arrays("params.npz", flip)
    assert_names(r2b("verify", small.folder), "numpy", "blocks.1.conv")
    statuses = named_rungs(r2b_hw.load(small.folder).report())
    assert (statuses["qonnx"], statuses["numpy"], statuses["simulation"]) == ("passed", "failed", "failed")


@pytest.mark.parametrize("layer", ["stem.conv", "blocks.0.gate.fc1", "blocks.1.downsample.conv", "classifier"])
def test_changed_integer_weight(small: Small, edit_arrays: EditArrays, r2b: CommandLine, layer: str) -> None:
    def change(arrays: dict[str, np.ndarray]) -> None:
        # Not a filter of the widest range, on which the types of the streams hang.
        rows = arrays[f"{layer}/weights"]
        flat = rows.reshape(len(rows), -1)
        row = int(np.argmin(np.abs(flat).sum(axis=1)))
        flat[row, 0] ^= 4

    edit_arrays("params.npz", change)
    assert_names(r2b("verify", small.folder, "--rung", "numpy"), "numpy", layer)


def test_moved_threshold(small: Small, edit_arrays: EditArrays, r2b: CommandLine) -> None:
    """A threshold moved by one step changes the values on that step alone."""
    signs = r2b_hw.load(small.folder).graph
    maps = signs.evaluate(signs.host_input.quantise(small.images))["blocks.1.sign.x"]
    thresholds = signs.unit_by_name["blocks.1.sign"].thresholds  # pyright: ignore[reportAttributeAccessIssue]
    hits = [channel for channel in range(len(thresholds)) if (maps[..., channel] == thresholds[channel]).any()]

    def move(arrays: dict[str, np.ndarray]) -> None:
        arrays["blocks.1.sign/thresholds"][hits[0]] += 1

    edit_arrays("params.npz", move)
    assert_names(r2b("verify", small.folder, "--rung", "numpy"), "numpy", "blocks.1.sign")
    assert_names(r2b("verify", small.folder, "--rung", "simulation"), "simulation", "output")


@pytest.mark.parametrize("value", [0, 1])
@pytest.mark.parametrize("layer", ["blocks.0.conv", "blocks.1.conv"])
def test_wrong_padding(small: Small, edit_graph: EditGraph, r2b: CommandLine, layer: str, value: int) -> None:
    """Padding with -1 or +1 where the model pads with 0."""

    def pad(document: dict[str, Any]) -> None:
        units = {unit["name"]: unit for unit in document["units"]}
        units[f"{layer}.window"]["padding_value"] = value
        units[layer]["valid_bits"] = False

    edit_graph(pad)
    assert_names(r2b("verify", small.folder, "--rung", "numpy"), "numpy", layer)


def test_inconsistent_padding(small: Small, edit_graph: EditGraph, r2b: CommandLine) -> None:
    def pad(document: dict[str, Any]) -> None:
        next(u for u in document["units"] if u["name"] == "blocks.0.conv.window")["padding_value"] = 0

    edit_graph(pad)
    ended = r2b("verify", small.folder)
    assert ended.code == 4
    assert "stream blocks.0.conv.window: its ends disagree" in ended.error
    assert set(named_rungs(r2b_hw.load(small.folder).report()).values()) == {"failed"}


def test_a_weight_that_changes_the_range_of_sums(small: Small, edit_arrays: EditArrays, r2b: CommandLine) -> None:
    """The types of streams follow from the weights; a graph that contradicts itself is a failed verification."""

    def change(arrays: dict[str, np.ndarray]) -> None:
        rows = arrays["stem.conv/weights"]
        flat = rows.reshape(len(rows), -1)
        row = int(np.argmax(np.maximum(flat, 0).sum(axis=1)))
        flat[row, np.argmax(flat[row])] += 1

    edit_arrays("params.npz", change)
    ended = r2b("verify", small.folder)
    assert ended.code == 4
    assert "stem.conv" in ended.error


@pytest.mark.parametrize(
    ("stream", "layer"), [("blocks.0.conv", "blocks.0.conv"), ("blocks.1.downsample.out", "blocks.1.downsample.out")]
)
def test_changed_golden_tensor(
    small: Small, edit_arrays: EditArrays, r2b: CommandLine, stream: str, layer: str
) -> None:
    """Both neighbours of the golden set see it."""

    def change(arrays: dict[str, np.ndarray]) -> None:
        arrays[stream][7, 2, 3, 1] += 1

    edit_arrays("reference/tensors.npz", change)
    assert_names(r2b("verify", small.folder), "qonnx", layer)
    ended = r2b("verify", small.folder, "--rung", "numpy")
    assert_names(ended, "numpy", layer)
    assert f"{stream}[7, 2, 3, 1]" in ended.error
    assert "(1 values differ, 12 images)" in ended.error


def test_changed_golden_outputs(small: Small, r2b: CommandLine) -> None:
    path = small.folder / "reference" / "outputs.npy"
    outputs = np.load(path)
    outputs[3, 2] += 2.0**-5
    np.save(path, outputs)
    for rung in ("qonnx", "numpy", "simulation", "c-simulation"):
        ended = r2b("verify", small.folder, "--rung", rung)
        assert_names(ended, rung, "output")
        assert "outputs[3, 2]" in ended.error


def test_changed_onnx_weight(small: Small, r2b: CommandLine) -> None:
    """The sign of one binary weight, in the file alone."""
    path = small.folder / "model.onnx"
    model = onnx.load(path)
    conv = next(n for n in model.graph.node if n.op_type == "Conv" and "blocks.1/conv" in n.name)
    quantiser = next(n for n in model.graph.node if n.output[0] == conv.input[1])
    weights = next(t for t in model.graph.initializer if t.name == quantiser.input[0])
    values = numpy_helper.to_array(weights).copy()
    values[2, 1, 1, 1] = -1.0 if values[2, 1, 1, 1] >= 0 else 1.0
    weights.CopyFrom(numpy_helper.from_array(values, weights.name))
    onnx.save(model, path)
    assert_names(r2b("verify", small.folder), "qonnx", "blocks.1.conv")


def test_changed_onnx_rounding(small: Small, r2b: CommandLine) -> None:
    """Another rounding in the first quantiser behind the stem."""
    path = small.folder / "model.onnx"
    model = onnx.load(path)
    quantiser = next(n for n in model.graph.node if n.op_type == "Quant" and "stem/out" in n.name)
    mode = next(a for a in quantiser.attribute if a.name == "rounding_mode")
    assert mode.s == b"ROUND"
    mode.s = b"FLOOR"
    onnx.save(model, path)
    assert_names(r2b("verify", small.folder, "--rung", "qonnx"), "qonnx", "stem.out")
