"""``r2b-hw doctor``: what is there with its version, what is missing with what it costs and how to get it."""

import importlib.metadata
from collections.abc import Callable
from pathlib import Path

import pytest

from r2b_hw.errors import ToolError
from r2b_hw.tools import inventory
from tests.conftest import CommandLine


def test_what_is_there_has_a_version(r2b: CommandLine) -> None:
    ended = r2b("doctor")
    assert ended.code == 0
    found = {line[2:16].strip(): line[16:].strip() for line in ended.output.splitlines() if line.startswith("  ")}
    assert found["numpy"] == importlib.metadata.version("numpy")
    assert found["brevitas"] == importlib.metadata.version("brevitas")
    assert found["Yosys"] == importlib.metadata.version("pyosys")
    assert "C++ compiler" in found


def fails(text: str) -> Callable[[], str]:
    def find() -> str:
        raise ToolError(text)

    return find


def test_what_is_missing_says_what_it_costs(r2b: CommandLine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    monkeypatch.setattr(inventory, "find_yosys", fails("Yosys is missing: run this"))
    ended = r2b("doctor")
    assert ended.code == 0
    lines = ended.output.splitlines()
    place = lines.index("- Yosys         missing; without it: synth; resources stay of stage model")
    assert lines[place + 1].strip() == "Yosys is missing: run this"
    assert "set XDG_CACHE_HOME to a folder of yours" in ended.output


def test_without_a_package_that_everything_needs(r2b: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    version = importlib.metadata.version

    def missing(name: str) -> str:
        if name == "brevitas":
            raise importlib.metadata.PackageNotFoundError(name)
        return version(name)

    monkeypatch.setattr(importlib.metadata, "version", missing)
    ended = r2b("doctor")
    assert ended.code == 5
    assert ended.error == "brevitas: nothing works without; install r2b-hw anew with its dependencies"
    assert "pip install -c constraints.txt brevitas" in ended.output
