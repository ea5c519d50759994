"""What a unit's C++ call is made of, and the lookup of the module that knows."""

import importlib
from dataclasses import dataclass
from typing import Protocol, cast

from r2b_hw.codegen.nest_code import NestCode
from r2b_hw.codegen.table import Table
from r2b_hw.errors import InputError
from r2b_hw.graph.unit import Unit


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
    frames_first: bool = False
    note: str | None = None


class _Kind(Protocol):
    def unit_code(self, unit: Unit) -> UnitCode: ...


def unit_code(unit: Unit) -> UnitCode:
    """Return the C++ call of ``unit``, from ``r2b_hw.codegen.hls.kinds.<kind>``; InputError where a kind has no HLS."""
    try:
        module = importlib.import_module(f"r2b_hw.codegen.hls.kinds.{unit.kind}")
    except ModuleNotFoundError as error:
        if error.name != f"r2b_hw.codegen.hls.kinds.{unit.kind}":
            raise
        raise InputError(f"layer {unit.layer}: units of kind {unit.kind} have no HLS template") from None
    return cast(_Kind, module).unit_code(unit)
