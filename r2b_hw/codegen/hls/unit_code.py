"""What a unit's C++ call is made of, and the lookup of the module that knows."""

import importlib
from dataclasses import dataclass
from typing import Protocol, cast

from r2b_hw.codegen.nest_code import NestCode
from r2b_hw.codegen.table import Table
from r2b_hw.errors import InputError
from r2b_hw.graph.unit import Unit

LUT_DEPTH = 64
"""Deepest memory that lies in LUTs."""


@dataclass(frozen=True)
class UnitCode:
    """A call of a unit's template function in ``templates/hls/<kind>.h``.

    Attributes
    ----------
    function
        Name of the function in namespace r2b.
    nests
        The schedule; its structs are the first template arguments.
    arguments
        Template arguments after nests and ports: (what it is, C++ text).
    tables
        Constant arrays, passed after the streams.
    port_arguments
        Names of the ports that are template arguments; None means all, inputs first.
    streams
        Names of the ports and inner streams that are passed; None means all ports, inputs first.
    frames_first
        Whether the number of frames precedes the streams, as it does where their number varies.
    note
        One line for the report where the loop's cycles differ from the schedule's, None otherwise.
    """

    function: str
    nests: tuple[NestCode, ...]
    arguments: tuple[tuple[str, str], ...] = ()
    tables: tuple[Table, ...] = ()
    port_arguments: tuple[str, ...] | None = None
    streams: tuple[str, ...] | None = None
    frames_first: bool = False
    note: str | None = None


@dataclass(frozen=True)
class InnerStream:
    """A stream between two processes of one unit: words of ``bits`` bits."""

    name: str
    bits: int
    depth: int

    @property
    def storage(self) -> str:
        """Memory, as ``BIND_STORAGE`` names it."""
        return "lutram" if self.depth <= LUT_DEPTH else "bram"


@dataclass(frozen=True)
class UnitProcesses:
    """The calls a unit is made of, each a process of the dataflow region, and the streams that join them.

    Most units are one process, whose loop follows the unit's one nest.
    """

    processes: tuple[UnitCode, ...]
    streams: tuple[InnerStream, ...] = ()

    @property
    def nests(self) -> tuple[NestCode, ...]:
        """Nests of all processes."""
        return tuple(nest for process in self.processes for nest in process.nests)

    @property
    def tables(self) -> tuple[Table, ...]:
        """Constant arrays of all processes."""
        return tuple(table for process in self.processes for table in process.tables)

    @property
    def note(self) -> str | None:
        """Why loops' cycles differ from the schedule's."""
        return next((process.note for process in self.processes if process.note is not None), None)


class _Kind(Protocol):
    def unit_code(self, unit: Unit) -> UnitCode | UnitProcesses: ...


def unit_processes(unit: Unit) -> UnitProcesses:
    """Return the C++ of ``unit``, from ``r2b_hw.codegen.hls.kinds.<kind>``; InputError where a kind has no HLS."""
    try:
        module = importlib.import_module(f"r2b_hw.codegen.hls.kinds.{unit.kind}")
    except ModuleNotFoundError as error:
        if error.name != f"r2b_hw.codegen.hls.kinds.{unit.kind}":
            raise
        raise InputError(f"layer {unit.layer}: units of kind {unit.kind} have no HLS template") from None
    code = cast(_Kind, module).unit_code(unit)
    return UnitProcesses((code,)) if isinstance(code, UnitCode) else code
