"""The SystemVerilog project of a hardware graph: every file as text."""

from collections.abc import Iterator
from dataclasses import dataclass

from r2b_hw import resources
from r2b_hw.codegen.identifiers import identifiers, stream_identifiers
from r2b_hw.codegen.rtl.names import top_module
from r2b_hw.codegen.rtl.popcount import popcount_files
from r2b_hw.codegen.rtl.rendering import rtl_environment
from r2b_hw.codegen.rtl.unit_rtl import unit_rtl
from r2b_hw.codegen.rtl.unit_text import latency_of, render_unit
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.graph.port import Port
from r2b_hw.graph.stream import Stream, fifo_structure
from r2b_hw.graph.unit import Unit
from r2b_hw.version import __version__

PARAMETERS_FILE = "memory/parameters.mem"
"""Present where constants are loaded at run time: the words to load."""


@dataclass(frozen=True)
class _StreamText:
    """A stream as the templates see it."""

    id: str
    name: str
    tensor: str | None
    port: Port
    depth: int
    memory: str
    latency: int

    @property
    def axi_bits(self) -> int:
        """Width of an AXI-Stream port for it: whole bytes."""
        return -(-self.port.word_bits // 8) * 8


@dataclass(frozen=True)
class _UnitText:
    """A unit's instance as the top module sees it."""

    id: str
    layer: str
    summary: str
    module: str
    connections: tuple[tuple[str, str], ...]
    loaded: bool


class _Project:
    def __init__(self, graph: HardwareGraph, options: str, loadable: bool) -> None:
        self.graph = graph
        self.banner = f"// Made by r2b-hw {__version__}{f' ({options})' if options else ''}."
        self.top = top_module(graph)
        # Modules share one name space: units, their schedules, the top and its wrapper.
        self.unit_ids = identifiers((unit.name for unit in graph.units), taken=(self.top,))
        self.stream_ids = stream_identifiers(graph)
        self.environment = rtl_environment()
        self.codes = {unit.name: unit_rtl(unit) for unit in graph.units}
        self.loaded = {
            unit.name: [constants for constants in self.codes[unit.name].constants if constants.nest is not None]
            for unit in graph.units
            if loadable
        }

    def render(self, template: str, **values: object) -> str:
        common = {"banner": self.banner, "graph": self.graph, "top": self.top}
        return self.environment.get_template(f"{template}.jinja").render(**common, **values)

    def module(self, unit: Unit) -> str:
        """Return the module of ``unit``."""
        return f"{self.top}_{self.unit_ids[unit.name]}"

    def stream_text(self, stream: Stream) -> _StreamText:
        latency = 0
        if stream.producer is not None:
            unit = self.graph.unit_by_name[stream.producer.unit]
            latency = latency_of(unit, stream.producer.port)
        port = self.graph.port_of(stream)
        return _StreamText(
            id=self.stream_ids[stream.name],
            name=stream.name,
            tensor=stream.tensor,
            port=port,
            depth=stream.depth,
            memory=fifo_structure(port.word_bits, stream.depth, stream.memory),
            latency=latency,
        )

    def unit_text(self, unit: Unit) -> _UnitText:
        connections: list[tuple[str, str]] = []
        for port in unit.inputs:
            stream = self.stream_ids[self.graph.stream_at(unit.name, port.name).name]
            connections += [
                (f"{port.name}_{signal}", f"{stream}_out_{signal}") for signal in ("valid", "ready", "data")
            ]
        for port in unit.outputs:
            stream = self.stream_ids[self.graph.stream_at(unit.name, port.name).name]
            signals = ("ready", "reserve", "valid", "data")
            connections += [(f"{port.name}_{signal}", f"{stream}_in_{signal}") for signal in signals]
        nests = "; ".join(
            f"{nest.name} " + " x ".join(f"{bound} {loop}" for loop, bound in nest.loops) for nest in unit.nests()
        )
        name = self.unit_ids[unit.name]
        return _UnitText(
            id=name,
            layer=unit.layer,
            summary=f"{unit.kind}, {nests}",
            module=self.module(unit),
            connections=tuple(connections),
            loaded=bool(self.loaded.get(unit.name)),
        )

    def unit_files(self, unit: Unit) -> Iterator[tuple[str, str]]:
        module = self.module(unit)
        yield from render_unit(
            unit, self.codes[unit.name], module, self.environment, self.banner, loadable=bool(self.loaded)
        )

    def parameters(self) -> str:
        """Return the words that load all constants, in the order of the units."""
        pieces = [piece for constants in self.loaded.values() for memory in constants for piece in memory.pieces()]
        return "\n".join([self.banner, "// Words of 32 bits to be loaded, in order.", *pieces, ""])

    def files(self) -> Iterator[tuple[str, str]]:
        source = resources.templates_directory() / "rtl"
        sources: list[str] = []

        def static(folder: str, name: str, path: str) -> tuple[str, str]:
            text = (source / folder / name).read_text(encoding="utf-8")
            return path, f"{self.banner}\n{text}"

        for path in sorted((source / "common").glob("*.sv")):
            yield static("common", path.name, f"common/{path.name}")
            sources.append(f"common/{path.name}")
        for kind in sorted({unit.kind for unit in self.graph.units}):
            yield static("", f"{kind}.sv", f"units/r2b_{kind}.sv")
            sources.append(f"units/r2b_{kind}.sv")
        for name, text in popcount_files(shape for code in self.codes.values() for shape in code.popcounts):
            yield f"popcount/{name}.sv", f"{self.banner}\n{text}"
            sources.append(f"popcount/{name}.sv")
        yield static("simulation", "r2b_monitor.sv", "simulation/r2b_monitor.sv")
        for unit in self.graph.units:
            for path, text in self.unit_files(unit):
                yield path, text
                if path.endswith(".sv"):
                    sources.append(path)
        streams = [self.stream_text(stream) for stream in self.graph.streams]
        by_name = {stream.name: stream for stream in streams}
        values = {
            "streams": streams,
            "input": by_name[self.graph.input_stream.name],
            "output": by_name[self.graph.output_stream.name],
            "units": [self.unit_text(unit) for unit in self.graph.units],
            "loadable": any(self.loaded.values()),
        }
        if values["loadable"]:
            yield PARAMETERS_FILE, self.parameters()
        yield f"{self.top}.sv", self.render("top.sv", **values)
        yield f"{self.top}_axi_stream.sv", self.render("axi_stream.sv", **values)
        sources += [f"{self.top}.sv", f"{self.top}_axi_stream.sv"]
        yield "filelist.f", self.render("filelist.f", sources=sources)
        yield "simulation/testbench.sv", self.render("testbench.sv", **values)
        yield "simulation/testbench.cpp", self.render("testbench.cpp", **values)


def render_rtl_project(graph: HardwareGraph, *, options: str = "", loadable: bool = False) -> dict[str, str]:
    """Return the SystemVerilog project of ``graph``: path relative to the project's folder -> text.

    Parameters
    ----------
    graph
        Units with their parallelism set, streams with their depths.
    options
        What the user asked for; every file's header repeats it.
    loadable
        Weights, thresholds and the like lie in memories that are loaded at run time, with the words of PARAMETERS_FILE.

    Raises InputError naming the layer where one cannot be built.
    """
    return dict(_Project(graph, options, loadable).files())
