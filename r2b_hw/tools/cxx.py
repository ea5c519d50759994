"""The C++ compiler: g++, or clang++ where there is none; the environment variable CXX names another."""

import os
import re
import shlex
import shutil
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from r2b_hw.errors import ToolError
from r2b_hw.tools.process import run

_CANDIDATES = ("g++", "clang++")
_OLDEST_MAJOR = 6
"""The first g++ whose default is C++14; clang++ numbers its versions alike closely enough."""


@dataclass(frozen=True)
class Compiler:
    """A C++ compiler: command words, and the first line of its version text."""

    command: tuple[str, ...]
    version: str


def find_compiler() -> Compiler:
    """Return the compiler; ToolError where none is found or it is too old."""
    wanted = os.environ.get("CXX", "").strip()
    commands = [tuple(shlex.split(wanted))] if wanted else [(name,) for name in _CANDIDATES]
    for command in commands:
        if shutil.which(command[0]) is None:
            continue
        completed = run([*command, "--version"])
        lines = completed.output.splitlines()
        version = lines[0] if lines else "unknown version"
        match = re.search(r"(\d+)\.\d+", version)
        if match and int(match[1]) < _OLDEST_MAJOR:
            raise ToolError(f"{command[0]}: {version} is too old for C++14; install g++ {_OLDEST_MAJOR} or newer")
        return Compiler(command, version)
    if wanted:
        raise ToolError(f"CXX={wanted}: there is no such compiler; correct or unset the variable CXX")
    raise ToolError("no C++ compiler (g++ or clang++) on PATH; install one, on Debian or Ubuntu: apt install g++")


@dataclass(frozen=True)
class Program:
    """What to compile.

    Attributes
    ----------
    sources
        Translation units.
    include_directories, system_include_directories
        Searched in this order; warnings in headers of the latter are not shown.
    definitions
        Macros and their values.
    flags
        Further options, such as -O1 and warnings.
    link_flags
        Options of the link.
    """

    sources: tuple[Path, ...]
    include_directories: tuple[Path, ...] = ()
    system_include_directories: tuple[Path, ...] = ()
    definitions: Mapping[str, str] | None = None
    flags: tuple[str, ...] = ("-std=c++14", "-O1")
    link_flags: tuple[str, ...] = ()

    def options(self) -> list[str]:
        """Return the compiler's options."""
        options = list(self.flags)
        for directory in self.include_directories:
            options += ["-I", str(directory)]
        for directory in self.system_include_directories:
            options += ["-isystem", str(directory)]
        options += [f"-D{name}={value}" for name, value in (self.definitions or {}).items()]
        return options


def compile_program(compiler: Compiler, program: Program, executable: Path) -> str:
    """Compile and link ``program``; return what the compiler said (warnings).

    Translation units are compiled side by side. Messages go to ``<executable>.log``. Raises ToolError with the first
    error's line and the log's path.
    """
    log = executable.with_name(f"{executable.name}.log")
    objects = [executable.with_name(f"{executable.name}.{number}.o") for number in range(len(program.sources))]

    def compile_source(pair: tuple[Path, Path]) -> str:
        source, target = pair
        return _run(compiler, [*program.options(), "-c", source, "-o", target], log, source.name)

    try:
        with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
            messages = list(pool.map(compile_source, zip(program.sources, objects, strict=True)))
        messages.append(_run(compiler, [*objects, *program.link_flags, "-o", executable], log, executable.name))
    finally:
        for path in objects:
            path.unlink(missing_ok=True)
    text = "".join(messages)
    log.write_text(text, encoding="utf-8")
    return text


def _run(compiler: Compiler, arguments: Sequence[str | Path], log: Path, what: str) -> str:
    completed = run([*compiler.command, *arguments])
    text = completed.output + completed.errors
    if completed.status == 0:
        return text
    log.write_text(text, encoding="utf-8")
    raise ToolError(f"{compiler.command[0]}: {what}: {first_error(text)} (whole message: {log})")


def first_error(text: str) -> str:
    """Return the first line of a compiler's messages that states an error."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for line in lines:
        if re.search(r"\b(fatal )?error\b|undefined reference|Killed", line):
            return line
    return lines[-1] if lines else "failed without a message"


def release_of(compiler: Compiler) -> str:
    """Return name and version in one line, for reports and cache keys."""
    return f"{' '.join(compiler.command)}: {compiler.version}"
