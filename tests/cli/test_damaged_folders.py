"""Files of an output folder that were damaged: one line that names the file, never a traceback."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import CommandLine, Small


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.parametrize(
    "file",
    [
        "graph.json",
        "params.npz",
        "reference/images.npy",
        "reference/outputs.npy",
        "reference/tensors.npz",
        "reference/reference.json",
    ],
)
@pytest.mark.parametrize("damage", [cut, Path.unlink], ids=["cut", "deleted"])
def test_unreadable(small: Small, r2b: CommandLine, file: str, damage: Callable[[Path], None]) -> None:
    damage(small.folder / file)
    ended = r2b("verify", small.folder)
    assert ended.code == 2
    assert Path(file).name in ended.error or str(Path(file).parent) in ended.error


@pytest.mark.parametrize("file", ["model.onnx", "report/report.json"])
def test_unreadable_side_files(small: Small, r2b: CommandLine, file: str) -> None:
    """A damaged model is an error of its own; a damaged report does not keep a ladder from being climbed."""
    cut(small.folder / file)
    ended = r2b("verify", small.folder)
    if file == "model.onnx":
        assert ended.code == 2
        assert file in ended.error
    else:
        assert ended.code == 0
        ended = r2b("report", small.folder)
        assert ended.code == 2
        assert Path(file).name in ended.error


def test_json_of_something_else(small: Small, r2b: CommandLine) -> None:
    (small.folder / "graph.json").write_text("[]")
    ended = r2b("verify", small.folder)
    assert ended.code == 2
    assert "graph.json" in ended.error


def test_another_schema_version(small: Small, r2b: CommandLine) -> None:
    path = small.folder / "graph.json"
    document = json.loads(path.read_text())
    document["schema_version"] += 1
    path.write_text(json.dumps(document))
    ended = r2b("verify", small.folder)
    assert ended.code == 2
    assert f"schema version {document['schema_version']}" in ended.error


def shorten_array(folder: Path) -> None:
    with np.load(folder / "params.npz") as archive:
        arrays = {name: archive[name] for name in archive.files}
    arrays["blocks.0.sign/thresholds"] = arrays["blocks.0.sign/thresholds"][:-1]
    np.savez_compressed(folder / "params.npz", **arrays)


def drop_array(folder: Path) -> None:
    with np.load(folder / "params.npz") as archive:
        arrays = {name: archive[name] for name in archive.files}
    del arrays["blocks.0.conv/weights"]
    np.savez_compressed(folder / "params.npz", **arrays)


def unknown_kind(folder: Path) -> None:
    path = folder / "graph.json"
    path.write_text(path.read_text().replace('"kind": "threshold"', '"kind": "treshold"'))


def wrong_field(folder: Path) -> None:
    path = folder / "graph.json"
    path.write_text(path.read_text().replace('"padding_value"', '"padding_valu"'))


def no_streams(folder: Path) -> None:
    path = folder / "graph.json"
    document = json.loads(path.read_text())
    document["streams"] = document["streams"][3:]
    path.write_text(json.dumps(document))


@pytest.mark.parametrize("alter", [shorten_array, drop_array, unknown_kind, wrong_field, no_streams])
def test_contradictions(small: Small, r2b: CommandLine, images_file: Path, alter: Callable[[Path], None]) -> None:
    """A readable graph that contradicts itself fails verification; it can as little be simulated."""
    alter(small.folder)
    ended = r2b("verify", small.folder)
    assert ended.code == 4
    assert "graph.json" in ended.error or "params.npz" in ended.error
    ended = r2b("simulate", small.folder, "--input", images_file)
    assert ended.code == 2
    assert "graph.json" in ended.error or "params.npz" in ended.error


@pytest.mark.parametrize("change", ["fewer images", "other shape", "other stream", "stream missing"])
def test_golden_tensors_of_another_graph(small: Small, r2b: CommandLine, change: str) -> None:
    path = small.folder / "reference" / "tensors.npz"
    with np.load(path) as archive:
        arrays = {name: archive[name] for name in archive.files}
    if change == "fewer images":
        arrays["blocks.0.out"] = arrays["blocks.0.out"][:-1]
    elif change == "other shape":
        arrays["blocks.0.out"] = arrays["blocks.0.out"][..., :-1]
    elif change == "stream missing":
        del arrays["blocks.0.conv"]
    else:
        arrays["blocks.9.out"] = arrays["blocks.0.out"]
    np.savez_compressed(path, **arrays)
    ended = r2b("verify", small.folder)
    assert ended.code == 2
    assert "tensors.npz" in ended.error
