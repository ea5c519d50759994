"""The HLS project of a hardware graph: every file as text."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from r2b_hw import resources
from r2b_hw.codegen.hls.rendering import hls_environment, nest_values
from r2b_hw.codegen.hls.unit_code import UnitCode, unit_processes
from r2b_hw.codegen.identifiers import identifier, identifiers, stream_identifiers
from r2b_hw.codegen.table import Table, checksum
from r2b_hw.errors import InputError
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.graph.stream import Memory, Stream, fifo_structure
from r2b_hw.graph.unit import Unit
from r2b_hw.version import __version__

MAXIMUM_WORD_BITS = 4096
"""AP_INT_MAX_W of the generated project."""


@dataclass(frozen=True)
class _StreamText:
    """A stream as the templates see it."""

    id: str
    name: str
    tensor: str | None
    height: int
    width: int
    channels: int
    words: int
    bits: int
    signed: str
    channels_per_word: int
    window: str
    depth: int
    storage: str


@dataclass(frozen=True)
class _ProcessText:
    """A call as the templates see it."""

    function: str
    template_arguments: tuple[str, ...]
    call_arguments: tuple[str, ...]


@dataclass(frozen=True)
class _InnerStreamText:
    """A stream inside a unit as the templates see it."""

    id: str
    bits: int
    depth: int
    storage: str


@dataclass(frozen=True)
class _UnitText:
    """A unit's calls as the templates see them."""

    id: str
    layer: str
    summary: str
    tables: tuple[Table, ...]
    streams: tuple[_InnerStreamText, ...]
    processes: tuple[_ProcessText, ...]


