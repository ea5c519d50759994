"""The wheel stands alone: templates, boards and flows lie inside, and it runs far from the checkout."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DATA = ("templates", "boards", "flows")


def run(*command: object, directory: Path) -> str:
    completed = subprocess.run(
        [str(word) for word in command], cwd=directory, capture_output=True, text=True, timeout=300, check=False
    )
    assert completed.returncode == 0, completed.stdout + completed.stderr
    return completed.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("hatchling")
    folder = tmp_path_factory.mktemp("wheel")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")
    run(*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, ROOT, directory=folder)
    (wheel,) = folder.glob("r2b_hw-*.whl")
    return wheel


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("installed")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")
    run(*pip, "install", "--no-deps", "--no-index", "--target", target, wheel, directory=target)
    return target


def test_data_lies_inside(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        inside = set(archive.namelist())
    expected = {
        f"r2b_hw/_data/{path.relative_to(ROOT).as_posix()}"
        for folder in DATA
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert len(expected) > 30
    assert expected - inside == set()
    assert {
        f"r2b_hw/{path.relative_to(ROOT / 'r2b_hw').as_posix()}" for path in (ROOT / "r2b_hw").rglob("*.py")
    } <= inside
    assert not any(name.startswith(("tests/", "boards/", "flows/", "templates/")) for name in inside)


PROGRAM = """
import sys
from pathlib import Path

root, target = sys.argv[1:3]
# -I keeps the working directory and PYTHONPATH out; an editable installation's checkout must go as well.
sys.meta_path[:] = [finder for finder in sys.meta_path if "editable" not in getattr(finder, "__name__", "").lower()]
sys.path[:] = [target, *(entry for entry in sys.path if Path(entry or ".").resolve() != Path(root))]
sys.argv = ["r2b-hw", *sys.argv[3:]]

import r2b_hw
from r2b_hw import resources

assert Path(r2b_hw.__file__).is_relative_to(target), r2b_hw.__file__
"""

LOAD = """
from r2b_hw.codegen.hls.rendering import hls_environment
from r2b_hw.flow import load_flow
from r2b_hw.units.registry import unit_kinds

for folder in (resources.templates_directory(), resources.boards_directory(), resources.flows_directory()):
    assert folder.is_relative_to(target), folder
assert load_flow("digits").network.classes == 10
hls_environment().get_template("top.cpp.jinja")
assert all((resources.templates_directory() / "hls" / f"{kind}.h").is_file() for kind in unit_kinds())
print("loaded")
"""

COMMAND = """
from r2b_hw.cli.main import main
main()
"""


def outside(installed: Path, directory: Path, program: str, *arguments: str) -> str:
    command = (sys.executable, "-I", "-c", PROGRAM + program, ROOT, installed, *arguments)
    return run(*command, directory=directory)


def test_runs_in_an_empty_directory(installed: Path, tmp_path: Path) -> None:
    listed = outside(installed, tmp_path, COMMAND, "boards")
    assert {line.split()[0] for line in listed.splitlines()[1:] if line.strip()} == {
        path.stem for path in (ROOT / "boards").glob("*.toml")
    }
    assert outside(installed, tmp_path, LOAD) == "loaded\n"
    assert list(tmp_path.iterdir()) == []


def test_builds_in_an_empty_directory(installed: Path, wheel: Path, tmp_path: Path) -> None:
    """From a QONNX file to a report, with nothing but the wheel's own data."""
    from tests.lowering.networks import exported

    (tmp_path / "net.onnx").write_bytes(exported("bare", "torchscript").path.read_bytes())
    arguments = ("build", "net.onnx", "--board", "ultra96-v2", "--output", "out", "--json")
    report = outside(installed, tmp_path, COMMAND, *arguments)
    assert '"ultra96-v2"' in report
    assert '"failed"' not in report
    assert {path.name for path in tmp_path.iterdir()} == {"net.onnx", "out"}
