"""A board that is too small is refused before anything is written that looks like a design."""

import re
from pathlib import Path

import pytest

import r2b_hw
from r2b_hw import resources
from r2b_hw.errors import DoesNotFitError
from tests.conftest import CommandLine, Small


def tiny_board(folder: Path, **counts: int) -> Path:
    """A PYNQ-Z2 with less of something."""
    text = (resources.boards_directory() / "pynq-z2.toml").read_text()
    for name, count in counts.items():
        text, changed = re.subn(rf"(?m)^{name} = \d+$", f"{name} = {count}", text, count=1)
        assert changed == 1
    path = folder / "tiny.toml"
    path.write_text(text)
    return path


@pytest.mark.parametrize(("resource", "count"), [("lut", 4000), ("ff", 5000), ("dsp", 5)])
def test_refused(small: Small, r2b: CommandLine, tmp_path: Path, resource: str, count: int) -> None:
    board = tiny_board(tmp_path, **{resource: count})
    out = tmp_path / "out"
    ended = r2b("build", small.folder / "model.onnx", "--board", board, "--output", out)
    assert ended.code == 3
    found = re.search(r"board tiny: the design needs ([\d,]+) (\w+) and ([\d,]+) are available", ended.error)
    assert found is not None, ended.error
    needed, named, available = int(found[1].replace(",", "")), found[2], int(found[3].replace(",", ""))
    assert named == resource.upper()
    assert available == int(count * 0.8) < needed
    assert not (out / "graph.json").exists()
    assert not (out / "report").exists()


def test_a_refused_build_leaves_no_older_design(small: Small, r2b: CommandLine, tmp_path: Path) -> None:
    """Neither graph nor report of an earlier build stand beside a later one's model."""
    board = tiny_board(tmp_path, lut=4000)
    assert r2b("build", small.folder / "model.onnx", "--board", board, "--output", small.folder).code == 3
    assert r2b("simulate", small.folder, "--input", small.folder / "reference" / "images.npy").code == 2
    assert r2b("report", small.folder).code == 2


def test_a_rate_beyond_the_schedule(small: Small, r2b: CommandLine, tmp_path: Path) -> None:
    """The stem reads one pixel a cycle: a rate beyond that is refused, with the one that would do."""
    build = ("build", small.folder / "model.onnx", "--output", tmp_path / "out")
    ended = r2b(*build, "--target-fps", 1e7)
    assert ended.code == 3
    most = re.search(r"at most (\d+) frames a second", ended.error)
    assert most is not None
    assert r2b(*build, "--target-fps", int(most[1]) + 1).code == 3


def test_python_interface(small: Small, tmp_path: Path) -> None:
    with pytest.raises(DoesNotFitError, match="LUT"):
        r2b_hw.build(small.folder / "model.onnx", board=str(tiny_board(tmp_path, lut=4000)))
