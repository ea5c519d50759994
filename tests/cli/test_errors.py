"""What a user gets wrong ends in one line that names what, where and what to do, and an exit code."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from r2b_hw.boards import known_boards
from r2b_hw.verification.rung import Rung
from tests.conftest import CommandLine, Small


def test_unknown_board(small: Small, r2b: CommandLine, tmp_path: Path) -> None:
    ended = r2b("build", small.folder / "model.onnx", "--board", "pynq-z3", "--output", tmp_path / "out")
    assert ended.code == 2
    assert all(board in ended.error for board in known_boards())
    assert "did you mean 'pynq-z2'?" in ended.error


def test_unknown_flow(r2b: CommandLine, tmp_path: Path) -> None:
    ended = r2b("build", "digit", "--output", tmp_path / "out")
    assert ended.code == 2
    assert "digits" in ended.error


def test_unknown_rung(small: Small, r2b: CommandLine) -> None:
    ended = r2b("verify", small.folder, "--rung", "nonsense")
    assert ended.code == 2
    assert "nonsense" in ended.error
    assert all(rung.value in ended.error for rung in Rung)


def test_unknown_exporter(r2b: CommandLine, tmp_path: Path) -> None:
    """It is refused before anything is trained."""
    ended = r2b("build", "digits", "--exporter", "onnx2", "--output", tmp_path / "out")
    assert ended.code == 2
    assert "--exporter" in ended.error
    assert "torchscript, dynamo" in ended.error


@pytest.mark.parametrize(("option", "value"), [("--clock-mhz", 0), ("--clock-mhz", -5), ("--target-fps", 0)])
def test_rates_that_make_no_sense(small: Small, r2b: CommandLine, tmp_path: Path, option: str, value: int) -> None:
    ended = r2b("build", small.folder / "model.onnx", "--output", tmp_path / "out", option, value)
    assert ended.code == 2
    assert option in ended.error


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("build", "missing.onnx", "--output", "out"), "missing.onnx: not found"),
        (("build", "missing.toml", "--output", "out"), "missing.toml"),
        (("simulate", "nowhere", "--input", "IMAGES"), "nowhere"),
        (("simulate", "DIR", "--input", "missing.npy"), "missing.npy: not found"),
        (("verify", "nowhere"), "nowhere"),
        (("report", "nowhere"), "nowhere"),
        (("export", "missing.pt", "out.onnx"), "missing.pt: not found"),
    ],
)
def test_missing_files(
    small: Small,
    images_file: Path,
    r2b: CommandLine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    named: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"DIR": small.folder, "IMAGES": images_file}
    ended = r2b(*(names.get(argument, argument) for argument in arguments))
    assert ended.code == 2
    assert named in ended.error
    assert not list(tmp_path.glob("*.onnx"))


def float64(images: np.ndarray) -> np.ndarray:
    return images.astype(np.float64)


def channels_last(images: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(images.transpose(0, 2, 3, 1))


def one_image(images: np.ndarray) -> np.ndarray:
    return images[0]


def with_nan(images: np.ndarray) -> np.ndarray:
    changed = images.copy()
    changed[1, 0, 2, 3] = np.nan
    return changed


def with_infinity(images: np.ndarray) -> np.ndarray:
    changed = images.copy()
    changed[1, 0, 2, 3] = np.inf
    return changed


def empty(images: np.ndarray) -> np.ndarray:
    return images[:0]


def wrong_size(images: np.ndarray) -> np.ndarray:
    return images[:, :, :7]


WRONG_ARRAYS: dict[Callable[[np.ndarray], np.ndarray], str] = {
    float64: "expected float32 as the PyTorch model takes them, got float64",
    channels_last: "expected N x 1x8x8 (NCHW), got 12x8x8x1",
    one_image: "expected images N x C x H x W (NCHW), got 1x8x8",
    with_nan: "not finite",
    with_infinity: "not finite",
    empty: "the array is empty",
    wrong_size: "expected N x 1x8x8 (NCHW), got 12x1x7x8",
}


@pytest.mark.parametrize("wrong", WRONG_ARRAYS)
@pytest.mark.parametrize("command", ["simulate", "build"])
def test_wrong_arrays(
    small: Small, r2b: CommandLine, tmp_path: Path, command: str, wrong: Callable[[np.ndarray], np.ndarray]
) -> None:
    path = tmp_path / "wrong.npy"
    np.save(path, wrong(small.images))
    if command == "simulate":
        ended = r2b("simulate", small.folder, "--input", path, "--output", tmp_path / "out.npy")
    else:
        out = tmp_path / "out"
        ended = r2b("build", small.folder / "model.onnx", "--images", path, "--output", out)
    assert ended.code == 2
    assert WRONG_ARRAYS[wrong] in ended.error
    assert "wrong.npy" in ended.error
    assert not (tmp_path / "out.npy").exists()


def truncated(path: Path, images: np.ndarray) -> None:
    np.save(path, images)
    path.write_bytes(path.read_bytes()[:-100])


def truncated_header(path: Path, images: np.ndarray) -> None:
    np.save(path, images)
    path.write_bytes(path.read_bytes()[:9])


def no_bytes(path: Path, images: np.ndarray) -> None:
    path.write_bytes(b"")


def text(path: Path, images: np.ndarray) -> None:
    path.write_text("1 2 3\n")


def pickled(path: Path, images: np.ndarray) -> None:
    np.save(path, np.array([{"images": 1}], dtype=object), allow_pickle=True)


def archive(path: Path, images: np.ndarray) -> None:
    with path.open("wb") as stream:
        np.savez(stream, images=images)


def folder(path: Path, images: np.ndarray) -> None:
    path.mkdir()


def words(path: Path, images: np.ndarray) -> None:
    np.save(path, np.array(["a", "b"]))


@pytest.mark.parametrize("write", [truncated, truncated_header, no_bytes, text, pickled, archive, folder, words])
def test_wrong_files(small: Small, r2b: CommandLine, tmp_path: Path, write: Callable[[Path, np.ndarray], None]) -> None:
    path = tmp_path / "images.npy"
    write(path, small.images)
    ended = r2b("simulate", small.folder, "--input", path)
    assert ended.code == 2
    assert "images.npy" in ended.error


def test_output_that_cannot_be_written(small: Small, r2b: CommandLine, images_file: Path, tmp_path: Path) -> None:
    for out in (tmp_path / "nowhere" / "out.npy", tmp_path):
        ended = r2b("simulate", small.folder, "--input", images_file, "--output", out)
        assert ended.code == 2
        assert str(out) in ended.error
    (tmp_path / "file").write_text("")
    ended = r2b("build", small.folder / "model.onnx", "--output", tmp_path / "file" / "out")
    assert ended.code == 2
    assert "--output" in ended.error


def test_unsupported_constructs_are_listed_at_once(r2b: CommandLine, tmp_path: Path) -> None:
    """Two operators that cannot be lowered: both are named, with one exit code."""
    path = tmp_path / "odd.onnx"
    shape = ["N", 1, 8, 8]
    nodes = [
        helper.make_node("Sin", ["x"], ["a"], name="/first/Sin"),
        helper.make_node("Erf", ["x"], ["b"], name="/second/Erf"),
        helper.make_node("Add", ["a", "b"], ["y"], name="/third/Add"),
    ]
    graph = helper.make_graph(
        nodes,
        "odd",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, *shape[1:]])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, *shape[1:]])],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), path)
    ended = r2b("build", path, "--output", tmp_path / "out")
    assert ended.code == 2
    assert "Traceback" not in ended.errors
    assert "Sin" in ended.errors
    assert "Erf" in ended.errors


def test_a_file_that_is_no_onnx(r2b: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "odd.onnx"
    path.write_bytes(b"no protobuf at all")
    ended = r2b("build", path, "--output", tmp_path / "out")
    assert ended.code == 2
    assert "odd.onnx" in ended.error


def test_flow_with_unknown_keys(r2b: CommandLine, tmp_path: Path) -> None:
    """Every wrong key has a line, with the nearest valid one."""
    path = tmp_path / "odd.toml"
    path.write_text(
        '[data]\ndataset = "digits"\n[network]\ninput_height = 8\ninput_width = 8\nclasses = 10\nslope_bit = 4\n'
        "blocks = [{ channels = 4, strid = 2 }]\n[training]\n[build]\n"
    )
    ended = r2b("train", path, "--output", tmp_path / "out")
    assert ended.code == 2
    assert "Traceback" not in ended.errors
    assert "slope_bits" in ended.errors
    assert "stride" in ended.errors
