"""Synthesises every unit and every FIFO of an RTL project, each alone."""

from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import reduce
from operator import add
from pathlib import Path

from r2b_hw.errors import InputError
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.settings import nearest
from r2b_hw.synthesis.batches import synthesise_modules
from r2b_hw.synthesis.cache import Cache
from r2b_hw.synthesis.families import check_family
from r2b_hw.synthesis.findings import Finding, stream_findings, unit_findings
from r2b_hw.synthesis.modules import Module, Project, fifo_module, unit_module
from r2b_hw.synthesis.usage import ModuleFigures, Usage
from r2b_hw.tools.yosys import find_yosys


@dataclass(frozen=True)
class Progress:
    """A unit that is done, or all FIFOs of one shape: its name, its figures, and how many of how many are done."""

    name: str
    figures: ModuleFigures
    done: int
    total: int
    cached: bool


@dataclass(frozen=True)
class Synthesis:
    """Figures of an accelerator, stage ``yosys``.

    Attributes
    ----------
    family, yosys
        What was mapped to, and the version of Yosys.
    units, streams
        Figures by unit name, and of the FIFOs by stream name, in the graph's order.
    findings
        What is unusual.
    runs
        Modules that Yosys ran on: equal ones are synthesised once, and known ones not again.
    """

    family: str
    yosys: str
    units: Mapping[str, ModuleFigures]
    streams: Mapping[str, ModuleFigures]
    findings: tuple[Finding, ...]
    runs: int

    @property
    def total(self) -> Usage:
        """The sum over units and FIFOs; the way to memory is not in it."""
        return reduce(add, (figures.usage for figures in (*self.units.values(), *self.streams.values())), Usage())


def synthesise(
    rtl_directory: Path,
    graph: HardwareGraph,
    family: str,
    *,
    jobs: int | None = None,
    unit: str | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
) -> Synthesis:
    """Synthesise the project of ``graph`` in ``rtl_directory`` for ``family``.

    Parameters
    ----------
    jobs
        Processes at once; one a core without it.
    unit
        Only this unit, and no FIFOs.
    progress
        Called as units are done.

    Raises
    ------
    InputError
        The family or the unit is not known, or the project is not there.
    ToolError
        Yosys is missing, or fails; the message names the unit.
    """
    check_family(family)
    yosys = find_yosys()
    if unit is not None and unit not in graph.unit_by_name:
        known = tuple(graph.unit_by_name)
        raise InputError(f"there is no unit {unit}{nearest(unit, known)}; graph {graph.name} has {', '.join(known)}")
    project = Project.read(rtl_directory)
    chosen = [unit] if unit is not None else [u.name for u in graph.units]
    units = {name: unit_module(project, graph, name) for name in chosen}
    streams = {} if unit is not None else {s.name: fifo_module(project, graph, s) for s in graph.streams}
    figures: dict[str, ModuleFigures] = {}
    runs = 0
    every = (*units.values(), *streams.values())
    names = _names(units, streams)
    total = sum(map(len, names.values()))
    # Closed where ``progress`` raises: what has not begun is then not begun.
    with closing(_figures(every, family, yosys, jobs, rtl_directory / "synthesis")) as made:
        for module, found, cached in made:
            figures[module.key] = found
            runs += not cached
            done = sum(len(names[key]) for key in figures)
            for name in names[module.key]:
                progress(Progress(name, found, done, total, cached))
    of_units = {name: figures[module.key] for name, module in units.items()}
    of_streams = {name: figures[module.key] for name, module in streams.items()}
    findings = [f for name, found in of_units.items() for f in unit_findings(graph.unit_by_name[name], found)]
    findings += [f for name, found in of_streams.items() for f in stream_findings(graph.stream_by_name[name], found)]
    return Synthesis(family, yosys, of_units, of_streams, tuple(findings), runs)


def _names(units: Mapping[str, Module], streams: Mapping[str, Module]) -> Mapping[str, list[str]]:
    """Return what progress is reported of, by module key: units by name, FIFOs by shape."""
    names: dict[str, list[str]] = {}
    for name, module in units.items():
        names.setdefault(module.key, []).append(name)
    for key in dict.fromkeys(module.key for module in streams.values()):
        equal = [module for module in streams.values() if module.key == key]
        shape = equal[0].name.removeprefix("r2b_fifo_").rsplit("_", 1)[0].replace("_", " ")
        names.setdefault(key, []).append(f"FIFO {shape}" + (f", {len(equal)} of them" if len(equal) > 1 else ""))
    return names


def _figures(
    modules: tuple[Module, ...], family: str, yosys: str, jobs: int | None, logs: Path
) -> Generator[tuple[Module, ModuleFigures, bool], None, None]:
    """Yield each distinct module with its figures, and whether they were known."""
    cache = Cache(family, yosys)
    missing: list[Module] = []
    for module in {module.key: module for module in modules}.values():
        known = cache.get(module)
        if known is None:
            missing.append(module)
        else:
            yield module, known, True
    with closing(synthesise_modules(missing, family, jobs=jobs, logs=logs)) as made:
        for module, found in made:
            cache.put(module, found)
            yield module, found, False
