"""The rooms of the package obey the table in docs/architecture.md, and each file stays in its room's bounds."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "r2b_hw"
TABLE = ROOT / "docs" / "architecture.md"
LARGEST_FILE = 500

FILES = sorted(path for path in PACKAGE.rglob("*.py") if "_data" not in path.relative_to(PACKAGE).parts)


@dataclass(frozen=True)
class Import:
    """A module that a file imports; ``lazy`` where it happens inside a function."""

    file: Path
    line: int
    module: str
    lazy: bool

    def __str__(self) -> str:
        return f"{self.file.relative_to(ROOT)}:{self.line} imports {self.module}"


def layers(text: str) -> dict[str, int]:
    """Rank by room: table rows whose first column is a number and whose second names rooms in backticks."""
    ranks: dict[str, int] = {}
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.strip().startswith("|") or len(cells) < 2 or not cells[0].isdigit():
            continue
        for room in re.findall(r"`([^`]+)`", cells[1]):
            assert room not in ranks, f"{room} stands twice in the table of layers"
            ranks[room] = int(cells[0])
    return ranks


def rooms() -> set[str]:
    """Packages and modules directly below r2b_hw."""
    packages = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").is_file()}
    modules = {path.stem for path in PACKAGE.glob("*.py")}
    return (packages | modules) - {"__init__", "_data"}


def room_of(file: Path) -> str:
    """The room a file belongs to; r2b_hw/__init__.py is a part of the interface."""
    first = file.relative_to(PACKAGE).parts[0].removesuffix(".py")
    return "api" if first == "__init__" else first


def imports(file: Path, text: str | None = None) -> Iterator[Import]:
    """Every import of a file, wherever it stands; strings that name modules of ours count, for import_module."""
    known = rooms()

    def visit(node: ast.AST, lazy: bool) -> Iterator[Import]:
        modules: list[str] = []
        match node:
            case ast.Import():
                modules = [alias.name for alias in node.names]
            case ast.ImportFrom(level=0, module=str(module)):
                # "from r2b_hw import flow" imports a room, "from r2b_hw.flow import Flow" names one.
                rooted = module == "r2b_hw"
                modules = [f"r2b_hw.{alias.name}" for alias in node.names] if rooted else [module]
            case ast.ImportFrom(level=level) if level:
                package = ("r2b_hw", *file.relative_to(PACKAGE).parts[:-1])
                base = [*package[: len(package) - level + 1], *([node.module] if node.module else [])]
                modules = [".".join([*base, alias.name]) for alias in node.names]
            case ast.Constant(value=str(value)):
                found = re.match(r"r2b_hw\.(\w+)", value)
                modules = [found[0]] if found and found[1] in known else []
            case _:
                pass
        yield from (Import(file, getattr(node, "lineno", 0), module, lazy) for module in modules)
        inside = lazy or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        yield from chain.from_iterable(visit(child, inside) for child in ast.iter_child_nodes(node))

    return visit(ast.parse(file.read_text(encoding="utf-8") if text is None else text), False)


def violations(found: Iterator[Import], ranks: dict[str, int]) -> list[str]:
    """Imports that do not run towards a lower rank."""
    problems: list[str] = []
    for item in found:
        parts = item.module.split(".")
        if parts[0] != "r2b_hw":
            continue
        own, other = room_of(item.file), parts[1] if len(parts) > 1 else "api"
        other = other if other in ranks else "api"
        if own != other and ranks[own] <= ranks[other]:
            problems.append(f"{item}: {own} has rank {ranks[own]}, {other} has rank {ranks[other]}")
    return problems


@pytest.fixture(scope="module")
def ranks() -> dict[str, int]:
    return layers(TABLE.read_text(encoding="utf-8"))


def test_every_room_stands_in_the_table(ranks: dict[str, int]) -> None:
    assert set(ranks) == rooms()


def test_imports_run_one_way(ranks: dict[str, int]) -> None:
    assert len(FILES) > 100
    assert violations(chain.from_iterable(map(imports, FILES)), ranks) == []


@pytest.mark.parametrize(
    "text",
    [
        "import r2b_hw.planning.plan",
        "from r2b_hw import planning",
        "from .. import planning",
        "from ..planning.plan import plan",
        "def late():\n    from r2b_hw.planning import plan",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from r2b_hw.planning import plan",
        "import importlib\nimportlib.import_module('r2b_hw.planning')",
        "from r2b_hw.storage import graph_file",
        "import r2b_hw",
        "from r2b_hw import build",
    ],
)
def test_a_wrong_import_is_seen(text: str) -> None:
    """A simulation that knows the planner, the storage of its own rank, or the interface above it."""
    ranks = {"graph": 2, "storage": 4, "simulation": 4, "planning": 6, "api": 12}
    file = PACKAGE / "simulation" / "run.py"
    assert len(violations(imports(file, text), ranks)) == 1
    assert violations(imports(file, "from r2b_hw.graph.unit import Unit\nfrom . import layout"), ranks) == []


def test_torch_stays_with_the_networks() -> None:
    """nn and training import torch and Brevitas; the pipeline only when a function needs them."""
    for item in chain.from_iterable(map(imports, FILES)):
        if item.module.split(".")[0] in {"torch", "brevitas"}:
            late = item.lazy and room_of(item.file) in {"pipeline", "verification"}
            assert late or room_of(item.file) in {"nn", "training"}, f"{item}: torch takes seconds to import"


def test_only_tools_start_processes() -> None:
    starters = {"subprocess", "multiprocessing", "pty", "pexpect", "joblib", "dask", "distributed"}
    for item in chain.from_iterable(map(imports, FILES)):
        assert item.module.split(".")[0] not in starters or room_of(item.file) == "tools", str(item)
    for file in FILES:
        calls = re.search(r"\bos\.(system|popen|spawn\w*|exec[lv]\w*|fork|posix_spawn\w*)\(", file.read_text())
        assert calls is None, f"{file.relative_to(ROOT)} starts a process with {calls}"


def unit_kinds() -> set[str]:
    """Modules of r2b_hw/units that define a ``kind``, found without importing them."""
    return {
        path.stem
        for path in (PACKAGE / "units").glob("*.py")
        if re.search(r"^    kind: ClassVar", path.read_text(), re.M)
    }


def test_a_unit_kind_has_all_its_files() -> None:
    kinds = unit_kinds()
    assert len(kinds) >= 10
    wanted = [
        file
        for kind in sorted(kinds)
        for file in (
            f"r2b_hw/units/{kind}.py",
            f"r2b_hw/codegen/hls/kinds/{kind}.py",
            f"r2b_hw/codegen/rtl/kinds/{kind}.py",
            f"templates/hls/{kind}.h",
            f"templates/rtl/{kind}.sv",
            f"tests/units/test_{kind}.py",
            f"tests/rtl/test_{kind}.py",
        )
    ]
    assert [file for file in wanted if not (ROOT / file).is_file()] == []
    assert {path.stem for path in (ROOT / "templates" / "hls").glob("*.h")} == kinds
    assert {path.stem for path in (ROOT / "templates" / "rtl").glob("*.sv")} == kinds
    for backend in ("hls", "rtl"):
        assert {path.stem for path in (PACKAGE / "codegen" / backend / "kinds").glob("*.py")} - {"__init__"} == kinds


def test_a_kind_is_called_like_its_file() -> None:
    for kind in unit_kinds():
        text = (PACKAGE / "units" / f"{kind}.py").read_text(encoding="utf-8")
        assert re.findall(r"kind: ClassVar\[str\] = \"(\w+)\"", text) == [kind]


def test_files_stay_small() -> None:
    sources = [*FILES, *(ROOT / "tests").rglob("*.py"), *(ROOT / "templates").rglob("*.*")]
    long = {str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in sources}
    assert {name: lines for name, lines in long.items() if lines > LARGEST_FILE} == {}