class _Project:
    def __init__(self, graph: HardwareGraph, part: str, clock_mhz: float, options: str) -> None:
        self.graph = graph
        self.part = part
        self.period = 1000.0 / clock_mhz
        made = f"Made by r2b-hw {__version__}{f' ({options})' if options else ''}."
        self.banner = f"// {made}"
        self.tcl_banner = f"# {made}"
        self.top = identifier(graph.name)
        self.unit_ids = identifiers(unit.name for unit in graph.units)
        self.stream_ids = stream_identifiers(graph)
        self.environment = hls_environment()
        self.codes = {unit.name: unit_processes(unit) for unit in graph.units}
        self.inner_ids = identifiers(
            (f"{name}.{stream.name}" for name, code in self.codes.items() for stream in code.streams),
            taken=(self.top, *self.stream_ids.values()),
        )

    def stream_text(self, stream: Stream) -> _StreamText:
        port = self.graph.port_of(stream)
        if port.word_bits > MAXIMUM_WORD_BITS:
            raise InputError(
                f"stream {stream.name}: a word has {port.word_bits} bits, HLS takes at most {MAXIMUM_WORD_BITS}; "
                "lower the parallelism of the units at its ends"
            )
        window = f", {port.tap_count}, {_boolean(port.valid_bits)}" if port.tap_count > 1 or port.valid_bits else ""
        return _StreamText(
            id=self.stream_ids[stream.name],
            name=stream.name,
            tensor=stream.tensor,
            height=port.shape[0],
            width=port.shape[1],
            channels=port.shape[2],
            words=port.words,
            bits=port.integer.bits,
            signed=_boolean(port.integer.signed),
            channels_per_word=port.channels_per_word,
            window=window,
            depth=stream.depth,
            storage=_storage(port.word_bits, stream),
        )

    def unit_text(self, unit: Unit) -> _UnitText:
        code = self.codes[unit.name]
        name = self.unit_ids[unit.name]
        streams = tuple(
            _InnerStreamText(self.inner_ids[f"{unit.name}.{inner.name}"], inner.bits, inner.depth, inner.storage)
            for inner in code.streams
        )
        nests = "; ".join(
            f"{nest.nest.name} " + " x ".join(f"{bound} {loop}" for loop, bound in nest.nest.loops)
            for nest in code.nests
        )
        processes = tuple(self.process_text(unit, process) for process in code.processes)
        return _UnitText(name, unit.layer, f"{unit.kind}, {nests}", code.tables, streams, processes)

    def process_text(self, unit: Unit, code: UnitCode) -> _ProcessText:
        name = self.unit_ids[unit.name]
        ports = unit.inputs + unit.outputs
        ids = {port.name: self.stream_ids[self.graph.stream_at(unit.name, port.name).name] for port in ports}
        inner = {stream.name: self.inner_ids[f"{unit.name}.{stream.name}"] for stream in self.codes[unit.name].streams}
        selected = code.port_arguments if code.port_arguments is not None else tuple(ids)
        template = (
            *(f"schedule::{name}_{nest.nest.name}" for nest in code.nests),
            *(f"ports::{ids[port]}" for port in selected),
            *(f"/* {meaning} */ {text}" for meaning, text in code.arguments),
        )
        tables = tuple(f"parameters::{name}_{table.name}" for table in code.tables)
        passed = code.streams if code.streams is not None else tuple(ids)
        streams = tuple({**ids, **inner}[stream] for stream in passed)
        call = ("frames", *streams, *tables) if code.frames_first else (*streams, *tables, "frames")
        return _ProcessText(code.function, template, call)

    def render(self, template: str, **values: object) -> str:
        common = {"banner": self.banner, "tcl_banner": self.tcl_banner, "graph": self.graph, "top": self.top}
        return self.environment.get_template(f"{template}.jinja").render(**common, **values)

    def unit_files(self, unit: Unit) -> Iterator[tuple[str, str]]:
        name = self.unit_ids[unit.name]
        code = self.codes[unit.name]
        if code.tables:
            text = self.render("parameters.h", unit=unit, name=name, code=code, checksum=checksum(code.tables))
            yield f"parameters/{name}.h", text
        nests = [nest_values(nest, f"{name}_{nest.nest.name}") for nest in code.nests]
        yield f"schedule/{name}.h", self.render("schedule.h", unit=unit, nests=nests)

    def common_files(self) -> Iterator[tuple[str, str]]:
        source = resources.templates_directory() / "hls"
        for path in sorted([*source.glob("common/*.h"), *source.glob("simulation/*.h")]):
            yield (
                str(path.relative_to(source).as_posix()),
                f"{self.banner}\n{path.read_text(encoding='utf-8')}",
            )
        for kind in self.kinds:
            text = (source / f"{kind}.h").read_text(encoding="utf-8")
            yield f"units/{kind}.h", f"{self.banner}\n{text}"

    @property
    def kinds(self) -> list[str]:
        return sorted({unit.kind for unit in self.graph.units})

    def files(self) -> Iterator[tuple[str, str]]:
        streams = [self.stream_text(stream) for stream in self.graph.streams]
        by_name = {stream.name: stream for stream in streams}
        values = {
            "streams": streams,
            "input": by_name[self.graph.input_stream.name],
            "output": by_name[self.graph.output_stream.name],
            "units": [self.unit_text(unit) for unit in self.graph.units],
            "kinds": self.kinds,
            "part": self.part,
            "period": self.period,
        }
        yield from self.common_files()
        for unit in self.graph.units:
            yield from self.unit_files(unit)
        for template in (
            "streams.h",
            "top.h",
            "top.cpp",
            "testbench.cpp",
            "project.tcl",
            "csim.tcl",
            "csynth.tcl",
            "export.tcl",
        ):
            yield template, self.render(template, **values)


def _storage(width: int, stream: Stream) -> str:
    if stream.memory is Memory.REGISTER:
        return "srl"
    return fifo_structure(width, stream.depth, stream.memory)


def _boolean(value: bool) -> str:
    return "true" if value else "false"


def hls_notes(graph: HardwareGraph) -> Mapping[str, str]:
    """Return, by unit name, why a unit's HLS loop takes other cycles than its schedule; most have no entry."""
    notes = {unit.name: unit_processes(unit).note for unit in graph.units}
    return {name: note for name, note in notes.items() if note is not None}


def render_hls_project(graph: HardwareGraph, *, part: str, clock_mhz: float, options: str = "") -> dict[str, str]:
    """Return the HLS project of ``graph``: path relative to the project's folder -> text.

    Parameters
    ----------
    graph
        Units with their parallelism set, streams with their depths.
    part
        The device, as Vitis HLS names it.
    clock_mhz
        Clock frequency in MHz.
    options
        What the user asked for; every file's header repeats it.

    Raises InputError naming the layer or stream where one cannot be built.
    """
    return dict(_Project(graph, part, clock_mhz, options).files())
