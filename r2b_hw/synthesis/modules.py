"""What is synthesised: a module without parameters, and every file that it needs."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Self

from r2b_hw.codegen.rtl.names import unit_modules
from r2b_hw.codegen.rtl.unit_text import latency_of
from r2b_hw.errors import InputError
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.graph.stream import Stream, fifo_structure

_DEFINES = re.compile(r"^\s*(?:module|package)\s+(\w+)", re.MULTILINE)
_MEMORY = re.compile(r'"([^"\s]+\.mem)"')


@dataclass(frozen=True, eq=False)
class Module:
    """A module to synthesise.

    Attributes
    ----------
    name
        Of the module; it has no parameters.
    files
        Path relative to the folder Yosys runs in -> text: sources (``.sv``) and constants.
    weight
        About how much work it is, in LUTs.
    """

    name: str
    files: Mapping[str, str] = field(repr=False)
    weight: float = 100.0

    @cached_property
    def key(self) -> str:
        """A hash of all that decides the result: equal for modules that differ in names and comments alone."""
        digest = hashlib.sha256()
        texts = ((self._plain(path), self._plain(_code(text))) for path, text in self.files.items())
        for path, text in sorted(texts):
            digest.update(f"{path}\0{text}\0".encode())
        return digest.hexdigest()

    def _plain(self, text: str) -> str:
        return text.replace(self.name, "r2b_unit")


def _code(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("//"))


class Project:
    """The sources of an RTL project, read once: path -> text of each."""

    def __init__(self, texts: Mapping[str, str], folder: Path = Path()) -> None:
        self.texts = texts
        self.folder = folder
        self.file_of = {name: path for path, text in texts.items() for name in _DEFINES.findall(text)}
        self._names = {path: set(re.findall(r"\w+", text)) for path, text in texts.items()}

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Return the project in ``folder``, without what is for simulation only; InputError where there is none."""
        listing = folder / "filelist.f"
        try:
            lines = listing.read_text(encoding="utf-8").splitlines()
        except OSError as error:
            raise InputError(f"{listing}: cannot be read ({error.strerror}); build the design with its RTL") from error
        paths = [line.strip() for line in lines if line.strip().endswith(".sv")]
        return cls({path: _read(folder / path) for path in paths if not path.startswith("simulation/")}, folder)

    def files_of(self, module: str) -> dict[str, str]:
        """Return every file that ``module`` needs, its constants included."""
        if module not in self.file_of:
            raise InputError(f"{self.folder}: there is no module {module}; build the design again")
        files: dict[str, str] = {}
        pending = [self.file_of[module]]
        while pending:
            path = pending.pop()
            if path in files:
                continue
            files[path] = self.texts[path]
            files.update({name: self._text(name) for name in _MEMORY.findall(self.texts[path])})
            pending += [self.file_of[name] for name in self._names[path] & self.file_of.keys()]
        return files

    def _text(self, path: str) -> str:
        return self.texts[path] if path in self.texts else _read(self.folder / path)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); build the design again") from error


def unit_module(project: Project, graph: HardwareGraph, unit: str) -> Module:
    """Return the module of the unit called ``unit``: its schedule and its datapath."""
    name = unit_modules(graph)[unit]
    return Module(name, project.files_of(name), 100.0 + graph.unit_by_name[unit].cost().lut)


def fifo_module(project: Project, graph: HardwareGraph, stream: Stream) -> Module:
    """Return the FIFO of ``stream``, in a module without parameters; streams of equal FIFOs get equal modules."""
    port = graph.port_of(stream)
    latency = 0
    if stream.producer is not None:
        latency = latency_of(graph.unit_by_name[stream.producer.unit], stream.producer.port)
    width = port.word_bits
    memory = fifo_structure(width, stream.depth, stream.memory)
    name = f"r2b_fifo_{width}x{stream.depth}_{memory}_{latency}"
    text = fifo_text(name, width, stream.depth, memory, latency)
    return Module(name, {**project.files_of("r2b_fifo"), f"{name}.sv": text}, 100.0 + width)


def fifo_text(name: str, width: int, depth: int, memory: str, latency: int) -> str:
    """Return a module without parameters that holds one FIFO."""
    return f"""module {name} (
    input  logic clk,
    input  logic rst,
    output logic in_ready,
    input  logic in_reserve,
    input  logic in_valid,
    input  logic [{width - 1}:0] in_data,
    output logic out_valid,
    input  logic out_ready,
    output logic [{width - 1}:0] out_data
);
    r2b_fifo #(.WIDTH({width}), .DEPTH({depth}), .LATENCY({latency}), .MEMORY("{memory}")) fifo (.*);
endmodule
"""
