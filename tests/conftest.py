"""What the tests of whole jobs share: one small built accelerator, and the command line in this process."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import settings

# The first example of a property may compile the simulator; speed is not what the tests are about.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

CommandLine = Callable[..., "Ended"]


@dataclass(frozen=True)
class Ended:
    """How a command ended: exit code and what it wrote."""

    code: int
    output: str
    errors: str

    @property
    def error(self) -> str:
        """The first line of a failure; raises AssertionError where more follows than its items, or a traceback."""
        assert "Traceback" not in self.output + self.errors
        lines = self.errors.strip().splitlines()
        assert lines and all(line.startswith("  ") for line in lines[1:]), self.errors
        assert lines[0].startswith("error: ")
        return lines[0].removeprefix("error: ")


@pytest.fixture
def r2b(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """``r2b("verify", folder)`` runs ``r2b-hw verify FOLDER`` as the console script does."""
    from r2b_hw.cli.main import main

    def run(*arguments: object) -> Ended:
        monkeypatch.setattr("sys.argv", ["r2b-hw", *map(str, arguments)])
        monkeypatch.setenv("COLUMNS", "120")
        capsys.readouterr()
        try:
            main()
        except SystemExit as leaving:
            code = leaving.code
        else:
            code = 0
        captured = capsys.readouterr()
        assert isinstance(code, int)
        return Ended(code, captured.out, captured.err)

    return run


@dataclass(frozen=True, eq=False)
class Small:
    """A small accelerator: a gated network of two half-blocks, the second downsampling.

    ``folder`` is restored to what was built before every test that asks for ``small``: compiled C++ is found again
    only where it lay.
    """

    folder: Path
    model: Any
    images: np.ndarray
    outputs: np.ndarray


@pytest.fixture(scope="session")
def small_built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Small, Path]:
    """The accelerator of ``small``, and where its untouched copy lies."""
    import shutil

    import r2b_hw
    from r2b_hw.network_options import HalfBlockOptions, NetworkOptions, StemOptions
    from r2b_hw.nn import evaluate, random_frozen_network, random_images

    options = NetworkOptions(
        input_height=8,
        input_width=8,
        classes=10,
        stem=StemOptions(channels=8),
        blocks=(HalfBlockOptions(channels=8), HalfBlockOptions(channels=16, stride=2)),
    )
    model = random_frozen_network(options, seed=5)
    images = random_images(options, 12, seed=6)
    root = tmp_path_factory.mktemp("small")
    r2b_hw.build(model, board="pynq-z2", images=images.numpy(), output=root / "built")
    shutil.copytree(root / "built", root / "untouched")
    return Small(root / "built", model, images.numpy(), evaluate(model, images).outputs), root / "untouched"


@pytest.fixture
def small(small_built: tuple[Small, Path]) -> Small:
    """A small built accelerator, to change at will."""
    import shutil

    built, untouched = small_built
    shutil.rmtree(built.folder)
    shutil.copytree(untouched, built.folder)
    return built


@pytest.fixture
def edit_graph(small: Small) -> Callable[[Callable[[dict[str, Any]], None]], None]:
    """Change graph.json of ``small`` as plain data."""
    import json

    def edit(change: Callable[[dict[str, Any]], None]) -> None:
        path = small.folder / "graph.json"
        document = json.loads(path.read_text())
        change(document)
        path.write_text(json.dumps(document))

    return edit


@pytest.fixture
def edit_arrays(small: Small) -> Callable[[str, Callable[[dict[str, np.ndarray]], None]], None]:
    """Change an .npz file of ``small``, its arrays writable."""

    def edit(file: str, change: Callable[[dict[str, np.ndarray]], None]) -> None:
        path = small.folder / file
        with np.load(path) as archive:
            arrays = {name: archive[name].copy() for name in archive.files}
        change(arrays)
        np.savez_compressed(path, **arrays)

    return edit


@pytest.fixture
def images_file(small: Small, tmp_path: Path) -> Path:
    """The reference images of ``small`` as a .npy file."""
    path = tmp_path / "images.npy"
    np.save(path, small.images)
    return path


def named_rungs(report: Any) -> dict[str, str]:
    """Status by rung of a report."""
    rungs: Sequence[Any] = report.verification
    return {rung.rung: rung.status.value for rung in rungs}
