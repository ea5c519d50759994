"""What is handed to the C++ compiler for a verilated design."""

from pathlib import Path

import pytest

from r2b_hw.tools.verilator import joined_sources


def test_joined_sources_are_found_from_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The project may be named by a relative path, the units that include it lie elsewhere."""
    (tmp_path / "project").mkdir()
    model = tmp_path / "model"
    model.mkdir()
    monkeypatch.chdir(tmp_path)
    Path("project/testbench.cpp").write_text("int main() {}\n")
    named = [
        Path(line.split('"')[1])
        for unit in joined_sources([Path("project/testbench.cpp")], model)
        for line in unit.read_text().splitlines()
    ]
    assert named == [tmp_path / "project" / "testbench.cpp"]
