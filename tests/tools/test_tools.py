"""Finding and running external tools."""

import sys
from pathlib import Path

import pytest

from r2b_hw.errors import ToolError
from r2b_hw.tools import ap_types, cxx, process
from r2b_hw.tools.vitis_hls import find_vitis_hls


def test_process_returns_status_and_output() -> None:
    completed = process.run([sys.executable, "-c", "import sys; print('a'); print('b', file=sys.stderr); sys.exit(7)"])
    assert (completed.status, completed.output, completed.errors) == (7, "a\n", "b\n")


def test_process_that_cannot_start_or_does_not_end() -> None:
    with pytest.raises(ToolError, match="no-such-tool: cannot be started"):
        process.run(["no-such-tool"])
    with pytest.raises(ToolError, match="stopped after"):
        process.run([sys.executable, "-c", "import time; time.sleep(60)"], timeout=0.2)


def test_compiler_named_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CXX", "no-such-compiler -m64")
    with pytest.raises(ToolError, match="CXX=no-such-compiler"):
        cxx.find_compiler()


def test_no_compiler_on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CXX", raising=False)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ToolError, match="apt install g"):
        cxx.find_compiler()


def test_first_error_skips_warnings_and_context() -> None:
    text = "In file included from a.cpp:1:\nb.h:2: warning: odd\nb.h:3:4: error: wrong type\nb.h:9: error: later\n"
    assert cxx.first_error(text) == "b.h:3:4: error: wrong type"


def test_compile_error_names_line_and_log(tmp_path: Path) -> None:
    source = tmp_path / "a.cpp"
    source.write_text("int main() { return x; }\n")
    with pytest.raises(ToolError, match=r"a\.cpp.*error.*'?x.*whole message: .*a\.log"):
        cxx.compile_program(cxx.find_compiler(), cxx.Program((source,)), tmp_path / "a")
    assert "error" in (tmp_path / "a.log").read_text()


def test_ap_types_from_vitis_first_then_hls4ml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XILINX_HLS", raising=False)
    monkeypatch.setenv("PATH", "")
    assert find_vitis_hls() is None
    assert (ap_types.find_ap_types() / "ap_int.h").is_file()
    assert "hls4ml" not in sys.modules
    (tmp_path / "include").mkdir()
    (tmp_path / "include" / "ap_int.h").touch()
    monkeypatch.setenv("XILINX_HLS", str(tmp_path))
    assert ap_types.find_ap_types() == tmp_path / "include"


def test_missing_ap_types_tell_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ap_types, "find_vitis_hls", lambda: None)
    monkeypatch.setattr(ap_types, "_in_hls4ml", lambda: None)
    with pytest.raises(ToolError, match="pip install hls4ml"):
        ap_types.find_ap_types()
